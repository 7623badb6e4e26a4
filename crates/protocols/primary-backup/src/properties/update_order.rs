//! PB2: within an epoch, the updates of every backup are a prefix of the primary's.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use service::{Request, Store};
use sim_check::{Claim, ENTRY, Judge, Kind, Property, View, size_in_memory};
use sim_node::{Effect, Node, NodeId};

use super::replica;
use crate::{Message, Number, Party, PartyRecord, Record, Replica, Status, ViewNumber};

/// PB2 update-order. What was installed from a transfer is compared as a state.
#[derive(Clone, Debug)]
pub struct UpdateOrder {
    /// The updates that each replica's state is made of, as far as is known since it was last
    /// seen up.
    histories: BTreeMap<NodeId, History>,
    /// The updates of the primary of each epoch, and who that is.
    epochs: BTreeMap<ViewNumber, (NodeId, Vec<Arc<Request>>)>,
    /// What each replica was when it was last looked at. While that lasts, so do its updates.
    seen: BTreeMap<NodeId, Seen>,
    /// How many updates there are at most in a history, and about how many bytes these take; the
    /// histories share them.
    longest: usize,
    kept: u64,
}

/// What a place in a history takes, about, beside the update, which other histories have as well.
const POINTER: u64 = 16;

/// What the updates of a replica depend on: its status, epoch and membership, and its last update.
type Seen = (Discriminant<Status>, ViewNumber, ViewNumber, Number);

/// The updates of a replica.
#[derive(Clone, Debug, Default)]
struct History {
    since: ViewNumber,
    updates: Vec<Arc<Request>>,
    /// The epoch in which it was last compared as a whole.
    compared: ViewNumber,
}

impl Property<Party> for UpdateOrder {
    const CLAIM: Claim = Claim {
        code: "PB2",
        name: "update-order",
        kind: Kind::Safety,
        meaning: "in an epoch, the updates of every backup are a prefix of the primary's: no two \
                  replicas of a view have different updates at one number",
        source: "Budhiraja, Marzullo, Schneider and Toueg 1993; van Renesse and Schneider 2004, \
                 section 4",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self {
            histories: BTreeMap::new(),
            epochs: BTreeMap::new(),
            seen: BTreeMap::new(),
            longest: 0,
            kept: 0,
        }
    }

    fn after(
        &mut self,
        view: &View<'_, Party>,
        node: NodeId,
        effects: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(replica) = replica(view, node) else {
            self.seen.remove(&node);
            return self.note_last_step(node, effects);
        };
        let (epoch, last) = (replica.epoch(), replica.log().last());
        let seen = (discriminant(replica.status()), epoch, replica.since(), last);
        if self.seen.insert(node, seen) == Some(seen) {
            return;
        }
        match replica.status() {
            Status::Primary(_) => self.follow_primary(node, replica, epoch),
            Status::Backup { .. } => {
                let installed = Effect::Mark("state installed");
                if effects.contains(&installed) {
                    self.compare_transfer(node, replica, epoch, judge);
                }
                self.follow_backup(node, replica, epoch, judge);
            }
            // What a crash has lost is gone from the end, and is seen at the start. Where it was a
            // whole state, the older one is of no member any more.
            _ => {
                let history = self.histories.entry(node).or_default();
                if history.since != replica.since() {
                    *history = History { since: replica.since(), ..History::default() };
                }
                history.updates.truncate(index(replica.log().last()));
            }
        }
        self.count(node);
    }

    /// What was lost may come back as something else.
    fn restart(&mut self, _: &View<'_, Party>, node: NodeId, _: &mut Judge) {
        self.seen.remove(&node);
        if let Some(history) = self.histories.get_mut(&node) {
            history.compared = ViewNumber::default();
        }
    }

    fn kept(&self) -> u64 {
        let places = self.histories.values().map(|history| history.updates.len());
        let of_epochs = self.epochs.values().map(|(_, updates)| updates.len());
        self.kept + POINTER * places.chain(of_epochs).sum::<usize>() as u64
    }
}

impl UpdateOrder {
    /// A replica's history may be longer than any before.
    fn count(&mut self, node: NodeId) {
        let Some(History { updates, .. }) = self.histories.get(&node) else { return };
        for update in updates.iter().skip(self.longest) {
            self.kept += ENTRY + size_in_memory(&**update);
        }
        self.longest = self.longest.max(updates.len());
    }

