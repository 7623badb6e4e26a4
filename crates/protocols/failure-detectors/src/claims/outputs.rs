//! [`Outputs`]: what every process's module said last, as a ghost that notices changes.

use sim_node::NodeId;

/// The last output of each server; `None` while it is down.
#[derive(Clone, Debug)]
pub(crate) struct Outputs<T>(Vec<Option<T>>);

impl<T: Clone + PartialEq> Outputs<T> {
    pub(crate) fn new(servers: u32) -> Self {
        Self(vec![None; servers as usize])
    }

    /// Takes the output of a process after one of its steps; whether it has changed.
    pub(crate) fn update(&mut self, process: NodeId, output: Option<&T>) -> bool {
        let Some(known) = self.0.get_mut(process.index()) else { return false };
        if known.as_ref() == output {
            return false;
        }
        *known = output.cloned();
        true
    }
}
