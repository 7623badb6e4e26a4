//! Learners that missed slots: they fetch them from a server that knows, slot by slot or as a
//! snapshot (Chandra, Griesemer, Redstone 2007, section 5.5).
//!
//! An example with `snapshot_chunk: 2`: server 4 was away, has executed slot 3, and the leader's
//! commit message says that all slots up to 50 are chosen. Server 0 has compacted its log up to
//! slot 40; its snapshot of slot 40 has five items, its snapshot of slot 48 has six.
//!
//! ```text
//! server 4 asks                            server 0 answers
//! Fetch after 3, assembly None             Chunk of slot 40, items 0 and 1
//! Fetch after 3, assembly (40, 2 items)    Chunk of slot 40, items 2 and 3, though it has taken
//!                                          the snapshot of slot 48 by now
//! Fetch after 3, assembly (40, 4 items)    Chunk of slot 40, item 4, the last
//!   server 4 installs the snapshot: slots 1 to 40 are executed
//! Fetch after 40, assembly None            Chunk of slot 48, or Learn with slots 41 to 50 if its
//!                                          log still has them
//! ```
//!
//! * A snapshot that was begun is sent to its end. A server that always began anew with its latest
//!   would never be done while it is busy.
//! * If server 0 crashes, server 4 asks another one. All snapshots of slot 40 are the same, so that
//!   one goes on with its own if it has one; if not, it begins with the first chunk of its latest.

use std::sync::Arc;

use serde::Serialize;
use service::ChunkAssembly;
use sim_node::{Context, NodeId};

use super::node::Timer;
use super::proposer::Proposer;
use super::replica::Replica;
use super::types::Mark;
use super::{Chunk, Message, Record, Server, Slot, Snapshot, Value};
use crate::Ballot;

/// The most slots in one answer.
const SLOTS_PER_ANSWER: usize = 64;

/// What others know to be chosen and this replica does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Behind {
    /// The server that it asks.
    provider: NodeId,
    /// All slots up to this one are chosen.
    upto: Slot,
    /// How often it has asked since the provider last answered.
    unanswered: u32,
}

