//! RF3: if two logs contain an entry with the same index and term, they are identical in all
//! entries up to that index.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sim_check::{Claim, ENTRY, Judge, Kind, Property, View, size_in_memory};
use sim_node::{Effect, Node, NodeId};

use super::records;
use crate::{Index, Party, Payload, Record, Term};

/// RF3 log-matching (figure 3). By induction it is enough that all entries with the same index and
/// term have the same content, and the same term before them.
#[derive(Clone, Debug)]
pub struct LogMatching {
    /// The index after which the run began: that of the first entry that was written, less one.
    begin: Option<Index>,
    /// The first entry that was written at each index after `begin`.
    first: Vec<(Term, Known)>,
    /// All other entries, by index and term: of another term, or after a gap.
    others: BTreeMap<(Index, Term), Known>,
    /// About how many bytes they take.
    kept: u64,
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
    /// The entry with this index and term that was written before, to compare with. If there is
    /// none, records `new`.
    fn record_or_compare(
        &mut self,
        index: Index,
        term: Term,
        new: impl FnOnce() -> Known,
    ) -> Option<&Known> {
        let begin = *self.begin.get_or_insert(index.previous());
        let position =
            index.0.checked_sub(begin.0 + 1).and_then(|position| usize::try_from(position).ok());
        if let Some(position) = position {
            if position == self.first.len() {
                let known = self.others.remove(&(index, term));
                let is_known = known.is_some();
                self.first.push((term, known.unwrap_or_else(new)));
                return self.first.last().filter(|_| is_known).map(|(_, known)| known);
            }
            if self.first.get(position).is_some_and(|(first, _)| *first == term) {
                return Some(&self.first[position].1);
            }
        }
        match self.others.entry((index, term)) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(vacancy) => {
                vacancy.insert(new());
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
        meaning: "if two logs contain an entry with the same index and term, they are identical in \
                  all entries up to that index",
        source: "Ongaro and Ousterhout 2014 (extended version), figure 3; section 5.3",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { begin: None, first: Vec::new(), others: BTreeMap::new(), kept: 0 }
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
                if let Some(known) = self.record_or_compare(index, entry.term, new) {
                    judge.judged();
                    if let Some(detail) = difference(index, entry, before, known) {
                        judge.violate(node, detail, &[known.step]);
                    }
                } else {
                    self.kept += ENTRY + size_in_memory(&entry.payload);
                }
                before = entry.term;
            }
        }
    }

    fn kept(&self) -> u64 {
        self.kept
    }
}

/// How an entry that follows one of term `before` differs from the known one with its index and
/// term.
fn difference(index: Index, entry: &crate::Entry, before: Term, known: &Known) -> Option<String> {
    let term = entry.term;
    if known.payload != entry.payload {
        return Some(format!(
            "two entries with index {index} and term {term} have different contents"
        ));
    }
    (known.before != before).then(|| {
        let one = known.before;
        format!(
            "two logs have entry {index} of term {term}, but the entries before it have terms {one} \
             and {before}"
        )
    })
}
