//! [`Context`]: what a handler sees of the world and how it speaks to it.

use std::cell::Cell;

use crate::{
    Effect, Indications, Layer, LocalTime, Node, NodeId, RequestId, Signed, Span, Stable, WallTime,
};

/// Where a handler's effects go, and where its choices come from: the driver's side of a step.
pub trait Sink<N: Node> {
    /// Takes the next effect of the step.
    fn emit(&mut self, effect: Effect<N>);

    /// Takes a send, as [`Sink::emit`] does. Messages are what is largest of all effects, so a sink
    /// that passes effects on passes a send on as it came.
    fn send(&mut self, to: NodeId, message: N::Message, resend: bool) {
        self.emit(Effect::Send { to, message, resend, at_once: false });
    }

    /// One of `0..alternatives`: drawn from a seeded stream in a run, a branch in an exploration.
    fn choose(&mut self, alternatives: u64) -> u64;

    /// Is told what became of a request. It is for people: no effect, and nothing in a run
    /// depends on it. Dropped where nobody asks.
    fn outcome(&mut self, _request: RequestId, _outcome: RequestOutcome) {}
}

/// What became of a request, as the protocol sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// What it asks for has been done.
    Done,
    /// It is not going to be done as things are: why, in words that follow "refused: ". Where it
    /// is tried again, it may be done later.
    Refused(String),
}

/// Which of its clocks a node has used in a step: those that it read, and the monotonic clock if it
/// has set a timer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClocksUsed {
    /// The monotonic clock.
    pub monotonic: bool,
    /// The wall clock.
    pub wall: bool,
}

impl ClocksUsed {
    fn and(self, other: Self) -> Self {
        Self { monotonic: self.monotonic | other.monotonic, wall: self.wall | other.wall }
    }
}

/// What the driver tells a node about the step it is about to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepDetails {
    /// Who makes the step.
    pub id: NodeId,
    /// How many servers the world has; they are nodes `0..servers`.
    pub servers: u32,
    /// The node's monotonic clock.
    pub now: LocalTime,
    /// The node's wall clock.
    pub wall: WallTime,
    /// Whether the disk that `start` was handed had lost or rotten records.
    pub damaged: bool,
    /// Which request of the workload the node handles in this step, where it handles one.
    pub request: Option<RequestId>,
}

/// A handler's view of the world: who it is, what time its clocks show, and where effects go.
///
/// A handler that writes, sets a barrier and then sends, in this order, is crash-safe:
///
/// ```ignore
/// cx.write(Record::Voted { term, candidate });
/// cx.barrier();
/// cx.send(candidate, Message::Vote { term });
/// ```
pub struct Context<'a, N: Node> {
    config: &'a N::Config,
    details: StepDetails,
    sink: &'a mut dyn Sink<N>,
    used: Cell<ClocksUsed>,
}

impl<'a, N: Node> Context<'a, N> {
    /// Made by a driver for one step.
    pub fn new(config: &'a N::Config, details: StepDetails, sink: &'a mut dyn Sink<N>) -> Self {
        Self { config, details, sink, used: Cell::default() }
    }

    /// Which clocks the handler has used so far: a driver warns of faults of clocks that nobody
    /// looks at.
    #[must_use]
    pub fn clocks_used(&self) -> ClocksUsed {
        self.used.get()
    }

    /// A handler of a part of this node has used these.
    pub(crate) fn note_clocks(&self, used: ClocksUsed) {
        self.used.set(self.used.get().and(used));
    }

