//! Disks: writes, barriers, syncs, and what a crash leaves.
//!
//! A barrier holds every later send and indication of its node until all writes before it are
//! durable. Only a barrier makes writes durable; one sync runs at a time and covers what was
//! written before it began.

use std::collections::VecDeque;

use sim_check::{Properties, SimTime, View};
use sim_node::{Node, NodeId, Stable};

use super::nodes::{Arrival, Status, What, fold};
use super::{Pending, World, draw, view};
use crate::chance::Purpose;
use crate::{Delay, DiskLoss, Observer};

type RecordOf<N> = <<N as Node>::Stable as Stable>::Record;

/// The disk of one node.
#[derive(Clone, Debug)]
pub(super) struct Disk<N: Node> {
    /// The fold of all records that are durable.
    pub(super) durable: N::Stable,
    /// Records that are not, in order.
    unsynced: VecDeque<RecordOf<N>>,
    /// How many records this incarnation has written, and how many of them are durable.
    written: u64,
    synced: u64,
    /// How many will be durable when the sync under way completes.
    syncing: Option<u64>,
    /// How many the latest barrier waits for.
    wanted: u64,
    /// What barriers hold, in order.
    held: VecDeque<Held<N>>,
    /// Whether durable records were lost or damaged while the node was down.
    pub(super) damaged: bool,
}

/// Behind a barrier.
#[derive(Clone, Debug)]
enum Held<N: Node> {
    /// Until so many records are durable.
    Barrier(u64),
    Send {
        to: NodeId,
        message: N::Message,
        resend: bool,
        step: u64,
    },
    Indicate {
        indication: N::Indication,
        step: u64,
    },
}

impl<N: Node> Disk<N> {
    pub(super) fn new(durable: N::Stable) -> Self {
        Self {
            durable,
            unsynced: VecDeque::new(),
            written: 0,
            synced: 0,
            syncing: None,
            wanted: 0,
            held: VecDeque::new(),
            damaged: false,
        }
    }

    /// Makes the first `upto` records of the incarnation durable.
    fn sync(&mut self, upto: u64) {
        while self.synced < upto {
            let Some(record) = self.unsynced.pop_front() else { break };
            self.durable.apply(&record);
            self.synced += 1;
        }
    }

    /// What a crash leaves; `draw(n)` is one of `0..n`.
    pub(super) fn crash(&mut self, loss: DiskLoss, mut draw: impl FnMut(usize) -> usize) {
        let unsynced = std::mem::take(&mut self.unsynced);
        match loss {
            // Nothing to draw when there is nothing to lose.
            DiskLoss::Prefix if unsynced.is_empty() => {}
            DiskLoss::Prefix => {
                let survive = draw(unsynced.len() + 1);
                fold(&mut self.durable, unsynced.into_iter().take(survive));
            }
            DiskLoss::Subset => {
                fold(&mut self.durable, unsynced.into_iter().filter(|_| draw(2) == 1));
            }
            DiskLoss::Unsynced => {}
            DiskLoss::Everything => {
                self.durable = N::Stable::default();
                self.damaged = true;
            }
        }
        self.held.clear();
        self.syncing = None;
        (self.written, self.synced, self.wanted) = (0, 0, 0);
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A record goes to the disk.
    pub(super) fn write(&mut self, node: NodeId, record: RecordOf<N>) {
        let disk = &mut self.cells[node.index()].disk;
        disk.unsynced.push_back(record);
        disk.written += 1;
    }

    /// Later sends wait for all writes so far.
    pub(super) fn barrier(&mut self, node: NodeId) {
        let disk = &mut self.cells[node.index()].disk;
        if disk.synced == disk.written {
            // Nothing to wait for; what earlier barriers hold, they hold in order.
            return;
        }
        disk.wanted = disk.written;
        if disk.syncing.is_none() {
            self.begin_sync(node);
        }
        let disk = &mut self.cells[node.index()].disk;
        if disk.synced < disk.wanted {
            let wanted = disk.wanted;
            disk.held.push_back(Held::Barrier(wanted));
            self.status[node.index()].set(Status::HOLDS);
        }
    }

    /// Starts a sync of everything written; one that takes no time is over at once.
    fn begin_sync(&mut self, node: NodeId) {
        let latency = self.sync_latency(node);
        let disk = &mut self.cells[node.index()].disk;
        let upto = disk.written;
        if latency == 0 {
            return self.make_durable(node, upto);
        }
        disk.syncing = Some(upto);
        let incarnation = self.incarnations[node.index()];
        let time = self.now.saturating_add(latency);
        self.plan_drawn(time, Purpose::WorkTie, node, Pending::Synced { node, incarnation, upto });
    }

    /// The protocol adds up its records here, so a panic is its own.
    fn make_durable(&mut self, node: NodeId, upto: u64) {
        self.acting = Some(node);
        self.cells[node.index()].disk.sync(upto);
        self.acting = None;
    }

    fn sync_latency(&mut self, node: NodeId) -> u64 {
        let spec = &self.spec;
        let by_itself = spec.disks.iter().rfind(|disk| disk.who.contains(node, spec.servers));
        let slowed = self.cells[node.index()].slow_disks.last();
        const AT_ONCE: &Delay = &Delay::Constant(sim_node::Duration::ZERO);
        let latency =
            slowed.map_or(by_itself.map_or(AT_ONCE, |disk| &disk.sync), |(_, latency)| latency);
        draw(&mut self.chance, self.plan.draws_sync, Purpose::Sync, node, latency)
    }

    /// A sync has completed: the disk is at rest or begins the next one; the node hears of it in
    /// its own queue.
    pub(super) fn synced<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        incarnation: u32,
        upto: u64,
        watch: &mut O,
    ) {
        if self.incarnations[node.index()] != incarnation {
            return;
        }
        self.make_durable(node, upto);
        let disk = &mut self.cells[node.index()].disk;
        disk.syncing = None;
        if disk.synced < disk.wanted {
            self.begin_sync(node);
        }
        self.arrive(node, Arrival { what: What::Synced, step: None }, watch);
    }

    /// Lets go what barriers need not hold any longer.
    pub(super) fn release<O: Observer<N> + ?Sized>(&mut self, node: NodeId, watch: &mut O) {
        loop {
            let disk = &mut self.cells[node.index()].disk;
            match disk.held.front() {
                None => return self.status[node.index()].clear(Status::HOLDS),
                Some(Held::Barrier(upto)) if *upto > disk.synced => return,
                Some(_) => {}
            }
            match disk.held.pop_front() {
                Some(Held::Send { to, message, resend, step }) => {
                    self.transmit(node, to, message, resend, step, watch);
                }
                Some(Held::Indicate { indication, step }) => {
                    self.properties.indicated(&view!(self, step), node, &indication);
                }
                Some(Held::Barrier(_)) | None => {}
            }
        }
    }

    /// A send waits behind a barrier.
    pub(super) fn hold_send(
        &mut self,
        node: NodeId,
        to: NodeId,
        message: N::Message,
        resend: bool,
        step: u64,
    ) {
        let held = Held::Send { to, message, resend, step };
        self.cells[node.index()].disk.held.push_back(held);
    }

    /// An indication waits behind a barrier.
    pub(super) fn hold_indication(&mut self, node: NodeId, indication: N::Indication, step: u64) {
        self.cells[node.index()].disk.held.push_back(Held::Indicate { indication, step });
    }
}
