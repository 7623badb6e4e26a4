//! Section 5.2: leader election.

use raft::{Config, Message, Timer};
use sim_node::Span;

use crate::cluster::{config, ms};
use crate::group::Group;
use crate::server::{
    TestServer, append, appends, disk, get, heartbeat, kinds, matched, vote, vote_request, votes,
};

/// "When servers start up, they begin as followers."
#[test]
fn servers_begin_as_followers_that_wait_for_a_leader() {
    for mut server in
        [TestServer::new(0, config(3)), TestServer::with_disk(0, config(3), disk(4, &[1, 4]))]
    {
        assert_eq!(server.role(), "follower");
        assert_eq!(server.timers.keys().collect::<Vec<_>>(), [&Timer::Election]);
        server.restart();
        assert_eq!(server.role(), "follower");
    }
}

/// "A server remains in follower state as long as it receives valid RPCs from a leader or
/// candidate": nothing but its own timer makes it campaign.
#[test]
fn a_follower_whose_timer_has_not_expired_does_not_campaign() {
    let mut server = TestServer::new(0, config(3));
    for message in [
        heartbeat(1),
        vote_request(1, 0, 0),
        vote(1, true),
        vote(1, false),
        matched(1, 4),
        append(2, (0, 0), Vec::new(), 0),
        Message::Persisted(raft::Term(1), raft::Index(1)),
        crate::server::request(1, get()),
    ] {
        server.wait(10_000);
        let sent = server.receive(1, message.clone());
        assert_eq!(server.role(), "follower", "{message:?}");
        assert!(kinds(&sent).iter().all(|(_, kind)| *kind != "RequestVote"), "{message:?}");
    }
}

/// A heartbeat of the leader starts the election timeout anew.
#[test]
fn a_heartbeat_restarts_the_election_timer() {
    for entries in [Vec::new(), vec![crate::server::entry(1, 1)]] {
        let mut server = TestServer::new(0, config(3));
        server.receive(1, append(1, (0, 0), entries, 0));
        assert!(server.has_set(Timer::Election));
    }
}

/// "To begin an election, a follower increments its current term and transitions to candidate
/// state. It then votes for itself and issues RequestVote RPCs in parallel to each of the other
/// servers."
#[test]
fn a_candidate_begins_a_term_votes_for_itself_and_asks_all_others() {
    let mut server = TestServer::with_disk(2, config(5), disk(3, &[1, 3]));
    let sent = server.fire(Timer::Election);
    assert_eq!((server.role(), server.term()), ("candidate", 4));
    assert_eq!(server.disk.vote, Some(server.id), "its vote is its own");
    let mut asked = Vec::new();
    for (to, message) in &sent {
        let Message::RequestVote(request) = message else { panic!("{message:?}") };
        assert_eq!((request.term.0, request.last_log_index.0, request.last_log_term.0), (4, 2, 3));
        asked.push(to.number());
    }
    assert_eq!(asked, [0, 1, 3, 4]);
    assert!(server.has_set(Timer::Election), "and it waits for the outcome");
}

/// The vote is "updated on stable storage before responding to RPCs" (figure 2); so is the own one
/// before a message names it.
#[test]
fn a_candidate_is_silent_until_its_vote_is_durable() {
    let mut server = TestServer::new(0, config(3));
    server.slow_disk = true;
    assert_eq!(kinds(&server.fire(Timer::Election)), []);
    assert_eq!(kinds(&server.sync()), [(1, "RequestVote"), (2, "RequestVote")]);
    assert_eq!((server.disk.term.0, server.disk.vote), (1, Some(server.id)));
}

/// "A candidate wins an election if it receives votes from a majority of the servers in the full
/// cluster for the same term."
#[test]
fn a_majority_elects_and_less_does_not() {
    for servers in 1..=9 {
        let mut server = TestServer::new(0, config(servers));
        server.fire(Timer::Election);
        for voter in 1..servers {
            let others = voter - 1;
            let majority = 2 * (others + 1) > servers;
            assert_eq!(server.node.is_leader(), majority, "{others} others of {servers}");
            server.receive(voter, vote(1, true));
        }
        assert!(server.node.is_leader(), "all of {servers}");
    }
}

#[test]
fn a_vote_that_arrives_twice_counts_once() {
    let mut server = TestServer::new(0, config(5));
    server.fire(Timer::Election);
    for _ in 0..5 {
        server.receive(1, vote(1, true));
    }
    assert_eq!(server.role(), "candidate");
    server.receive(2, vote(1, true));
    assert_eq!(server.role(), "leader");
}

#[test]
fn refusals_elect_no_leader() {
    let mut server = TestServer::new(0, config(5));
    server.fire(Timer::Election);
    for voter in 1..5 {
        server.receive(voter, vote(1, false));
        assert_eq!(server.role(), "candidate");
    }
}

/// A vote counts only in a configuration in which the voter has one.
#[test]
fn the_vote_of_a_server_without_a_vote_does_not_count() {
    let mut server = TestServer::new(0, config(3));
    server.fire(Timer::Election);
    server.receive(7, vote(1, true));
    server.receive(8, vote(1, true));
    assert_eq!(server.role(), "candidate");
}

