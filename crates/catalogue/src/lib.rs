//! The one place that names every protocol.

use sim_scenario::{Catalogue, entry};

/// Every protocol that scenarios can name. Adding one is one line here.
#[must_use]
pub fn all() -> Catalogue {
    Catalogue::new(vec![
        entry::<consensus::FloodSet>(),
        entry::<consensus::OptFloodSet>(),
        entry::<election::Bully>(),
        entry::<election::ChangRoberts>(),
        entry::<failure_detectors::EventuallyPerfect>(),
        entry::<failure_detectors::Omega>(),
    ])
}
