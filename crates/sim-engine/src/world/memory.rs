//! How much memory a run keeps, and who holds what when its budget is spent.
//!
//! Bytes are counted by content, as if nothing were shared, and not asked of the allocator: so they
//! are the same on every machine. What properties remember they count themselves, as they go.

use std::collections::BTreeMap;

use sim_check::{Claim, Properties, size_in_memory as size_of};
use sim_node::{Bytes, Disk, Message, Node, NodeId, Stable, counted};

use super::disk::Held;
use super::growth::Growth;
use super::{End, Pending, Phase, World};

/// What is kept of a message beside its content: its places in the agenda and in a queue.
const PARCEL: u64 = 128;
/// Of a write, or of an indication that a barrier holds.
const ENTRY: u64 = 32;
/// Of a step that was recorded.
const STEP: u64 = 16;
/// So many messages are looked at at a checkpoint; where there are more, one of several counts
/// for its neighbours.
const SOME: usize = 4_096;
/// So many holders are named.
const NAMED: usize = 3;

/// After so many steps properties are asked what they keep.
pub(super) const ASKED: u64 = 1_024;
/// Disks are read anew once there are this part more steps: what is on them grows with steps, and
/// so a run does not read it over and over.
const READ_AGAIN: u64 = 8;

/// What a world remembers of its memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// When so many messages and events were pending at once, it looks again.
    pub(super) next: usize,
    pub(super) growth: Growth,
    /// What the states were at the last checkpoint.
    states: u64,
    /// What was durable when the disks were last read.
    durable: u64,
    /// From which step on the disks are read again.
    read_again: u64,
    /// What was kept beside the record and the properties at the last look.
    others: u64,
}

/// Who holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    Link(NodeId, NodeId),
    Queue(NodeId),
    Disk(NodeId),
    Hold(u32),
    Writes(NodeId),
    Durable(NodeId),
    State(NodeId),
    Property(&'static str),
    Steps,
}

/// What somebody holds.
#[derive(Clone, Debug, Default)]
struct Share {
    bytes: u64,
    count: u64,
    /// Of messages, how many there are of each kind.
    kinds: BTreeMap<usize, u64>,
}

impl Share {
    fn of_bytes(bytes: u64) -> Self {
        Self { bytes, ..Self::default() }
    }
}

impl Memory {
    pub(super) fn new() -> Self {
        let growth = Growth::default();
        Self { next: SOME, growth, states: 0, durable: 0, read_again: 0, others: 0 }
    }
}

