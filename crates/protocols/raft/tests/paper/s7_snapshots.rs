//! Section 7: log compaction, and InstallSnapshot.

use std::sync::Arc;

use raft::{
    AppendResult, Config, Configuration, Disk, Entry, Index, InstallSnapshot, InstallSnapshotReply,
    Message, Payload, Snapshot, Term, Timer,
};
use service::{Answer, Command, Key, Output, Store};

use crate::cluster::config;
use crate::group::Group;
use crate::server::{
    Sent, TestServer, answers, append, disk, entry, get, kinds, matched, node, operation, put,
    results, vote_request, votes,
};

fn features(snapshot_every: u64, snapshot_keep: u64, snapshot_chunk: usize) -> Config {
    Config { snapshot_every, snapshot_keep, snapshot_chunk, ..config(3) }
}

/// A store in which so many keys hold their number, each put by an operation of one client.
fn store(keys: u32) -> Store {
    let mut store = Store::default();
    for key in 0..keys {
        let command = Command::Put(Key(key), key.to_string());
        store.execute(operation(u64::from(key) + 1), &command);
    }
    store
}

/// The chunks of a snapshot of this store, from a leader of term 5.
fn chunks(index: u64, last_term: u64, store: &Store, size: usize) -> Vec<Message> {
    let chunk = |offset| {
        Message::InstallSnapshot(Box::new(InstallSnapshot {
            term: Term(5),
            last_included_index: Index(index),
            last_included_term: Term(last_term),
            configuration: Configuration::of_voters(config(3).voters()).into(),
            data: store.chunk(u32::try_from(offset).expect("small"), size),
        }))
    };
    (0..store.items().max(1)).step_by(size).map(chunk).collect()
}

/// How many items the server says it has, and whether the snapshot is installed.
fn received(sent: &[Sent]) -> (u32, bool) {
    match sent {
        [(_, Message::InstallSnapshotReply(reply))] => (reply.received, reply.is_covered),
        other => panic!("one answer: {other:?}"),
    }
}

/// "Each server takes snapshots independently, covering just the committed entries in its log":
/// "the last included index" and term, "the latest configuration in the log as of last included
/// index", and the state; then it "may delete all log entries up through the last included index".
#[test]
fn a_snapshot_stands_for_what_is_applied_and_takes_its_place_in_the_log() {
    for keep in [0, 2] {
        let mut server = TestServer::with_disk(1, features(3, keep, 9), disk(2, &[1, 1, 2, 2]));
        server.receive(0, append(2, (4, 2), Vec::new(), 2));
        assert_eq!(server.node.snapshot(), None, "two entries are applied");
        server.receive(0, append(2, (4, 2), Vec::new(), 3));
        let snapshot = server.node.snapshot().expect("taken").clone();
        assert_eq!((snapshot.index, snapshot.term), (Index(3), Term(2)));
        assert_eq!(&snapshot.store, server.node.state_machine());
        assert_eq!(&*snapshot.configuration, server.node.configuration());
        assert_eq!(server.node.log().base(), Index(3 - keep));
        assert_eq!(server.node.log().last_index(), Index(4), "what is not applied stays");
        // It is durable with the next entry.
        server.receive(0, append(2, (4, 2), vec![entry(2, 5)], 3));
        assert_eq!(
            (&server.disk.log, server.disk.snapshot.as_deref()),
            (server.node.log(), Some(&snapshot))
        );
    }
}

/// "The latest configuration in the log as of last included index": one that came later may be
/// truncated yet.
#[test]
fn a_snapshot_has_no_configuration_that_is_not_committed() {
    let mut server = TestServer::new(1, features(2, 0, 9));
    let wider = Configuration::of_voters((0..4).map(node));
    let change = Entry { term: Term(1), payload: Payload::Configuration(Arc::new(wider.clone())) };
    server.receive(0, append(1, (0, 0), vec![entry(1, 1), entry(1, 2), change], 2));
    assert_eq!(server.node.configuration(), &wider, "in effect");
    let snapshot = server.node.snapshot().expect("taken");
    assert_eq!(*snapshot.configuration, Configuration::of_voters(config(3).voters()));
    server.receive(2, append(2, (2, 1), vec![entry(2, 3)], 2));
    assert!(!server.node.configuration().is_voter(node(3)));
    server.restart();
    assert!(!server.node.configuration().is_voter(node(3)), "nor after a restart");
}

