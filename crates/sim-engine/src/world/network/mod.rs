//! [`Network`]: what is in force between nodes, and what becomes of a message on its way.

mod in_force;
mod known;
mod past;
mod rules;
mod shape;
#[cfg(test)]
mod tests;
mod touched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sim_node::{NodeId, Ratio};

use crate::chance::{Stream, happens};
use crate::plan::Plan;
use crate::world::agenda::Parcel;
use crate::{Delay, Latency, Loss};

use known::{Known, Parameters};
use past::PastCuts;
use shape::{Shape, loss_of_packets};
use touched::Touched;

pub(super) use rules::{
    Corruption, CountedLoss, Cut, CutRule, Envelope, Hold, InCalm, Kept, LinkFault, Omission,
};

/// The links between nodes at one instant: cuts, holds, omissions and changed parameters in force,
/// and the connections of streams. It knows when a message arrives, or why it never does; that it
/// arrives is the agenda's business.
#[derive(Clone, Debug)]
pub(super) struct Network {
    plan: Arc<Plan>,
    /// Nothing is in force and the scenario's links are plain: a send draws a delay and is off.
    plain: bool,
    /// Something has to be asked when a message arrives.
    guarded: bool,
    /// Cuts in force.
    cuts: Vec<Cut>,
    /// Of streams, which ask whether a cut came between a message's sending and its arrival.
    past_cuts: PastCuts,
    changed: Vec<LinkFault>,
    corrupted: Vec<Corruption>,
    /// Faults that count messages, until they have lost theirs.
    counting: Vec<CountedLoss>,
    holds: Vec<Hold>,
    /// A hold keeps one kind of message on links in order: what it keeps says what else it keeps.
    holds_in_order: bool,
    /// Of nodes that omit to send or receive.
    omissions: BTreeMap<NodeId, Vec<Omission>>,
    /// Of links that are in order: never iterated, so its order does not matter.
    ordered: FxHashMap<(NodeId, NodeId), Ordered>,
    /// Sequence number of each node's last crash: messages of a stream sent before are lost.
    crashed: Vec<u64>,
    calm: Option<InCalm>,
    /// A Byzantine node has to be asked what it makes of its messages.
    betrayed: bool,
    /// So much is in force that it is looked for once a link, and not once a message.
    crowded: bool,
    known: Known,
    shape: Shape,
    /// For every override of the scenario, whether any message met it.
    overrides_used: Vec<bool>,
    touched: Touched,
    /// Which faults have given a link that a message met other parameters than it had.
    changers: Touched,
}

/// A link in order.
#[derive(Clone, Copy, Debug, Default)]
struct Ordered {
    /// The sender's incarnation; a new one begins a new order.
    incarnation: u32,
    /// When the last message arrives, and its drawn place at that instant.
    last: (u64, u8),
    /// Its sequence number.
    id: u64,
    /// Streams: messages up to this sequence number were lost with their connection.
    broken: Option<u64>,
}

impl Ordered {
    /// Whether the connection broke over which the message of this number was sent.
    fn is_broken(&self, id: u64) -> bool {
        self.broken.is_some_and(|last| id <= last)
    }
}

/// A message that leaves its sender now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving {
    pub(super) id: u64,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) kind: usize,
    /// In bytes; 0 where it does not matter.
    pub(super) size: u64,
    /// Its drawn place among the events of the instant at which it arrives.
    pub(super) tie: u8,
    /// The sender's incarnation.
    pub(super) incarnation: u32,
    pub(super) now: u64,
}

/// The words of chance for one message. All are drawn, needed or not, so that no link's numbers
/// depend on another's; those of a purpose that the scenario does not use are not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) delay: u64,
    pub(super) loss: u64,
    pub(super) twice: u64,
    pub(super) copy_delay: u64,
    pub(super) copy_tie: u8,
}

/// When a message arrives, with its place at that instant; and when its copy does, if the network
/// makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Journey {
    pub(super) arrives: (u64, u8),
    pub(super) copy: Option<(u64, u8)>,
}

/// From so many cuts, overrides and the like on, what is in force on a link is remembered.
const CROWD: usize = 5;

