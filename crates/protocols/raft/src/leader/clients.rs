//! Operations of clients (section 8).

use std::sync::Arc;

use service::{Answer, Operation, Reply, Request};
use sim_node::{Context, NodeId};

use super::Leader;
use crate::{Message, Payload, Reads, Server};

impl Leader<'_, '_> {
    /// A client requests an operation.
    pub(crate) fn on_client_request(&mut self, from: NodeId, request: Arc<Request>) {
        let operation = request.operation;
        if self.state.transfer_target.is_some() {
            // It accepts no new requests (thesis, 3.10), and its successor is not elected yet.
            return answer(from, operation, Answer::Redirect(None), self.cx);
        }
        // Even a read needs no round of heartbeats then: an applied operation stays applied.
        if let Some(output) = self.common.state_machine.cached_response(operation) {
            let done = Answer::Done(output.clone());
            return answer(from, operation, done, self.cx);
        }
        if request.command.is_read() && self.cx.config().reads != Reads::Log {
            return self.on_read(from, request);
        }
        // A retry of an operation that is in the log waits for that entry.
        if self.state.waiting_clients.insert(operation, from).is_none() {
            self.propose(Payload::Command(request));
        }
    }
}

impl Server {
    /// "If the client's first choice is not the leader, that server will reject the client's
    /// request and supply information about the most recent leader it has heard from" (section 8).
    pub(crate) fn redirect(&self, from: NodeId, operation: Operation, cx: &mut Context<'_, Self>) {
        let leader = self.known_leader(cx.id()).filter(|leader| *leader != cx.id());
        answer(from, operation, Answer::Redirect(leader), cx);
    }
}

fn answer(client: NodeId, operation: Operation, answer: Answer, cx: &mut Context<'_, Server>) {
    cx.send(client, Message::Reply(Reply { operation, answer }));
}
