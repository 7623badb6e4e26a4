//! What a replica is in a view, and whose messages it takes: what it hears of the view service, and
//! when a reign is over.

use service::{Answer, Reply};
use sim_node::{Context, NodeId};

use crate::replica::{ReplicaTimer, Standing};
use crate::{Message, Mutant, Pong, Record, Replica, Report, Stamp, View, ViewNumber};

impl Replica {
    pub(crate) fn hear_view_service(&mut self, pong: Pong, cx: &mut Context<'_, Self>) {
        let (reign, is_mine) = (pong.view.reign, pong.view.primary == cx.id());
        self.learn(pong.view, cx);
        if let Standing::Primary(leading) = &mut self.standing
            && is_mine
            && leading.view.reign == reign
            && pong.lease
        {
            leading.lease_from = leading.lease_from.max(Some(pong.sent));
        }
    }

    /// What the view service says, in whatever order it arrives: an older view than one that it has
    /// heard of, or of a reign that is over, says nothing.
    pub(crate) fn learn(&mut self, view: View, cx: &mut Context<'_, Self>) {
        if view.reign < self.promised || view.number < self.heard {
            return;
        }
        self.heard = view.number;
        let mine = view.since(cx.id());
        if view.primary == cx.id() {
            if self.leading().is_some_and(|leading| leading.view.reign == view.reign) {
                self.adopt(view, cx);
            } else if mine == Some(self.since) {
                self.follow(view.reign, cx);
                self.take_up(view, cx);
            } else {
                // It has lost its memory since. The view service will notice.
                self.follow(view.reign, cx);
                self.stand(Standing::Idle { primary: None }, cx);
            }
            return;
        }
        let primary = view.primary;
        self.follow(view.reign, cx);
        if mine == Some(self.since) {
            self.stand(Standing::Backup { primary }, cx);
        } else if mine.is_some() {
            self.stand(Standing::Recruit { primary }, cx);
        } else {
            self.stand(Standing::Idle { primary: Some(primary) }, cx);
        }
    }

    /// Takes nothing of earlier reigns from now on. Whoever speaks of it sets a barrier first.
    pub(crate) fn follow(&mut self, reign: ViewNumber, cx: &mut Context<'_, Self>) {
        if reign > self.promised {
            self.promised = reign;
            self.early.clear();
            self.assembly = None;
            Self::write(cx, || Record::Promised(reign));
            if self.leading().is_some() {
                self.stand(Standing::Suspended, cx);
            }
        }
    }

    /// Becomes something else than a primary.
    pub(crate) fn stand(&mut self, standing: Standing, cx: &mut Context<'_, Self>) {
        if let Standing::Primary(leading) = &mut self.standing {
            let waiting = std::mem::take(&mut leading.waiting);
            let early = std::mem::take(&mut leading.early);
            self.held.extend(waiting);
            self.held.extend(early.into_iter().map(|(operation, (client, _))| (operation, client)));
            self.apply_all();
            cx.cancel_timer(ReplicaTimer::Retry);
            cx.mark("stepped down");
        }
        self.standing = standing;
        let (Standing::Backup { primary }
        | Standing::Recruit { primary }
        | Standing::Idle { primary: Some(primary) }) = self.standing
        else {
            return;
        };
        for (operation, client) in std::mem::take(&mut self.held) {
            let answer = Answer::Redirect(Some(primary));
            cx.send(client, Message::Reply(Reply { operation, answer }));
        }
    }

    /// As a backup does, it has applied what it has.
    fn apply_all(&mut self) {
        while self.applied < self.log.last() {
            self.applied = self.applied.next();
            if let Some(update) = self.log.get(self.applied) {
                self.store.execute(update.operation, &update.command);
            }
        }
    }

    /// The view service suspects the primary: no update of its reign is taken any more.
    pub(crate) fn suspend(&mut self, from: NodeId, number: ViewNumber, cx: &mut Context<'_, Self>) {
        if number > self.promised {
            self.follow(number, cx);
            self.stand(Standing::Suspended, cx);
            cx.mark("suspended");
        } else if number < self.promised || !self.waits_for_a_view() {
            return;
        }
        Self::persist(cx);
        let report = Report { number, since: self.since, count: self.log.last() };
        cx.send(from, Message::Report(report));
    }

    /// Whether it knows of no primary in the promised reign: it is suspended for it, or has come
    /// back since.
    fn waits_for_a_view(&self) -> bool {
        matches!(self.standing, Standing::Suspended | Standing::Idle { .. })
    }

    /// Whether a primary's message is to be taken: of no reign that is over, and meant for the
    /// membership that the own state is of.
    pub(crate) fn accepts(
        &mut self,
        from: NodeId,
        stamp: Stamp,
        cx: &mut Context<'_, Self>,
    ) -> bool {
        if !self.is_current(from, stamp, cx) || stamp.since != self.since {
            return false;
        }
        // It is being recruited anew: this was meant for what it was before.
        if self.assembly.as_ref().is_some_and(|assembly| assembly.of().since > stamp.since) {
            return false;
        }
        self.follow(stamp.reign, cx);
        self.heard = self.heard.max(stamp.view);
        self.stand(Standing::Backup { primary: from }, cx);
        true
    }

    /// Whether a primary's message is of a reign that is not over; if it is, that primary is told.
    pub(crate) fn is_current(
        &self,
        from: NodeId,
        stamp: Stamp,
        cx: &mut Context<'_, Self>,
    ) -> bool {
        if stamp.reign < self.promised && !cx.config().has(Mutant::NoRefuse) {
            cx.mark("refused");
            // The promise may not be durable yet, and is spoken of here.
            Self::persist(cx);
            cx.send(from, Message::Refuse(self.promised));
            return false;
        }
        self.leading().is_none_or(|leading| leading.view.reign != stamp.reign)
    }

    /// A backup has refused: the reign is over, whoever rules now.
    pub(crate) fn hear_refusal(&mut self, reign: ViewNumber, cx: &mut Context<'_, Self>) {
        if reign > self.promised && self.leading().is_some() {
            self.follow(reign, cx);
        }
    }
}
