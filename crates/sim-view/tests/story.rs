//! The story of a run that the test invents.

mod support;

use sim_check::Found;
use sim_scenario::Report;
use sim_view::{Subject, explain};
use support::{Tape, cut_off, facts, report};

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
