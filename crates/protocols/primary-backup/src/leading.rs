//! [`Leading`]: what a primary knows of its view, and how far the others are.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use service::{Operation, Request, Store};
use sim_node::{LocalTime, NodeId};

use crate::reads::Reading;
use crate::{Config, Number, View, ViewNumber};

/// What a primary knows; volatile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Leading {
    /// Its view.
    pub(crate) view: Arc<View>,
    /// Whether it serves: all members have followed it, and have what it had when it began.
    pub(crate) in_service: bool,
    /// The last update that it had when it began.
    pub(crate) goal: Number,
    /// The last view that it has acknowledged since it took up the first one of this incarnation.
    pub(crate) acknowledged: ViewNumber,
    /// Of all backups and recruits.
    pub(crate) progress: BTreeMap<NodeId, Progress>,
    /// Its own state is durable up to here.
    pub(crate) persisted: Number,
    /// The updates that members lack, and the clients that wait for them.
    pub(crate) waiting: BTreeMap<Operation, NodeId>,
    /// What was asked before it served.
    pub(crate) early: BTreeMap<Operation, (NodeId, Arc<Request>)>,
    pub(crate) reading: Reading,
    /// When it sent the latest ping that was answered with a lease.
    pub(crate) lease_from: Option<LocalTime>,
}

/// What a primary knows of a backup or a recruit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Progress {
    /// Since when it is.
    pub(crate) since: ViewNumber,
    /// Whether updates wait for it: it is a backup, or a recruit of a view that was acknowledged.
    pub(crate) counted: bool,
    /// Whether it has answered in this epoch.
    pub(crate) follows: bool,
    /// It has the updates up to here.
    pub(crate) matched: Number,
    /// It was sent the updates up to here.
    pub(crate) sent: Number,
    /// Whether it has answered nothing since the last look.
    pub(crate) silent: bool,
    /// When it was first seen, since it last answered, that it had something to answer.
    pub(crate) silent_since: Option<LocalTime>,
    pub(crate) pace: Pace,
}

/// How far a backup or a recruit is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Pace {
    /// It gets the state once the primary serves.
    Waiting,
    /// It gets this state, chunk by chunk.
    Transfer {
        /// The last update that is in the state.
        base: Number,
        /// The state.
        store: Arc<Store>,
        /// How many items it has.
        offset: u32,
    },
    /// It gets updates.
    Updates,
}

impl Progress {
    pub(crate) fn of_member(since: ViewNumber, base: Number) -> Self {
        Self {
            since,
            counted: true,
            follows: false,
            matched: base,
            sent: base,
            silent: false,
            silent_since: None,
            pace: Pace::Updates,
        }
    }

    pub(crate) fn of_recruit(since: ViewNumber) -> Self {
        Self { counted: false, pace: Pace::Waiting, ..Self::of_member(since, Number(0)) }
    }

    /// It has answered.
    pub(crate) fn answered(&mut self) {
        self.silent = false;
        self.silent_since = None;
    }
}

impl Leading {
    /// Its view.
    #[must_use]
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// Whether it serves.
    #[must_use]
    pub fn is_in_service(&self) -> bool {
        self.in_service
    }

    /// When it sent the latest ping that was answered with a lease.
    #[must_use]
    pub fn lease_from(&self) -> Option<LocalTime> {
        self.lease_from
    }

    /// All that are counted have the updates up to here, its own disk included.
    pub(crate) fn held_by_all(&self) -> Number {
        let counted = self.progress.values().filter(|progress| progress.counted);
        counted.map(|progress| progress.matched).fold(self.persisted, Number::min)
    }

    /// Who has answered nothing for longer than the configuration allows.
    pub(crate) fn unreached(&self, now: LocalTime, config: &Config) -> Vec<(NodeId, ViewNumber)> {
        let Some(drop_after) = config.drop_after else { return Vec::new() };
        let is_long = |since: LocalTime| now - since >= drop_after;
        let lost = |progress: &Progress| progress.silent_since.is_some_and(is_long);
        let all = self.progress.iter().filter(|(_, progress)| lost(progress));
        all.map(|(node, progress)| (*node, progress.since)).collect()
    }

    /// No member and no recruit will need the updates up to here again.
    pub(crate) fn forgettable(&self) -> Number {
        let needs = |progress: &Progress| match &progress.pace {
            Pace::Waiting => Number(u64::MAX),
            Pace::Transfer { base, .. } => *base,
            Pace::Updates => progress.matched,
        };
        self.progress.values().map(needs).fold(self.persisted, Number::min)
    }
}
