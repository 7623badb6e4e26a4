//! Links: what becomes of a message between its sender and its receiver.

use rustc_hash::FxHashMap;
use sim_check::Properties;
use sim_node::{Message, Node, NodeId, Ratio};

use super::nodes::{Arrival, Status, What};
use super::{Envelope, World};
use crate::chance::{Purpose, happens};
use crate::plan::{LinkMatch, Plan};
use crate::{Delay, Loss, Observer};

/// The links at one instant: cuts, holds and changed parameters in force.
#[derive(Clone, Debug)]
pub(super) struct LinkStates<N: Node> {
    /// Nothing is in force and the scenario's links are plain: a send draws a delay and is off.
    plain: bool,
    /// Something has to be asked when a message arrives.
    guarded: bool,
    /// Cuts in force, and those that are over, as streams ask whether one came between.
    pub(super) cuts: Vec<CutInForce>,
    pub(super) changed: Vec<LinkFault>,
    pub(super) holds: Vec<HoldInForce<N>>,
    /// How many nodes omit to send or receive.
    pub(super) omitting: usize,
    /// Of links that are in order: never iterated, so its order does not matter.
    ordered: FxHashMap<(NodeId, NodeId), Ordered>,
    pub(super) calm: Option<InCalm>,
}

/// What the calm asks of links.
#[derive(Clone, Copy, Debug)]
pub(super) struct InCalm {
    /// When it began, and before which sequence number.
    pub(super) at: u64,
    pub(super) since: u64,
    /// How long a message may travel.
    pub(super) bound: u64,
}

impl InCalm {
    /// When the last message that was in flight at the calm arrives; a later one is lost.
    fn last_of_the_storm(self) -> u64 {
        self.at.saturating_add(self.bound)
    }
}

/// A cut, in force until it has ended.
#[derive(Clone, Debug)]
pub(super) struct CutInForce {
    pub(super) fault: u32,
    /// The sequence numbers between which it is in force.
    pub(super) since: u64,
    pub(super) until: Option<u64>,
    pub(super) rule: CutRule,
    pub(super) at_delivery: bool,
}

/// Whom a cut keeps apart.
#[derive(Clone, Debug)]
pub(super) enum CutRule {
    /// Nodes of different groups; a node without a group talks to everybody.
    Groups(Vec<Option<u16>>),
    /// Nothing gets from the first to the second.
    OneWay(Vec<bool>, Vec<bool>),
}

impl CutRule {
    fn parts(&self, from: NodeId, to: NodeId) -> bool {
        match self {
            Self::Groups(groups) => match (groups[from.index()], groups[to.index()]) {
                (Some(from), Some(to)) => from != to,
                _ => false,
            },
            Self::OneWay(senders, receivers) => senders[from.index()] && receivers[to.index()],
        }
    }
}

/// Links whose parameters a fault has changed.
#[derive(Clone, Debug)]
pub(super) struct LinkFault {
    pub(super) fault: u32,
    pub(super) links: LinkMatch,
    pub(super) delay: Option<Delay>,
    pub(super) loss: Option<Ratio>,
    pub(super) duplication: Option<Ratio>,
}

/// Links whose messages are kept.
#[derive(Clone, Debug)]
pub(super) struct HoldInForce<N: Node> {
    pub(super) fault: u32,
    pub(super) from: Vec<bool>,
    pub(super) to: Vec<bool>,
    /// What is kept, with when it would have arrived, in order.
    pub(super) kept: Vec<(u64, Envelope<N::Message>)>,
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
    /// Streams: messages up to this sequence number died with their connection.
    broken: Option<u64>,
}

impl<N: Node> HoldInForce<N> {
    /// Keeps a message behind those that were sent before it.
    fn keep(&mut self, arrives: u64, envelope: Envelope<N::Message>) {
        let place = self.kept.partition_point(|(_, kept)| kept.id <= envelope.id);
        self.kept.insert(place, (arrives, envelope));
    }
}

