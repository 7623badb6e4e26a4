//! MP3: the invariant P2c, judged at each proposal.

use std::collections::BTreeMap;

use sim_check::{Claim, ENTRY, Judge, Kind, Property, View, size_in_memory};
use sim_node::{Effect, Either, Node, NodeId};

use super::ghost::Ghost;
use super::proposals;
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
    /// About how many bytes these take.
    kept: u64,
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
        Self { ghost: Ghost::new(config, servers), issued: BTreeMap::new(), kept: 0 }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let config = &view.config.server;
        self.ghost.after(view, node);
        let mut last = None;
        for proposal in proposals(node, effects) {
            // A step asks several members to accept the same.
            if last.replace(proposal) == Some(proposal) {
                continue;
            }
            let (slot, ballot, value) = proposal;
            if let Some((first, step)) = self.issued.get(&(slot, ballot)) {
                if first != value {
                    let was = format!("{value:?}, where {first:?} was proposed before");
                    judge.violate(node, format!("slot {slot}, ballot {ballot}: {was}"), &[*step]);
                }
                continue;
            }
            self.issued.insert((slot, ballot), (value.clone(), view.step));
            self.kept += ENTRY + size_in_memory(value);
            judge.judged();
            let Some(members) = self.ghost.members(slot, config) else {
                let what = "proposed in before its members are decided";
                judge.violate(node, format!("slot {slot}, ballot {ballot}: {what}"), &[]);
                continue;
            };
            if !self.allows(proposal, members, config) {
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
        if let Either::Server(voted) = indication {
            self.ghost.voted(node, voted, &view.config.server, view.step);
        }
    }

    fn restart(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.ghost.restart(node);
    }

    fn kept(&self) -> u64 {
        self.ghost.kept() + self.kept
    }
}

impl P2c {
    /// Whether some phase-1 quorum of the members allows the proposal.
    fn allows(
        &self,
        (slot, ballot, value): (Slot, Ballot, &Value),
        members: Members,
        config: &Config,
    ) -> bool {
        let quorum = config.prepare_quorum(members);
        let below = || self.ghost.votes(slot).iter().filter(|votes| votes.ballot < ballot);
        if below().next().is_none() {
            return members.len() >= quorum;
        }
        // Of each member the highest vote below the proposal, and whether it is for the same value.
        let highest = members.iter().map(|member| {
            let cast = below().rev().find(|votes| votes.voters.contains(member));
            cast.map(|votes| (votes.ballot, votes.value == *value))
        });
        p2c::holds(highest, quorum)
    }
}
