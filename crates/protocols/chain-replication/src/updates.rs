//! Updates: in at the head, down the chain, answered at the tail, acknowledged back up (van Renesse
//! and Schneider 2004, section 3).

use std::sync::Arc;

use service::{Answer, Operation, Reply, Request};
use sim_node::{Context, NodeId};

use crate::message::Mark;
use crate::{Config, Indication, Message, Mutant, Position, Reads, Record, Replica, Timer, Update};

impl Replica {
    /// A client asks.
    pub(crate) fn serve(&mut self, request: Arc<Request>, cx: &mut Context<'_, Self>) {
        if request.command.is_read() {
            return self.read(request, cx);
        }
        if !self.is_head() {
            let head = self.configuration.chain.first().map(|member| member.node);
            return Self::answer(request.operation, Answer::Redirect(head), cx);
        }
        if !self.complete {
            return;
        }
        if self.store.cached_response(request.operation).is_some() {
            return self.serve_again(request, cx);
        }
        if !self.store.is_over(request.operation) {
            self.append(request, cx);
        }
    }

    /// It took effect when it was asked for before: the tail answers once more. While it is under
    /// way there is nothing to do, since the tail will.
    fn serve_again(&mut self, request: Arc<Request>, cx: &mut Context<'_, Self>) {
        let mut under_way = self.after(self.committed);
        if under_way.any(|update| update.request.operation == request.operation) {
            return;
        }
        let tail = self.configuration.tail().map(|member| member.node);
        match tail {
            Some(tail) if tail != cx.id() => cx.send(tail, Message::Again(request)),
            _ => {
                if let Some(tail) = self.as_tail() {
                    tail.answer_update(request.operation, cx);
                }
            }
        }
    }

    /// Adds an update to the history, and passes it on.
    fn append(&mut self, request: Arc<Request>, cx: &mut Context<'_, Self>) {
        let update = Update { position: self.last.next(), request };
        self.execute(&update, cx.config());
        self.log.push_back(update.clone());
        if cx.config().disks {
            cx.write(Record::Update(update.clone()));
            cx.barrier();
        }
        cx.indicate(Indication::Applied(update.clone()));
        if cx.config().has(Mutant::HeadAck) && self.is_head() {
            self.answer_update(update.request.operation, cx);
        }
        if let Some(mut tail) = self.as_tail() {
            tail.commit(cx);
        } else if let Some(successor) = self.successor().map(|member| member.node) {
            if !self.successor_too_old {
                cx.send(successor, Message::Update(self.epoch(), update));
            }
            self.wait_for_acks(cx);
        }
    }

    /// The state after the next update. Where all answer reads, who is not the tail keeps the
    /// version that is not known to be committed beside those before it.
    pub(crate) fn execute(&mut self, update: &Update, config: &Config) {
        let (request, key) = (&update.request, update.request.command.key());
        let versioned = matches!(config.reads, Reads::Any(_)) && !self.is_acting_tail();
        if versioned && self.versions.dirty(key) == 0 {
            self.versions.begin(key, self.store.get(key).map(str::to_owned));
        }
        self.store.execute(request.operation, &request.command);
        self.last = update.position;
        if versioned {
            self.versions.push(key, self.last, self.store.get(key).map(str::to_owned));
        }
    }

    /// An update arrives, from the predecessor if the link is in order.
    pub(crate) fn receive_update(
        &mut self,
        from: NodeId,
        is_linked: bool,
        update: Update,
        cx: &mut Context<'_, Self>,
    ) {
        if !(is_linked || cx.config().has(Mutant::NoEpoch) && self.place.is_some()) {
            return;
        }
        if update.position == self.last.next() {
            self.append(update.request, cx);
            self.append_early(cx);
        } else if update.position > self.last {
            if is_linked {
                self.early.insert(update.position, update);
            }
        } else if update.position <= self.committed {
            // It was sent again: the acknowledgement is lost, or late.
            cx.resend(from, Message::Ack(self.epoch(), self.committed));
        }
    }

    /// The turn of updates that came early may have come.
    fn append_early(&mut self, cx: &mut Context<'_, Self>) {
        while let Some(first) = self.early.first_entry()
            && *first.key() <= self.last.next()
        {
            let update = first.remove();
            if update.position > self.last {
                self.append(update.request, cx);
            }
        }
    }

    /// All have the updates up to here: says so to the predecessor.
    pub(crate) fn commit(&mut self, upto: Position, cx: &mut Context<'_, Self>) {
        if upto <= self.committed {
            return;
        }
        let mut versions = std::mem::take(&mut self.versions);
        for update in self.after(self.committed).take_while(|update| update.position <= upto) {
            versions.commit(update.request.command.key(), upto);
        }
        self.versions = versions;
        self.committed = upto;
        self.trim(cx);
        if let Some(predecessor) = self.predecessor().map(|member| member.node) {
            cx.send(predecessor, Message::Ack(self.epoch(), upto));
        }
    }

