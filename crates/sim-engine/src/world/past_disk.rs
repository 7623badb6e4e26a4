//! Disks that are taken back to what they were: rot, old copies, syncs that lied.

use sim_check::Properties;
use sim_node::{Node, NodeId};

use super::World;
use super::disk::RecordOf;
use crate::DiskLoss;

/// When a disk had how many records, where somebody may ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies(Vec<(u64, usize)>);

/// Syncs that said they were over and were not.
#[derive(Clone, Debug, Default)]
pub(super) struct Lies {
    /// The faults that make the disk lie, by their place in the list.
    pub(super) faults: Vec<u32>,
    /// How many of the last durable records are in its cache only.
    pub(super) at_risk: usize,
    /// The faults by which they are.
    at_fault: Vec<u32>,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A sync has completed, or has said so.
    #[cold]
    pub(super) fn note_synced(&mut self, node: NodeId) {
        let cell = &mut self.cells[node.index()];
        let (now, kept) = (self.now, cell.disk.kept().len());
        let before = cell.copies.0.last().map_or(0, |(_, kept)| *kept);
        if kept == before {
            return;
        }
        cell.copies.0.push((now, kept));
        if cell.lies.faults.is_empty() {
            // An honest sync empties the cache.
            cell.lies.at_risk = 0;
            cell.lies.at_fault.clear();
        } else {
            cell.lies.at_risk += kept.saturating_sub(before);
            let faults = cell.lies.faults.clone();
            cell.lies.at_fault.extend_from_slice(&faults);
            cell.lies.at_fault.sort_unstable();
            cell.lies.at_fault.dedup();
            faults.into_iter().for_each(|fault| self.touch(fault));
        }
    }

    /// What was durable goes back to what it was before, after a crash. Returns how many records
    /// that takes of those that were durable, and of those that a disk had lied about.
    pub(super) fn take_back(&mut self, node: NodeId, loss: DiskLoss) -> (usize, usize) {
        if !self.plan.remembers_disks {
            return (0, 0);
        }
        for fault in std::mem::take(&mut self.cells[node.index()].lies.at_fault) {
            self.faults[fault as usize].has_harmed = true;
        }
        let cell = &mut self.cells[node.index()];
        let kept = cell.disk.kept().len();
        let honest = kept.saturating_sub(std::mem::take(&mut cell.lies.at_risk));
        let length = match loss {
            DiskLoss::Rot(records) => honest.saturating_sub(records as usize),
            DiskLoss::OldCopy(age) => {
                let then = self.now.saturating_sub(age.as_nanos());
                let place = cell.copies.0.partition_point(|(at, _)| *at <= then);
                let copied = place.checked_sub(1).map_or(0, |place| cell.copies.0[place].1);
                honest.min(copied)
            }
            _ => honest,
        };
        // The protocol adds up its records here, so a panic is its own.
        self.acting = Some(node);
        let lost = cell.disk.cut_back(length);
        self.acting = None;
        let cell = &mut self.cells[node.index()];
        if matches!(loss, DiskLoss::Rot(_)) && lost > 0 {
            cell.disk.set_damaged(true);
        }
        cell.copies.0.retain(|(_, kept)| *kept <= length);
        let left = cell.disk.kept().len();
        if cell.copies.0.last().map_or(0, |(_, kept)| *kept) != left {
            // Writes that survived the crash without a sync.
            cell.copies.0.push((self.now, left));
        }
        let lied = lost.min(kept - honest);
        (lost - lied, lied)
    }

    /// What a crash takes of what the disk has only in its cache.
    pub(super) fn lied_about(&self, node: NodeId) -> &[RecordOf<N>] {
        let cell = &self.cells[node.index()];
        let kept = cell.disk.kept();
        &kept[kept.len().saturating_sub(cell.lies.at_risk)..]
    }
}
