//! What backups and recruits do.

use primary_backup::{Ack, Chunk, Header, Incarnation, Message, Number, Replica};
use service::Store;
use sim_node::Harness;

use crate::harness::{config, forward, kinds, node, start, view};

fn backup() -> Harness<Replica> {
    start(1, config(3)).0
}

/// How many updates it says it has.
fn acks(messages: &[(sim_node::NodeId, Message)]) -> Vec<u64> {
    let ack = |message: &Message| match message {
        Message::Ack(Ack { count, .. }) => Some(count.0),
        _ => None,
    };
    messages.iter().filter_map(|(_, message)| ack(message)).collect()
}

/// Alsberg and Day 1976: updates have one order, that of the primary.
#[test]
fn a_backup_takes_updates_in_order_and_once() {
    let mut harness = backup();
    assert_eq!(acks(&harness.receive(node(0), forward(1, 1, 0, &[1]))), [1]);
    assert_eq!(
        acks(&harness.receive(node(0), forward(1, 1, 2, &[3]))),
        [1],
        "the second is missing"
    );
    assert_eq!(acks(&harness.receive(node(0), forward(1, 1, 0, &[1]))), [1], "a copy");
    assert_eq!(
        acks(&harness.receive(node(0), forward(1, 1, 1, &[2]))),
        [3],
        "and the third has waited"
    );
    assert_eq!(harness.node.applied(), Number(3));
}

/// What it has acknowledged it has after a crash.
#[test]
fn a_backup_keeps_what_it_has_acknowledged() {
    let mut harness = backup();
    harness.receive(node(0), forward(1, 1, 0, &[1, 2]));
    harness.restart();
    assert_eq!(harness.node.applied(), Number(2));
    assert_eq!(
        acks(&harness.receive(node(0), forward(1, 1, 2, &[3]))),
        [3],
        "and goes on from there"
    );
}

/// van Renesse and Schneider 2004, section 4: "telling them to suspend processing requests".
#[test]
fn a_suspended_backup_refuses_the_old_primary() {
    let mut harness = backup();
    harness.receive(node(0), forward(1, 1, 0, &[1]));
    let messages = harness.receive(node(3), Message::Suspend(view(2)));
    let Message::Report(report) = &messages[0].1 else { panic!("{messages:?}") };
    assert_eq!((report.number, report.since, report.count), (view(2), view(1), Number(1)));
    let messages = harness.receive(node(0), forward(1, 1, 1, &[2]));
    assert_eq!(kinds(&messages), [(0, "Refuse")]);
    assert_eq!(harness.node.applied(), Number(1));
}

/// The epoch outlives a crash, and so does the willingness to report for it again.
#[test]
fn a_suspended_backup_stays_so_after_a_restart() {
    let mut harness = backup();
    harness.receive(node(3), Message::Suspend(view(2)));
    harness.restart();
    assert_eq!(kinds(&harness.receive(node(0), forward(1, 1, 0, &[1]))), [(0, "Refuse")]);
    assert_eq!(kinds(&harness.receive(node(3), Message::Suspend(view(2)))), [(3, "Report")]);
    assert_eq!(kinds(&harness.receive(node(3), Message::Suspend(view(1)))), [], "an old one");
}

/// A backup confirms only the epoch that it follows.
#[test]
fn a_backup_confirms_no_epoch_that_is_over() {
    let mut harness = backup();
    let ask = |epoch| {
        let header = Header { view: view(epoch), epoch: view(epoch), since: view(1) };
        Message::Confirm(primary_backup::Confirm { header, round: 7 })
    };
    assert_eq!(kinds(&harness.receive(node(0), ask(1))), [(0, "Confirmed")]);
    harness.receive(node(2), forward(2, 1, 0, &[]));
    assert_eq!(kinds(&harness.receive(node(0), ask(1))), [(0, "Refuse")]);
    assert_eq!(kinds(&harness.receive(node(2), ask(2))), [(2, "Confirmed")]);
}

/// MIT 6.824, lab 2: a server that has restarted says so, and is idle until it gets the state.
#[test]
fn a_replica_without_a_disk_comes_back_as_idle() {
    let config = primary_backup::Config { disks: false, ..config(3) };
    let (mut harness, _) = start::<Replica>(1, config);
    harness.receive(node(0), forward(1, 1, 0, &[1]));
    let messages = harness.restart();
    let Message::Ping(ping) = &messages[0].1 else { panic!("{messages:?}") };
    assert_eq!(ping.since, view(0));
    assert_eq!(
        kinds(&harness.receive(node(0), forward(1, 1, 1, &[2]))),
        [],
        "it is not what it was"
    );
    assert_eq!(harness.node.applied(), Number(0));
}

/// A part of the state that was sent to an earlier incarnation is refused: that one may have had
/// more since.
#[test]
fn a_state_for_an_earlier_incarnation_is_refused() {
    let config = primary_backup::Config { disks: false, ..config(3) };
    let (mut harness, _) = start::<Replica>(1, config);
    harness.restart();
    let chunk = |incarnation| {
        let header = Header { view: view(3), epoch: view(1), since: view(3) };
        let (base, data) = (Number(4), Store::default().chunk(0, 1));
        Message::Chunk(Box::new(Chunk {
            header,
            incarnation: Incarnation(incarnation),
            base,
            data,
        }))
    };
    assert_eq!(kinds(&harness.receive(node(0), chunk(1))), []);
    assert_eq!(harness.node.since(), view(0));
    assert_eq!(kinds(&harness.receive(node(0), chunk(2))), [(0, "ChunkReply")]);
    assert_eq!((harness.node.since(), harness.node.applied()), (view(3), Number(4)));
}

/// Budhiraja and others 1993, Pb3: who is not primary serves no request.
#[test]
fn a_backup_sends_clients_to_the_primary() {
    let mut harness = backup();
    let messages =
        harness.receive(crate::harness::CLIENT, Message::Request(crate::harness::get(1)));
    let Message::Reply(reply) = &messages[0].1 else { panic!("{messages:?}") };
    assert_eq!(reply.answer, service::Answer::Redirect(Some(node(0))));
    // While it knows of none, it keeps them waiting, and tells them as soon as it does.
    harness.receive(node(3), Message::Suspend(view(2)));
    let messages =
        harness.receive(crate::harness::CLIENT, Message::Request(crate::harness::get(2)));
    assert_eq!(messages, []);
    let messages = harness.receive(node(2), forward(2, 1, 0, &[]));
    assert_eq!(kinds(&messages), [(100, "Reply"), (2, "Ack")]);
}
