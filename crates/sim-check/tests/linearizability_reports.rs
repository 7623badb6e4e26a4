//! What the checker reports: its evidence, and what it visited against its budget.

#[path = "support/registers.rs"]
mod registers;

use registers::{READ, REGISTER, Registers, at, read, value, write};
use sim_check::linearizability::{
    Budget, Command, Evidence, KeyValue, Output, RegisterOutput, Report, Ruling, Spec, check,
};
use sim_check::{History, Verdict};

#[test]
fn each_key_is_judged_alone_and_the_evidence_names_the_wrong_one() {
    let mut history = History::new();
    let mut answered = |key: &str, command, output: Output| {
        let call = history.invoke(0, (key.to_owned(), command), at(1));
        history.returned(call, output, at(1));
    };
    let text = || "a".to_owned();
    answered("x", Command::Put(text()), Output::Done);
    answered("y", Command::Get, Output::Value(Some(text().into())));
    answered("x", Command::Get, Output::Value(Some(text().into())));

    let evidence = evidence(&KeyValue, &history);
    assert_eq!(evidence.key.as_deref(), Some("\"y\""));
    assert_eq!(evidence.not_linearizable.get(), 1);
    assert_eq!(evidence.concurrent, [evidence.not_linearizable]);
}

fn evidence<S: Spec>(spec: &S, history: &History<S::Operation, S::Output>) -> Evidence {
    match check(spec, history, Budget::default()).ruling {
        Ruling::NotLinearizable(evidence) => *evidence,
        other => panic!("it is not linearizable, but: {other:?}"),
    }
}

#[test]
fn the_evidence_names_the_first_answer_that_nothing_explains() {
    // After Knossos' `rethink-fail-minimal`: what comes after the wrong read is not to blame.
    let mut history = History::new();
    let first = history.invoke(0, write(0), at(1));
    history.returned(first, RegisterOutput::Done, at(2));
    let wrong = history.invoke(1, READ, at(3));
    let writing = history.invoke(2, write(4), at(4));
    history.returned(wrong, value(3), at(5));
    history.returned(writing, RegisterOutput::Done, at(6));
    let later = history.invoke(3, READ, at(7));
    history.returned(later, value(4), at(8));

    let evidence = evidence(&REGISTER, &history);
    assert_eq!((evidence.key.as_ref(), evidence.not_linearizable), (None, wrong));
    assert_eq!(evidence.concurrent, [wrong, writing]);
    let told = "\
the operations have no linearization. This one cannot be linearized:
  client 1: read, from 3ms to 5ms, returned 3
concurrent with it:
  client 2: write 4, from 4ms to 6ms, returned done
it would have returned 4, since the state is 4 after
  client 0: write 0, from 1ms to 2ms, returned done
  client 2: write 4, from 4ms to 6ms, returned done
it would have returned 0, since the state is 0 after
  client 0: write 0, from 1ms to 2ms, returned done";
    assert_eq!(evidence.tell(&REGISTER, &history), told);
}

#[test]
fn the_evidence_stays_short_when_the_history_is_long() {
    let mut history = History::new();
    for _ in 0..1_000 {
        read(&mut history, 0, 0);
    }
    read(&mut history, 0, 1);
    let evidence = evidence(&REGISTER, &history);
    assert_eq!(evidence.partial_linearizations[0].order.len(), 1_000);
    let told = evidence.tell(&REGISTER, &history);
    assert!(told.contains("after 992 others and"), "{told}");
    assert_eq!(told.lines().count(), 2 + 1 + 8, "{told}");
}

#[test]
fn the_evidence_says_when_nothing_comes_before() {
    let mut history = History::new();
    read(&mut history, 0, 7);
    let told = evidence(&REGISTER, &history).tell(&REGISTER, &history);
    assert!(told.ends_with("it would have returned 0, since the state is 0 after nothing"));
}

/// So many writers of different values that never get a response, and then an answer that nobody
/// wrote: all sets of them have to be tried.
fn hard(writers: u8) -> Registers {
    let mut history = History::new();
    for writer in 1..=writers {
        history.invoke(writer.into(), write(writer), at(1));
    }
    read(&mut history, 0, u8::MAX);
    history
}

#[test]
fn the_budget_is_what_is_visited_and_no_less() {
    let history = hard(8);
    let Report { ruling, visited } = check(&REGISTER, &history, Budget::default());
    assert!(matches!(ruling, Ruling::NotLinearizable(_)));
    // Each set of writers that is not empty, with each of them as the last.
    assert_eq!(visited, 8 << 7);

    let enough = check(&REGISTER, &history, Budget(visited));
    assert_eq!(enough.ruling.verdict(&history), Verdict::Violated);
    let short = check(&REGISTER, &history, Budget(visited - 1));
    assert_eq!(short.ruling.verdict(&history), Verdict::Unknown);
    assert_eq!(short.visited, visited - 1);
}

#[test]
fn writers_of_the_same_value_need_not_all_be_tried() {
    let mut history = History::new();
    for writer in 0..60 {
        history.invoke(writer, write(1), at(1));
        history.invoke(writer, write(2), at(1));
    }
    read(&mut history, 0, 7);
    let Report { ruling, visited } = check(&REGISTER, &history, Budget::default());
    assert!(matches!(ruling, Ruling::NotLinearizable(_)));
    assert!(visited <= 60 * 60 * 2, "{visited}");
}

#[test]
fn a_hard_object_does_not_hide_what_an_easy_one_shows() {
    let judged = |keys: &[&str]| {
        let mut history = History::new();
        for writer in 0..30 {
            let put = ("hard".to_owned(), Command::Put(writer.to_string()));
            history.invoke(writer, put, at(1));
        }
        for key in keys {
            let call = history.invoke(99, ((*key).to_owned(), Command::Get), at(2));
            history.returned(call, Output::Value(Some("wrong".into())), at(2));
        }
        let Report { ruling, visited } = check(&KeyValue, &history, Budget(1_000));
        (ruling.verdict(&history), visited)
    };
    assert_eq!(judged(&["hard"]), (Verdict::Unknown, 1_000));
    assert_eq!(judged(&["hard", "plain"]), (Verdict::Violated, 0));
}

fn holds(history: &Registers) -> bool {
    let ruling = check(&REGISTER, history, Budget::default()).ruling;
    ruling.verdict(history) == Verdict::Held
}

/// Enough operations for several words of bits, and an early one that stays open.
#[test]
fn long_histories_are_judged_to_the_end() {
    let long = |last| {
        let mut history = History::new();
        history.invoke(1, write(9), at(1));
        for round in 0..500_u64 {
            let new = u8::try_from(round % 7).expect("small");
            let writing = history.invoke(2, write(new), at(2 + round));
            let reading = history.invoke(3, READ, at(2 + round));
            history.returned(writing, RegisterOutput::Done, at(2 + round));
            history.returned(reading, value(new), at(2 + round));
        }
        read(&mut history, 4, last);
        read(&mut history, 4, last);
        history
    };
    let new = u8::try_from(499 % 7).expect("small");
    assert!(holds(&long(new)));
    assert!(holds(&long(9)), "the open write takes effect at the end");
    let history = long(10);
    let evidence = evidence(&REGISTER, &history);
    assert_eq!(evidence.not_linearizable.get(), 1 + 2 * 500);
}
