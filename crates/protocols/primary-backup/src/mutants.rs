//! [`Mutant`]: the known bugs that the tester must find.

/// A bug that real systems had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// A backup answers reads as the primary does, without a look at its view.
    #[mutant("PB-split")]
    Split,
    /// A recruit may be promoted before the primary has acknowledged that it has the state.
    #[mutant("PB-unsynced")]
    Unsynced,
    /// The primary answers as soon as one backup has the update.
    #[mutant("PB-one-ack")]
    OneAck,
    /// Reads are answered without asking the backups.
    #[mutant("PB-no-confirm")]
    NoConfirm,
    /// Backups take updates of an epoch that is over.
    #[mutant("PB-no-refuse")]
    NoRefuse,
    /// The view service does not wait for the end of the lease that it gave.
    #[mutant("PB-lease-no-wait")]
    LeaseNoWait,
    /// A primary that comes back takes up the first view of its epoch that it receives.
    #[mutant("PB-old-view")]
    OldView,
    /// A primary that comes back does not know which view it acknowledged: the recruits of that
    /// are not waited for.
    #[mutant("PB-old-ack")]
    OldAck,
    /// A replica without a disk takes what was meant for an earlier incarnation.
    #[mutant("PB-old-chunk")]
    OldChunk,
}
