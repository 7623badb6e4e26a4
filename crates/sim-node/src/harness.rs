//! [`Harness`]: a driver of one node, for the unit tests of a protocol.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    Context, Disk, Duration, Effect, Event, LocalTime, Node, NodeId, RequestId, RequestOutcome,
    Sink, Span, StepDetails, WallTime,
};

/// What a node sends to others: to whom, and what.
type Sent<N> = Vec<(NodeId, <N as Node>::Message)>;

/// One node with its disk, its timers and its clocks, driven by a test.
///
/// It interprets effects as the contract says, and nothing else happens: no message arrives, no
/// timer fires and no time goes by unless the test says so.
///
/// Whatever makes the node act returns what leaves it for others, in order. What it sends to itself
/// passes its own queue and has been handled by then.
///
/// # Example
/// A server that votes once. Its vote is durable before it is given, so a crash does not make it
/// vote twice.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use sim_node::{Context, Harness, Message, Never, Node, NodeId, Stable};
///
/// #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message)]
/// enum Word {
///     Ask,
///     Vote,
/// }
///
/// /// Whom it votes for: on disk, and in memory.
/// #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
/// struct Voter(Option<NodeId>);
///
/// impl Stable for Voter {
///     type Record = NodeId;
///     fn apply(&mut self, candidate: &NodeId) {
///         self.0 = Some(*candidate);
///     }
/// }
///
/// impl Node for Voter {
///     type Config = ();
///     type Message = Word;
///     type Timer = ();
///     type Request = Never;
///     type Indication = Never;
///     type Stable = Voter;
///
///     fn start(disk: &Voter, _: &mut Context<'_, Self>) -> Self {
///         disk.clone()
///     }
///     fn on_message(&mut self, from: NodeId, word: Word, cx: &mut Context<'_, Self>) {
///         if word == Word::Ask && self.0.is_none_or(|candidate| candidate == from) {
///             self.0 = Some(from);
///             cx.write(from);
///             cx.barrier();
///             cx.send(from, Word::Vote);
///         }
///     }
///     fn on_timer(&mut self, (): (), _: &mut Context<'_, Self>) {}
/// }
///
/// let [one, other] = [NodeId::new(1), NodeId::new(2)];
/// // Node 0 of three servers.
/// let (mut voter, sent) = Harness::<Voter>::new((), NodeId::new(0), 3);
/// assert_eq!(sent, [], "it starts in silence");
/// voter.slow_disk = true;
///
/// // What was not durable was never said.
/// assert_eq!(voter.receive(one, Word::Ask), []);
/// voter.restart();
/// assert_eq!(voter.receive(other, Word::Ask), []);
/// assert_eq!(voter.sync(), [(other, Word::Vote)]);
///
/// // What was said is remembered.
/// voter.restart();
/// assert_eq!(voter.receive(one, Word::Ask), []);
/// assert_eq!((voter.node.0, voter.held().count()), (Some(other), 0));
/// ```
#[derive(Clone, Debug)]
pub struct Harness<N: Node> {
    /// Who it is.
    pub id: NodeId,
    /// How many servers it is told that there are.
    pub servers: u32,
    /// Its configuration.
    pub config: N::Config,
    /// The node itself: the volatile state of this incarnation.
    pub node: N,
    /// Its disk, which reads as what is durable on it.
    pub disk: Disk<N::Stable, Effect<N>>,
    /// On a slow disk a sync takes until [`Harness::sync`]; on another one, no time.
    pub slow_disk: bool,
    /// The timers that are set, with their spans.
    pub timers: BTreeMap<N::Timer, Span>,
    /// Its monotonic clock; a minute after zero at first, so that there is a past.
    pub now: LocalTime,
    /// Its wall clock.
    pub wall: WallTime,
    /// What its next choices fall on; it must not make more. Without, as when it starts for the
    /// first time, every choice falls on the first alternative.
    pub choices: Option<VecDeque<u64>>,
    /// What it has indicated so far, in all its incarnations; what a barrier holds is not among it.
    pub told: Vec<N::Indication>,
    /// The marks of the last call.
    pub marks: Vec<&'static str>,
    /// What it told in the last call of requests. Those that are made here have the numbers from 0.
    pub outcomes: Vec<(RequestId, RequestOutcome)>,
    /// Everything that it wanted done in the last call, in order, whether or not it is held.
    pub effects: Vec<Effect<N>>,
    /// How many requests were made.
    requests: u32,
    /// What it has sent to itself. Empty between calls.
    own: VecDeque<N::Message>,
    /// What has left in this call. Empty between calls.
    sent: Sent<N>,
}

