//! Lamport's bakery for n processes (*A new solution of Dijkstra's concurrent programming problem*,
//! Communications of the ACM 17(8), 1974).
//!
//! ```text
//! choosing[i] := 1;                                              the doorway
//! number[i] := 1 + maximum(number[0], ..., number[n - 1]);
//! choosing[i] := 0;
//! for each j:
//!     wait until choosing[j] = 0;
//!     wait until number[j] = 0 or (number[i], i) <= (number[j], j);
//! critical section;
//! number[i] := 0
//! ```
//! Each register has one writer, and whatever a read returns that overlaps a write, the algorithm
//! stands: safe registers are enough. A process does not read its own registers: it knows them.

use serde::{Deserialize, Serialize};
use sim_node::Node;
use sim_protocol::{Protocol, SettingsError, Setup};

use crate::properties::Claims;
use crate::{Access, Domain, Life, Lock, Mark, Part, RegisterConfig, Section, Semantics, World};

/// Lamport's bakery, as the tools see it.
#[derive(Clone, Copy, Debug)]
pub enum Bakery {}

/// The names of the registers; those of process i are written by i alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ticket {
    /// `choosing[i]`: process i is in the doorway.
    Choosing(u32),
    /// `number[i]`: the ticket of process i; 0 when it has none.
    Number(u32),
}

/// A process in the bakery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct BakeryLock {
    line: Line,
    /// The ticket, from the line that writes it on; until then the highest number read so far.
    number: u64,
}

/// A line of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
enum Line {
    Remainder,
    /// `choosing[i] := 1`
    BeginChoosing,
    /// `number[j]`, for the maximum.
    Look(u32),
    /// `number[i] := ...`
    TakeNumber,
    /// `choosing[i] := 0`
    EndChoosing,
    /// Is j choosing?
    AwaitChoice(u32),
    /// Is j before us?
    AwaitTurn(u32),
    Critical,
    /// `number[i] := 0`
    ReturnNumber,
}

impl BakeryLock {
    /// The ticket that the process holds or is about to take; 0 when it has none.
    #[must_use]
    pub fn number(&self) -> u64 {
        match self.line {
            Line::Remainder | Line::BeginChoosing | Line::Look(_) => 0,
            _ => self.number,
        }
    }
}

impl Lock for BakeryLock {
    type Name = Ticket;
    type Config = BakerySettings;

    fn new() -> Self {
        Self { line: Line::Remainder, number: 0 }
    }

    fn registers(config: &BakerySettings) -> Vec<(Ticket, RegisterConfig)> {
        let semantics = config.registers;
        let all = (0..config.nodes).flat_map(|process| {
            [
                (Ticket::Choosing(process), Domain::UpTo(1)),
                (Ticket::Number(process), Domain::Growing),
            ]
        });
        all.map(|(name, domain)| (name, RegisterConfig { semantics, domain })).collect()
    }

    fn section(&self) -> Section {
        match self.line {
            Line::Remainder => Section::Remainder,
            Line::BeginChoosing | Line::Look(_) | Line::TakeNumber | Line::EndChoosing => {
                Section::Doorway
            }
            Line::AwaitChoice(_) | Line::AwaitTurn(_) => Section::Waiting,
            Line::Critical => Section::Critical,
            Line::ReturnNumber => Section::Exit,
        }
    }

    fn enter(&mut self, me: u32, config: &BakerySettings) {
        self.number = 0;
        if config.choosing {
            self.line = Line::BeginChoosing;
        } else {
            self.look(0, me, config);
        }
    }

    fn access(&self, me: u32) -> Option<Access<Ticket>> {
        match self.line {
            Line::BeginChoosing => Some(Access::Write(Ticket::Choosing(me), 1)),
            Line::Look(other) | Line::AwaitTurn(other) => Some(Access::Read(Ticket::Number(other))),
            Line::TakeNumber => Some(Access::Write(Ticket::Number(me), self.number)),
            Line::EndChoosing => Some(Access::Write(Ticket::Choosing(me), 0)),
            Line::AwaitChoice(other) => Some(Access::Read(Ticket::Choosing(other))),
            Line::ReturnNumber => Some(Access::Write(Ticket::Number(me), 0)),
            Line::Remainder | Line::Critical => None,
        }
    }