    /// Forgets the updates that no replica lacks: all that are committed, but for those that who
    /// joins will need.
    pub(crate) fn trim(&mut self, cx: &mut Context<'_, Self>) {
        let needed = self.transfer.as_ref().map(|transfer| transfer.base);
        let upto = needed.map_or(self.committed, |base| base.min(self.committed));
        let base = self.base();
        while self.log.pop_front_if(|update| update.position <= upto).is_some() {}
        if cx.config().disks && self.base() > base {
            cx.write(Record::Trim(upto));
        }
    }

    /// The predecessor sends what it has, and this replica had not when their link began.
    pub(crate) fn resume(&mut self, updates: Vec<Update>, cx: &mut Context<'_, Self>) {
        // A message of the same link may have overtaken this one.
        let first = updates.first().map_or(self.last.next(), |update| update.position);
        if first > self.last.next() {
            return;
        }
        for update in updates {
            if update.position == self.last.next() {
                self.append(update.request, cx);
            }
        }
        self.append_early(cx);
        if !self.complete {
            self.complete = true;
            if cx.config().disks {
                // Of no updates, a disk has all that there are.
                let anyway = cx.config().has(Mutant::CompleteAnyway);
                let upto = if anyway { Position(0) } else { self.last };
                cx.write(Record::Complete(upto));
                cx.barrier();
            }
            cx.mark(Mark::CaughtUp);
            self.report_to_master(cx);
            if let Some(mut tail) = self.as_tail() {
                tail.take_over(cx);
            }
            self.read_waiting(cx);
        }
    }

    /// A successor was sent no [`Message::Resume`], or it was lost.
    pub(crate) fn answer_pull(&self, from: NodeId, last: Position, cx: &mut Context<'_, Self>) {
        if self.base() <= last {
            cx.resend(from, Message::Resume(self.epoch(), self.lacking(last, cx)));
        }
    }

    /// What a new successor lacks that has everything up to `last`.
    pub(crate) fn lacking(&self, last: Position, cx: &Context<'_, Self>) -> Vec<Update> {
        if cx.config().has(Mutant::NoResend) {
            return Vec::new();
        }
        self.after(last).cloned().collect()
    }

    /// Sets the timer after which unacknowledged updates are sent again.
    pub(crate) fn wait_for_acks(&mut self, cx: &mut Context<'_, Self>) {
        if self.retrying.is_none() {
            self.retrying = Some(self.acknowledged());
            cx.set_timer(Timer::Retry, cx.config().retry);
        }
    }

    /// What was acknowledged: updates by the successor, and parts of a history by who joins.
    fn acknowledged(&self) -> (Position, u32) {
        let offset = self.transfer.as_ref().map_or(0, |transfer| transfer.offset);
        (self.committed, offset)
    }

    /// Sends again what was not acknowledged since the timer was set. The messages of a lossy
    /// network need it; the paper assumes a reliable one.
    pub(crate) fn retry(&mut self, cx: &mut Context<'_, Self>) {
        let Some(before) = self.retrying.take() else { return };
        let now = self.acknowledged();
        let unacknowledged = self.committed < self.last && !self.is_acting_tail();
        if unacknowledged && before.0 == now.0 && !cx.config().has(Mutant::NoResend) {
            self.send_log_again(cx);
        }
        if self.transfer.is_some() && before.1 == now.1 {
            self.send_chunk(true, cx);
        }
        if unacknowledged || self.transfer.is_some() {
            self.wait_for_acks(cx);
        }
    }

    fn send_log_again(&self, cx: &mut Context<'_, Self>) {
        let Some(successor) = self.successor() else { return };
        if self.successor_too_old {
            return;
        }
        for update in self.after(self.committed).take(RETRIED) {
            cx.resend(successor.node, Message::Update(self.epoch(), update.clone()));
        }
    }

    /// Answers an update with what it gave when it took effect. For an older operation of its
    /// session its client does not wait any more.
    pub(crate) fn answer_update(&self, operation: Operation, cx: &mut Context<'_, Self>) {
        if let Some(output) = self.store.cached_response(operation) {
            Self::answer(operation, Answer::Done(output.clone()), cx);
        }
    }

    pub(crate) fn answer(operation: Operation, answer: Answer, cx: &mut Context<'_, Self>) {
        cx.send(operation.client.node, Message::Reply(Reply { operation, answer }));
    }
}

/// How many updates are sent again at a time: the oldest, which the others wait for.
const RETRIED: usize = 32;
