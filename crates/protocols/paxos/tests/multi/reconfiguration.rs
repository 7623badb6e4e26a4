//! Members through the log (Lamport 2001, section 3; Lamport 1998, 3.3.7).

use std::sync::Arc;

use paxos::Quorums;
use paxos::multi::{
    AdminCommand, Configurations, Disk, Leader, Members, Message, Settings, Slot, Snapshot, Timer,
    Value,
};
use service::Store;
use sim_node::{RequestId, RequestOutcome};

use crate::cluster::config;
use crate::harness::{TestServer, ballot, node, promise, proposals, put};

fn members(numbers: &[u32]) -> Members {
    numbers.iter().copied().map(node).collect()
}

fn command(number: u64, numbers: &[u32]) -> AdminCommand {
    // The harness counts the requests from 0.
    let request = u32::try_from(number).ok().map(|number| RequestId::new(number - 1));
    AdminCommand { server: node(0), number, members: members(numbers), request }
}

/// Three members of five servers, alpha 2.
fn three() -> Settings {
    Settings { members: Some(vec![node(0), node(1), node(2)]), alpha: 2, ..config(5) }
}

#[test]
fn members_are_members_from_alpha_slots_later_on() {
    let config = three();
    let mut configurations = Configurations::first(config.first_members());
    assert!(configurations.execute(Slot(5), &command(1, &[2, 3, 4]), &config, 5));
    assert_eq!(configurations.at(Slot(6)), members(&[0, 1, 2]));
    assert_eq!(configurations.at(Slot(7)), members(&[2, 3, 4]));
}

#[test]
fn a_command_is_executed_once() {
    let config = three();
    let mut configurations = Configurations::first(config.first_members());
    configurations.execute(Slot(5), &command(1, &[2, 3, 4]), &config, 5);
    configurations.execute(Slot(6), &command(2, &[0, 1, 2]), &config, 5);
    assert!(!configurations.execute(Slot(7), &command(1, &[2, 3, 4]), &config, 5));
    assert_eq!(configurations.newest().1, members(&[0, 1, 2]));
}

/// A crash may keep the vote for a command, and lose the record of its number.
#[test]
fn a_number_of_a_command_is_not_used_again() {
    let mut disk = Disk::default();
    disk.log.vote(Slot(1), ballot(1, 0), &Value::Reconfigure(Arc::new(command(1, &[2, 3, 4]))));
    let (mut server, _) = TestServer::with_disk(0, three(), disk);
    server.reconfigure(&[0, 1]);
    server.receive(1, promise(server.node.ballot().expect("it campaigns"), 0, &[]));
    server.accepted(1, &[1]);
    server.accepted(2, &[1]);
    let second = AdminCommand { request: Some(RequestId::new(0)), ..command(2, &[0, 1]) };
    let second = Value::Reconfigure(Arc::new(second));
    assert_eq!(server.node.log().get(Slot(2)).map(|entry| &entry.value), Some(&second));
}

/// The log may be compacted by the next crash: the number is on the disk by then.
#[test]
fn a_number_of_a_command_outlasts_the_log() {
    let mut disk = Disk::default();
    disk.log.vote(Slot(1), ballot(1, 0), &Value::Reconfigure(Arc::new(command(1, &[2, 3, 4]))));
    let (server, _) = TestServer::with_disk(0, three(), disk);
    assert_eq!(server.disk.numbered, 1);
    let mut configurations = Configurations::first(three().first_members());
    configurations.execute(Slot(5), &command(2, &[2, 3, 4]), &three(), 5);
    let snapshot = Snapshot { slot: Slot(5), configurations, store: Store::default() };
    let disk = Disk { snapshot: Some(Arc::new(snapshot)), ..Disk::default() };
    let (server, _) = TestServer::with_disk(0, three(), disk);
    assert_eq!(server.disk.numbered, 2);
}

/// Where everybody may lead, a server that is no member passes a command on to the members, and a
/// member begins to lead.
#[test]
fn a_command_at_a_server_that_is_no_member_reaches_the_members() {
    let everybody = || Settings { leader: Leader::Everybody, ..three() };
    let (mut outsider, _) = TestServer::new(4, everybody());
    let command = AdminCommand { server: node(4), ..command(1, &[2, 3, 4]) };
    let asks = |one| (node(one), Message::Admin(command));
    assert_eq!(outsider.reconfigure(&[2, 3, 4]), [asks(0), asks(1), asks(2)]);
    let (mut member, _) = TestServer::new(0, everybody());
    member.receive(4, Message::Admin(command));
    member.receive(1, promise(member.node.ballot().expect("it campaigns"), 0, &[]));
    let proposed = member.node.log().get(Slot(1)).map(|entry| &entry.value);
    assert_eq!(proposed, Some(&Value::Reconfigure(Arc::new(command))));
    let (mut other, _) = TestServer::new(3, everybody());
    assert_eq!(other.receive(4, asks(3).1), [], "it is no member either");
    assert!(other.node.ballot().is_none());
}