/// A server starts from its snapshot, and goes on from there.
#[test]
fn a_restart_begins_with_the_snapshot() {
    let mut server = TestServer::with_disk(1, features(3, 0, 9), disk(2, &[1, 1, 2, 2]));
    server.receive(0, append(2, (4, 2), Vec::new(), 3));
    let before = server.node.state_machine().clone();
    server.restart_with(1);
    assert_eq!((server.commit(), server.node.last_applied()), (3, Index(3)));
    assert_eq!(server.node.state_machine(), &before);
    assert_eq!(server.value(1), Some("2.3"));
    let sent = server.receive(0, append(2, (4, 2), vec![entry(2, 5)], 5));
    assert_eq!(results(&sent), [AppendResult::Success(Index(5))]);
    assert_eq!(server.value(1), Some("2.5"));
}

/// "The metadata ... are preserved to support the AppendEntries consistency check for the first log
/// entry following the snapshot", and so is what an election compares.
#[test]
fn what_follows_the_snapshot_is_checked_against_its_last_entry() {
    let snapshotted = || {
        let mut server = TestServer::with_disk(1, features(3, 0, 9), disk(2, &[1, 1, 2]));
        server.receive(0, append(2, (3, 2), Vec::new(), 3));
        assert_eq!((server.node.log().base(), server.terms()), (Index(3), vec![]));
        server
    };
    let sent = snapshotted().receive(0, append(3, (3, 2), vec![entry(3, 4)], 0));
    assert_eq!(results(&sent), [AppendResult::Success(Index(4))]);
    // An append that begins before the snapshot: that part is known to match.
    let old = vec![entry(1, 2), entry(2, 3), entry(3, 4)];
    let sent = snapshotted().receive(0, append(3, (1, 1), old, 0));
    assert_eq!(results(&sent), [AppendResult::Success(Index(4))]);
    let sent = snapshotted().receive(0, append(3, (4, 2), Vec::new(), 0));
    assert!(matches!(results(&sent)[..], [AppendResult::Rejected { .. }]));
    assert_eq!(votes(&snapshotted().receive(0, vote_request(3, 2, 2))), [(0, 3, false)]);
    assert_eq!(votes(&snapshotted().receive(0, vote_request(3, 3, 2))), [(0, 3, true)]);
}

/// "The leader must occasionally send snapshots to followers that lag behind. This happens when the
/// leader has already discarded the next log entry that it needs to send to a follower."
#[test]
fn a_follower_that_lags_behind_gets_the_snapshot_in_chunks_and_then_the_log() {
    for chunk in [1, 3, 100] {
        let mut group = Group::new(3, &features(5, 0, chunk));
        group.elect(0);
        group.cut = [2].into();
        for sequence in 1..=12 {
            let key = Key(u32::try_from(sequence % 5).expect("small"));
            group.ask(0, sequence, Command::Put(key, sequence.to_string()));
            group.deliver_all();
        }
        assert!(group.servers[0].node.log().base() > Index(5));
        group.cut.clear();
        for _ in 0..3 {
            group.heartbeat(0);
        }
        assert_eq!(group.servers[2].commit(), 13, "chunks of {chunk}");
        assert_eq!(group.servers[2].node.state_machine(), group.servers[0].node.state_machine());
        let sent = |message: &Message| matches!(message, Message::InstallSnapshot(_));
        let chunks = group.delivered.iter().filter(|(.., message)| sent(message)).count();
        // Five keys and one session.
        assert_eq!(chunks, 6_usize.div_ceil(chunk), "chunks of {chunk}");
    }
}

/// Figure 13: "if existing log entry has same index and term as snapshot's last included entry,
/// retain log entries following it"; otherwise "discard the entire log".
#[test]
fn an_installed_snapshot_replaces_the_log_unless_that_goes_on_from_it() {
    for (log, rest) in
        [(&[1, 1, 2, 2][..], &[2][..]), (&[1, 1, 1, 1], &[]), (&[1, 1], &[]), (&[], &[])]
    {
        let mut server = TestServer::with_disk(1, config(3), disk(2, log));
        for chunk in chunks(3, 2, &store(4), 2) {
            server.receive(0, chunk);
        }
        assert_eq!(server.node.log().base(), Index(3));
        assert_eq!(server.terms(), rest, "{log:?}");
        assert_eq!((server.commit(), server.node.last_applied()), (3, Index(3)));
        assert_eq!(&server.disk.log, server.node.log());
        server.restart();
        assert_eq!((server.commit(), server.node.state_machine()), (3, &store(4)));
    }
}

/// "Reset state machine using snapshot contents": what the snapshot does not have is gone.
#[test]
fn a_snapshot_replaces_the_state_and_is_not_merged_into_it() {
    let mut server = TestServer::with_disk(1, config(3), disk(2, &[1]));
    server.receive(0, append(2, (1, 1), Vec::new(), 1));
    assert_eq!(server.value(1), Some("1.1"));
    let mut deleted = store(1);
    deleted.execute(operation(2), &Command::Put(Key(7), "seven".to_owned()));
    for chunk in chunks(3, 2, &deleted, 1) {
        server.receive(0, chunk);
    }
    assert_eq!(server.value(1), None, "k1 was deleted in the meantime");
    assert_eq!(server.value(7), Some("seven"));
    assert_eq!(server.node.state_machine(), &deleted, "sessions included");
}