    /// It has crashed inside a step: what it had written by then may last, and what it had sent may
    /// arrive.
    fn note_last_step(&mut self, node: NodeId, effects: &[Effect<Party>]) {
        for effect in effects {
            match effect {
                Effect::Write(PartyRecord::Replica(record)) => self.note(node, record),
                Effect::Send { message: Message::Forward(forward), .. } => {
                    if let Some((_, known)) = self.epochs.get_mut(&forward.header.epoch) {
                        let skip = known.len().saturating_sub(index(forward.after));
                        known.extend(forward.updates.iter().skip(skip).cloned());
                    }
                }
                _ => {}
            }
        }
    }

    fn note(&mut self, node: NodeId, record: &Record) {
        let history = self.histories.entry(node).or_default();
        match record {
            Record::Updates { after, updates, .. } if index(*after) == history.updates.len() => {
                history.updates.extend_from_slice(updates);
            }
            Record::Installed { epoch, since, base, .. } => {
                let theirs = self.epochs.get(epoch).map_or(&[][..], |(_, theirs)| theirs);
                let updates = theirs.get(..index(*base)).unwrap_or_default().to_vec();
                *history = History { since: *since, updates, ..History::default() };
            }
            _ => {}
        }
    }

    fn follow_primary(&mut self, node: NodeId, replica: &Replica, epoch: ViewNumber) {
        let history = self.histories.entry(node).or_default();
        history.since = replica.since();
        history.catch_up(replica);
        let (_, updates) = self.epochs.entry(epoch).or_insert_with(|| (node, Vec::new()));
        let last = history.updates.len();
        // Its first step in the epoch, or one after a crash that lost what no other replica had.
        if updates.len() > last || history.compared != epoch {
            updates.clone_from(&history.updates);
            history.compared = epoch;
        } else {
            updates.extend_from_slice(&history.updates[updates.len()..]);
        }
    }

    /// A transfer has taken the place of what was there.
    fn compare_transfer(
        &mut self,
        node: NodeId,
        replica: &Replica,
        epoch: ViewNumber,
        judge: &mut Judge,
    ) {
        let Some((primary, theirs)) = self.epochs.get(&epoch) else { return };
        let base = index(replica.applied());
        let updates = theirs.get(..base).unwrap_or(theirs).to_vec();
        let mut state = Store::default();
        for update in &updates {
            state.execute(update.operation, &update.command);
        }
        self.histories.insert(node, History { since: replica.since(), updates, compared: epoch });
        judge.judged();
        if state != *replica.store() {
            let detail = format!("a transfer left {node} with another state than {primary}'s");
            judge.violate(node, detail, &[]);
        }
    }

    fn follow_backup(
        &mut self,
        node: NodeId,
        replica: &Replica,
        epoch: ViewNumber,
        judge: &mut Judge,
    ) {
        let history = self.histories.entry(node).or_default();
        history.since = replica.since();
        let known = history.updates.len();
        history.catch_up(replica);
        // The primary may have crashed inside its first step, and what it sent there arrives.
        let Some((primary, theirs)) = self.epochs.get(&epoch) else {
            self.seen.remove(&node);
            return;
        };
        let from = if history.compared == epoch { known } else { 0 };
        history.compared = epoch;
        if from == history.updates.len() {
            return;
        }
        judge.judged();
        let pairs = history.updates.iter().enumerate().skip(from);
        for (place, update) in pairs {
            if theirs.get(place) != Some(update) {
                let number = place + 1;
                let detail =
                    format!("update {number} of {node} is not that of {primary} in epoch {epoch}");
                return judge.violate(node, detail, &[]);
            }
        }
    }
}

impl History {
    /// Adds what the replica has got, and drops what a crash has lost.
    fn catch_up(&mut self, replica: &Replica) {
        let log = replica.log();
        self.updates.truncate(index(log.last()));
        while let Some(update) = log.get(Number(self.updates.len() as u64 + 1)) {
            self.updates.push(Arc::clone(update));
        }
    }
}

fn index(number: Number) -> usize {
    usize::try_from(number.0).expect("as many updates as fit into memory")
}
