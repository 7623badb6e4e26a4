//! PX5 integrity.

use std::collections::BTreeMap;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::NodeId;

use crate::single::{Config, Indication, Process, Value};

/// A process learns once: it never learns again, neither the same nor another value, not even after
/// a crash.
#[derive(Clone, Debug)]
pub struct Integrity {
    /// What each process has learned, and in which step.
    learned: BTreeMap<NodeId, (Value, u64)>,
}

impl Property<Process> for Integrity {
    const CLAIM: Claim = Claim {
        code: "PX5",
        name: "integrity",
        kind: Kind::Safety,
        meaning: "no process learns twice, crashes and restarts included",
        source: "Cachin, Guerraoui, Rodrigues 2011, section 5.2, for processes that recover",
    };

    fn new(_: &Config, _: u32) -> Self {
        Self { learned: BTreeMap::new() }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        indication: &Indication,
        judge: &mut Judge,
    ) {
        if let Indication::Learned(value) = indication {
            judge.judged();
            if let Some((first, step)) = self.learned.insert(node, (*value, view.step)) {
                let detail = format!("{node} learns {value}, after it has learned {first}");
                judge.violate(node, detail, &[step]);
            }
        }
    }
}