impl Server {
    /// Another server has executed more. What is under way may still arrive by itself, so there is
    /// time.
    pub(super) fn fall_behind(&mut self, from: NodeId, upto: Slot, cx: &mut Context<'_, Self>) {
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

    /// Asks for what it has missed, if it still has.
    pub(super) fn catch_up(&mut self, cx: &mut Context<'_, Self>) {
        let executed = self.replica.executed;
        let Some(behind) = self.behind.as_mut().filter(|behind| behind.upto > executed) else {
            self.behind = None;
            self.assembly = None;
            return cx.cancel_timer(Timer::CatchUp);
        };
        let again = behind.unanswered > 0;
        behind.unanswered += 1;
        // The slots of a snapshot may have come by themselves before it was complete. It is not
        // asked for any more: the provider would go on with it.
        self.assembly.take_if(|assembly| *assembly.of() <= executed);
        let assembly = self.assembly.as_ref().map(|one| (*one.of(), one.received()));
        let fetch = Message::Fetch { after: executed, assembly };
        if again {
            cx.resend(behind.provider, fetch);
        } else {
            cx.send(behind.provider, fetch);
        }
        cx.set_timer(Timer::CatchUp, cx.config().retry);
    }

    /// The provider has answered. If that was of use, asks for more at once.
    fn fetch_more(&mut self, was_of_use: bool, cx: &mut Context<'_, Self>) {
        if let Some(behind) = &mut self.behind
            && was_of_use
        {
            behind.unanswered = 0;
            self.catch_up(cx);
        }
    }

    /// A replica asks for what it has missed. This one answers with what it knows of that.
    pub(super) fn on_fetch(
        &mut self,
        from: NodeId,
        after: Slot,
        assembly: Option<(Slot, u32)>,
        cx: &mut Context<'_, Self>,
    ) {
        let Replica { log, executed, .. } = &self.replica;
        if after < log.base() {
            return self.send_chunk(from, assembly, cx);
        }
        self.sending.remove(&from);
        let chosen = log.after(after).take_while(|(slot, _)| slot <= executed);
        let chosen = chosen.take(SLOTS_PER_ANSWER);
        let values: Vec<(Slot, Ballot, Value)> =
            chosen.map(|(slot, entry)| (slot, entry.ballot, entry.value.clone())).collect();
        if !values.is_empty() {
            cx.send(from, Message::Learn(values));
        }
    }

    /// The provider tells what was chosen in slots that this replica has missed.
    pub(super) fn on_learn(
        &mut self,
        values: Vec<(Slot, Ballot, Value)>,
        cx: &mut Context<'_, Self>,
    ) {
        let before = self.replica.executed;
        let mut expected = before.next();
        for (slot, ballot, value) in values {
            // An answer to an earlier incarnation may begin later, and would leave a gap.
            if slot == expected {
                self.learn(slot, ballot, value, cx);
                expected = slot.next();
            }
        }
        self.proceed(cx);
        self.fetch_more(self.replica.executed > before, cx);
    }

    /// Sends the next chunk of the snapshot that the receiver has a part of, or else the first of
    /// the latest.
    fn send_chunk(
        &mut self,
        to: NodeId,
        assembly: Option<(Slot, u32)>,
        cx: &mut Context<'_, Self>,
    ) {
        let begun = assembly.map(|(slot, _)| slot);
        let goes_on = self.sending.get(&to).filter(|sending| Some(sending.slot) == begun);
        let snapshot = goes_on.or(self.replica.snapshot.as_ref()).map(Arc::clone);
        let snapshot = snapshot.expect("a log is compacted where a snapshot is taken");
        self.sending.insert(to, Arc::clone(&snapshot));
        let offset = assembly.filter(|(slot, _)| *slot == snapshot.slot);
        let offset = offset.map_or(0, |(_, received)| received);
        let chunk = Chunk {
            slot: snapshot.slot,
            configurations: snapshot.configurations.clone(),
            data: snapshot.store.chunk(offset, cx.config().snapshot_chunk),
        };
        cx.send(to, Message::Chunk(Box::new(chunk)));
    }

    /// A part of a snapshot arrives. One that is not the next was sent again, or belongs to another
    /// snapshot: only the first chunk of a snapshot takes the place of another.
    pub(super) fn on_chunk(&mut self, chunk: Chunk, cx: &mut Context<'_, Self>) {
        let Chunk { slot, configurations, data } = chunk;
        let is_begun = self.assembly.as_ref().is_some_and(|assembly| *assembly.of() == slot);
        let may_be_next = is_begun || data.offset == 0;
        if slot <= self.replica.executed || !may_be_next {
            return;
        }
        let received = ChunkAssembly::receive(&mut self.assembly, slot, data);
        if let Some(store) = received.whole {
            self.install(Arc::new(Snapshot { slot, configurations, store }), cx);
        }
        self.fetch_more(received.is_next, cx);
    }

    /// A snapshot takes the place of the state. Votes in later slots stay.
    ///
    /// It does not tell what was chosen in its slots. A leader with proposals of its own there was
    /// overtaken: a higher ballot may have chosen other values. Were it to go on, its commit
    /// messages would tell acceptors that have voted for its own values that those were chosen.
    fn install(&mut self, snapshot: Arc<Snapshot>, cx: &mut Context<'_, Self>) {
        let slot = snapshot.slot;
        if let Proposer::Leading(leading) = &self.proposer
            && leading.has_proposed_upto(slot)
        {
            self.outbid_by_unknown(cx);
        }
        self.replica.install(snapshot, cx);
        self.execute(cx);
        self.reconsider(cx);
        self.advance(cx);
    }
}

impl Replica {
    fn install(&mut self, snapshot: Arc<Snapshot>, cx: &mut Context<'_, Server>) {
        self.log.compact(snapshot.slot);
        self.executed = snapshot.slot;
        self.store = snapshot.store.clone();
        self.configurations = snapshot.configurations.clone();
        cx.write(Record::Compacted { snapshot: Arc::clone(&snapshot), upto: snapshot.slot });
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotInstalled);
    }

    /// Asks itself for a snapshot once enough is executed since the last one: in a step of its own,
    /// so that what this step executes is still in the log at its end.
    pub(super) fn request_snapshot(&self, cx: &mut Context<'_, Server>) {
        if self.is_snapshot_due(cx) {
            cx.send(cx.id(), Message::TakeSnapshot);
        }
    }

    fn is_snapshot_due(&self, cx: &Context<'_, Server>) -> bool {
        let every = cx.config().snapshot_every;
        let since = self.snapshot.as_ref().map_or(Slot(0), |snapshot| snapshot.slot);
        every > 0 && self.executed.0 - since.0 >= every
    }

    /// Takes a snapshot, unless one was taken or installed since it was asked for.
    pub(super) fn take_snapshot(&mut self, cx: &mut Context<'_, Server>) {
        if !self.is_snapshot_due(cx) {
            return;
        }
        self.configurations.forget_before(self.executed.next());
        let (slot, store) = (self.executed, self.store.clone());
        let configurations = self.configurations.clone();
        let snapshot = Arc::new(Snapshot { slot, configurations, store });
        let upto = Slot(self.executed.0.saturating_sub(cx.config().snapshot_keep));
        let upto = upto.max(self.log.base());
        cx.write(Record::Compacted { snapshot: Arc::clone(&snapshot), upto });
        self.log.compact(upto);
        self.snapshot = Some(snapshot);
        cx.mark(Mark::SnapshotTaken);
    }
}
