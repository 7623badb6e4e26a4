//! Thesis, 6.4.1: reads by lease, which assume that clocks drift apart by no more than a bound.

use raft::{
    Admin, AppendEntriesReply, AppendKind, AppendResult, Config, LeaseClock, Message, Reads, Term,
    Timer,
};
use sim_node::{Ratio, WallTime};

use crate::cluster::config;
use crate::server::{
    TestServer, answers, appends, disk, get, heartbeat, kinds, matched, node, vote_request, votes,
};

/// The shortest election timeout is 150ms, the drift 1%: a lease lasts less than 148.5ms.
fn features(servers: u32) -> Config {
    Config { reads: Reads::Lease, ..config(servers) }
}

/// The leader sends heartbeats, and these followers answer after so long.
fn confirm(server: &mut TestServer, followers: &[u32], after: u64) {
    let sent = server.fire(Timer::Heartbeat);
    let append = appends(&sent).first().map(|(_, append)| (*append).clone()).expect("a heartbeat");
    server.wait(after);
    for follower in followers {
        let reply = AppendEntriesReply {
            term: append.term,
            kind: AppendKind::Heartbeat,
            sent_at: append.sent_at,
            round: append.round,
            result: AppendResult::Success(append.prev_log_index),
        };
        server.receive(*follower, Message::AppendEntriesReply(reply));
    }
}

fn leader(servers: u32) -> TestServer {
    leader_with(servers, features(servers))
}

fn leader_with(servers: u32, config: Config) -> TestServer {
    let mut server = TestServer::new(0, config);
    server.elect();
    for follower in 1..servers {
        server.receive(follower, matched(1, 1));
    }
    server.wait(1_000);
    server
}

/// Whether a read is answered at once, without a message to anybody.
fn reads_alone(server: &mut TestServer, sequence: u64) -> bool {
    let sent = server.ask(sequence, get());
    let alone = answers(&sent).len() == 1;
    assert_eq!(alone, appends(&sent).is_empty(), "either alone, or by a round");
    alone
}

#[test]
fn a_leader_with_a_lease_reads_alone() {
    let mut server = leader(3);
    assert!(!reads_alone(&mut server, 1), "no follower has answered for a second");
    confirm(&mut server, &[1], 2);
    assert!(reads_alone(&mut server, 2));
}

/// "Once the leader's heartbeats were acknowledged by a majority of the cluster, the leader would
/// extend its lease to start + election timeout / clock drift bound": from the sending, not from
/// the answer.
#[test]
fn a_lease_counts_from_the_sending_of_the_heartbeat() {
    for (answer, wait, alone) in
        [(0, 148, true), (0, 149, false), (100, 48, true), (100, 49, false), (149, 0, false)]
    {
        let mut server = leader(3);
        confirm(&mut server, &[1], answer);
        server.wait(wait);
        assert_eq!(
            reads_alone(&mut server, 1),
            alone,
            "answered after {answer}ms, read {wait}ms later"
        );
    }
}

#[test]
fn a_lease_is_shorter_by_the_drift() {
    for (percent, lasts) in [(0, 150), (1, 149), (10, 135), (50, 75)] {
        for (wait, alone) in [(lasts - 1, true), (lasts, false)] {
            let drift = Ratio::from_percent(percent);
            let mut server = TestServer::new(0, Config { lease_drift: drift, ..features(3) });
            server.elect();
            server.receive(1, matched(1, 1));
            confirm(&mut server, &[1], 0);
            server.wait(wait);
            assert_eq!(reads_alone(&mut server, 1), alone, "{percent}%, after {wait}ms");
        }
    }
}

/// A majority must have answered of late: each of them binds one vote.
#[test]
fn a_lease_is_given_by_a_majority() {
    let mut server = leader(5);
    confirm(&mut server, &[1], 1);
    assert!(!reads_alone(&mut server, 1), "two of five");
    confirm(&mut server, &[2], 1);
    assert!(reads_alone(&mut server, 2), "three of five, within the time");
    server.wait(147);
    assert!(!reads_alone(&mut server, 3), "the older of the two answers is too old");
}

/// A lease says who leads, and not what is committed: step 1 of 6.4 holds here as well.
#[test]
fn a_lease_does_not_spare_the_entry_of_the_own_term() {
    let mut server = TestServer::with_disk(0, Config { noop: false, ..features(3) }, disk(1, &[1]));
    server.elect();
    confirm(&mut server, &[1, 2], 1);
    assert_eq!(answers(&server.ask(1, get())), []);
    let sent = server.receive(1, matched(2, 2));
    assert_eq!(answers(&sent).len(), 1, "it was committed, and the lease lasts");
}

