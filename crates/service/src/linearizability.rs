//! KV1: every history of the clients is linearizable.

use std::collections::BTreeMap;

use sim_check::linearizability::{self as spec, Budget, KeyValue, Ruling, check};
use sim_check::{CallId, Claim, History, Judge, Kind, Property, View, Wait, write_history};
use sim_node::NodeId;

use crate::{ClientIndication, Command, Operation, Output, Served};

/// KV1 linearizability: recorded while the run goes on, judged at its end, each key for itself.
#[derive(Clone, Debug)]
pub struct Linearizability {
    history: History<(String, spec::Command), spec::Output>,
    calls: BTreeMap<Operation, CallId>,
}

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
        Self { history: History::new(), calls: BTreeMap::new() }
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
                let call = self.history.invoke(client, asked(command), view.time);
                self.calls.insert(*operation, call);
            }
            Some(ClientIndication::Answered { operation, output }) => {
                judge.judged();
                if let Some(call) = self.calls.remove(operation) {
                    self.history.returned(call, answered(output), view.time);
                }
            }
            Some(ClientIndication::GivenUp { operation }) => {
                if let Some(call) = self.calls.remove(operation) {
                    self.history.unknown(call, view.time);
                }
            }
            None => {}
        }
    }

    fn end(&mut self, _: &View<'_, N>, judge: &mut Judge) {
        match check(&KeyValue, &self.history, BUDGET).ruling {
            Ruling::Linearizable(_) => {}
            Ruling::NotLinearizable(evidence) => {
                judge.violate(None, evidence.tell(&self.history), &[]);
            }
            Ruling::Unknown => {
                let limit = BUDGET.0;
                judge.undecided(format!("more than {limit} configurations would have to be tried"));
            }
        }
    }

    fn history(&self) -> Option<String> {
        let mut lines = Vec::new();
        write_history(&KeyValue, &self.history, &mut lines).expect("a buffer takes everything");
        Some(String::from_utf8(lines).expect("JSON is text"))
    }

    fn waits(&self, each: &mut dyn FnMut(Wait)) {
        self.history.calls().for_each(|(_, call)| each(call.wait()));
    }
}

/// An operation as the checker's specification has it.
fn asked(command: &Command) -> (String, spec::Command) {
    let key = command.key().to_string();
    let what = match command {
        Command::Get(_) => spec::Command::Get,
        Command::Put(_, value) => spec::Command::Put(value.clone()),
        Command::Append(_, more) => spec::Command::Append(more.clone()),
        Command::CompareAndSet(_, expected, value) => {
            spec::Command::CompareAndSet(expected.clone(), value.clone())
        }
        Command::Delete(_) => spec::Command::Delete,
    };
    (key, what)
}

/// An answer as the checker's specification has it.
fn answered(output: &Output) -> spec::Output {
    match output {
        Output::Value(value) => spec::Output::Value(value.clone()),
        Output::Done => spec::Output::Done,
        Output::Written(written) => spec::Output::Written(*written),
    }
}
