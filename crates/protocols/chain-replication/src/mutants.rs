//! [`Mutant`]: the known bugs that the tester must find, and what only they do.

use sim_node::Context;

use crate::{Disk, Record, Replica};

/// A bug that the tester must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// The head answers an update as soon as it has applied it.
    #[mutant("C-head-ack")]
    HeadAck,
    /// After a failure in the middle, the predecessor does not send again what was under way.
    #[mutant("C-no-resend")]
    NoResend,
    /// A replica of the chain accepts updates of an old configuration.
    #[mutant("C-no-epoch")]
    NoEpoch,
    /// A replica takes its newest version for committed, and does not ask the tail (CRAQ).
    #[mutant("C-dirty-read")]
    DirtyRead,
    /// A replica asks the tail which version is committed, and answers with its newest (CRAQ).
    #[mutant("C-newest-read")]
    NewestRead,
    /// A replica that was in the chain joins again in the same incarnation, if the master says so.
    #[mutant("C-joined-twice")]
    JoinedTwice,
    /// A disk says that the history is complete, however much of it a crash has left.
    #[mutant("C-complete-anyway")]
    CompleteAnyway,
    /// The record of the first incarnation leaves what a crash has kept of an earlier try.
    #[mutant("C-first-keeps")]
    FirstKeeps,
    /// Without leases, a replica answers reads before the master has acknowledged it.
    #[mutant("C-read-before-lease")]
    ReadBeforeLease,
}

impl Replica {
    /// [`Mutant::FirstKeeps`]: writes again what the disk kept of an earlier try.
    pub(crate) fn keep_earlier_try(disk: &Disk, cx: &mut Context<'_, Self>) {
        cx.write(Record::History(disk.base, disk.store.clone().into()));
        disk.log.iter().for_each(|update| cx.write(Record::Update(update.clone())));
    }
}
