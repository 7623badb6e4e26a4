//! The transient outage after a crash, in message delays from the instant at which the master
//! detects it (van Renesse and Schneider 2004, section 4): head 2, for updates; middle 4, for
//! updates; tail 2, for both.
//!
//! An operation that is under way meanwhile ends as late as if it had been asked for at the end of
//! the outage, by a client that knew whom to ask; so the outage is what it took more than that.
//! The paper lets the master tell the clients of a new head or tail. Here that one does so itself,
//! as soon as the master has told it, which is the second of the two delays.

mod cluster;

use cluster::{GETS, PUTS, Trace, clients, config, crash, run, spec};
use service::Mix;

/// A chain of so many; this one crashes after a second.
fn fail(t: u32, node: u32, mix: Mix) -> Trace {
    let mut spec = spec(config(t), clients(1, 60, mix));
    crash(&mut spec, node, 1_000);
    run(spec).1
}

#[test]
fn without_a_head_updates_are_delayed_by_2() {
    for t in [2, 3, 5, 7] {
        let trace = fail(t, 0, PUTS);
        let detected = trace.marked("suspected");
        let client = t + 1;
        assert_eq!(trace.first("Configure", 1, detected), detected + 1, "t = {t}");
        assert_eq!(trace.first("Routes", client, detected), detected + 2, "t = {t}");
        // An update through a chain of t - 1 takes t delays.
        let asked = trace.under_way(detected);
        assert_eq!(asked.answered, Some(detected + 2 + u64::from(t)), "t = {t}");
    }
}

#[test]
fn without_a_replica_in_the_middle_updates_are_delayed_by_4() {
    for t in [3, 5, 7] {
        for failed in 1..t - 1 {
            let trace = fail(t, failed, PUTS);
            let detected = trace.marked("suspected");
            let (before, behind, master) = (failed - 1, failed + 1, t);
            // Figure 3: to the new successor, its answer, to the predecessor, what was missed.
            assert_eq!(trace.first("Configure", behind, detected), detected + 1);
            let asked = trace.first("Installed", master, detected + 2);
            assert_eq!(asked, detected + 2);
            assert_eq!(trace.first("Configure", before, detected), detected + 3);
            assert_eq!(trace.first("Resume", behind, detected), detected + 4);
            // From there the update goes on to the tail, and to the client.
            let rest = u64::from(t - 1 - behind) + 1;
            let asked = trace.under_way(detected);
            assert_eq!(asked.answered, Some(detected + 4 + rest), "{failed} of {t}");
        }
    }
}

#[test]
fn without_a_tail_updates_are_delayed_by_2() {
    for t in [2, 3, 5, 7] {
        let trace = fail(t, t - 1, PUTS);
        let detected = trace.marked("suspected");
        assert_eq!(trace.first("Configure", t - 2, detected), detected + 1, "t = {t}");
        // The new tail has it already, and answers.
        let asked = trace.under_way(detected);
        assert_eq!(asked.answered, Some(detected + 2), "t = {t}");
    }
}

#[test]
fn without_a_tail_queries_are_delayed_by_2() {
    for t in [2, 3, 5, 7] {
        let trace = fail(t, t - 1, GETS);
        let detected = trace.marked("suspected");
        let client = t + 1;
        assert_eq!(trace.first("Routes", client, detected), detected + 2, "t = {t}");
        // A query takes 2 delays by itself.
        let asked = trace.under_way(detected);
        assert_eq!(asked.answered, Some(detected + 2 + 2), "t = {t}");
    }
}

#[test]
fn without_a_head_or_a_replica_in_the_middle_queries_go_on() {
    for t in [2, 3, 5, 7] {
        for failed in 0..t - 1 {
            let trace = fail(t, failed, GETS);
            assert!(trace.marked("suspected") > 1_000);
            let known = &trace.operations[1..];
            assert!(known.iter().all(|asked| asked.delays() == 2), "{failed} of {t}");
            assert_eq!(known.len(), 59);
        }
    }
}
