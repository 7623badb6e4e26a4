//! MP3: the invariant P2c, told at each proposal.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Either, Node, NodeId};

use super::ghost::Ghost;
use super::{proposals, server};
use crate::Ballot;
use crate::multi::{Accept, Config, Members, Party, Slot};

/// MP3 p2c: "for any v and n, if a proposal with value v and number n is issued, then there is a
/// set S consisting of a majority of acceptors such that either (a) no acceptor in S has accepted
/// any proposal numbered less than n, or (b) v is the value of the highest-numbered proposal among
/// all proposals numbered less than n accepted by the acceptors in S". S is a phase-1 quorum of the
/// slot's members here, and the votes are all that were ever cast.
#[derive(Clone, Debug)]
pub struct P2c {
    ghost: Ghost,
    /// Proposals that were judged.
    issued: BTreeSet<(Slot, Ballot)>,
}

impl Property<Party> for P2c {
    const CLAIM: Claim = Claim {
        code: "MP3",
        name: "p2c",
        kind: Kind::Safety,
        meaning: "a proposal has the value of the highest vote below it in some phase-1 quorum, or no \
                  vote is below it there",
        source: "Lamport 2001, section 2.2, P2c; Howard, Malkhi, Spiegelman 2016 for the quorums",
    };

    fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        Self { ghost: Ghost::new(config, servers), issued: BTreeSet::new() }
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
        for accept in proposals(effects) {
            if !self.issued.insert((accept.slot, accept.ballot)) {
                continue;
            }
            let Some(members) = self.ghost.members(accept.slot, config) else { continue };
            judge.judged();
            if !self.allows(accept, members, config) {
                let Accept { slot, ballot, value, .. } = accept;
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
    /// Is there such a set S? The acceptors whose highest vote is no higher than a vote for this
    /// value make the largest one that has that vote on top.
    fn allows(&self, accept: &Accept, members: &Members, config: &Config) -> bool {
        // Of each member that has one the highest vote below the proposal, and whether it is for
        // the same value.
        let mut highest: BTreeMap<NodeId, (Ballot, bool)> = BTreeMap::new();
        let votes = self.ghost.votes(accept.slot);
        let below = votes.into_iter().flat_map(|votes| votes.range(..accept.ballot).rev());
        for (ballot, votes) in below {
            for vote in votes {
                for member in vote.voters.intersection(members) {
                    highest.entry(*member).or_insert((*ballot, vote.value == accept.value));
                }
            }
            if highest.len() == members.len() {
                break;
            }
        }
        let (quorum, silent) = (config.prepare_quorum(members), members.len() - highest.len());
        let under = |top: Ballot| highest.values().filter(|(ballot, _)| *ballot <= top).count();
        silent >= quorum
            || highest.values().any(|(top, same)| *same && silent + under(*top) >= quorum)
    }
}
