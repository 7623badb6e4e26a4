//! [`Starts`]: whose next step is the first of an incarnation. Ghosts look at disks then.

use sim_node::NodeId;

/// Whose next step is the first of an incarnation.
#[derive(Clone, Debug)]
pub(crate) struct Starts(Vec<Option<Start>>);

/// What a first step is the first of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Of the run: a scenario may have put something on the disk.
    First,
    /// Of an incarnation after a crash.
    Again,
}

impl Starts {
    /// Nobody of so many nodes has started.
    pub(crate) fn new(nodes: u32) -> Self {
        Self(vec![Some(Start::First); nodes as usize])
    }

    /// A node is about to start again.
    pub(crate) fn restart(&mut self, node: NodeId) {
        if let Some(start) = self.0.get_mut(node.index()) {
            start.get_or_insert(Start::Again);
        }
    }

    /// A node has made a step. Returns what it was the first of, if it was.
    pub(crate) fn step(&mut self, node: NodeId) -> Option<Start> {
        self.0.get_mut(node.index())?.take()
    }
}
