//! What the world keeps of each node beside its state: whether it is up, its queue, its disk.

use std::sync::Arc;

use sim_check::{Properties, SimTime, View};
use sim_node::{Drift, Event, Node, NodeId, Offset};

use super::between::Delayed;
use super::disk::{DiskOf, Held};
use super::faults::{Full, Stall};
use super::inbox::{Arrival, Inbox, What};
use super::past_disk::{Copies, Lies};
use super::{Pending, World, view};
use crate::chance::{Purpose, Stream, between};
use crate::clock::Clock;
use crate::fault::CrashInStep;
use crate::{CrashReport, Crashed, Delay, DiskLoss, Failures, Observer};

/// What is to be known of a node at every event, in one byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status(u8);

impl Status {
    pub(super) const UP: u8 = 1;
    /// It handles nothing now: it is paused or at work, or has a queue to work off.
    pub(super) const BUSY: u8 = 2;
    /// Its events take service time.
    pub(super) const SERVES: u8 = 4;
    /// A barrier holds its sends.
    pub(super) const HOLDS: u8 = 8;
    /// It crashes inside its next step.
    pub(super) const CRASH_PENDING: u8 = 16;
    /// A fault waits to strike it until some of what its barriers hold has left.
    pub(super) const STRUCK: u8 = 32;
    /// Properties do not see it: a Byzantine fault has struck it, now or before.
    pub(super) const UNSEEN: u8 = 64;

    #[inline]
    pub(super) fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    #[inline]
    pub(super) fn set(&mut self, bits: u8) {
        self.0 |= bits;
    }

    #[inline]
    pub(super) fn clear(&mut self, bits: u8) {
        self.0 &= !bits;
    }

    pub(super) fn put(&mut self, bits: u8, on: bool) {
        if on {
            self.set(bits);
        } else {
            self.clear(bits);
        }
    }
}

/// What the world keeps of a node and looks at only when its [`Status`] says so.
#[derive(Clone, Debug)]
pub(super) struct Cell<N: Node> {
    pub(super) disk: DiskOf<N>,
    /// What came while the node was busy, and what it works on.
    pub(super) inbox: Inbox<N::Timer>,
    /// When it last sent to itself, and the drawn place of that message.
    pub(super) own: (u64, u8),
    /// Lasting faults in force at this node, by their place in the list.
    pub(super) pauses: Vec<u32>,
    pub(super) slowed: Vec<Slowness>,
    pub(super) slow_disks: Vec<(u32, Delay)>,
    pub(super) stall: Stall,
    pub(super) copies: Copies,
    pub(super) lies: Lies,
    pub(super) full: Full,
    pub(super) drifts: Vec<(u32, Drift)>,
    /// The drift that its clock has by itself.
    pub(super) own_drift: Drift,
    /// How it crashes inside its next step, and by which fault.
    pub(super) pending_crash: Option<(u32, CrashInStep)>,
    /// Strikes that wait until some of what its barriers hold has left, in order.
    pub(super) strikes: Vec<Delayed>,
    /// It would have started again while it was paused, and does when it resumes.
    pub(super) start_waits: bool,
}

/// What a node is configured with.
#[derive(Debug)]
pub(super) struct Configured<N: Node> {
    pub(super) config: Arc<N::Config>,
    /// The fault that did it, by its stable number; `None` from the beginning.
    pub(super) by: Option<u64>,
}

/// Derived, it would ask for a configuration that can be cloned.
impl<N: Node> Clone for Configured<N> {
    fn clone(&self) -> Self {
        Self { config: Arc::clone(&self.config), by: self.by }
    }
}

impl<N: Node> Cell<N> {
    /// Of a node that has not started yet, with this on its disk.
    pub(super) fn new(durable: N::Stable) -> Self {
        Self {
            disk: sim_node::Disk::new(durable),
            inbox: Inbox::new(),
            own: (0, 0),
            pauses: Vec::new(),
            slowed: Vec::new(),
            slow_disks: Vec::new(),
            stall: Stall::default(),
            copies: Copies::default(),
            lies: Lies::default(),
            full: Full::default(),
            drifts: Vec::new(),
            own_drift: Drift::default(),
            pending_crash: None,
            strikes: Vec::new(),
            start_waits: false,
        }
    }
}

