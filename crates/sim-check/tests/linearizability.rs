//! What is linearizable and what is not, on histories small enough to be drawn.

#[path = "support/registers.rs"]
mod registers;

use registers::{READ, REGISTER, Registers, at, read, value, write};
use sim_check::linearizability::{
    Budget, CasOperation, CasOutput, CasRegister, Command, KeyValue, Output, RegisterOutput,
    Ruling, Spec, Text, check,
};
use sim_check::{History, Verdict};

fn holds<S: Spec>(spec: &S, history: &History<S::Operation, S::Output>) -> bool {
    match check(spec, history, Budget::default()).ruling {
        Ruling::Linearizable(_) => true,
        Ruling::NotLinearizable(_) => false,
        Ruling::Unknown => panic!("a small history is decided"),
    }
}

/// What two reads, one after the other, see while a write of 1 over 0 is under way.
fn reads_during_a_write(first: u8, second: u8) -> Registers {
    let mut history = History::new();
    let writing = history.invoke(0, write(1), at(1));
    read(&mut history, 1, first);
    read(&mut history, 2, second);
    history.returned(writing, RegisterOutput::Done, at(2));
    history
}

/// Lamport 1986: of a regular register, the second read may see the old value after the first has
/// seen the new one; of an atomic register it may not.
#[test]
fn a_new_old_inversion_is_not_linearizable() {
    assert!(holds(&REGISTER, &reads_during_a_write(0, 0)));
    assert!(holds(&REGISTER, &reads_during_a_write(0, 1)));
    assert!(holds(&REGISTER, &reads_during_a_write(1, 1)));
    assert!(!holds(&REGISTER, &reads_during_a_write(1, 0)));
}

#[test]
fn overlapping_reads_may_see_new_and_old_in_either_order() {
    let mut history = History::new();
    let writing = history.invoke(0, write(1), at(1));
    let new = history.invoke(1, READ, at(2));
    let old = history.invoke(2, READ, at(3));
    history.returned(new, value(1), at(4));
    history.returned(old, value(0), at(5));
    history.returned(writing, RegisterOutput::Done, at(6));
    assert!(holds(&REGISTER, &history));
}

#[test]
fn a_new_old_inversion_shows_although_the_write_never_answers() {
    let mut history = History::new();
    history.invoke(0, write(1), at(1));
    read(&mut history, 1, 1);
    read(&mut history, 1, 0);
    assert!(!holds(&REGISTER, &history));
}

#[test]
fn a_stale_read_is_not_linearizable() {
    let mut history = History::new();
    let writing = history.invoke(0, write(1), at(1));
    history.returned(writing, RegisterOutput::Done, at(2));
    read(&mut history, 1, 0);
    assert!(!holds(&REGISTER, &history));
}

#[test]
fn an_operation_without_a_response_may_take_effect_late_or_never() {
    let mut history = History::new();
    let given_up = history.invoke(0, write(1), at(1));
    history.unknown(given_up, at(2));
    read(&mut history, 1, 0);
    assert!(holds(&REGISTER, &history), "never");
    read(&mut history, 1, 1);
    assert!(holds(&REGISTER, &history), "late");
    read(&mut history, 1, 0);
    assert!(!holds(&REGISTER, &history), "not back and forth");
}

#[test]
fn an_operation_without_a_response_takes_effect_at_most_once() {
    let mut history = History::new();
    history.invoke(0, write(1), at(1));
    for seen in [1, 2] {
        let writing = history.invoke(1, write(2), at(2));
        history.returned(writing, RegisterOutput::Done, at(2));
        read(&mut history, 1, seen);
    }
    assert!(holds(&REGISTER, &history));
    read(&mut history, 1, 1);
    assert!(!holds(&REGISTER, &history), "it was used up by the first read");
    let mut twice = history.clone();
    twice.invoke(2, write(1), at(3));
    assert!(!holds(&REGISTER, &twice), "it comes too late");
}

