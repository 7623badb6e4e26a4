//! What the settings of all locks have in common.

use sim_node::{Parties, Span};
use sim_protocol::{Core, Setup};

use crate::{Lock, MemoryConfig, ProcessConfig, World};

/// How processes and memory live, whatever the lock.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Life {
    /// How often each process enters the critical section.
    #[setting(default = 5, range = 1..)]
    pub entries: u32,
    /// How long a process stays in its remainder before it wants in.
    #[setting(default = "0ms..50ms")]
    pub think: Span,
    /// How long a process stays in the critical section.
    #[setting(default = "1ms..20ms")]
    pub critical: Span,
    /// How long a read lasts at the memory; processes wait by reading.
    #[setting(default = "1ms..5ms", positive)]
    pub read: Span,
    /// How long a write lasts at the memory.
    #[setting(default = "1ms..5ms")]
    pub write: Span,
}

impl Life {
    /// Processes that compete for a lock, and the memory behind them.
    pub(crate) fn setup<L: Lock>(&self, processes: u32, lock: L::Config) -> Setup<World<L>> {
        let memory = MemoryConfig {
            registers: L::registers(&lock).into_iter().collect(),
            read: self.read,
            write: self.write,
        };
        let Self { entries, think, critical, .. } = *self;
        let process = ProcessConfig { entries, think, critical, lock };
        let config = Parties { servers: processes, server: process, client: memory };
        // In the model nobody returns, so the calm brings nobody back.
        Setup::new(config, Core::Live).with_others("memory", 1)
    }
}
