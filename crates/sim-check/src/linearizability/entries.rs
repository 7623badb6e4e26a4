//! [`Entries`]: the invocations and responses that are left, as a doubly linked list.

use super::Spec;
use super::part::Part;

/// A place in the list.
pub(super) type Place = u32;

/// Whose invocation or response stands at a place.
#[derive(Clone, Copy)]
pub(super) enum Entry {
    /// The invocation of this operation.
    Invoked(u32),
    /// The response of this operation.
    Answered(u32),
}

/// The invocations and responses of the operations that are not placed, in the order of the
/// history. Taking one out and putting it back costs constant time when the last taken out is the
/// first put back (Knuth's dancing links).
pub(super) struct Entries {
    entries: Vec<Entry>,
    next: Vec<Place>,
    before: Vec<Place>,
    /// Per operation, the places of its invocation and, if it has answered, of its response.
    places: Vec<(Place, Option<Place>)>,
}

impl Entries {
    pub(super) fn new<S: Spec>(part: &Part<'_, S>) -> Self {
        let mut all = Vec::with_capacity(2 * part.len());
        for (call, item) in (0..).zip(&part.items) {
            all.push((item.invoked, Entry::Invoked(call)));
            all.extend(item.answered.map(|position| (position, Entry::Answered(call))));
        }
        all.sort_unstable_by_key(|&(position, _)| position);

        let mut places = vec![(0, None); part.len()];
        for (place, &(_, entry)) in (0..).zip(&all) {
            match entry {
                Entry::Invoked(call) => places[call as usize].0 = place,
                Entry::Answered(call) => places[call as usize].1 = Some(place),
            }
        }
        // The place after the last stands for both ends.
        let end = Place::try_from(all.len()).expect("two entries an operation at most");
        let next = (1..=end).chain([0]).collect();
        let before = [end].into_iter().chain(0..end).collect();
        Self { entries: all.into_iter().map(|(_, entry)| entry).collect(), next, before, places }
    }

    /// The first place that is left.
    pub(super) fn first(&self) -> Place {
        self.next[self.entries.len()]
    }

    /// The place that is left after this one, which may itself be taken out.
    pub(super) fn next(&self, place: Place) -> Place {
        self.next[place as usize]
    }

    /// What stands there; `None` past the last.
    pub(super) fn get(&self, place: Place) -> Option<Entry> {
        self.entries.get(place as usize).copied()
    }

    /// Takes an operation out; returns the place where its invocation stood.
    pub(super) fn take(&mut self, call: u32) -> Place {
        let (invoked, answered) = self.places[call as usize];
        self.unlink(invoked);
        if let Some(answered) = answered {
            self.unlink(answered);
        }
        invoked
    }

    /// Puts the operation back that was taken out last; returns the place of its invocation.
    pub(super) fn put_back(&mut self, call: u32) -> Place {
        let (invoked, answered) = self.places[call as usize];
        if let Some(answered) = answered {
            self.link(answered);
        }
        self.link(invoked);
        invoked
    }

    fn unlink(&mut self, place: Place) {
        let (before, next) = (self.before[place as usize], self.next[place as usize]);
        self.next[before as usize] = next;
        self.before[next as usize] = before;
    }

    fn link(&mut self, place: Place) {
        let (before, next) = (self.before[place as usize], self.next[place as usize]);
        self.next[before as usize] = place;
        self.before[next as usize] = place;
    }
}
