//! Learners that missed something, compaction and snapshots (Lamport 2001, 2.3; Chandra, Griesemer,
//! Redstone 2007, section 5.5; van Renesse and Altinbuken 2015, 4.2).

use paxos::multi::{Chunk, Message, Settings, Slot, Timer};

use crate::cluster::config;
use crate::hand::{Hand, ballot, command, node, put};

fn commit(upto: u64) -> Message {
    Message::Commit { ballot: Some(ballot(1, 0)), upto: Slot(upto) }
}

fn fetch(after: u64, assembly: Option<(u64, u32)>) -> Message {
    let assembly = assembly.map(|(slot, items)| (Slot(slot), items));
    Message::Fetch { after: Slot(after), assembly }
}

/// A leader that has executed so many slots.
fn busy_leader(config: Settings, slots: u64) -> Hand {
    let mut hand = Hand::leader(config);
    for sequence in 1..=slots {
        hand.ask(put(sequence));
        hand.accepted(sequence, &[1, 2]);
    }
    assert_eq!(hand.executed(), slots);
    hand
}

#[test]
fn what_is_missed_is_fetched_from_who_told_of_it() {
    let (mut hand, _) = Hand::new(3, config(5));
    assert_eq!(hand.hear(0, commit(2)), [], "it may still arrive by itself");
    let letters = hand.fire(Timer::CatchUp);
    assert_eq!(letters, [(node(0), fetch(0, None))]);
    let chosen = |slot: u64| (Slot(slot), ballot(1, 0), command(slot));
    assert_eq!(hand.hear(0, Message::Learn(vec![chosen(1), chosen(2)])), []);
    assert_eq!(hand.executed(), 2);
    assert!(!hand.timers.contains_key(&Timer::CatchUp), "nothing is missed");
    hand.restart_with_all();
    assert_eq!(hand.executed(), 2, "what was learned is remembered");
}

#[test]
fn a_provider_that_does_not_answer_is_replaced() {
    let (mut hand, _) = Hand::new(3, config(5));
    hand.hear(0, commit(2));
    hand.fire(Timer::CatchUp);
    hand.fire(Timer::CatchUp);
    hand.hear(1, commit(2));
    assert_eq!(hand.fire(Timer::CatchUp), [(node(1), fetch(0, None))]);
}

#[test]
fn an_answer_that_leaves_a_gap_is_not_learned() {
    let (mut hand, _) = Hand::new(3, config(5));
    hand.hear(0, Message::Learn(vec![(Slot(2), ballot(1, 0), command(2))]));
    assert_eq!(hand.executed(), 0);
    assert_eq!(hand.node.log().get(Slot(2)), None);
}

#[test]
fn what_was_chosen_is_told_in_order() {
    let mut hand = busy_leader(config(5), 3);
    let letters = hand.hear(3, fetch(1, None));
    let chosen = |slot: u64| (Slot(slot), ballot(1, 0), command(slot));
    assert_eq!(letters, [(node(3), Message::Learn(vec![chosen(2), chosen(3)]))]);
}

#[test]
fn a_snapshot_takes_the_place_of_the_slots_before_it() {
    let config = Settings { snapshot_every: 3, snapshot_keep: 1, ..config(5) };
    let mut hand = busy_leader(config, 3);
    assert_eq!(hand.node.log().base(), Slot(2), "one slot is kept");
    hand.restart_with_all();
    assert_eq!(hand.executed(), 3);
    assert_eq!(hand.value(), Some("3"));
}

#[test]
fn a_snapshot_travels_in_chunks_to_its_end() {
    let config = Settings { snapshot_every: 2, snapshot_chunk: 1, ..config(5) };
    let mut provider = busy_leader(config.clone(), 2);
    let (mut hand, _) = Hand::new(3, config);
    hand.hear(0, commit(2));
    let mut question = hand.fire(Timer::CatchUp).remove(0).1;
    let mut chunks = 0;
    while hand.executed() == 0 {
        let answer = provider.hear(3, question).remove(0).1;
        assert!(matches!(answer, Message::Chunk(_)));
        // The provider goes on meanwhile, and takes other snapshots.
        if chunks == 0 {
            for sequence in 3..=4 {
                provider.ask(put(sequence));
                provider.accepted(sequence, &[1, 2]);
            }
        }
        chunks += 1;
        let letters = hand.hear(0, answer);
        question = letters.first().map_or(fetch(2, None), |(_, message)| message.clone());
    }
    assert_eq!(chunks, 2, "one key, one session");
    assert_eq!((hand.executed(), hand.value()), (2, Some("2")), "the snapshot that was begun");
}

#[test]
fn a_chunk_of_the_same_snapshot_goes_on_wherever_it_comes_from() {
    let config = Settings { snapshot_every: 2, snapshot_chunk: 1, ..config(5) };
    let mut one = busy_leader(config.clone(), 2);
    let mut other = busy_leader(config.clone(), 2);
    let chunk = |hand: &mut Hand, question| match hand.hear(3, question).remove(0).1 {
        Message::Chunk(chunk) => *chunk,
        other => panic!("{other:?}"),
    };
    let first: Chunk = chunk(&mut one, fetch(0, None));
    assert_eq!((first.piece.offset, first.piece.done), (0, false));
    let second = chunk(&mut other, fetch(0, Some((2, 1))));
    assert_eq!((second.piece.offset, second.piece.done), (1, true));
}

#[test]
fn a_snapshot_that_is_no_use_any_more_is_not_asked_for() {
    let config = Settings { snapshot_every: 2, snapshot_chunk: 1, ..config(5) };
    let mut provider = busy_leader(config.clone(), 2);
    let (mut hand, _) = Hand::new(3, config);
    hand.hear(0, commit(2));
    let question = hand.fire(Timer::CatchUp).remove(0).1;
    hand.hear(0, provider.hear(3, question).remove(0).1);
    // What the snapshot was to bring comes late from elsewhere, and the provider goes on.
    for sequence in 3..=5 {
        provider.ask(put(sequence));
        provider.accepted(sequence, &[1, 2]);
    }
    hand.hear(0, commit(5));
    let chosen = |slot: u64| (Slot(slot), ballot(1, 0), command(slot));
    let letters = hand.hear(1, Message::Learn(vec![chosen(1), chosen(2)]));
    assert_eq!(letters, [(node(0), fetch(2, None))], "of no use any more");
    let answer = provider.hear(3, letters[0].1.clone()).remove(0).1;
    assert!(
        matches!(&answer, Message::Chunk(chunk) if chunk.slot == Slot(4) && chunk.piece.offset == 0)
    );
}

#[test]
fn slots_that_a_crash_took_from_behind_a_snapshot_are_not_served() {
    let config = Settings { snapshot_every: 3, snapshot_keep: 2, ..config(5) };
    let mut hand = busy_leader(config, 3);
    hand.restart_with_all();
    // The snapshot is durable, and of what was kept behind it only a vote is left, which may have
    // been for another value than the one that was chosen.
    let snapshot = hand.disk.snapshot.take();
    *hand.disk = paxos::multi::Disk { snapshot, ..paxos::multi::Disk::default() };
    hand.disk.log.compact(Slot(1));
    hand.disk.log.vote(Slot(2), ballot(1, 1), &command(77));
    hand.restart();
    assert_eq!(hand.executed(), 3);
    let letters = hand.hear(3, fetch(1, None));
    assert!(matches!(letters[0].1, Message::Chunk(_)), "the snapshot is served instead");
}
