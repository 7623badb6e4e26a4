//! What a primary does: takes up a view, orders updates, and answers once all members have them.

use std::collections::BTreeMap;

use service::{Answer, Reply, Request};
use sim_node::{Context, NodeId};

use crate::leading::{Leading, Pace, Progress};
use crate::reads::Reading;
use crate::replica::{ReplicaTimer, Standing};
use crate::{Ack, Forward, Message, Mutant, Number, Record, Replica, View, ViewNumber};

impl Replica {
    /// It is primary now: it sends the other members what they may lack, and serves once they all
    /// have answered.
    pub(crate) fn take_up(&mut self, view: View, cx: &mut Context<'_, Self>) {
        let base = self.log.base();
        let mut progress = BTreeMap::new();
        // Recruits of a view that it acknowledged before it crashed have the state, and the view
        // service may have made them members since.
        let was_acknowledged = view.number == self.acknowledged && !cx.config().has(Mutant::OldAck);
        for (node, since) in view.others() {
            let one = if was_acknowledged || view.members.contains_key(&node) {
                Progress::of_member(since, base)
            } else {
                Progress::of_recruit(since)
            };
            progress.insert(node, one);
        }
        let counted = progress.iter().filter(|(_, one)| one.counted);
        let counted: Vec<NodeId> = counted.map(|(node, _)| *node).collect();
        let last = self.log.last();
        self.standing = Standing::Primary(Box::new(Leading {
            acknowledged: ViewNumber::default(),
            view,
            in_service: false,
            goal: last,
            progress,
            persisted: last,
            waiting: BTreeMap::new(),
            early: BTreeMap::new(),
            reading: Reading::beginning(self.starts),
            lease_from: None,
        }));
        // Clients that it could not tell whom to ask will ask again, and find it.
        self.held.clear();
        cx.set_timer(ReplicaTimer::Retry, cx.config().retry);
        cx.mark("view taken up");
        Self::persist(cx);
        for node in counted {
            self.send_updates(node, true, false, cx);
        }
        self.advance(cx);
    }

    /// The next view of its own reign: whoever was dropped is not waited for any longer.
    pub(crate) fn adopt(&mut self, view: View, cx: &mut Context<'_, Self>) {
        let Standing::Primary(leading) = &mut self.standing else { return };
        if view.number <= leading.view.number {
            return;
        }
        leading.progress.retain(|node, one| view.since(*node) == Some(one.since));
        let mut settled = Vec::new();
        for (node, since) in view.others() {
            let one = leading.progress.entry(node).or_insert_with(|| Progress::of_recruit(since));
            if view.members.contains_key(&node) && !one.counted {
                // Only a primary that has lost its disk does not know that it acknowledged it.
                *one = Progress::of_member(since, self.log.base());
                settled.push(node);
            }
        }
        leading.view = view;
        for node in settled {
            self.send_updates(node, true, false, cx);
        }
        self.begin_transfers(cx);
        self.advance(cx);
    }

    pub(crate) fn serve_as_primary(
        &mut self,
        from: NodeId,
        request: Request,
        cx: &mut Context<'_, Self>,
    ) {
        let operation = request.operation;
        let Standing::Primary(leading) = &mut self.standing else { return };
        if !leading.in_service {
            leading.early.insert(operation, (from, request));
            return;
        }
        if let Some(output) = self.store.answered(operation) {
            let answer = Answer::Done(output.clone());
            return cx.send(from, Message::Reply(Reply { operation, answer }));
        }
        if request.command.is_read() {
            return self.read(from, request, cx);
        }
        // A retry of what the members lack already waits for them.
        if leading.waiting.insert(operation, from).is_none() {
            self.propose(request, cx);
        }
    }

    /// The update gets its number. It is durable before anybody else has it: a primary that crashes
    /// and comes back must not give the number to another one.
    fn propose(&mut self, update: Request, cx: &mut Context<'_, Self>) {
        let (reign, since, stable) = (self.promised, self.since, self.log.base());
        let after = self.log.last();
        let number = self.log.push(update.clone());
        let updates = || vec![update];
        Self::write(cx, || Record::Updates { reign, since, after, updates: updates(), stable });
        Self::persist(cx);
        let Standing::Primary(leading) = &self.standing else { return };
        let ready = |progress: &Progress| progress.pace == Pace::Updates && progress.sent == after;
        let all = leading.progress.iter().filter(|(_, progress)| ready(progress));
        for node in all.map(|(node, _)| *node).collect::<Vec<_>>() {
            self.send_updates(node, false, false, cx);
        }
        cx.send(cx.id(), Message::Persisted(reign, number));
    }

    /// Sends what comes after what was sent, if there is anything, or in any case.
    fn send_updates(
        &mut self,
        node: NodeId,
        in_any_case: bool,
        again: bool,
        cx: &mut Context<'_, Self>,
    ) {
        let last = self.log.last();
        let Standing::Primary(leading) = &mut self.standing else { return };
        let stable = leading.held_by_all();
        let Some(progress) = leading.progress.get(&node) else { return };
        if progress.pace != Pace::Updates || progress.sent == last && !in_any_case {
            return;
        }
        let (stamp, after) = (leading.stamp(progress.since), progress.sent);
        let updates = self.log.some_after(after, cx.config().batch);
        if let Some(progress) = leading.progress.get_mut(&node) {
            progress.sent = Number(after.0 + updates.len() as u64);
        }
        let forward = Message::Forward(Forward { stamp, after, updates, stable });
        if again {
            cx.resend(node, forward);
        } else {
            cx.send(node, forward);
        }
    }

