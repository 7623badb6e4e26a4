//! Thesis, 3.10: leadership transfer.

use raft::{Admin, Config, Message, Reads, Term, Timer, VoteRequest};
use service::Answer;

use crate::cluster::{config, ms};
use crate::hand::{Hand, answers, entries, kinds, matched, node, put, votes};
use crate::team::Team;

fn leader() -> Hand {
    let mut hand = Hand::new(0, config(3));
    hand.elect();
    hand.hear(1, matched(1, 1));
    hand.hear(2, matched(1, 1));
    hand
}

/// "The prior leader stops accepting new client requests."
#[test]
fn a_leader_that_transfers_takes_no_requests() {
    let mut hand = leader();
    hand.wish(Admin::Transfer(node(1)));
    assert_eq!(answers(&hand.ask(1, put("a"))), [Answer::Redirect(None)]);
    assert_eq!(hand.terms(), [1]);
}

/// "The prior leader fully updates the target server's log to match its own", then "sends a
/// TimeoutNow request to the target server".
#[test]
fn the_target_is_brought_up_to_date_and_then_told() {
    let mut hand = leader();
    assert_eq!(kinds(&hand.wish(Admin::Transfer(node(1)))), [(1, "TimeoutNow")], "it has all");

    let mut hand = leader();
    let letters = hand.ask(1, put("a"));
    assert_eq!(entries(&letters).len(), 2);
    assert_eq!(kinds(&hand.wish(Admin::Transfer(node(1)))), [], "it lacks the last entry");
    assert_eq!(kinds(&hand.hear(2, matched(1, 2))), [(100, "Reply")], "another has it");
    assert_eq!(kinds(&hand.hear(1, matched(1, 2))), [(1, "TimeoutNow")]);
}

/// "This request has the same effect as the target server's election timer firing": it campaigns at
/// once, without a pre-vote.
#[test]
fn the_target_campaigns_at_once() {
    for pre_vote in [true, false] {
        let mut hand = Hand::new(1, Config { pre_vote, ..config(3) });
        hand.hear(0, crate::hand::heartbeat(1));
        let letters = hand.hear(0, Message::TimeoutNow(Term(1)));
        assert_eq!(kinds(&letters), [(0, "RequestVote"), (2, "RequestVote")]);
        assert_eq!((hand.role(), hand.term()), ("candidate", 2));
        let transfers = letters.iter().all(|(_, message)| {
            matches!(message, Message::RequestVote(VoteRequest { transfer: true, .. }))
        });
        assert!(transfers, "and says that the leader wants it so");
    }
}

#[test]
fn a_late_word_of_an_old_leader_starts_nothing() {
    let mut hand = Hand::new(1, config(3));
    hand.hear(0, crate::hand::heartbeat(2));
    assert_eq!(kinds(&hand.hear(0, Message::TimeoutNow(Term(1)))), []);
    assert_eq!((hand.role(), hand.term()), ("follower", 2));
    let mut learner = Hand::new(3, config(3));
    learner.hear(0, crate::hand::heartbeat(2));
    assert_eq!(kinds(&learner.hear(0, Message::TimeoutNow(Term(2)))), [], "nor without a vote");
}

/// Thesis, 4.2.3: votes are not withheld when the leader itself wants the election.
#[test]
fn voters_that_hear_the_leader_vote_for_its_target() {
    for transfer in [true, false] {
        let mut hand = Hand::new(2, Config { check_quorum: true, ..config(3) });
        hand.hear(0, crate::hand::heartbeat(1));
        let (last, last_term) = (raft::Index(0), Term(0));
        let request = VoteRequest { term: Term(2), last, last_term, transfer };
        let letters = hand.hear(1, Message::RequestVote(request));
        assert_eq!(votes(&letters).len(), usize::from(transfer));
    }
}

#[test]
fn leadership_goes_over_within_three_messages_to_each() {
    for check_quorum in [true, false] {
        let features = Config { check_quorum, pre_vote: true, reads: Reads::Lease, ..config(3) };
        let mut team = Team::new(3, &features);
        team.elect(0);
        team.ask(0, 1, put("a"));
        team.settle();
        team.wish(0, Admin::Transfer(node(2)));
        team.settle();
        assert!(team.hands[2].node.is_leader());
        assert_eq!((team.hands[0].role(), team.hands[0].term()), ("follower", 2));
        team.ask(2, 2, put("b"));
        team.settle();
        assert_eq!(team.answered.len(), 2);
    }
}

/// "If leadership transfer does not complete after about an election timeout, the prior leader
/// aborts the transfer and resumes accepting client requests."
#[test]
fn a_transfer_that_takes_too_long_is_aborted() {
    let mut hand = leader();
    hand.wish(Admin::Transfer(node(1)));
    assert_eq!(hand.timers[&Timer::Transfer].longest(), ms(300));
    assert_eq!(answers(&hand.ask(1, put("a"))), [Answer::Redirect(None)]);
    hand.fire(Timer::Transfer);
    assert!(hand.marked("transfer aborted"));
    hand.ask(1, put("a"));
    assert_eq!(answers(&hand.hear(2, matched(1, 2))).len(), 1);
    assert_eq!(kinds(&hand.hear(1, matched(1, 2))), [], "and its target is told no more");
}

#[test]
fn leadership_goes_only_to_another_voter() {
    for to in [0, 3, 8] {
        let mut hand = leader();
        assert_eq!(kinds(&hand.wish(Admin::Transfer(node(to)))), []);
        hand.ask(1, put("a"));
        assert_eq!(answers(&hand.hear(1, matched(1, 2))).len(), 1, "n{to}: it goes on to serve");
    }
}

/// A transfer under way is not turned to another target: that one would be told when it has less
/// than the first.
#[test]
fn a_second_transfer_does_not_take_the_place_of_the_first() {
    let mut hand = leader();
    hand.wish(Admin::Transfer(node(1)));
    assert_eq!(kinds(&hand.wish(Admin::Transfer(node(2)))), []);
}
