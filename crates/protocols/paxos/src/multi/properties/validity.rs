//! MP2: only what was asked for is proposed.

use std::collections::BTreeSet;

use service::{ClientIndication, Request};
use sim_check::{Claim, ENTRY, Judge, Kind, Property, View, size_in_memory, size_of_entries};
use sim_node::{Effect, Either, Event, Node, NodeId};

use super::{proposals, server};
use crate::multi::{Indication, Members, Party, Server, Value};
use crate::starts::{Start, Starts};

/// MP2 validity. What is neither proposed nor voted for cannot be chosen.
#[derive(Clone, Debug)]
pub struct Validity {
    /// What clients have asked for.
    invoked: BTreeSet<Request>,
    /// The members that administrators asked for at each server.
    commands: BTreeSet<(NodeId, Members)>,
    /// The value that was last found to be asked for: most are judged several times in a row.
    last: Option<Value>,
    starts: Starts,
    /// About how many bytes `invoked` takes.
    kept: u64,
}

impl Property<Party> for Validity {
    const CLAIM: Claim = Claim {
        code: "MP2",
        name: "validity",
        kind: Kind::Safety,
        meaning: "only no-ops, commands that clients sent and members that administrators asked for are \
                  proposed",
        source: "Lamport 2001, section 2.1",
    };

    fn new(_: &<Party as Node>::Config, servers: u32) -> Self {
        let starts = Starts::new(servers);
        Self { invoked: BTreeSet::new(), commands: BTreeSet::new(), last: None, starts, kept: 0 }
    }

    fn before(&mut self, _: &View<'_, Party>, node: NodeId, event: &Event<Party>, _: &mut Judge) {
        if let Event::Request(Either::Server(request)) = event {
            self.commands.insert((node, request.members()));
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        if self.starts.is_pending(node)
            && let Some(log) = server(view, node).map(Server::log)
            && self.starts.step(node) == Some(Start::First)
        {
            // What lies on its disk was asked for before the run.
            log.after(log.base()).for_each(|(_, entry)| self.ask(&entry.value));
        }
        for (_, _, value) in proposals(node, effects) {
            self.judge(node, value, judge);
        }
    }

    fn indicated(
        &mut self,
        _: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        match indication {
            Either::Client(ClientIndication::Invoked { operation, command }) => {
                self.invoke(Request { operation: *operation, command: command.clone() });
            }
            Either::Client(_) => {}
            Either::Server(Indication::Voted { value, .. }) => self.judge(node, value, judge),
        }
    }

    fn kept(&self) -> u64 {
        self.kept + size_of_entries(self.commands.len())
    }
}

impl Validity {
    fn judge(&mut self, node: NodeId, value: &Value, judge: &mut Judge) {
        judge.judged();
        if self.last.as_ref() == Some(value) {
            return;
        }
        if self.is_asked(value) {
            self.last = Some(value.clone());
        } else {
            judge.violate(node, format!("no client or administrator asked for {value:?}"), &[]);
        }
    }

    fn invoke(&mut self, request: Request) {
        let size = ENTRY + size_in_memory(&request);
        if self.invoked.insert(request) {
            self.kept += size;
        }
    }

    fn ask(&mut self, value: &Value) {
        match value {
            Value::Noop => {}
            Value::Commands(requests) => {
                requests.iter().cloned().for_each(|request| self.invoke(request));
            }
            Value::Reconfigure(command) => {
                self.commands.insert((command.server, command.members));
            }
        }
    }

    fn is_asked(&self, value: &Value) -> bool {
        match value {
            Value::Noop => true,
            Value::Commands(requests) => {
                requests.iter().all(|request| self.invoked.contains(request))
            }
            Value::Reconfigure(command) => {
                self.commands.contains(&(command.server, command.members))
            }
        }
    }
}