/// What is durable on a disk, and the records that it keeps to be taken back.
fn size_of_durable<S: Stable, H>(disk: &Disk<S, H>) -> u64 {
    size_of(&**disk) + disk.kept().iter().map(|record| ENTRY + size_of(record)).sum::<u64>()
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// More is pending than ever before: is that too much?
    #[cold]
    pub(super) fn look_at_pending(&mut self) {
        self.memory.next = 2 * self.agenda.most().max(SOME);
        self.look_at_growth();
        let messages = self.agenda.messages().map(|one| PARCEL + size_of(one)).sum();
        self.look_at_memory(messages);
    }

    /// Some steps have been made: if the record and what properties keep may have grown too large,
    /// it looks at everything.
    #[cold]
    pub(super) fn look_at_properties(&mut self) {
        if self.memory.others + self.recorded() > self.spec.memory_max {
            self.memory.read_again = 0;
            self.look_at_states();
        }
    }

    /// States are digested, so it is a good time to look at everything.
    #[cold]
    pub(super) fn look_at_states(&mut self) {
        self.memory.states = self.states.iter().flatten().map(size_of).sum();
        if self.steps >= self.memory.read_again {
            self.memory.durable = self.cells.iter().map(|cell| size_of_durable(&cell.disk)).sum();
            self.memory.read_again = self.steps + self.steps / READ_AGAIN;
        }
        let every = (self.agenda.most() / SOME).max(1);
        let some = self.agenda.messages().step_by(every);
        let messages: u64 = some.map(|one| PARCEL + size_of(one)).sum();
        self.look_at_memory(messages.saturating_mul(every as u64));
    }

    /// What the properties keep, in bytes, by the code of their claim; see
    /// [`Property::kept`](sim_check::Property::kept).
    #[must_use]
    pub fn kept(&self) -> BTreeMap<&'static str, u64> {
        let mut kept = BTreeMap::new();
        self.properties.kept(&mut |claim, bytes| {
            kept.insert(claim.code, bytes);
        });
        kept
    }

    /// What grows with the steps: their record, and what properties keep.
    fn recorded(&self) -> u64 {
        let mut recorded = self.steps * STEP;
        self.properties.kept(&mut |_, bytes| recorded += bytes);
        recorded
    }

    /// Ends the run if what it keeps is more than its budget.
    fn look_at_memory(&mut self, messages: u64) {
        let disks: u64 = self.cells.iter().map(|cell| size_of_disk::<N>(&cell.disk).bytes).sum();
        let Memory { states, durable, .. } = self.memory;
        self.memory.others = messages.saturating_add(disks + states + durable);
        let all = self.memory.others.saturating_add(self.recorded());
        if all <= self.spec.memory_max || matches!(self.phase, Phase::Over(_)) {
            return;
        }
        let (most, all) = (Bytes::new(self.spec.memory_max), Bytes::new(all));
        let holders = self.holders();
        let why = format!("the memory of {most} is used up: about {all} are kept, {holders}");
        self.phase = Phase::Over(End::Budget(why));
    }

    /// Those who hold most, in words.
    pub(super) fn holders(&self) -> String {
        let mut shares: Vec<(Holder, Share)> = self.shares().into_iter().collect();
        shares.sort_by_key(|(holder, share)| (std::cmp::Reverse(share.bytes), *holder));
        let named = shares.iter().filter(|(_, share)| share.bytes > 0).take(NAMED);
        let named: Vec<String> = named.map(|(holder, share)| self.tell(*holder, share)).collect();
        named.join("; ")
    }

    fn shares(&self) -> BTreeMap<Holder, Share> {
        let mut places: BTreeMap<u32, Holder> = BTreeMap::new();
        let mut shares: BTreeMap<Holder, Share> = BTreeMap::new();
        for node in self.everybody() {
            let cell = &self.cells[node.index()];
            places.extend(cell.inbox.parcels().map(|parcel| (parcel, Holder::Queue(node))));
            places.extend(cell.disk.held().filter_map(|held| match held {
                Held::Send { parcel, .. } => Some((*parcel, Holder::Disk(node))),
                Held::Indicate { .. } => None,
            }));
            shares.insert(Holder::Writes(node), size_of_disk::<N>(&cell.disk));
            shares.insert(Holder::Durable(node), Share::of_bytes(size_of_durable(&cell.disk)));
            let state = self.states[node.index()].as_ref().map(size_of).unwrap_or_default();
            shares.insert(Holder::State(node), Share::of_bytes(state));
        }
        places.extend(self.network.kept().map(|(fault, parcel)| (parcel, Holder::Hold(fault))));
        self.properties.kept(&mut |claim, bytes| {
            shares.insert(Holder::Property(claim.code), Share::of_bytes(bytes));
        });
        let steps = Share { bytes: self.steps * STEP, count: self.steps, ..Share::default() };
        shares.insert(Holder::Steps, steps);
        for (parcel, event, message) in self.agenda.parcels() {
            let holder = match (places.get(&parcel), event) {
                (Some(holder), _) => *holder,
                (None, Some(Pending::Message(envelope))) => {
                    Holder::Link(envelope.from, envelope.to)
                }
                (None, Some(Pending::Own { node, .. })) => Holder::Queue(node),
                (None, _) => continue,
            };
            let share = shares.entry(holder).or_default();
            share.bytes += PARCEL + size_of(message);
            share.count += 1;
            *share.kinds.entry(message.kind()).or_default() += 1;
        }
        shares
    }

    fn tell(&self, holder: Holder, share: &Share) -> String {
        let Share { bytes, count, kinds } = share;
        let bytes = Bytes::new(*bytes);
        let most = kinds.iter().max_by_key(|(kind, count)| (**count, std::cmp::Reverse(**kind)));
        let most = most.map(|(kind, of_kind)| {
            let name = N::Message::KINDS[*kind].0;
            let all = if of_kind == count { "all" } else { "most" };
            format!(", {all} of them {name}")
        });
        let messages = counted(*count, "message") + &most.unwrap_or_default();
        match holder {
            Holder::Link(from, to) => {
                format!("{bytes} in {messages}, under way from {from} to {to}")
            }
            Holder::Queue(node) => format!("{bytes} in {messages}, in the queue of {node}"),
            Holder::Disk(node) => {
                format!("{bytes} in {messages}, which {node} sends once its disk has synced")
            }
            Holder::Hold(fault) => {
                let label = &self.spec.faults[fault as usize].label;
                format!("{bytes} in {messages}, which {label} keeps")
            }
            Holder::Writes(node) => {
                format!(
                    "{bytes} in {count} writes and indications of {node} that wait for its disk"
                )
            }
            Holder::Durable(node) => format!("{bytes} on the disk of {node}"),
            Holder::State(node) => format!("{bytes} in the state of {node}"),
            Holder::Property(code) => {
                let is = |claim: &&&Claim| claim.code == code;
                let name = P::claims().iter().find(is).map_or("", |claim| claim.name);
                format!("{bytes} in what the property {code} {name} keeps of the run")
            }
            Holder::Steps => format!("{bytes} in the record of {count} steps"),
        }
    }
}

/// What waits for a disk, messages apart.
fn size_of_disk<N: Node>(disk: &super::disk::DiskOf<N>) -> Share {
    let indications = disk.held().filter_map(|held| match held {
        Held::Indicate { indication, .. } => Some(ENTRY + size_of(indication)),
        Held::Send { .. } => None,
    });
    let writes = disk.unsynced_records().map(|record| ENTRY + size_of(record));
    let (mut bytes, mut count) = (0, 0);
    for one in indications.chain(writes) {
        (bytes, count) = (bytes + one, count + 1);
    }
    Share { bytes, count, kinds: BTreeMap::new() }
}
