//! The story of a run that the test invents.

mod support;

use sim_check::Found;
use sim_node::NodeId;
use sim_scenario::{Happening, Report};
use sim_view::{Subject, explain};
use support::{Tape, crashed, cut_off, facts, report};

fn told(tape: &Tape, step: Option<u64>) -> String {
    told_of(tape, &report(), step)
}

fn told_of(tape: &Tape, report: &Report, step: Option<u64>) -> String {
    let mut out = Vec::new();
    let facts = facts(5);
    let subject = Subject { facts: &facts, report, step, width: 100 };
    explain(&mut out, &subject, &mut |watcher| tape.play(watcher))
        .expect("memory takes everything");
    anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string()
}

#[test]
fn a_violation_is_told_backwards_with_its_witness() {
    insta::assert_snapshot!(told(&cut_off(), None));
}

#[test]
fn any_step_can_be_told() {
    insta::assert_snapshot!(told(&cut_off(), Some(12)));
}

/// What was found before a step, or at the end, is not that step's doing: the causes are those of
/// the steps that the property names or, if it names none, of the node concerned.
#[test]
fn a_step_before_which_a_violation_was_found_is_not_blamed() {
    let found = |found, witnesses: &[u64]| {
        let mut report = report();
        report.violations[0].found = found;
        report.violations[0].witnesses = witnesses.to_vec();
        told_of(&cut_off(), &report, None)
    };
    let with_witnesses = found(Found::BeforeStep, &[8, 3]);
    assert!(!with_witnesses.contains("in step 13,"), "{with_witnesses}");
    assert!(with_witnesses.contains("It was found just before step 13"), "{with_witnesses}");
    for step in ["in step 8,", "in step 3,"] {
        assert!(with_witnesses.contains(step), "{with_witnesses}");
    }
    // n0 made step 13 itself, and step 12 is another's.
    let without = found(Found::BeforeStep, &[]);
    assert!(!without.contains("in step 13,") && !without.contains("violated at this"), "{without}");
    let at_end = found(Found::AtEnd, &[8]);
    assert!(at_end.contains("It was found at the end of the run"), "{at_end}");
    assert!(!at_end.contains("found violated at this step"), "{at_end}");
}

/// The faults that had a part in it come first, before the steps.
#[test]
fn the_cause_has_a_heading_of_its_own() {
    let text = told(&cut_off(), None);
    let (cause, steps) = text.split_once("The steps that led to it").expect("both sections");
    let (_, cause) = cause.split_once("\nThe cause\n").expect("a heading");
    let flat = cause.split_whitespace().collect::<Vec<&str>>().join(" ");
    let fault = "- Fault 0, At(\"6ms\", Isolate(Leader)), took effect on n4 at 6ms, and was still in force.";
    assert!(flat.contains(fault), "{text}");
    assert!(!steps.contains("| Meanwhile, at 6ms, fault 0, At("), "{text}");
}

/// What was sent to a node that had crashed is told with the crash, and has no heading.
#[test]
fn messages_to_the_dead_have_no_heading() {
    let text = told_of(&cut_off(), &unmet(), None);
    assert!(!text.contains("its receiver was down"), "{text}");
    let mut tape = cut_off();
    tape.push(crashed(26_000, 2));
    let text = flat(&tape, &unmet());
    assert!(!text.contains("its receiver was down"), "{text}");
}

/// A node asks another again and again, at an instant that it tells, and gets an answer each time.
fn in_vain(answer: impl Fn(u64) -> String) -> Tape {
    let mut tape = Tape::new();
    for node in 0..3 {
        tape.step(0, node, Happening::Start { again: false, settings: None }, None);
    }
    let receives = |from, kind, text| Happening::Message {
        message: Some(0),
        from: NodeId::new(from),
        kind,
        text,
        print: 1,
    };
    let mut timer = 0;
    for turn in 0..40_u64 {
        let us = 1_000 * turn + 1_000;
        timer = tape.step(us, 0, Happening::Timer { text: "Again".into(), print: 2 }, Some(timer));
        let text = format!("Coordinator(Ask {{ sent_at: LocalTime({us}), entries: [] }})");
        let asked = tape.step(us + 100, 1, receives(0, "Coordinator", text), Some(timer));
        tape.step(us + 200, 0, receives(1, "Election", answer(us)), Some(asked));
    }
    tape
}

