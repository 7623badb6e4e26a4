//! A checker that is too simple to be wrong: all orders of all operations, one after the other.

use sim_check::linearizability::Spec;
use sim_check::{Call, CallId, End, History};

type Calls<'a, S> = Vec<&'a Call<<S as Spec>::Operation, <S as Spec>::Output>>;

/// Whether the history is linearizable.
pub(crate) fn is_linearizable<S: Spec>(
    spec: &S,
    history: &History<S::Operation, S::Output>,
) -> bool {
    let happened = |call: &&Call<_, _>| !matches!(call.end, End::Failed(_));
    let calls: Vec<_> = history.calls().map(|(_, call)| call).filter(happened).collect();
    let (must, may) = calls.into_iter().partition(|call| call.response().is_some());
    some_order_fits(spec, must, may)
}

/// Whether the operations on the object of `stuck` can be ordered as far as its response, that one
/// included or not. Others that answer later may be placed, but need not.
pub(crate) fn is_linearizable_up_to<S: Spec>(
    spec: &S,
    history: &History<S::Operation, S::Output>,
    stuck: CallId,
    included: bool,
) -> bool {
    let stuck = history.call(stuck);
    let end = stuck.response().expect("an operation that cannot be placed has answered").position;
    let calls: Vec<_> = history
        .calls()
        .map(|(_, call)| call)
        .filter(|call| !matches!(call.end, End::Failed(_)))
        .filter(|call| spec.key(&call.operation) == spec.key(&stuck.operation))
        .filter(|call| call.invoked.position < end)
        .collect();
    let (must, may) = calls.into_iter().partition(|call| {
        let response = call.response().map(|response| response.position);
        response.is_some_and(|response| response < end || included && response == end)
    });
    some_order_fits(spec, must, may)
}

/// Whether an order is one in which the history's operations may have taken effect.
pub(crate) fn is_an_order<S: Spec>(
    spec: &S,
    history: &History<S::Operation, S::Output>,
    order: &[CallId],
) -> bool {
    let calls: Vec<_> = order.iter().map(|&id| history.call(id)).collect();
    let mut once = order.to_vec();
    once.sort_unstable();
    once.dedup();
    let mut answered = history.calls().filter(|(_, call)| call.response().is_some());
    once.len() == order.len()
        && answered.all(|(id, _)| order.contains(&id))
        && calls.iter().all(|call| !matches!(call.end, End::Failed(_)))
        && fits(spec, &calls)
}

fn some_order_fits<S: Spec>(spec: &S, must: Calls<'_, S>, may: Calls<'_, S>) -> bool {
    (0..1_u32 << may.len()).any(|subset| {
        let chosen = (0..may.len()).filter(|bit| subset & (1 << bit) != 0).map(|bit| may[bit]);
        let mut calls: Calls<'_, S> = must.iter().copied().chain(chosen).collect();
        let last = calls.len();
        some_permutation_fits(spec, &mut calls, last)
    })
}

/// Whether one of the permutations of the first `count` fits.
fn some_permutation_fits<S: Spec>(spec: &S, calls: &mut Calls<'_, S>, count: usize) -> bool {
    if count <= 1 {
        return in_real_time::<S>(calls) && fits(spec, calls);
    }
    (0..count).any(|last| {
        calls.swap(last, count - 1);
        let found = some_permutation_fits(spec, calls, count - 1);
        calls.swap(last, count - 1);
        found
    })
}

/// Whether no operation stands before one that had answered when it was invoked. Operations on
/// different objects count too.
fn in_real_time<S: Spec>(calls: &Calls<'_, S>) -> bool {
    let late = |earlier: &Call<_, _>, later: &Call<_, _>| {
        later.response().is_some_and(|response| response < earlier.invoked)
    };
    (0..calls.len()).all(|at| calls[at..].iter().all(|later| !late(calls[at], later)))
}

/// Whether the operations answer what they answered when they are carried out in this order.
fn fits<S: Spec>(spec: &S, calls: &Calls<'_, S>) -> bool {
    let mut objects: Vec<(S::Key, S::State)> = Vec::new();
    calls.iter().all(|call| {
        let key = spec.key(&call.operation);
        if objects.iter().all(|(other, _)| *other != key) {
            objects.push((key.clone(), spec.initial(&key)));
        }
        let mut object = objects.iter_mut().filter(|(other, _)| *other == key);
        let state = &mut object.next().expect("it is there now").1;
        let answer = spec.apply(state, &call.operation);
        match &call.end {
            End::Returned { output: Some(output), .. } => *output == answer,
            _ => true,
        }
    })
}
