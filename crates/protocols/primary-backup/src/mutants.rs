//! [`Mutant`]: the known bugs that the tester must find.

use crate::Config;

/// A bug that real systems had; only built with the feature `mutants`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Mutant {
    /// A backup answers reads as the primary does, without a look at its view.
    Split,
    /// A recruit may be promoted before the primary has acknowledged that it has the state.
    Unsynced,
    /// The primary answers as soon as one backup has the update.
    OneAck,
    /// Reads are answered without asking the backups.
    NoConfirm,
    /// Backups take updates of an epoch that is over.
    NoRefuse,
    /// The view service does not wait for the end of the lease that it gave.
    LeaseNoWait,
    /// A primary that comes back takes up the first view of its epoch that it receives.
    OldView,
    /// A primary that comes back does not know which view it acknowledged: the recruits of that
    /// are not waited for.
    OldAck,
    /// A replica without a disk takes what was meant for an earlier incarnation.
    OldChunk,
}

impl sim_protocol::Mutant for Mutant {
    const ALL: &'static [(&'static str, Self)] = &[
        ("PB-split", Self::Split),
        ("PB-unsynced", Self::Unsynced),
        ("PB-one-ack", Self::OneAck),
        ("PB-no-confirm", Self::NoConfirm),
        ("PB-no-refuse", Self::NoRefuse),
        ("PB-lease-no-wait", Self::LeaseNoWait),
        ("PB-old-view", Self::OldView),
        ("PB-old-ack", Self::OldAck),
        ("PB-old-chunk", Self::OldChunk),
    ];
}

impl Config {
    /// Whether the protocol has this bug. Never, unless it was built to.
    #[must_use]
    pub fn has(&self, mutant: Mutant) -> bool {
        cfg!(feature = "mutants") && self.mutant == Some(mutant)
    }
}