    fn advance(&mut self, value: u64, me: u32, config: &BakerySettings) {
        match self.line {
            Line::BeginChoosing => self.look(0, me, config),
            Line::Look(other) => {
                self.number = self.number.max(value);
                self.look(other + 1, me, config);
            }
            Line::TakeNumber if config.choosing => self.line = Line::EndChoosing,
            Line::TakeNumber | Line::EndChoosing => self.wait(0, me, config),
            Line::AwaitChoice(other) if value == 0 => self.line = Line::AwaitTurn(other),
            Line::AwaitTurn(other) if value == 0 || (self.number, me) < (value, other) => {
                self.wait(other + 1, me, config);
            }
            Line::AwaitChoice(_) | Line::AwaitTurn(_) => {}
            Line::ReturnNumber => *self = Self::new(),
            Line::Remainder | Line::Critical => unreachable!("no access is under way"),
        }
    }

    fn leave(&mut self) {
        self.line = Line::ReturnNumber;
    }
}

impl BakeryLock {
    /// Reads the numbers of the others from this one on, then takes one higher than all.
    fn look(&mut self, from: u32, me: u32, config: &BakerySettings) {
        if let Some(other) = other_from(from, me, config) {
            self.line = Line::Look(other);
        } else {
            self.line = Line::TakeNumber;
            self.number += 1;
        }
    }

    /// Waits for the others from this one on, then goes in.
    fn wait(&mut self, from: u32, me: u32, config: &BakerySettings) {
        self.line = match other_from(from, me, config) {
            Some(other) if config.choosing => Line::AwaitChoice(other),
            Some(other) => Line::AwaitTurn(other),
            None => Line::Critical,
        };
    }
}

/// The first process from this one on that is not the process itself.
fn other_from(from: u32, me: u32, config: &BakerySettings) -> Option<u32> {
    (from..config.nodes).find(|process| *process != me)
}

/// What a scenario may set of the bakery.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct BakerySettings {
    /// How many processes; the memory is one more node after them.
    #[setting(range = 1..=100)]
    pub nodes: u32,
    /// The semantics of all registers: what overlapping accesses return.
    #[setting(default = Semantics::Safe)]
    pub registers: Semantics,
    /// Whether a process says that it is choosing a number; false is the classical mistake.
    #[setting(default = true)]
    pub choosing: bool,
    /// How processes and memory live.
    #[setting(flatten)]
    pub life: Life,
}

impl Protocol for Bakery {
    const NAME: &'static str = "Bakery";
    const FAMILY: &'static str = "shared-memory";
    const SUMMARY: &'static str =
        "Mutual exclusion for n processes that take numbers, with safe registers.";
    const SOURCE: &'static str = "Lamport 1974, A new solution of Dijkstra's concurrent programming \
        problem; Lynch 1996, section 10.7";
    const MODEL: &'static str =
        "asynchronous, perfect links, no crash within the protocol; safe registers";
    const ROLES: &'static [&'static str] = Part::ALL;
    const HEADLINE: Option<&'static str> = Some(Part::Critical.name());
    const MARKS: &'static [&'static str] = Mark::ALL;

    type Settings = BakerySettings;
    type Workload = ();
    type Node = World<BakeryLock>;
    type Request = <World<BakeryLock> as Node>::Request;
    type Properties = Claims;

    fn configure(
        settings: &BakerySettings,
        _: Option<&()>,
    ) -> Result<Setup<World<BakeryLock>>, SettingsError> {
        Ok(settings.life.setup(settings.nodes, settings.clone()))
    }
}
