//! Thesis, 9.6: pre-votes, which keep a server that comes back from disrupting the cluster.

use raft::{Config, Disk, Index, Message, RequestVote, RequestVoteReply, Term, Timer};
use sim_node::Effect;

use crate::cluster::config;
use crate::group::Group;
use crate::server::{Sent, TestServer, disk, heartbeat, kinds, vote, vote_request, votes};

fn features(servers: u32) -> Config {
    Config { pre_vote: true, ..config(servers) }
}

fn pre_vote(term: u64, last: u64, last_term: u64) -> Message {
    let (last_log_index, last_log_term) = (Index(last), Term(last_term));
    Message::PreVote(RequestVote {
        term: Term(term),
        last_log_index,
        last_log_term,
        leadership_transfer: false,
    })
}

fn pre_vote_reply(term: u64, vote_granted: bool) -> Message {
    Message::PreVoteReply(RequestVoteReply { term: Term(term), vote_granted })
}

/// The answers to pre-votes: in which term, granted or not.
fn pre_votes(sent: &[Sent]) -> Vec<(u64, bool)> {
    let vote = |(_, message): &Sent| match message {
        Message::PreVoteReply(RequestVoteReply { term, vote_granted }) => {
            Some((term.0, *vote_granted))
        }
        _ => None,
    };
    sent.iter().filter_map(vote).collect()
}

/// "A candidate only increments its term if it first learns from a majority of the cluster that
/// they would be willing to grant the candidate their votes."
#[test]
fn a_pre_vote_does_not_raise_the_term() {
    let mut server = TestServer::with_disk(0, features(3), disk(4, &[2, 4]));
    for _ in 0..5 {
        let sent = server.fire(Timer::Election);
        assert_eq!((server.role(), server.term()), ("pre-candidate", 4));
        let all = sent.iter().all(|(_, message)| *message == pre_vote(5, 2, 4));
        assert!(all && sent.len() == 2, "it asks for the term that would be next");
        let writes = server.effects.iter().any(|effect| matches!(effect, Effect::Write(_)));
        assert!(!writes, "and nothing is written");
    }
}

#[test]
fn a_majority_of_pre_votes_begins_the_election() {
    for servers in 1..=7 {
        let mut server = TestServer::new(0, features(servers));
        server.fire(Timer::Election);
        for voter in 1..servers {
            let majority = 2 * voter > servers;
            assert_eq!(server.term(), u64::from(majority), "{voter} of {servers}");
            let sent = server.receive(voter, pre_vote_reply(1, true));
            let begins = 2 * (voter + 1) > servers && !majority;
            assert_eq!(kinds(&sent).len(), if begins { servers as usize - 1 } else { 0 });
        }
        let role = if servers == 1 { "leader" } else { "candidate" };
        assert_eq!((server.role(), server.term()), (role, 1));
    }
}

/// A server asked for a pre-vote binds itself to nothing: it may say yes to several, and vote for
/// another.
#[test]
fn a_pre_vote_given_changes_nothing() {
    let mut server = TestServer::new(0, features(5));
    for candidate in [1, 2, 1] {
        let before = server.node.clone();
        assert_eq!(pre_votes(&server.receive(candidate, pre_vote(1, 0, 0))), [(1, true)]);
        assert_eq!((&server.node, &*server.disk), (&before, &Disk::default()));
        assert!(!server.has_set(Timer::Election), "not even the timer");
    }
    assert_eq!(votes(&server.receive(3, vote_request(1, 0, 0))), [(3, 1, true)]);
}

/// "... (this is the case if the candidate's log is sufficiently up-to-date ...)".
#[test]
fn a_pre_candidate_with_an_older_log_is_refused() {
    for (last, last_term, granted) in [(2, 2, true), (1, 2, false), (9, 1, false), (1, 3, true)] {
        let mut server = TestServer::with_disk(0, features(3), disk(3, &[1, 2]));
        let term = if granted { 4 } else { 3 };
        let sent = server.receive(1, pre_vote(4, last, last_term));
        assert_eq!(pre_votes(&sent), [(term, granted)], "{last}/{last_term}");
    }
}

/// "... and the voters have not received heartbeats from a valid leader for at least a baseline
/// election timeout".
#[test]
fn a_server_with_a_current_leader_refuses() {
    let mut server = TestServer::new(0, features(3));
    server.receive(1, heartbeat(1));
    for (wait, granted) in [(0, false), (149, false), (1, true)] {
        server.wait(wait);
        assert_eq!(
            pre_votes(&server.receive(2, pre_vote(2, 0, 0)))[0].1,
            granted,
            "{wait}ms later"
        );
    }
    let mut leader = TestServer::new(0, Config { pre_vote: false, ..config(3) });
    leader.elect();
    leader.wait(9_999);
    assert_eq!(pre_votes(&leader.receive(2, pre_vote(2, 9, 1))), [(1, false)]);
}

/// A refusal tells a server in an older term of the newer one.
#[test]
fn a_refusal_of_a_newer_term_is_taken_over() {
    let mut server = TestServer::new(0, features(3));
    server.fire(Timer::Election);
    server.receive(1, pre_vote_reply(7, false));
    assert_eq!((server.role(), server.term()), ("follower", 7));
}

#[test]
fn a_late_answer_to_an_older_pre_vote_does_not_count() {
    let mut server = TestServer::new(0, features(3));
    server.fire(Timer::Election);
    server.receive(2, vote_request(1, 0, 0));
    server.fire(Timer::Election);
    server.receive(1, pre_vote_reply(1, true));
    assert_eq!((server.role(), server.term()), ("pre-candidate", 1), "it asks for term 2 by now");
    server.receive(1, pre_vote_reply(2, true));
    assert_eq!((server.role(), server.term()), ("candidate", 2));
    server.receive(2, pre_vote_reply(2, true));
    assert_eq!(server.term(), 2, "and the election begins once");
}

/// "Pre-Vote solves the issue of a partitioned server disrupting the cluster when it rejoins."
#[test]
fn a_server_that_was_cut_off_does_not_depose_the_leader() {
    for (with, term) in [(true, 1), (false, 6)] {
        let mut group = Group::new(3, &Config { pre_vote: with, ..config(3) });
        group.elect(0);
        group.cut = [2].into();
        for _ in 0..5 {
            group.fire(2, Timer::Election);
            group.deliver_all();
        }
        group.cut.clear();
        group.heartbeat(0);
        assert_eq!(group.servers[2].term(), term, "pre-votes: {with}");
        assert_eq!(group.servers[0].node.is_leader(), with, "pre-votes: {with}");
    }
}

/// The real election follows the same rules: a vote is not bound by a pre-vote.
#[test]
fn pre_votes_are_no_votes() {
    let mut server = TestServer::new(0, features(5));
    server.fire(Timer::Election);
    server.receive(1, pre_vote_reply(1, true));
    server.receive(2, pre_vote_reply(1, true));
    assert_eq!(server.role(), "candidate");
    server.receive(1, vote(1, true));
    assert_eq!(server.role(), "candidate", "two votes of five");
}
