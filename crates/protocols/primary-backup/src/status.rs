//! What a replica is in a view, and whose messages it takes: what the view service tells it, and
//! when an epoch is over.

use std::sync::Arc;

use serde::Serialize;
use service::{Answer, Reply};
use sim_node::{Context, NodeId};

use crate::leading::Leading;
use crate::message::Mark;
use crate::replica::ReplicaTimer;
use crate::{Header, Message, Mutant, Pong, Record, Replica, Report, View, ViewNumber};

/// What a replica is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Status {
    /// It serves the clients.
    Primary(Box<Leading>),
    /// It holds a copy.
    Backup {
        /// Of whose state.
        primary: NodeId,
    },
    /// It receives the state.
    Recruit {
        /// From whom.
        primary: NodeId,
    },
    /// It waits for the view whose number is its epoch.
    Suspended,
    /// It belongs to no view, as far as it knows.
    Idle {
        /// Who is primary, if it knows.
        primary: Option<NodeId>,
    },
}

impl Status {
    /// The primary that it knows, as a replica that is none.
    pub(crate) fn other_primary(&self) -> Option<NodeId> {
        match self {
            Self::Backup { primary } | Self::Recruit { primary } => Some(*primary),
            Self::Idle { primary } => *primary,
            Self::Primary(_) | Self::Suspended => None,
        }
    }
}

impl Replica {
    /// The view service answers a ping.
    pub(crate) fn receive_pong(&mut self, pong: Pong, cx: &mut Context<'_, Self>) {
        self.learn(Arc::clone(&pong.view), cx);
        if pong.view.primary == cx.id()
            && let Some(mut primary) = self.as_primary()
        {
            primary.renew_lease(&pong);
        }
    }

    /// What the view service says, in whatever order it arrives: a view that is older than the
    /// latest one, or of an epoch that is over, says nothing.
    pub(crate) fn learn(&mut self, view: Arc<View>, cx: &mut Context<'_, Self>) {
        if view.epoch < self.state.epoch || view.number < self.latest {
            return;
        }
        self.latest = view.number;
        let (primary, mine) = (view.primary, view.since(cx.id()));
        if primary == cx.id() {
            if let Some(mut primary) = self.as_primary()
                && primary.leading.view.epoch == view.epoch
            {
                return primary.adopt(view, cx);
            }
            self.enter(view.epoch, cx);
            return if mine == Some(self.state.since) {
                self.take_up(view, cx);
            } else {
                // It has lost its state since. The view service will notice.
                self.become_status(Status::Idle { primary: None }, cx);
            };
        }
        self.enter(view.epoch, cx);
        let status = if mine == Some(self.state.since) {
            Status::Backup { primary }
        } else if mine.is_some() {
            Status::Recruit { primary }
        } else {
            Status::Idle { primary: Some(primary) }
        };
        self.become_status(status, cx);
    }

    /// Takes nothing of earlier epochs from now on. Who speaks of it sets a barrier first.
    pub(crate) fn enter(&mut self, epoch: ViewNumber, cx: &mut Context<'_, Self>) {
        if epoch > self.state.epoch {
            self.state.epoch = epoch;
            self.early.clear();
            self.assembly = None;
            Self::write(cx, || Record::Epoch(epoch));
            if self.leading().is_some() {
                self.become_status(Status::Suspended, cx);
            }
        }
    }

    /// Becomes something else than a primary.
    pub(crate) fn become_status(&mut self, status: Status, cx: &mut Context<'_, Self>) {
        if let Status::Primary(leading) = std::mem::replace(&mut self.status, status) {
            self.held.extend(leading.waiting);
            let early = leading.early.into_iter();
            self.held.extend(early.map(|(operation, (client, _))| (operation, client)));
            // As a backup does, it has applied what it has.
            self.state.apply_all();
            cx.cancel_timer(ReplicaTimer::Retry);
            cx.mark(Mark::SteppedDown);
        }
        let Some(primary) = self.status.other_primary() else { return };
        for (operation, client) in std::mem::take(&mut self.held) {
            let answer = Answer::Redirect(Some(primary));
            cx.send(client, Message::Reply(Reply { operation, answer }));
        }
    }

    /// The view service suspects the primary: no update of its epoch is taken any more.
    pub(crate) fn suspend(&mut self, from: NodeId, number: ViewNumber, cx: &mut Context<'_, Self>) {
        if number > self.state.epoch {
            self.enter(number, cx);
            self.become_status(Status::Suspended, cx);
            cx.mark(Mark::Suspended);
        } else if number < self.state.epoch || !self.waits_for_a_view() {
            return;
        }
        Self::persist(cx);
        let (since, count) = (self.state.since, self.state.log.last());
        cx.send(from, Message::Report(Report { number, since, count }));
    }

    /// Whether it knows of no primary in its epoch: it is suspended for it, or has come back since.
    fn waits_for_a_view(&self) -> bool {
        matches!(self.status, Status::Suspended | Status::Idle { .. })
    }

    /// Whether a primary's message is to be taken: of no epoch that is over, and meant for the
    /// membership that its own state is of.
    pub(crate) fn accepts(
        &mut self,
        from: NodeId,
        header: Header,
        cx: &mut Context<'_, Self>,
    ) -> bool {
        if !self.is_current(from, header, cx) || header.since != self.state.since {
            return false;
        }
        // It is being recruited anew: this was meant for what it was before.
        if self.assembly.as_ref().is_some_and(|assembly| assembly.of().since > header.since) {
            return false;
        }
        self.enter(header.epoch, cx);
        self.latest = self.latest.max(header.view);
        self.become_status(Status::Backup { primary: from }, cx);
        true
    }

    /// Whether a primary's message is of an epoch that is not over; if it is, that primary is told.
    pub(crate) fn is_current(
        &self,
        from: NodeId,
        header: Header,
        cx: &mut Context<'_, Self>,
    ) -> bool {
        if header.epoch < self.state.epoch && !cx.config().has(Mutant::NoRefuse) {
            cx.mark(Mark::Refused);
            // The epoch may not be durable yet, and is spoken of here.
            Self::persist(cx);
            cx.send(from, Message::Refuse(self.state.epoch));
            return false;
        }
        self.leading().is_none_or(|leading| leading.view.epoch != header.epoch)
    }

    /// A backup has refused: the epoch is over, whichever replica is primary now.
    pub(crate) fn receive_refusal(&mut self, epoch: ViewNumber, cx: &mut Context<'_, Self>) {
        if self.leading().is_some() {
            self.enter(epoch, cx);
        }
    }
}
