//! What is claimed of a lock: one file per claim.

mod bounded_waiting;
mod first_come_first_served;
mod lockout_freedom;
mod mutual_exclusion;
mod progress;

pub use bounded_waiting::BoundedWaiting;
pub use first_come_first_served::FirstComeFirstServed;
pub use lockout_freedom::LockoutFreedom;
pub use mutual_exclusion::MutualExclusion;
pub use progress::Progress;

use sim_check::{View, suite};
use sim_node::{Either, NodeId};

use crate::{Lock, Process, Section, World};

/// ME1 to ME5, in order.
pub type Claims =
    suite![MutualExclusion, Progress, LockoutFreedom, BoundedWaiting, FirstComeFirstServed];

/// The process with this number, while it is up; `None` for the memory.
fn process<'a, L: Lock>(view: &View<'a, World<L>>, node: NodeId) -> Option<&'a Process<L>> {
    match view.state(node)? {
        Either::Server(process) => Some(process),
        Either::Client(_) => None,
    }
}

/// Where every process was when it was seen last; a crashed one is nowhere, which is the remainder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sections(Vec<Section>);

/// A process has gone from one section to another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Move {
    from: Section,
    to: Section,
}

impl Move {
    fn enters(self) -> bool {
        self.to == Section::Critical
    }
}

impl Sections {
    fn new(servers: u32) -> Self {
        Self(vec![Section::Remainder; servers as usize])
    }

    fn of(&self, node: NodeId) -> Section {
        self.0.get(node.index()).copied().unwrap_or(Section::Remainder)
    }

    /// After a step of this node: whether it is a process that has changed its section.
    fn update<L: Lock>(&mut self, view: &View<'_, World<L>>, node: NodeId) -> Option<Move> {
        let to = process(view, node)?.section();
        let from = std::mem::replace(self.0.get_mut(node.index())?, to);
        (from != to).then_some(Move { from, to })
    }

    /// Forgets a process that has crashed, and says where it was.
    fn forget(&mut self, node: NodeId) -> Section {
        match self.0.get_mut(node.index()) {
            Some(section) => std::mem::replace(section, Section::Remainder),
            None => Section::Remainder,
        }
    }
}
