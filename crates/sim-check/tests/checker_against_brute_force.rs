//! The linearizability checker against all orders of all operations, on small random histories.

#[path = "support/brute_force.rs"]
mod brute_force;
#[path = "support/random.rs"]
mod random;

use brute_force::{is_an_order, is_linearizable, is_linearizable_up_to};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use random::{Random, history};
use sim_check::History;
use sim_check::linearizability::{Budget, CasRegister, KeyValue, Register, Ruling, Spec, check};

const UNBOUNDED: Budget = Budget(u64::MAX);

/// Holds the checker's ruling, its order or its evidence, against the brute force.
fn agrees<S: Random>(history: &History<S::Operation, S::Output>) -> Result<(), TestCaseError> {
    let spec = S::spec();
    let expected = is_linearizable(&spec, history);
    match check(&spec, history, UNBOUNDED).ruling {
        Ruling::Linearizable(order) => {
            prop_assert!(expected, "judged linearizable, by {:?}", order);
            prop_assert!(is_an_order(&spec, history, &order), "not an order: {:?}", order);
        }
        Ruling::NotLinearizable(evidence) => {
            prop_assert!(!expected, "judged not linearizable:\n{}", evidence.tell(&spec, history));
            let up_to = |included| {
                is_linearizable_up_to(&spec, history, evidence.not_linearizable, included)
            };
            prop_assert!(up_to(false), "stuck too late:\n{}", evidence.tell(&spec, history));
            prop_assert!(!up_to(true), "stuck too early:\n{}", evidence.tell(&spec, history));
        }
        Ruling::Unknown => prop_assert!(false, "unknown without a budget"),
    }
    Ok(())
}

/// Unknown is the ruling for each budget smaller than what it takes, and for no other.
fn needs_what_it_visits<S: Random>(
    history: &History<S::Operation, S::Output>,
) -> Result<(), TestCaseError> {
    let report = check(&S::spec(), history, UNBOUNDED);
    for budget in 0..report.visited + 2 {
        let bounded = check(&S::spec(), history, Budget(budget));
        prop_assert!(bounded.visited <= budget);
        let decided = !matches!(bounded.ruling, Ruling::Unknown);
        // A violation may show before another object's budget runs out, or although it did.
        let violated = matches!(report.ruling, Ruling::NotLinearizable(_));
        prop_assert!(decided == (budget >= report.visited) || decided && violated);
        if decided {
            prop_assert_eq!(bounded.ruling.verdict(history), report.ruling.verdict(history));
        }
    }
    Ok(())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn a_register_is_judged_as_by_brute_force(history in history::<Register<u8>>()) {
        agrees::<Register<u8>>(&history)?;
    }

    #[test]
    fn a_cas_register_is_judged_as_by_brute_force(history in history::<CasRegister<u8>>()) {
        agrees::<CasRegister<u8>>(&history)?;
    }

    #[test]
    fn a_key_value_store_is_judged_as_by_brute_force(history in history::<KeyValue>()) {
        agrees::<KeyValue>(&history)?;
    }

    #[test]
    fn the_ruling_is_unknown_only_when_the_budget_ran_out(
        register in history::<CasRegister<u8>>(),
        store in history::<KeyValue>(),
    ) {
        needs_what_it_visits::<CasRegister<u8>>(&register)?;
        needs_what_it_visits::<KeyValue>(&store)?;
    }

    #[test]
    fn without_the_hint_about_reads_the_ruling_is_the_same(history in history::<KeyValue>()) {
        let ruling = |ruling: Ruling| ruling.verdict(&history);
        let with = check(&KeyValue, &history, UNBOUNDED);
        let without = check(&Unhinted(KeyValue), &history, UNBOUNDED);
        prop_assert_eq!(ruling(with.ruling), ruling(without.ruling));
    }
}

/// An object of which nobody said which of its operations only read.
struct Unhinted<S>(S);

impl<S: Spec> Spec for Unhinted<S> {
    type Key = S::Key;
    type State = S::State;
    type Operation = S::Operation;
    type Output = S::Output;

    fn key(&self, operation: &S::Operation) -> S::Key {
        self.0.key(operation)
    }

    fn initial(&self, key: &S::Key) -> S::State {
        self.0.initial(key)
    }

    fn apply(&self, state: &mut S::State, operation: &S::Operation) -> S::Output {
        self.0.apply(state, operation)
    }
}

/// The comparison says little unless both rulings, and operations without a response, are frequent.
#[test]
fn the_random_histories_are_of_both_kinds_and_have_open_operations() {
    both_kinds::<Register<u8>>();
    both_kinds::<CasRegister<u8>>();
    both_kinds::<KeyValue>();
}

fn both_kinds<S: Random>() {
    const SAMPLES: usize = 1_000;
    let mut runner = TestRunner::deterministic();
    let (mut linearizable, mut open, mut long) = ([0; 2], [0; 2], 0);
    for _ in 0..SAMPLES {
        let history = history::<S>().new_tree(&mut runner).expect("nothing is rejected").current();
        let verdict = usize::from(is_linearizable(&S::spec(), &history));
        let has_open = history.calls().any(|(_, call)| call.response().is_none());
        linearizable[verdict] += 1;
        open[verdict] += usize::from(has_open);
        long += usize::from(history.len() >= 5);
    }
    assert!(linearizable.iter().all(|&count| count > SAMPLES / 6), "{linearizable:?}");
    assert!(open.iter().all(|&count| count > SAMPLES / 10), "{open:?}");
    assert!(long > SAMPLES / 4, "{long}");
}
