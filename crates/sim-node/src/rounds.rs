//! [`Rounds`]: protocols of synchronous rounds (Lynch, *Distributed Algorithms*, chapter 2) on a
//! world whose scenario assumes a bound on delays.
//!
//! In each round a process first sends (`msgs`), then receives all messages of the round and moves
//! (`trans`). The adapter keeps rounds apart by each node's own clock: rounds count from 1, and
//! round `r` lasts from `(r - 1) * length` to `r * length` after the start, whatever held the node
//! up in between. With true clocks and every delay below `length` this is Lynch's synchronous
//! model.
//!
//! * A message that arrives after its round has ended is dropped, with the mark [`LATE_MESSAGE`]:
//!   the model's bound was broken.
//! * A message of a later round, from a faster clock, waits for that round.
//! * No crashed process returns in this model. A process that starts again anyway begins with round
//!   1, alone, while the others are in later rounds.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{
    Class, Context, Duration, LocalTime, Message, Mutation, Never, Node, NodeId, Role, Value,
};

/// The mark of a message that arrived after its round had ended, and was dropped.
pub const LATE_MESSAGE: &str = "late message";

/// A process of a synchronous network: what to send in a round, and what to make of what came.
///
/// It has no disk: in the crash-stop model of the rounds no process returns.
pub trait RoundNode: Value {
    /// Fixed for the run.
    type Config: Debug;
    /// What is sent in a round.
    type Message: Message;
    /// What it tells, such as a decision.
    type Indication: Value;

    /// The initial state. Nothing is sent yet: [`RoundNode::send`] follows at once.
    fn start(cx: &mut RoundContext<'_, '_, Self>) -> Self;

    /// Sends the messages of this round (Lynch's `msgs`), at most one to each process; rounds count
    /// from 1.
    fn send(&self, round: u32, cx: &mut RoundContext<'_, '_, Self>);

    /// Handles all messages of this round, by sender (Lynch's `trans`). Returns whether to go on
    /// with the next round; false halts the process.
    fn receive(
        &mut self,
        round: u32,
        messages: BTreeMap<NodeId, Self::Message>,
        cx: &mut RoundContext<'_, '_, Self>,
    ) -> bool;

    /// What the process is; see [`Node::role`].
    fn role(&self) -> Option<Role> {
        None
    }

    /// Asserts the local invariants; see [`Node::check`].
    fn check(&self, _config: &Self::Config) {}
}

/// The configuration of [`Rounds`].
#[derive(Clone, Debug)]
pub struct RoundConfig<C> {
    /// How long a round lasts; longer than every delay that the scenario assumes.
    pub length: Duration,
    /// The process's own configuration.
    pub process: C,
}

/// A message with the round it belongs to. Its debug form is "Hello of round 3".
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct RoundMessage<M: Message> {
    /// The round in which it was sent, from 1.
    pub round: u32,
    /// What the process sent.
    pub message: M,
}

impl<M: Message> Debug for RoundMessage<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)?;
        write!(f, " of round {}", self.round)
    }
}

impl<M: Message> Message for RoundMessage<M>
where
    Self: DeserializeOwned,
{
    const KINDS: &'static [(&'static str, Class)] = M::KINDS;
    fn kind(&self) -> usize {
        self.message.kind()
    }

    /// Four bytes of the round, and whatever the process's message takes.
    fn size(&self) -> usize {
        size_of::<u32>() + self.message.size()
    }

    /// The round stays: it is the adapter's and not the process's.
    fn mutate(&self, mutation: &mut Mutation<'_>) -> Option<Self> {
        let message = self.message.mutate(mutation)?;
        Some(Self { round: self.round, message })
    }
}

/// The only timer: the round that is under way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoundTimer;

/// A process of synchronous rounds as a [`Node`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(bound = "")]
pub struct Rounds<R: RoundNode> {
    process: R,
    /// When the process started: all its rounds are measured from here.
    started: LocalTime,
    /// The round under way, from 1; `None` once the process has halted.
    round: Option<u32>,
    /// What came for the round under way and, from a faster clock, for later ones.
    received: BTreeMap<u32, BTreeMap<NodeId, R::Message>>,
}

