//! The size of a message on the wire, against sizes counted by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use sim_node::{Class, Message, NodeId, RoundMessage, wire_size};

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Pair {
    small: u8,
    wide: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Shape {
    Plain,
    Wrapped(u32),
    Tuple(u8, u16),
    Named { flag: bool, text: String },
}

impl Message for Shape {
    const KINDS: &'static [(&'static str, Class)] = &[("Shape", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
}

/// A message that knows its own size better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Compressed(Vec<u64>);

impl Message for Compressed {
    const KINDS: &'static [(&'static str, Class)] = &[("Compressed", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
    fn size(&self) -> usize {
        7
    }
}

#[test]
fn sizes_are_as_counted_by_hand() {
    assert_eq!(wire_size(&()), 0);
    assert_eq!(wire_size(&Unit), 0);
    assert_eq!(wire_size(&true), 1);
    assert_eq!(wire_size(&-1_i16), 2);
    assert_eq!(wire_size(&1_u128), 16);
    assert_eq!(wire_size(&'x'), 4);
    assert_eq!(wire_size("four"), 4 + 4);
    assert_eq!(wire_size("µ"), 4 + 2);
    assert_eq!(wire_size(&None::<u64>), 1);
    assert_eq!(wire_size(&Some(1_u64)), 1 + 8);
    assert_eq!(wire_size(&Pair { small: 1, wide: 2 }), 1 + 8);
    assert_eq!(wire_size(&NodeId::new(3)), 4);
    assert_eq!(wire_size(&[1_u16; 3]), 6, "an array's length is known");
    assert_eq!(wire_size(&vec![1_u16; 3]), 4 + 6);
    assert_eq!(wire_size(&BTreeMap::from([(1_u8, 2_u32), (3, 4)])), 4 + 2 * (1 + 4));
}

#[test]
fn a_variant_takes_a_byte_and_names_take_nothing() {
    assert_eq!(Shape::Plain.size(), 1);
    assert_eq!(Shape::Wrapped(1).size(), 1 + 4);
    assert_eq!(Shape::Tuple(1, 2).size(), 1 + 1 + 2);
    assert_eq!(Shape::Named { flag: true, text: "abc".into() }.size(), 1 + 1 + 4 + 3);
}

#[test]
fn a_round_message_adds_its_round_to_what_the_message_says_of_itself() {
    assert_eq!(RoundMessage { round: 1, message: Shape::Wrapped(1) }.size(), 4 + 5);
    assert_eq!(RoundMessage { round: 1, message: Compressed(vec![1; 100]) }.size(), 4 + 7);
}

proptest! {
    #[test]
    fn a_list_is_its_length_and_its_items(
        items in prop::collection::vec(any::<Option<u32>>(), 0..50)
    ) {
        let expected = 4 + items.iter().map(wire_size).sum::<usize>();
        prop_assert_eq!(wire_size(&items), expected);
    }
}
