//! What is chosen in a slot, as the disks show, against votes for other values there.
//!
//! "If a proposal with value v is chosen, then every higher-numbered proposal accepted by any
//! acceptor has value v" (Lamport 2001, section 2.2, P2a), in each slot.

use std::collections::BTreeMap;

use sim_node::{ImageError, NodeId, counted};
use sim_protocol::WrongImage;

use super::super::log::Entry;
use super::super::{Config, Disk, Members, Slot, Value};
use crate::Ballot;

/// What the disks hold of a slot, and who its members are.
struct Instance<'a> {
    disks: &'a [(NodeId, &'a Disk)],
    slot: Slot,
    entries: Vec<(NodeId, &'a Entry)>,
    members: Members,
    /// How many members choose a value.
    quorum: usize,
}

/// What contradicts a vote: the disk that shows it, after those before it in number, and in words.
struct Conflict {
    node: NodeId,
    vote_of: NodeId,
    message: String,
}

/// Refuses a vote for another value in a higher ballot than that in which a value was chosen.
pub(super) fn check_later_votes(
    disks: &[(NodeId, &Disk)],
    config: &Config,
) -> Result<(), WrongImage> {
    if !config.barrier || config.mutant.is_some() {
        return Ok(());
    }
    let mut slots: BTreeMap<Slot, Vec<(NodeId, &Entry)>> = BTreeMap::new();
    for (node, disk) in disks {
        for (slot, entry) in disk.log.all() {
            slots.entry(slot).or_default().push((*node, entry));
        }
    }
    for (slot, entries) in slots {
        let Some(members) = members(disks, slot, config) else { continue };
        if !config.quorums_meet(members) {
            continue;
        }
        let quorum = config.accept_quorum(members);
        let instance = Instance { disks, slot, entries, members, quorum };
        let conflict = instance.check_votes().or_else(|| instance.check_known());
        if let Some(Conflict { node, vote_of, message }) = conflict {
            let error = ImageError::new(message).within("value").within(slot);
            let error = error.within("entries").within("log");
            return Err(WrongImage { node: node.max(vote_of), error });
        }
    }
    Ok(())
}

impl<'a> Instance<'a> {
    /// The votes that are not known to be for what is chosen.
    fn votes(&self) -> impl Iterator<Item = (NodeId, &'a Entry)> {
        self.entries.iter().copied().filter(|(_, entry)| !entry.chosen)
    }

    /// The highest vote for another value, if it is in a higher ballot than this.
    fn other_above(&self, value: &Value, ballot: Option<Ballot>) -> Option<(NodeId, &'a Entry)> {
        let others = self.votes().filter(|(_, vote)| vote.value != *value);
        let highest = others.max_by_key(|(node, vote)| (vote.ballot, std::cmp::Reverse(*node)));
        highest.filter(|(_, vote)| Some(vote.ballot) > ballot)
    }

    /// What a quorum of equal votes has chosen.
    fn check_votes(&self) -> Option<Conflict> {
        let mut voters: BTreeMap<(Ballot, &Value), Vec<NodeId>> = BTreeMap::new();
        for (node, vote) in self.votes().filter(|(node, _)| self.members.contains(*node)) {
            voters.entry((vote.ballot, &vote.value)).or_default().push(node);
        }
        for ((ballot, value), voters) in voters {
            let Some(&node) = voters.get(self.quorum - 1) else { continue };
            let Some((of, vote)) = self.other_above(value, Some(ballot)) else { continue };
            let message = format!(
                "in slot {}, {} voted for {value:?} in ballot {ballot}, so it is chosen, and {of} \
                 has voted for {:?} in ballot {}; once a value is chosen, no higher ballot has \
                 another",
                self.slot,
                counted(self.quorum as u64, "member"),
                vote.value,
                vote.ballot
            );
            return Some(Conflict { node, vote_of: of, message });
        }
        None
    }

    /// What a server knows to be chosen, though the disks may not tell in which ballot: what is
    /// known has a ballot in which it was proposed, and that may be a lower one. A vote for another
    /// value is older than the choice, so a quorum has voted for the chosen value after it. Of five
    /// members:
    ///
    /// ```text
    /// n0  3.0: put a, known to be chosen
    /// n1  3.0: put a                          not above 4.1: its last vote is older
    /// n2  5.2: put a                          may have voted after it
    /// n3  4.1: put b
    /// n4  executed the slot, and compacted    may have voted after it
    ///     n0, n2 and n4 are a quorum: fine. If n4 had nothing, it would be refused.
    /// ```
    fn check_known(&self) -> Option<Conflict> {
        let (node, known) = self.entries.iter().copied().find(|(_, entry)| entry.chosen)?;
        let (of, vote) = self.other_above(&known.value, None)?;
        let later = |member: &NodeId| self.may_have_voted(*member, &known.value, vote.ballot);
        let able = self.members.iter().filter(later).count();
        if able >= self.quorum {
            return None;
        }
        let message = format!(
            "in slot {}, {node} knows that {:?} is chosen, and {of} has voted for {:?} in ballot \
             {}; so it was chosen in a higher ballot, and by the disks, {able} of {} can have \
             voted for it there, and {} would be needed",
            self.slot,
            known.value,
            vote.value,
            vote.ballot,
            counted(self.members.len() as u64, "member"),
            self.quorum
        );
        Some(Conflict { node, vote_of: of, message })
    }

    /// Whether a member may have voted for the chosen value above a ballot.
    fn may_have_voted(&self, member: NodeId, value: &Value, ballot: Ballot) -> bool {
        let Some((_, disk)) = self.disks.iter().find(|(node, _)| *node == member) else {
            return false;
        };
        let has_executed = disk.snapshot.as_ref().is_some_and(|one| one.slot >= self.slot);
        let entry = disk.log.get(self.slot);
        has_executed
            || entry.is_some_and(|entry| {
                entry.value == *value && (entry.chosen || entry.ballot > ballot)
            })
    }
}

/// The members of a slot, where the disks leave no doubt: those of the latest snapshot, or the
/// first ones, if no command may have changed them since.
fn members(disks: &[(NodeId, &Disk)], slot: Slot, config: &Config) -> Option<Members> {
    let snapshots = disks.iter().filter_map(|(_, disk)| disk.snapshot.as_ref());
    let latest = snapshots.max_by_key(|snapshot| snapshot.slot);
    let Some(snapshot) = latest else {
        let is_first = no_command(disks, Slot(0), slot, config);
        return is_first.then(|| config.first_members());
    };
    // The members of slots long ago are forgotten.
    let (effective, _) = snapshot.configurations.parts();
    let is_told = effective.first_key_value().is_some_and(|(first, _)| *first <= slot);
    let is_sure = is_told && no_command(disks, snapshot.slot, slot, config);
    is_sure.then(|| snapshot.configurations.at(slot))
}

/// Whether no disk has a command, after this slot, that may change the members of the other one.
fn no_command(disks: &[(NodeId, &Disk)], executed: Slot, slot: Slot, config: &Config) -> bool {
    let mut entries = disks.iter().flat_map(|(_, disk)| disk.log.after(executed));
    !entries.any(|(at, entry)| {
        at.plus(config.alpha) <= slot && matches!(entry.value, Value::Reconfigure(_))
    })
}