/// Of two writes of the same value, the one that was invoked first may take effect last.
#[test]
fn the_earlier_of_two_like_writes_may_be_needed_later() {
    let mut history = History::new();
    let slow = history.invoke(0, write(1), at(1));
    for quick in [1, 2] {
        let writing = history.invoke(1, write(quick), at(2));
        history.returned(writing, RegisterOutput::Done, at(2));
    }
    read(&mut history, 1, 1);
    history.returned(slow, RegisterOutput::Done, at(3));
    assert!(holds(&REGISTER, &history));
    read(&mut history, 1, 2);
    assert!(!holds(&REGISTER, &history), "there is no other write of 2");
}

#[test]
fn an_operation_that_failed_never_happened() {
    let history = |seen| {
        let mut history = History::new();
        let failed = history.invoke(0, write(1), at(1));
        history.failed(failed, at(2));
        read(&mut history, 1, seen);
        history
    };
    assert!(holds(&REGISTER, &history(0)));
    assert!(!holds(&REGISTER, &history(1)));
}

#[test]
fn an_answer_that_is_not_known_still_ends_the_operation() {
    let mut history = History::new();
    let writing = history.invoke(0, write(1), at(1));
    history.returned(writing, None, at(2));
    read(&mut history, 1, 0);
    assert!(!holds(&REGISTER, &history));
}

#[test]
fn only_one_of_two_compare_and_sets_wins() {
    let both = |first, second| {
        let mut history = History::new();
        let calls =
            [1, 2].map(|value| history.invoke(value, CasOperation::CompareAndSet(0, value), at(1)));
        history.returned(calls[0], CasOutput::Written(first), at(2));
        history.returned(calls[1], CasOutput::Written(second), at(2));
        history
    };
    let register = CasRegister { initial: 0_u64 };
    assert!(holds(&register, &both(true, false)));
    assert!(holds(&register, &both(false, true)));
    assert!(!holds(&register, &both(true, true)), "both cannot find 0");
    assert!(!holds(&register, &both(false, false)), "one of them finds 0");
}

/// A store on which one client after the other carries out these commands.
fn in_turn(commands: &[(&str, Command, Output)]) -> History<(String, Command), Output> {
    let mut history = History::new();
    for (key, command, output) in commands {
        let call = history.invoke(0, ((*key).to_owned(), command.clone()), at(1));
        history.returned(call, output.clone(), at(1));
    }
    history
}

#[test]
fn a_key_value_store_answers_as_specified() {
    let is = |value: Option<&str>| Output::Value(value.map(Text::from));
    let cas =
        |from: Option<&str>, to: &str| Command::CompareAndSet(from.map(Text::from), to.to_owned());
    let steps = [
        ("x", Command::Get, is(None)),
        ("x", cas(Some(""), "no"), Output::Written(false)),
        ("x", cas(None, "a"), Output::Written(true)),
        ("x", Command::Append("b".to_owned()), Output::Done),
        ("x", Command::Get, is(Some("ab"))),
        ("y", Command::Append("c".to_owned()), Output::Done),
        ("y", Command::Get, is(Some("c"))),
        ("x", Command::CompareAndSet(Some("ab".into()), "d".to_owned()), Output::Written(true)),
        ("x", Command::Delete, Output::Done),
        ("x", Command::Get, is(None)),
        ("x", Command::Put(String::new()), Output::Done),
        ("x", Command::Get, is(Some(""))),
    ];
    assert!(holds(&KeyValue, &in_turn(&steps)));
    // Each answer matters: with another one the history is wrong.
    for changed in 0..steps.len() {
        let mut steps = steps.clone();
        steps[changed].2 = match &steps[changed].2 {
            Output::Value(_) => is(Some("another")),
            Output::Written(written) => Output::Written(!written),
            Output::Done => Output::Written(true),
        };
        assert!(!holds(&KeyValue, &in_turn(&steps)), "step {changed}");
    }
}

#[test]
fn a_history_without_operations_is_vacuous() {
    let history: Registers = History::new();
    let ruling = check(&REGISTER, &history, Budget::default()).ruling;
    assert_eq!(ruling.verdict(&history), Verdict::Vacuous);
}
