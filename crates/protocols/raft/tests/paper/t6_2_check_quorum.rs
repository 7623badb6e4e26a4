//! Thesis, 6.2: a leader that no majority answers steps down.

use raft::{Config, Reads, Timer};

use crate::cluster::{config, ms};
use crate::hand::{Hand, matched, put};

fn leader(servers: u32) -> Hand {
    let mut hand = Hand::new(0, Config { check_quorum: true, ..config(servers) });
    hand.elect();
    assert_eq!(hand.timers[&Timer::Quorum].shortest(), ms(300), "an election timeout");
    // The first interval has begun with its election, which a majority took part in.
    hand.fire(Timer::Quorum);
    hand
}

/// "A leader in Raft steps down if an election timeout elapses without a successful round of
/// heartbeats to a majority of its cluster."
#[test]
fn a_leader_without_a_majority_steps_down() {
    for (servers, answers, leads) in
        [(3, 0, false), (3, 1, true), (5, 1, false), (5, 2, true), (4, 1, false), (4, 2, true)]
    {
        let mut hand = leader(servers);
        for round in 0..3 {
            for follower in 1..=answers {
                hand.hear(follower, matched(1, 1));
            }
            if hand.node.is_leader() {
                hand.fire(Timer::Quorum);
            }
            assert_eq!(hand.node.is_leader(), leads, "{answers} of {servers}, round {round}");
        }
        assert_eq!(hand.term(), 1, "it steps down in its term");
        assert_eq!(hand.timers.contains_key(&Timer::Election), !leads);
    }
}

/// Answers count for the interval in which they come.
#[test]
fn old_answers_do_not_keep_a_leader() {
    let mut hand = leader(3);
    hand.hear(1, matched(1, 1));
    hand.fire(Timer::Quorum);
    assert!(hand.node.is_leader());
    hand.fire(Timer::Quorum);
    assert_eq!(hand.role(), "follower");
}

/// "This allows clients to retry their requests with another server": it redirects them no more to
/// itself, and answers nothing that it had under way.
#[test]
fn clients_of_a_leader_that_stepped_down_go_elsewhere() {
    let mut hand = leader(3);
    hand.ask(1, put("a"));
    hand.fire(Timer::Quorum);
    let letters = hand.ask(1, put("a"));
    assert_eq!(crate::hand::answers(&letters), [service::Answer::Redirect(None)]);
    assert_eq!(crate::hand::answers(&hand.hear(1, matched(1, 2))), []);
}

/// It is a field of the configuration; leases need it, and bring it with them.
#[test]
fn it_is_done_only_where_it_is_asked_for() {
    for (check_quorum, reads, checks) in [
        (false, Reads::Log, false),
        (false, Reads::ReadIndex, false),
        (false, Reads::Lease, true),
        (true, Reads::Log, true),
    ] {
        let mut hand = Hand::new(0, Config { check_quorum, reads, ..config(3) });
        hand.elect();
        assert_eq!(hand.timers.contains_key(&Timer::Quorum), checks, "{check_quorum} {reads:?}");
    }
}

/// Who leads a cluster of one answers itself.
#[test]
fn a_single_server_goes_on() {
    let mut hand = leader(1);
    for _ in 0..3 {
        hand.fire(Timer::Quorum);
        assert!(hand.node.is_leader());
    }
}
