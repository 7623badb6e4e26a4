//! [`Evidence`]: why a history is not linearizable, for a person.

use std::fmt::{Debug, Write};

use serde::Serialize;

use super::Spec;
use super::part::Part;
use super::search::{Blocked, DeadEnd};
use crate::{Call, CallId, End, History};

/// How many operations of an order are told; the rest is counted.
const TOLD: usize = 8;

/// Why a history is not linearizable.
///
/// All operations on the object that answered before [`Evidence::stuck`] did can be ordered,
/// together with those under way and what these answered later. With the answer of `stuck` they
/// cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The object; `None` when there is only one.
    pub key: Option<String>,
    /// The operation that could not be placed.
    pub stuck: CallId,
    /// The operations on the object that overlap it, itself included, in order of invocation.
    pub window: Vec<CallId>,
    /// Longest orders of what came before, a few that lead to different states.
    pub attempts: Vec<Attempt>,
}

/// One order of all that came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// The order.
    pub order: Vec<CallId>,
    /// The state that it leads to.
    pub state: String,
    /// What the operation that could not be placed would have answered there.
    pub instead: String,
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
        let window = part.items.iter().map(|item| item.id).filter(|&id| overlap(id)).collect();
        let attempt = |DeadEnd { order, state }: DeadEnd<S::State>| {
            let order = order.into_iter().map(|call| part.id(call)).collect();
            let text = format!("{state:?}");
            let instead = format!("{:?}", part.spec.apply(&mut { state }, stuck.operation));
            Attempt { order, state: text, instead }
        };
        let attempts = blocked.dead_ends.into_iter().map(attempt).collect();
        Self { key, stuck: stuck.id, window, attempts }
    }

    /// The evidence in sentences, some lines of text without a newline at the end. The history must
    /// be the one that was judged.
    #[must_use]
    pub fn tell<O: Debug, R: Debug>(&self, history: &History<O, R>) -> String {
        let mut text = String::from("no order explains what the operations");
        if let Some(key) = &self.key {
            text += &format!(" on {key}");
        }
        text += " answered. This one cannot be placed:";
        tell_call(&mut text, history, self.stuck);
        let others = self.window.iter().filter(|&&id| id != self.stuck);
        if others.clone().next().is_some() {
            text += "\nat the same time:";
        }
        others.for_each(|&id| tell_call(&mut text, history, id));
        for Attempt { order, state, instead } in &self.attempts {
            text += &format!("\nit would have answered {instead} in the state {state}, after");
            let skipped = order.len().saturating_sub(TOLD);
            match (order.len(), skipped) {
                (0, _) => text += " nothing",
                (_, 0) => {}
                _ => text += &format!(" {skipped} others and"),
            }
            order[skipped..].iter().for_each(|&id| tell_call(&mut text, history, id));
        }
        text
    }
}

fn tell_call<O: Debug, R: Debug>(text: &mut String, history: &History<O, R>, id: CallId) {
    let Call { client, operation, invoked, end } = history.call(id);
    let invoked = invoked.at;
    let answer = match end {
        End::Returned { at, output: Some(output) } => format!("{} answered {output:?}", at.at),
        End::Returned { at, output: None } => format!("{} answered something", at.at),
        End::Failed(at) => format!("{} failed", at.at),
        End::Unknown(_) | End::Open => "no answer".to_owned(),
    };
    write!(text, "\n  client {client}: {operation:?}, {invoked} .. {answer}")
        .expect("a string takes everything");
}