/// A fault that adds to service times.
#[derive(Clone, Debug)]
pub(super) struct Slowness {
    pub(super) fault: u32,
    pub(super) time: Delay,
    pub(super) stream: Stream,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    pub(super) fn set_up_nodes(&mut self) {
        let spec = Arc::clone(&self.spec);
        for node in self.everybody() {
            let durable = spec.images.get(&node).cloned().unwrap_or_default();
            self.cells.push(Cell::new(durable));
            if self.plan.remembers_disks {
                self.cells[node.index()].disk.remember();
            }
            let serves = self.serves_by_itself(node);
            self.status[node.index()].put(Status::SERVES, serves);
        }
        if !spec.own_configs.is_empty() || !spec.new_configs.is_empty() {
            let of = |node| spec.own_configs.get(&node).unwrap_or(&spec.config);
            let first = |node| Configured { config: Arc::clone(of(node)), by: None };
            self.configs = self.everybody().map(first).collect();
        }
        if !self.plan.true_clocks {
            self.clocks = self.everybody().map(|node| self.make_clock(node)).collect();
            for node in self.everybody() {
                self.cells[node.index()].own_drift = self.clocks[node.index()].drift();
            }
        }
    }

    /// A fault has struck a node that is down now: if it says so, the node starts with another
    /// configuration from now on.
    pub(super) fn configure(&mut self, node: NodeId, fault: u32) {
        let by = self.spec.faults[fault as usize].id;
        if let Some(configs) = self.spec.new_configs.get(&by) {
            let config = Arc::clone(configs.of(node));
            self.configs[node.index()] = Configured { config, by: Some(by) };
        }
    }

    /// Whether a node's events take service time, faults apart.
    pub(super) fn serves_by_itself(&self, node: NodeId) -> bool {
        let spec = &self.spec;
        spec.service.iter().any(|one| one.who.contains(node, spec.servers))
    }

    /// A node's clock, as the last entry that names it says.
    fn make_clock(&mut self, node: NodeId) -> Clock {
        let spec = Arc::clone(&self.spec);
        let of_node = |one: &&crate::ClockSpec| one.who.contains(node, spec.servers);
        let Some(clock) = spec.clocks.iter().rfind(of_node) else { return Clock::default() };
        // Both are drawn, needed or not, so that neither depends on the other.
        let mut within = |most: i64| {
            let word = self.chance.word(Purpose::Clock, node);
            let drawn = between(word, 0, 2 * most.unsigned_abs());
            i64::try_from(drawn).unwrap_or(i64::MAX).saturating_sub(most)
        };
        let half = i64::MAX / 2;
        let offset_within = i64::try_from(clock.offset_within.as_nanos()).unwrap_or(half).min(half);
        let offset = clock.offset.as_nanos().saturating_add(within(offset_within));
        let drift =
            i64::from(clock.drift.ppm()) + within(i64::from(clock.drift_within.ppm()).abs());
        let drift = i32::try_from(drift.clamp(-999_999, 999_000_000)).expect("within the range");
        Clock::new(Offset::from_nanos(offset), Drift::from_ppm(drift))
    }