impl Network {
    pub(super) fn new(plan: &Arc<Plan>, nodes: usize, seed: u64) -> Self {
        let mut network = Self {
            plan: Arc::clone(plan),
            plain: false,
            guarded: false,
            cuts: Vec::new(),
            past_cuts: PastCuts::default(),
            changed: Vec::new(),
            corrupted: Vec::new(),
            counting: Vec::new(),
            holds: Vec::new(),
            holds_in_order: false,
            omissions: BTreeMap::new(),
            ordered: FxHashMap::default(),
            crashed: vec![0; if plan.stream { nodes } else { 0 }],
            calm: None,
            betrayed: false,
            crowded: false,
            known: Known::default(),
            shape: Shape::new(seed),
            overrides_used: vec![false; plan.overrides.len()],
            touched: Touched::default(),
            changers: Touched::default(),
        };
        network.refresh();
        network
    }

    /// Something began or ended to be in force.
    fn refresh(&mut self) {
        self.plain = self.plan.plain_links
            && self.cuts.is_empty()
            && self.changed.is_empty()
            && self.counting.is_empty()
            && self.holds.is_empty()
            && self.omissions.is_empty()
            && self.calm.is_none()
            && !self.betrayed;
        self.guarded = self.plan.stream
            || !self.omissions.is_empty()
            || !self.corrupted.is_empty()
            || self.calm.is_some()
            || self.cuts.iter().any(|cut| cut.at_delivery);
        let changes = self.plan.overrides.len() + self.changed.len() + self.corrupted.len();
        let others = self.cuts.len() + self.counting.len() + self.holds.len();
        self.crowded = changes + others >= CROWD;
        let in_order = self.plan.stream || self.plan.network.link.fifo;
        self.holds_in_order = in_order && self.holds.iter().any(|hold| hold.kind.is_some());
        self.known.forget();
    }

    /// Whether a message needs nothing but the delay of [`Network::plain_delay`].
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// The delay of all plain links.
    #[inline]
    pub(super) fn plain_delay(&self) -> &Delay {
        &self.plan.network.link.delay
    }

    /// What the distance adds to a message's way, in nanoseconds.
    #[inline]
    pub(super) fn latency(&mut self, from: NodeId, to: NodeId) -> u64 {
        match &self.plan.network.latency {
            Latency::None => 0,
            latency => self.shape.latency(latency, from, to),
        }
    }

    /// Whether a message has to be asked for at its arrival.
    #[inline]
    pub(super) fn is_guarded(&self) -> bool {
        self.guarded
    }

    pub(super) fn is_stream(&self) -> bool {
        self.plan.stream
    }

    pub(super) fn overrides_used(&self) -> &[bool] {
        &self.overrides_used
    }

    /// Whether a fault has met a message.
    pub(super) fn has_touched(&self, fault: u32) -> bool {
        self.touched.has(fault)
    }

    /// Whether a fault has given a link other parameters than it had, when a message met them.
    pub(super) fn has_changed(&self, fault: u32) -> bool {
        self.changers.has(fault)
    }

    /// A message leaves: when it arrives, or why it never does.
    pub(super) fn send(&mut self, leaving: &Leaving, words: &Words) -> Result<Journey, Loss> {
        let &Leaving { from, to, kind, size, now, .. } = leaving;
        let Parameters { delay, mut loss, duplication } = self.parameters(from, to, kind);
        let delay = self.delay(delay);
        let mut travel = delay.draw(words.delay);
        let mut copy_travel = delay.draw(words.copy_delay);
        let omits = self.omits(from, true);
        let mut more = self.latency(from, to);
        let network = &self.plan.network;
        if let Some(bandwidth) = network.bandwidth.filter(|_| !omits) {
            more = more.saturating_add(self.shape.leave(bandwidth, leaving));
        }
        (travel, copy_travel) = (travel.saturating_add(more), copy_travel.saturating_add(more));
        if network.packet_loss != Ratio::ZERO && self.calm.is_none() {
            loss = either(loss, loss_of_packets(network.packet_loss, size));
        }
        if let Some(calm) = &self.calm {
            (travel, copy_travel) = (travel.min(calm.bound), copy_travel.min(calm.bound));
        }
        let lost_by = self.counts_and_loses(from, to, kind);
        if let Some(cut) = self.cut_off(from, to, kind) {
            return Err(cut);
        }
        if omits {
            return Err(Loss::Omission);
        }
        if let Some(fault) = lost_by {
            return Err(Loss::Counted(fault as usize));
        }
        if happens(words.loss, loss) {
            return Err(Loss::Link);
        }
        let arrives = self.in_order(leaving, leaving.tie, now.saturating_add(travel));
        let duplicated = !self.plan.stream && happens(words.twice, duplication);
        let copy = duplicated
            .then(|| self.in_order(leaving, words.copy_tie, now.saturating_add(copy_travel)));
        Ok(Journey { arrives, copy })
    }

