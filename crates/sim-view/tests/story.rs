//! The story of a run that the test invents.

mod support;

use sim_view::{Subject, explain};
use support::{Tape, cut_off, facts, report};

fn told(tape: &Tape, step: Option<u64>) -> String {
    let mut out = Vec::new();
    let (facts, report) = (facts(5), report());
    let subject = Subject { facts: &facts, report: &report, step, width: 100 };
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
