//! What comes to a node: handled at once, or in its one queue, first in first out, when it is
//! paused or its events take service time.

use sim_check::Properties;
use sim_node::{Event, Message, Node, NodeId};

use super::inbox::{Arrival, Turn, What};
use super::nodes::Status;
use super::{Pending, World};
use crate::chance::Purpose;
use crate::{Loss, Observer, Work};

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Something comes to a node.
    #[inline(always)]
    pub(super) fn arrive<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        arrival: Arrival<N::Timer>,
        watch: &mut O,
    ) {
        let status = self.status[node.index()];
        if !status.has(Status::UP) {
            match arrival.what {
                What::Message { id, from, copied, parcel, .. } => {
                    self.agenda.take_message(parcel);
                    self.break_connection(from, self.identity(node));
                    self.lose(id, copied, Loss::Down, watch);
                }
                What::Own(parcel) => drop(self.agenda.take_message(parcel)),
                What::Request(index) => self.requests.lose(index, self.now),
                What::Timer(_) | What::Synced => {}
            }
        } else if status.has(Status::BUSY) {
            self.cells[node.index()].inbox.push(arrival);
        } else if status.has(Status::SERVES) {
            self.serve(node, arrival, watch);
        } else {
            self.take(node, arrival, watch);
        }
    }

    /// A node turns to an event: it works on it first, if that takes time.
    fn serve<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        arrival: Arrival<N::Timer>,
        watch: &mut O,
    ) {
        let time = self.service_time(node, &arrival.what);
        if time == 0 {
            return self.take(node, arrival, watch);
        }
        self.cells[node.index()].inbox.begin_work(arrival);
        self.status[node.index()].set(Status::BUSY);
        let incarnation = self.incarnations[node.index()];
        let end = self.now.saturating_add(time);
        self.plan_drawn(end, Purpose::WorkTie, node, Pending::Served { node, incarnation });
    }

    fn service_time(&mut self, node: NodeId, what: &What<N::Timer>) -> u64 {
        let (spec, who) = (std::sync::Arc::clone(&self.spec), self.identity(node));
        let fits = |work: Work| match (work, what) {
            (Work::Any, _)
            | (Work::Messages, What::Message { .. } | What::Own(_))
            | (Work::Timers, What::Timer(_))
            | (Work::Requests, What::Request(_))
            | (Work::Disk, What::Synced) => true,
            (Work::Kind(kind), What::Message { parcel, .. } | What::Own(parcel)) => {
                self.agenda.message(*parcel).kind() == kind
            }
            _ => false,
        };
        let by_itself =
            spec.service.iter().rfind(|one| one.who.contains(who, spec.servers) && fits(one.what));
        let mut time = 0_u64;
        if let Some(one) = by_itself {
            let word = self.service_word(node, &one.time);
            time = one.time.draw(word);
        }
        // Each by the fault's own numbers, so that it shifts none of the node's.
        for slow in &mut self.cells[node.index()].slowed {
            self.faults[slow.fault as usize].touched = true;
            let word = if slow.time.is_constant() { 0 } else { slow.stream.word() };
            time = time.saturating_add(slow.time.draw(word));
        }
        time
    }

    fn service_word(&mut self, node: NodeId, time: &crate::Delay) -> u64 {
        if time.is_constant() { 0 } else { self.chance.word(Purpose::Service, node) }
    }

    /// The service of an event has ended: its effects leave now, unless the node is paused.
    pub(super) fn served<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        incarnation: u32,
        watch: &mut O,
    ) {
        if self.incarnations[node.index()] != incarnation {
            return;
        }
        let cell = &mut self.cells[node.index()];
        let paused = !cell.pauses.is_empty();
        if let Some(arrival) = cell.inbox.end_work(paused) {
            self.take(node, arrival, watch);
        }
        self.turn_to_next(node);
    }

    /// A node turns to the next event of its queue, at this instant but behind what is planned for
    /// it.
    pub(super) fn next<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        incarnation: u32,
        watch: &mut O,
    ) {
        let index = node.index();
        let is_paused = !self.cells[index].pauses.is_empty();
        if self.incarnations[index] != incarnation || is_paused || self.waits_to_crash(node) {
            return;
        }
        match self.cells[index].inbox.turn() {
            Turn::AtWork => return,
            Turn::Finished(arrival) => self.take(node, arrival, watch),
            Turn::Next(arrival) if self.status[index].has(Status::SERVES) => {
                self.serve(node, arrival, watch);
            }
            Turn::Next(arrival) => self.take(node, arrival, watch),
            Turn::Free => {}
        }
        self.turn_to_next(node);
    }

    /// After an event, or at the end of a pause: the queue goes on, or the node is free.
    pub(super) fn turn_to_next(&mut self, node: NodeId) {
        let cell = &self.cells[node.index()];
        let is_up = self.status[node.index()].has(Status::UP);
        if !is_up || !cell.pauses.is_empty() || self.waits_to_crash(node) {
            return;
        }
        match cell.inbox.peek() {
            Turn::AtWork => return,
            Turn::Free => return self.status[node.index()].clear(Status::BUSY),
            Turn::Finished(_) | Turn::Next(_) => self.status[node.index()].set(Status::BUSY),
        }
        let incarnation = self.incarnations[node.index()];
        self.plan_first(self.now, Pending::Next { node, incarnation });
    }

    /// A node handles what came.
    #[inline(always)]
    fn take<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        arrival: Arrival<N::Timer>,
        watch: &mut O,
    ) {
        let mut named = None;
        let event = match arrival.what {
            What::Message { id, from, sent, copied, parcel } => {
                self.count_handled(id, copied);
                if self.plan.assumed_bound.is_some() {
                    self.check_assumed_bound(id, from, self.identity(node), sent);
                }
                named = Some(id);
                Event::Message { from, message: self.agenda.take_message(parcel) }
            }
            What::Own(parcel) => {
                let from = self.identity(node);
                Event::Message { from, message: self.agenda.take_message(parcel) }
            }
            What::Timer(timer) => Event::Timer(timer),
            What::Request(index) => Event::Request(self.take_request(index)),
            What::Synced => return self.release(node, watch),
        };
        self.handle(node, event, arrival.step, named, watch);
    }
}