    /// When a message arrives that would arrive at `arrives`, and its place at that instant: on a
    /// link in order, behind those that were sent before it.
    fn in_order(&mut self, leaving: &Leaving, tie: u8, arrives: u64) -> (u64, u8) {
        let &Leaving { id, from, to, incarnation, now, .. } = leaving;
        if !(self.plan.stream || self.plan.network.link.fifo) {
            return (arrives, tie);
        }
        let link = self.ordered.entry((from, to)).or_default();
        if link.last.0 > now {
            let is_lost = |link: &Ordered| {
                self.plan.stream
                    && (link.is_broken(link.id)
                        || link.id < self.crashed[from.index()].max(self.crashed[to.index()])
                        || self.past_cuts.parted(from, to, link.id))
            };
            if link.incarnation != incarnation || is_lost(link) {
                // Nobody waits for what another incarnation or a lost connection had sent.
                link.last = (0, 0);
            } else if let Some(calm) = &self.calm
                && link.id < calm.since
                && link.last.0 > calm.last_of_the_storm()
            {
                link.last = (calm.last_of_the_storm(), u8::MAX);
            }
        }
        (link.incarnation, link.id) = (incarnation, id);
        link.last = behind(link.last, (arrives, tie));
        link.last
    }

    /// A message that was kept arrives later than it would have: what is sent after it on a link in
    /// order arrives behind it.
    pub(super) fn arrives_later(&mut self, from: NodeId, to: NodeId, arrival: (u64, u8)) {
        if let Some(link) = self.ordered.get_mut(&(from, to)) {
            link.last = link.last.max(arrival);
        }
    }

    /// Why a message that would arrive now does not. `severed` is set when its connection was lost
    /// by a cut.
    pub(super) fn turned_away(
        &mut self,
        (id, from, to, kind): (u64, NodeId, NodeId, usize),
        now: u64,
        severed: &mut bool,
    ) -> Option<Loss> {
        let omits = self.omits(to, false);
        if self.connection_died(from, to, id) {
            for fault in self.past_cuts.those_that_parted(from, to, id) {
                *severed = true;
                self.touched.note(fault);
            }
            return Some(Loss::Connection);
        }
        if let Some(calm) = &self.calm
            && id < calm.since
            && now > calm.last_of_the_storm()
        {
            return Some(Loss::Calm);
        }
        self.severed(from, to, kind).or(omits.then_some(Loss::Omission))
    }

    /// Whether the connection over which a message was sent is lost.
    fn connection_died(&self, from: NodeId, to: NodeId, id: u64) -> bool {
        self.plan.stream
            && (self.ordered.get(&(from, to)).is_some_and(|link| link.is_broken(id))
                || id < self.crashed[from.index()].max(self.crashed[to.index()])
                || self.past_cuts.parted(from, to, id))
    }

    /// A stream loses a message that was sent before this sequence number: what is undelivered is
    /// lost with its connection.
    pub(super) fn break_connection(&mut self, from: NodeId, to: NodeId, sent_before: u64) {
        self.ordered.entry((from, to)).or_default().broken = Some(sent_before);
    }

    /// A node crashes, at this sequence number: its connections are lost with it.
    pub(super) fn crash(&mut self, node: NodeId, sequence: u64) {
        if let Some(crashed) = self.crashed.get_mut(node.index()) {
            *crashed = sequence;
        }
    }

