//! Members through the log (Lamport 2001, section 3; Lamport 1998, 3.3.7).

use paxos::multi::{
    Configurations, Disk, Leader, Members, Message, Settings, Slot, Snapshot, Timer, Value, Wish,
};
use service::Store;

use crate::cluster::config;
use crate::hand::{Hand, ballot, node, promise, proposals, put};

fn members(numbers: &[u32]) -> Members {
    numbers.iter().copied().map(node).collect()
}

fn wish(number: u64, numbers: &[u32]) -> Wish {
    Wish { asker: node(0), number, members: members(numbers) }
}

/// Three members of five servers, alpha 2.
fn three() -> Settings {
    Settings { members: Some(vec![node(0), node(1), node(2)]), alpha: 2, ..config(5) }
}

#[test]
fn members_are_members_from_alpha_slots_later_on() {
    let config = three();
    let mut configurations = Configurations::first(config.first_members());
    assert!(configurations.execute(Slot(5), &wish(1, &[2, 3, 4]), &config, 5));
    assert_eq!(*configurations.at(Slot(6)), members(&[0, 1, 2]));
    assert_eq!(*configurations.at(Slot(7)), members(&[2, 3, 4]));
}

#[test]
fn a_wish_is_done_once() {
    let config = three();
    let mut configurations = Configurations::first(config.first_members());
    configurations.execute(Slot(5), &wish(1, &[2, 3, 4]), &config, 5);
    configurations.execute(Slot(6), &wish(2, &[0, 1, 2]), &config, 5);
    assert!(!configurations.execute(Slot(7), &wish(1, &[2, 3, 4]), &config, 5));
    assert_eq!(*configurations.newest().1, members(&[0, 1, 2]));
}

/// A crash may keep the vote for a wish, and lose the record that its number is taken.
#[test]
fn a_number_of_a_wish_is_not_used_again() {
    let mut disk = Disk::default();
    disk.log.vote(Slot(1), ballot(1, 0), &Value::Reconfigure(wish(1, &[2, 3, 4])));
    let (mut hand, _) = Hand::with_disk(0, three(), disk);
    hand.wish(&[0, 1]);
    hand.hear(1, promise(hand.node.ballot().expect("it campaigns"), 0, &[]));
    hand.accepted(1, &[1]);
    hand.accepted(2, &[1]);
    let second = Value::Reconfigure(wish(2, &[0, 1]));
    assert_eq!(hand.node.log().get(Slot(2)).map(|entry| &entry.value), Some(&second));
}

/// The log may have forgotten the vote by the next crash: the number is on the disk by then.
#[test]
fn a_number_of_a_wish_outlasts_the_log() {
    let mut disk = Disk::default();
    disk.log.vote(Slot(1), ballot(1, 0), &Value::Reconfigure(wish(1, &[2, 3, 4])));
    let (hand, _) = Hand::with_disk(0, three(), disk);
    assert_eq!(hand.disk.wished, 1);
    let mut configurations = Configurations::first(three().first_members());
    configurations.execute(Slot(5), &wish(2, &[2, 3, 4]), &three(), 5);
    let snapshot = Snapshot { slot: Slot(5), configurations, store: Store::default() };
    let disk = Disk { snapshot: Some(snapshot), ..Disk::default() };
    let (hand, _) = Hand::with_disk(0, three(), disk);
    assert_eq!(hand.disk.wished, 2);
}

/// Where everybody may lead, a member that is asked to does so; who is none asks the members.
#[test]
fn a_wish_at_a_server_that_is_no_member_reaches_the_members() {
    let everybody = || Settings { leader: Leader::Everybody, ..three() };
    let (mut stranger, _) = Hand::new(4, everybody());
    let wish = Wish { asker: node(4), number: 1, members: members(&[2, 3, 4]) };
    let asks = |one| (node(one), Message::Wish(wish.clone()));
    assert_eq!(stranger.wish(&[2, 3, 4]), [asks(0), asks(1), asks(2)]);
    let (mut member, _) = Hand::new(0, everybody());
    member.hear(4, Message::Wish(wish.clone()));
    member.hear(1, promise(member.node.ballot().expect("it campaigns"), 0, &[]));
    let proposed = member.node.log().get(Slot(1)).map(|entry| &entry.value);
    assert_eq!(proposed, Some(&Value::Reconfigure(wish.clone())));
    let (mut other, _) = Hand::new(3, everybody());
    assert_eq!(other.hear(4, asks(3).1), [], "it is no member either");
    assert!(other.node.ballot().is_none());
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
