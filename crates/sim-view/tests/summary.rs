//! The summary of a run that the test invents, and the divergence of two.

mod support;

use sim_check::Verdict;
use sim_engine::RequestReport;
use sim_node::NodeId;
use sim_scenario::{Asked, Byzantine, Crash, CrashLoss, LostWrite, Report, Seen};
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

/// The summary of a run with these changes, without line breaks.
fn flat(change: impl FnOnce(&mut Report)) -> String {
    let mut report = report();
    change(&mut report);
    let mut out = Vec::new();
    summary(&mut out, &facts(5), &report, 100, &mut |watcher| cut_off().play(watcher))
        .expect("room");
    plain(out).split_whitespace().collect::<Vec<&str>>().join(" ")
}

fn asked(at_us: u64, change: impl FnOnce(&mut RequestReport)) -> Asked {
    let mut fate = RequestReport {
        at: at(at_us),
        node: NodeId::new(0),
        lost: None,
        taken: None,
        refused: None,
        done: None,
    };
    change(&mut fate);
    Asked { label: "Transfer(1)".to_owned(), fate }
}

#[test]
fn what_became_of_requests_is_told_of_their_nodes() {
    let text = flat(|report| {
        report.requests = vec![
            asked(1_000, |fate| fate.done = Some((at(2_000), NodeId::new(1)))),
            asked(1_000, |fate| fate.taken = Some(at(1_500))),
            asked(1_000, |fate| fate.lost = Some(at(1_000))),
            asked(1_000, |_| {}),
            asked(30_000, |_| {}),
        ];
    });
    for told in [
        "Transfer(1) at n0: done by n1 at 2ms",
        "Transfer(1) at n0: taken at 1.5ms, and neither done nor refused",
        "Transfer(1) at n0: lost at 1ms, as n0 was down",
        "Transfer(1) at n0: waiting since 1ms, and not taken until the run ended",
        "Transfer(1) at n0: waiting, as the run ended before it was submitted",
    ] {
        assert!(text.contains(told), "{told}:\n{text}");
    }
}

#[test]
fn a_deadline_is_called_a_deadline() {
    let unmet = |at_ns| {
        flat(|report| {
            report.violations[0].code = "LE2";
            report.violations[0].at_ns = at_ns;
        })
    };
    assert!(unmet(9_500_000_000).contains("LE2 termination was not met by the deadline, 9.5s"));
    let early = unmet(25_500_000);
    let told = "was not met by 25.5ms, when the run ended before its deadline, 9.5s";
    assert!(early.contains(told), "{early}");
}

/// What is violated may be told in several lines, which stay lines, and in debug form, which does
/// not stay.
#[test]
fn a_violation_of_several_lines_keeps_them() {
    let mut long = report();
    long.violations[0].detail =
        "these do not fit:\n  client 9: Put { key: \"k0\", value: Some(3) }\n  client 4: Get"
            .to_owned();
    let mut out = Vec::new();
    summary(&mut out, &facts(5), &long, 100, &mut |watcher| cut_off().play(watcher)).expect("room");
    let text = plain(out);
    let told = "  these do not fit:\n    client 9: Put (key \"k0\", value 3)\n    client 4: Get\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_crash_names_what_it_lost() {
    let text = flat(|report| {
        report.crashes = vec![Crash {
            at: at(6_000),
            node: NodeId::new(4),
            fault: 0,
            loss: CrashLoss { writes: 5, survived: 1, ..CrashLoss::default() },
            writes: vec![LostWrite {
                text: "Append(Entry { term: Term(3), .. })".to_owned(),
                json: "3".to_owned(),
            }],
        }];
    });
    let told = "n4 lost 5 of 6 unsynced writes (Append (term 3, and more) and 4 more)";
    assert!(text.contains(told), "{text}");
}

fn crash_of(node: u32, writes: usize, lied: usize) -> Crash {
    let text = |place: usize| format!("Append({node}{place})");
    let told = (0..(writes + lied).min(3))
        .map(|place| LostWrite { text: text(place), json: "3".to_owned() });
    Crash {
        at: at(6_000),
        node: NodeId::new(node),
        fault: 0,
        loss: CrashLoss { writes, lied, ..CrashLoss::default() },
        writes: told.collect(),
    }
}

/// Of many crashes at once it is told what each of them lost, in a few lines.
#[test]
fn many_crashes_name_what_they_lost() {
    let text = flat(|report| {
        report.crashes = (0..5).map(|node| crash_of(node, node as usize % 2, 0)).collect();
    });
    let told = "5 crashes lost 2 unsynced writes: n1 lost 1 unsynced write (Append(10)), n3 lost 1 \
                unsynced write (Append(30))";
    assert!(text.contains(told), "{text}");
    let text = flat(|report| {
        report.crashes = (0..90).map(|node| crash_of(node, 3, 0)).collect();
    });
    assert!(text.contains("90 crashes lost 270 unsynced writes: n0 lost 3"), "{text}");
    assert!(text.contains(" more crashes"), "{text}");
    assert!(!text.contains("n40 lost"), "{text}");
}

/// What a disk has lied about was never durable.
#[test]
fn what_a_disk_lied_about_is_not_called_durable() {
    let text = flat(|report| report.crashes = vec![crash_of(4, 1, 2)]);
    let told = "n4 lost 2 writes that its disk had said were synced, and were not (Append(40), \
                Append(41)) and 1 unsynced write (Append(42))";
    assert!(text.contains(told), "{text}");
    assert!(!text.contains("durable"), "{text}");
}

#[test]
fn byzantine_nodes_are_named_with_what_they_do() {
    let one = |node, kind, from, to: Option<u64>| Byzantine {
        node: NodeId::new(node),
        kind,
        fault: 1,
        from: at(from),
        to: to.map(at),
    };
    let text = flat(|report| {
        report.byzantine = vec![one(3, "Mute", 2_000, None), one(1, "Twins", 4_000, Some(9_000))];
    });
    let told = "byzantine n3 Mute since 2ms (fault 1), n1 Twins from 4ms to 9ms (fault 1)";
    assert!(text.contains(told), "{text}");
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
