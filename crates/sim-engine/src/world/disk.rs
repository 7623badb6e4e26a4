//! Disks in virtual time: when a sync begins, how long it takes, and what it lets go.

use sim_check::{Properties, SimTime, View};
use sim_node::{Disk, Node, NodeId, Stable};

use super::agenda::Parcel;
use super::inbox::{Arrival, What};
use super::nodes::Status;
use super::{Pending, World, draw, view};
use crate::chance::Purpose;
use crate::{CrashLoss, Delay, DiskLoss, Observer};

/// A node's disk.
pub(super) type DiskOf<N> = Disk<<N as Node>::Stable, Held<<N as Node>::Indication>>;

/// What a barrier holds, with the step that emitted it.
#[derive(Clone, Debug)]
pub(super) enum Held<I> {
    Send { to: NodeId, parcel: Parcel, resend: bool, step: u64 },
    Indicate { indication: I, step: u64 },
}

/// Which of so many writes survive a crash that are not durable; `draw(n)` is one of `0..n`.
fn survivors(count: usize, loss: DiskLoss, mut draw: impl FnMut(usize) -> usize) -> Vec<bool> {
    match loss {
        // Nothing to draw when there is nothing to lose.
        DiskLoss::Prefix | DiskLoss::Torn if count > 0 => {
            let survive = draw(count + 1);
            (0..count).map(|place| place < survive).collect()
        }
        DiskLoss::Subset => (0..count).map(|_| draw(2) == 1).collect(),
        DiskLoss::Prefix
        | DiskLoss::Torn
        | DiskLoss::Unsynced
        | DiskLoss::Everything
        | DiskLoss::Rot(_)
        | DiskLoss::OldCopy(_) => vec![false; count],
    }
}

/// What a node writes.
pub(super) type RecordOf<N> = <<N as Node>::Stable as Stable>::Record;

impl<N: Node, P: Properties<N>> World<N, P> {
    /// What a crash makes of a node's disk. Returns what is lost, and if somebody watches, the
    /// writes that are.
    pub(super) fn crash_disk(
        &mut self,
        node: NodeId,
        loss: DiskLoss,
        fault: u32,
    ) -> (CrashLoss, Vec<RecordOf<N>>) {
        let stream = self.faults[fault as usize].chance.losses();
        let disk = &mut self.cells[node.index()].disk;
        let held = disk.held().filter(|held| matches!(held, Held::Send { .. })).count();
        let mut survivors = survivors(disk.unsynced(), loss, |choices| {
            usize::try_from(crate::chance::below(stream.word(), choices as u64)).expect("an index")
        });
        let cell = &self.cells[node.index()];
        if cell.lies.at_risk > 0 {
            // What was written later did not reach the disk before what it has only in its cache.
            survivors.fill(false);
        }
        let survived = survivors.iter().filter(|survives| **survives).count();
        let mut writes = Vec::new();
        if self.is_watched {
            if loss != DiskLoss::Everything {
                writes.extend_from_slice(self.lied_about(node));
            }
            let disk = &self.cells[node.index()].disk;
            let records = disk.unsynced_records().zip(&survivors);
            writes.extend(records.filter(|(_, survives)| !**survives).map(|(one, _)| one.clone()));
        }
        let disk = &mut self.cells[node.index()].disk;
        let wiped = loss == DiskLoss::Everything && **disk != N::Stable::default();
        // Of what the protocol does, the disk still adds up records.
        self.acting = Some(node);
        disk.crash(|place| survivors[place]);
        self.acting = None;
        if loss == DiskLoss::Everything {
            disk.wipe();
        }
        let lost = survivors.len() - survived;
        if loss == DiskLoss::Torn && lost > 0 {
            self.cells[node.index()].disk.set_damaged(true);
        }
        let (durable, lied) = self.take_back(node, loss);
        (CrashLoss { writes: lost, survived, held, disk: wiped, durable, lied }, writes)
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Later sends wait for all writes so far.
    pub(super) fn barrier(&mut self, node: NodeId) {
        self.sync_if_needed(node);
        if self.cells[node.index()].disk.barrier() {
            self.status[node.index()].set(Status::HOLDS);
        }
    }

    /// Starts a sync if something is written and none is under way.
    pub(super) fn sync_if_needed(&mut self, node: NodeId) {
        if self.cells[node.index()].disk.needs_sync() {
            self.begin_sync(node);
        }
    }

    /// Starts a sync of everything written; one that takes no time is over at once.
    fn begin_sync(&mut self, node: NodeId) {
        if self.cells[node.index()].full.is_on() {
            return self.begin_to_halt(node);
        }
        let latency = self.sync_latency(node);
        let cell = &mut self.cells[node.index()];
        cell.disk.begin_sync();
        if latency == 0 && !cell.stall.is_on() {
            self.complete_sync(node);
            return;
        }
        let incarnation = self.incarnations[node.index()];
        let time = self.now.saturating_add(latency);
        self.plan_drawn(time, Purpose::WorkTie, node, Pending::Synced { node, incarnation });
    }

    /// The protocol adds up its records here, so a panic is its own.
    fn complete_sync(&mut self, node: NodeId) -> bool {
        self.acting = Some(node);
        let wants_more = self.cells[node.index()].disk.complete_sync();
        self.acting = None;
        if self.plan.remembers_disks {
            self.note_synced(node);
        }
        wants_more
    }

    fn sync_latency(&mut self, node: NodeId) -> u64 {
        let (spec, who) = (&self.spec, self.identity(node));
        let by_itself = spec.disks.iter().rfind(|disk| disk.who.contains(who, spec.servers));
        let slowed = self.cells[node.index()].slow_disks.last();
        if let Some((fault, _)) = slowed {
            self.faults[*fault as usize].touched = true;
        }
        const AT_ONCE: &Delay = &Delay::Constant(sim_node::Duration::ZERO);
        let latency =
            slowed.map_or(by_itself.map_or(AT_ONCE, |disk| &disk.sync), |(_, latency)| latency);
        draw(&mut self.chance, self.plan.draws_sync, Purpose::Sync, node, latency)
    }

    /// A sync has completed: the disk is at rest or begins the next one; what is free leaves in the
    /// node's own queue.
    pub(super) fn synced<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        incarnation: u32,
        watch: &mut O,
    ) {
        if self.incarnations[node.index()] != incarnation {
            return;
        }
        let stall = &mut self.cells[node.index()].stall;
        if stall.is_on() {
            stall.wait(incarnation);
            let faults = stall.faults().to_vec();
            return faults.into_iter().for_each(|fault| self.touch(fault));
        }
        if self.complete_sync(node) {
            self.begin_sync(node);
        }
        if self.waits_to_crash(node) {
            return self.release(node, watch);
        }
        self.arrive(node, Arrival { what: What::Synced, step: None }, watch);
    }

    /// Lets go what barriers need not hold any longer.
    pub(super) fn release<O: Observer<N> + ?Sized>(&mut self, node: NodeId, watch: &mut O) {
        while let Some(held) = self.cells[node.index()].disk.release() {
            match held {
                Held::Send { to, parcel, resend, step } => {
                    self.transmit(node, to, parcel, resend, step, watch);
                }
                Held::Indicate { .. } if self.status[node.index()].has(Status::UNSEEN) => {}
                Held::Indicate { indication, step } => {
                    self.properties.indicated(&view!(self, step), node, &indication);
                }
            }
            if self.status[node.index()].has(Status::STRUCK)
                && self.strike_after_release(node, watch)
            {
                return;
            }
        }
        let holds = self.cells[node.index()].disk.holds();
        self.status[node.index()].put(Status::HOLDS, holds);
    }
}
