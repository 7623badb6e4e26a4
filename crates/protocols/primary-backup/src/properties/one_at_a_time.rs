//! PB5: no two replicas serve at one instant, where that can be had.

use std::collections::BTreeMap;

use service::{Answer, Output};
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
    /// Who is primary and serves, in which epoch, since which step.
    serving: BTreeMap<NodeId, (ViewNumber, u64)>,
    /// Whether a read is asked for in this step.
    asked: bool,
}

impl Property<Party> for OneAtATime {
    const CLAIM: Claim = Claim {
        code: "PB5",
        name: "one-at-a-time",
        kind: Kind::Safety,
        meaning: "no replica serves while another does, where a bound on message delays is \
                  epoch; unless reads are local, none reads alone while another of a later \
                  epoch serves",
        source: "Budhiraja, Marzullo, Schneider and Toueg 1993, Pb1",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let config = config.replica.config.clone();
        Self { config, serving: BTreeMap::new(), asked: false }
    }

    fn before(&mut self, _: &View<'_, Party>, _: NodeId, event: &Event<Party>, _: &mut Judge) {
        self.asked = match event {
            Event::Message { message: Message::Request(request), .. } => request.command.is_read(),
            _ => false,
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
        let epoch = leading.view().epoch;
        let begins = self.serving.get(&node).is_none_or(|(known, _)| *known != epoch);
        if begins {
            self.serving.insert(node, (epoch, view.step));
            if self.config.bound.is_some() {
                judge.judged();
                if let Some((other, (older, step))) = self.rival(node, |_| true) {
                    let detail =
                        format!("{node} serves in epoch {epoch} while {other} does in {older}");
                    return judge.violate(node, detail, &[step]);
                }
            }
        }
        // What is read neither when it is asked for nor as the service begins was confirmed.
        let judges = self.config.reads != Reads::Local && (self.asked || begins);
        if judges {
            judge.judged();
        }
        if judges
            && effects.iter().any(is_read)
            && let Some((other, (newer, step))) = self.rival(node, |other| other > epoch)
        {
            let detail = format!(
                "{node} reads alone in epoch {epoch} while {other} serves in epoch {newer}"
            );
            judge.violate(node, detail, &[step]);
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.serving.remove(&node);
    }
}

impl OneAtATime {
    /// Somebody else who serves, in an epoch like this.
    fn rival(
        &self,
        node: NodeId,
        fits: impl Fn(ViewNumber) -> bool,
    ) -> Option<(NodeId, (ViewNumber, u64))> {
        let mut others = self.serving.iter().filter(|(other, _)| **other != node);
        let rival = others.find(|(_, (epoch, _))| fits(*epoch));
        rival.map(|(other, since)| (*other, *since))
    }
}

/// Whether this answers a read.
fn is_read(effect: &Effect<Party>) -> bool {
    let Effect::Send { message: Message::Reply(reply), .. } = effect else { return false };
    matches!(reply.answer, Answer::Done(Output::Value(_)))
}
