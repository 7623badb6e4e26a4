//! Bracha's Byzantine reliable broadcast, the authenticated double-echo broadcast.
//!
//! | module | Byzantine reliable broadcast |
//! |---|---|
//! | requests | [`Broadcast(m)`](Request) |
//! | indications | [`Deliver(p, m)`](Deliver), with the number of the broadcast |
//! | BRB1 validity | if a correct process broadcasts m, every correct process delivers m |
//! | BRB2 no-duplication | every correct process delivers at most one message a broadcast |
//! | BRB3 integrity | if a correct process delivers m of a correct sender, the sender has broadcast m |
//! | BRB4 consistency | if correct processes deliver m and m', then m = m' |
//! | BRB5 totality | if a correct process delivers a message, every correct process delivers one |
//! | model | asynchronous, authenticated reliable links, at most f Byzantine processes, n > 3f |
//! | cost | (n-1)(2n+1) messages, 3 delays |
//! | source | Bracha 1987, section 3; Cachin, Guerraoui, Rodrigues 2011, module 3.12 and algorithm 3.18 |
//!
//! The sender says SEND(m) to all. A process that receives it says ECHO(m) to all, once a
//! broadcast. With more than (n+f)/2 equal echoes it says READY(m) to all, once a broadcast; any
//! two sets of so many processes have a correct one in common, so no two correct processes become
//! ready for different messages. With more than f equal READY, of which one is of a correct
//! process, it joins in; so if one correct process delivers, with more than 2f, then at last all
//! are ready.
//!
//! With n = 3f no number of echoes does: 2f+1 of them, which (n+f)/2 asks for, never come when f
//! processes are silent; and of 2f two sets may have only the f Byzantine processes in common, who
//! tell each what it likes.
//!
//! The broadcasts of a sender are numbered in order from 0, each an instance of its own.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{Context, Mutation, Never, Node, NodeId, RequestId};
use sim_protocol::Asks;

/// What is broadcast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Content(pub u64);

/// The number alone.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Content {
    /// Lies are about numbers below this.
    const LIES: u64 = 100;

    fn lie(self, mutation: &mut Mutation<'_>) -> Option<Self> {
        mutation.other_than(self.0, Self::LIES).map(Self)
    }
}

/// A broadcast: whose, and which of that sender's, from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instance {
    /// Who broadcasts.
    pub sender: NodeId,
    /// Which of its broadcasts.
    pub number: u32,
}

/// As people read it: `n0's broadcast 1`.
impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}'s broadcast {}", self.sender, self.number)
    }
}

/// Short, for traces: `n0/1`.
impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{}", self.sender, self.number)
    }
}

/// A message of a broadcast.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sim_node::Message,
)]
#[message(mutate = Message::lie)]
pub enum Message {
    /// The sender says what it broadcasts; the instance is one of its own.
    Send(Broadcast),
    /// A process has received this of the sender.
    Echo(Broadcast),
    /// A process knows that no correct process is ready for anything else.
    Ready(Broadcast),
}

/// What is said in a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Broadcast {
    /// In which broadcast.
    pub instance: Instance,
    /// What.
    pub content: Content,
}

impl Message {
    /// The same about other content.
    fn lie(&self, mutation: &mut Mutation<'_>) -> Option<Self> {
        let mut other =
            |said: &Broadcast| Some(Broadcast { content: said.content.lie(mutation)?, ..*said });
        Some(match self {
            Self::Send(said) => Self::Send(other(said)?),
            Self::Echo(said) => Self::Echo(other(said)?),
            Self::Ready(said) => Self::Ready(other(said)?),
        })
    }
}

/// What a scenario asks a process for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Asks)]
pub enum Request {
    /// Broadcast this number. It is done when this process delivers it.
    #[ask("Broadcast(7)")]
    Broadcast(u64),
}

/// A process delivers this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Deliver(pub Broadcast);

/// The configuration of a process, the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many equal echoes make a process ready: the least number above (n+f)/2.
    pub echoes: u32,
    /// How many equal READY make it ready as well: f+1.
    pub amplify: u32,
    /// How many equal READY make it deliver: 2f+1.
    pub readies: u32,
}

