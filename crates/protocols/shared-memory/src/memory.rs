//! [`Memory`]: registers served over messages.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sim_node::{Context, Names, Never, Node, NodeId, Role, Span, Value};

use crate::register::Ended;
use crate::{Access, Cell, Domain, Part, RegisterConfig};

/// The names of an algorithm's registers.
pub trait Name: Value + Copy + DeserializeOwned {}
impl<T: Value + Copy + DeserializeOwned> Name for T {}

/// What processes and memory send each other.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sim_node::Message,
)]
#[serde(bound = "")]
pub enum Message<R: Name> {
    /// To the memory: read this register.
    Read(R),
    /// To the memory: write this value.
    Write(R, u64),
    /// From the memory: this is what the read returns.
    Value(R, u64),
    /// From the memory: the write has ended.
    Written(R),
}

impl<R: Name> From<Access<R>> for Message<R> {
    fn from(access: Access<R>) -> Self {
        match access {
            Access::Read(register) => Self::Read(register),
            Access::Write(register, value) => Self::Write(register, value),
        }
    }
}

/// What the memory marks.
#[derive(Clone, Copy, Debug, Names)]
pub enum Mark {
    /// A read whose value was drawn, because it overlaps a write.
    FlickeringRead,
    /// A write after which the register holds a drawn value, because writes overlap.
    ClashingWrites,
    /// An access to no register.
    AccessToNoRegister,
}

/// The registers, and how long an access lasts at the memory.
#[derive(Clone, Debug)]
pub struct MemoryConfig<R> {
    /// Every register; all hold 0 at first.
    pub registers: BTreeMap<R, RegisterConfig>,
    /// From the invocation of a read to its response.
    pub read: Span,
    /// From the invocation of a write to its response.
    pub write: Span,
}

/// The access of this process has lasted its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Served(pub NodeId);

/// The memory. An access is invoked when its message arrives, and responded to a drawn time later.
///
/// A process makes one access at a time. An access of a process that has another one under way
/// comes from a new incarnation: the old access ends at once, and nobody is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(bound = "")]
pub struct Memory<R: Name> {
    cells: BTreeMap<R, Cell>,
    /// The access under way, by process.
    accesses: BTreeMap<NodeId, Access<R>>,
    /// The highest value that any write to a register of a growing domain has brought.
    highest: u64,
}

impl<R: Name> Memory<R> {
    /// What a register holds; `None` when there is no such register.
    #[must_use]
    pub fn held(&self, register: R) -> Option<u64> {
        self.cells.get(&register).map(Cell::held)
    }

    /// The access of a process that is under way here.
    #[must_use]
    pub fn under_way(&self, process: NodeId) -> Option<Access<R>> {
        self.accesses.get(&process).copied()
    }
}

impl<R: Name> Node for Memory<R> {
    type Config = MemoryConfig<R>;
    type Message = Message<R>;
    type Timer = Served;
    type Request = Never;
    type Indication = Never;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let cells = cx.config().registers.keys().map(|name| (*name, Cell::new(0))).collect();
        Self { cells, accesses: BTreeMap::new(), highest: 0 }
    }

    fn on_message(&mut self, from: NodeId, message: Message<R>, cx: &mut Context<'_, Self>) {
        match message {
            Message::Read(register) => self.begin(from, Access::Read(register), cx),
            Message::Write(register, value) => self.begin(from, Access::Write(register, value), cx),
            Message::Value(..) | Message::Written(_) => {}
        }
    }

    fn on_timer(&mut self, Served(process): Served, cx: &mut Context<'_, Self>) {
        if let Some(reply) = self.end(process, cx) {
            cx.send(process, reply);
        }
    }

    fn role(&self) -> Option<Role> {
        Some(Part::Memory.role())
    }
}

impl<R: Name> Memory<R> {
    fn begin(&mut self, process: NodeId, access: Access<R>, cx: &mut Context<'_, Self>) {
        self.end(process, cx);
        let config = cx.config();
        let name = access.register();
        let (Some(register), Some(cell)) = (config.registers.get(&name), self.cells.get_mut(&name))
        else {
            cx.mark(Mark::AccessToNoRegister);
            return;
        };
        match access {
            Access::Read(_) => {
                cell.begin_read(process, register.semantics);
                cx.set_timer(Served(process), config.read);
            }
            Access::Write(_, value) => {
                cell.begin_write(process, value, register.semantics);
                if register.domain == Domain::Growing {
                    self.highest = self.highest.max(value);
                }
                cx.set_timer(Served(process), config.write);
            }
        }
        self.accesses.insert(process, access);
    }

    /// Ends the access of a process, if one is under way, and says what to reply.
    fn end(&mut self, process: NodeId, cx: &mut Context<'_, Self>) -> Option<Message<R>> {
        let access = self.accesses.remove(&process)?;
        let name = access.register();
        let register = cx.config().registers[&name];
        let cell = self.cells.get_mut(&name).expect("every register has its cell");
        let choose = |alternatives| cx.choose(alternatives);
        match access {
            Access::Read(_) => {
                let Ended { value, drawn } = cell.end_read(process, register, self.highest, choose);
                if drawn {
                    cx.mark(Mark::FlickeringRead);
                }
                Some(Message::Value(name, value))
            }
            Access::Write(..) => {
                if cell.end_write(process, register, self.highest, choose).drawn {
                    cx.mark(Mark::ClashingWrites);
                }
                Some(Message::Written(name))
            }
        }
    }
}
