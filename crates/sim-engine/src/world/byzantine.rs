//! Byzantine nodes: who is one, and what becomes of the messages that they send.

use std::collections::{BTreeSet, VecDeque};

use sim_check::{Properties, SimTime, View};
use sim_node::{Message, Mutation, Node, NodeId, Ratio};

use super::agenda::{Parcel, TIES};
use super::network::{Envelope, Words};
use super::nodes::Status;
use super::{World, view};
use crate::chance::{Stream, below, happens};
use crate::{ByzantineReport, Failures, Loss, Observer};

/// Of how many of its last messages a node that replays has the choice.
pub(super) const REMEMBERED: usize = 64;

/// Who is Byzantine, and what they do. Of messages `M`.
#[derive(Clone, Debug)]
pub(super) struct Byzantine<M> {
    /// Everybody whom a Byzantine fault has ever struck, with their second instances.
    nodes: BTreeSet<NodeId>,
    /// Of them, those that properties do not see.
    unseen: BTreeSet<NodeId>,
    /// What is in force, in the order in which it began.
    deeds: Vec<Deed<M>>,
    /// Which fault has struck whom, and when.
    pub(super) reports: Vec<ByzantineReport>,
}

impl<M> Default for Byzantine<M> {
    fn default() -> Self {
        Self {
            nodes: BTreeSet::new(),
            unseen: BTreeSet::new(),
            deeds: Vec::new(),
            reports: Vec::new(),
        }
    }
}

impl<M> Byzantine<M> {
    /// Whom properties do not see; `None` for nobody.
    pub(super) fn unseen(&self) -> Option<&BTreeSet<NodeId>> {
        (!self.unseen.is_empty()).then_some(&self.unseen)
    }

    pub(super) fn contains(&self, node: NodeId) -> bool {
        self.nodes.contains(&node)
    }

    /// Whether anything is in force.
    pub(super) fn is_in_force(&self) -> bool {
        !self.deeds.is_empty()
    }
}

/// What a fault makes a node do with what it sends.
#[derive(Clone, Debug)]
pub(super) struct Deed<M> {
    pub(super) fault: u32,
    pub(super) who: NodeId,
    /// To whom, by number; everybody when left out.
    pub(super) to: Option<Vec<bool>>,
    /// Only messages of the kind with this index.
    pub(super) kind: Option<usize>,
    pub(super) does: Does<M>,
    pub(super) stream: Stream,
}

#[derive(Clone, Debug)]
pub(super) enum Does<M> {
    /// Nothing leaves.
    Withhold,
    /// Some of it is other content.
    Tamper(Ratio),
    /// All of it is other content, and of equal content always the same.
    Lie,
    /// What was sent before leaves with it, or in its place.
    Replay { share: Ratio, instead: bool, receivers: Vec<NodeId>, sent: VecDeque<M> },
}

impl<M> Deed<M> {
    fn meets(&self, envelope: &Envelope, kind: usize) -> bool {
        self.who == envelope.from
            && self.kind.is_none_or(|only| only == kind)
            && self.to.as_ref().is_none_or(|to| to[envelope.to.index()])
    }
}

/// A message that is sent again, beside the one that leaves.
pub(super) struct Again<M> {
    to: NodeId,
    message: M,
    words: Words,
    tie: u8,
}

/// What becomes of a message of a Byzantine node.
pub(super) struct Misconduct<M> {
    /// Why it does not leave.
    pub(super) lost: Option<Loss>,
    /// What leaves besides.
    pub(super) again: Vec<Again<M>>,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// These nodes are Byzantine from now on, by this fault. To the properties of a protocol that
    /// tolerates such nodes they have crashed for good. Those of another go on to see what they do
    /// by their program, but for second instances, which stand behind the nodes that the claims
    /// know.
    pub(super) fn betray(&mut self, fault: u32, nodes: &[NodeId]) {
        let (from, fault) = (self.now(), fault as usize);
        for &node in nodes {
            if self.identity(node) == node {
                self.byzantine.reports.push(ByzantineReport { node, fault, from, to: None });
            }
            if !self.byzantine.nodes.insert(node) {
                continue;
            }
            if self.spec.model.failures < Failures::Byzantine {
                self.break_assumption(|failures| {
                    format!("{node} became Byzantine, but the model says `failures: {failures:?}`")
                });
            }
            let is_second = self.identity(node) != node;
            if !self.spec.tolerates_byzantine && !is_second {
                continue;
            }
            self.status[node.index()].set(Status::UNSEEN);
            self.byzantine.unseen.insert(node);
            if self.status[node.index()].has(Status::UP) && !is_second {
                let last = self.steps.saturating_sub(1);
                self.properties.crash(&view!(self, last), node);
            }
        }
    }

    /// A Byzantine fault ends for these nodes.
    pub(super) fn note_end_of_deeds(&mut self, fault: u32, nodes: &[NodeId]) {
        let now = self.now();
        let reports = self.byzantine.reports.iter_mut().rev();
        let open = reports.filter(|one| one.fault == fault as usize && one.to.is_none());
        open.filter(|one| nodes.contains(&one.node)).for_each(|one| one.to = Some(now));
    }

    /// What a fault makes of the messages of a node from now on.
    pub(super) fn begin_deed(&mut self, deed: Deed<N::Message>) {
        self.byzantine.deeds.push(deed);
        self.watch_senders();
    }

