//! What a primary does: takes up a view, orders updates, and answers once all members have them.

use std::collections::BTreeMap;
use std::sync::Arc;

use service::{Answer, Reply, Request};
use sim_node::{Context, NodeId};

use crate::leading::{Leading, Pace, Progress};
use crate::message::Mark;
use crate::reads::Reading;
use crate::replica::{ReplicaTimer, State};
use crate::status::Status;
use crate::{Ack, Forward, Message, Mutant, Number, Pong, Record, Replica, View, ViewNumber};

/// A replica as a primary: what only a primary does. A replica that is none cannot be asked for it.
pub(crate) struct Primary<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) leading: &'a mut Leading,
}

impl Replica {
    /// This replica as a primary, if it is one.
    pub(crate) fn as_primary(&mut self) -> Option<Primary<'_>> {
        match &mut self.status {
            Status::Primary(leading) => Some(Primary { state: &mut self.state, leading }),
            _ => None,
        }
    }

    /// It is primary now: it sends the other members what they may lack, and serves once they all
    /// have answered.
    ///
    /// A crash of both, primary 0 and view service, loses neither the view nor an update. Replicas
    /// 0 and 1 are members of view 4, replica 2 was recruited in it:
    ///
    /// ```text
    /// on disks:  replica 0: updates 1..=7, acknowledged view 4 (the record precedes the message)
    ///            replica 1: updates 1..=6
    ///            view service: view 4; that it was acknowledged is lost, or never arrived
    /// replica 0 comes back, learns view 4 and takes it up: update 7 is sent to replica 1 and,
    ///   since view 4 is the one that it has acknowledged, to recruit 2 as well: both are waited
    ///   for
    /// it acknowledges view 4 again once both have everything; view 5 makes replica 2 a backup
    /// ```
    ///
    /// Had it not remembered its acknowledgement, it might have answered update 8 with replica 1
    /// alone, while the view service had made replica 2 a member by then.
    pub(crate) fn take_up(&mut self, view: Arc<View>, cx: &mut Context<'_, Self>) {
        let base = self.state.log.base();
        let mut progress = BTreeMap::new();
        // Recruits of a view that it acknowledged before it crashed have the state, and the view
        // service may have made them members since.
        let was_acknowledged =
            view.number == self.state.acknowledged && !cx.config().has(Mutant::OldAck);
        for (node, since) in view.others() {
            let one = if was_acknowledged || view.members.contains_key(&node) {
                Progress::of_member(since, base)
            } else {
                Progress::of_recruit(since)
            };
            progress.insert(node, one);
        }
        let last = self.state.log.last();
        let mut leading = Box::new(Leading {
            acknowledged: ViewNumber::default(),
            view,
            in_service: false,
            goal: last,
            progress,
            persisted: last,
            waiting: BTreeMap::new(),
            early: BTreeMap::new(),
            reading: Reading::beginning(self.state.starts),
            lease_from: None,
        });
        // Clients that it could not tell whom to ask will ask again, and find it.
        self.held.clear();
        cx.set_timer(ReplicaTimer::Retry, cx.config().retry);
        cx.mark(Mark::ViewTakenUp);
        Self::persist(cx);
        let mut primary = Primary { state: &mut self.state, leading: &mut leading };
        primary.send_to_all(|one| one.counted, Sending::Anything, cx);
        primary.advance(cx);
        self.status = Status::Primary(leading);
    }
}

/// When a message with updates is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// If there are updates that were not sent.
    News,
    /// In any case: a new primary wants to know that it is followed.
    Anything,
    /// Again, as nothing was answered.
    Again,
}