/// The lease of an earlier term is worth nothing.
#[test]
fn a_new_leader_has_no_lease() {
    let mut server = leader(3);
    confirm(&mut server, &[1, 2], 1);
    server.receive(1, crate::server::reply(2, AppendResult::StaleTerm));
    server.elect();
    server.receive(1, matched(3, 2));
    assert!(!reads_alone(&mut server, 1), "that answer was to nothing it has sent of late");
}

/// The other half of the bargain: voters withhold their votes for the shortest timeout after they
/// have received a message of the leader, whatever the candidate's term is.
#[test]
fn voters_withhold_their_votes_for_the_shortest_timeout() {
    for term in [1, 2, 9] {
        let mut server = TestServer::new(1, features(3));
        server.receive(0, heartbeat(1));
        server.wait(149);
        assert_eq!(kinds(&server.receive(2, vote_request(term, 9, 9))), [], "term {term}");
        assert!(server.marked("vote withheld"));
        server.wait(1);
        assert_eq!(votes(&server.receive(2, vote_request(term, 9, 9))), [(2, term, true)]);
    }
}

/// A server that has just restarted may have received a heartbeat shortly before it crashed.
#[test]
fn voters_withhold_their_votes_after_a_restart() {
    let mut server = TestServer::new(1, features(3));
    server.receive(0, heartbeat(1));
    server.restart();
    server.wait(149);
    assert_eq!(kinds(&server.receive(2, vote_request(2, 9, 9))), []);
    server.wait(1);
    assert_eq!(votes(&server.receive(2, vote_request(2, 9, 9))), [(2, 2, true)]);
    let mut fresh = TestServer::new(1, features(3));
    assert_eq!(votes(&fresh.receive(2, vote_request(2, 9, 9))).len(), 1, "it withholds no vote");
}

/// A transfer lets its target be elected at once, so no lease holds from then on, in this term: not
/// while it lasts, nor after it was aborted, since the target may still have been told.
#[test]
fn a_lease_is_void_once_a_transfer_begins() {
    let mut server = leader(3);
    confirm(&mut server, &[1, 2], 1);
    assert!(reads_alone(&mut server, 1));
    server.admin(Admin::Transfer(node(1)));
    assert_eq!(
        answers(&server.ask(2, get())),
        [service::Answer::Redirect(None)],
        "while it lasts, nothing is served"
    );
    server.fire(Timer::Transfer);
    confirm(&mut server, &[1, 2], 1);
    assert!(!reads_alone(&mut server, 3), "nor afterwards without a round");
}

/// Answers of an old term extend no lease.
#[test]
fn a_stale_answer_extends_no_lease() {
    let mut server = leader(3);
    let reply = AppendEntriesReply {
        term: Term(1),
        kind: AppendKind::Heartbeat,
        sent_at: server.now,
        round: 0,
        result: AppendResult::StaleTerm,
    };
    server.receive(1, Message::AppendEntriesReply(reply));
    assert!(!reads_alone(&mut server, 1));
}

/// The bound on drift is one of clocks that do not jump.
#[test]
fn a_lease_by_the_wall_clock_outlives_a_jump_and_one_by_the_monotonic_clock_does_not() {
    for (lease_clock, outlives) in [(LeaseClock::Wall, true), (LeaseClock::Monotonic, false)] {
        let mut server = leader_with(3, Config { lease_clock, ..features(3) });
        confirm(&mut server, &[1], 2);
        assert!(reads_alone(&mut server, 1));
        // An hour back.
        server.wall = WallTime::from_nanos(server.wall.as_nanos() - 3_600_000_000_000);
        server.wait(1_000);
        assert_eq!(reads_alone(&mut server, 2), outlives, "{lease_clock:?}");
    }
}

#[test]
fn a_wall_clock_that_does_not_jump_measures_leases_as_well() {
    let mut server = leader_with(3, Config { lease_clock: LeaseClock::Wall, ..features(3) });
    confirm(&mut server, &[1], 2);
    server.wait(145);
    assert!(reads_alone(&mut server, 1));
    server.wait(2);
    assert!(!reads_alone(&mut server, 2), "149 ms after the heartbeat the lease is over");
}
