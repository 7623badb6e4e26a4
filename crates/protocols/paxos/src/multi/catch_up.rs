//! Learners that missed slots: they ask somebody who knows, slot by slot or for a snapshot.

use serde::Serialize;
use service::Store;
use sim_node::{Context, NodeId};

use super::node::Timer;
use super::proposer::Proposer;
use super::types::Mark;
use super::{Chunk, Configurations, Message, Record, Server, Slot, Snapshot, Value};
use crate::Ballot;

/// The most slots in one answer.
const SLOTS_PER_ANSWER: usize = 64;

/// What others know to be chosen and this replica does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Behind {
    /// Who knows.
    provider: NodeId,
    /// All slots up to this one are chosen.
    upto: Slot,
    /// How often it was asked since it last answered.
    unanswered: u32,
}

/// A snapshot that is being received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Assembly {
    slot: Slot,
    received: u32,
    store: Store,
}

impl Server {
    /// Somebody knows more. What is under way may still arrive by itself, so there is time.
    pub(super) fn notice(&mut self, from: NodeId, upto: Slot, cx: &mut Context<'_, Self>) {
        match &mut self.behind {
            Some(behind) => {
                behind.upto = behind.upto.max(upto);
                if behind.unanswered >= 2 {
                    (behind.provider, behind.unanswered) = (from, 0);
                }
            }
            None => {
                self.behind = Some(Behind { provider: from, upto, unanswered: 0 });
                cx.set_timer(Timer::CatchUp, cx.config().retry);
            }
        }
    }

    /// Asks for what is missed, if it still is.
    pub(super) fn catch_up(&mut self, cx: &mut Context<'_, Self>) {
        let Some(behind) = &mut self.behind else { return };
        if behind.upto <= self.executed {
            self.behind = None;
            self.assembly = None;
            return cx.cancel_timer(Timer::CatchUp);
        }
        let again = behind.unanswered > 0;
        behind.unanswered += 1;
        // What it was to bring may have come by itself. Who sends it would go on with it.
        self.assembly.take_if(|assembly| assembly.slot <= self.executed);
        let assembly = self.assembly.as_ref().map(|one| (one.slot, one.received));
        let fetch = Message::Fetch { after: self.executed, assembly };
        if again {
            cx.resend(behind.provider, fetch);
        } else {
            cx.send(behind.provider, fetch);
        }
        cx.set_timer(Timer::CatchUp, cx.config().retry);
    }

    /// The provider has answered; goes on at once if that was of use.
    fn hear_provider(&mut self, of_use: bool, cx: &mut Context<'_, Self>) {
        if let Some(behind) = &mut self.behind
            && of_use
        {
            behind.unanswered = 0;
            self.catch_up(cx);
        }
    }

    /// Somebody has missed what this replica may know.
    pub(super) fn answer_fetch(
        &mut self,
        from: NodeId,
        after: Slot,
        assembly: Option<(Slot, u32)>,
        cx: &mut Context<'_, Self>,
    ) {
        if after < self.log.base() {
            return self.send_chunk(from, assembly, cx);
        }
        self.sending.remove(&from);
        let chosen = self.log.after(after).take_while(|(slot, _)| *slot <= self.executed);
        let chosen = chosen.take(SLOTS_PER_ANSWER);
        let values: Vec<(Slot, Ballot, Value)> =
            chosen.map(|(slot, entry)| (slot, entry.ballot, entry.value.clone())).collect();
        if !values.is_empty() {
            cx.send(from, Message::Learn(values));
        }
    }

    /// Somebody who knows has answered.
    pub(super) fn learn_all(
        &mut self,
        _: NodeId,
        values: Vec<(Slot, Ballot, Value)>,
        cx: &mut Context<'_, Self>,
    ) {
        let before = self.executed;
        let mut expected = before.next();
        for (slot, ballot, value) in values {
            // An answer to an older incarnation may begin later; then it leaves a gap.
            if slot == expected {
                self.learn(slot, ballot, value, cx);
                expected = slot.next();
            }
        }
        self.go_on(cx);
        self.hear_provider(self.executed > before, cx);
    }

