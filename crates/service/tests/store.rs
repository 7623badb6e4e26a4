//! The state machine: every operation takes effect once, and parts make the store again.

use proptest::prelude::*;
use service::{ChunkAssembly, ClientId, Command, Key, Operation, Output, Received, Store};
use sim_node::NodeId;

fn operation(client: u32, session: u64, sequence: u64) -> Operation {
    let client = ClientId { node: NodeId::new(client), session };
    Operation { client, sequence }
}

fn commands() -> impl Strategy<Value = Command> {
    let key = || (0_u32..4).prop_map(Key);
    let text = || prop_oneof![Just(String::new()), "[a-c]{1,2}"];
    prop_oneof![
        key().prop_map(Command::Get),
        (key(), text()).prop_map(|(key, text)| Command::Put(key, text)),
        (key(), text()).prop_map(|(key, text)| Command::Append(key, text)),
        (key(), prop::option::of(text()), text())
            .prop_map(|(key, expected, text)| Command::CompareAndSet(key, expected, text)),
        key().prop_map(Command::Delete),
    ]
}

/// Operations as a log holds them: of a few sessions, each with its numbers in order.
fn operations() -> impl Strategy<Value = Vec<(Operation, Command)>> {
    let one = (0_u32..3, 0_u64..2, commands());
    prop::collection::vec(one, 0..40).prop_map(|drawn| {
        let mut sequences = std::collections::BTreeMap::new();
        let numbered = drawn.into_iter().map(|(client, session, command)| {
            let sequence = sequences.entry((client, session)).or_insert(0);
            *sequence += 1;
            (operation(client, session, *sequence), command)
        });
        numbered.collect()
    })
}

fn executed(operations: &[(Operation, Command)]) -> (Store, Vec<Option<Output>>) {
    let mut store = Store::default();
    let outputs = operations.iter().map(|(one, command)| store.execute(*one, command)).collect();
    (store, outputs)
}

proptest! {
    /// A log that holds operations again and again, as retries make it, leads to the same store and
    /// to the same answers as the log that holds each once.
    #[test]
    fn repeated_operations_take_effect_once(
        operations in operations(),
        repeats in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..8), 0..20),
    ) {
        let (once, answers) = executed(&operations);
        let mut repeated: Vec<(usize, bool)> = (0..operations.len()).map(|at| (at, true)).collect();
        for (which, later) in repeats {
            if operations.is_empty() {
                break;
            }
            let which = which.index(operations.len());
            let first = repeated.iter().position(|one| *one == (which, true)).expect("it is there");
            let place = (first + 1 + later).min(repeated.len());
            repeated.insert(place, (which, false));
        }
        let mut store = Store::default();
        for (which, first) in repeated {
            let (operation, command) = &operations[which];
            let answer = store.execute(*operation, command);
            if first {
                prop_assert_eq!(&answer, &answers[which]);
            } else {
                // The same answer as long as it is the session's last operation, and then none.
                prop_assert!(answer.is_none() || answer == answers[which]);
            }
        }
        prop_assert_eq!(store, once);
    }

    /// What was answered last in a session can be asked for, and nothing else.
    #[test]
    fn the_last_answer_of_each_session_is_kept(operations in operations()) {
        let (store, answers) = executed(&operations);
        for (place, (one, _)) in operations.iter().enumerate() {
            let overtaken =
                operations[place + 1..].iter().any(|(later, _)| later.client == one.client);
            let expected = if overtaken { None } else { answers[place].as_ref() };
            prop_assert_eq!(store.cached_response(*one), expected);
        }
        prop_assert_eq!(store.cached_response(operation(9, 0, 1)), None);
    }

    /// So do chunks that are lost, come twice, and overtake each other: each is one that the
    /// receiver has asked for at some time, since a sender goes where the answers say.
    #[test]
    fn pieces_make_the_store_again(
        operations in operations(),
        size in 1_usize..12,
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
    ) {
        let (store, _) = executed(&operations);
        let mut place = None;
        let mut chunks = vec![store.chunk(0, size)];
        let mut whole = None;
        let mut items = 0;
        for which in order {
            let chunk = chunks[which.index(chunks.len())].clone();
            let is_next = chunk.offset == items;
            let received = ChunkAssembly::receive(&mut place, "store", chunk.clone());
            prop_assert_eq!(received.is_next, is_next);
            let added = if is_next { chunk.items.len() } else { 0 };
            prop_assert_eq!(received.items as usize, items as usize + added);
            items = received.items;
            prop_assert_eq!(received.whole.is_some(), is_next && chunk.done);
            if received.whole.is_some() {
                whole = received.whole;
                break;
            }
            prop_assert_eq!(place.as_ref().map(ChunkAssembly::received), Some(items));
            chunks.push(store.chunk(items, size));
        }
        // The rest in order.
        let whole = whole.unwrap_or_else(|| loop {
            let received = ChunkAssembly::receive(&mut place, "store", store.chunk(items, size));
            items = received.items;
            if let Some(whole) = received.whole {
                break whole;
            }
        });
        prop_assert_eq!(whole, store);
        prop_assert_eq!(place, None, "nothing is left");
    }

    /// The items of a snapshot, in chunks of whatever size, make the store again.
    #[test]
    fn items_make_the_store_again(operations in operations(), size in 1_usize..12) {
        let (store, _) = executed(&operations);
        let mut copy = Store::default();
        let mut offset = 0;
        while offset < store.items() {
            let items = store.items_from(offset, size);
            prop_assert!(!items.is_empty() && items.len() <= size);
            offset += items.len();
            copy.add(items);
        }
        prop_assert_eq!(offset, store.items());
        prop_assert!(store.items_from(offset, size).is_empty());
        prop_assert_eq!(copy, store);
    }

    /// A read leaves no trace but in its session.
    #[test]
    fn a_read_changes_no_value(operations in operations(), key in 0_u32..4) {
        let (mut store, _) = executed(&operations);
        let before: Vec<_> = (0..4).map(|key| store.get(Key(key)).map(str::to_owned)).collect();
        let seen = store.execute(operation(8, 0, 1), &Command::Get(Key(key)));
        prop_assert_eq!(seen, Some(Output::Value(before[key as usize].clone())));
        let after: Vec<_> = (0..4).map(|key| store.get(Key(key)).map(str::to_owned)).collect();
        prop_assert_eq!(before, after);
    }
}

