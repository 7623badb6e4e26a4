//! Effects take place, in the order in which they were emitted.

use sim_check::{Properties, SimTime, View};
use sim_node::{Class, Effect, Message, Node, NodeId};

use super::agenda::Parcel;
use super::disk::Held;
use super::network::Envelope;
use super::nodes::Status;
use super::{Pending, World, view};
use crate::chance::Purpose;
use crate::timers::Due;
use crate::{AssumptionBroken, Failures, Fate, Loss, Observer, Sent};

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Takes the step's effects out one by one and lets them happen.
    #[inline(always)]
    pub(super) fn perform<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        step: u64,
        watch: &mut O,
    ) {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { to, message, resend, at_once } => {
                    let Ok(parcel) = self.agenda.enclose(message) else {
                        self.too_many_pending();
                        continue;
                    };
                    if self.status[node.index()].has(Status::HOLDS) && !at_once {
                        let held = Held::Send { to, parcel, resend, step };
                        self.cells[node.index()].disk.hold(held);
                    } else {
                        self.transmit(node, to, parcel, resend, step, watch);
                    }
                }
                Effect::SetTimer { timer, span } => {
                    let mut length = self.chance.span(span, node);
                    if let Some(clock) = self.clocks.get(node.index()) {
                        length = clock.to_simulation(length);
                    }
                    self.unqueue_due(node, timer);
                    let tie = self.tie(Purpose::TimerTie, node);
                    let time = self.now.saturating_add(length);
                    let incarnation = self.incarnations[node.index()];
                    self.agenda.set_timer(time, tie, Due { node, timer, incarnation, step });
                }
                Effect::CancelTimer(timer) => {
                    self.unqueue_due(node, timer);
                    self.agenda.cancel_timer(node, timer);
                }
                Effect::Write(record) => self.cells[node.index()].disk.write(record),
                Effect::Barrier => self.barrier(node),
                Effect::Indicate(indication) => {
                    if self.status[node.index()].has(Status::HOLDS) {
                        let held = Held::Indicate { indication, step };
                        self.cells[node.index()].disk.hold(held);
                    } else if !self.status[node.index()].has(Status::UNSEEN) {
                        self.properties.indicated(&view!(self, step), node, &indication);
                    }
                }
                Effect::Mark(name) => self.note_mark(self.identity(node), name),
            }
        }
        self.effects = effects;
    }

    #[inline]
    fn unqueue_due(&mut self, node: NodeId, timer: N::Timer) {
        // Only a busy node has a queue; the one that makes this step may be at its end.
        if self.status[node.index()].has(Status::BUSY) {
            self.cells[node.index()].inbox.cancel_timer(timer);
        }
    }

    /// A message leaves an instance of its node.
    #[inline(always)]
    pub(super) fn transmit<O: Observer<N> + ?Sized>(
        &mut self,
        instance: NodeId,
        to: NodeId,
        parcel: Parcel,
        resend: bool,
        step: u64,
        watch: &mut O,
    ) {
        let id = self.agenda.next_sequence();
        let from = self.identity(instance);
        if to == from {
            return self.send_to_itself(instance, parcel, step, id);
        }
        let message = self.agenda.message(parcel);
        let kind = message.kind();
        self.tally.sent[kind] += 1;
        if resend {
            self.tally.resent[kind] += 1;
        }
        if self.spec.bytes {
            self.tally.bytes += message.size() as u64;
        }
        if self.plan.watches_sends {
            self.note_sent(from, kind);
        }
        let tie = self.tie(Purpose::Tie, instance);
        let (sent, copied, copy, twin) = (self.now, false, false, from != instance);
        let envelope = Envelope { id, from, to, step, sent, tie, copied, copy, twin };
        if to.index() >= self.nodes() {
            return self.fail_to_send(&envelope, parcel, Loss::Nobody, watch);
        }
        if self.network.is_plain() {
            let travel = self.plain_delay(from, to);
            self.depart(&envelope, parcel, self.now.saturating_add(travel), id, watch);
        } else {
            self.route(envelope, parcel, kind, watch);
        }
    }

    /// A message to the sender takes no time and passes its own queue. Those of one instant stay in
    /// order even if ties are drawn.
    fn send_to_itself(&mut self, node: NodeId, parcel: Parcel, step: u64, sequence: u64) {
        let mut tie = self.tie(Purpose::OwnTie, node);
        let (at, last) = &mut self.cells[node.index()].own;
        if *at == self.now {
            tie = tie.max(*last);
        }
        (*at, *last) = (self.now, tie);
        let incarnation = self.incarnations[node.index()];
        let own = Pending::Own { node, incarnation, step };
        self.agenda.push_parcel(self.now, tie, sequence, own, parcel);
    }

    #[inline(always)]
    pub(super) fn tell_sent<O: Observer<N> + ?Sized>(
        &self,
        envelope: &Envelope,
        parcel: Parcel,
        fate: Fate,
        watch: &mut O,
    ) {
        if !self.is_watched {
            return;
        }
        watch.sent(&Sent {
            message: envelope.id,
            time: SimTime::from_nanos(self.now),
            step: envelope.step,
            from: envelope.from,
            twin: envelope.twin,
            to: envelope.to,
            content: self.agenda.message(parcel),
            fate,
            copy: envelope.copy,
        });
    }

    /// A message is lost as it leaves.
    pub(super) fn fail_to_send<O: Observer<N> + ?Sized>(
        &mut self,
        envelope: &Envelope,
        parcel: Parcel,
        why: Loss,
        watch: &mut O,
    ) {
        self.tally.lost += 1;
        self.tell_sent(envelope, parcel, Fate::Lost(why), watch);
        self.agenda.take_message(parcel);
        self.check_assumed_links(why, envelope.from, envelope.to);
    }

    /// A message, or one copy of it, is lost on its way or at its receiver.
    pub(super) fn lose<O: Observer<N> + ?Sized>(
        &mut self,
        id: u64,
        copied: bool,
        why: Loss,
        watch: &mut O,
    ) {
        watch.lost(SimTime::from_nanos(self.now), id, why);
        if !copied {
            self.tally.lost += 1;
        } else if let Some((under_way, handled)) = self.tally.copies.get_mut(&id) {
            *under_way -= 1;
            if *under_way == 0 {
                self.tally.lost += u64::from(!*handled);
                self.tally.copies.remove(&id);
            }
        }
    }

    #[inline(always)]
    pub(super) fn count_handled(&mut self, id: u64, copied: bool) {
        if !copied {
            self.tally.handled += 1;
        } else if let Some((under_way, handled)) = self.tally.copies.get_mut(&id) {
            *under_way -= 1;
            self.tally.handled += u64::from(!*handled);
            *handled = true;
            if *under_way == 0 {
                self.tally.copies.remove(&id);
            }
        }
    }

    /// A message is handled: in time, if a bound was assumed?
    pub(super) fn check_assumed_bound(&mut self, id: u64, from: NodeId, to: NodeId, sent: u64) {
        let Some((bound, after)) = self.plan.assumed_bound else { return };
        let due = sent.max(after).saturating_add(bound);
        if self.now > due {
            let took = sim_node::Duration::from_nanos(self.now - sent);
            let bound = sim_node::Duration::from_nanos(bound);
            self.break_assumption(|_| {
                format!("message {id} from {from} to {to} took {took}, but the model says at most {bound}")
            });
        }
    }

    /// A link lost a message: was that assumed not to happen?
    pub(super) fn check_assumed_links(&mut self, why: Loss, from: NodeId, to: NodeId) {
        let by_link = matches!(
            why,
            Loss::Link
                | Loss::Counted(_)
                | Loss::Cut
                | Loss::OneWay
                | Loss::Omission
                | Loss::Corrupted
        );
        let holds = self.plan.assumed_bound.is_none_or(|(_, after)| self.now >= after);
        if by_link && holds && self.plan.assumes_links {
            self.break_assumption(|failures| {
                format!(
                    "a link lost a message from {from} to {to}, but the model says \
                     `failures: {failures:?}`"
                )
            });
        }
    }

    /// An event broke an assumption of the scenario's model; the first such event is reported.
    #[cold]
    pub(super) fn break_assumption(&mut self, what: impl FnOnce(Failures) -> String) {
        if self.assumption_broken.is_none() {
            let what = what(self.spec.model.failures);
            self.assumption_broken = Some(AssumptionBroken { at: self.now(), what });
        }
    }

    /// Sends by class, retransmissions apart.
    pub(super) fn first_sends(&self, class: Class) -> u64 {
        let kinds = N::Message::KINDS.iter().zip(self.tally.sent.iter().zip(&self.tally.resent));
        kinds.filter(|((_, of), _)| *of == class).map(|(_, (sent, resent))| sent - resent).sum()
    }
}