    fn send_chunk(
        &mut self,
        to: NodeId,
        assembly: Option<(Slot, u32)>,
        cx: &mut Context<'_, Self>,
    ) {
        let wanted = assembly.map(|(slot, _)| slot);
        if self.sending.get(&to).is_none_or(|sending| wanted != Some(sending.slot)) {
            let Some(snapshot) = &self.snapshot else { return };
            self.sending.insert(to, snapshot.clone());
        }
        let Some(snapshot) = self.sending.get(&to) else { return };
        // All snapshots of one slot are the same: that of another server goes on where it was.
        let offset = assembly.filter(|(slot, _)| *slot == snapshot.slot);
        let offset = offset.map_or(0, |(_, received)| received);
        let start = usize::try_from(offset).expect("32 bits fit");
        let part = snapshot.store.part(start, cx.config().snapshot_chunk);
        let chunk = Chunk {
            slot: snapshot.slot,
            configurations: snapshot.configurations.clone(),
            offset,
            done: start + part.len() >= snapshot.store.items(),
            part,
        };
        cx.send(to, Message::Chunk(chunk));
    }

    /// A part of a snapshot arrives.
    pub(super) fn receive_chunk(&mut self, _: NodeId, chunk: Chunk, cx: &mut Context<'_, Self>) {
        if chunk.slot <= self.executed {
            return;
        }
        let fits = self.assembly.as_ref().is_some_and(|assembly| assembly.slot == chunk.slot);
        if !fits && chunk.offset == 0 {
            let slot = chunk.slot;
            self.assembly = Some(Assembly { slot, received: 0, store: Store::default() });
        }
        let Some(assembly) = &mut self.assembly else { return };
        // One that is not the next was sent again, or belongs to another snapshot.
        if assembly.slot != chunk.slot || assembly.received != chunk.offset {
            return;
        }
        assembly.received += u32::try_from(chunk.part.len()).expect("a chunk is small");
        assembly.store.add(chunk.part);
        if chunk.done
            && let Some(assembly) = self.assembly.take()
        {
            let (slot, store) = (assembly.slot, assembly.store);
            self.install(Snapshot { slot, configurations: chunk.configurations, store }, cx);
        }
        self.hear_provider(true, cx);
    }

    /// A snapshot takes the place of the state. Votes in later slots stay.
    ///
    /// What was chosen in its slots is not told. A leader that has proposals of its own there was
    /// overtaken: others may have been chosen, by a higher ballot. Were it to go on, its commit
    /// messages would tell acceptors that have voted for its own values that those were chosen.
    fn install(&mut self, snapshot: Snapshot, cx: &mut Context<'_, Self>) {
        let slot = snapshot.slot;
        let is_overtaken = |proposer: &Proposer| proposer.proposals.range(..=slot).next().is_some();
        if self.proposer().is_some_and(is_overtaken) {
            self.be_outbid(cx);
        }
        self.log.compact(slot);
        self.executed = slot;
        self.store = snapshot.store.clone();
        self.configurations = snapshot.configurations.clone();
        cx.write(Record::Compacted { snapshot: snapshot.clone(), upto: slot });
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotInstalled);
        self.execute(cx);
        self.reconsider(cx);
        self.advance(cx);
    }

    /// Asks itself for a snapshot once enough is executed since the last one: in a step of its own,
    /// so that what this step executes is still in the log at its end.
    pub(super) fn want_snapshot(&self, cx: &mut Context<'_, Self>) {
        if self.is_snapshot_due(cx) {
            cx.send(cx.id(), Message::TakeSnapshot);
        }
    }

    fn is_snapshot_due(&self, cx: &Context<'_, Self>) -> bool {
        let every = cx.config().snapshot_every;
        let since = self.snapshot.as_ref().map_or(Slot(0), |snapshot| snapshot.slot);
        every > 0 && self.executed.0 - since.0 >= every
    }

    pub(super) fn take_snapshot(&mut self, cx: &mut Context<'_, Self>) {
        if !self.is_snapshot_due(cx) {
            return;
        }
        self.configurations.forget_before(self.executed.next());
        let configurations: Configurations = self.configurations.clone();
        let snapshot = Snapshot { slot: self.executed, configurations, store: self.store.clone() };
        let upto = Slot(self.executed.0.saturating_sub(cx.config().snapshot_keep));
        let upto = upto.max(self.log.base());
        cx.write(Record::Compacted { snapshot: snapshot.clone(), upto });
        self.log.compact(upto);
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotTaken);
    }
}
