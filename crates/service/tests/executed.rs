//! What replicas execute, place by place: a value, a state or a snapshot that differs is noticed.

use service::{ClientId, Command, Executed, Key, Operation, Request, Store};
use sim_node::NodeId;

fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

/// A client's operation that appends its number to one of three keys.
fn append(sequence: u64) -> Request {
    let client = ClientId { node: node(9), session: sequence % 2 };
    let key = Key(u32::try_from(sequence % 3).expect("small"));
    let operation = Operation { client, sequence };
    Request { operation, command: Command::Append(key, sequence.to_string()) }
}

/// The state after so many of these operations.
fn after(operations: u64) -> Store {
    let mut store = Store::default();
    for sequence in 1..=operations {
        let Request { operation, command } = append(sequence);
        store.execute(operation, &command);
    }
    store
}

/// Somebody has executed so many of these operations, one at each place.
fn executed(operations: u64) -> Executed<u64> {
    let mut executed = Executed::new();
    executed.advance(node(0), operations, None);
    for place in 1..=operations {
        assert_eq!(executed.execute(place, &place, [&append(place)], place), None);
    }
    executed
}

#[test]
fn a_fingerprint_follows_what_operations_touch() {
    let mut executed = executed(20);
    assert_eq!(executed.last(), 20);
    for place in (0..=20).rev() {
        assert!(executed.agrees(place, &after(place)), "place {place}");
    }
    // The same operation again, deletions and misses change what they change, and no more.
    let mut store = after(20);
    let client = ClientId { node: node(8), session: 0 };
    let more = [
        Command::Delete(Key(1)),
        Command::Delete(Key(1)),
        Command::CompareAndSet(Key(1), Some("x".to_owned()), "y".to_owned()),
        Command::Get(Key(2)),
    ];
    let requests = (1..)
        .zip(more)
        .map(|(sequence, command)| Request { operation: Operation { client, sequence }, command });
    let requests: Vec<Request> = [append(20)].into_iter().chain(requests).collect();
    assert_eq!(executed.execute(21, &21, &requests, 21), None);
    for Request { operation, command } in &requests {
        store.execute(*operation, command);
    }
    assert!(executed.agrees(21, &store));
}

#[test]
fn another_state_is_noticed_at_every_place() {
    let mut executed = executed(5);
    for place in 0..=5 {
        for other in (0..=5).filter(|other| *other != place) {
            assert!(!executed.agrees(place, &after(other)), "{other} at place {place}");
        }
    }
    assert!(!executed.agrees(6, &after(6)), "nobody has executed as much");
}

#[test]
fn another_value_is_noticed_and_told_with_the_first() {
    let mut executed = executed(3);
    assert_eq!(executed.execute(2, &2, [&append(2)], 50), None);
    assert_eq!(executed.execute(2, &7, [&append(7)], 51), Some(&(2, 2)));
    assert!(executed.agrees(3, &after(3)), "the first stands");
}

#[test]
fn a_replica_is_followed_from_its_start() {
    let mut executed = executed(3);
    assert_eq!(executed.advance(node(0), 3, None), None, "nothing is new");
    assert_eq!(executed.advance(node(0), 5, None), Some(4..=5));
    executed.crash(node(0));
    assert_eq!(executed.advance(node(0), 2, Some((2, &after(2)))), Some(1..=2));
    assert_eq!(executed.advance(node(1), 1, None), Some(1..=1));
}

#[test]
fn a_snapshot_that_was_there_from_the_beginning_is_taken_as_it_is() {
    let mut executed = Executed::<u64>::new();
    assert_eq!(executed.advance(node(0), 7, Some((5, &after(5)))), Some(1..=7));
    assert_eq!(executed.last(), 5);
    for place in 6..=7 {
        assert_eq!(executed.execute(place, &place, [&append(place)], 0), None);
    }
    assert!(executed.agrees(5, &after(5)) && executed.agrees(7, &after(7)));
    assert!(!executed.agrees(6, &after(5)));
    // Of places before it nothing is known until somebody shows a state of them.
    assert!(executed.agrees(3, &after(3)));
    assert!(!executed.agrees(3, &after(2)));
    // A later snapshot does not pass: the replica has been seen before, though it crashed since.
    executed.crash(node(0));
    executed.advance(node(0), 9, Some((9, &after(9))));
    assert_eq!(executed.last(), 7);
    assert!(!executed.agrees(9, &after(9)));
}

#[test]
fn what_it_keeps_grows_with_what_is_executed_and_not_with_what_is_overwritten() {
    let (some, more) = (executed(300).kept(), executed(600).kept());
    // The values of the three keys are in its state, once.
    assert!(
        some > 300 * 128 && more > 2 * some - 2_000 && more < 2 * some + 2_000,
        "{some}, {more}"
    );

    // A snapshot from before the run takes the place of what was there, in the count as well.
    let mut given: Executed<u64> = Executed::new();
    let none = given.kept();
    given.advance(node(0), 600, Some((600, &after(600))));
    assert!(given.kept() > none + 2_000);
    let large = Command::Put(Key(0), "x".repeat(10_000));
    let client = ClientId { node: node(8), session: 0 };
    for (place, command) in (601..).zip([large, Command::Delete(Key(0))]) {
        let before = given.kept();
        let operation = Operation { client, sequence: place };
        given.execute(place, &place, [&Request { operation, command }], place);
        let grew = given.kept().wrapping_sub(before);
        let is_larger = place == 601;
        assert_eq!(grew < 1 << 63 && grew > 10_000, is_larger, "place {place}");
    }
    assert!(given.kept() < none + 20_000, "what was deleted is not kept");
}
