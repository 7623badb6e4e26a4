//! Section 5.2: leader election.

use raft::{Config, Message, Timer};
use sim_node::Span;

use crate::cluster::{config, ms};
use crate::hand::{
    Hand, append, appends, disk, get, heartbeat, kinds, matched, vote, vote_request, votes,
};
use crate::team::Team;

/// "When servers start up, they begin as followers."
#[test]
fn servers_begin_as_followers_that_wait_for_a_leader() {
    for mut hand in [Hand::new(0, config(3)), Hand::with_disk(0, config(3), disk(4, &[1, 4]))] {
        assert_eq!(hand.role(), "follower");
        assert_eq!(hand.timers.keys().collect::<Vec<_>>(), [&Timer::Election]);
        hand.restart();
        assert_eq!(hand.role(), "follower");
    }
}

/// "A server remains in follower state as long as it receives valid RPCs from a leader or
/// candidate": nothing but its own timer makes it campaign.
#[test]
fn a_follower_whose_timer_has_not_expired_does_not_campaign() {
    let mut hand = Hand::new(0, config(3));
    for message in [
        heartbeat(1),
        vote_request(1, 0, 0),
        vote(1, true),
        vote(1, false),
        matched(1, 4),
        append(2, (0, 0), Vec::new(), 0),
        Message::Persisted(raft::Term(1), raft::Index(1)),
        crate::hand::request(1, get()),
    ] {
        hand.wait(10_000);
        let letters = hand.hear(1, message.clone());
        assert_eq!(hand.role(), "follower", "{message:?}");
        assert!(kinds(&letters).iter().all(|(_, kind)| *kind != "RequestVote"), "{message:?}");
    }
}

/// A sign of life of the leader starts the election timeout anew.
#[test]
fn a_sign_of_life_restarts_the_election_timer() {
    for entries in [Vec::new(), vec![crate::hand::entry(1, 1)]] {
        let mut hand = Hand::new(0, config(3));
        hand.hear(1, append(1, (0, 0), entries, 0));
        assert!(hand.has_set(Timer::Election));
    }
}

/// "To begin an election, a follower increments its current term and transitions to candidate
/// state. It then votes for itself and issues RequestVote RPCs in parallel to each of the other
/// servers."
#[test]
fn a_candidate_begins_a_term_votes_for_itself_and_asks_all_others() {
    let mut hand = Hand::with_disk(2, config(5), disk(3, &[1, 3]));
    let letters = hand.fire(Timer::Election);
    assert_eq!((hand.role(), hand.term()), ("candidate", 4));
    assert_eq!(hand.disk.vote, Some(hand.id), "its vote is its own");
    let mut asked = Vec::new();
    for (to, message) in &letters {
        let Message::RequestVote(request) = message else { panic!("{message:?}") };
        assert_eq!((request.term.0, request.last.0, request.last_term.0), (4, 2, 3));
        asked.push(to.number());
    }
    assert_eq!(asked, [0, 1, 3, 4]);
    assert!(hand.has_set(Timer::Election), "and it waits for the outcome");
}

/// The vote is "updated on stable storage before responding to RPCs" (figure 2); so is the own one
/// before it is spoken of.
#[test]
fn a_candidate_is_silent_until_its_vote_is_durable() {
    let mut hand = Hand::new(0, config(3));
    hand.slow_disk = true;
    assert_eq!(kinds(&hand.fire(Timer::Election)), []);
    assert_eq!(kinds(&hand.sync()), [(1, "RequestVote"), (2, "RequestVote")]);
    assert_eq!((hand.disk.term.0, hand.disk.vote), (1, Some(hand.id)));
}

/// "A candidate wins an election if it receives votes from a majority of the servers in the full
/// cluster for the same term."
#[test]
fn a_majority_elects_and_less_does_not() {
    for servers in 1..=9 {
        let mut hand = Hand::new(0, config(servers));
        hand.fire(Timer::Election);
        for voter in 1..servers {
            let others = voter - 1;
            let majority = 2 * (others + 1) > servers;
            assert_eq!(hand.node.is_leader(), majority, "{others} others of {servers}");
            hand.hear(voter, vote(1, true));
        }
        assert!(hand.node.is_leader(), "all of {servers}");
    }
}

#[test]
fn a_vote_that_arrives_twice_counts_once() {
    let mut hand = Hand::new(0, config(5));
    hand.fire(Timer::Election);
    for _ in 0..5 {
        hand.hear(1, vote(1, true));
    }
    assert_eq!(hand.role(), "candidate");
    hand.hear(2, vote(1, true));
    assert_eq!(hand.role(), "leader");
}

#[test]
fn refusals_elect_nobody() {
    let mut hand = Hand::new(0, config(5));
    hand.fire(Timer::Election);
    for voter in 1..5 {
        hand.hear(voter, vote(1, false));
        assert_eq!(hand.role(), "candidate");
    }
}

/// A vote counts only in a configuration in which the voter has one.
#[test]
fn a_stranger_s_vote_does_not_count() {
    let mut hand = Hand::new(0, config(3));
    hand.fire(Timer::Election);
    hand.hear(7, vote(1, true));
    hand.hear(8, vote(1, true));
    assert_eq!(hand.role(), "candidate");
}