impl<N: Node> LinkStates<N> {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut links = Self {
            plain: false,
            guarded: false,
            cuts: Vec::new(),
            changed: Vec::new(),
            holds: Vec::new(),
            omitting: 0,
            ordered: FxHashMap::default(),
            calm: None,
        };
        links.refresh(plan);
        links
    }

    /// To be called whenever something begins or ends to be in force.
    pub(super) fn refresh(&mut self, plan: &Plan) {
        let in_force = |cut: &&CutInForce| cut.until.is_none();
        self.plain = plan.plain_links
            && self.cuts.iter().filter(in_force).count() == 0
            && self.changed.is_empty()
            && self.holds.is_empty()
            && self.omitting == 0
            && self.calm.is_none();
        self.guarded = plan.stream
            || self.omitting > 0
            || self.calm.is_some()
            || self.cuts.iter().filter(in_force).any(|cut| cut.at_delivery);
    }

    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }
}

/// The parameters that are in force for one message.
struct Parameters<'a> {
    delay: &'a Delay,
    loss: Ratio,
    duplication: Ratio,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// The delay of a message when nothing is to be asked but the one distribution of all links.
    #[inline(always)]
    pub(super) fn plain_delay(&mut self, from: NodeId) -> u64 {
        let delay = &self.spec.network.link.delay;
        if self.plan.draws_delay {
            delay.draw(self.chance.word(Purpose::Delay, from))
        } else {
            delay.draw(0)
        }
    }

    /// A message goes through everything that may happen to it at its sending.
    pub(super) fn route<O: Observer<N> + ?Sized>(
        &mut self,
        mut envelope: Envelope<N::Message>,
        kind: usize,
        watch: &mut O,
    ) {
        let (from, to) = (envelope.from, envelope.to);
        let plan = std::sync::Arc::clone(&self.plan);
        // Every word is drawn, needed or not, so that no link's numbers depend on another's.
        let mut word = |in_use: bool, purpose| {
            if in_use { self.chance.word(purpose, from) } else { u64::MAX }
        };
        let delay_word = word(plan.draws_delay, Purpose::Delay);
        let loss_word = word(plan.draws_loss, Purpose::Loss);
        let twice_word = word(plan.draws_duplication, Purpose::Duplication);
        let copy_word = word(plan.draws_duplication, Purpose::CopyDelay);
        let copy_tie = if plan.draws_duplication { self.tie(Purpose::CopyTie, from) } else { 0 };
        let parameters = self.parameters(from, to, kind);
        let (loss, duplication) = (parameters.loss, parameters.duplication);
        let mut travel = parameters.delay.draw(delay_word);
        let mut copy_travel = parameters.delay.draw(copy_word);
        if let Some(calm) = self.links.calm {
            (travel, copy_travel) = (travel.min(calm.bound), copy_travel.min(calm.bound));
        }

        let omits = self.omits(from, true);
        let lost = if self.is_cut(from, to) {
            Some(Loss::Cut)
        } else if omits {
            Some(Loss::Omission)
        } else if happens(loss_word, loss) {
            Some(Loss::Link)
        } else {
            None
        };
        if let Some(why) = lost {
            self.break_connection(from, to);
            return self.fail_to_send(&envelope, why, watch);
        }

        let mut arrives = self.now.saturating_add(travel);
        (arrives, envelope.tie) = self.in_order(&envelope, arrives);
        let doubled = !plan.stream && happens(twice_word, duplication);
        if !doubled {
            let id = envelope.id;
            return self.keep_or_depart(arrives, envelope, id, watch);
        }
        envelope.copied = true;
        self.tally.copies.insert(envelope.id, (2, false));
        let mut copy = Envelope { tie: copy_tie, copy: true, ..envelope.clone() };
        let id = envelope.id;
        self.keep_or_depart(arrives, envelope, id, watch);
        let mut copy_arrives = self.now.saturating_add(copy_travel);
        (copy_arrives, copy.tie) = self.in_order(&copy, copy_arrives);
        let sequence = self.next_sequence();
        self.keep_or_depart(copy_arrives, copy, sequence, watch);
    }

    fn keep_or_depart<O: Observer<N> + ?Sized>(
        &mut self,
        arrives: u64,
        envelope: Envelope<N::Message>,
        sequence: u64,
        watch: &mut O,
    ) {
        let (from, to) = (envelope.from.index(), envelope.to.index());
        let hold = self.links.holds.iter_mut().rfind(|hold| hold.from[from] && hold.to[to]);
        match hold {
            Some(hold) => hold.keep(arrives, envelope),
            None => self.depart(envelope, arrives, sequence, watch),
        }
    }

    /// When a message arrives that would arrive at `arrives`, and its place at that instant: on a
    /// link in order, behind those that were sent before it.
    fn in_order(&mut self, envelope: &Envelope<N::Message>, arrives: u64) -> (u64, u8) {
        let &Envelope { id, from, to, tie, .. } = envelope;
        if !(self.plan.stream || self.spec.network.link.fifo) {
            return (arrives, tie);
        }
        let incarnation = self.incarnations[from.index()];
        let mut link = self.links.ordered.get(&(from, to)).copied().unwrap_or_default();
        if link.last.0 > self.now {
            if link.incarnation != incarnation || self.connection_died(from, to, link.id) {
                // Nobody waits for what another incarnation or a dead connection had sent.
                link.last = (0, 0);
            } else if let Some(calm) = self.links.calm
                && link.id < calm.since
                && link.last.0 > calm.last_of_the_storm()
            {
                link.last = (calm.last_of_the_storm(), u8::MAX);
            }
        }
        (link.incarnation, link.id) = (incarnation, id);
        // Of two at one instant the first keeps its place, and the second has the greater sequence
        // number.
        link.last = if arrives > link.last.0 {
            (arrives, tie)
        } else {
            (link.last.0, tie.max(link.last.1))
        };
        self.links.ordered.insert((from, to), link);
        link.last
    }

    /// Whether the connection over which a message was sent is dead.
    fn connection_died(&self, from: NodeId, to: NodeId, id: u64) -> bool {
        if !self.plan.stream {
            return false;
        }
        let broken = self.links.ordered.get(&(from, to)).and_then(|link| link.broken);
        let crashed = self.cells[from.index()].crashed.max(self.cells[to.index()].crashed);
        broken.is_some_and(|last| id <= last) || id < crashed || self.was_cut(from, to, id)
    }

    /// Whether a cut has come between these two since a sequence number. (That the calm ends a cut
    /// inside the core revives nothing.)
    fn was_cut(&self, from: NodeId, to: NodeId, since: u64) -> bool {
        self.links.cuts.iter().any(|cut| cut.since > since && cut.rule.parts(from, to))
    }

    /// A message is lost as it arrives: what is undelivered dies with its connection.
    pub(super) fn break_connection(&mut self, from: NodeId, to: NodeId) {
        if self.plan.stream {
            let sent_before = self.next_sequence();
            self.links.ordered.entry((from, to)).or_default().broken = Some(sent_before);
        }
    }

    fn parameters(&mut self, from: NodeId, to: NodeId, kind: usize) -> Parameters<'_> {
        let base = &self.spec.network;
        let mut parameters = Parameters {
            delay: &base.link.delay,
            loss: base.link.loss,
            duplication: base.link.duplication,
        };
        let overrides = self.plan.overrides.iter().zip(&base.overrides);
        for ((links, one), used) in overrides.zip(&mut self.tally.overrides_used) {
            if links.matches(from, to, kind) {
                *used = true;
                parameters.delay = one.delay.as_ref().unwrap_or(parameters.delay);
                parameters.loss = one.loss.unwrap_or(parameters.loss);
                parameters.duplication = one.duplication.unwrap_or(parameters.duplication);
            }
        }
        for one in &self.links.changed {
            if one.links.matches(from, to, kind) {
                parameters.delay = one.delay.as_ref().unwrap_or(parameters.delay);
                parameters.loss = one.loss.unwrap_or(parameters.loss);
                parameters.duplication = one.duplication.unwrap_or(parameters.duplication);
            }
        }
        if self.links.calm.is_some() {
            parameters.loss = Ratio::ZERO;
        }
        parameters
    }

    /// Whether a cut in force keeps these two apart.
    fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cuts_between(from, to).any(|cut| cut.until.is_none())
    }

    fn cuts_between(&self, from: NodeId, to: NodeId) -> impl Iterator<Item = &CutInForce> {
        // In the calm the core is connected for good, and everybody who is not a server with it.
        let kept_together = self.core.as_ref().is_some_and(|core| {
            let inside = |node: NodeId| node.number() >= self.spec.servers || core.contains(&node);
            inside(from) && inside(to)
        });
        let cuts = if kept_together { &[] } else { self.links.cuts.as_slice() };
        cuts.iter().filter(move |cut| cut.rule.parts(from, to))
    }

    /// Whether a node omits this send (or receipt).
    fn omits(&mut self, node: NodeId, send: bool) -> bool {
        if !self.status[node.index()].has(Status::OMITS) {
            return false;
        }
        let cell = &mut self.cells[node.index()];
        let faults = if send { &mut cell.omits_sends } else { &mut cell.omits_receives };
        // No short cut: each fault in force draws for each message.
        let mut omits = false;
        for one in faults {
            omits |= happens(one.stream.word(), one.ratio);
        }
        omits
    }

    /// A message arrives, unless something keeps it from doing so.
    #[inline(always)]
    pub(super) fn deliver<O: Observer<N> + ?Sized>(
        &mut self,
        envelope: Envelope<N::Message>,
        watch: &mut O,
    ) {
        if self.links.guarded
            && let Some(why) = self.turned_away(&envelope)
        {
            self.check_assumed_links(why, envelope.from, envelope.to);
            return self.lose(envelope.id, envelope.copied, why, watch);
        }
        let Envelope { id, from, to, step, sent, copied, message, .. } = envelope;
        let what = What::Message { id, from, sent, copied, message };
        self.arrive(to, Arrival { what, step: Some(step) }, watch);
    }

    /// Why a message that would arrive now does not.
    fn turned_away(&mut self, envelope: &Envelope<N::Message>) -> Option<Loss> {
        let &Envelope { id, from, to, .. } = envelope;
        let omits = self.omits(to, false);
        if self.connection_died(from, to, id) {
            if self.was_cut(from, to, id) {
                self.check_assumed_links(Loss::Cut, from, to);
            }
            return Some(Loss::Connection);
        }
        if let Some(calm) = self.links.calm
            && id < calm.since
            && self.now > calm.last_of_the_storm()
        {
            return Some(Loss::Calm);
        }
        let cut = |cut: &CutInForce| cut.at_delivery && cut.until.is_none();
        if self.cuts_between(from, to).any(cut) {
            return Some(Loss::Cut);
        }
        if omits {
            self.break_connection(from, to);
            return Some(Loss::Omission);
        }
        None
    }

    /// What a hold has kept leaves, in the order in which it was sent, none before now; what
    /// another hold in force is to keep as well goes on to that one.
    pub(super) fn release_kept<O: Observer<N> + ?Sized>(
        &mut self,
        kept: Vec<(u64, Envelope<N::Message>)>,
        watch: &mut O,
    ) {
        let mut last = (self.now, 0);
        for (arrives, mut envelope) in kept {
            last = if arrives > last.0 {
                (arrives, envelope.tie)
            } else {
                (last.0, envelope.tie.max(last.1))
            };
            envelope.tie = last.1;
            let sequence = self.next_sequence();
            self.keep_or_depart(last.0, envelope, sequence, watch);
        }
    }
}

/// The number of kinds, for tables by kind.
pub(super) fn kinds<N: Node>() -> usize {
    N::Message::KINDS.len()
}
