//! What primaries do.

use std::sync::Arc;

use primary_backup::{
    Ack, ChunkReply, Confirm, Header, Message, Number, Pong, Reads, Replica, ReplicaTimer, View,
};
use sim_node::{Harness, LocalTime};

use crate::harness::{CLIENT, Sent, config, get, kinds, ms, node, put, start, view};

fn ack(epoch: u64, since: u64, count: u64) -> Message {
    Message::Ack(Ack { epoch: view(epoch), since: view(since), count: Number(count) })
}

/// The first primary, which serves.
fn primary(replicas: u32, reads: Reads) -> Harness<Replica> {
    let config = primary_backup::Config { reads, ..config(replicas) };
    let (mut harness, messages) = start::<Replica>(0, config);
    assert_eq!(kinds(&messages).len() as u32, replicas - 1, "it asks whether they follow");
    for backup in 1..replicas {
        harness.receive(node(backup), ack(1, 1, 0));
    }
    assert!(harness.node.leading().expect("it is primary").is_in_service());
    harness
}

fn ask(harness: &mut Harness<Replica>, request: Arc<service::Request>) -> Vec<Sent> {
    harness.receive(CLIENT, Message::Request(request))
}

fn answered(messages: &[Sent]) -> bool {
    kinds(messages).contains(&(CLIENT.number(), "Reply"))
}

/// Budhiraja and others 1993: the primary answers once every backup has acknowledged.
#[test]
fn an_update_is_answered_when_all_backups_have_it() {
    let mut harness = primary(4, Reads::Forward);
    let messages = ask(&mut harness, put(1));
    assert_eq!(kinds(&messages), [(1, "Forward"), (2, "Forward"), (3, "Forward")]);
    assert!(!answered(&harness.receive(node(1), ack(1, 1, 1))));
    assert!(!answered(&harness.receive(node(1), ack(1, 1, 1))), "one twice is not two");
    assert!(!answered(&harness.receive(node(3), ack(1, 1, 1))));
    assert!(answered(&harness.receive(node(2), ack(1, 1, 1))));
}

/// An acknowledgement of another epoch, or of what a backup was before, says nothing.
#[test]
fn acknowledgements_belong_to_a_membership() {
    let mut harness = primary(2, Reads::Forward);
    ask(&mut harness, put(1));
    assert!(!answered(&harness.receive(node(1), ack(2, 1, 1))));
    assert!(!answered(&harness.receive(node(1), ack(1, 2, 1))));
    assert!(answered(&harness.receive(node(1), ack(1, 1, 1))));
}

/// A retry is the same update, before it is answered and afterwards.
#[test]
fn a_retry_is_not_a_second_update() {
    let mut harness = primary(2, Reads::Forward);
    ask(&mut harness, put(1));
    assert_eq!(ask(&mut harness, put(1)), []);
    harness.receive(node(1), ack(1, 1, 1));
    assert!(answered(&ask(&mut harness, put(1))));
    assert_eq!(harness.node.log().last(), Number(1));
}

/// van Renesse and Schneider 2004, section 4: acknowledgements "will not be forthcoming from the
/// failed backup and ... should not subsequently be awaited".
#[test]
fn who_is_dropped_is_not_waited_for() {
    let mut harness = primary(3, Reads::Forward);
    ask(&mut harness, put(1));
    harness.receive(node(1), ack(1, 1, 1));
    let next = View::first(2).without(node(2), view(2));
    let messages = harness.receive(node(3), Message::NewView(next.into()));
    assert!(answered(&messages));
    assert!(kinds(&messages).contains(&(3, "Acknowledge")));
}

