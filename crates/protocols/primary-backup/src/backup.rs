//! What a backup does: takes updates in order, and says how far it is.

use std::sync::Arc;

use service::Request;
use sim_node::{Context, NodeId};

use crate::replica::State;
use crate::{Ack, Forward, Message, Number, Record, Replica};

impl Replica {
    /// Updates arrive. What is there already is skipped; what comes too early waits.
    pub(crate) fn receive_updates(
        &mut self,
        from: NodeId,
        forward: Forward,
        cx: &mut Context<'_, Self>,
    ) {
        let header = forward.header;
        if !self.accepts(from, header, cx) {
            return;
        }
        self.apply_in_order(forward, cx);
        Self::persist(cx);
        let (since, count) = (self.state.since, self.state.log.last());
        cx.send(from, Message::Ack(Ack { epoch: header.epoch, since, count }));
    }

    /// Applies the updates that follow those that are there.
    fn apply_in_order(&mut self, forward: Forward, cx: &mut Context<'_, Self>) {
        let Forward { after: first, mut updates, stable, .. } = forward;
        let state = &mut self.state;
        // What comes with this message stays in the log until the next one.
        state.log.forget(stable);
        let after = state.log.last();
        if first == after {
            for update in &updates {
                state.apply(update);
                self.early.remove(&state.applied);
            }
        } else {
            let numbers = (first.0 + 1..).map(Number);
            let early = numbers.zip(updates.drain(..)).filter(|(number, _)| *number > after);
            self.early.extend(early);
        }
        while let Some(update) = self.early.remove(&state.applied.next()) {
            state.apply(&update);
            updates.push(update);
        }
        if !updates.is_empty() {
            let (epoch, since) = (state.epoch, state.since);
            Self::write(cx, || Record::Updates { epoch, since, after, updates, stable });
        }
    }
}

impl State {
    /// Executes the next update, as a backup does at once.
    fn apply(&mut self, update: &Arc<Request>) {
        self.store.execute(update.operation, &update.command);
        self.applied = self.log.push(Arc::clone(update));
    }
}
