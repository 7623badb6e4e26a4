//! Learners that missed something, compaction and snapshots (Lamport 2001, 2.3; Chandra, Griesemer,
//! Redstone 2007, section 5.5; van Renesse and Altinbuken 2015, 4.2).

use paxos::multi::{Chunk, Message, Settings, Slot, Timer};

use crate::cluster::config;
use crate::harness::{TestServer, ballot, command, node, put};

fn commit(upto: u64) -> Message {
    Message::Commit { ballot: Some(ballot(1, 0)), upto: Slot(upto) }
}

fn fetch(after: u64, assembly: Option<(u64, u32)>) -> Message {
    let assembly = assembly.map(|(slot, items)| (Slot(slot), items));
    Message::Fetch { after: Slot(after), assembly }
}

/// A leader that has executed so many slots.
fn busy_leader(config: Settings, slots: u64) -> TestServer {
    let mut server = TestServer::leader(config);
    for sequence in 1..=slots {
        server.ask(put(sequence));
        server.accepted(sequence, &[1, 2]);
    }
    assert_eq!(server.executed(), slots);
    server
}

#[test]
fn what_is_missed_is_fetched_from_who_told_of_it() {
    let (mut server, _) = TestServer::new(3, config(5));
    assert_eq!(server.receive(0, commit(2)), [], "it may still arrive by itself");
    let sent = server.fire(Timer::CatchUp);
    assert_eq!(sent, [(node(0), fetch(0, None))]);
    let chosen = |slot: u64| (Slot(slot), ballot(1, 0), command(slot));
    assert_eq!(server.receive(0, Message::Learn(vec![chosen(1), chosen(2)])), []);
    assert_eq!(server.executed(), 2);
    assert!(!server.timers.contains_key(&Timer::CatchUp), "nothing is missed");
    server.restart_with_all();
    assert_eq!(server.executed(), 2, "what was learned is remembered");
}

#[test]
fn a_provider_that_does_not_answer_is_replaced() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.receive(0, commit(2));
    server.fire(Timer::CatchUp);
    server.fire(Timer::CatchUp);
    server.receive(1, commit(2));
    assert_eq!(server.fire(Timer::CatchUp), [(node(1), fetch(0, None))]);
}

#[test]
fn an_answer_that_leaves_a_gap_is_not_learned() {
    let (mut server, _) = TestServer::new(3, config(5));
    server.receive(0, Message::Learn(vec![(Slot(2), ballot(1, 0), command(2))]));
    assert_eq!(server.executed(), 0);
    assert_eq!(server.node.log().get(Slot(2)), None);
}

#[test]
fn what_was_chosen_is_told_in_order() {
    let mut server = busy_leader(config(5), 3);
    let sent = server.receive(3, fetch(1, None));
    let chosen = |slot: u64| (Slot(slot), ballot(1, 0), command(slot));
    assert_eq!(sent, [(node(3), Message::Learn(vec![chosen(2), chosen(3)]))]);
}

#[test]
fn a_snapshot_takes_the_place_of_the_slots_before_it() {
    let config = Settings { snapshot_every: 3, snapshot_keep: 1, ..config(5) };
    let mut server = busy_leader(config, 3);
    assert_eq!(server.node.log().base(), Slot(2), "one slot is kept");
    server.restart_with_all();
    assert_eq!(server.executed(), 3);
    assert_eq!(server.value(), Some("3"));
}

#[test]
fn a_snapshot_travels_in_chunks_to_its_end() {
    let config = Settings { snapshot_every: 2, snapshot_chunk: 1, ..config(5) };
    let mut provider = busy_leader(config.clone(), 2);
    let (mut server, _) = TestServer::new(3, config);
    server.receive(0, commit(2));
    let mut question = server.fire(Timer::CatchUp).remove(0).1;
    let mut chunks = 0;
    while server.executed() == 0 {
        let answer = provider.receive(3, question).remove(0).1;
        assert!(matches!(answer, Message::Chunk(_)));
        // The provider goes on meanwhile, and takes other snapshots.
        if chunks == 0 {
            for sequence in 3..=4 {
                provider.ask(put(sequence));
                provider.accepted(sequence, &[1, 2]);
            }
        }
        chunks += 1;
        let sent = server.receive(0, answer);
        question = sent.first().map_or(fetch(2, None), |(_, message)| message.clone());
    }
    assert_eq!(chunks, 2, "one key, one session");
    assert_eq!((server.executed(), server.value()), (2, Some("2")), "the snapshot that was begun");
}

#[test]
fn a_chunk_of_the_same_snapshot_goes_on_wherever_it_comes_from() {
    let config = Settings { snapshot_every: 2, snapshot_chunk: 1, ..config(5) };
    let mut one = busy_leader(config.clone(), 2);
    let mut other = busy_leader(config.clone(), 2);
    let chunk = |server: &mut TestServer, question| match server.receive(3, question).remove(0).1 {
        Message::Chunk(chunk) => *chunk,
        other => panic!("{other:?}"),
    };
    let first: Chunk = chunk(&mut one, fetch(0, None));
    assert_eq!((first.data.offset, first.data.done), (0, false));
    let second = chunk(&mut other, fetch(0, Some((2, 1))));
    assert_eq!((second.data.offset, second.data.done), (1, true));
}

#[test]
fn a_snapshot_that_is_no_use_any_more_is_not_asked_for() {
    let config = Settings { snapshot_every: 2, snapshot_chunk: 1, ..config(5) };
    let mut provider = busy_leader(config.clone(), 2);
    let (mut server, _) = TestServer::new(3, config);
    server.receive(0, commit(2));
    let question = server.fire(Timer::CatchUp).remove(0).1;
    server.receive(0, provider.receive(3, question).remove(0).1);
    // What the snapshot was to bring comes late from elsewhere, and the provider goes on.
    for sequence in 3..=5 {
        provider.ask(put(sequence));
        provider.accepted(sequence, &[1, 2]);
    }
    server.receive(0, commit(5));
    let chosen = |slot: u64| (Slot(slot), ballot(1, 0), command(slot));
    let sent = server.receive(1, Message::Learn(vec![chosen(1), chosen(2)]));
    assert_eq!(sent, [(node(0), fetch(2, None))], "of no use any more");
    let answer = provider.receive(3, sent[0].1.clone()).remove(0).1;
    assert!(
        matches!(&answer, Message::Chunk(chunk) if chunk.slot == Slot(4) && chunk.data.offset == 0)
    );
}

#[test]
fn slots_that_a_crash_took_from_behind_a_snapshot_are_not_served() {
    let config = Settings { snapshot_every: 3, snapshot_keep: 2, ..config(5) };
    let mut server = busy_leader(config, 3);
    server.restart_with_all();
    // The snapshot is durable, and of what was kept behind it only a vote is left, which may have
    // been for another value than the one that was chosen.
    let snapshot = server.disk.snapshot.take();
    *server.disk = paxos::multi::Disk { snapshot, ..paxos::multi::Disk::default() };
    server.disk.log.compact(Slot(1));
    server.disk.log.vote(Slot(2), ballot(1, 1), &command(77));
    server.restart();
    assert_eq!(server.executed(), 3);
    let sent = server.receive(3, fetch(1, None));
    assert!(matches!(sent[0].1, Message::Chunk(_)), "the snapshot is served instead");
}
