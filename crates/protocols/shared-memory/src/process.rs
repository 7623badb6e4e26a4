//! [`Process`]: remainder, entry, critical section, exit, and again.

use serde::{Deserialize, Serialize};
use sim_node::{Context, Never, Node, NodeId, Role, Span};

use crate::{Access, Lock, Message, Section};

/// How a process behaves.
#[derive(Clone, Debug)]
pub struct ProcessConfig<C> {
    /// How often it enters the critical section before it stays in its remainder for good.
    pub entries: u32,
    /// How long it stays in its remainder.
    pub think: Span,
    /// How long it stays in the critical section.
    pub critical: Span,
    /// The algorithm's own configuration.
    pub lock: C,
}

/// What ends a stay outside entry and exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// It wants in.
    Think,
    /// It wants out.
    Critical,
}

/// What a process tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// It is in the critical section.
    Granted,
    /// It has left the critical section.
    Released,
}

/// A process that wants into the critical section again and again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(bound = "")]
pub struct Process<L: Lock> {
    lock: L,
    /// How often it has entered the critical section.
    entries: u32,
}

impl<L: Lock> Process<L> {
    /// The algorithm at work.
    #[must_use]
    pub fn lock(&self) -> &L {
        &self.lock
    }

    /// Where in its program it is.
    #[must_use]
    pub fn section(&self) -> Section {
        self.lock.section()
    }

    /// How often it has entered the critical section.
    #[must_use]
    pub fn entries(&self) -> u32 {
        self.entries
    }
}

impl<L: Lock> Node for Process<L> {
    type Config = ProcessConfig<L::Config>;
    type Message = Message<L::Name>;
    type Timer = Timer;
    type Request = Never;
    type Indication = Indication;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let process = Self { lock: L::new(), entries: 0 };
        process.think(cx);
        process
    }

    fn on_message(&mut self, _: NodeId, message: Message<L::Name>, cx: &mut Context<'_, Self>) {
        let me = cx.id().number();
        let value = match (self.lock.access(me), message) {
            (Some(Access::Read(awaited)), Message::Value(name, value)) if name == awaited => value,
            (Some(Access::Write(awaited, _)), Message::Written(name)) if name == awaited => 0,
            // A reply to an earlier incarnation.
            _ => return,
        };
        self.lock.advance(value, me, &cx.config().lock);
        match self.section() {
            Section::Remainder => self.think(cx),
            Section::Critical => {
                self.entries += 1;
                cx.indicate(Indication::Granted);
                cx.set_timer(Timer::Critical, cx.config().critical);
            }
            Section::Doorway | Section::Waiting | Section::Exit => self.go_on(cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Think => self.lock.enter(cx.id().number(), &cx.config().lock),
            Timer::Critical => {
                cx.indicate(Indication::Released);
                self.lock.leave();
            }
        }
        self.go_on(cx);
    }

    fn role(&self) -> Option<Role> {
        self.section().role()
    }

    fn check(&self, config: &Self::Config) {
        assert!(self.entries <= config.entries, "a process enters as often as it was told to");
    }
}

impl<L: Lock> Process<L> {
    fn think(&self, cx: &mut Context<'_, Self>) {
        if self.entries < cx.config().entries {
            cx.set_timer(Timer::Think, cx.config().think);
        }
    }

    /// Makes the access of the line under way; the memory is the node behind the processes.
    fn go_on(&self, cx: &mut Context<'_, Self>) {
        let access = self.lock.access(cx.id().number()).expect("entry and exit access registers");
        cx.send(NodeId::new(cx.servers()), access.into());
    }
}
