//! [`Starts`]: which nodes have not made the first step of their incarnation. Ghosts look at disks
//! in that step.

use sim_node::NodeId;

/// The nodes whose next step is the first of their incarnation.
#[derive(Clone, Debug)]
pub(crate) struct Starts(Vec<Option<Start>>);

/// What a node's first step begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// The run: a scenario may have put something on the disk.
    First,
    /// An incarnation after a crash.
    Again,
}

impl Starts {
    /// None of so many nodes has started.
    pub(crate) fn new(nodes: u32) -> Self {
        Self(vec![Some(Start::First); nodes as usize])
    }

    /// A node is about to start again.
    pub(crate) fn restart(&mut self, node: NodeId) {
        if let Some(start) = self.0.get_mut(node.index()) {
            start.get_or_insert(Start::Again);
        }
    }

    /// Whether a node's next step is the first of its incarnation.
    #[inline]
    pub(crate) fn is_pending(&self, node: NodeId) -> bool {
        self.0.get(node.index()).is_some_and(Option::is_some)
    }

    /// A node has made a step. Returns what began with it, if it was the first.
    pub(crate) fn step(&mut self, node: NodeId) -> Option<Start> {
        self.0.get_mut(node.index())?.take()
    }
}