/// With `drop_after`, a primary tells the view service whom it has not reached for so long, counted
/// from when it first looked and missed an answer; any answer ends that. The view that comes of it
/// ends the waiting.
#[test]
fn who_answers_nothing_for_long_is_told_of() {
    let drop_after = Some(ms(100));
    let config = primary_backup::Config { drop_after, ..config(3) };
    let (mut harness, _) = start::<Replica>(0, config);
    harness.receive(node(1), ack(1, 1, 0));
    harness.receive(node(2), ack(1, 1, 0));
    let unreached = |harness: &mut Harness<Replica>| {
        let messages = harness.fire(ReplicaTimer::Ping);
        let pings = messages.into_iter().filter_map(|(_, message)| match message {
            Message::Ping(ping) => Some(ping.unreached),
            _ => None,
        });
        pings.flatten().collect::<Vec<_>>()
    };
    ask(&mut harness, put(1));
    harness.receive(node(1), ack(1, 1, 1));
    harness.wait(ms(200));
    assert_eq!(unreached(&mut harness), [], "it has not looked yet");
    harness.fire(ReplicaTimer::Retry);
    harness.wait(ms(99));
    assert_eq!(unreached(&mut harness), [], "a moment early");
    // A word of what it has already, even.
    harness.receive(node(2), ack(1, 1, 0));
    harness.fire(ReplicaTimer::Retry);
    harness.wait(ms(99));
    assert_eq!(unreached(&mut harness), [], "it has answered since");
    harness.wait(ms(1));
    assert_eq!(unreached(&mut harness), [(node(2), view(1))]);
    let next = View::first(2).without(node(2), view(2));
    assert!(answered(&harness.receive(node(3), Message::NewView(next.into()))));
    harness.fire(ReplicaTimer::Retry);
    harness.wait(ms(500));
    assert_eq!(unreached(&mut harness), [], "who has all, and who was dropped, are not waited for");
}

/// Without `drop_after`, nobody but the view service says who has crashed.
#[test]
fn who_answers_nothing_is_waited_for() {
    let mut harness = primary(2, Reads::Forward);
    ask(&mut harness, put(1));
    harness.fire(ReplicaTimer::Retry);
    harness.wait(ms(60_000));
    let messages = harness.fire(ReplicaTimer::Ping);
    let told =
        |(_, message): &Sent| matches!(message, Message::Ping(it) if it.unreached.is_empty());
    assert!(!messages.is_empty() && messages.iter().all(told));
}

/// A recruit gets the state in parts while updates go on, and the view is acknowledged only once it
/// has all; from then on updates wait for it.
#[test]
fn a_recruit_counts_when_it_has_the_state() {
    let mut harness = primary(2, Reads::Forward);
    harness.receive(node(2), Message::NewView(View::first(1).without(node(1), view(2)).into()));
    assert!(answered(&ask(&mut harness, put(1))), "alone");
    let mut recruiting = View::first(1).without(node(1), view(3));
    recruiting.recruits.insert(node(1), view(3));
    let messages = harness.receive(node(2), Message::NewView(recruiting.into()));
    assert_eq!(kinds(&messages), [(1, "Chunk")], "the first of two items");
    assert!(answered(&ask(&mut harness, put(2))), "nobody waits for it yet");
    let reply = |received, installed: Option<u64>| {
        Message::ChunkReply(ChunkReply {
            epoch: view(1),
            since: view(3),
            base: Number(1),
            received,
            installed: installed.map(Number),
        })
    };
    assert_eq!(kinds(&harness.receive(node(1), reply(1, None))), [(1, "Chunk")]);
    let messages = harness.receive(node(1), reply(2, Some(1)));
    assert_eq!(kinds(&messages), [(1, "Forward")], "what has come since");
    assert_eq!(kinds(&harness.receive(node(1), ack(1, 3, 2))), [(2, "Acknowledge")]);
    assert!(!answered(&ask(&mut harness, put(3))), "now it is waited for");
    assert!(answered(&harness.receive(node(1), ack(1, 3, 3))));
}

/// A primary that crashed asks anew whether it is followed, and uses no number twice.
#[test]
fn a_primary_that_comes_back_asks_first() {
    let mut harness = primary(2, Reads::Local);
    ask(&mut harness, put(1));
    harness.restart();
    let pong = Pong { view: View::first(1).into(), lease: false, sent: LocalTime::default() };
    let messages = harness.receive(node(2), Message::Pong(pong));
    assert_eq!(kinds(&messages), [(1, "Forward")]);
    assert_eq!(ask(&mut harness, get(2)), [], "it waits");
    let messages = harness.receive(node(1), ack(1, 1, 1));
    assert!(answered(&messages));
    assert_eq!(harness.node.applied(), Number(1));
}

