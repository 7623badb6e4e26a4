//! [`Configurations`]: the acceptors of each slot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::NodeId;

use super::{AdminCommand, Members, Settings, Slot};

/// The members of each slot, as far as they are decided: part of the state machine.
///
/// "The set of servers that execute instance i + alpha is specified by the state after execution of
/// the i-th command" (Lamport 2001, section 3). So a server that has executed slot i knows the
/// members of all slots up to i + alpha, and proposes in no slot beyond.
///
/// An example with alpha 3 and the members A, B, C. `{A, D, E}` is chosen in slot 5:
///
/// ```text
/// slot      4        5           6       7       8        9
/// value     put      {A,D,E}     put     no-op   put      put
/// members   A B C    A B C       A B C   A B C   A D E    A D E
/// ```
///
/// * Slots 6 and 7 may have been proposed in before slot 5 was executed, so they keep the old
///   members. Slot 8 may not: no server knew its members then.
/// * The leader has nothing to propose in slot 7, and fills it with a no-op: else the new members
///   would have to wait for clients ("idle until the new members are the members").
/// * D and E have promised nothing to the leader's ballot so far. It asks them as soon as it has
///   executed slot 5, and proposes in slot 8 once a phase-1 quorum of A, D, E has promised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Configurations {
    /// The members, by the first slot that is theirs. Never empty.
    effective: BTreeMap<Slot, Members>,
    /// The number of the last command of each server that was executed.
    #[serde(default)]
    commands: BTreeMap<NodeId, u64>,
}

impl Configurations {
    /// The members by the first slot that is theirs, and the last command of each server.
    pub(super) fn parts(&self) -> (&BTreeMap<Slot, Members>, &BTreeMap<NodeId, u64>) {
        (&self.effective, &self.commands)
    }

    /// With these members from the first slot on.
    #[must_use]
    pub fn first(members: Members) -> Self {
        Self { effective: BTreeMap::from([(Slot(0), members)]), commands: BTreeMap::new() }
    }

    /// The members of a slot, if no later command changes them.
    #[must_use]
    pub fn at(&self, slot: Slot) -> Members {
        let (newest, members) = self.newest();
        if newest <= slot {
            return members;
        }
        let latest = self.effective.range(..=slot).next_back();
        let latest = latest.or_else(|| self.effective.first_key_value());
        latest.map_or(members, |(_, members)| *members)
    }

    /// The latest members, and the first slot that is theirs.
    #[must_use]
    pub fn newest(&self) -> (Slot, Members) {
        let newest = self.effective.last_key_value();
        newest.map(|(slot, members)| (*slot, *members)).expect("there is always a configuration")
    }

    /// The members of any slot from the first of these to the last.
    #[must_use]
    pub fn within(&self, first: Slot, last: Slot) -> Members {
        let later = self.effective.range(first..=last.max(first));
        later.fold(self.at(first), |members, (_, later)| members.union(*later))
    }

    /// Whether a command was executed, or a later one of its server.
    #[must_use]
    pub fn is_done(&self, command: &AdminCommand) -> bool {
        self.commands.get(&command.server).is_some_and(|last| *last >= command.number)
    }

    /// Whether these are or were the members of some slot that is not forgotten.
    pub(super) fn had(&self, members: Members) -> bool {
        self.effective.values().any(|one| *one == members)
    }

    /// The number of the last command of a server that was executed; 0 if there is none.
    pub(super) fn last_command(&self, server: NodeId) -> u64 {
        self.commands.get(&server).copied().unwrap_or(0)
    }

    /// Executes a command that was chosen in a slot. Returns whether it changes the members. All
    /// servers alike refuse members of which there is none, that do not exist, or whose quorums do
    /// not meet.
    pub fn execute(
        &mut self,
        slot: Slot,
        command: &AdminCommand,
        settings: &Settings,
        servers: u32,
    ) -> bool {
        if self.is_done(command) {
            return false;
        }
        self.commands.insert(command.server, command.number);
        let is_new = self.newest().1 != command.members;
        let fits = is_new && settings.allows(command.members, servers);
        if fits {
            self.effective.insert(slot.plus(settings.alpha), command.members);
        }
        fits
    }

    /// Forgets the members of all slots before this one.
    pub fn forget_before(&mut self, slot: Slot) {
        if let Some((&from, _)) = self.effective.range(..=slot).next_back() {
            self.effective.retain(|start, _| *start >= from);
        }
    }
}
