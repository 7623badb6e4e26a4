//! MP2: only what was asked for is proposed.

use std::collections::{BTreeMap, BTreeSet};

use service::{ClientIndication, Command, Operation};
use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Either, Event, Node, NodeId};

use super::proposals;
use crate::multi::{Members, Party, Value};

/// MP2 validity. What is not proposed cannot be chosen.
#[derive(Clone, Debug)]
pub struct Validity {
    /// What clients have asked for.
    invoked: BTreeMap<Operation, Command>,
    /// The members that were asked for at each server.
    wishes: BTreeSet<(NodeId, Members)>,
}

impl Property<Party> for Validity {
    const CLAIM: Claim = Claim {
        code: "MP2",
        name: "validity",
        kind: Kind::Safety,
        meaning: "only no-ops, commands that clients sent and members that were asked for are proposed",
        source: "Lamport 2001, section 2.1",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { invoked: BTreeMap::new(), wishes: BTreeSet::new() }
    }

    fn before(&mut self, _: &View<'_, Party>, node: NodeId, event: &Event<Party>, _: &mut Judge) {
        if let Event::Request(Either::Server(wish)) = event {
            self.wishes.insert((node, wish.members()));
        }
    }

    fn after(
        &mut self,
        _: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        for accept in proposals(effects) {
            judge.judged();
            let asked = match &accept.value {
                Value::Noop => true,
                Value::Commands(requests) => requests
                    .iter()
                    .all(|one| self.invoked.get(&one.operation) == Some(&one.command)),
                Value::Reconfigure(wish) => {
                    self.wishes.contains(&(wish.asker, wish.members.clone()))
                }
            };
            if !asked {
                let detail = format!("nobody asked for {:?}", accept.value);
                judge.violate(node, detail, &[]);
            }
        }
    }

    fn indicated(
        &mut self,
        _: &View<'_, Party>,
        _: NodeId,
        indication: &<Party as Node>::Indication,
        _: &mut Judge,
    ) {
        if let Either::Client(ClientIndication::Invoked { operation, command }) = indication {
            self.invoked.insert(*operation, command.clone());
        }
    }
}
