//! CR2: what a relaxed read may return.

use std::collections::{BTreeMap, VecDeque};

use service::Key;
use sim_check::{Claim, Judge, Kind, Property, View, size_of_entries};
use sim_node::{Effect, Node, NodeId};

use super::answers::answers;
use super::{of_replica, told};
use crate::{Consistency, Incarnation, Indication, Party, Position, Reads, Update, Version};

/// CR2 bounded-reads.
#[derive(Clone, Debug)]
pub struct BoundedReads {
    /// How many versions newer than the committed one a read may be; `None`: any number.
    most: Option<usize>,
    /// Of each replica, and of the key, the updates that no tail has committed.
    uncommitted: BTreeMap<(NodeId, Key), VecDeque<Position>>,
    /// How many these are.
    waiting: usize,
    committed: Position,
    /// The incarnation that each replica had when it was last looked at.
    incarnations: BTreeMap<NodeId, Incarnation>,
    /// As of which update a replica has last answered, in which incarnation.
    told: BTreeMap<NodeId, (Incarnation, Position)>,
}

impl Property<Party> for BoundedReads {
    const CLAIM: Claim = Claim {
        code: "CR2",
        name: "bounded-reads",
        kind: Kind::Safety,
        meaning: "strong and bounded reads return no version that is more than the bound newer than \
                  the committed one, eventual ones at one replica never go back to an older one, \
                  and what is returned as the newest version is the replica's newest",
        source: "Terrace and Freedman 2009, section 2.4",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let most = match config.replica.config.reads {
            Reads::Tail | Reads::Any(Consistency::Strong) => Some(0),
            Reads::Any(Consistency::Bounded(most)) => Some(most as usize),
            Reads::Any(Consistency::Eventual) => None,
        };
        Self {
            most,
            uncommitted: BTreeMap::new(),
            waiting: 0,
            committed: Position(0),
            incarnations: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        for indication in told(effects) {
            match indication {
                Indication::Applied(update) => self.add(node, update),
                Indication::Received { .. } => self.forget(node),
                Indication::Committed(_) | Indication::Read(..) => {}
            }
        }
        let Some(replica) = super::replica(view, node) else { return };
        // Another incarnation begins with what is on the disk, and that is not committed for that.
        if self.incarnations.insert(node, replica.incarnation()) != Some(replica.incarnation()) {
            self.forget(node);
            replica.sent().iter().for_each(|update| self.add(node, update));
        }
        // Nothing is added to a history in the step after the read.
        for (key, version, value) in answers(effects) {
            let newest = replica.store().get(key);
            if let (Version::Newest(_), Some(value)) = (version, value)
                && (version, value.as_deref()) != (Version::Newest(replica.last()), newest)
            {
                let detail =
                    format!("{key} is read as {value:?}, its newest version is {newest:?}");
                judge.violate(node, detail, &[]);
            }
        }
    }

    fn indicated(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        indication: &<Party as Node>::Indication,
        judge: &mut Judge,
    ) {
        match of_replica(indication) {
            Some(Indication::Committed(upto)) => self.committed = self.committed.max(*upto),
            Some(Indication::Read(key, version)) => {
                let Some(replica) = super::replica(view, node) else { return };
                self.read(node, replica.incarnation(), *key, *version, judge);
            }
            _ => {}
        }
    }

    fn crash(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.forget(node);
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.waiting + self.uncommitted.len())
    }
}

impl BoundedReads {
    fn add(&mut self, node: NodeId, update: &Update) {
        let of = (node, update.request.command.key());
        self.uncommitted.entry(of).or_default().push_back(update.position);
        self.waiting += 1;
    }

    fn forget(&mut self, node: NodeId) {
        let Self { uncommitted, waiting, .. } = self;
        uncommitted.retain(|(at, _), all| {
            *waiting -= if *at == node { all.len() } else { 0 };
            *at != node
        });
    }

    fn read(
        &mut self,
        node: NodeId,
        incarnation: Incarnation,
        key: Key,
        version: Version,
        judge: &mut Judge,
    ) {
        judge.judged();
        let of_key = self.uncommitted.entry((node, key)).or_default();
        while of_key.pop_front_if(|at| *at <= self.committed).is_some() {
            self.waiting -= 1;
        }
        let (Version::Committed(as_of) | Version::Newest(as_of)) = version;
        let newer = of_key.iter().filter(|at| **at <= as_of).count();
        if self.most.is_some_and(|most| newer > most) {
            let detail = format!("a version of {key} that is {newer} newer than the committed one");
            judge.violate(node, detail, &[]);
        }
        let before = self.told.insert(node, (incarnation, as_of));
        if let (None, Some((then, before))) = (self.most, before)
            && then == incarnation
            && as_of < before
        {
            let detail = format!("a read as of {as_of}, after one as of {before}");
            judge.violate(node, detail, &[]);
        }
    }
}
