//! The summary of a run that the test invents, and the divergence of two.

mod support;

use sim_check::Verdict;
use sim_scenario::Seen;
use sim_view::{Side, divergence, summary};
use support::{Tape, at, crashed, cut_off, facts, report};

fn plain(bytes: Vec<u8>) -> String {
    anstream::adapter::strip_str(&String::from_utf8(bytes).expect("text")).to_string()
}

#[test]
fn a_violated_run_shows_the_steps_that_led_there() {
    let tape = cut_off();
    let mut out = Vec::new();
    summary(&mut out, &facts(5), &report(), 100, &mut |watcher| tape.play(watcher)).expect("room");
    insta::assert_snapshot!(plain(out));
}

#[test]
fn a_run_that_held_is_not_replayed() {
    let mut held = report();
    held.verdict = Verdict::Held;
    held.as_expected = true;
    held.violations.clear();
    held.properties[0].verdict = Verdict::Held;
    let mut out = Vec::new();
    summary(&mut out, &facts(5), &held, 100, &mut |_| panic!("no need to look back"))
        .expect("room");
    insta::assert_snapshot!(plain(out));
}

fn parted(left: &Tape, right: &Tape) -> String {
    let mut out = Vec::new();
    let report = report();
    let left =
        Side { name: "with the fault", report: &report, replay: &mut |watcher| left.play(watcher) };
    let right =
        Side { name: "without", report: &report, replay: &mut |watcher| right.play(watcher) };
    divergence(&mut out, 100, left, right).expect("room");
    plain(out)
}

#[test]
fn equal_runs_do_not_part() {
    let text = parted(&cut_off(), &cut_off());
    assert!(text.starts_with("The two runs are the same, step for step."), "{text}");
}

#[test]
fn faults_themselves_are_no_difference() {
    let mut other = cut_off();
    other.push(Seen::Fault {
        at: at(30_000),
        fault: 1,
        kind: sim_scenario::Fault::kind_named("Heal").expect("a kind"),
        label: "Heal".to_owned(),
        begins: true,
        victims: vec![],
    });
    let text = parted(&cut_off(), &other);
    assert!(text.starts_with("The two runs are the same, step for step."), "{text}");
}

#[test]
fn a_run_that_goes_on_parts_where_the_other_ends() {
    let mut other = cut_off();
    other.push(crashed(30_000, 3));
    insta::assert_snapshot!(parted(&cut_off(), &other));
}