    /// A backup, or a recruit with a state, has answered.
    pub(crate) fn hear_ack(&mut self, from: NodeId, ack: &Ack, cx: &mut Context<'_, Self>) {
        let last = self.log.last();
        let Standing::Primary(leading) = &mut self.standing else { return };
        let Some(progress) = leading.progress.get_mut(&from) else { return };
        if ack.reign != leading.view.reign || ack.since != progress.since {
            return;
        }
        progress.follows = true;
        progress.silent = false;
        progress.silent_since = None;
        progress.matched = progress.matched.max(ack.count.min(last));
        progress.sent = progress.sent.max(progress.matched);
        self.send_updates(from, false, false, cx);
        self.advance(cx);
    }

    /// A recruit has the state: it gets what has come since.
    pub(crate) fn go_on_with_updates(&mut self, node: NodeId, cx: &mut Context<'_, Self>) {
        self.send_updates(node, false, false, cx);
        self.advance(cx);
    }

    /// The own copy is durable up to an update.
    pub(crate) fn count_own_copy(
        &mut self,
        reign: ViewNumber,
        number: Number,
        cx: &mut Context<'_, Self>,
    ) {
        if let Standing::Primary(leading) = &mut self.standing
            && leading.view.reign == reign
        {
            leading.persisted = leading.persisted.max(number);
            self.advance(cx);
        }
    }

    /// Does what has become possible: begins to serve, answers updates that all members have,
    /// answers reads, acknowledges the view.
    pub(crate) fn advance(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::Primary(leading) = &mut self.standing else { return };
        if !leading.in_service {
            let mut counted = leading.progress.values().filter(|progress| progress.counted);
            let all_follow = counted.all(|progress| progress.follows);
            if !all_follow || leading.held_by_all() < leading.goal {
                return;
            }
            leading.in_service = true;
            let early = std::mem::take(&mut leading.early);
            cx.mark("in service");
            for (client, request) in early.into_values() {
                self.serve_as_primary(client, request, cx);
            }
            self.begin_transfers(cx);
        }
        self.answer_updates(cx);
        self.settle_reads(cx);
        self.acknowledge(cx);
    }

    fn answer_updates(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::Primary(leading) = &mut self.standing else { return };
        let mut upto = leading.held_by_all();
        if cx.config().has(Mutant::OneAck) {
            let best = leading.progress.values().map(|progress| progress.matched).max();
            upto = best.unwrap_or(upto).min(leading.persisted);
        }
        while self.applied < upto {
            self.applied = self.applied.next();
            let Some(update) = self.log.get(self.applied) else {
                unreachable!("what is not applied is in the log")
            };
            let operation = update.operation;
            let output = self.store.execute(operation, &update.command);
            if let (Some(client), Some(output)) = (leading.waiting.remove(&operation), output) {
                let answer = Answer::Done(output);
                cx.send(client, Message::Reply(Reply { operation, answer }));
            }
        }
        self.log.forget(leading.forgettable().min(self.applied));
    }

    /// The view is taken up, and every recruit has what was answered so far. From here on updates
    /// wait for them as well, even if the primary crashes and comes back; so the view service may
    /// count them among the members.
    fn acknowledge(&mut self, cx: &mut Context<'_, Self>) {
        let applied = self.applied;
        let Standing::Primary(leading) = &mut self.standing else { return };
        let has_state =
            |progress: &Progress| progress.pace == Pace::Updates && progress.matched >= applied;
        let mut recruits = leading.progress.values().filter(|progress| !progress.counted);
        if leading.acknowledged >= leading.view.number || !recruits.all(has_state) {
            return;
        }
        for progress in leading.progress.values_mut() {
            progress.counted = true;
        }
        let number = leading.view.number;
        leading.acknowledged = number;
        if number > self.acknowledged {
            self.acknowledged = number;
            Self::write(cx, || Record::Acknowledged(number));
        }
        Self::persist(cx);
        cx.send(cx.config().view_service(), Message::Acknowledge(number));
    }

    /// What was not answered may be lost, or its answer.
    pub(crate) fn send_again(&mut self, cx: &mut Context<'_, Self>) {
        cx.set_timer(ReplicaTimer::Retry, cx.config().retry);
        let last = self.log.last();
        let Standing::Primary(leading) = &mut self.standing else { return };
        let mut silent = Vec::new();
        for (node, progress) in &mut leading.progress {
            let is_behind = progress.matched < last || !progress.follows;
            if is_behind && progress.silent {
                silent.push(*node);
            }
            progress.silent = is_behind;
            // Whoever waits for the primary to serve was sent nothing.
            let is_asked = is_behind && progress.pace != Pace::Waiting
                || progress.counted && leading.reading.waits_for(*node);
            // A client that asks once more begins a new round: only an answer ends the silence.
            if is_asked {
                progress.silent_since.get_or_insert(cx.now());
            }
        }
        for node in silent {
            let Standing::Primary(leading) = &mut self.standing else { return };
            let Some(progress) = leading.progress.get_mut(&node) else { continue };
            match progress.pace {
                Pace::Waiting => {}
                Pace::Transfer { .. } => self.send_chunk(node, true, cx),
                Pace::Updates => {
                    progress.sent = progress.matched;
                    self.send_updates(node, true, true, cx);
                }
            }
        }
        self.ask_again(cx);
    }
}
