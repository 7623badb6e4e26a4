//! [`Replica`]: what a server is as an acceptor, a learner and a state machine, whether it leads or
//! not.

use std::sync::Arc;

use serde::Serialize;
use service::Store;
use sim_node::Context;

use super::{Configurations, Disk, Log, Record, Server, Slot, Snapshot, mutants};
use crate::Ballot;

/// An acceptor, a learner and a state machine. All but what is executed is on the disk, or on its
/// way to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Replica {
    /// The highest ballot that it has promised or voted in; never decreases.
    pub(super) promised: Option<Ballot>,
    /// The last ballot of its own; never used again.
    pub(super) own: Option<Ballot>,
    /// The number of the last admin command that was given to this server.
    pub(super) numbered: u64,
    /// Votes, and what it knows to be chosen.
    pub(super) log: Log,
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// All slots up to this one are chosen and executed.
    pub(super) executed: Slot,
    pub(super) store: Store,
    pub(super) configurations: Configurations,
}

impl Replica {
    /// As it was before a crash: its snapshot is executed, and what the log has after that is not
    /// yet.
    pub(super) fn restored(disk: &Disk, cx: &mut Context<'_, Server>) -> Self {
        let snapshot = disk.snapshot.as_ref();
        let first = || Configurations::first(cx.config().first_members());
        // A vote is a promise, too, and so is a ballot of its own.
        let votes = disk.log.after(disk.log.base()).filter(|(_, entry)| !entry.chosen);
        let voted = votes.map(|(_, entry)| entry.ballot).max();
        let mut replica = Self {
            promised: disk.promised.max(disk.own).max(voted),
            own: disk.own,
            numbered: disk.last_command(cx.id()),
            log: disk.log.clone(),
            executed: snapshot.map_or(Slot(0), |snapshot| snapshot.slot),
            store: snapshot.map(|snapshot| snapshot.store.clone()).unwrap_or_default(),
            configurations: snapshot.map_or_else(first, |snapshot| snapshot.configurations.clone()),
            snapshot: disk.snapshot.clone(),
        };
        // A crash may have lost some of the slots that were kept behind the snapshot.
        let mut kept = replica.log.base().0 + 1..=replica.executed.0;
        if !kept.all(|slot| replica.log.is_chosen(Slot(slot))) {
            replica.log.compact(replica.executed);
        }
        if replica.numbered > disk.numbered {
            // The log may be compacted before the command is executed anywhere.
            cx.write(Record::Numbered(replica.numbered));
            persist(cx);
        }
        replica
    }

    /// Promises a ballot, which is at least as high as all that it has promised. Nothing that is
    /// sent from here on leaves before that is durable.
    pub(super) fn promise(&mut self, ballot: Ballot, cx: &mut Context<'_, Server>) {
        if self.promised < Some(ballot) {
            self.promised = Some(ballot);
            mutants::write_promise(Record::Promised(ballot), cx);
        }
        persist(cx);
    }

    /// Whether it knows which value is chosen in a slot.
    pub(super) fn has_learned(&self, slot: Slot) -> bool {
        slot <= self.executed || self.log.is_chosen(slot)
    }

    /// The ballot that it has promised, where it is higher than this one.
    pub(super) fn promised_above(&self, ballot: Ballot) -> Option<Ballot> {
        self.promised.filter(|promised| *promised > ballot)
    }
}

/// What is sent from here on waits until what was written is durable.
pub(super) fn persist(cx: &mut Context<'_, Server>) {
    if cx.config().barrier {
        cx.barrier();
    }
}