impl<N: Node> Harness<N> {
    /// Node `id` of so many servers, which starts for the first time, and what it sends then.
    pub fn new(config: N::Config, id: NodeId, servers: u32) -> (Self, Sent<N>) {
        Self::with_disk(config, id, servers, N::Stable::default())
    }

    /// A node that starts with this on its disk, and what it sends then.
    pub fn with_disk(
        config: N::Config,
        id: NodeId,
        servers: u32,
        disk: N::Stable,
    ) -> (Self, Sent<N>) {
        let now = LocalTime::default() + Duration::from_secs(60);
        let details = StepDetails { id, servers, now, ..StepDetails::default() };
        let mut outcomes = Vec::new();
        let start = |cx: &mut Context<'_, N>| N::start(&disk, cx);
        let (node, effects) = run(&config, details, &mut None, &mut outcomes, start);
        node.check(&config);
        let mut harness = Self {
            id,
            servers,
            config,
            node,
            disk: Disk::new(disk),
            slow_disk: false,
            timers: BTreeMap::new(),
            now,
            wall: WallTime::default(),
            choices: None,
            told: Vec::new(),
            marks: Vec::new(),
            outcomes,
            effects: Vec::new(),
            requests: 0,
            own: VecDeque::new(),
            sent: Vec::new(),
        };
        harness.perform_all(effects);
        let sent = harness.finish();
        (harness, sent)
    }

    /// A crash, which loses what is held and every write that is not durable, and a restart.
    pub fn restart(&mut self) -> Sent<N> {
        self.restart_with(0)
    }

    /// A crash that the first of the writes survive that are not durable, and a restart.
    ///
    /// # Panics
    /// When there are fewer such writes.
    pub fn restart_with(&mut self, survivors: usize) -> Sent<N> {
        assert!(survivors <= self.unsynced(), "{survivors} of {} writes", self.unsynced());
        self.disk.crash(|place| place < survivors);
        self.timers.clear();
        self.step(Event::Start)
    }

    /// A message arrives.
    pub fn receive(&mut self, from: NodeId, message: N::Message) -> Sent<N> {
        self.step(Event::Message { from, message })
    }

    /// A timer fires. Clocks stand still.
    ///
    /// # Panics
    /// When it is not set, or was cancelled since.
    pub fn fire(&mut self, timer: N::Timer) -> Sent<N> {
        assert!(self.timers.remove(&timer).is_some(), "{timer:?} is not set");
        self.step(Event::Timer(timer))
    }

    /// The layer above, or the workload, asks for something.
    pub fn ask(&mut self, request: N::Request) -> Sent<N> {
        self.step(Event::Request(request))
    }

    /// Time goes by on both its clocks. No timer fires by itself.
    pub fn wait(&mut self, duration: Duration) {
        self.now = self.now + duration;
        let wall = self.wall.as_nanos().saturating_add_unsigned(duration.as_nanos());
        self.wall = WallTime::from_nanos(wall);
    }

    /// The sync under way completes: what was written before it began is durable, and what no
    /// barrier need hold any longer leaves. When one still waits, the next sync begins, for
    /// everything that was written by now. Nothing happens when none is under way: only a barrier
    /// makes writes durable.
    pub fn sync(&mut self) -> Sent<N> {
        self.begin();
        self.complete_sync();
        self.finish()
    }

    /// The sends and indications that a barrier holds, in order.
    pub fn held(&self) -> impl Iterator<Item = &Effect<N>> {
        self.disk.held()
    }

    /// How many writes are not durable.
    #[must_use]
    pub fn unsynced(&self) -> usize {
        self.disk.unsynced()
    }

    fn step(&mut self, event: Event<N>) -> Sent<N> {
        self.begin();
        self.handle(event);
        self.finish()
    }

    fn begin(&mut self) {
        self.marks.clear();
        self.outcomes.clear();
        self.effects.clear();
    }

