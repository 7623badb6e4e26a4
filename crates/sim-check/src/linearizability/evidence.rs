//! [`Evidence`]: why a history is not linearizable, for a person.

use std::fmt::Write;

use serde::Serialize;

use super::Spec;
use super::part::Part;
use super::search::{Blocked, DeadEnd};
use crate::{Call, CallId, End, History};

/// How many operations of an order are told; the rest is counted.
const TOLD: usize = 8;

/// Why a history is not linearizable.
///
/// All operations on the object that returned before [`Evidence::not_linearizable`] did have a
/// linearization, together with those that were pending then. With the response of that one they
/// have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The object; `None` when there is only one.
    pub key: Option<String>,
    /// The operation that cannot be linearized.
    pub not_linearizable: CallId,
    /// The operations on the object that overlap it, itself included, in order of invocation.
    pub concurrent: Vec<CallId>,
    /// Longest linearizations of what came before, a few that lead to different states.
    pub partial_linearizations: Vec<PartialLinearization>,
}

/// One linearization of all that came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartialLinearization {
    /// The order.
    pub order: Vec<CallId>,
    /// The state that it leads to.
    pub state: String,
    /// What the operation that cannot be linearized would have returned there.
    pub would_return: String,
}

impl Evidence {
    pub(super) fn new<S: Spec>(part: &Part<'_, S>, blocked: Blocked<S::State>) -> Self {
        // A key that can have one value only names nothing.
        let key = (size_of::<S::Key>() > 0).then(|| format!("{:?}", part.key));
        let stuck = part.item(blocked.call);
        let overlap = |other: CallId| {
            let other = part.history.call(other);
            Some(other.invoked.position) < stuck.answered
                && other.response().is_none_or(|response| response.position > stuck.invoked)
        };
        let concurrent = part.items.iter().map(|item| item.id).filter(|&id| overlap(id)).collect();
        let attempt = |DeadEnd { order, state }: DeadEnd<S::State>| {
            let order = order.into_iter().map(|call| part.id(call)).collect();
            let text = part.spec.state_in_words(&state);
            let returned = part.spec.apply(&mut { state }, stuck.operation);
            let would_return = part.spec.output_in_words(&returned);
            PartialLinearization { order, state: text, would_return }
        };
        let partial_linearizations = blocked.dead_ends.into_iter().map(attempt).collect();
        Self { key, not_linearizable: stuck.id, concurrent, partial_linearizations }
    }

    /// The evidence in sentences, some lines of text without a newline at the end. The history must
    /// be the one that was judged, by this specification.
    #[must_use]
    pub fn tell<S: Spec>(&self, spec: &S, history: &History<S::Operation, S::Output>) -> String {
        let mut text = String::from("the operations");
        if let Some(key) = &self.key {
            text += &format!(" on {key}");
        }
        text += " have no linearization. This one cannot be linearized:";
        tell_call(&mut text, spec, history, self.not_linearizable);
        let others = self.concurrent.iter().filter(|&&id| id != self.not_linearizable);
        if others.clone().next().is_some() {
            text += "\nconcurrent with it:";
        }
        others.for_each(|&id| tell_call(&mut text, spec, history, id));
        for PartialLinearization { order, state, would_return } in &self.partial_linearizations {
            text += &format!(
                "\nit would have returned {would_return}, since the state is {state} after"
            );
            let skipped = order.len().saturating_sub(TOLD);
            match (order.len(), skipped) {
                (0, _) => text += " nothing",
                (_, 0) => {}
                (_, 1) => text += " another one and",
                (_, skipped) => text += &format!(" {skipped} others and"),
            }
            order[skipped..].iter().for_each(|&id| tell_call(&mut text, spec, history, id));
        }
        text
    }
}

fn tell_call<S: Spec>(
    text: &mut String,
    spec: &S,
    history: &History<S::Operation, S::Output>,
    id: CallId,
) {
    let Call { client, operation, invoked, end } = history.call(id);
    let (operation, invoked) = (spec.operation_in_words(operation), invoked.at);
    let answer = match end {
        End::Returned { at, output: Some(output) } => {
            format!("to {}, returned {}", at.at, spec.output_in_words(output))
        }
        End::Returned { at, output: None } => format!("to {}, returned something", at.at),
        End::Failed(at) => format!("to {}, failed", at.at),
        End::Unknown(_) | End::Open => "on, pending".to_owned(),
    };
    write!(text, "\n  client {client}: {operation}, from {invoked} {answer}")
        .expect("a string takes everything");
}
