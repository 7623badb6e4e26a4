//! [`Disk`]: what a node has written, what of it is durable, and what its barriers hold.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use crate::Stable;

/// The disk of one node, as every driver has it. `H` is what a barrier can hold: sends and
/// indications, in a form of the driver's own.
///
/// Only a barrier makes writes durable. One sync runs at a time, and covers what was written before
/// it began. How long a sync takes is the driver's business:
///
/// * At a barrier it asks [`Disk::needs_sync`], and if so begins one; then it calls
///   [`Disk::barrier`].
/// * When a sync has taken its time it calls [`Disk::complete_sync`], begins the next one if that
///   says so, and takes what is free with [`Disk::release`].
/// * While the disk [holds](Disk::holds), later sends and indications go to [`Disk::hold`].
///
/// It reads as what is durable on it.
#[derive(Clone, Debug)]
pub struct Disk<S: Stable, H> {
    /// The fold of all records that are durable.
    durable: S,
    /// Records that are not, in order.
    unsynced: VecDeque<S::Record>,
    /// How many records of this incarnation are durable.
    synced: u64,
    /// How many will be when the sync under way completes.
    syncing: Option<u64>,
    /// How many the latest barrier waits for.
    wanted: u64,
    held: VecDeque<Held<H>>,
    /// Durable records were lost or damaged while the node was down.
    damaged: bool,
    /// How it came to what is durable, where somebody may take it back.
    past: Option<Box<Past<S>>>,
}

/// What was durable at first, and every record since.
#[derive(Clone, Debug)]
struct Past<S: Stable> {
    base: S,
    records: Vec<S::Record>,
}

#[derive(Clone, Debug)]
enum Held<H> {
    /// What follows waits until so many records are durable.
    Barrier(u64),
    Effect(H),
}

impl<S: Stable, H> Disk<S, H> {
    /// A disk on which this is durable.
    #[must_use]
    pub fn new(durable: S) -> Self {
        Self {
            durable,
            unsynced: VecDeque::new(),
            synced: 0,
            syncing: None,
            wanted: 0,
            held: VecDeque::new(),
            damaged: false,
            past: None,
        }
    }

    /// From now on it keeps every record, so that it can be [cut back](Disk::cut_back).
    pub fn remember(&mut self) {
        self.past = Some(Box::new(Past { base: self.durable.clone(), records: Vec::new() }));
    }

    /// The records that it keeps, all of them durable, in order; none unless it
    /// [remembers](Disk::remember).
    #[must_use]
    pub fn kept(&self) -> &[S::Record] {
        self.past.as_ref().map_or(&[], |past| &past.records)
    }

    /// All but the first so many of the records that it keeps are lost. Returns how many are.
    pub fn cut_back(&mut self, length: usize) -> usize {
        let Some(past) = &mut self.past else { return 0 };
        let lost = past.records.len().saturating_sub(length);
        if lost > 0 {
            past.records.truncate(length);
            self.durable = past.base.clone();
            past.records.iter().for_each(|record| self.durable.apply(record));
        }
        lost
    }

    fn apply(&mut self, record: S::Record) {
        self.durable.apply(&record);
        if let Some(past) = &mut self.past {
            past.records.push(record);
        }
    }

    /// How many records were written in this incarnation.
    fn written(&self) -> u64 {
        self.synced + self.unsynced.len() as u64
    }

    /// A record is written; it is not durable yet.
    #[inline]
    pub fn write(&mut self, record: S::Record) {
        self.unsynced.push_back(record);
    }

    /// Whether a barrier, set now, needs a sync to begin: something is not durable, and no sync is
    /// under way.
    #[inline]
    #[must_use]
    pub fn needs_sync(&self) -> bool {
        self.syncing.is_none() && !self.unsynced.is_empty()
    }

    /// A sync of everything that is written by now begins.
    pub fn begin_sync(&mut self) {
        debug_assert!(self.syncing.is_none(), "one sync runs at a time");
        self.syncing = Some(self.written());
    }

    /// Whether a sync is under way.
    #[must_use]
    pub fn is_syncing(&self) -> bool {
        self.syncing.is_some()
    }

    /// The sync under way completes: what was written before it began is durable. Returns whether
    /// a barrier waits for more, so that the next one has to begin.
    pub fn complete_sync(&mut self) -> bool {
        let Some(upto) = self.syncing.take() else { return false };
        while self.synced < upto {
            let Some(record) = self.unsynced.pop_front() else { break };
            self.apply(record);
            self.synced += 1;
        }
        self.synced < self.wanted
    }

    /// A barrier: what is [held](Disk::hold) from now on waits until everything that is written by
    /// now is durable. Returns whether there is anything to wait for; if not, what earlier barriers
    /// hold, they hold in order.
    #[inline]
    pub fn barrier(&mut self) -> bool {
        if self.unsynced.is_empty() {
            return false;
        }
        self.wanted = self.written();
        self.held.push_back(Held::Barrier(self.wanted));
        true
    }

    /// Whether anything is held, or will be: a send or an indication must wait behind it.
    #[inline]
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// A send or an indication waits behind the barriers.
    pub fn hold(&mut self, effect: H) {
        self.held.push_back(Held::Effect(effect));
    }

    /// The next effect that no barrier need hold any longer, in order.
    pub fn release(&mut self) -> Option<H> {
        loop {
            if let Held::Barrier(upto) = self.held.front()?
                && *upto > self.synced
            {
                return None;
            }
            if let Held::Effect(effect) = self.held.pop_front()? {
                return Some(effect);
            }
        }
    }

    /// What is held, in order.
    pub fn held(&self) -> impl Iterator<Item = &H> {
        self.held.iter().filter_map(|held| match held {
            Held::Effect(effect) => Some(effect),
            Held::Barrier(_) => None,
        })
    }

    /// The writes that are not durable, in order.
    pub fn unsynced_records(&self) -> impl Iterator<Item = &S::Record> {
        self.unsynced.iter()
    }

    /// How many writes are not durable.
    #[must_use]
    pub fn unsynced(&self) -> usize {
        self.unsynced.len()
    }

    /// A crash: what is held is lost, and of the writes that are not durable those survive of which
    /// `survives` says so; it is asked for the place of each, in order.
    pub fn crash(&mut self, mut survives: impl FnMut(usize) -> bool) {
        for (place, record) in std::mem::take(&mut self.unsynced).into_iter().enumerate() {
            if survives(place) {
                self.apply(record);
            }
        }
        self.held.clear();
        self.syncing = None;
        (self.synced, self.wanted) = (0, 0);
    }

    /// Everything on it is lost, what was durable included; the next start is told of the damage.
    pub fn wipe(&mut self) {
        self.durable = S::default();
        self.damaged = true;
        if self.past.is_some() {
            self.remember();
        }
    }

    /// Says whether the next start is told that durable records were lost or damaged.
    pub fn set_damaged(&mut self, damaged: bool) {
        self.damaged = damaged;
    }

    /// Whether the next start is told that durable records were lost or damaged.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }
}

impl<S: Stable, H> Deref for Disk<S, H> {
    type Target = S;
    #[inline]
    fn deref(&self) -> &S {
        &self.durable
    }
}

/// What is durable can be set, as by an image of a disk.
impl<S: Stable, H> DerefMut for Disk<S, H> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.durable
    }
}

/// It compares as what is durable on it.
impl<S: Stable, H> PartialEq<S> for Disk<S, H> {
    fn eq(&self, durable: &S) -> bool {
        self.durable == *durable
    }
}
