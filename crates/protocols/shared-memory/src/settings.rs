//! What the settings of all locks have in common.

use sim_node::{Duration, Parties, Span};
use sim_protocol::{Core, Field, SettingsError, Setup};

use crate::{Lock, MemoryConfig, ProcessConfig, Semantics, World};

pub(crate) const ENTRIES: Field = Field {
    name: "entries",
    kind: "number",
    default: Some("5"),
    meaning: "how often each process enters the critical section, at least once",
};

pub(crate) const THINK: Field = Field {
    name: "think",
    kind: "span",
    default: Some("\"0ms..50ms\""),
    meaning: "how long a process stays in its remainder before it wants in",
};

pub(crate) const CRITICAL: Field = Field {
    name: "critical",
    kind: "span",
    default: Some("\"1ms..20ms\""),
    meaning: "how long a process stays in the critical section",
};

pub(crate) const READ: Field = Field {
    name: "read",
    kind: "span",
    default: Some("\"1ms..5ms\""),
    meaning: "how long a read lasts at the memory; more than nothing, since processes wait by reading",
};

pub(crate) const WRITE: Field = Field {
    name: "write",
    kind: "span",
    default: Some("\"1ms..5ms\""),
    meaning: "how long a write lasts at the memory",
};

pub(crate) fn entries() -> u32 {
    5
}

pub(crate) fn think() -> Span {
    Span::between(Duration::ZERO, Duration::from_millis(50))
}

pub(crate) fn critical() -> Span {
    Span::between(Duration::from_millis(1), Duration::from_millis(20))
}

pub(crate) fn access() -> Span {
    Span::between(Duration::from_millis(1), Duration::from_millis(5))
}

pub(crate) fn safe() -> Semantics {
    Semantics::Safe
}

pub(crate) fn yes() -> bool {
    true
}

/// How processes and memory live, whatever the lock.
pub(crate) struct Life {
    pub(crate) processes: u32,
    pub(crate) entries: u32,
    pub(crate) think: Span,
    pub(crate) critical: Span,
    pub(crate) read: Span,
    pub(crate) write: Span,
}

impl Life {
    pub(crate) fn setup<L: Lock>(self, lock: L::Config) -> Result<Setup<World<L>>, SettingsError> {
        if self.entries == 0 {
            return Err(SettingsError::new("entries", "each process enters at least once"));
        }
        if self.read.shortest().is_zero() {
            let message = "a read takes time; write a span such as \"1ms..5ms\"";
            return Err(SettingsError::new("read", message));
        }
        let memory = MemoryConfig {
            registers: L::registers(&lock).into_iter().collect(),
            read: self.read,
            write: self.write,
        };
        let process = ProcessConfig {
            entries: self.entries,
            think: self.think,
            critical: self.critical,
            lock,
        };
        let config = Parties { servers: self.processes, server: process, client: memory };
        // In the model nobody returns, so the calm brings nobody back.
        Ok(Setup { config, others: 1, core: Core::Live })
    }
}
