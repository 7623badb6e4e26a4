//! PB5: no two replicas serve at one instant, where that can be had.

use std::collections::BTreeMap;

use service::{Answer, Operation, Output, Reply};
use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Event, Node, NodeId};

use super::replica;
use crate::{Config, Message, Party, Reads, ViewNumber};

/// PB5 one-at-a-time: Pb1 of Budhiraja and others, "at most one server is primary at any time". It
/// can be had where messages have a bound and nothing but crashes happens; and for reads that a
/// primary answers alone, by leases, or as it has no backup that could be another. Elsewhere an old
/// primary cannot know that it is one, and nothing is judged.
#[derive(Clone, Debug)]
pub struct OneAtATime {
    config: Config,
    /// Who is primary and serves, in which reign, since which step.
    serving: BTreeMap<NodeId, (ViewNumber, u64)>,
    /// The read that is asked for in this step.
    asked: Option<Operation>,
}

impl Property<Party> for OneAtATime {
    const CLAIM: Claim = Claim {
        code: "PB5",
        name: "one-at-a-time",
        kind: Kind::Safety,
        meaning: "no replica serves while another does, where a bound on message delays is \
                  promised; unless reads are local, none reads alone while another of a later \
                  reign serves",
        source: "Budhiraja, Marzullo, Schneider and Toueg 1993, Pb1",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let config = config.server.server.clone();
        Self { config, serving: BTreeMap::new(), asked: None }
    }

    fn before(&mut self, _: &View<'_, Party>, _: NodeId, event: &Event<Party>, _: &mut Judge) {
        self.asked = match event {
            Event::Message { message: Message::Request(request), .. }
                if request.command.is_read() =>
            {
                Some(request.operation)
            }
            _ => None,
        };
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let leading = replica(view, node).and_then(|replica| replica.leading());
        let Some(leading) = leading.filter(|leading| leading.is_in_service()) else {
            self.serving.remove(&node);
            return;
        };
        let reign = leading.view().reign;
        let begins = self.serving.get(&node).is_none_or(|(known, _)| *known != reign);
        if begins {
            self.serving.insert(node, (reign, view.step));
            if self.config.bound.is_some() {
                judge.judged();
                if let Some((other, (older, step))) = self.rival(node, |_| true) {
                    let detail =
                        format!("{node} serves in reign {reign} while {other} does in {older}");
                    return judge.violate(node, detail, &[step]);
                }
            }
        }
        // What is read later than it is asked for has been confirmed in between.
        let judges = self.config.reads != Reads::Local && self.asked.is_some();
        if judges {
            judge.judged();
        }
        if judges
            && self.reads_alone(effects)
            && let Some((other, (newer, step))) = self.rival(node, |other| other > reign)
        {
            let detail = format!(
                "{node} reads alone in reign {reign} while {other} serves in reign {newer}"
            );
            judge.violate(node, detail, &[step]);
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.serving.remove(&node);
    }
}

impl OneAtATime {
    /// Somebody else who serves, in a reign like this.
    fn rival(
        &self,
        node: NodeId,
        fits: impl Fn(ViewNumber) -> bool,
    ) -> Option<(NodeId, (ViewNumber, u64))> {
        let mut others = self.serving.iter().filter(|(other, _)| **other != node);
        let rival = others.find(|(_, (reign, _))| fits(*reign));
        rival.map(|(other, since)| (*other, *since))
    }

    /// Whether the read is answered in the very step that asks for it.
    fn reads_alone(&self, effects: &[Effect<Party>]) -> bool {
        let answered = |effect: &Effect<Party>| match effect {
            Effect::Send { message: Message::Reply(reply), .. } => read_by(reply),
            _ => None,
        };
        self.asked.is_some() && effects.iter().any(|effect| answered(effect) == self.asked)
    }
}

/// The read that a reply answers.
fn read_by(reply: &Reply) -> Option<Operation> {
    matches!(reply.answer, Answer::Done(Output::Value(_))).then_some(reply.operation)
}