impl Primary<'_> {
    /// An answer to what only a primary asks.
    pub(crate) fn on_message(
        &mut self,
        from: NodeId,
        message: Message,
        cx: &mut Context<'_, Replica>,
    ) {
        match message {
            Message::Ack(ack) => self.receive_ack(from, &ack, cx),
            Message::Confirmed(confirm) => self.receive_confirmed(from, &confirm, cx),
            Message::ChunkReply(reply) => self.send_next_chunk(from, &reply, cx),
            Message::Persisted(epoch, number) => self.count_own_copy(epoch, number, cx),
            // Everything else is handled by all replicas alike, or by other parties.
            _ => {}
        }
    }

    /// The view service has answered a ping, and may have given a lease.
    pub(crate) fn renew_lease(&mut self, pong: &Pong) {
        if pong.lease && pong.view.epoch == self.leading.view.epoch {
            self.leading.lease_from = self.leading.lease_from.max(Some(pong.sent));
        }
    }

    /// The next view of its own epoch: who was dropped is not waited for any longer.
    pub(crate) fn adopt(&mut self, view: Arc<View>, cx: &mut Context<'_, Replica>) {
        let leading = &mut *self.leading;
        if view.number <= leading.view.number {
            return;
        }
        leading.progress.retain(|node, one| view.since(*node) == Some(one.since));
        let mut settled = Vec::new();
        for (node, since) in view.others() {
            let one = leading.progress.entry(node).or_insert_with(|| Progress::of_recruit(since));
            if view.members.contains_key(&node) && !one.counted {
                // Only a primary that has lost its disk does not know that it acknowledged it.
                *one = Progress::of_member(since, self.state.log.base());
                settled.push(node);
            }
        }
        leading.view = view;
        for node in settled {
            self.send_updates(node, Sending::Anything, cx);
        }
        self.begin_transfers(cx);
        self.advance(cx);
    }

    /// A client asks.
    pub(crate) fn serve(
        &mut self,
        from: NodeId,
        request: Arc<Request>,
        cx: &mut Context<'_, Replica>,
    ) {
        let operation = request.operation;
        if !self.leading.in_service {
            self.leading.early.insert(operation, (from, request));
            return;
        }
        if let Some(output) = self.state.store.cached_response(operation) {
            let answer = Answer::Done(output.clone());
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        if request.command.is_read() {
            return self.read(from, request, cx);
        }
        // A retry of what the members lack already waits for them.
        if self.leading.waiting.insert(operation, from).is_none() {
            self.propose(request, cx);
        }
    }

    /// The update gets its number. It is durable before anybody else has it: a primary that crashes
    /// and comes back must not give the number to another one.
    fn propose(&mut self, update: Arc<Request>, cx: &mut Context<'_, Replica>) {
        let State { epoch, since, log, .. } = &mut *self.state;
        let (epoch, since, stable, after) = (*epoch, *since, log.base(), log.last());
        let number = log.push(Arc::clone(&update));
        let updates = || vec![update];
        Replica::write(cx, || Record::Updates { epoch, since, after, updates: updates(), stable });
        Replica::persist(cx);
        self.send_to_all(|one| one.sent == after, Sending::News, cx);
        cx.send(cx.id(), Message::Persisted(epoch, number));
    }

    fn send_updates(&mut self, node: NodeId, sending: Sending, cx: &mut Context<'_, Replica>) {
        let stable = self.leading.held_by_all();
        let Leading { view, progress, .. } = &mut *self.leading;
        if let Some(one) = progress.get_mut(&node) {
            one.send_updates(node, sending, self.state, view, stable, cx);
        }
    }

    fn send_to_all(
        &mut self,
        is_meant: impl Fn(&Progress) -> bool,
        sending: Sending,
        cx: &mut Context<'_, Replica>,
    ) {
        let stable = self.leading.held_by_all();
        let Leading { view, progress, .. } = &mut *self.leading;
        for (node, one) in progress.iter_mut().filter(|(_, one)| is_meant(one)) {
            one.send_updates(*node, sending, self.state, view, stable, cx);
        }
    }

    /// What is known of who answers this primary, in this epoch, as the member or recruit that it
    /// is now.
    pub(crate) fn answering(
        &mut self,
        from: NodeId,
        epoch: ViewNumber,
        since: ViewNumber,
    ) -> Option<&mut Progress> {
        let progress = self.leading.progress.get_mut(&from)?;
        (epoch == self.leading.view.epoch && since == progress.since).then_some(progress)
    }

    /// A backup, or a recruit with a state, has answered.
    fn receive_ack(&mut self, from: NodeId, ack: &Ack, cx: &mut Context<'_, Replica>) {
        let last = self.state.log.last();
        let Some(progress) = self.answering(from, ack.epoch, ack.since) else { return };
        progress.follows = true;
        progress.answered();
        progress.matched = progress.matched.max(ack.count.min(last));
        progress.sent = progress.sent.max(progress.matched);
        self.go_on_with_updates(from, cx);
    }

    /// It gets what was not sent yet: to a recruit that has the state, what has come since.
    pub(crate) fn go_on_with_updates(&mut self, node: NodeId, cx: &mut Context<'_, Replica>) {
        self.send_updates(node, Sending::News, cx);
        self.advance(cx);
    }

    /// Its own copy is durable up to an update.
    fn count_own_copy(&mut self, epoch: ViewNumber, number: Number, cx: &mut Context<'_, Replica>) {
        if self.leading.view.epoch == epoch {
            self.leading.persisted = self.leading.persisted.max(number);
            self.advance(cx);
        }
    }

    /// Does what has become possible: begins to serve, answers updates that all members have,
    /// answers reads, acknowledges the view.
    fn advance(&mut self, cx: &mut Context<'_, Replica>) {
        let leading = &mut *self.leading;
        if !leading.in_service {
            let mut counted = leading.progress.values().filter(|progress| progress.counted);
            let all_follow = counted.all(|progress| progress.follows);
            if !all_follow || leading.held_by_all() < leading.goal {
                return;
            }
            leading.in_service = true;
            let early = std::mem::take(&mut leading.early);
            cx.mark(Mark::InService);
            for (client, request) in early.into_values() {
                self.serve(client, request, cx);
            }
            self.begin_transfers(cx);
        }
        self.answer_updates(cx);
        self.settle_reads(cx);
        self.acknowledge(cx);
    }

    fn answer_updates(&mut self, cx: &mut Context<'_, Replica>) {
        let (state, leading) = (&mut *self.state, &mut *self.leading);
        let mut upto = leading.held_by_all();
        if cx.config().has(Mutant::OneAck) {
            let best = leading.progress.values().map(|progress| progress.matched).max();
            upto = best.unwrap_or(upto).min(leading.persisted);
        }
        while state.applied < upto {
            state.applied = state.applied.next();
            let Some(update) = state.log.get(state.applied) else {
                unreachable!("what is not applied is in the log")
            };
            let operation = update.operation;
            let output = state.store.execute(operation, &update.command);
            if let (Some(client), Some(output)) = (leading.waiting.remove(&operation), output) {
                let answer = Answer::Done(output);
                cx.send(client, Message::Reply(Reply { operation, answer }));
            }
        }
        state.log.forget(leading.forgettable().min(state.applied));
    }

    /// The view is taken up, and every recruit has what was answered so far. From here on updates
    /// wait for them as well, even if the primary crashes and comes back; so the view service may
    /// count them among the members.
    fn acknowledge(&mut self, cx: &mut Context<'_, Replica>) {
        let (state, leading) = (&mut *self.state, &mut *self.leading);
        let number = leading.view.number;
        let has_state = |progress: &Progress| {
            progress.pace == Pace::Updates && progress.matched >= state.applied
        };
        if leading.acknowledged >= number
            || !leading.progress.values().all(|one| one.counted || has_state(one))
        {
            return;
        }
        for progress in leading.progress.values_mut() {
            progress.counted = true;
        }
        leading.acknowledged = number;
        if number > state.acknowledged {
            state.acknowledged = number;
            Replica::write(cx, || Record::Acknowledged(number));
        }
        Replica::persist(cx);
        cx.send(cx.config().view_service(), Message::Acknowledge(number));
    }

    /// What was not answered may be lost, or its answer.
    pub(crate) fn send_again(&mut self, cx: &mut Context<'_, Replica>) {
        cx.set_timer(ReplicaTimer::Retry, cx.config().retry);
        let last = self.state.log.last();
        let Leading { progress, reading, .. } = &mut *self.leading;
        let mut silent = Vec::new();
        for (node, progress) in progress {
            let is_behind = progress.matched < last || !progress.follows;
            if is_behind && progress.silent {
                silent.push(*node);
            }
            progress.silent = is_behind;
            // Who waits for the primary to serve was sent nothing.
            let is_asked = is_behind && progress.pace != Pace::Waiting
                || progress.counted && reading.waits_for(*node);
            // A client that asks once more begins a new round: only an answer ends the silence.
            if is_asked {
                progress.silent_since.get_or_insert(cx.now());
            }
        }
        for node in silent {
            let Some(progress) = self.leading.progress.get_mut(&node) else { continue };
            match progress.pace {
                Pace::Waiting => {}
                Pace::Transfer { .. } => self.send_chunk(node, true, cx),
                Pace::Updates => {
                    progress.sent = progress.matched;
                    self.send_updates(node, Sending::Again, cx);
                }
            }
        }
        self.ask_again(cx);
    }
}

impl Progress {
    /// Sends what comes after what was sent.
    fn send_updates(
        &mut self,
        node: NodeId,
        sending: Sending,
        state: &State,
        view: &View,
        stable: Number,
        cx: &mut Context<'_, Replica>,
    ) {
        let has_news = self.sent < state.log.last();
        if self.pace != Pace::Updates || sending == Sending::News && !has_news {
            return;
        }
        let (header, after) = (view.header(self.since), self.sent);
        let updates = state.log.some_after(after, cx.config().batch);
        self.sent = Number(after.0 + updates.len() as u64);
        let forward = Message::Forward(Forward { header, after, updates, stable });
        if sending == Sending::Again {
            cx.resend(node, forward);
        } else {
            cx.send(node, forward);
        }
    }
}