/// "Each server will vote for at most one candidate in a given term, on a first-come-first-served
/// basis."
#[test]
fn votes_are_given_first_come_first_served_and_once() {
    let mut server = TestServer::new(0, config(5));
    assert_eq!(votes(&server.receive(3, vote_request(1, 0, 0))), [(3, 1, true)]);
    assert_eq!(votes(&server.receive(1, vote_request(1, 0, 0))), [(1, 1, false)]);
    assert_eq!(
        votes(&server.receive(4, vote_request(1, 9, 1))),
        [(4, 1, false)],
        "however long its log"
    );
    assert_eq!(
        votes(&server.receive(3, vote_request(1, 0, 0))),
        [(3, 1, true)],
        "the same, once more"
    );
    assert_eq!(votes(&server.receive(1, vote_request(2, 0, 0))), [(1, 2, true)], "another term");
}

#[test]
fn a_candidate_and_a_leader_have_given_their_vote() {
    let mut candidate = TestServer::new(0, config(3));
    candidate.fire(Timer::Election);
    assert_eq!(votes(&candidate.receive(1, vote_request(1, 9, 0))), [(1, 1, false)]);
    let mut leader = TestServer::new(0, config(3));
    leader.elect();
    assert_eq!(votes(&leader.receive(2, vote_request(1, 9, 1))), [(2, 1, false)]);
}

/// A vote is durable before it is given, so a crash does not give it twice.
#[test]
fn a_vote_survives_a_crash() {
    let mut server = TestServer::new(0, config(3));
    server.slow_disk = true;
    assert_eq!(votes(&server.receive(1, vote_request(1, 0, 0))), []);
    assert_eq!(votes(&server.sync()), [(1, 1, true)]);
    server.restart();
    server.slow_disk = false;
    assert_eq!(votes(&server.receive(2, vote_request(1, 0, 0))), [(2, 1, false)]);
    assert_eq!(votes(&server.receive(1, vote_request(1, 0, 0))), [(1, 1, true)]);
}

/// Figure 2, rules for followers: the timeout elapses "without receiving AppendEntries RPC from
/// current leader or granting vote to candidate".
#[test]
fn a_vote_given_restarts_the_election_timer_and_one_refused_does_not() {
    let mut server = TestServer::with_disk(0, config(5), disk(1, &[1, 1]));
    // A new term restarts it as well, so this is about the second candidate of the term.
    server.receive(1, vote_request(2, 1, 1));
    assert_eq!(votes(&server.receive(2, vote_request(2, 0, 0))), [(2, 2, false)]);
    assert!(!server.has_set(Timer::Election));
    assert_eq!(votes(&server.receive(3, vote_request(2, 2, 1))), [(3, 2, true)]);
    assert!(server.has_set(Timer::Election));
}

/// "Once a candidate wins an election, it becomes leader. It then sends heartbeat messages to all
/// of the other servers to establish its authority and prevent new elections."
#[test]
fn a_new_leader_sends_heartbeats_at_once_and_regularly() {
    for noop in [true, false] {
        let mut server = TestServer::new(0, Config { noop, ..config(5) });
        let sent = server.elect();
        let to: Vec<u32> = appends(&sent).into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, [1, 2, 3, 4], "noop: {noop}");
        assert!(!server.timers.contains_key(&Timer::Election), "a leader waits for no leader");
        for _ in 0..3 {
            let sent = server.fire(Timer::Heartbeat);
            let mut to: Vec<u32> = appends(&sent).into_iter().map(|(to, _)| to).collect();
            to.dedup();
            assert_eq!(to, [1, 2, 3, 4], "noop: {noop}");
            assert!(server.has_set(Timer::Heartbeat), "and so on");
        }
    }
}

/// "If the leader's term (included in its RPC) is at least as large as the candidate's current
/// term, then the candidate recognizes the leader as legitimate and returns to follower state. If
/// the term in the RPC is smaller, then the candidate rejects the RPC and continues in candidate
/// state."
#[test]
fn a_candidate_recognises_a_leader_of_its_term_and_no_older_one() {
    for (term, role) in [(2, "candidate"), (3, "follower"), (4, "follower")] {
        let mut server = TestServer::with_disk(0, config(3), disk(2, &[]));
        server.fire(Timer::Election);
        assert_eq!(server.term(), 3);
        server.receive(1, heartbeat(term));
        assert_eq!(server.role(), role, "an append of term {term}");
    }
}

/// "If many followers become candidates at the same time, votes could be split ... each candidate
/// will time out and start a new election by incrementing its term."
#[test]
fn a_split_vote_ends_with_a_new_term() {
    let mut group = Group::new(4, &config(4));
    group.fire(0, Timer::Election);
    group.fire(1, Timer::Election);
    // Each gets one vote besides its own, of the three that it needs.
    let turn = |from: u32, to: u32| (from == 0 && to == 3) || (from == 1 && to == 2);
    group.deliver_all_but(|from, to, _| turn(from, to));
    assert_eq!((group.servers[0].role(), group.servers[1].role()), ("candidate", "candidate"));
    group.elect(0);
    assert_eq!(group.servers.iter().map(TestServer::term).collect::<Vec<_>>(), [2; 4]);
    assert_eq!(group.servers[1].role(), "follower");
}

/// "Election timeouts are chosen randomly from a fixed interval", "each candidate restarts its
/// randomized election timeout at the start of an election".
#[test]
fn every_wait_for_a_leader_is_drawn_anew_from_the_whole_interval() {
    let mut server = TestServer::new(0, config(3));
    let span = Span::between(ms(150), ms(300));
    assert_eq!(server.timers[&Timer::Election], span);
    for message in [heartbeat(1), vote_request(2, 0, 0)] {
        server.receive(1, message);
        assert!(server.has_set(Timer::Election));
        assert_eq!(server.timers[&Timer::Election], span);
    }
    for _ in 0..3 {
        server.fire(Timer::Election);
        assert_eq!(server.timers[&Timer::Election], span);
    }
}
