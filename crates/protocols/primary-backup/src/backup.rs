//! What a backup does: takes updates in order, and says how far it is.

use std::sync::Arc;

use sim_node::{Context, NodeId};

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
        let mut number = forward.after;
        for update in forward.updates {
            number = number.next();
            if number > self.state.log.last() {
                self.early.insert(number, update);
            }
        }
        self.apply_in_order(forward.stable, cx);
        Self::persist(cx);
        let (since, count) = (self.state.since, self.state.log.last());
        cx.send(from, Message::Ack(Ack { epoch: header.epoch, since, count }));
    }

    /// Applies the updates that follow those that are there.
    fn apply_in_order(&mut self, stable: Number, cx: &mut Context<'_, Self>) {
        let state = &mut self.state;
        // What comes with this message stays in the log until the next one.
        state.log.forget(stable);
        let after = state.log.last();
        let mut updates = Vec::new();
        while let Some(update) = self.early.remove(&state.log.last().next()) {
            state.store.execute(update.operation, &update.command);
            state.applied = state.log.push(Arc::clone(&update));
            updates.push(update);
        }
        if !updates.is_empty() {
            let (epoch, since) = (state.epoch, state.since);
            Self::write(cx, || Record::Updates { epoch, since, after, updates, stable });
        }
    }
}
