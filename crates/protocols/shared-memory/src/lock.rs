//! [`Lock`]: a mutual exclusion algorithm as a sequence of accesses.

use std::fmt::Debug;

use serde::Serialize;
use sim_node::{Names, Role, Value};

use crate::{Name, RegisterConfig};

/// One access to a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Access<R> {
    /// Read it.
    Read(R),
    /// Write this value.
    Write(R, u64),
}

impl<R: Copy> Access<R> {
    /// The register.
    #[must_use]
    pub fn register(self) -> R {
        match self {
            Self::Read(register) | Self::Write(register, _) => register,
        }
    }
}

/// Where in its program a process is. The entry section of the literature is doorway and waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Section {
    /// It does not want in.
    Remainder,
    /// It announces itself, in a bounded number of its own steps.
    Doorway,
    /// It waits for its turn.
    Waiting,
    /// It is inside.
    Critical,
    /// It hands the lock back.
    Exit,
}

/// The roles that processes and memory take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Names)]
pub enum Part {
    /// A process that announces itself.
    Doorway,
    /// A process that waits for its turn.
    Waiting,
    /// The process that is inside.
    Critical,
    /// The memory.
    Memory,
}

impl Part {
    /// As a role; no holder is above another.
    #[must_use]
    pub const fn role(self) -> Role {
        Role::new(self.name(), 0)
    }
}

impl Section {
    /// Whether the process wants in.
    #[must_use]
    pub fn is_entry(self) -> bool {
        matches!(self, Self::Doorway | Self::Waiting)
    }

    /// The section as a role; none in remainder and exit.
    #[must_use]
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Doorway => Some(Part::Doorway.role()),
            Self::Waiting => Some(Part::Waiting.role()),
            Self::Critical => Some(Part::Critical.role()),
            Self::Remainder | Self::Exit => None,
        }
    }
}

/// A mutual exclusion algorithm, seen from one process: a program counter and local variables.
///
/// Each line of the entry and exit sections makes one access. The value is at a line; the process
/// makes the line's [`Lock::access`] and calls [`Lock::advance`] with what came of it. Nothing is
/// accessed in the remainder and the critical section; [`Lock::enter`] and [`Lock::leave`] end
/// them.
pub trait Lock: Value {
    /// The names of its registers.
    type Name: Name;
    /// What is fixed about it.
    type Config: Debug + Send + Sync;

    /// In the remainder.
    fn new() -> Self;

    /// All registers. All hold 0 at first.
    fn registers(config: &Self::Config) -> Vec<(Self::Name, RegisterConfig)>;

    /// Where in the program the process is.
    fn section(&self) -> Section;

    /// From the remainder to the first line of the doorway.
    fn enter(&mut self, me: u32, config: &Self::Config);

    /// The access of the line under way; `None` in the remainder and the critical section.
    fn access(&self, me: u32) -> Option<Access<Self::Name>>;

    /// From a line to the next: its access has ended, and returned this value if it is a read.
    fn advance(&mut self, value: u64, me: u32, config: &Self::Config);

    /// From the critical section to the first line of the exit section.
    fn leave(&mut self);
}
