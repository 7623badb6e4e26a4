//! The claims about failure detectors, one file each.

mod eventual_accuracy;
mod eventual_agreement;
mod eventual_strong_accuracy;
mod faithful_indications;
mod lasting;
mod outputs;
mod strong_completeness;

pub use eventual_accuracy::EventualAccuracy;
pub use eventual_agreement::EventualAgreement;
pub use eventual_strong_accuracy::EventualStrongAccuracy;
pub use faithful_indications::FaithfulIndications;
pub use strong_completeness::StrongCompleteness;

use std::collections::BTreeSet;

use sim_check::suite;
use sim_node::{Node, NodeId};

use crate::{EventuallyPerfect, Omega};

/// The claims about [`EventuallyPerfect`].
pub type DetectorClaims = suite![StrongCompleteness, EventualStrongAccuracy, FaithfulIndications];

/// The claims about [`Omega`].
pub type LeaderClaims = suite![EventualAccuracy, EventualAgreement];

/// A node that suspects others: a failure detector, or a node with one inside. The claims EPFD1 and
/// EPFD2 can be made about either.
pub trait Detects: Node {
    /// Whom this process suspects now.
    fn suspected(&self) -> &BTreeSet<NodeId>;
}

impl Detects for EventuallyPerfect {
    fn suspected(&self) -> &BTreeSet<NodeId> {
        self.suspected()
    }
}

impl Detects for Omega {
    fn suspected(&self) -> &BTreeSet<NodeId> {
        self.detector().suspected()
    }
}
