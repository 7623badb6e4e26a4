//! [`Leader`]: the handlers of a leader. The type exists only while a server is leader, so a
//! follower cannot call them.
//!
//! `replication.rs` is replication of the log, `peer.rs` messages to one peer, `progress.rs`
//! progress of one peer, `clients.rs` and `reads.rs` the operations of clients,
//! `reconfiguration.rs`, `catching_up.rs` and `transfer.rs` the commands of administrators.

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
use sim_node::{Context, NodeId, Requested};
pub(crate) use transfer::leads_already;

use crate::common::{CommonState, hold_sends_until_durable};
use crate::server::Timer;
use crate::{Entry, Index, Message, Payload, Server, VoteResult};

/// "Volatile state on leaders" (figure 2), and what its clients and administrators wait for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct LeaderState {
    /// Progress of every other member of the configuration in effect.
    pub(crate) progress: BTreeMap<NodeId, Progress>,
    /// The leader's own log is durable up to here: what it counts as its own copy.
    pub(crate) durable_index: Index,
    /// The operations in the log that clients wait for, and these clients.
    pub(crate) waiting_clients: BTreeMap<Operation, NodeId>,
    pub(crate) reads: PendingReads,
    /// The server that leadership is being transferred to.
    pub(crate) transfer_target: Option<Requested<NodeId>>,
    /// Whether a transfer has begun in this term. It ends the lease until the next term.
    pub(crate) transfer_begun: bool,
    /// The membership change under way.
    pub(crate) change: Option<PendingChange>,
}

/// What becomes of leadership after an event: the leader stays leader, or steps down.
pub(crate) type Outcome = ControlFlow<StepDown>;

/// The leader steps down, in its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StepDown;

/// The leader stays leader.
const STILL_LEADER: Outcome = ControlFlow::Continue(());

/// A leader, for one step.
pub(crate) struct Leader<'a, 'c> {
    common: &'a mut CommonState,
    state: &'a mut LeaderState,
    cx: &'a mut Context<'c, Server>,
    /// The entries of the last AppendEntries of this step and their first index; shared, as most
    /// peers get the same.
    batch: Batch,
}

/// See [`Leader::batch`].
type Batch = Option<(Index, Arc<[Entry]>)>;

impl LeaderState {
    /// The state right after an election (figure 2: nextIndex, matchIndex).
    pub(crate) fn new(common: &CommonState, id: NodeId) -> Self {
        let last = common.log.last_index();
        let peers = common.configuration().members().into_iter().filter(|member| *member != id);
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
        common: &'a mut CommonState,
        state: &'a mut LeaderState,
        cx: &'a mut Context<'c, Server>,
    ) -> Self {
        Self { common, state, cx, batch: None }
    }

    /// It has been elected.
    pub(crate) fn on_elected(&mut self) -> Outcome {
        let config = self.cx.config();
        self.cx.set_timer(Timer::Heartbeat, config.heartbeat);
        if config.uses_check_quorum() {
            self.cx.set_timer(Timer::CheckQuorum, config.election_timeout.longest());
        }
        // What it wrote as a follower may not be durable yet.
        hold_sends_until_durable(self.cx);
        let persisted = Message::Persisted(self.common.current_term, self.common.log.last_index());
        self.cx.send(self.cx.id(), persisted);
        if config.noop {
            self.propose(Payload::Noop);
        } else {
            self.send_heartbeats(0);
        }
        STILL_LEADER
    }

    /// Steps down unless a majority has answered since the last check: the others may have elected
    /// another leader (thesis, 6.2).
    pub(crate) fn on_check_quorum(&mut self) -> Outcome {
        let (id, progress) = (self.cx.id(), &self.state.progress);
        let is_active =
            |node| Some(node == id || progress.get(&node).is_some_and(|one| one.recent_active));
        if self.common.configuration().vote(is_active) != VoteResult::Won {
            return ControlFlow::Break(StepDown);
        }
        for progress in self.state.progress.values_mut() {
            progress.recent_active = false;
        }
        self.cx.set_timer(Timer::CheckQuorum, self.cx.config().election_timeout.longest());
        STILL_LEADER
    }

    /// Whether its own log is not durable up to its end.
    fn waits_for_disk(&self) -> bool {
        self.state.durable_index < self.common.log.last_index()
    }

    /// A peer, or `None` if the server is not a member any more.
    fn peer(&mut self, id: NodeId) -> Option<Peer<'_, 'c>> {
        let waits_for_disk = self.waits_for_disk();
        let progress = self.state.progress.get_mut(&id)?;
        let (common, cx, batch) = (&*self.common, &mut *self.cx, &mut self.batch);
        Some(Peer { common, id, progress, cx, batch, waits_for_disk })
    }

    /// Does this for all peers, in order.
    fn for_each_peer(&mut self, mut act: impl FnMut(&mut Peer<'_, 'c>)) {
        let waits_for_disk = self.waits_for_disk();
        for (id, progress) in &mut self.state.progress {
            let (common, cx, batch) = (&*self.common, &mut *self.cx, &mut self.batch);
            act(&mut Peer { common, id: *id, progress, cx, batch, waits_for_disk });
        }
    }
}
