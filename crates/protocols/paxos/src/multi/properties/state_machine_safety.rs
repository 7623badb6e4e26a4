//! MP5: replicas execute the same commands in the same order, without gaps.

use std::collections::BTreeMap;

use service::{Executed, Store};
use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::multi::{Configurations, Party, Record, Server, Slot, Snapshot, Value};

/// MP5 state-machine-safety: "all the servers execute the same sequence of commands", and so those
/// that have executed as many slots, by themselves or through a snapshot, are in the same state;
/// and a snapshot has the members that were decided by then.
#[derive(Clone, Debug)]
pub struct StateMachineSafety {
    servers: u32,
    /// The value that was executed first in each slot, and the state after it.
    executed: Executed<Value>,
    /// The members of all slots as they were decided after each of these slots.
    configurations: BTreeMap<Slot, Configurations>,
}

impl Property<Party> for StateMachineSafety {
    const CLAIM: Claim = Claim {
        code: "MP5",
        name: "state-machine-safety",
        kind: Kind::Safety,
        meaning: "no two replicas execute different values in a slot, and none executes a slot before \
                  those before it",
        source: "Lamport 2001, section 3; van Renesse and Altinbuken 2015, invariants R1 to R3",
    };

    fn new(config: &<Party as Node>::Config, servers: u32) -> Self {
        let first = Configurations::first(config.server.first_members());
        let configurations = BTreeMap::from([(Slot(0), first)]);
        Self { servers, executed: Executed::new(), configurations }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let server = server(view, node);
        let has_started = server.is_some_and(|server| self.follow(view, node, server, judge));
        let mut has_snapshot = has_started;
        for record in records(effects) {
            if let Record::Compacted { snapshot, .. } = record {
                self.compare(node, snapshot, judge);
                has_snapshot = true;
            }
        }
        // It has started from its snapshot, has installed one, or has taken one.
        if let Some(server) = server.filter(|_| has_snapshot) {
            if let Some(snapshot) = server.snapshot().filter(|_| has_started) {
                self.compare(node, snapshot, judge);
            }
            self.compare_state(node, server.executed(), server.store(), judge);
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.executed.crash(node);
    }

    fn kept(&self) -> u64 {
        self.executed.kept() + 4 * size_of_entries(self.configurations.len())
    }
}

impl StateMachineSafety {
    /// Judges what a server has executed in its last step. Returns whether that was the first step
    /// since its start after which it had executed anything.
    fn follow(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        server: &Server,
        judge: &mut Judge,
    ) -> bool {
        let last = self.executed.last();
        let given = server.snapshot().map(|one| (one.slot.0, &one.store));
        let Some(slots) = self.executed.advance(node, server.executed().0, given) else {
            return false;
        };
        if let Some(snapshot) = server.snapshot().filter(|_| self.executed.last() > last) {
            // It was there from the beginning: the commands before it are not known.
            self.configurations.clear();
            self.configurations.insert(snapshot.slot, snapshot.configurations.clone());
        }
        let log = server.log();
        // What is not in the log came with a snapshot.
        for slot in (log.base().0 + 1).max(*slots.start())..=*slots.end() {
            let slot = Slot(slot);
            if let Some(entry) = log.get(slot).filter(|entry| entry.chosen) {
                self.execute(view, node, slot, &entry.value, judge);
            } else {
                let upto = server.executed();
                let detail =
                    format!("executed slot {upto} before it knew what is chosen in slot {slot}");
                judge.violate(node, detail, &[]);
            }
        }
        *slots.start() == 1
    }

    /// Judges whether this is the state that all replicas have after a slot.
    fn compare_state(&mut self, node: NodeId, slot: Slot, store: &Store, judge: &mut Judge) {
        judge.judged();
        if !self.executed.agrees(slot.0, store) {
            judge.violate(
                node,
                format!("another state than other replicas have after slot {slot}"),
                &[],
            );
        }
    }

    /// Judges whether a snapshot holds that state, and the members that were decided.
    fn compare(&mut self, node: NodeId, snapshot: &Snapshot, judge: &mut Judge) {
        let slot = snapshot.slot;
        self.compare_state(node, slot, &snapshot.store, judge);
        let upto = self.configurations.range(..=slot).next_back();
        let since = |configurations: &Configurations| {
            let mut configurations = configurations.clone();
            configurations.forget_before(slot.next());
            configurations
        };
        if upto.is_some_and(|(_, decided)| since(decided) != since(&snapshot.configurations)) {
            let detail = format!("a snapshot with other members than were decided by slot {slot}");
            judge.violate(node, detail, &[]);
        }
    }

    fn execute(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        slot: Slot,
        value: &Value,
        judge: &mut Judge,
    ) {
        judge.judged();
        let requests = match value {
            Value::Commands(requests) => &requests[..],
            Value::Noop | Value::Reconfigure(_) => &[],
        };
        let is_next = slot.0 == self.executed.last() + 1;
        if let Some((first, step)) = self.executed.execute(slot.0, value, requests, view.step) {
            let detail = format!(
                "slot {slot}: executed {value:?}, where another replica executed {first:?}"
            );
            return judge.violate(node, detail, &[*step]);
        }
        if let Value::Reconfigure(command) = value
            && is_next
            && let Some((_, latest)) = self.configurations.last_key_value()
        {
            let mut configurations = latest.clone();
            configurations.execute(slot, command, &view.config.server, self.servers);
            self.configurations.insert(slot, configurations);
        }
    }
}
