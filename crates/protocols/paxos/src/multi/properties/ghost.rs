//! [`Ghost`]: all votes ever cast, and what is chosen by them.

use std::collections::BTreeMap;

use sim_node::{Node, NodeId};

use crate::Ballot;
use crate::multi::{Config, Configurations, Indication, Members, Party, Server, Slot, Value};
use crate::starts::{Start, Starts};

/// The votes for one value in a ballot of a slot. (A ballot has one value, if all is well.)
#[derive(Clone, Debug)]
pub(super) struct Votes {
    pub(super) value: Value,
    pub(super) voters: Members,
}

/// The votes in a slot.
pub(super) type Ballots = BTreeMap<Ballot, Vec<Votes>>;

/// All votes ever cast, and what is chosen by them: known to nobody within the run.
///
/// A vote counts from when it is durable. A crash may also leave one on the disk that nobody has
/// heard of: it counts from the restart. What lies on the disks at the beginning of the run is
/// taken as it is: votes, what is known to be chosen, and what a snapshot stands for.
#[derive(Clone, Debug)]
pub(super) struct Ghost {
    servers: u32,
    votes: BTreeMap<Slot, Ballots>,
    /// The value that is chosen in a slot, and at which step it was.
    chosen: BTreeMap<Slot, (Value, u64)>,
    /// All slots up to this one are chosen: the members are known up to alpha slots after it.
    executed: Slot,
    configurations: Configurations,
    starts: Starts,
}

/// Another value than the one that was chosen before is chosen as well.
#[derive(Clone, Debug)]
pub(super) struct Conflict {
    pub(super) slot: Slot,
    /// When the first was chosen.
    pub(super) step: u64,
    pub(super) values: (Value, Value),
}

impl Ghost {
    pub(super) fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        Self {
            servers,
            votes: BTreeMap::new(),
            chosen: BTreeMap::new(),
            executed: Slot(0),
            configurations: Configurations::first(config.server.first_members()),
            starts: Starts::new(servers),
        }
    }

    /// The value that is chosen in a slot.
    pub(super) fn chosen(&self, slot: Slot) -> Option<&Value> {
        self.chosen.get(&slot).map(|(value, _)| value)
    }

    /// All slots up to this one are chosen.
    pub(super) fn executed(&self) -> Slot {
        self.executed
    }

    /// All votes in a slot.
    pub(super) fn votes(&self, slot: Slot) -> Option<&Ballots> {
        self.votes.get(&slot)
    }

    /// The members of a slot, once they are decided.
    pub(super) fn members(&self, slot: Slot, config: &Config) -> Option<&Members> {
        (slot <= self.executed.plus(config.alpha)).then(|| self.configurations.at(slot))
    }

    pub(super) fn restart(&mut self, node: NodeId) {
        self.starts.restart(node);
    }

    /// After a step: what a server that has started has on its disk.
    pub(super) fn after(
        &mut self,
        node: NodeId,
        server: Option<&Server>,
        config: &Config,
        step: u64,
    ) -> Option<Conflict> {
        let server = server?;
        let is_given = self.starts.step(node)? == Start::First;
        let log = server.log();
        let mut conflict = None;
        if let Some(snapshot) = server.snapshot().filter(|_| is_given)
            && snapshot.slot > self.executed
        {
            self.executed = snapshot.slot;
            self.configurations = snapshot.configurations.clone();
            conflict = self.recount(config, step);
        }
        for (slot, entry) in log.after(log.base()) {
            // Of what it knows to be chosen it may have the ballot of somebody else's vote.
            if is_given || !entry.chosen {
                let voted = self.vote(node, slot, entry.ballot, &entry.value, config, step);
                conflict = conflict.or(voted);
            }
            // A disk that was given may know of a choice by votes that nobody is known to have
            // cast.
            if entry.chosen && !self.chosen.contains_key(&slot) && is_given {
                self.chosen.insert(slot, (entry.value.clone(), step));
                conflict = conflict.or(self.advance(config, step));
            }
        }
        conflict
    }

    /// The members of many slots have become known at once.
    fn recount(&mut self, config: &Config, step: u64) -> Option<Conflict> {
        let mut conflict = None;
        let votes = self.votes.iter();
        let all = votes.flat_map(|(slot, ballots)| ballots.keys().map(|ballot| (*slot, *ballot)));
        for (slot, ballot) in all.collect::<Vec<_>>() {
            conflict = conflict.or(self.count(slot, ballot, config, step));
        }
        conflict.or(self.advance(config, step))
    }

    /// A vote is durable.
    pub(super) fn hear(
        &mut self,
        node: NodeId,
        told: &Indication,
        config: &Config,
        step: u64,
    ) -> Option<Conflict> {
        let Indication::Voted { slot, ballot, value } = told;
        self.vote(node, *slot, *ballot, value, config, step)
    }

    fn vote(
        &mut self,
        node: NodeId,
        slot: Slot,
        ballot: Ballot,
        value: &Value,
        config: &Config,
        step: u64,
    ) -> Option<Conflict> {
        let votes = self.votes.entry(slot).or_default().entry(ballot).or_default();
        if let Some(same) = votes.iter_mut().find(|votes| votes.value == *value) {
            if !same.voters.insert(node) {
                return None;
            }
        } else {
            votes.push(Votes { value: value.clone(), voters: Members::from([node]) });
        }
        let conflict = self.count(slot, ballot, config, step);
        self.advance(config, step).or(conflict)
    }

    /// Is a value chosen in this ballot of a slot, and another than before?
    fn count(
        &mut self,
        slot: Slot,
        ballot: Ballot,
        config: &Config,
        step: u64,
    ) -> Option<Conflict> {
        let members = self.members(slot, config)?;
        let quorum = config.accept_quorum(members);
        let known = self.chosen.get(&slot);
        let is_news = |votes: &&Votes| {
            votes.voters.intersection(members).count() >= quorum
                && known.is_none_or(|(value, _)| *value != votes.value)
        };
        let value = self.votes.get(&slot)?.get(&ballot)?.iter().find(is_news)?.value.clone();
        if let Some((first, step)) = known {
            let values = (first.clone(), value);
            return Some(Conflict { slot, step: *step, values });
        }
        self.chosen.insert(slot, (value, step));
        None
    }

    /// What is chosen tells the members of later slots, where votes may have come before.
    fn advance(&mut self, config: &Config, step: u64) -> Option<Conflict> {
        let mut conflict = None;
        while let Some((value, _)) = self.chosen.get(&self.executed.next()) {
            self.executed = self.executed.next();
            if let Value::Reconfigure(wish) = value {
                self.configurations.execute(self.executed, wish, config, self.servers);
            }
            let slot = self.executed.plus(config.alpha);
            let ballots = self.votes.get(&slot).into_iter().flat_map(BTreeMap::keys).copied();
            for ballot in ballots.collect::<Vec<_>>() {
                conflict = conflict.or(self.count(slot, ballot, config, step));
            }
        }
        conflict
    }
}