/// What the primary acknowledged before it crashed, the view service may receive after it has come
/// back: so the recruit still counts, and a view from before says nothing.
#[test]
fn an_acknowledgement_outlives_a_crash() {
    let mut harness = primary(2, Reads::Forward);
    let alone = View::first(1).without(node(1), view(2));
    harness.receive(node(2), Message::NewView(alone.clone().into()));
    let mut recruiting = View { number: view(3), ..alone.clone() };
    recruiting.recruits.insert(node(1), view(3));
    let messages = harness.receive(node(2), Message::NewView(recruiting.clone().into()));
    assert_eq!(kinds(&messages), [(1, "Chunk")]);
    let (epoch, since, base) = (view(1), view(3), Number(0));
    let reply = ChunkReply { epoch, since, base, received: 0, installed: Some(base) };
    let messages = harness.receive(node(1), Message::ChunkReply(reply));
    assert_eq!(kinds(&messages), [(2, "Acknowledge")]);
    harness.restart();
    let pong = |view: &View| {
        Message::Pong(Pong { view: view.clone().into(), lease: false, sent: LocalTime::default() })
    };
    assert_eq!(kinds(&harness.receive(node(2), pong(&alone))), []);
    assert!(harness.node.leading().is_none(), "an older view");
    assert_eq!(kinds(&harness.receive(node(2), pong(&recruiting))), [(1, "Forward")]);
    assert_eq!(ask(&mut harness, put(1)), [], "the recruit has not answered");
    assert_eq!(kinds(&harness.receive(node(1), ack(1, 3, 0)))[0], (1, "Forward"));
    assert!(answered(&harness.receive(node(1), ack(1, 3, 1))));
}

/// An old primary that is refused stops serving.
#[test]
fn a_primary_that_is_refused_steps_down() {
    let mut harness = primary(2, Reads::Local);
    assert!(answered(&ask(&mut harness, get(1))));
    harness.receive(node(1), Message::Refuse(view(5)));
    assert!(harness.node.leading().is_none());
    assert_eq!(ask(&mut harness, get(2)), []);
}

/// A confirmed read needs every backup, as any of them may be the next primary.
#[test]
fn a_read_is_confirmed_by_all_backups() {
    let mut harness = primary(3, Reads::Forward);
    let messages = ask(&mut harness, get(1));
    assert_eq!(kinds(&messages), [(1, "Confirm"), (2, "Confirm")]);
    let Message::Confirm(confirm) = messages[0].1.clone() else { panic!("a question") };
    let stale = Confirm { round: confirm.round - 1, ..confirm.clone() };
    let other = Header { epoch: view(2), ..confirm.header };
    let foreign = Confirm { header: other, ..confirm.clone() };
    harness.receive(node(1), Message::Confirmed(confirm.clone()));
    assert!(!answered(&harness.receive(node(2), Message::Confirmed(stale))), "an earlier question");
    assert!(!answered(&harness.receive(node(2), Message::Confirmed(foreign))), "another epoch");
    assert!(answered(&harness.receive(node(2), Message::Confirmed(confirm))));
}

/// A lease counts from the sending of the ping, and is shorter by the drift: 180 of 200ms.
#[test]
fn a_lease_counts_from_the_ping() {
    for (wait, alone) in [(179, true), (180, false)] {
        let mut harness = primary(2, Reads::Lease);
        assert!(!answered(&ask(&mut harness, get(1))), "it has none yet");
        let messages = harness.fire(ReplicaTimer::Ping);
        let Message::Ping(ping) = &messages[0].1 else { panic!("a ping") };
        let pong = Pong { view: View::first(1).into(), lease: true, sent: ping.sent };
        harness.wait(ms(wait));
        harness.receive(node(2), Message::Pong(pong));
        assert_eq!(answered(&ask(&mut harness, get(2))), alone, "after {wait}ms");
    }
}

/// What is read is never lost: an update that a backup lacks is not to be seen.
#[test]
fn a_read_does_not_see_what_a_backup_lacks() {
    let mut harness = primary(2, Reads::Local);
    ask(&mut harness, put(1));
    let messages = ask(&mut harness, get(2));
    let Message::Reply(reply) = &messages[0].1 else { panic!("{messages:?}") };
    assert_eq!(reply.answer, service::Answer::Done(service::Output::Value(None)));
}
