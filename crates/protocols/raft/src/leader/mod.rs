//! [`Leader`]: what only a leader does. Its methods exist only while a server is one, so a follower
//! cannot call them.
//!
//! `replication.rs` is the log, `peer.rs` what is sent to one peer, `progress.rs` what is known of
//! it, `clients.rs` and `reads.rs` what clients ask for, `reconfiguration.rs`, `catching_up.rs` and
//! `transfer.rs` what administrators do.

mod catching_up;
mod clients;
mod peer;
mod progress;
mod reads;
mod reconfiguration;
mod replication;
mod transfer;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use peer::Peer;
pub use progress::{Progress, ProgressState};
use reads::PendingReads;
use reconfiguration::PendingChange;
use serde::Serialize;
use service::Operation;
use sim_node::{Context, NodeId};

use crate::core::{Core, persist};
use crate::server::Timer;
use crate::{Entry, Index, Message, Payload, Server, VoteResult};

/// "Volatile state on leaders" (figure 2), and what its clients and administrators wait for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct LeaderState {
    /// Of every other member of the configuration in effect.
    pub(crate) progress: BTreeMap<NodeId, Progress>,
    /// Its own log is durable up to here.
    pub(crate) durable_index: Index,
    /// The operations in the log that clients wait for, and these clients.
    pub(crate) waiting_clients: BTreeMap<Operation, NodeId>,
    pub(crate) reads: PendingReads,
    /// The server that leadership is being transferred to.
    pub(crate) transfer_target: Option<NodeId>,
    /// Whether a transfer has begun in this term. It ends the lease until the next term.
    pub(crate) transfer_begun: bool,
    /// The membership change under way.
    pub(crate) change: Option<PendingChange>,
}

/// Whether the leader goes on to lead after an event, or steps down.
pub(crate) type Leads = ControlFlow<StepDown>;

/// The leader steps down, in its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StepDown;

/// The leader goes on to lead.
const LEADS: Leads = ControlFlow::Continue(());

/// A leader, for one step.
pub(crate) struct Leader<'a, 'c> {
    core: &'a mut Core,
    state: &'a mut LeaderState,
    cx: &'a mut Context<'c, Server>,
    /// The entries that were sent last in this step, from this index on. Most peers are sent the
    /// same, so the messages share them.
    batch: Batch,
}

/// See [`Leader::batch`].
type Batch = Option<(Index, Arc<[Entry]>)>;

impl LeaderState {
    /// The state right after an election (figure 2: nextIndex, matchIndex).
    pub(crate) fn new(core: &Core, id: NodeId) -> Self {
        let last = core.log.last_index();
        let peers = core.configuration().members().into_iter().filter(|member| *member != id);
        Self {
            progress: peers.map(|peer| (peer, Progress::new(last))).collect(),
            durable_index: Index(0),
            waiting_clients: BTreeMap::new(),
            reads: PendingReads::default(),
            transfer_target: None,
            transfer_begun: false,
            change: None,
        }
    }
}

impl<'a, 'c> Leader<'a, 'c> {
    pub(crate) fn new(
        core: &'a mut Core,
        state: &'a mut LeaderState,
        cx: &'a mut Context<'c, Server>,
    ) -> Self {
        Self { core, state, cx, batch: None }
    }

    /// It has been elected.
    pub(crate) fn on_elected(&mut self) -> Leads {
        let config = self.cx.config();
        self.cx.set_timer(Timer::Heartbeat, config.heartbeat);
        if config.withholds_votes() {
            self.cx.set_timer(Timer::CheckQuorum, config.election_timeout.longest());
        }
        // What it wrote as a follower may not be durable yet.
        persist(self.cx);
        let persisted = Message::Persisted(self.core.current_term, self.core.log.last_index());
        self.cx.send(self.cx.id(), persisted);
        if config.noop {
            self.propose(Payload::Noop);
        } else {
            self.send_heartbeats(0);
        }
        LEADS
    }

    /// Steps down unless a majority has answered since the last check: the others may have elected
    /// another leader (thesis, 6.2).
    pub(crate) fn on_check_quorum(&mut self) -> Leads {
        let (id, progress) = (self.cx.id(), &self.state.progress);
        let is_active =
            |node| Some(node == id || progress.get(&node).is_some_and(|one| one.recent_active));
        if self.core.configuration().vote(is_active) != VoteResult::Won {
            return ControlFlow::Break(StepDown);
        }
        for progress in self.state.progress.values_mut() {
            progress.recent_active = false;
        }
        self.cx.set_timer(Timer::CheckQuorum, self.cx.config().election_timeout.longest());
        LEADS
    }

    /// Another member. `None` for a server that is a member no longer.
    fn peer(&mut self, id: NodeId) -> Option<Peer<'_, 'c>> {
        let progress = self.state.progress.get_mut(&id)?;
        Some(Peer { core: self.core, id, progress, cx: self.cx, batch: &mut self.batch })
    }

    /// Does this for all other members, in order.
    fn for_each_peer(&mut self, mut act: impl FnMut(&mut Peer<'_, 'c>)) {
        for (id, progress) in &mut self.state.progress {
            let (core, cx, batch) = (&*self.core, &mut *self.cx, &mut self.batch);
            act(&mut Peer { core, id: *id, progress, cx, batch });
        }
    }
}
