//! [`Ghost`]: all votes ever cast, and what is chosen by them.

use std::collections::BTreeMap;

use sim_check::{ENTRY, View, size_in_memory};
use sim_node::{Node, NodeId};

use super::server;
use crate::Ballot;
use crate::multi::{Config, Configurations, Indication, Members, Party, Server, Slot, Value};
use crate::starts::{Start, Starts};

/// All votes ever cast, and what is chosen by them: no server knows that.
///
/// A vote counts from when it is durable. A crash may also leave one on the disk that was never
/// indicated: it counts from the restart. What lies on the disks at the beginning of the run is
/// taken as it is: votes, what is known to be chosen, and what a snapshot holds.
#[derive(Clone, Debug)]
pub(super) struct Ghost {
    servers: u32,
    slots: BTreeMap<Slot, Instance>,
    /// All slots up to this one are chosen: the members are decided up to alpha slots after it.
    executed: Slot,
    configurations: Configurations,
    starts: Starts,
    /// About how many bytes the slots take.
    kept: u64,
}

/// One slot.
#[derive(Clone, Debug, Default)]
struct Instance {
    /// In the order of their ballots.
    votes: Vec<Votes>,
    /// The value that is chosen, and the step in which it was.
    chosen: Option<(Value, u64)>,
}

/// The votes for one value in a ballot of a slot. (A ballot has one value, if all is well.)
#[derive(Clone, Debug)]
pub(super) struct Votes {
    pub(super) ballot: Ballot,
    pub(super) value: Value,
    pub(super) voters: Members,
}

/// A value is chosen in a slot in which another one was chosen before.
#[derive(Clone, Debug)]
pub(super) struct Conflict {
    pub(super) slot: Slot,
    /// The step in which the first was chosen.
    pub(super) step: u64,
    pub(super) values: (Value, Value),
}