/// "Each server will vote for at most one candidate in a given term, on a first-come-first-served
/// basis."
#[test]
fn votes_are_given_first_come_first_served_and_once() {
    let mut hand = Hand::new(0, config(5));
    assert_eq!(votes(&hand.hear(3, vote_request(1, 0, 0))), [(3, 1, true)]);
    assert_eq!(votes(&hand.hear(1, vote_request(1, 0, 0))), [(1, 1, false)]);
    assert_eq!(
        votes(&hand.hear(4, vote_request(1, 9, 1))),
        [(4, 1, false)],
        "however long its log"
    );
    assert_eq!(votes(&hand.hear(3, vote_request(1, 0, 0))), [(3, 1, true)], "the same, once more");
    assert_eq!(votes(&hand.hear(1, vote_request(2, 0, 0))), [(1, 2, true)], "another term");
}

#[test]
fn a_candidate_and_a_leader_have_given_their_vote() {
    let mut candidate = Hand::new(0, config(3));
    candidate.fire(Timer::Election);
    assert_eq!(votes(&candidate.hear(1, vote_request(1, 9, 0))), [(1, 1, false)]);
    let mut leader = Hand::new(0, config(3));
    leader.elect();
    assert_eq!(votes(&leader.hear(2, vote_request(1, 9, 1))), [(2, 1, false)]);
}

/// A vote is durable before it is given, so a crash does not give it twice.
#[test]
fn a_vote_outlives_a_crash() {
    let mut hand = Hand::new(0, config(3));
    hand.slow_disk = true;
    assert_eq!(votes(&hand.hear(1, vote_request(1, 0, 0))), []);
    assert_eq!(votes(&hand.sync()), [(1, 1, true)]);
    hand.restart();
    hand.slow_disk = false;
    assert_eq!(votes(&hand.hear(2, vote_request(1, 0, 0))), [(2, 1, false)]);
    assert_eq!(votes(&hand.hear(1, vote_request(1, 0, 0))), [(1, 1, true)]);
}

/// Figure 2, rules for followers: the timeout elapses "without receiving AppendEntries RPC from
/// current leader or granting vote to candidate".
#[test]
fn a_vote_given_restarts_the_election_timer_and_one_refused_does_not() {
    let mut hand = Hand::with_disk(0, config(5), disk(1, &[1, 1]));
    // A new term restarts it as well, so this is about the second candidate of the term.
    hand.hear(1, vote_request(2, 1, 1));
    assert_eq!(votes(&hand.hear(2, vote_request(2, 0, 0))), [(2, 2, false)]);
    assert!(!hand.has_set(Timer::Election));
    assert_eq!(votes(&hand.hear(3, vote_request(2, 2, 1))), [(3, 2, true)]);
    assert!(hand.has_set(Timer::Election));
}

/// "Once a candidate wins an election, it becomes leader. It then sends heartbeat messages to all
/// of the other servers to establish its authority and prevent new elections."
#[test]
fn a_new_leader_shows_itself_at_once_and_again_with_each_heartbeat() {
    for noop in [true, false] {
        let mut hand = Hand::new(0, Config { noop, ..config(5) });
        let letters = hand.elect();
        let to: Vec<u32> = appends(&letters).into_iter().map(|(to, _)| to).collect();
        assert_eq!(to, [1, 2, 3, 4], "noop: {noop}");
        assert!(!hand.timers.contains_key(&Timer::Election), "a leader waits for no leader");
        for _ in 0..3 {
            let letters = hand.fire(Timer::Heartbeat);
            let mut to: Vec<u32> = appends(&letters).into_iter().map(|(to, _)| to).collect();
            to.dedup();
            assert_eq!(to, [1, 2, 3, 4], "noop: {noop}");
            assert!(hand.has_set(Timer::Heartbeat), "and so on");
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
        let mut hand = Hand::with_disk(0, config(3), disk(2, &[]));
        hand.fire(Timer::Election);
        assert_eq!(hand.term(), 3);
        hand.hear(1, heartbeat(term));
        assert_eq!(hand.role(), role, "an append of term {term}");
    }
}

/// "If many followers become candidates at the same time, votes could be split ... each candidate
/// will time out and start a new election by incrementing its term."
#[test]
fn a_split_vote_ends_with_a_new_term() {
    let mut team = Team::new(4, &config(4));
    team.fire(0, Timer::Election);
    team.fire(1, Timer::Election);
    // Each gets one vote besides its own, of the three that it needs.
    let turn = |from: u32, to: u32| (from == 0 && to == 3) || (from == 1 && to == 2);
    team.settle_but(|from, to, _| turn(from, to));
    assert_eq!((team.hands[0].role(), team.hands[1].role()), ("candidate", "candidate"));
    team.elect(0);
    assert_eq!(team.hands.iter().map(Hand::term).collect::<Vec<_>>(), [2; 4]);
    assert_eq!(team.hands[1].role(), "follower");
}

/// "Election timeouts are chosen randomly from a fixed interval", "each candidate restarts its
/// randomized election timeout at the start of an election".
#[test]
fn every_wait_for_a_leader_is_drawn_anew_from_the_whole_interval() {
    let mut hand = Hand::new(0, config(3));
    let span = Span::between(ms(150), ms(300));
    assert_eq!(hand.timers[&Timer::Election], span);
    for message in [heartbeat(1), vote_request(2, 0, 0)] {
        hand.hear(1, message);
        assert!(hand.has_set(Timer::Election));
        assert_eq!(hand.timers[&Timer::Election], span);
    }
    for _ in 0..3 {
        hand.fire(Timer::Election);
        assert_eq!(hand.timers[&Timer::Election], span);
    }
}
