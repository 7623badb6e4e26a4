//! A protocol that does what a script says, so that a history can be written down by hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim_node::{
    Class, Context, Duration, LocalTime, Message, Mutation, Node, NodeId, RequestId, Role, Span,
    Stable, WallTime,
};

/// A message: its kind, and a number that tells it from others of the kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Msg {
    A(u32),
    B(u32),
    Beat(u32),
    Ask(u32),
}

impl Message for Msg {
    const KINDS: &'static [(&'static str, Class)] = &[
        ("A", Class::Protocol),
        ("B", Class::Protocol),
        ("Beat", Class::Heartbeat),
        ("Ask", Class::Client),
    ];

    fn kind(&self) -> usize {
        match self {
            Self::A(_) => 0,
            Self::B(_) => 1,
            Self::Beat(_) => 2,
            Self::Ask(_) => 3,
        }
    }

    /// Of numbers below 10; messages of the other kinds have no other content.
    fn mutate(&self, mutation: &mut Mutation<'_>) -> Option<Self> {
        let Self::A(number) = self else { return None };
        let other = mutation.other_than(u64::from(*number), 10)?;
        Some(Self::A(u32::try_from(other).expect("a digit")))
    }
}

/// What a node can be scripted to do.
#[derive(Clone, Debug)]
pub enum Act {
    Send(u32, Msg),
    Resend(u32, Msg),
    /// Past every barrier.
    SendAtOnce(u32, Msg),
    /// To every server but this one.
    Broadcast(Msg),
    /// To the sender of the message that is being handled.
    Reply(Msg),
    Set(u8, Span),
    Cancel(u8),
    Write(u32),
    Barrier,
    Say(u32),
    /// Says one of so many numbers.
    Choose(u64),
    Mark(&'static str),
    /// Tells that the request with this number in the workload is done.
    Done(u32),
    /// Tells that it is refused, and why.
    Refuse(u32, &'static str),
    /// Says the number of the request that is being handled.
    SayRequest,
    Become(&'static str, u64),
    Resign,
    Panic(&'static str),
    /// Breaks the local invariant.
    Break,
    /// Writes the record that the disk refuses to apply.
    WritePoison,
}

/// What a node can be scripted to react to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    Start,
    Message(Msg),
    Timer(u8),
    Request(u32),
}

/// What every node does, and when.
#[derive(Clone, Debug, Default)]
pub struct Script(BTreeMap<(u32, On), Vec<Act>>);

impl Script {
    pub fn new() -> Self {
        Self::default()
    }

    /// At every start of a node.
    pub fn start(self, node: u32, acts: impl Into<Vec<Act>>) -> Self {
        self.on(node, On::Start, acts)
    }

    /// When a message comes to a node.
    pub fn message(self, node: u32, message: Msg, acts: impl Into<Vec<Act>>) -> Self {
        self.on(node, On::Message(message), acts)
    }

    /// When a timer of a node fires.
    pub fn timer(self, node: u32, timer: u8, acts: impl Into<Vec<Act>>) -> Self {
        self.on(node, On::Timer(timer), acts)
    }

    /// When a node is asked for something.
    pub fn request(self, node: u32, request: u32, acts: impl Into<Vec<Act>>) -> Self {
        self.on(node, On::Request(request), acts)
    }

    fn on(mut self, node: u32, on: On, acts: impl Into<Vec<Act>>) -> Self {
        self.0.insert((node, on), acts.into());
        self
    }
}

/// The record that the disk refuses to apply.
pub const POISON: u32 = u32::MAX;

/// The disk: every record, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Book(pub Vec<u32>);

impl Stable for Book {
    type Record = u32;
    fn apply(&mut self, record: &u32) {
        assert_ne!(*record, POISON, "a poisoned record");
        self.0.push(*record);
    }
}

/// A node that follows the script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Toy {
    /// What the disk held at the start, and whether it was damaged.
    pub disk: Vec<u32>,
    pub damaged: bool,
    /// How many events this incarnation has handled: volatile.
    pub handled: u32,
    /// What the clocks showed at each of them.
    pub clocks: Vec<(LocalTime, WallTime)>,
    pub role: Option<Role>,
    pub broken: bool,
}

impl Toy {
    fn follow(&mut self, on: On, from: Option<NodeId>, cx: &mut Context<'_, Self>) {
        self.handled += 1;
        self.clocks.push((cx.now(), cx.wall_clock()));
        let config = cx.config();
        for act in config.0.get(&(cx.id().number(), on)).into_iter().flatten() {
            self.act(act, from, cx);
        }
    }

    fn act(&mut self, act: &Act, from: Option<NodeId>, cx: &mut Context<'_, Self>) {
        match act {
            Act::Send(to, message) => cx.send(NodeId::new(*to), message.clone()),
            Act::SendAtOnce(to, message) => cx.send_at_once(NodeId::new(*to), message.clone()),
            Act::Resend(to, message) => cx.resend(NodeId::new(*to), message.clone()),
            Act::Broadcast(message) => cx.broadcast(message),
            Act::Reply(message) => cx.send(from.expect("a reply to a message"), message.clone()),
            Act::Set(timer, span) => cx.set_timer(*timer, *span),
            Act::Cancel(timer) => cx.cancel_timer(*timer),
            Act::Write(record) => cx.write(*record),
            Act::WritePoison => cx.write(POISON),
            Act::Barrier => cx.barrier(),
            Act::Say(number) => cx.indicate(*number),
            Act::Choose(alternatives) => {
                let choice = cx.choose(*alternatives);
                cx.indicate(u32::try_from(choice).unwrap());
            }
            Act::Mark(name) => cx.mark(*name),
            Act::Done(number) => cx.done([RequestId::new(*number)]),
            Act::Refuse(number, why) => cx.refuse([RequestId::new(*number)], *why),
            Act::SayRequest => {
                if let Some(request) = cx.request() {
                    cx.indicate(request.number());
                }
            }
            Act::Become(name, rank) => self.role = Some(Role::new(name, *rank)),
            Act::Resign => self.role = None,
            Act::Panic(message) => panic!("{message}"),
            Act::Break => self.broken = true,
        }
    }
}

impl Node for Toy {
    type Config = Script;
    type Message = Msg;
    type Timer = u8;
    type Request = u32;
    type Indication = u32;
    type Stable = Book;

    fn start(stable: &Book, cx: &mut Context<'_, Self>) -> Self {
        let mut node = Self {
            disk: stable.0.clone(),
            damaged: cx.damaged(),
            handled: 0,
            clocks: Vec::new(),
            role: None,
            broken: false,
        };
        node.follow(On::Start, None, cx);
        node
    }

    fn on_message(&mut self, from: NodeId, message: Msg, cx: &mut Context<'_, Self>) {
        self.follow(On::Message(message), Some(from), cx);
    }

    fn on_timer(&mut self, timer: u8, cx: &mut Context<'_, Self>) {
        self.follow(On::Timer(timer), None, cx);
    }

    fn on_request(&mut self, request: u32, cx: &mut Context<'_, Self>) {
        self.follow(On::Request(request), None, cx);
    }

    fn role(&self) -> Option<Role> {
        self.role
    }

    fn check(&self, _: &Script) {
        assert!(!self.broken, "the invariant is broken");
    }
}

/// So many milliseconds.
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Sets a timer to so many milliseconds.
pub fn set(timer: u8, millis: u64) -> Act {
    Act::Set(timer, Span::exactly(ms(millis)))
}
