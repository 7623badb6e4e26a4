//! The claims about Byzantine reliable broadcast, one file each.

mod broadcasts;
mod consistency;
mod integrity;
mod no_duplication;
mod totality;
mod validity;

pub use consistency::Consistency;
pub use integrity::Integrity;
pub use no_duplication::NoDuplication;
pub use totality::Totality;
pub use validity::Validity;

use sim_check::suite;

/// The claims, in the order of the module box.
pub type BroadcastClaims = suite![Validity, NoDuplication, Integrity, Consistency, Totality];