    /// The node that makes this step.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.details.id
    }

    /// The configuration. It outlives the step, so it can be read while effects are emitted.
    #[must_use]
    pub fn config(&self) -> &'a N::Config {
        self.config
    }

    /// How many servers the world has. They are nodes `0..servers`; other parties follow.
    #[must_use]
    pub fn servers(&self) -> u32 {
        self.details.servers
    }

    /// All servers but this node, in order of their numbers.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> + use<N> {
        let id = self.id();
        (0..self.servers()).map(NodeId::new).filter(move |peer| *peer != id)
    }

    /// The node's monotonic clock.
    #[must_use]
    pub fn now(&self) -> LocalTime {
        self.note_clocks(ClocksUsed { monotonic: true, wall: false });
        self.details.now
    }

    /// The node's wall clock, which may jump.
    ///
    /// A run warns of a jump after which no clock that jumped was read. Where a reading is only
    /// kept, see [`Context::wall_stamp`].
    #[must_use]
    pub fn wall_clock(&self) -> WallTime {
        self.note_clocks(ClocksUsed { monotonic: false, wall: true });
        self.details.wall
    }

    /// The node's wall clock, for a time stamp. That is no use of the clock: a stamp decides
    /// nothing until it is compared, and then with a reading of [`Context::wall_clock`].
    #[must_use]
    pub fn wall_stamp(&self) -> WallTime {
        self.details.wall
    }

    /// In `start`: whether the disk lost or damaged records that had been durable.
    #[must_use]
    pub fn damaged(&self) -> bool {
        self.details.damaged
    }

    /// Which request of the workload is being handled: who keeps it can tell later what became of
    /// it. `None` in all other steps, and where nobody counts requests.
    #[must_use]
    pub fn request(&self) -> Option<RequestId> {
        self.details.request
    }

    /// One of `0..alternatives`, each equally likely in a run, all of them in an exploration.
    ///
    /// # Panics
    /// When there are no alternatives.
    pub fn choose(&mut self, alternatives: u64) -> u64 {
        assert!(alternatives > 0, "a choice needs at least one alternative");
        self.sink.choose(alternatives)
    }

    /// Signs content in the name of this node.
    #[must_use]
    pub fn sign<T>(&self, content: T) -> Signed<T> {
        Signed::new(self.id(), content)
    }

    /// Sends a message. To the node itself, it passes the node's own queue and takes no time.
    pub fn send(&mut self, to: NodeId, message: N::Message) {
        self.sink.send(to, message, false);
    }

    /// Sends a message again: counted as a retransmission, since only the sender knows that it is
    /// one.
    pub fn resend(&mut self, to: NodeId, message: N::Message) {
        self.sink.send(to, message, true);
    }

    /// Sends a message that no barrier holds: it leaves now, before what earlier barriers hold. So
    /// it must say nothing that a crash could make untrue: nothing that is not durable yet. A
    /// process sends so where another thread than the one that waits for the disk does, as with
    /// heartbeats.
    pub fn send_at_once(&mut self, to: NodeId, message: N::Message) {
        self.sink.emit(Effect::Send { to, message, resend: false, at_once: true });
    }

    /// Sends a message to every server but this node, in order of their numbers.
    pub fn broadcast(&mut self, message: &N::Message) {
        for peer in self.peers() {
            self.send(peer, message.clone());
        }
    }

    /// Sets the timer with this key, replacing one that is set, to fire after a length that the
    /// driver draws from the span, on this node's monotonic clock.
    pub fn set_timer(&mut self, timer: N::Timer, span: impl Into<Span>) {
        self.note_clocks(ClocksUsed { monotonic: true, wall: false });
        self.sink.emit(Effect::SetTimer { timer, span: span.into() });
    }

    /// Cancels the timer with this key; nothing happens when none is set.
    pub fn cancel_timer(&mut self, timer: N::Timer) {
        self.sink.emit(Effect::CancelTimer(timer));
    }

    /// Writes a record to the disk. A crash may lose it until a barrier has made it durable.
    pub fn write(&mut self, record: <N::Stable as Stable>::Record) {
        self.sink.emit(Effect::Write(record));
    }

    /// Holds every later send and top-level indication of this node, those of later steps and
    /// self-sends included, until all writes before it are durable. Timers and state do not wait.
    pub fn barrier(&mut self) {
        self.sink.emit(Effect::Barrier);
    }

    /// Indicates something to the layer above, or to the observer of the run.
    pub fn indicate(&mut self, indication: N::Indication) {
        self.sink.emit(Effect::Indicate(indication));
    }

    /// Names something that happened in the protocol, for triggers, coverage and pictures: by a
    /// variant of an enum that derives [`Names`](crate::Names), so that all marks are listed once.
    pub fn mark(&mut self, name: impl Into<&'static str>) {
        self.sink.emit(Effect::Mark(name.into()));
    }

    /// Tells people that what these requests of the workload ask for has been done: the one that is
    /// being handled ([`Context::request`]), or those on whose behalf something was kept or sent
    /// ([`Requested`](crate::Requested)). What is done stays done.
    pub fn done(&mut self, requests: impl IntoIterator<Item = RequestId>) {
        for request in requests {
            self.sink.outcome(request, RequestOutcome::Done);
        }
    }

    /// Tells people that these requests are not going to be done as things are, and why, in words
    /// that follow "refused: ". The first refusal of each counts; that it is done may still follow.
    pub fn refuse(
        &mut self,
        requests: impl IntoIterator<Item = RequestId>,
        why: impl Into<String>,
    ) {
        let why = why.into();
        for request in requests {
            self.sink.outcome(request, RequestOutcome::Refused(why.clone()));
        }
    }

    /// Runs a handler of a node inside this one. Its messages, timers and records leave in this
    /// node's alphabet as [`Layer`] says; its indications are returned at once, in order.
    ///
    /// When the inner node set a barrier, what this node emits afterwards is behind that barrier.
    pub fn layer<L: Layer<N>>(
        &mut self,
        handler: impl FnOnce(&mut Context<'_, L::Inner>),
    ) -> Indications<L::Inner> {
        self.layer_with::<L, ()>(handler).1
    }

    /// As [`Context::layer`], for a handler that returns something: the inner node's `start`.
    pub fn layer_with<L: Layer<N>, R>(
        &mut self,
        handler: impl FnOnce(&mut Context<'_, L::Inner>) -> R,
    ) -> (R, Indications<L::Inner>) {
        let mut indications = Indications::<L::Inner>::new();
        let config = L::config(self.config);
        let mut lift = crate::layer::Lift::<N, L>::new(self.sink, &mut indications);
        let mut inner = Context::new(config, self.details, &mut lift);
        let result = handler(&mut inner);
        let used = inner.clocks_used();
        self.note_clocks(used);
        (result, indications)
    }

    /// The sink and the details, for adapters that translate every effect themselves.
    pub(crate) fn parts(&mut self) -> (&'a N::Config, StepDetails, &mut dyn Sink<N>) {
        (self.config, self.details, self.sink)
    }
}
