//! Phase 1 (Lamport 2001, 2.2 and 2.3; for many slots at once, section 3).

use paxos::multi::{Disk, Message, Settings, Slot, Timer, Value};

use crate::cluster::config;
use crate::harness::{TestServer, accept, ballot, command, node, promise, proposals};

fn prepare(round: u64, proposer: u32) -> Message {
    Message::Prepare { ballot: ballot(round, proposer), from: Slot(1) }
}

fn nacks(sent: &[(sim_node::NodeId, Message)]) -> usize {
    sent.iter().filter(|(_, message)| matches!(message, Message::Nack { .. })).count()
}

#[test]
fn a_proposer_asks_all_other_members_with_a_number_of_its_own() {
    let (server, sent) = TestServer::new(0, config(5));
    let asked: Vec<_> = sent.iter().map(|(to, _)| to.number()).collect();
    assert_eq!(asked, [1, 2, 3, 4]);
    assert!(sent.iter().all(|(_, message)| *message == prepare(1, 0)));
    assert_eq!(server.disk.own, Some(ballot(1, 0)), "it is durable before it is used");
}

#[test]
fn an_acceptor_promises_a_higher_number_and_refuses_a_lower_one() {
    let (mut server, _) = TestServer::new(3, config(5));
    let sent = server.receive(1, prepare(5, 1));
    assert_eq!(sent, [(node(1), promise(ballot(5, 1), 0, &[]))]);
    let sent = server.receive(0, prepare(5, 0));
    assert_eq!(sent, [(node(0), Message::Nack { promised: ballot(5, 1) })]);
    // The same again is the proposer's retry.
    assert_eq!(server.receive(1, prepare(5, 1)).len(), 1);
    assert_eq!(nacks(&server.receive(1, prepare(5, 1))), 0);
}

#[test]
fn a_promise_is_durable_before_it_is_sent_and_survives() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.slow_disk = true;
    assert_eq!(server.receive(1, prepare(5, 1)), [], "the disk is slow");
    assert_eq!(server.sync().len(), 1);
    server.restart();
    assert_eq!(nacks(&server.receive(0, prepare(4, 0))), 1, "it is remembered");
}

#[test]
fn a_promise_tells_the_last_vote_in_each_slot() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.receive(1, accept(ballot(1, 1), 1, command(1), 0));
    server.receive(1, accept(ballot(1, 1), 3, command(3), 0));
    server.receive(2, accept(ballot(2, 2), 3, command(4), 0));
    let sent = server.receive(0, prepare(7, 0));
    let votes = [(1, ballot(1, 1), command(1)), (3, ballot(2, 2), command(4))];
    assert_eq!(sent, [(node(0), promise(ballot(7, 0), 0, &votes))]);
}

#[test]
fn the_value_of_the_highest_vote_is_proposed_again() {
    // P2c.
    let (mut server, _) = TestServer::new(0, config(5));
    let low = [(1, ballot(1, 3), command(1))];
    let high = [(1, ballot(2, 2), command(2))];
    server.receive(1, promise(ballot(1, 0), 0, &high));
    let sent = server.receive(2, promise(ballot(1, 0), 0, &low));
    assert_eq!(proposals(&sent).len(), 4);
    assert!(proposals(&sent).iter().all(|(_, slot, value)| (*slot, value) == (1, &command(2))));
}

#[test]
fn gaps_are_filled_with_no_ops() {
    // Section 3: "for example commands 136 and 137 ... the leader fills the gap".
    let (mut server, _) = TestServer::new(0, config(5));
    server.receive(1, promise(ballot(1, 0), 0, &[(3, ballot(0, 1), command(3))]));
    let sent = server.receive(2, promise(ballot(1, 0), 0, &[(1, ballot(0, 1), command(1))]));
    let at = |slot| proposals(&sent).into_iter().find(|(_, of, _)| *of == slot);
    assert_eq!(at(1).map(|(_, _, value)| value), Some(command(1)));
    assert_eq!(at(2).map(|(_, _, value)| value), Some(Value::Noop));
    assert_eq!(at(3).map(|(_, _, value)| value), Some(command(3)));
    assert_eq!(at(4), None);
    assert!(server.marks.contains(&"no-op proposed"));
}

#[test]
fn phase_1_is_done_once_for_all_slots() {
    let mut server = TestServer::leader(config(5));
    for sequence in 1..=3 {
        let sent = server.ask(crate::harness::put(sequence));
        assert_eq!(proposals(&sent).len(), 4, "it proposes at once");
        server.accepted(sequence, &[1, 2]);
    }
    assert_eq!(server.executed(), 3);
}