/// The snapshot carries the configuration; those of the old log are not in effect any more.
#[test]
fn a_snapshot_brings_its_configuration() {
    let mut log = disk(2, &[1]);
    let wider = Configuration::of_voters((0..5).map(node));
    log.log.push(Entry { term: Term(1), payload: Payload::Configuration(wider.into()) });
    let mut server = TestServer::with_disk(1, config(3), log);
    assert!(server.node.configuration().is_voter(node(4)));
    for chunk in chunks(3, 2, &store(1), 9) {
        server.receive(0, chunk);
    }
    assert_eq!(server.node.configuration(), &Configuration::of_voters((0..3).map(node)));
}

/// One that the log holds behind the snapshot's last entry stays in effect only with that log.
#[test]
fn a_configuration_behind_the_snapshot_goes_with_the_log_that_has_it() {
    let wider = Configuration::of_voters((0..5).map(node));
    for (term, stays) in [(2, true), (1, false)] {
        let mut log = disk(2, &[1, 1, term]);
        log.log.push(Entry {
            term: Term(2),
            payload: Payload::Configuration(Arc::new(wider.clone())),
        });
        let mut server = TestServer::with_disk(1, config(3), log);
        for chunk in chunks(3, 2, &store(1), 9) {
            server.receive(0, chunk);
        }
        assert_eq!(server.node.configuration() == &wider, stays, "an entry of term {term}");
        server.restart();
        assert_eq!(server.node.configuration() == &wider, stays, "the same after a restart");
    }
}

/// Chunks may be lost, duplicated and reordered: the answer says how much has arrived.
#[test]
fn chunks_in_any_order_make_the_same_snapshot() {
    let mut server = TestServer::new(1, config(3));
    let chunks = chunks(3, 2, &store(4), 2);
    assert_eq!(chunks.len(), 3, "four keys and a session");
    let has = [(1, (0, false)), (0, (2, false)), (2, (2, false)), (0, (2, false)), (1, (4, false))];
    for (chunk, expected) in has {
        assert_eq!(received(&server.receive(0, chunks[chunk].clone())), expected, "chunk {chunk}");
        assert_eq!(server.commit(), 0, "nothing is installed yet");
    }
    assert_eq!(received(&server.receive(0, chunks[2].clone())), (5, true));
    assert_eq!(server.node.state_machine(), &store(4));
    assert_eq!(
        received(&server.receive(0, chunks[2].clone())),
        (0, true),
        "and again: it is known"
    );
}

/// "If a snapshot file with a smaller index is being received, discard it": a newer one starts
/// over.
#[test]
fn a_newer_snapshot_takes_the_place_of_one_that_is_being_received() {
    let mut server = TestServer::new(1, config(3));
    let (old, new) = (chunks(3, 2, &store(4), 2), chunks(6, 2, &store(6), 2));
    server.receive(0, old[0].clone());
    assert_eq!(received(&server.receive(0, new[0].clone())), (2, false));
    assert_eq!(received(&server.receive(0, new[1].clone())), (4, false));
    for chunk in &new[2..] {
        server.receive(0, chunk.clone());
    }
    assert_eq!((server.commit(), server.node.state_machine()), (6, &store(6)));
}

/// "If instead the follower receives a snapshot that describes a prefix of its log", what it has
/// committed beyond it stays.
#[test]
fn an_old_snapshot_takes_nothing_back() {
    let mut server = TestServer::with_disk(1, config(3), disk(2, &[1, 1, 2, 2]));
    server.receive(0, append(2, (4, 2), Vec::new(), 4));
    let before = server.node.state_machine().clone();
    for chunk in chunks(3, 2, &store(4), 9) {
        assert_eq!(received(&server.receive(0, chunk)), (0, true), "what it stands for is known");
    }
    assert_eq!((server.commit(), server.terms().len()), (4, 4));
    assert_eq!(server.node.state_machine(), &before);
}

/// A snapshot is durable before the leader is told that it is installed.
#[test]
fn an_installed_snapshot_is_durable_before_it_is_acknowledged() {
    let mut server = TestServer::new(1, config(3));
    server.slow_disk = true;
    for chunk in chunks(3, 2, &store(4), 9) {
        assert_eq!(kinds(&server.receive(0, chunk)), []);
    }
    assert_eq!(received(&server.sync()), (5, true));
    server.restart();
    assert_eq!((server.commit(), server.node.state_machine()), (3, &store(4)));
}