    /// Whether a node omits this send (or receipt).
    fn omits(&mut self, node: NodeId, send: bool) -> bool {
        if self.omissions.is_empty() {
            return false;
        }
        let mut omits = false;
        // No short cut: each fault in force draws for each message.
        for one in self.omissions.get_mut(&node).into_iter().flatten() {
            if one.sends == send {
                self.touched.note(one.fault);
                omits |= happens(one.stream.word(), one.ratio);
            }
        }
        omits
    }

    /// A cut comes into force, at this sequence number.
    pub(super) fn cut(&mut self, fault: u32, since: u64, rule: CutRule, at_delivery: bool) {
        let rule = Arc::new(rule);
        if self.plan.stream {
            self.past_cuts.add(fault, since, Arc::clone(&rule));
        }
        self.cuts.push(Cut { fault, rule, at_delivery });
        self.refresh();
    }

    /// A fault's cut ends.
    pub(super) fn end_cut(&mut self, fault: u32) {
        self.cuts.retain(|cut| cut.fault != fault);
        self.refresh();
    }

    /// Whether there are so many cuts of the past that it is worth finding out which of them nobody
    /// asks for any more.
    pub(super) fn has_many_past_cuts(&self) -> bool {
        self.past_cuts.are_many()
    }

    /// Nobody asks any more for cuts before this sequence number, but for messages that are held.
    pub(super) fn forget_cuts_before(&mut self, oldest: u64) {
        let kept = self.holds.iter().filter_map(Hold::oldest).min();
        self.past_cuts.forget_before(oldest.min(kept.unwrap_or(u64::MAX)));
    }

    /// Some links have other parameters while a fault lasts.
    pub(super) fn change(&mut self, change: LinkFault) {
        self.changed.push(change);
        self.refresh();
    }

    /// A fault changes no links any longer.
    pub(super) fn end_change(&mut self, fault: u32) {
        self.changed.retain(|one| one.fault != fault);
        self.refresh();
    }

    /// Messages on some links are corrupted while a fault lasts.
    pub(super) fn corrupt(&mut self, corruption: Corruption) {
        self.corrupted.push(corruption);
        self.refresh();
    }

    /// A fault corrupts no messages any longer.
    pub(super) fn end_corruption(&mut self, fault: u32) {
        self.corrupted.retain(|one| one.fault != fault);
        self.refresh();
    }

    /// Whether a message that arrives has been corrupted. Each fault in force draws for each
    /// message on its links.
    pub(super) fn corrupts(&mut self, from: NodeId, to: NodeId, kind: usize) -> bool {
        let mut corrupts = false;
        if self.crowded {
            let places = self.between(from, to, kind).corrupted.clone();
            for place in places.iter() {
                let one = &mut self.corrupted[*place];
                self.touched.note(one.fault);
                corrupts |= happens(one.stream.word(), one.share);
            }
            return corrupts;
        }
        for one in &mut self.corrupted {
            if one.links.matches(from, to, kind) {
                self.touched.note(one.fault);
                corrupts |= happens(one.stream.word(), one.share);
            }
        }
        corrupts
    }

    /// A fault counts messages on some links, and loses some of them.
    pub(super) fn lose(&mut self, counted: CountedLoss) {
        self.counting.push(counted);
        self.refresh();
    }

    /// A fault counts no messages any longer.
    pub(super) fn end_loss(&mut self, fault: u32) {
        self.counting.retain(|one| one.fault != fault);
        self.refresh();
    }

    /// The first of the faults that count messages and lose the one that leaves. Each in force
    /// counts it.
    fn counts_and_loses(&mut self, from: NodeId, to: NodeId, kind: usize) -> Option<u32> {
        if self.counting.is_empty() {
            return None;
        }
        let places = self.crowded.then(|| self.between(from, to, kind).counting.clone());
        let (mut lost_by, mut is_spent) = (None, false);
        let mut count = |one: &mut CountedLoss| {
            if one.loses_next() {
                lost_by.get_or_insert(one.fault);
                self.touched.note(one.fault);
                is_spent |= one.is_spent();
            }
        };
        if let Some(places) = places {
            places.iter().for_each(|place| count(&mut self.counting[*place]));
        } else {
            let on_link = |one: &&mut CountedLoss| one.links.matches(from, to, kind);
            self.counting.iter_mut().filter(on_link).for_each(count);
        }
        if is_spent {
            self.counting.retain(|one| !one.is_spent());
            self.refresh();
        }
        lost_by
    }