    /// A fault makes nothing any longer of the messages of these nodes.
    pub(super) fn end_deeds(&mut self, fault: u32, nodes: &[NodeId]) {
        self.byzantine.deeds.retain(|deed| deed.fault != fault || !nodes.contains(&deed.who));
        self.note_end_of_deeds(fault, nodes);
        self.watch_senders();
    }

    /// Tells the network whether somebody has to be asked what becomes of a message.
    pub(super) fn watch_senders(&mut self) {
        let in_force = self.byzantine.is_in_force() || self.is_split();
        self.network.set_betrayed(in_force);
    }

    /// What a Byzantine sender makes of a message that leaves. Each fault in force draws for each
    /// message that it is about.
    #[cold]
    pub(super) fn misbehave(
        &mut self,
        envelope: &Envelope,
        parcel: Parcel,
        kind: usize,
    ) -> Misconduct<N::Message> {
        let mut lost = self.withholds(envelope, envelope.to).then_some(Loss::Withheld);
        let mut again = Vec::new();
        let draws_ties = self.agenda.draws_ties();
        for deed in &mut self.byzantine.deeds {
            if !deed.meets(envelope, kind) {
                continue;
            }
            self.faults[deed.fault as usize].touched = true;
            let message = self.agenda.message(parcel);
            let mut lie = None;
            match &mut deed.does {
                Does::Withhold => lost = Some(Loss::Withheld),
                Does::Tamper(share) => {
                    if happens(deed.stream.word(), *share) {
                        lie = Some(other(message, None, &mut deed.stream));
                    }
                }
                Does::Lie => {
                    lie = Some(other(message, Some(envelope.from), &mut deed.stream.clone()));
                }
                Does::Replay { share, instead, receivers, sent } => {
                    let old = draw_old(&mut deed.stream, *share, receivers, sent);
                    let (words, tie) = draw_words(&mut deed.stream, draws_ties);
                    sent.push_back(message.clone());
                    if sent.len() > REMEMBERED {
                        sent.pop_front();
                    }
                    match old {
                        Some((_, message)) if *instead => {
                            // It was not sent after all.
                            sent.pop_back();
                            lie = Some(Some(message));
                        }
                        Some((to, message)) => again.push(Again { to, message, words, tie }),
                        None => {}
                    }
                }
            }
            match lie {
                Some(Some(message)) => {
                    self.digest.pair(LIE, self.spec.faults[deed.fault as usize].id);
                    self.digest.value_of(&message);
                    self.agenda.replace_message(parcel, message);
                }
                Some(None) => lost = lost.or(Some(Loss::Corrupted)),
                None => {}
            }
        }
        Misconduct { lost, again }
    }

    /// A message is sent once more, beside the one of this envelope: a send of its own, counted as
    /// a retransmission.
    #[cold]
    pub(super) fn send_again<O: Observer<N> + ?Sized>(
        &mut self,
        beside: &Envelope,
        again: Again<N::Message>,
        watch: &mut O,
    ) {
        let Again { to, message, words, tie } = again;
        if self.withholds(beside, to) {
            return;
        }
        let kind = message.kind();
        self.tally.sent[kind] += 1;
        self.tally.resent[kind] += 1;
        if self.spec.bytes {
            self.tally.bytes += message.size() as u64;
        }
        self.digest.pair(AGAIN, u64::from(to.number()));
        self.digest.value_of(&message);
        let id = self.agenda.next_sequence();
        let Ok(parcel) = self.agenda.enclose(message) else { return self.too_many_pending() };
        let (copied, copy) = (false, false);
        let envelope = Envelope { id, to, tie, copied, copy, ..*beside };
        self.travel(envelope, parcel, kind, &words, watch);
    }
}

/// Other content in the place of a message's, if there is any.
fn other<M: Message>(message: &M, signer: Option<NodeId>, stream: &mut Stream) -> Option<M> {
    let mut choose = |alternatives| below(stream.word(), alternatives);
    message.mutate(&mut Mutation::new(signer, &mut choose))
}

/// A message that was sent before, and to whom it is sent now, if one is. It takes the same number
/// of words either way.
fn draw_old<M: Clone>(
    stream: &mut Stream,
    share: Ratio,
    receivers: &[NodeId],
    sent: &VecDeque<M>,
) -> Option<(NodeId, M)> {
    let (whether, which, whom) = (stream.word(), stream.word(), stream.word());
    let place = |word, of: usize| usize::try_from(below(word, of as u64)).expect("an index");
    if sent.is_empty() || receivers.is_empty() || !happens(whether, share) {
        return None;
    }
    Some((receivers[place(whom, receivers.len())], sent[place(which, sent.len())].clone()))
}

/// The words of chance of a message that is sent again, which are the fault's.
fn draw_words(stream: &mut Stream, draws_ties: bool) -> (Words, u8) {
    let (delay, loss, twice) = (stream.word(), stream.word(), stream.word());
    let (copy_delay, copy_tie, tie) = (stream.word(), stream.word(), stream.word());
    let tie_of = |word| if draws_ties { 1 + below(word, TIES) as u8 } else { 0 };
    (Words { delay, loss, twice, copy_delay, copy_tie: tie_of(copy_tie) }, tie_of(tie))
}

// What a Byzantine message begins with in the digest.
const LIE: u64 = 0x6c69_6500_0000_0000;
const AGAIN: u64 = 0x6167_6169_0000_0000;
