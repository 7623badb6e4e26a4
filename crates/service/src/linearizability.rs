//! KV1: every history of the clients is linearizable.
//!
//! The history is kept whole until the end of the run, and clients that append to a value and read
//! it would fill the memory with copies of its beginning. So each value that is answered shares its
//! beginning with the value that was answered before for its key ([`spec::Text`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use sim_check::linearizability::{self as spec, Budget, KeyValue, Ruling, TextRecorder, check};
use sim_check::{CallId, Claim, History, HistoryLines, Judge, Kind, Property, SimTime, View, Wait};
use sim_node::NodeId;

use crate::image::earlier_writes;
use crate::{ClientIndication, Command, Key, Operation, Output, Served};

/// KV1 linearizability: recorded while the run goes on, judged at its end, each key for itself.
#[derive(Clone, Debug)]
pub struct Linearizability {
    history: Arc<History<(String, spec::Command), spec::Output>>,
    /// So many of the operations are of an earlier run, and on the disks when this one begins.
    earlier: usize,
    /// The operations under way.
    calls: BTreeMap<Operation, (CallId, Key)>,
    /// The values that were told of each key.
    values: BTreeMap<Key, TextRecorder>,
    /// About how many bytes all this takes.
    kept: u64,
    /// The step in which each operation had its answer, in order of the answers.
    answers: Vec<(CallId, u64)>,
}

/// What an operation takes beside its texts, about: half in the history, and half when the history
/// is judged, which happens while it is still there.
const CALL: u64 = 512;

/// The configurations that are visited before the property is left undecided.
const BUDGET: Budget = Budget(500_000);

impl<N: Served> Property<N> for Linearizability {
    const CLAIM: Claim = Claim {
        code: "KV1",
        name: "linearizability",
        kind: Kind::Safety,
        meaning: "each operation takes effect at one instant between its invocation and its \
                  response",
        source: "Herlihy and Wing 1990",
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self {
            history: Arc::new(History::new()),
            earlier: 0,
            calls: BTreeMap::new(),
            values: BTreeMap::new(),
            kept: 0,
            answers: Vec::new(),
        }
    }

    /// What an earlier run has left behind may have taken effect, or may still do so, as an
    /// operation whose client waits no longer.
    fn images(&mut self, images: &BTreeMap<NodeId, N::Stable>) {
        for (client, command) in earlier_writes(images) {
            let asked = self.asked(&command);
            self.history_mut().invoke(u64::from(client.number()), asked, SimTime::ZERO);
        }
        self.earlier = self.history.len();
    }

    fn indicated(
        &mut self,
        view: &View<'_, N>,
        _: NodeId,
        indication: &N::Indication,
        judge: &mut Judge,
    ) {
        match N::told(indication) {
            Some(ClientIndication::Invoked { operation, command }) => {
                let client = u64::from(operation.client.node.number());
                let asked = self.asked(command);
                let call = self.history_mut().invoke(client, asked, view.time);
                self.calls.insert(*operation, (call, command.key()));
            }
            Some(ClientIndication::Answered { operation, output }) => {
                judge.judged_at_end();
                if let Some((call, key)) = self.calls.remove(operation) {
                    let answered = self.answered(key, output);
                    self.history_mut().returned(call, answered, view.time);
                    self.answers.push((call, view.step));
                }
            }
            Some(ClientIndication::GivenUp { operation }) => {
                if let Some((call, _)) = self.calls.remove(operation) {
                    self.history_mut().unknown(call, view.time);
                }
            }
            None => {}
        }
    }

    /// A client that crashed has forgotten its operations, and waits for none of them.
    fn crash(&mut self, view: &View<'_, N>, node: NodeId, _: &mut Judge) {
        let of_client = |operation: &Operation| operation.client.node == node;
        for (_, (call, _)) in self.calls.extract_if(.., |operation, _| of_client(operation)) {
            Arc::make_mut(&mut self.history).unknown(call, view.time);
        }
    }

    fn end(&mut self, _: &View<'_, N>, judge: &mut Judge) {
        match check(&KeyValue, &self.history, BUDGET).ruling {
            Ruling::Linearizable(_) => {}
            Ruling::NotLinearizable(evidence) => {
                let stuck = evidence.not_linearizable;
                let answer = self.answers.iter().find(|(call, _)| *call == stuck);
                let witnesses: Vec<u64> = answer.map(|(_, step)| *step).into_iter().collect();
                judge.violate(None, evidence.tell(&KeyValue, &self.history), &witnesses);
            }
            Ruling::Unknown => {
                let limit = BUDGET.0;
                judge.undecided(format!("more than {limit} configurations would have to be tried"));
            }
        }
    }

    fn kept(&self) -> u64 {
        self.kept
    }

    fn history(&self) -> Option<HistoryLines> {
        Some(HistoryLines::of(KeyValue, Arc::clone(&self.history)))
    }

    fn waits(&self, each: &mut dyn FnMut(Wait)) {
        self.history.calls().skip(self.earlier).for_each(|(_, call)| each(call.wait()));
    }
}

impl Linearizability {
    /// Nobody else has it while a run goes on.
    fn history_mut(&mut self) -> &mut History<(String, spec::Command), spec::Output> {
        Arc::make_mut(&mut self.history)
    }

    /// An operation as the checker's specification has it.
    fn asked(&mut self, command: &Command) -> (String, spec::Command) {
        let key = command.key();
        let (what, text) = match command {
            Command::Get(_) => (spec::Command::Get, 0),
            Command::Put(_, value) => (spec::Command::Put(value.clone()), value.len()),
            Command::Append(_, more) => (spec::Command::Append(more.clone()), more.len()),
            Command::CompareAndSet(_, expected, value) => {
                let expected = expected.as_ref().map(|expected| self.value(key, expected));
                (spec::Command::CompareAndSet(expected, value.clone()), value.len())
            }
            Command::Delete(_) => (spec::Command::Delete, 0),
        };
        // Once here, and once in a state of the checker.
        self.kept += CALL + 2 * text as u64;
        (key.to_string(), what)
    }

    /// An answer as the checker's specification has it.
    fn answered(&mut self, key: Key, output: &Output) -> spec::Output {
        match output {
            Output::Value(value) => {
                spec::Output::Value(value.as_ref().map(|value| self.value(key, value)))
            }
            Output::Done => spec::Output::Done,
            Output::Written(written) => spec::Output::Written(*written),
        }
    }

    /// A value of a key, as it was told.
    fn value(&mut self, key: Key, value: &str) -> spec::Text {
        let values = self.values.entry(key).or_default();
        let before = values.kept();
        let value = values.record(value);
        // What it keeps of the last value grows and shrinks.
        self.kept = self.kept + values.kept() - before;
        value
    }
}