/// How far a broadcast is at a process.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Progress {
    /// What it has echoed: sentecho.
    echoed: Option<Content>,
    /// What it is ready for: sentready.
    ready: Option<Content>,
    /// What it has delivered.
    delivered: Option<Content>,
    /// The first echo of each process.
    echoes: BTreeMap<NodeId, Content>,
    /// The first READY of each process.
    readies: BTreeMap<NodeId, Content>,
}

impl Progress {
    /// What this process is ready for.
    #[must_use]
    pub fn ready(&self) -> Option<Content> {
        self.ready
    }

    /// What it has delivered.
    #[must_use]
    pub fn delivered(&self) -> Option<Content> {
        self.delivered
    }
}

/// How many of these are for this content.
fn count(said: &BTreeMap<NodeId, Content>, content: Content) -> u32 {
    u32::try_from(said.values().filter(|one| **one == content).count()).expect("32 bits of nodes")
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Process {
    /// How many broadcasts it has begun.
    begun: u32,
    /// The requests for those that it has not delivered, by the broadcast's number.
    #[serde(skip)]
    requests: BTreeMap<u32, RequestId>,
    /// Every broadcast that it knows of.
    broadcasts: BTreeMap<Instance, Progress>,
}

impl Process {
    /// How far a broadcast is here; `None` for one that it does not know of.
    #[must_use]
    pub fn progress(&self, instance: Instance) -> Option<&Progress> {
        self.broadcasts.get(&instance)
    }

    fn on_send(&mut self, from: NodeId, said: Broadcast, cx: &mut Context<'_, Self>) {
        if from != said.instance.sender {
            return;
        }
        let progress = self.broadcasts.entry(said.instance).or_default();
        if progress.echoed.is_none() {
            progress.echoed = Some(said.content);
            to_all(&Message::Echo(said), cx);
        }
    }

    fn on_echo(&mut self, from: NodeId, said: Broadcast, cx: &mut Context<'_, Self>) {
        let progress = self.broadcasts.entry(said.instance).or_default();
        progress.echoes.entry(from).or_insert(said.content);
        if count(&progress.echoes, said.content) >= cx.config().echoes {
            progress.become_ready(said, cx);
        }
    }

    fn on_ready(&mut self, from: NodeId, said: Broadcast, cx: &mut Context<'_, Self>) {
        let progress = self.broadcasts.entry(said.instance).or_default();
        progress.readies.entry(from).or_insert(said.content);
        let readies = count(&progress.readies, said.content);
        if readies >= cx.config().amplify {
            progress.become_ready(said, cx);
        }
        if readies >= cx.config().readies && progress.delivered.is_none() {
            progress.delivered = Some(said.content);
            cx.indicate(Deliver(said));
            if said.instance.sender == cx.id() {
                cx.done(self.requests.remove(&said.instance.number));
            }
        }
    }
}

impl Progress {
    fn become_ready(&mut self, said: Broadcast, cx: &mut Context<'_, Process>) {
        if self.ready.is_none() {
            self.ready = Some(said.content);
            to_all(&Message::Ready(said), cx);
        }
    }
}

/// Sends to all processes, this one included, as the book does.
fn to_all(message: &Message, cx: &mut Context<'_, Process>) {
    cx.broadcast(message);
    cx.send(cx.id(), message.clone());
}

impl Node for Process {
    type Config = Config;
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Indication = Deliver;
    type Stable = ();

    fn start(_: &(), _: &mut Context<'_, Self>) -> Self {
        Self { begun: 0, requests: BTreeMap::new(), broadcasts: BTreeMap::new() }
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Send(said) => self.on_send(from, said, cx),
            Message::Echo(said) => self.on_echo(from, said, cx),
            Message::Ready(said) => self.on_ready(from, said, cx),
        }
    }

    fn on_request(&mut self, request: Request, cx: &mut Context<'_, Self>) {
        let Request::Broadcast(content) = request;
        let instance = Instance { sender: cx.id(), number: self.begun };
        self.begun += 1;
        self.requests.extend(cx.request().map(|request| (instance.number, request)));
        to_all(&Message::Send(Broadcast { instance, content: Content(content) }), cx);
    }

    fn check(&self, config: &Config) {
        for progress in self.broadcasts.values() {
            if let Some(delivered) = progress.delivered {
                let readies = count(&progress.readies, delivered);
                assert!(readies >= config.readies, "delivered with {readies} READY");
            }
        }
    }
}
