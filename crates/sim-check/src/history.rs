//! [`History`]: what clients asked for, what they were told, and in which order.

use crate::SimTime;

/// The operations of all clients, in the order in which they were invoked.
///
/// Invocations and responses are totally ordered by the order in which they are recorded; instants
/// of time are kept for people. An operation precedes another if its response was recorded before
/// the other's invocation (Herlihy and Wing 1990); otherwise the two are concurrent. A client may
/// have several operations under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History<O, R> {
    calls: Vec<Call<O, R>>,
    recorded: u64,
    last: SimTime,
}

/// An operation's number within its history: 0, 1, 2 ... in the order of invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct CallId(u32);

/// One operation of one client, from its invocation to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<O, R> {
    /// The client that invoked it; any numbers that tell the clients apart.
    pub client: u64,
    /// The operation.
    pub operation: O,
    /// When it was invoked.
    pub invoked: Recorded,
    /// How it ended.
    pub end: End<R>,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<R> {
    /// It has no end yet: it may have taken effect, may still do so, or never.
    Open,
    /// The client stopped waiting and does not know whether it took effect: it stays open.
    Unknown(Recorded),
    /// It never took effect and never will.
    Failed(Recorded),
    /// It took effect between its invocation and this response.
    Returned {
        /// When the response came.
        at: Recorded,
        /// What it answered; `None` when the answer was not recorded, so that any would do.
        output: Option<R>,
    },
}

/// When something was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recorded {
    /// How many invocations and ends were recorded before: this is what orders them.
    pub position: u64,
    /// The instant, never earlier than that of the position before.
    pub at: SimTime,
}

/// How long an operation was under way, without what it was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// When it was invoked.
    pub from: SimTime,
    /// When its client had an answer or waited no longer; `None` while it waits.
    pub to: Option<SimTime>,
    /// Whether it had an answer.
    pub answered: bool,
}

impl<O, R> Default for History<O, R> {
    fn default() -> Self {
        Self { calls: Vec::new(), recorded: 0, last: SimTime::ZERO }
    }
}

impl<O, R> History<O, R> {
    /// A history without operations.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A client invokes an operation.
    ///
    /// # Panics
    /// If `at` is earlier than what was recorded last, as for all that is recorded.
    pub fn invoke(&mut self, client: u64, operation: O, at: SimTime) -> CallId {
        let id = CallId(u32::try_from(self.calls.len()).expect("at most 2^32 operations"));
        let invoked = self.record(at);
        self.calls.push(Call { client, operation, invoked, end: End::Open });
        id
    }

    /// An operation has taken effect and answered; `None` when its answer is not known.
    ///
    /// # Panics
    /// If the operation has ended before.
    pub fn returned(&mut self, call: CallId, output: impl Into<Option<R>>, at: SimTime) {
        let at = self.record(at);
        self.end(call, End::Returned { at, output: output.into() });
    }

    /// An operation is known not to have taken effect, for good.
    ///
    /// # Panics
    /// If the operation has ended before.
    pub fn failed(&mut self, call: CallId, at: SimTime) {
        let at = self.record(at);
        self.end(call, End::Failed(at));
    }

    /// The client waits for an operation no longer: whether it takes effect stays open.
    ///
    /// # Panics
    /// If the operation has ended before.
    pub fn unknown(&mut self, call: CallId, at: SimTime) {
        let at = self.record(at);
        self.end(call, End::Unknown(at));
    }

    /// All operations, in the order of their invocations.
    pub fn calls(&self) -> impl Iterator<Item = (CallId, &Call<O, R>)> {
        (0..).map(CallId).zip(&self.calls)
    }

    /// An operation of this history.
    ///
    /// # Panics
    /// If it belongs to another history, which has more of them.
    #[must_use]
    pub fn call(&self, id: CallId) -> &Call<O, R> {
        &self.calls[id.0 as usize]
    }

    /// How many operations were invoked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether no operation was invoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The instant of what was recorded last.
    #[must_use]
    pub fn last(&self) -> SimTime {
        self.last
    }

    fn record(&mut self, at: SimTime) -> Recorded {
        assert!(at >= self.last, "recorded at {at}, after something at {}", self.last);
        let position = self.recorded;
        self.recorded += 1;
        self.last = at;
        Recorded { position, at }
    }

    fn end(&mut self, call: CallId, end: End<R>) {
        let call = &mut self.calls[call.0 as usize];
        assert!(matches!(call.end, End::Open), "an operation ends once");
        call.end = end;
    }
}

impl CallId {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<O, R> Call<O, R> {
    /// How long it was under way.
    #[must_use]
    pub fn wait(&self) -> Wait {
        let to = self.end.recorded().map(|recorded| recorded.at);
        Wait { from: self.invoked.at, to, answered: self.response().is_some() }
    }

    /// Whether it is known to have taken effect; then when it answered.
    #[must_use]
    pub fn response(&self) -> Option<Recorded> {
        match self.end {
            End::Returned { at, .. } => Some(at),
            End::Open | End::Unknown(_) | End::Failed(_) => None,
        }
    }
}

impl<R> End<R> {
    /// When it was recorded; `None` for an operation that is still open.
    #[must_use]
    pub fn recorded(&self) -> Option<Recorded> {
        match *self {
            Self::Open => None,
            Self::Unknown(at) | Self::Failed(at) | Self::Returned { at, .. } => Some(at),
        }
    }
}