/// A process's view of the world: it may send and indicate, and knows no clock.
pub struct RoundContext<'c, 'a, R: RoundNode> {
    cx: &'c mut Context<'a, Rounds<R>>,
    round: u32,
}

impl<'a, R: RoundNode> RoundContext<'_, 'a, R> {
    /// The node that makes this step.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.cx.id()
    }

    /// The process's configuration.
    #[must_use]
    pub fn config(&self) -> &'a R::Config {
        &self.cx.config().process
    }

    /// How many processes there are.
    #[must_use]
    pub fn servers(&self) -> u32 {
        self.cx.servers()
    }

    /// One of `0..alternatives`; see [`Context::choose`].
    pub fn choose(&mut self, alternatives: u64) -> u64 {
        self.cx.choose(alternatives)
    }

    /// Sends a message of this round.
    pub fn send(&mut self, to: NodeId, message: R::Message) {
        let round = self.round;
        self.cx.send(to, RoundMessage { round, message });
    }

    /// Sends a message of this round to every other process, in order of their numbers.
    pub fn broadcast(&mut self, message: &R::Message) {
        for peer in self.cx.peers() {
            self.send(peer, message.clone());
        }
    }

    /// Indicates something to the layer above, or to the observer of the run.
    pub fn indicate(&mut self, indication: R::Indication) {
        self.cx.indicate(indication);
    }

    /// Names something that happened in the protocol.
    pub fn mark(&mut self, name: &'static str) {
        self.cx.mark(name);
    }
}

impl<R: RoundNode> Rounds<R> {
    /// The process inside.
    #[must_use]
    pub fn process(&self) -> &R {
        &self.process
    }

    /// The round under way, from 1; `None` once the process has halted.
    #[must_use]
    pub fn round(&self) -> Option<u32> {
        self.round
    }

    /// Sends, and waits for the end of the round. The end is reckoned from the start: a node that
    /// was paused or busy catches up with the others, instead of lagging behind for good.
    fn begin(&self, round: u32, cx: &mut Context<'_, Self>) {
        self.process.send(round, &mut RoundContext { cx, round });
        let end = self.started + cx.config().length * u64::from(round);
        cx.set_timer(RoundTimer, end - cx.now());
    }
}

impl<R: RoundNode> Node for Rounds<R> {
    type Config = RoundConfig<R::Config>;
    type Message = RoundMessage<R::Message>;
    type Timer = RoundTimer;
    type Request = Never;
    type Indication = R::Indication;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let process = R::start(&mut RoundContext { cx, round: 1 });
        let (started, received) = (cx.now(), BTreeMap::new());
        let node = Self { process, started, round: Some(1), received };
        node.begin(1, cx);
        node
    }

    fn on_message(&mut self, from: NodeId, message: Self::Message, cx: &mut Context<'_, Self>) {
        match self.round {
            Some(round) if message.round >= round => {
                self.received.entry(message.round).or_default().insert(from, message.message);
            }
            Some(_) => cx.mark(LATE_MESSAGE),
            // A halted process needs nothing more.
            None => {}
        }
    }

    fn on_timer(&mut self, _: RoundTimer, cx: &mut Context<'_, Self>) {
        let Some(round) = self.round else { return };
        let messages = self.received.remove(&round).unwrap_or_default();
        if self.process.receive(round, messages, &mut RoundContext { cx, round }) {
            self.round = Some(round + 1);
            self.begin(round + 1, cx);
        } else {
            self.round = None;
            self.received.clear();
        }
    }

    fn on_request(&mut self, request: Never, _: &mut Context<'_, Self>) {
        match request {}
    }

    fn role(&self) -> Option<Role> {
        self.process.role()
    }

    fn check(&self, config: &Self::Config) {
        self.process.check(&config.process);
        assert!(
            self.received
                .keys()
                .next()
                .is_none_or(|first| self.round.is_some_and(|now| *first >= now)),
            "messages wait for a round that is over"
        );
    }
}
