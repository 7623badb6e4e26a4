//! The one place that names every protocol.

use sim_scenario::Catalogue;

/// Every protocol of this project, by family.
#[must_use]
pub fn catalogue() -> Catalogue {
    Catalogue::new(vec![])
}