    /// A node starts, for the first time or again.
    pub(super) fn start<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        incarnation: u32,
        watch: &mut O,
    ) {
        let index = node.index();
        if self.status[index].has(Status::UP) || self.incarnations[index] != incarnation {
            return;
        }
        let again = incarnation > 0;
        if again && !self.may_return(node) {
            return;
        }
        if again && !self.cells[index].pauses.is_empty() {
            self.cells[index].start_waits = true;
            return;
        }
        self.status[index].set(Status::UP);
        if again {
            if self.spec.model.failures < Failures::CrashRecovery {
                self.break_assumption(|failures| {
                    format!("{node} started again, but the model says `failures: {failures:?}`")
                });
            }
            let last = self.steps.saturating_sub(1);
            if !self.status[index].has(Status::UNSEEN) {
                self.properties.restart(&view!(self, last), node);
            }
        }
        self.handle(node, Event::Start, None, None, watch);
        self.cells[index].disk.set_damaged(false);
        // Its first step may have been its last.
        if self.status[index].has(Status::UP) && !self.cells[index].pauses.is_empty() {
            self.status[index].set(Status::BUSY);
        }
        if again {
            self.retry_waiting(watch);
        }
    }

    /// A pause has ended: if it was the last, the node starts if it would have started meanwhile,
    /// and works off its queue.
    pub(super) fn resume(&mut self, node: NodeId) {
        let cell = &mut self.cells[node.index()];
        if cell.pauses.is_empty() && std::mem::take(&mut cell.start_waits) {
            self.restart_at(self.now, node);
        }
        self.turn_to_next(node);
    }

    /// Plans the restart of a node that is down.
    pub(super) fn restart_at(&mut self, time: u64, node: NodeId) {
        let incarnation = self.incarnations[node.index()];
        self.plan_first(time, Pending::Start { node, incarnation });
    }

    /// A node goes down: its state is dropped, what its barriers held is lost, and of its unsynced
    /// writes survives what the loss says. `fault` names the fault whose draws decide.
    pub(super) fn crash<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        loss: DiskLoss,
        fault: u32,
        watch: &mut O,
    ) {
        let index = node.index();
        if !self.status[index].has(Status::UP) {
            return;
        }
        self.status[index].clear(Status::UP | Status::BUSY | Status::HOLDS | Status::CRASH_PENDING);
        self.forget_strikes(node);
        self.states[index] = None;
        self.incarnations[index] += 1;
        self.digest.pair(u64::from(node.number()) | CRASHED, self.now);
        if let Some(role) = self.roles.get_mut(index) {
            *role = None;
        }
        let crashed = self.agenda.next_sequence();
        self.network.crash(node, crashed);
        self.cells[index].pending_crash = None;
        let arrivals = self.empty(node);
        let (lost, writes) = self.crash_disk(node, loss, fault);
        self.lose_arrivals(arrivals, watch);
        if self.spec.model.failures == Failures::None {
            self.break_assumption(|failures| {
                format!("{node} crashed, but the model says `failures: {failures:?}`")
            });
        }
        let (time, fault) = (SimTime::from_nanos(self.now), fault as usize);
        self.crashes.push(CrashReport { at: time, node, fault, loss: lost });
        watch.crashed(&Crashed { time, node, fault, loss: lost, writes: &writes });
        if !self.status[index].has(Status::UNSEEN) {
            let last = self.steps.saturating_sub(1);
            self.properties.crash(&view!(self, last), node);
        }
        if !self.waiting.is_empty() {
            self.retry_waiting(watch);
        }
    }

    /// Takes away what a node's barriers hold, and what waits in its queue, which is returned.
    pub(super) fn empty(&mut self, node: NodeId) -> Vec<Arrival<N::Timer>> {
        let cell = &mut self.cells[node.index()];
        let arrivals = cell.inbox.crash().collect();
        for held in cell.disk.held() {
            if let Held::Send { parcel, .. } = held {
                self.agenda.take_message(*parcel);
            }
        }
        arrivals
    }

    /// What waited in a node's queue is lost with its memory.
    pub(super) fn lose_arrivals<O: Observer<N> + ?Sized>(
        &mut self,
        arrivals: Vec<Arrival<N::Timer>>,
        watch: &mut O,
    ) {
        for arrival in arrivals {
            match arrival.what {
                What::Message { id, copied, parcel, .. } => {
                    self.agenda.take_message(parcel);
                    self.lose(id, copied, crate::Loss::Down, watch);
                }
                What::Own(parcel) => drop(self.agenda.take_message(parcel)),
                What::Request(index) => self.requests.lose(index, self.now),
                What::Timer(_) | What::Synced => {}
            }
        }
    }
}

/// Marks a crash in the digest.
const CRASHED: u64 = 1 << 63;