    /// It handles what it has sent itself, and what it sends itself then, too. Returns what left.
    fn finish(&mut self) -> Sent<N> {
        while let Some(message) = self.own.pop_front() {
            self.handle(Event::Message { from: self.id, message });
        }
        std::mem::take(&mut self.sent)
    }

    fn handle(&mut self, event: Event<N>) {
        let Self { id, servers, now, wall, .. } = *self;
        // Only `start` is told of damage.
        let damaged = event == Event::Start && self.disk.is_damaged();
        if damaged {
            self.disk.set_damaged(false);
        }
        let request = matches!(event, Event::Request(_)).then(|| self.next_request());
        let details = StepDetails { id, servers, now, wall, damaged, request };
        let (node, disk) = (&mut self.node, &self.disk);
        let handler = |cx: &mut Context<'_, N>| match event {
            Event::Start => *node = N::start(disk, cx),
            Event::Message { from, message } => node.on_message(from, message, cx),
            Event::Timer(timer) => node.on_timer(timer, cx),
            Event::Request(request) => node.on_request(request, cx),
        };
        let (choices, outcomes) = (&mut self.choices, &mut self.outcomes);
        let ((), effects) = run(&self.config, details, choices, outcomes, handler);
        self.node.check(&self.config);
        self.perform_all(effects);
    }

    fn next_request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId::new(self.requests - 1)
    }

    fn perform_all(&mut self, effects: Vec<Effect<N>>) {
        self.effects.extend_from_slice(&effects);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect<N>) {
        match effect {
            Effect::Send { at_once: false, .. } | Effect::Indicate(_) if self.disk.holds() => {
                self.disk.hold(effect);
            }
            Effect::Send { .. } | Effect::Indicate(_) => self.leave(effect),
            Effect::SetTimer { timer, span } => {
                self.timers.insert(timer, span);
            }
            Effect::CancelTimer(timer) => {
                self.timers.remove(&timer);
            }
            Effect::Write(record) => self.disk.write(record),
            Effect::Barrier => self.barrier(),
            Effect::Mark(name) => self.marks.push(name),
        }
    }

    fn leave(&mut self, effect: Effect<N>) {
        match effect {
            Effect::Send { to, message, .. } => {
                if to == self.id {
                    self.own.push_back(message);
                } else {
                    self.sent.push((to, message));
                }
            }
            Effect::Indicate(indication) => self.told.push(indication),
            _ => unreachable!("a barrier holds sends and indications"),
        }
    }

    fn barrier(&mut self) {
        if self.disk.needs_sync() {
            self.disk.begin_sync();
        }
        self.disk.barrier();
        while !self.slow_disk && self.disk.is_syncing() {
            self.complete_sync();
        }
    }

    /// The sync under way completes, if there is one; the next begins, if a barrier waits for it.
    fn complete_sync(&mut self) {
        if self.disk.complete_sync() {
            self.disk.begin_sync();
        }
        while let Some(effect) = self.disk.release() {
            self.leave(effect);
        }
    }
}

/// Runs a handler. Returns what it returns and the effects that it wants.
fn run<N: Node, R>(
    config: &N::Config,
    details: StepDetails,
    choices: &mut Option<VecDeque<u64>>,
    outcomes: &mut Vec<(RequestId, RequestOutcome)>,
    handler: impl FnOnce(&mut Context<'_, N>) -> R,
) -> (R, Vec<Effect<N>>) {
    let mut notebook = Notebook { effects: Vec::new(), choices, outcomes };
    let returned = handler(&mut Context::new(config, details, &mut notebook));
    (returned, notebook.effects)
}

/// Takes the effects of a step down, and makes its choices.
struct Notebook<'a, N: Node> {
    effects: Vec<Effect<N>>,
    choices: &'a mut Option<VecDeque<u64>>,
    outcomes: &'a mut Vec<(RequestId, RequestOutcome)>,
}

impl<N: Node> Sink<N> for Notebook<'_, N> {
    fn emit(&mut self, effect: Effect<N>) {
        self.effects.push(effect);
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        let Some(choices) = self.choices else { return 0 };
        let choice = choices.pop_front().expect("it was told how every choice falls");
        assert!(choice < alternatives, "choice {choice} of {alternatives}");
        choice
    }

    fn outcome(&mut self, request: RequestId, outcome: RequestOutcome) {
        self.outcomes.push((request, outcome));
    }
}