/// A leader that begins with a snapshot has no entry to compare with, and a follower with nothing
/// gets the snapshot. A chunk that is lost is sent again with the next heartbeat.
#[test]
fn a_lost_chunk_is_sent_again() {
    let snapshot = Snapshot {
        index: Index(3),
        term: Term(2),
        configuration: Configuration::of_voters(config(3).voters()).into(),
        store: store(4),
    };
    let log = raft::Log::after(Index(3), Term(2));
    let full = Disk { term: Term(2), vote: None, log, snapshot: Some(snapshot.into()) };
    let mut group =
        Group::with_disks(vec![full.clone(), full, Disk::default()], &features(100, 0, 2));
    let lost = |_, _, message: &Message| matches!(message, Message::InstallSnapshot(_));
    group.fire(0, Timer::Election);
    group.deliver_all_but(lost);
    assert!(group.servers[0].node.is_leader());
    for _ in 0..4 {
        group.fire(0, Timer::Heartbeat);
        group.deliver_all_but(lost);
        assert_eq!((group.servers[2].commit(), group.servers[2].node.snapshot()), (0, None));
    }
    group.heartbeat(0);
    group.heartbeat(0);
    assert_eq!(group.servers[2].node.state_machine(), &store(4));
    assert_eq!(group.servers[2].commit(), 4, "the snapshot, and the leader's empty entry");
}

/// A leader that takes snapshots faster than it sends one goes on with the one that it has begun:
/// else it would start again for ever. (No property of a run is violated by that, for a follower
/// that is far behind is missed only when nothing new is committed, and then it catches up.)
#[test]
fn a_snapshot_is_sent_to_its_end_though_there_are_newer_ones() {
    let mut server = TestServer::new(0, features(1, 0, 1));
    server.elect();
    let commit_one_more = |server: &mut TestServer, sequence: u64| {
        let key = Key(u32::try_from(sequence).expect("small"));
        server.ask(sequence, Command::Put(key, "value".to_owned()));
        server.receive(1, matched(1, sequence + 1));
        assert_eq!(server.node.snapshot().expect("one an entry").index, Index(sequence + 1));
    };
    (1..=4).for_each(|sequence| commit_one_more(&mut server, sequence));
    let mut sent = server.fire(Timer::Heartbeat);
    sent.retain(|(_, message)| matches!(message, Message::InstallSnapshot(_)));
    for received in 0..5 {
        let [(_, Message::InstallSnapshot(chunk))] = &sent[..] else {
            panic!("one chunk: {sent:?}")
        };
        assert_eq!((chunk.last_included_index, chunk.data.offset), (Index(5), received));
        assert_eq!(chunk.data.done, received == 4, "four keys and a session");
        commit_one_more(&mut server, u64::from(received) + 5);
        let (last_included_index, received) = (chunk.last_included_index, received + 1);
        let is_covered = received == 5;
        let reply =
            InstallSnapshotReply { term: Term(1), last_included_index, received, is_covered };
        sent = server.receive(2, Message::InstallSnapshotReply(reply));
    }
}

/// Reads and retries see the same through a snapshot: the sessions belong to the state.
#[test]
fn sessions_are_part_of_the_snapshot() {
    let mut group = Group::new(3, &features(2, 0, 2));
    group.elect(0);
    group.cut = [2].into();
    for sequence in 1..=6 {
        group.ask(0, sequence, Command::Append(Key(1), sequence.to_string()));
        group.deliver_all();
    }
    group.cut.clear();
    group.heartbeat(0);
    group.heartbeat(0);
    group.cut = [0].into();
    group.elect_in_the_end(2);
    group.answered.clear();
    // A retry at a leader that has the operation in its snapshot only.
    group.ask(2, 6, Command::Append(Key(1), "6".to_owned()));
    group.deliver_all();
    assert_eq!(group.answered, [Answer::Done(Output::Done)]);
    assert_eq!(group.servers[2].value(1), Some("123456"));
}

/// A leader compacts as well, and goes on to replicate to those that keep up.
#[test]
fn a_leader_that_compacts_goes_on() {
    let mut server = TestServer::new(0, features(2, 0, 9));
    server.elect();
    for sequence in 1..=9 {
        server.ask(sequence, put(&sequence.to_string()));
        let sent = server.receive(1, matched(1, sequence + 1));
        assert_eq!(answers(&sent), [Answer::Done(Output::Done)]);
    }
    assert_eq!(server.node.log().base(), Index(10));
    server.ask(10, get());
    let read = answers(&server.receive(1, matched(1, 11)));
    assert_eq!(read, [Answer::Done(Output::Value(Some("9".to_owned())))]);
}
