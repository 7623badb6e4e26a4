//! Section 5.5: follower and candidate crashes.

use raft::{AppendResult, Index, Timer};

use crate::cluster::config;
use crate::group::Group;
use crate::server::{
    TestServer, append, disk, entry, kinds, put, results, vote, vote_request, votes,
};

/// "Raft RPCs are idempotent ... if a follower receives an AppendEntries request that includes log
/// entries already present in its log, it ignores those entries in the new request."
#[test]
fn an_append_that_arrives_twice_is_answered_twice_and_done_once() {
    let mut server = TestServer::new(0, config(3));
    let message = append(1, (0, 0), vec![entry(1, 1), entry(1, 2)], 1);
    for _ in 0..2 {
        let sent = server.receive(1, message.clone());
        assert_eq!(results(&sent), [AppendResult::Success(Index(2))]);
        assert_eq!((server.terms(), server.commit()), (vec![1, 1], 1));
    }
}

/// "If a server crashes after completing an RPC but before responding, then it will receive the
/// same RPC again after it restarts."
#[test]
fn an_append_is_completed_after_a_crash() {
    let mut server = TestServer::new(0, config(3));
    server.slow_disk = true;
    let message = append(1, (0, 0), vec![entry(1, 1)], 0);
    assert_eq!(kinds(&server.receive(1, message.clone())), []);
    // The entry was durable, and its answer was not sent.
    let _lost_answer = server.sync();
    server.restart();
    server.slow_disk = false;
    assert_eq!(results(&server.receive(1, message)), [AppendResult::Success(Index(1))]);
    assert_eq!(server.terms(), [1]);
}

#[test]
fn what_was_not_durable_was_never_acknowledged() {
    let mut server = TestServer::new(0, config(3));
    server.slow_disk = true;
    assert_eq!(kinds(&server.receive(1, append(1, (0, 0), vec![entry(1, 1)], 0))), []);
    assert_eq!(kinds(&server.receive(2, vote_request(2, 1, 1))), []);
    server.restart();
    assert_eq!((server.term(), server.terms()), (0, vec![]));
    assert_eq!(kinds(&server.sync()), [], "what the barrier held is lost with the incarnation");
}

#[test]
fn a_candidate_that_crashes_does_not_forget_that_it_voted_for_itself() {
    let mut server = TestServer::new(0, config(3));
    server.fire(Timer::Election);
    server.restart();
    assert_eq!((server.role(), server.term()), ("follower", 1));
    assert_eq!(votes(&server.receive(1, vote_request(1, 0, 0))), [(1, 1, false)]);
    // Late votes of the campaign before the crash elect no leader.
    server.receive(1, vote(1, true));
    server.receive(2, vote(1, true));
    assert_eq!(server.role(), "follower");
}

/// "Volatile state on all servers" (figure 2): the commit index begins at 0, and is learnt again.
#[test]
fn the_state_machine_is_made_again_from_the_log() {
    let mut group = Group::new(3, &config(3));
    group.elect(0);
    for sequence in 1..=3 {
        group.ask(0, sequence, put(&sequence.to_string()));
    }
    group.deliver_all();
    group.heartbeat(0);
    assert_eq!(group.servers[1].value(1), Some("3"));
    group.server(1).restart();
    assert_eq!((group.servers[1].commit(), group.servers[1].value(1)), (0, None));
    assert_eq!(group.servers[1].terms(), [1; 4], "the log is on disk");
    group.heartbeat(0);
    assert_eq!((group.servers[1].commit(), group.servers[1].value(1)), (4, Some("3")));
}

/// "Persistent state on all servers": term, vote and log; nothing else needs to survive.
#[test]
fn term_vote_and_log_survive() {
    let mut server = TestServer::with_disk(0, config(3), disk(2, &[1, 2]));
    server.receive(1, vote_request(3, 2, 2));
    server.receive(1, append(3, (2, 2), vec![entry(3, 3)], 0));
    let before = (*server.disk).clone();
    server.restart();
    assert_eq!(*server.disk, before, "a start writes nothing");
    assert_eq!((server.term(), server.terms()), (3, vec![1, 2, 3]));
    assert_eq!(votes(&server.receive(2, vote_request(3, 9, 3))), [(2, 3, false)]);
}

/// All servers crash at once, and the cluster goes on where it was.
#[test]
fn a_cold_restart_of_all_loses_nothing_that_was_acknowledged() {
    let mut group = Group::new(3, &config(3));
    group.elect(0);
    group.ask(0, 1, put("a"));
    group.deliver_all();
    assert_eq!(group.answered.len(), 1);
    group.servers.iter_mut().for_each(TestServer::restart);
    group.elect(1);
    group.heartbeat(1);
    for server in &group.servers {
        assert_eq!(server.value(1), Some("a"), "{}", server.id);
    }
}