impl Ghost {
    pub(super) fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        Self {
            servers,
            slots: BTreeMap::new(),
            executed: Slot(0),
            configurations: Configurations::first(config.server.first_members()),
            starts: Starts::new(servers),
            kept: 0,
        }
    }

    /// The value that is chosen in a slot.
    pub(super) fn chosen(&self, slot: Slot) -> Option<&Value> {
        self.slots.get(&slot)?.chosen.as_ref().map(|(value, _)| value)
    }

    /// About how many bytes it takes.
    pub(super) fn kept(&self) -> u64 {
        self.kept
    }

    /// All slots up to this one are chosen.
    pub(super) fn executed(&self) -> Slot {
        self.executed
    }

    /// All votes in a slot, in the order of their ballots.
    pub(super) fn votes(&self, slot: Slot) -> &[Votes] {
        self.slots.get(&slot).map_or(&[], |instance| &instance.votes)
    }

    /// The members of a slot, once they are decided.
    pub(super) fn members(&self, slot: Slot, config: &Config) -> Option<Members> {
        (slot <= self.executed.plus(config.alpha)).then(|| self.configurations.at(slot))
    }

    pub(super) fn restart(&mut self, node: NodeId) {
        self.starts.restart(node);
    }

    /// After a step: the first of an incarnation shows what the server has on its disk.
    pub(super) fn after(&mut self, view: &View<'_, Party>, node: NodeId) -> Option<Conflict> {
        if !self.starts.is_pending(node) {
            return None;
        }
        let server = server(view, node)?;
        let is_given = self.starts.step(node) == Some(Start::First);
        self.take_disk(node, server, is_given, &view.config.server, view.step)
    }

    fn take_disk(
        &mut self,
        node: NodeId,
        server: &Server,
        is_given: bool,
        config: &Config,
        step: u64,
    ) -> Option<Conflict> {
        let mut conflict = None;
        if let Some(snapshot) = server.snapshot().filter(|_| is_given)
            && snapshot.slot > self.executed
        {
            self.executed = snapshot.slot;
            self.configurations = snapshot.configurations.clone();
            conflict = self.recount(config, step);
        }
        let log = server.log();
        for (slot, entry) in log.after(log.base()) {
            // The ballot of what it knows to be chosen may be that of another server's vote.
            if is_given || !entry.chosen {
                let voted = self.vote(node, slot, entry.ballot, &entry.value, config, step);
                conflict = conflict.or(voted);
            }
            // A disk that was given may know a value to be chosen whose votes are on no disk.
            let instance = self.slots.entry(slot).or_default();
            if entry.chosen && instance.chosen.is_none() && is_given {
                instance.chosen = Some((entry.value.clone(), step));
                conflict = conflict.or(self.advance(config, step));
            }
        }
        conflict
    }

    /// The members of many slots have become known at once.
    fn recount(&mut self, config: &Config, step: u64) -> Option<Conflict> {
        let slots: Vec<Slot> = self.slots.keys().copied().collect();
        let conflicts = slots.into_iter().map(|slot| self.count(slot, config, step));
        let conflict = conflicts.fold(None, Option::or);
        conflict.or(self.advance(config, step))
    }

    /// A vote is durable.
    pub(super) fn voted(
        &mut self,
        node: NodeId,
        indication: &Indication,
        config: &Config,
        step: u64,
    ) -> Option<Conflict> {
        let Indication::Voted { slot, ballot, value } = indication;
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
        let members = self.members(slot, config);
        let instance = self.slots.entry(slot).or_default();
        let known = instance.votes.len();
        let votes = instance.votes_for(ballot, value);
        if !votes.voters.insert(node) {
            return None;
        }
        let voters = votes.voters;
        if instance.votes.len() > known {
            // Once for its votes, and once where it is chosen.
            self.kept += 2 * (ENTRY + size_in_memory(value));
        }
        let members = members?;
        if voters.intersection(members).len() < config.accept_quorum(members) {
            return None;
        }
        match &instance.chosen {
            Some((first, _)) if first == value => None,
            Some((first, step)) => {
                Some(Conflict { slot, step: *step, values: (first.clone(), value.clone()) })
            }
            None => {
                instance.chosen = Some((value.clone(), step));
                self.advance(config, step)
            }
        }
    }

    /// The members of a slot have become known: what is chosen by votes that came before?
    fn count(&mut self, slot: Slot, config: &Config, step: u64) -> Option<Conflict> {
        let members = self.members(slot, config)?;
        let instance = self.slots.get_mut(&slot)?;
        for votes in &instance.votes {
            if votes.voters.intersection(members).len() < config.accept_quorum(members) {
                continue;
            }
            let (first, step) = instance.chosen.get_or_insert_with(|| (votes.value.clone(), step));
            if *first != votes.value {
                let values = (first.clone(), votes.value.clone());
                return Some(Conflict { slot, step: *step, values });
            }
        }
        None
    }

    /// What is chosen decides the members of later slots, where votes may have come before.
    fn advance(&mut self, config: &Config, step: u64) -> Option<Conflict> {
        let mut conflict = None;
        loop {
            let next = self.executed.next();
            let instance = self.slots.get(&next);
            let Some((value, _)) = instance.and_then(|instance| instance.chosen.as_ref()) else {
                return conflict;
            };
            self.executed = next;
            if let Value::Reconfigure(command) = value {
                self.configurations.execute(next, command, config, self.servers);
            }
            conflict = conflict.or(self.count(next.plus(config.alpha), config, step));
        }
    }
}

impl Instance {
    fn votes_for(&mut self, ballot: Ballot, value: &Value) -> &mut Votes {
        let same = |votes: &Votes| votes.ballot == ballot && votes.value == *value;
        // Those that are cast now are most often in the latest ballot.
        let place = self.votes.iter().rposition(same).unwrap_or_else(|| {
            let place = self.votes.partition_point(|votes| votes.ballot <= ballot);
            let votes = Votes { ballot, value: value.clone(), voters: Members::new() };
            self.votes.insert(place, votes);
            place
        });
        &mut self.votes[place]
    }
}