    /// Messages from some to some, of one kind if it is given, are kept while a fault lasts.
    pub(super) fn hold(&mut self, fault: u32, from: Vec<bool>, to: Vec<bool>, kind: Option<usize>) {
        let (blocked, kept) = (BTreeSet::new(), Vec::new());
        self.holds.push(Hold { fault, from, to, kind, blocked, kept });
        self.refresh();
    }

    /// A fault's hold ends. Returns what it has kept, in order.
    pub(super) fn end_hold(&mut self, fault: u32) -> Vec<Kept> {
        let Some(place) = self.holds.iter().position(|hold| hold.fault == fault) else {
            return Vec::new();
        };
        let kept = self.holds.remove(place).kept;
        self.refresh();
        kept
    }

    /// The hold in force that keeps what is sent from one to another now; the latest, if several
    /// do.
    #[inline]
    pub(super) fn keeper(&mut self, from: NodeId, to: NodeId, kind: usize) -> Option<&mut Hold> {
        if self.holds.is_empty() {
            return None;
        }
        let place = match self.crowded && !self.holds_in_order {
            true => self.between(from, to, kind).hold,
            false => self.hold_between(from, to, kind),
        };
        let hold = &mut self.holds[place?];
        if self.holds_in_order {
            hold.blocked.insert((from, to));
        }
        self.touched.note(hold.fault);
        Some(hold)
    }

    /// The messages that holds keep, and the fault of each hold.
    pub(super) fn kept(&self) -> impl Iterator<Item = (u32, Parcel)> {
        let holds = self.holds.iter();
        holds.flat_map(|hold| hold.kept.iter().map(|kept| (hold.fault, kept.parcel)))
    }

    /// A node omits to send, or to receive, while a fault lasts.
    pub(super) fn omit(
        &mut self,
        fault: u32,
        node: NodeId,
        sends: bool,
        ratio: Ratio,
        stream: Stream,
    ) {
        let omission = Omission { fault, sends, ratio, stream };
        self.omissions.entry(node).or_default().push(omission);
        self.refresh();
    }

    /// A fault lets this node omit nothing any longer.
    pub(super) fn end_omissions(&mut self, fault: u32, node: NodeId) {
        if let Some(omissions) = self.omissions.get_mut(&node) {
            omissions.retain(|one| one.fault != fault);
            if omissions.is_empty() {
                self.omissions.remove(&node);
            }
        }
        self.refresh();
    }

    /// Whether a Byzantine node has to be asked what it makes of its messages, from now on.
    pub(super) fn set_betrayed(&mut self, betrayed: bool) {
        self.betrayed = betrayed;
        self.refresh();
    }

    #[inline]
    pub(super) fn is_betrayed(&self) -> bool {
        self.betrayed
    }

    /// The storm is over.
    pub(super) fn calm_down(&mut self, calm: InCalm) {
        self.calm = Some(calm);
        self.refresh();
    }

    /// Whether the storm is over.
    pub(super) fn is_calm(&self) -> bool {
        self.calm.is_some()
    }
}

/// How likely at least one of two things happens that have nothing to do with each other.
fn either(one: Ratio, other: Ratio) -> Ratio {
    const WHOLE: u64 = 1_000_000_000;
    let not = |ratio: Ratio| WHOLE - u64::from(ratio.parts_per_billion());
    let neither = not(one) * not(other) / WHOLE;
    Ratio::from_parts_per_billion(u32::try_from(WHOLE - neither).expect("at most all of them"))
}

/// The later of two arrivals, for the second: of two at one instant the first keeps its place, and
/// the second, which has the greater sequence number, none before it.
pub(super) fn behind(first: (u64, u8), second: (u64, u8)) -> (u64, u8) {
    if second.0 > first.0 { second } else { (first.0, second.1.max(first.1)) }
}
