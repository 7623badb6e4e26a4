//! Members through the log (Lamport 2001, section 3; Lamport 1998, 3.3.7).

use paxos::multi::{Config, Configurations, Members, Message, Slot, Timer, Value, Wish};

use crate::cluster::config;
use crate::hand::{Hand, ballot, node, promise, proposals, put};

fn members(numbers: &[u32]) -> Members {
    numbers.iter().copied().map(node).collect()
}

fn wish(number: u64, numbers: &[u32]) -> Wish {
    Wish { asker: node(0), number, members: members(numbers) }
}

/// Three members of five servers, alpha 2.
fn three() -> Config {
    Config { members: members(&[0, 1, 2]), alpha: 2, ..config(5) }
}

#[test]
fn members_are_members_from_alpha_slots_later_on() {
    let config = three();
    let mut configurations = Configurations::first(config.members.clone());
    assert!(configurations.execute(Slot(5), &wish(1, &[2, 3, 4]), &config, 5));
    assert_eq!(*configurations.at(Slot(6)), members(&[0, 1, 2]));
    assert_eq!(*configurations.at(Slot(7)), members(&[2, 3, 4]));
}

#[test]
fn a_wish_is_done_once() {
    let config = three();
    let mut configurations = Configurations::first(config.members.clone());
    configurations.execute(Slot(5), &wish(1, &[2, 3, 4]), &config, 5);
    configurations.execute(Slot(6), &wish(2, &[0, 1, 2]), &config, 5);
    assert!(!configurations.execute(Slot(7), &wish(1, &[2, 3, 4]), &config, 5));
    assert_eq!(*configurations.newest().1, members(&[0, 1, 2]));
}

#[test]
fn no_ops_bring_the_new_members_and_they_promise_first() {
    let (mut hand, _) = Hand::new(0, three());
    hand.hear(1, promise(ballot(1, 0), 0, &[]));
    assert!(hand.node.is_leader());
    let letters = hand.wish(&[0, 3, 4]);
    let value = Value::Reconfigure(wish(1, &[0, 3, 4]));
    assert_eq!(proposals(&letters), [(1, 1, value.clone()), (2, 1, value)]);
    // Slot 1 is executed: slot 2 is a no-op of the old members; from slot 3 on there are new ones,
    // who are asked for their promises.
    let letters = hand.accepted(1, &[1]);
    assert_eq!(proposals(&letters), [(1, 2, Value::Noop), (2, 2, Value::Noop)]);
    let prepare = Message::Prepare { ballot: ballot(1, 0), from: Slot(2) };
    let asked = letters.iter().filter(|(_, message)| *message == prepare);
    assert_eq!(asked.map(|(to, _)| to.number()).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(proposals(&hand.ask(put(1))), [], "nobody new has promised");
    hand.accepted(2, &[1]);
    let letters = hand.hear(3, promise(ballot(1, 0), 0, &[]));
    let to: Vec<_> = proposals(&letters).iter().map(|(to, slot, _)| (*to, *slot)).collect();
    assert_eq!(to, [(3, 3), (4, 3)]);
    // Who is no member any more does not count.
    hand.accepted(3, &[1, 2]);
    assert_eq!(hand.executed(), 2);
    hand.accepted(3, &[4]);
    assert_eq!(hand.executed(), 3);
}

#[test]
fn a_leader_that_is_no_member_any_more_leads_no_more() {
    let (mut hand, _) = Hand::new(0, three());
    hand.hear(1, promise(ballot(1, 0), 0, &[]));
    hand.wish(&[1, 2, 3]);
    hand.accepted(1, &[1]);
    assert!(hand.node.is_leader(), "slot 2 is still of the old members");
    hand.accepted(2, &[1]);
    assert!(!hand.node.is_leader());
    // Nobody leads: it tells the others what they need to know to find that out.
    let letters = hand.fire(Timer::Heartbeat);
    let commit = Message::Commit { ballot: None, upto: Slot(2) };
    assert!(letters.contains(&(node(1), commit)));
}

#[test]
fn a_wish_is_passed_on_until_it_is_done() {
    let (mut hand, _) = Hand::new(1, three());
    let one = Wish { asker: node(1), number: 1, members: members(&[1, 2]) };
    assert_eq!(hand.wish(&[1, 2]), [(node(0), Message::Wish(one.clone()))]);
    assert_eq!(hand.fire(Timer::Wish).len(), 1);
    hand.hear(0, Message::Learn(vec![(Slot(1), ballot(1, 0), Value::Reconfigure(one))]));
    assert_eq!(hand.fire(Timer::Wish), []);
    // The next has another number, even after a restart.
    hand.restart();
    hand.wish(&[2]);
    assert_eq!(hand.disk.wished, 2);
}

#[test]
fn members_of_a_later_slot_do_not_vote_in_an_earlier_one() {
    let (mut hand, _) = Hand::new(0, three());
    hand.hear(1, promise(ballot(1, 0), 0, &[]));
    hand.ask(put(1));
    hand.accepted(1, &[3, 4]);
    assert_eq!(hand.executed(), 0, "they are no members");
}