#[test]
fn promises_of_another_ballot_do_not_count() {
    let (mut server, _) = TestServer::new(0, config(5));
    server.receive(1, promise(ballot(7, 0), 0, &[]));
    server.receive(2, promise(ballot(0, 0), 0, &[]));
    server.receive(3, promise(ballot(1, 0), 0, &[]));
    server.receive(3, promise(ballot(1, 0), 0, &[]));
    assert!(!server.node.is_leader(), "server 3 and itself are two");
    server.receive(4, promise(ballot(1, 0), 0, &[]));
    assert!(server.node.is_leader());
}

#[test]
fn its_own_promise_counts_once_it_is_durable() {
    let (mut server, _) = TestServer::new(0, config(5));
    server.receive(1, Message::Nack { promised: ballot(3, 1) });
    server.slow_disk = true;
    assert_eq!(server.fire(Timer::Backoff), [], "the ballot is not durable");
    server.receive(1, promise(ballot(4, 0), 0, &[]));
    server.receive(2, promise(ballot(4, 0), 0, &[]));
    assert!(!server.node.is_leader(), "two others are no majority of five");
    server.sync();
    assert!(server.node.is_leader());
}

#[test]
fn a_ballot_is_never_used_again() {
    // 2.5: "each proposer remembers (in stable storage) the highest-numbered proposal it has
    // tried".
    let (mut server, _) = TestServer::new(0, config(5));
    let mut before = server.node.ballot();
    for _ in 0..3 {
        let sent = server.restart();
        assert!(server.node.ballot() > before);
        before = server.node.ballot();
        assert_eq!(sent.len(), 4);
    }
}

#[test]
fn unanswered_members_are_asked_again() {
    let (mut server, _) = TestServer::new(0, config(5));
    server.receive(1, promise(ballot(1, 0), 0, &[]));
    server.wait(100);
    let again: Vec<_> = server.fire(Timer::Retry).iter().map(|(to, _)| to.number()).collect();
    assert_eq!(again, [2, 3, 4]);
}

#[test]
fn a_proposer_that_has_executed_less_learns_before_it_leads() {
    // Three of five have executed slot 2, and their votes there are compacted perhaps: their
    // promises say nothing of slots 1 and 2.
    let config = Settings { alpha: 1, ..config(5) };
    let (mut server, _) = TestServer::new(0, config);
    let sent = server.receive(1, promise(ballot(1, 0), 2, &[]));
    let fetch = Message::Fetch { after: Slot(0), assembly: None };
    assert_eq!(sent, [(node(1), fetch)], "it asks what was chosen");
    server.receive(2, promise(ballot(1, 0), 2, &[]));
    server.receive(3, promise(ballot(1, 0), 2, &[]));
    assert!(!server.node.is_leader());
    let chosen = |slot: u64| (Slot(slot), ballot(0, 4), command(slot));
    server.receive(1, Message::Learn(vec![chosen(1), chosen(2)]));
    assert!(server.node.is_leader());
    assert_eq!(server.executed(), 2);
}

/// Slot 2 was chosen in ballot 3.1 by servers that are not among the quorum. Server 1 was told so
/// by a leader of ballot 1.0, which had proposed the same value; since, it has lost slot 1 in a
/// crash.
#[test]
fn what_is_known_to_be_chosen_outranks_every_vote() {
    let (mut knows, _) = TestServer::with_disk(1, config(5), {
        let mut disk = Disk::default();
        disk.log.choose(Slot(2), ballot(1, 0), command(7));
        disk
    });
    let sent = knows.receive(0, prepare(4, 0));
    let promises = |sent: &[(sim_node::NodeId, Message)]| sent[0].1.clone();
    let chosen = promises(&sent);
    assert!(matches!(&chosen, Message::Promise(one) if one.votes.is_empty()));
    let voted = promise(ballot(4, 0), 0, &[(2, ballot(2, 2), command(9))]);
    for order in [[&chosen, &voted], [&voted, &chosen]] {
        let disk = Disk { promised: Some(ballot(3, 1)), ..Disk::default() };
        let (mut server, _) = TestServer::with_disk(0, config(5), disk);
        let mut sent = Vec::new();
        for (from, message) in (1..).zip(order) {
            sent.extend(server.receive(from, message.clone()));
        }
        assert_eq!(server.node.ballot(), Some(ballot(4, 0)));
        let filled: Vec<_> = (1..5).map(|acceptor| (acceptor, 1, Value::Noop)).collect();
        assert_eq!(proposals(&sent), filled, "nothing is proposed but what leads up to it");
        let known = server.node.log().get(Slot(2)).expect("it was told");
        assert_eq!((known.chosen, &known.value), (true, &command(7)));
    }
}
