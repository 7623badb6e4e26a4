//! Reads: by the primary alone, after its backups have confirmed its reign, or under a lease.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use service::Request;
use sim_node::{Context, LocalTime, NodeId};

use crate::leading::Leading;
use crate::replica::Standing;
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

/// A round in which the reign is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Round {
    answered: BTreeSet<NodeId>,
    client: NodeId,
    request: Request,
    /// Whether it was begun before the last look.
    old: bool,
}

impl Reading {
    /// No reads, in the life of this number.
    pub(crate) fn beginning(life: u32) -> Self {
        Self { round: u64::from(life) << 32, rounds: BTreeMap::new() }
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
    fn counted(&self) -> impl Iterator<Item = NodeId> + '_ {
        let counted = self.progress.iter().filter(|(_, progress)| progress.counted);
        counted.map(|(node, _)| *node)
    }

    fn confirm(&self, node: NodeId, round: u64) -> Option<Message> {
        let stamp = self.stamp(self.progress.get(&node)?.since);
        Some(Message::Confirm(Confirm { stamp, round }))
    }
}

impl Replica {
    /// A client reads. The state has only what all members have, so what is read is never lost.
    pub(crate) fn read(&mut self, client: NodeId, request: Request, cx: &mut Context<'_, Self>) {
        let config = cx.config();
        let Standing::Primary(leading) = &mut self.standing else { return };
        let alone = config.reads == Reads::Local
            || leading.has_lease(cx.now(), config)
            || config.has(Mutant::NoConfirm);
        if alone {
            return self.answer_read(client, &request, cx);
        }
        let operation = request.operation;
        leading.reading.rounds.retain(|_, round| round.request.operation != operation);
        leading.reading.round += 1;
        let round = leading.reading.round;
        let one = Round { answered: BTreeSet::new(), client, request, old: false };
        leading.reading.rounds.insert(round, one);
        for node in leading.counted() {
            if let Some(confirm) = leading.confirm(node, round) {
                cx.send(node, confirm);
            }
        }
        self.settle_reads(cx);
    }

    /// A backup is asked whether the reign lasts. It does if it takes its messages.
    pub(crate) fn confirm(&mut self, from: NodeId, confirm: &Confirm, cx: &mut Context<'_, Self>) {
        if self.accepts(from, confirm.stamp, cx) {
            Self::persist(cx);
            cx.send(from, Message::Confirmed(confirm.clone()));
        }
    }

    /// A backup has confirmed the reign, after this round began and every earlier one.
    pub(crate) fn hear_confirmed(
        &mut self,
        from: NodeId,
        confirm: &Confirm,
        cx: &mut Context<'_, Self>,
    ) {
        let Standing::Primary(leading) = &mut self.standing else { return };
        let Some(progress) = leading.progress.get_mut(&from) else { return };
        let stamp = confirm.stamp;
        if stamp.reign != leading.view.reign || stamp.since != progress.since {
            return;
        }
        progress.silent_since = None;
        // Rounds of an earlier life have smaller numbers than all of this one.
        for (_, round) in leading.reading.rounds.range_mut(..=confirm.round) {
            round.answered.insert(from);
        }
        self.settle_reads(cx);
    }

    /// Answers the reads whose rounds all have confirmed.
    pub(crate) fn settle_reads(&mut self, cx: &mut Context<'_, Self>) {
        loop {
            let Standing::Primary(leading) = &mut self.standing else { return };
            let Some((&number, round)) = leading.reading.rounds.first_key_value() else { return };
            if !leading.in_service || !leading.counted().all(|node| round.answered.contains(&node))
            {
                return;
            }
            let Some(round) = leading.reading.rounds.remove(&number) else { return };
            cx.mark("read confirmed");
            self.answer_read(round.client, &round.request, cx);
        }
    }

    /// The messages of the last round may be lost; its answers confirm the earlier ones, too.
    pub(crate) fn ask_again(&mut self, cx: &mut Context<'_, Self>) {
        let Standing::Primary(leading) = &mut self.standing else { return };
        let waits = leading.reading.rounds.values().any(|round| round.old);
        for round in leading.reading.rounds.values_mut() {
            round.old = true;
        }
        let Some((&number, round)) = leading.reading.rounds.last_key_value() else { return };
        if !waits {
            return;
        }
        for node in leading.counted().filter(|node| !round.answered.contains(node)) {
            if let Some(confirm) = leading.confirm(node, number) {
                cx.resend(node, confirm);
            }
        }
    }
}