#[test]
fn no_ops_bring_the_new_members_and_they_promise_first() {
    let (mut server, _) = TestServer::new(0, three());
    server.receive(1, promise(ballot(1, 0), 0, &[]));
    assert!(server.node.is_leader());
    let sent = server.reconfigure(&[0, 3, 4]);
    let value = Value::Reconfigure(Arc::new(command(1, &[0, 3, 4])));
    assert_eq!(proposals(&sent), [(1, 1, value.clone()), (2, 1, value)]);
    // Slot 1 is executed: slot 2 is a no-op of the old members; slot 3 has new ones, which are
    // asked for their promises.
    let sent = server.accepted(1, &[1]);
    assert_eq!(proposals(&sent), [(1, 2, Value::Noop), (2, 2, Value::Noop)]);
    let prepare = Message::Prepare { ballot: ballot(1, 0), from: Slot(2) };
    let asked = sent.iter().filter(|(_, message)| *message == prepare);
    assert_eq!(asked.map(|(to, _)| to.number()).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(proposals(&server.ask(put(1))), [], "no new member has promised");
    server.accepted(2, &[1]);
    let sent = server.receive(3, promise(ballot(1, 0), 0, &[]));
    let to: Vec<_> = proposals(&sent).iter().map(|(to, slot, _)| (*to, *slot)).collect();
    assert_eq!(to, [(3, 3), (4, 3)]);
    // A vote of a server that is no member any more does not count.
    server.accepted(3, &[1, 2]);
    assert_eq!(server.executed(), 2);
    server.accepted(3, &[4]);
    assert_eq!(server.executed(), 3);
}

#[test]
fn a_leader_that_is_no_member_any_more_steps_down() {
    let (mut server, _) = TestServer::new(0, three());
    server.receive(1, promise(ballot(1, 0), 0, &[]));
    server.reconfigure(&[1, 2, 3]);
    server.accepted(1, &[1]);
    assert!(server.node.is_leader(), "slot 2 is still of the old members");
    server.accepted(2, &[1]);
    assert!(!server.node.is_leader());
    // No server leads: it tells the others what is chosen, so that they learn of the new members.
    let sent = server.fire(Timer::Heartbeat);
    let commit = Message::Commit { ballot: None, upto: Slot(2) };
    assert!(sent.contains(&(node(1), commit)));
}

#[test]
fn a_command_is_passed_on_until_it_is_executed() {
    let (mut server, _) = TestServer::new(1, three());
    let one = AdminCommand { server: node(1), ..command(1, &[1, 2]) };
    assert_eq!(server.reconfigure(&[1, 2]), [(node(0), Message::Admin(one))]);
    assert_eq!(server.fire(Timer::Admin).len(), 1);
    server.receive(
        0,
        Message::Learn(vec![(Slot(1), ballot(1, 0), Value::Reconfigure(Arc::new(one)))]),
    );
    assert_eq!(server.fire(Timer::Admin), []);
    // The next has another number, even after a restart.
    server.restart();
    server.reconfigure(&[2]);
    assert_eq!(server.disk.numbered, 2);
}

#[test]
fn members_of_a_later_slot_do_not_vote_in_an_earlier_one() {
    let (mut server, _) = TestServer::new(0, three());
    server.receive(1, promise(ballot(1, 0), 0, &[]));
    server.ask(put(1));
    server.accepted(1, &[3, 4]);
    assert_eq!(server.executed(), 0, "they are no members");
}

/// Of two commands for the same members each has its own outcome.
#[test]
fn each_request_for_the_same_members_has_its_own_outcome() {
    let flexible = Settings { quorums: Quorums::Flexible { prepare: 2, accept: 2 }, ..three() };
    let (mut server, _) = TestServer::new(0, flexible);
    server.receive(1, promise(ballot(1, 0), 0, &[]));
    let (first, second) = (RequestId::new(0), RequestId::new(1));
    server.reconfigure(&[0, 1, 2, 3]);
    server.reconfigure(&[0, 1, 2, 3]);
    let why = "quorums of these members need not meet";
    let refused = RequestOutcome::Refused(why.to_owned());
    server.accepted(1, &[1]);
    assert_eq!(server.outcomes, [(first, refused.clone())]);
    server.accepted(2, &[1]);
    assert_eq!(server.outcomes, [(second, refused)]);
}
