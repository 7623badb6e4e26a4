//! MP3: the invariant P2c, told at each proposal.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Either, Node, NodeId};

use super::ghost::Ghost;
use super::{proposals, server};
use crate::multi::{Config, Members, Party, Slot, Value};
use crate::{Ballot, p2c};

/// MP3 p2c: "for any v and n, if a proposal with value v and number n is issued", then P2c holds of
/// it. S is a phase-1 quorum of the slot's members here, and the votes are all that were ever cast.
/// It is about proposals that have one value each: "different proposals have different numbers".
/// In a slot whose members are not decided yet there is no such S.
#[derive(Clone, Debug)]
pub struct P2c {
    ghost: Ghost,
    /// The value that was proposed first in each ballot of a slot, and the step.
    issued: BTreeMap<(Slot, Ballot), (Value, u64)>,
}

impl Property<Party> for P2c {
    const CLAIM: Claim = Claim {
        code: "MP3",
        name: "p2c",
        kind: Kind::Safety,
        meaning: "a proposal has the value of the highest vote below it in some phase-1 quorum, or no \
                  vote is below it there; and one ballot has one value in a slot",
        source: "Lamport 2001, section 2.2, P2c; Howard, Malkhi, Spiegelman 2016 for the quorums",
    };

    fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        Self { ghost: Ghost::new(config, servers), issued: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let config = &view.config.server;
        self.ghost.after(node, server(view, node), config, view.step);
        for (slot, ballot, value) in proposals(node, effects) {
            if let Some((first, step)) = self.issued.get(&(slot, ballot)) {
                if first != value {
                    let was = format!("{value:?}, where {first:?} was proposed before");
                    judge.violate(node, format!("slot {slot}, ballot {ballot}: {was}"), &[*step]);
                }
                continue;
            }
            self.issued.insert((slot, ballot), (value.clone(), view.step));
            judge.judged();
            let Some(members) = self.ghost.members(slot, config) else {
                let what = "proposed in before anybody can know its members";
                judge.violate(node, format!("slot {slot}, ballot {ballot}: {what}"), &[]);
                continue;
            };
            if !self.allows((slot, ballot, value), members, config) {
                let detail = format!("slot {slot}, ballot {ballot}: no quorum allows {value:?}");
                judge.violate(node, detail, &[]);
            }
        }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        _: &mut Judge,
    ) {
        if let Either::Server(told) = indication {
            self.ghost.hear(node, told, &view.config.server, view.step);
        }
    }

    fn restart(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.ghost.restart(node);
    }
}

impl P2c {
    fn allows(
        &self,
        (slot, ballot, value): (Slot, Ballot, &Value),
        members: &Members,
        config: &Config,
    ) -> bool {
        // Of each member the highest vote below the proposal, and whether it is for the same value.
        let mut highest: BTreeMap<NodeId, (Ballot, bool)> = BTreeMap::new();
        let votes = self.ghost.votes(slot);
        let below = votes.into_iter().flat_map(|votes| votes.range(..ballot).rev());
        for (lower, votes) in below {
            for vote in votes {
                for member in vote.voters.intersection(members) {
                    highest.entry(*member).or_insert((*lower, vote.value == *value));
                }
            }
            if highest.len() == members.len() {
                break;
            }
        }
        let highest = members.iter().map(|member| highest.get(member).copied());
        p2c::holds(highest, config.prepare_quorum(members))
    }
}
