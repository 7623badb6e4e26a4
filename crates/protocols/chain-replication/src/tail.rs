//! [`Tail`]: what only a tail does: it commits, and it answers.

use std::ops::Deref;
use std::sync::Arc;

use service::{Operation, Request};
use sim_node::{Context, NodeId};

use crate::message::Mark;
use crate::{Indication, Message, Reads, Replica};

/// A replica as the tail that has all that the one before it had. Another one cannot be asked for
/// what stands here.
pub(crate) struct Tail<'a>(&'a mut Replica);

impl Deref for Tail<'_> {
    type Target = Replica;
    fn deref(&self) -> &Replica {
        self.0
    }
}

impl Replica {
    /// This replica as the tail, if it is that and complete.
    pub(crate) fn as_tail(&mut self) -> Option<Tail<'_>> {
        self.is_acting_tail().then_some(Tail(self))
    }
}

impl Tail<'_> {
    /// It is the tail now: what is under way ends here, and clients are told.
    pub(crate) fn take_over(&mut self, cx: &mut Context<'_, Replica>) {
        cx.mark(Mark::Tail);
        self.announce(false, cx.config().reads == Reads::Tail, cx);
        self.commit(cx);
    }

    /// What is in its history is in everybody's: it is committed, and answered.
    pub(crate) fn commit(&mut self, cx: &mut Context<'_, Replica>) {
        cx.indicate(Indication::Committed(self.last));
        let mut new = self.after(self.committed).map(|update| update.request.operation);
        // Most often there is one, which costs no allocation.
        let (first, others) = (new.next(), new.collect::<Vec<Operation>>());
        self.0.commit(self.last, cx);
        for operation in first.into_iter().chain(others) {
            self.answer_update(operation, cx);
        }
    }

    /// Says what is committed: everything that it has (CRAQ).
    pub(crate) fn answer_version(
        &self,
        from: NodeId,
        request: Arc<Request>,
        cx: &mut Context<'_, Replica>,
    ) {
        if self.may_read(cx) {
            cx.send(from, Message::Version(request, self.committed));
        }
    }
}
