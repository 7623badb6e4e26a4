//! What something takes in memory, about: the same number on every machine.

use serde::Serialize;
use sim_node::wire_size;

/// What a value takes in memory, about: twice its plain encoding, as pointers, spare room and the
/// allocator take their share. It is counted by content, as if nothing were shared.
pub fn size_in_memory<T: Serialize + ?Sized>(value: &T) -> u64 {
    2 * wire_size(value) as u64
}

/// What so many entries of a collection take in memory, about, each of which is a few numbers.
#[must_use]
pub fn size_of_entries(count: usize) -> u64 {
    ENTRY * count as u64
}

/// What an entry takes beside what it points to, about.
pub const ENTRY: u64 = 64;
