//! The one place that names every protocol.

use sim_scenario::{Catalogue, entry};

/// Every protocol of this project, by family.
///
/// # Panics
/// When two protocols share a name.
#[must_use]
pub fn catalogue() -> Catalogue {
    Catalogue::new(vec![
        entry::<election::ChangRoberts>(),
        entry::<election::HirschbergSinclair>(),
        entry::<election::PetersonRing>(),
        entry::<election::ItaiRodeh>(),
        entry::<election::FloodMax>(),
        entry::<election::Bully>(),
        entry::<election::Invitation>(),
        entry::<failure_detectors::EventuallyPerfect>(),
        entry::<failure_detectors::Omega>(),
        entry::<shared_memory::Peterson>(),
        entry::<shared_memory::Bakery>(),
        entry::<broadcast::Bracha>(),
        entry::<consensus::FloodSet>(),
        entry::<consensus::OptFloodSet>(),
        entry::<paxos::Paxos>(),
        entry::<paxos::multi::MultiPaxos>(),
        entry::<raft::Raft>(),
        entry::<chain_replication::ChainReplication>(),
        entry::<chain_replication::Craq>(),
        entry::<primary_backup::PrimaryBackup>(),
    ])
}
