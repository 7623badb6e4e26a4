//! Section 5.4: the election restriction, and which entries may be committed.

use raft::{Config, Disk, Timer};

use crate::cluster::config;
use crate::group::Group;
use crate::server::{TestServer, append, disk, entry, matched, put, vote_request, votes};

/// Section 5.4.1: "the voter denies its vote if its own log is more up-to-date than that of the
/// candidate": the later last term, and with the same the longer log.
#[test]
fn a_candidate_with_an_older_log_gets_no_vote() {
    for (last, last_term, granted) in [
        (3, 2, true),
        (4, 2, true),
        (2, 2, false),
        (0, 0, false),
        (3, 1, false),
        (99, 1, false),
        (1, 3, true),
        (2, 3, true),
        (3, 3, true),
    ] {
        let mut server = TestServer::with_disk(0, config(3), disk(3, &[1, 1, 2]));
        let sent = server.receive(1, vote_request(4, last, last_term));
        assert_eq!(votes(&sent), [(1, 4, granted)], "a log that ends with {last}/{last_term}");
    }
}

/// A refused candidate does not take the vote away from another.
#[test]
fn a_vote_that_is_refused_is_still_there_to_give() {
    let mut server = TestServer::with_disk(0, config(3), disk(1, &[1, 1]));
    assert_eq!(votes(&server.receive(1, vote_request(2, 1, 1))), [(1, 2, false)]);
    assert_eq!(votes(&server.receive(2, vote_request(2, 2, 1))), [(2, 2, true)]);
}

/// "A candidate must contact a majority of the cluster in order to be elected, which means that
/// every committed entry must be present in at least one of those servers": a candidate that lacks
/// one cannot win.
#[test]
fn a_server_that_lacks_a_committed_entry_is_not_elected() {
    for missing in 1..5 {
        let mut group = Group::new(5, &config(5));
        group.elect(0);
        group.cut.insert(missing);
        let other = if missing == 4 { 3 } else { 4 };
        group.cut.insert(other);
        group.ask(0, 1, put("a"));
        group.deliver_all();
        assert_eq!(group.answered.len(), 1, "three of five have it");
        group.cut = [0].into();
        for _ in 0..5 {
            group.fire(missing, Timer::Election);
            group.deliver_all();
            assert!(!group.servers[missing as usize].node.is_leader());
        }
        let holder = (1..5).find(|id| *id != missing && *id != other).expect("two of them");
        group.elect_in_the_end(holder);
        group.heartbeat(holder);
        assert_eq!(group.servers[missing as usize].value(1), Some("a"));
    }
}

/// Section 5.4.2: "Raft never commits log entries from previous terms by counting replicas. Only
/// log entries from the leader's current term are committed by counting replicas; once an entry
/// from the current term has been committed in this way, then all prior entries are committed
/// indirectly."
#[test]
fn only_entries_of_the_own_term_are_committed_by_counting() {
    let mut server =
        TestServer::with_disk(0, Config { noop: false, ..config(5) }, disk(3, &[1, 2]));
    server.elect();
    for follower in 1..5 {
        server.receive(follower, matched(4, 2));
        assert_eq!(server.commit(), 0, "{follower} others have all that there is");
    }
    server.ask(1, put("a"));
    server.receive(1, matched(4, 3));
    assert_eq!(server.commit(), 0);
    server.receive(2, matched(4, 3));
    assert_eq!(server.commit(), 3, "and with it what came before");
}

/// The cluster of figure 8 at (c), S1 to S5 being n0 to n4: S1 leads term 4 and has brought its
/// entry of term 2 to a majority.
fn figure_8_c() -> Group {
    let logs: [(u64, &[u64]); 5] = [(3, &[1, 2]), (2, &[1, 2]), (3, &[1]), (3, &[1]), (3, &[1, 3])];
    let disks: Vec<Disk> = logs.into_iter().map(|(term, log)| disk(term, log)).collect();
    let mut group = Group::with_disks(disks, &Config { noop: false, ..config(5) });
    // S4 votes, and gets no entry; S5 receives nothing.
    group.cut.insert(4);
    group.fire(0, Timer::Election);
    group.deliver_all_but(|_, to, message| {
        to == 3 && !matches!(message, raft::Message::RequestVote(_))
    });
    assert!(group.servers[0].node.is_leader());
    let logs = [&[1, 2][..], &[1, 2], &[1, 2], &[1], &[1, 3]];
    assert!(group.servers.iter().zip(logs).all(|(server, log)| server.terms() == log));
    group
}

#[test]
fn figure_8_an_old_entry_on_a_majority_is_not_committed_and_may_be_overwritten() {
    let mut group = figure_8_c();
    assert_eq!(group.servers[0].commit(), 0, "(c): three of five have the entry of term 2");
    // (d): S1 crashes, and S5 is elected by S2, S3 and S4 and replicates its own entry of term 3.
    group.cut = [0].into();
    group.elect_in_the_end(4);
    for server in &group.servers[1..] {
        assert_eq!(server.terms(), [1, 3], "{}", server.id);
    }
    assert_eq!(
        group.servers.iter().map(TestServer::commit).max(),
        Some(0),
        "nothing committed is lost"
    );
}

#[test]
fn figure_8_an_entry_of_the_own_term_on_a_majority_settles_all_before_it() {
    let mut group = figure_8_c();
    // (e): S1 replicates an entry of term 4 to a majority before it crashes.
    group.cut = [3, 4].into();
    group.ask(0, 1, put("a"));
    group.deliver_all();
    assert_eq!(group.servers[0].commit(), 3);
    group.cut = [0].into();
    for _ in 0..5 {
        group.fire(4, Timer::Election);
        group.deliver_all();
        assert!(!group.servers[4].node.is_leader(), "S5 cannot win any more");
    }
}

/// Section 5.4.3, State Machine Safety: a server never replaces what it has committed. That an
/// append would is an error in the protocol, which is told at once.
#[test]
#[should_panic(expected = "RF5")]
fn an_append_that_would_replace_a_committed_entry_is_detected() {
    let mut server = TestServer::with_disk(0, config(3), disk(1, &[1, 1]));
    server.receive(1, append(1, (2, 1), Vec::new(), 2));
    server.receive(2, append(2, (1, 1), vec![entry(2, 2)], 0));
}

/// Election Safety: two leaders in one term would be an error in the protocol as well.
#[test]
#[should_panic(expected = "RF1")]
fn a_second_leader_of_the_term_is_detected() {
    let mut server = TestServer::new(0, config(3));
    server.elect();
    server.receive(1, append(1, (0, 0), Vec::new(), 0));
}
