//! RF5: no two servers apply different entries at one index.

use std::collections::BTreeMap;
use std::sync::Arc;

use service::{Executed, Store};
use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Node, NodeId};

use super::{records, server};
use crate::{Configuration, Entry, Index, Party, Payload, Record, Server, Snapshot};

/// RF5 state-machine-safety (figure 3), and what it is for: servers that have applied the same
/// entries, by themselves or through a snapshot, are in the same state; and a snapshot has the
/// configuration that was in effect when they were.
#[derive(Clone, Debug)]
pub struct StateMachineSafety {
    /// The entry that was applied first at each index, and the state after it.
    applied: Executed<Entry>,
    /// The configurations among these entries, and the first one.
    configurations: BTreeMap<Index, Arc<Configuration>>,
}

impl Property<Party> for StateMachineSafety {
    const CLAIM: Claim = Claim {
        code: "RF5",
        name: "state-machine-safety",
        kind: Kind::Safety,
        meaning: "no two servers apply different entries at one index",
        source: "Ongaro and Ousterhout 2014, figure 3; section 5.4.3",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let first = Arc::new(Configuration::of_voters(config.server.voters()));
        Self { applied: Executed::new(), configurations: BTreeMap::from([(Index(0), first)]) }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let server = server(view, node);
        let has_begun = server.is_some_and(|server| self.observe(view, node, server, judge));
        let mut is_news = has_begun;
        for record in records(effects) {
            if let Record::Compact { snapshot, .. } | Record::Install { snapshot } = record {
                self.compare(node, snapshot, judge);
                is_news = true;
            }
        }
        // It has begun from a snapshot, has installed one, or has taken one.
        let Some(server) = server.filter(|_| is_news) else { return };
        if let Some(snapshot) = server.snapshot().filter(|_| has_begun) {
            self.compare(node, snapshot, judge);
        }
        self.compare_state(node, server.last_applied(), server.state_machine(), judge);
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.applied.crash(node);
    }
}

impl StateMachineSafety {
    /// What has a server applied in this step? Returns whether that was the first in which it
    /// had anything applied since it started.
    fn observe(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        server: &Server,
        judge: &mut Judge,
    ) -> bool {
        let last = self.applied.last();
        let given = server.snapshot().map(|one| (one.index.0, &one.store));
        let Some(news) = self.applied.advance(node, server.last_applied().0, given) else {
            return false;
        };
        if let Some(snapshot) = server.snapshot().filter(|_| self.applied.last() > last) {
            // It was there from the beginning: what was in effect before it is not known.
            self.configurations.clear();
            self.configurations.insert(snapshot.index, snapshot.configuration.clone());
        }
        let has_begun = *news.start() == 1;
        for index in news.map(Index) {
            // What is not there came with a snapshot.
            if let Some(entry) = server.log().get(index).filter(|_| index > server.log().base()) {
                self.apply(view, node, index, entry, judge);
            }
        }
        has_begun
    }

    /// Is this the state that all servers have at an index?
    fn compare_state(&mut self, node: NodeId, index: Index, store: &Store, judge: &mut Judge) {
        judge.judged();
        if !self.applied.agrees(index.0, store) {
            judge.violate(
                node,
                format!("its state after entry {index} is not that of the others"),
                &[],
            );
        }
    }

    /// Is a snapshot of that state, and has it the configuration that was in effect?
    fn compare(&mut self, node: NodeId, snapshot: &Snapshot, judge: &mut Judge) {
        let index = snapshot.index;
        self.compare_state(node, index, &snapshot.store, judge);
        let effective = self.configurations.range(..=index).next_back().map(|(_, one)| one);
        if effective.is_some_and(|one| *one != snapshot.configuration) {
            let theirs = &snapshot.configuration;
            let detail = format!("{theirs} is not the configuration as of entry {index}");
            judge.violate(node, detail, &[]);
        }
    }

    fn apply(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        index: Index,
        entry: &Entry,
        judge: &mut Judge,
    ) {
        judge.judged();
        let request = match &entry.payload {
            Payload::Noop => None,
            Payload::Command(request) => Some(&**request),
            Payload::Configuration(configuration) => {
                self.configurations.entry(index).or_insert_with(|| configuration.clone());
                None
            }
        };
        if let Some((first, step)) = self.applied.execute(index.0, entry, request, view.step) {
            let (one, other) = (first.term, entry.term);
            let detail =
                format!("entry {index} is applied as of term {one} and as of term {other}");
            judge.violate(node, detail, &[*step]);
        }
    }
}
