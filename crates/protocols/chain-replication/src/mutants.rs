//! [`Mutant`]: the known bugs that the tester must find, and what only they do.

use sim_node::Context;

use crate::{Config, Disk, Record, Replica};

/// A bug that the tester must find; only built with the feature `mutants`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mutant {
    /// The head answers an update as soon as it has applied it.
    HeadAck,
    /// After a failure in the middle, the predecessor does not send again what was under way.
    NoResend,
    /// A replica of the chain accepts updates of an old configuration.
    NoEpoch,
    /// A replica takes its newest version for committed, and does not ask the tail (CRAQ).
    DirtyRead,
    /// A replica asks the tail which version is committed, and answers with its newest (CRAQ).
    NewestRead,
    /// A replica that was in the chain joins again in the same incarnation, if the master says so.
    JoinedTwice,
    /// A disk says that the history is complete, however much of it a crash has left.
    CompleteAnyway,
    /// The record of the first incarnation leaves what a crash has kept of an earlier try.
    FirstKeeps,
    /// Without leases, a replica reads before the master has received anything of it.
    Unheard,
}

impl sim_protocol::Mutant for Mutant {
    const ALL: &'static [(&'static str, Self)] = &[
        ("C-head-ack", Self::HeadAck),
        ("C-no-resend", Self::NoResend),
        ("C-no-epoch", Self::NoEpoch),
        ("C-dirty-read", Self::DirtyRead),
        ("C-newest-read", Self::NewestRead),
        ("C-joined-twice", Self::JoinedTwice),
        ("C-complete-anyway", Self::CompleteAnyway),
        ("C-first-keeps", Self::FirstKeeps),
        ("C-unheard", Self::Unheard),
    ];
}

impl Config {
    /// Whether the protocol has this bug. Never, unless it was built to.
    #[must_use]
    pub fn has(&self, mutant: Mutant) -> bool {
        cfg!(feature = "mutants") && self.mutant == Some(mutant)
    }
}

impl Replica {
    /// [`Mutant::FirstKeeps`]: writes again what the disk kept of an earlier try.
    pub(crate) fn keep_earlier_try(disk: &Disk, cx: &mut Context<'_, Self>) {
        cx.write(Record::History(disk.base, disk.store.clone().into()));
        disk.log.iter().for_each(|update| cx.write(Record::Update(update.clone())));
    }
}