/// Of two stores, the later is assembled: what has arrived of the other is dropped.
#[test]
fn another_store_is_assembled_anew() {
    let (store, _) = executed(&[
        (operation(0, 0, 1), Command::Put(Key(0), "a".to_owned())),
        (operation(0, 0, 2), Command::Put(Key(1), "b".to_owned())),
    ]);
    let mut place = None;
    let mut receive = |of, chunk| ChunkAssembly::receive(&mut place, of, chunk);
    let part = |items, is_next| Received { items, is_next, whole: None };
    assert_eq!(receive(1, store.chunk(0, 2)), part(2, true));
    assert_eq!(receive(1, store.chunk(0, 2)), part(2, false), "it came twice");
    assert_eq!(receive(2, store.chunk(2, 2)), part(0, false), "of another store, not the next");
    assert_eq!(receive(1, store.chunk(2, 2)), part(0, false), "what there was of it is dropped");
    assert_eq!(receive(2, store.chunk(0, 1)), part(1, true));
    let whole = Received { items: 3, is_next: true, whole: Some(store.clone()) };
    assert_eq!(receive(2, store.chunk(1, 2)), whole);
    assert_eq!(place, None);
}

/// A store without items is one chunk.
#[test]
fn an_empty_store_is_whole_with_its_first_piece() {
    let mut place = None;
    let received = ChunkAssembly::receive(&mut place, (), Store::default().chunk(0, 1));
    assert_eq!(received, Received { items: 0, is_next: true, whole: Some(Store::default()) });
}

/// A missing key is told apart from an empty value.
#[test]
fn the_commands_do_what_they_say() {
    let mut store = Store::default();
    let key = Key(1);
    let text = |text: &str| Some(text.to_owned());
    let cas = |expected: Option<&str>, value: &str| {
        Command::CompareAndSet(key, expected.map(str::to_owned), value.to_owned())
    };
    let steps = [
        (Command::Get(key), Output::Value(None)),
        (Command::Delete(key), Output::Done),
        (cas(Some(""), "x"), Output::Written(false)),
        (Command::Append(key, String::new()), Output::Done),
        (Command::Get(key), Output::Value(text(""))),
        (cas(None, "x"), Output::Written(false)),
        (cas(Some(""), "a"), Output::Written(true)),
        (Command::Append(key, "b".to_owned()), Output::Done),
        (Command::Get(key), Output::Value(text("ab"))),
        (Command::Put(key, "c".to_owned()), Output::Done),
        (Command::Get(key), Output::Value(text("c"))),
        (Command::Delete(key), Output::Done),
        (cas(None, "d"), Output::Written(true)),
        (Command::Get(key), Output::Value(text("d"))),
    ];
    for (sequence, (command, output)) in (1..).zip(steps) {
        assert_eq!(store.execute(operation(0, 0, sequence), &command), Some(output), "{command:?}");
    }
    assert_eq!(store.get(Key(2)), None, "other keys are other objects");
}
