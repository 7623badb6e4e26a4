//! What a backup does: takes updates in order, and says how far it is.

use sim_node::{Context, NodeId};

use crate::{Ack, Forward, Message, Number, Record, Replica};

impl Replica {
    /// Updates arrive. What is there already is skipped; what comes too early waits.
    pub(crate) fn take(&mut self, from: NodeId, forward: Forward, cx: &mut Context<'_, Self>) {
        let stamp = forward.stamp;
        if !self.accepts(from, stamp, cx) {
            return;
        }
        let mut number = forward.after;
        for update in forward.updates {
            number = number.next();
            if number > self.log.last() {
                self.early.insert(number, update);
            }
        }
        self.apply_in_order(forward.stable, cx);
        Self::persist(cx);
        let ack = Ack { reign: stamp.reign, since: self.since, count: self.log.last() };
        cx.send(from, Message::Ack(ack));
    }

    /// Applies the updates that follow those that are there.
    fn apply_in_order(&mut self, stable: Number, cx: &mut Context<'_, Self>) {
        // What comes with this message stays in the log until the next one.
        self.log.forget(stable);
        let after = self.log.last();
        let mut updates = Vec::new();
        while let Some(update) = self.early.remove(&self.log.last().next()) {
            self.store.execute(update.operation, &update.command);
            self.applied = self.log.push(update.clone());
            updates.push(update);
        }
        if !updates.is_empty() {
            let (reign, since) = (self.promised, self.since);
            Self::write(cx, || Record::Updates { reign, since, after, updates, stable });
        }
    }
}
