//! A driver that does nothing but write down what a handler wants done.

use std::collections::VecDeque;

use sim_node::{
    Context, Effect, LocalTime, Node, NodeId, RequestId, RequestOutcome, Sink, StepDetails,
};

/// Records effects in the order in which they come, and answers choices from a list.
pub(crate) struct Recorder<N: Node> {
    pub(crate) effects: Vec<Effect<N>>,
    /// How many alternatives each choice had.
    pub(crate) asked: Vec<u64>,
    /// What was told of requests.
    #[allow(dead_code, reason = "not every test file asks for something")]
    pub(crate) told: Vec<(RequestId, RequestOutcome)>,
    answers: VecDeque<u64>,
}

impl<N: Node> Recorder<N> {
    pub(crate) fn new() -> Self {
        let (effects, asked, told) = (Vec::new(), Vec::new(), Vec::new());
        Self { effects, asked, told, answers: VecDeque::new() }
    }

    #[allow(dead_code, reason = "not every test file makes choices")]
    pub(crate) fn answering(answers: impl IntoIterator<Item = u64>) -> Self {
        Self { answers: answers.into_iter().collect(), ..Self::new() }
    }

    /// The effects so far, which are then forgotten.
    #[allow(dead_code, reason = "not every test file looks at one step after the other")]
    pub(crate) fn take(&mut self) -> Vec<Effect<N>> {
        std::mem::take(&mut self.effects)
    }
}

impl<N: Node> Sink<N> for Recorder<N> {
    fn emit(&mut self, effect: Effect<N>) {
        self.effects.push(effect);
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        self.asked.push(alternatives);
        self.answers.pop_front().expect("an answer for every choice")
    }

    fn outcome(&mut self, request: RequestId, outcome: RequestOutcome) {
        self.told.push((request, outcome));
    }
}

/// The details of a step that node `id` of `servers` makes.
pub(crate) fn details(id: u32, servers: u32, nanos: u64) -> StepDetails {
    let now = LocalTime::from_nanos(nanos);
    StepDetails { id: NodeId::new(id), servers, now, ..StepDetails::default() }
}

/// Runs one handler and returns what it returns.
pub(crate) fn step<N: Node, R>(
    config: &N::Config,
    details: StepDetails,
    sink: &mut Recorder<N>,
    handler: impl FnOnce(&mut Context<'_, N>) -> R,
) -> R {
    handler(&mut Context::new(config, details, sink))
}
