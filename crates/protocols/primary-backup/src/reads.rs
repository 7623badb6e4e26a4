//! Reads: by the primary alone, after its backups have confirmed its epoch, or under a lease.
//!
//! A lease of 200ms, with clocks that drift apart by at most 1%. The primary counts from when it
//! sent the ping, and less by the drift; the view service counts from when it answered, which is
//! later:
//!
//! ```text
//! primary:       ping ─ 0ms                       reads alone ─────▶ 198ms, then asks its backups
//! view service:         3ms ─ pong, with a lease ──────────────────────▶ 203ms: names another one
//! ```
//!
//! If its clock runs slow by 1%, its 198ms last 200ms, and end before the other primary is named.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use service::Request;
use sim_node::{Context, LocalTime, NodeId};

use crate::leading::{Leading, Progress};
use crate::message::Mark;
use crate::primary::Primary;
use crate::{Config, Confirm, Message, Mutant, Reads, Replica};

/// Reads under way at a primary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) struct Reading {
    /// The last round that was begun. A primary that crashed and came back uses none again: an
    /// answer to what it asked before says nothing of what it asks now.
    round: u64,
    /// Rounds that are not confirmed yet.
    rounds: BTreeMap<u64, Round>,
}

/// A round in which the epoch is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Round {
    answered: BTreeSet<NodeId>,
    client: NodeId,
    request: Arc<Request>,
    /// Whether it was begun before the last look.
    old: bool,
}

impl Reading {
    /// No reads, after so many starts.
    pub(crate) fn beginning(starts: u32) -> Self {
        Self { round: u64::from(starts) << 32, rounds: BTreeMap::new() }
    }

    /// Whether a read has waited for this node's word since the last look, or for longer.
    pub(crate) fn waits_for(&self, node: NodeId) -> bool {
        self.rounds.values().any(|round| round.old && !round.answered.contains(&node))
    }
}

impl Leading {
    /// Whether it may read alone: its lease lasts by its own clock.
    #[must_use]
    pub fn has_lease(&self, now: LocalTime, config: &Config) -> bool {
        let lasts = |from: LocalTime| now - from < config.lease_of_primary();
        config.reads == Reads::Lease && self.lease_from.is_some_and(lasts)
    }

    /// Whose answers a read needs.
    fn counted(&self) -> impl Iterator<Item = (NodeId, &Progress)> {
        let all = self.progress.iter().map(|(node, progress)| (*node, progress));
        all.filter(|(_, progress)| progress.counted)
    }

    fn confirm(&self, progress: &Progress, round: u64) -> Message {
        Message::Confirm(Confirm { header: self.view.header(progress.since), round })
    }
}

impl Primary<'_> {
    /// A client reads. The state has only what all members have, so what is read is never lost.
    pub(crate) fn read(
        &mut self,
        client: NodeId,
        request: Arc<Request>,
        cx: &mut Context<'_, Replica>,
    ) {
        let config = cx.config();
        let leading = &mut *self.leading;
        let alone = config.reads == Reads::Local
            || leading.has_lease(cx.now(), config)
            || config.has(Mutant::NoConfirm);
        if alone {
            return self.state.answer_read(client, &request, cx);
        }
        let operation = request.operation;
        leading.reading.rounds.retain(|_, round| round.request.operation != operation);
        leading.reading.round += 1;
        let round = leading.reading.round;
        let one = Round { answered: BTreeSet::new(), client, request, old: false };
        leading.reading.rounds.insert(round, one);
        for (node, progress) in leading.counted() {
            cx.send(node, leading.confirm(progress, round));
        }
        self.settle_reads(cx);
    }

    /// A backup has confirmed the epoch, after this round began and every earlier one.
    pub(crate) fn receive_confirmed(
        &mut self,
        from: NodeId,
        confirm: &Confirm,
        cx: &mut Context<'_, Replica>,
    ) {
        let header = confirm.header;
        let Some(progress) = self.answering(from, header.epoch, header.since) else { return };
        progress.silent_since = None;
        // Rounds of an earlier incarnation have smaller numbers than all of this one.
        for (_, round) in self.leading.reading.rounds.range_mut(..=confirm.round) {
            round.answered.insert(from);
        }
        self.settle_reads(cx);
    }

    /// Answers the reads whose rounds all have confirmed.
    pub(crate) fn settle_reads(&mut self, cx: &mut Context<'_, Replica>) {
        let leading = &mut *self.leading;
        while leading.in_service
            && let Some((&number, round)) = leading.reading.rounds.first_key_value()
            && leading.counted().all(|(node, _)| round.answered.contains(&node))
            && let Some(round) = leading.reading.rounds.remove(&number)
        {
            cx.mark(Mark::ReadConfirmed);
            self.state.answer_read(round.client, &round.request, cx);
        }
    }

    /// The messages of the last round may be lost; its answers confirm the earlier ones, too.
    pub(crate) fn ask_again(&mut self, cx: &mut Context<'_, Replica>) {
        let leading = &mut *self.leading;
        let waits = leading.reading.rounds.values().any(|round| round.old);
        for round in leading.reading.rounds.values_mut() {
            round.old = true;
        }
        let Some((&number, round)) = leading.reading.rounds.last_key_value() else { return };
        if !waits {
            return;
        }
        for (node, progress) in leading.counted() {
            if !round.answered.contains(&node) {
                cx.resend(node, leading.confirm(progress, number));
            }
        }
    }
}

impl Replica {
    /// A backup is asked whether the epoch lasts. It does if it takes its messages.
    pub(crate) fn confirm(&mut self, from: NodeId, confirm: Confirm, cx: &mut Context<'_, Self>) {
        if self.accepts(from, confirm.header, cx) {
            Self::persist(cx);
            cx.send(from, Message::Confirmed(confirm));
        }
    }
}
