//! What a scenario expects besides its properties, or of some of them only.

mod toy;

use sim_check::Verdict;
use sim_node::NodeId;
use sim_scenario::{Report, RunOptions, load_text};

/// A run in which node 0 pings four others at 100ms, with these fields besides.
fn run(fields: &str, expect: &str) -> Report {
    let text = format!(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5), \
         workload: Requests([At(\"100ms\", 0, Everybody)]), \
         {fields} deadline: \"20s\", expect: {expect})"
    );
    let loaded = load_text("toy.ron", &text, &toy::catalogue());
    loaded.unwrap_or_else(|error| panic!("{error}")).prepared.run(0, &RunOptions::default())
}

/// Node 1 is down for good, so its pong is never sent; that is told, and is no violation.
#[test]
fn with_safe_an_unmet_obligation_is_told_and_violates_nothing() {
    let faults = "faults: [At(\"50ms\", Crash(who: Node(1)))],";
    let report = run(faults, "Safe");
    assert_eq!((report.verdict, report.as_expected), (Verdict::Held, true));
    assert_eq!((report.violations.len(), report.ended_at_ns), (0, 20_000_000_000));
    let [unmet] = &report.unmet[..] else { panic!("{:?}", report.unmet) };
    assert_eq!((unmet.code, unmet.at_ns), ("PI2", 20_000_000_000));
    assert_eq!((unmet.node, &*unmet.detail), (Some(NodeId::new(0)), "n0 waits for a pong"));
    assert_eq!(report.properties[1].verdict, Verdict::Violated);
    // The same run is a violation where liveness is demanded.
    let holds = run(faults, "Holds");
    assert_eq!(
        (holds.verdict, holds.as_expected, holds.unmet.len()),
        (Verdict::Violated, false, 0)
    );
    assert_eq!((holds.violations[0].code, &holds.violations[0].detail), ("PI2", &unmet.detail));
}

/// A node that was restarted with an empty disk gets a pong that it never asked for: safety.
#[test]
fn with_safe_a_violation_of_safety_is_one() {
    let strange = "network: Datagram(delay: Constant(\"10ms\")), \
        faults: [At(\"105ms\", Crash(who: Node(0), down: \"1ms\", disk: Everything))],";
    let report = run(strange, "Safe");
    assert_eq!((report.verdict, report.as_expected), (Verdict::Violated, false));
    assert_eq!((report.violations[0].code, report.unmet.len()), ("PI1", 0));
}
