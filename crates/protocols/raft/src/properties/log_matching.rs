//! RF3: logs that contain an entry with one index and term are identical in all entries up to it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::records;
use crate::{Index, Party, Payload, Record, Term};

/// RF3 log-matching (figure 3). By induction it is enough that every entry with one index and term
/// has one content and one term before it.
#[derive(Clone, Debug)]
pub struct LogMatching {
    /// The index after which the run began: that of the first entry that was written, less one.
    begin: Option<Index>,
    /// The first entry that was written at each index after `begin`.
    first: Vec<(Term, Known)>,
    /// All other entries, by index and term: of another term, or after a gap.
    others: BTreeMap<(Index, Term), Known>,
}

/// An entry that was written to a log.
#[derive(Clone, Debug)]
struct Known {
    /// The term of the entry before it.
    before: Term,
    payload: Payload,
    /// The step that wrote it first.
    step: u64,
}

impl LogMatching {
    /// The entry with this index and term, which is `new` if none was written so far.
    fn known(&mut self, index: Index, term: Term, new: impl FnOnce() -> Known) -> Option<&Known> {
        let begin = *self.begin.get_or_insert(index.previous());
        let place = index.0.checked_sub(begin.0 + 1).and_then(|place| usize::try_from(place).ok());
        if let Some(place) = place {
            if place == self.first.len() {
                let known = self.others.remove(&(index, term));
                let is_known = known.is_some();
                self.first.push((term, known.unwrap_or_else(new)));
                return self.first.last().filter(|_| is_known).map(|(_, known)| known);
            }
            if self.first.get(place).is_some_and(|(first, _)| *first == term) {
                return Some(&self.first[place].1);
            }
        }
        match self.others.entry((index, term)) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(place) => {
                place.insert(new());
                None
            }
        }
    }
}

impl Property<Party> for LogMatching {
    const CLAIM: Claim = Claim {
        code: "RF3",
        name: "log-matching",
        kind: Kind::Safety,
        meaning: "logs that contain an entry with one index and term are identical in all entries \
                  up to it",
        source: "Ongaro and Ousterhout 2014, figure 3; section 5.3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { begin: None, first: Vec::new(), others: BTreeMap::new() }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        for record in records(effects) {
            let Record::Append { after, after_term, entries } = record else { continue };
            let (mut index, mut before) = (*after, *after_term);
            for entry in entries.iter() {
                index = index.next();
                let new = || Known { before, payload: entry.payload.clone(), step: view.step };
                if let Some(known) = self.known(index, entry.term, new) {
                    judge.judged();
                    if known.before != before || known.payload != entry.payload {
                        let (term, step) = (entry.term, known.step);
                        let detail = format!("two entries {index} of term {term} differ");
                        judge.violate(node, detail, &[step]);
                    }
                }
                before = entry.term;
            }
        }
    }
}
