//! KV1: every history of the clients is linearizable.

use std::collections::BTreeMap;

use sim_check::linearizability::{Budget, Ruling, Spec, check};
use sim_check::{CallId, Claim, History, Judge, Kind, Property, View};
use sim_node::NodeId;

use crate::{ClientIndication, Command, Key, Operation, Output, Served};

/// KV1 linearizability: recorded while the run goes on, judged at its end, each key for itself.
#[derive(Clone, Debug)]
pub struct Linearizability {
    history: History<Command, Output>,
    calls: BTreeMap<Operation, CallId>,
}

/// The configurations that are visited before the property is left undecided.
const BUDGET: Budget = Budget(500_000);

impl Linearizability {
    /// What the clients asked and were told so far.
    #[must_use]
    pub fn history(&self) -> &History<Command, Output> {
        &self.history
    }
}

impl<N: Served> Property<N> for Linearizability {
    const CLAIM: Claim = Claim {
        code: "KV1",
        name: "linearizability",
        kind: Kind::Safety,
        meaning: "each operation seems to take effect at one instant between its beginning and its answer",
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
                let call = self.history.invoke(client, command.clone(), view.time);
                self.calls.insert(*operation, call);
            }
            Some(ClientIndication::Answered { operation, output }) => {
                judge.judged();
                if let Some(call) = self.calls.remove(operation) {
                    self.history.returned(call, output.clone(), view.time);
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
        match check(&OneKey, &self.history, BUDGET).ruling {
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
}

/// The store as the checker takes it: keys are independent of each other.
struct OneKey;

impl Spec for OneKey {
    type Key = Key;
    type State = Option<String>;
    type Operation = Command;
    type Output = Output;

    fn key(&self, operation: &Command) -> Key {
        operation.key()
    }

    fn initial(&self, _: &Key) -> Option<String> {
        None
    }

    fn apply(&self, state: &mut Option<String>, operation: &Command) -> Output {
        operation.apply_to(state)
    }

    fn only_reads(&self, operation: &Command, output: Option<&Output>) -> bool {
        operation.is_read() || output == Some(&Output::Written(false))
    }
}