fn refused(us: u64) -> String {
    format!("Refused {{ at: LocalTime({us}000), first: Index(3), hint: None }}")
}

fn flat(tape: &Tape, report: &Report) -> String {
    let mut out = Vec::new();
    let facts = facts(3);
    let subject = Subject { facts: &facts, report, step: None, width: 100 };
    explain(&mut out, &subject, &mut |watcher| tape.play(watcher)).expect("room");
    let text = anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string();
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn unmet() -> Report {
    let mut report = report();
    report.violations[0].code = "LE2";
    report.violations[0].node = Some(NodeId::new(2));
    report
}

#[test]
fn what_was_repeated_in_vain_comes_first() {
    let text = flat(&in_vain(refused), &unmet());
    let told = "What was repeated, and led nowhere - n0 sent Coordinator to n1 40 times, from 1.1ms \
                to 40.1ms, and n1 answered each time with Election, always saying the same: \
                Election Refused (at 40ms, first 3, no hint).";
    assert!(text.contains(told), "{text}");
    assert!(text.find("led nowhere") < text.find("The last step of n2"), "{text}");
}

#[test]
fn an_answer_that_changes_is_told_as_the_last() {
    let text = flat(&in_vain(|us| format!("Refused {{ first: Index({us}) }}")), &unmet());
    assert!(text.contains("; the last answer was Election Refused (first 40000)."), "{text}");
}

#[test]
fn answers_that_say_one_of_a_few_things_are_counted() {
    let answer = |us: u64| match us / 1_000 % 4 {
        0 => "Granted { term: Term(2) }".to_owned(),
        _ => "Refused { term: Term(1) }".to_owned(),
    };
    let text = flat(&in_vain(answer), &unmet());
    let told = "n1 answered each time with Election, saying 30 times Election Refused (term 1) and \
                ten times Election Granted (term 2).";
    assert!(text.contains(told), "{text}");
}

/// Where nothing was violated, only what always says the same is worth a word.
#[test]
fn a_run_that_held_tells_what_never_changed() {
    let mut held = report();
    held.violations.clear();
    let text = flat(&in_vain(refused), &held);
    assert!(text.contains("n0 sent Coordinator to n1 40 times"), "{text}");
    let text = flat(&in_vain(|us| format!("Refused {{ first: Index({us}) }}")), &held);
    assert!(!text.contains("Coordinator"), "{text}");
}

/// Debug form is for programmers; what a protocol's author wrote for people stays.
#[test]
fn debug_form_becomes_words() {
    for (text, words) in [
        (
            "Vote(VoteReply { term: Term(3), vote_granted: true, hint: None })",
            "Vote (term 3, vote granted true, no hint)",
        ),
        ("Prepare(334.1)", "Prepare(334.1)"),
        ("Values({0, 1}) of round 3", "Values({0, 1}) of round 3"),
        ("Reply(n3/0#33 Redirect(Some(n0)))", "Reply(n3/0#33 Redirect(n0))"),
        ("Reply(n3/0#33 Redirect(None))", "Reply(n3/0#33 Redirect(none))"),
        (
            "Grant { sent: LocalTime(1500000), list: [], map: {n0: View(1)} }",
            "Grant (sent 1.5ms, no list, map {n0: 1})",
        ),
        ("cas k1 Some(\"a, b\") \"c) {\"", "cas k1 \"a, b\" \"c) {\""),
        (
            "[Index(1), Index(2), Index(3), Index(4), Index(5), Index(6)]",
            "[1, 2, 3, 4, and 2 more]",
        ),
        (
            "Accept(ballot 1.0, slot 1: [x], chosen upto 0)",
            "Accept(ballot 1.0, slot 1: [x], chosen upto 0)",
        ),
        ("((), (1, 2))", "((), (1, 2))"),
        ("Pair(Index(1), Named { a_b: (1, Some(2)) })", "Pair(1, Named (a b (1, 2)))"),
        ("}{", "}{"),
        ("", ""),
        ("Broken { x: ", "Broken { x: "),
        ("a: b", "a: b"),
    ] {
        assert_eq!(sim_view::plain(text), words);
    }
    let deep = "(".repeat(100_000);
    assert_eq!(sim_view::plain(&deep), deep);
}
