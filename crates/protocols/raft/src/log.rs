//! [`Log`]: the entries after the snapshot (section 5.3; compaction, section 7).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use service::Request;

use crate::{Configuration, Index, Term};

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: Term,
    /// Its content.
    pub payload: Payload,
}

/// The content of an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Payload {
    /// A no-op: a new leader's first entry, so that it can commit what came before (section 8).
    Noop,
    /// An operation of a client.
    Command(Arc<Request>),
    /// A configuration, in effect as soon as it is in the log (section 6).
    Configuration(Arc<Configuration>),
}

/// The entries after `base`. Entries up to `base` are compacted; the snapshot covers them.
///
/// In a scenario's `images:` (initial disk contents), where often only terms matter,
/// `(noops: [1, 1, 4])` is a log of no-ops of these terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "DiskImage")]
pub struct Log {
    /// The last index that was compacted away, and its term; 0 when nothing was.
    base: (Index, Term),
    entries: Vec<Entry>,
}

/// A log in a scenario's `images:`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DiskImage {
    base: (Index, Term),
    entries: Vec<Entry>,
    /// The terms of no-ops, which follow `entries`.
    noops: Vec<Term>,
}

impl From<DiskImage> for Log {
    fn from(image: DiskImage) -> Self {
        let noops = image.noops.into_iter().map(|term| Entry { term, payload: Payload::Noop });
        Self { base: image.base, entries: image.entries.into_iter().chain(noops).collect() }
    }
}

impl Log {
    /// The index and term before the first entry, and the entries.
    pub(crate) fn parts(&self) -> ((Index, Term), &[Entry]) {
        (self.base, &self.entries)
    }

    /// An empty log after a snapshot.
    #[must_use]
    pub fn after(index: Index, term: Term) -> Self {
        Self { base: (index, term), entries: Vec::new() }
    }

    /// The last index that was compacted away.
    #[must_use]
    pub fn base(&self) -> Index {
        self.base.0
    }

    /// The index of the last entry, or of the base when there is none.
    #[must_use]
    pub fn last_index(&self) -> Index {
        Index(self.base.0.0 + self.entries.len() as u64)
    }

    /// The term of the last entry.
    #[must_use]
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(self.base.1, |entry| entry.term)
    }

    /// The term at an index; `None` beyond the end and before the base, 0 at index 0.
    #[must_use]
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base.0 {
            return Some(self.base.1);
        }
        self.get(index).map(|entry| entry.term)
    }

    /// The entry at an index.
    #[must_use]
    pub fn get(&self, index: Index) -> Option<&Entry> {
        self.entries.get(self.position(index)?)
    }

    /// The entries from an index on, with their indices.
    pub fn from(&self, index: Index) -> impl Iterator<Item = (Index, &Entry)> {
        let start = index.max(self.base.0.next());
        let skip = self.position(start).unwrap_or(0);
        let indices = (start.0..).map(Index);
        indices.zip(self.entries.iter().skip(skip))
    }

    /// `count` entries starting at `index`; they must be in the log.
    #[must_use]
    pub fn slice(&self, index: Index, count: usize) -> &[Entry] {
        let position = self.position(index).expect("compacted entries are not asked for");
        &self.entries[position..][..count]
    }

    /// The first index of the term of the entry at `index`.
    #[must_use]
    pub fn first_of_term(&self, index: Index) -> Index {
        let term = self.term_at(index);
        let mut first = index;
        while first > self.base.0.next() && self.term_at(first.previous()) == term {
            first = first.previous();
        }
        first
    }

    /// The last index whose entry has this term, or `None`.
    #[must_use]
    pub fn last_of_term(&self, term: Term) -> Option<Index> {
        // Terms never decrease along the log.
        let beyond = self.entries.partition_point(|entry| entry.term <= term);
        let last = Index(self.base.0.0 + beyond as u64);
        (self.term_at(last) == Some(term)).then_some(last)
    }

    /// Whether a candidate's log, which ends with this entry, is at least as up-to-date as this
    /// one, the voter's (section 5.4.1).
    #[must_use]
    pub fn candidate_is_up_to_date(&self, last_log_term: Term, last_log_index: Index) -> bool {
        (last_log_term, last_log_index) >= (self.last_term(), self.last_index())
    }

    /// Adds an entry. Returns its index.
    pub fn push(&mut self, entry: Entry) -> Index {
        self.entries.push(entry);
        self.last_index()
    }

    /// Removes everything after an index.
    pub fn truncate_after(&mut self, index: Index) {
        let keep = index.0.saturating_sub(self.base.0.0);
        self.entries.truncate(usize::try_from(keep).unwrap_or(usize::MAX));
    }

    /// Discards the entries up to `upto`, which a snapshot covers.
    pub fn compact(&mut self, upto: Index) {
        let Some(term) = self.term_at(upto) else { return };
        let forget = usize::try_from(upto.0 - self.base.0.0).expect("entries in memory");
        self.entries.drain(..forget);
        self.base = (upto, term);
    }

    fn position(&self, index: Index) -> Option<usize> {
        usize::try_from(index.0.checked_sub(self.base.0.0 + 1)?).ok()
    }
}
