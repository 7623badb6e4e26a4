//! What a failure costs, in message delays after the view service has detected it (van Renesse and
//! Schneider 2004, section 4): "a transient outage of 5 message delays is experienced" when the
//! primary fails, "at most 1 message delay" when a backup does.
//!
//! Theirs, for the primary: the master asks all backups how far they are and tells them to suspend
//! (1), they answer (2), it names the new primary (3), which forwards what others lack (4), and the
//! clients are told (5). Here clients are told by the replicas they ask, beside (4), and wait at
//! the new primary; the fifth is the acknowledgement that all have what it has, without which an
//! answer could be lost again.

mod cluster;

use cluster::{GETS, PUTS, at, config, crash, one_client, run, sent, spec};
use primary_backup::Reads;
use sim_check::SimTime;
use sim_node::NodeId;

const CRASH: u64 = 1_000;

fn delays(from: SimTime, to: SimTime) -> u64 {
    assert_eq!((to - from).as_nanos() % 1_000_000, 0, "messages take a millisecond");
    (to - from).as_nanos() / 1_000_000
}

/// Suspend, report, new view, forward, acknowledgement: whatever the number of backups.
#[test]
fn a_primary_costs_five_message_delays() {
    for n in [3, 5, 7] {
        let mut spec = spec(config(n, Reads::Forward), one_client(200, PUTS, 7), at(3_000));
        crash(&mut spec, CRASH, 0);
        let (outcome, watch) = run(spec);
        let suspected = watch.first("suspected", at(CRASH));
        let serves = watch.first("in service", suspected);
        assert_eq!(delays(suspected, serves), 5, "{n} replicas");
        let others = u64::from(n) - 1;
        assert_eq!(sent(&outcome, "Suspend"), others, "{n} replicas");
        assert_eq!(sent(&outcome, "Report"), others, "{n} replicas");
        assert_eq!(sent(&outcome, "NewView"), others, "{n} replicas");
    }
}

/// A new primary without a backup has no backup to forward anything to.
#[test]
fn the_last_replica_is_primary_after_three() {
    let mut spec = spec(config(2, Reads::Forward), one_client(100, PUTS, 7), at(3_000));
    crash(&mut spec, CRASH, 0);
    let (_, watch) = run(spec);
    let suspected = watch.first("suspected", at(CRASH));
    assert_eq!(delays(suspected, watch.first("in service", suspected)), 3);
}

/// "... while the master sends a message to the primary indicating that acknowledgements will not
/// be forthcoming from the failed backup." The reply takes one more to the client.
#[test]
fn a_backup_costs_one_message_delay() {
    for n in [2, 3, 5, 7] {
        let mut spec = spec(config(n, Reads::Forward), one_client(100, PUTS, 7), at(3_000));
        crash(&mut spec, CRASH, n - 1);
        let (outcome, watch) = run(spec);
        let suspected = watch.first("suspected", at(CRASH));
        let waits = |begin: SimTime, end: SimTime| begin < suspected && end > suspected;
        let ended = watch.operations.iter().find_map(|(_, begin, end)| {
            let end = (*end)?;
            waits(*begin, end).then_some(end)
        });
        let ended = ended.expect("an update was in progress");
        assert_eq!(delays(suspected, ended), 1 + 1, "{n} replicas");
        assert_eq!(sent(&outcome, "NewView"), 1, "only the primary is told");
        assert_eq!(sent(&outcome, "Suspend"), 0);
    }
}

/// "Query processing continues uninterrupted provided no update requests are in progress", where
/// the primary reads alone.
#[test]
fn reads_go_on_when_a_backup_fails() {
    for reads in [Reads::Local, Reads::Lease] {
        let mut spec = spec(config(3, reads), one_client(200, GETS, 7), at(3_000));
        crash(&mut spec, CRASH, 2);
        let (_, watch) = run(spec);
        assert_eq!(watch.delays()[1..], [2; 199], "{reads:?}");
    }
}

/// The backup that has the most updates succeeds, and the others get what they lack.
#[test]
fn all_have_the_same_updates_after_a_failure() {
    for n in [3, 5] {
        let mut spec = spec(config(n, Reads::Forward), one_client(150, PUTS, 3), at(4_000));
        crash(&mut spec, CRASH, 0);
        let (outcome, watch) = run(spec);
        assert!(outcome.findings.is_empty(), "{:?}", outcome.findings);
        assert_eq!(watch.delays().len(), 150, "every operation is answered");
        let new = watch.marks.iter().rfind(|(_, _, name)| *name == "in service");
        assert_eq!(new.expect("a primary").1, NodeId::new(1), "equal counts: the lowest number");
    }
}
