//! [`Property`]: one named claim, and the hooks through which it sees a run.

use std::collections::{BTreeMap, BTreeSet};

use sim_node::{Effect, Event, Node, NodeId};

use crate::{Claim, HistoryLines, Judge, Obligation, SimTime, Wait};

/// The world as a property sees it at one instant.
pub struct View<'a, N: Node> {
    /// Virtual time.
    pub time: SimTime,
    /// The index of the step under way; in hooks between steps, that of the last one.
    pub step: u64,
    /// How many servers there are; they are nodes `0..servers`.
    pub servers: u32,
    /// The protocol's configuration.
    pub config: &'a N::Config,
    /// Every node's state, by number; `None` while it is down.
    pub states: &'a [Option<N>],
    /// The servers to which liveness applies, once the calm has begun. Before that, and in a
    /// scenario without a calm, every node that is up counts.
    pub core: Option<&'a BTreeSet<NodeId>>,
    /// The nodes that a Byzantine fault has struck, however long ago, of a protocol that tolerates
    /// such nodes; `None` for nobody. To properties they are down for good: their state is not
    /// shown, and of their steps no hook is called.
    pub byzantine: Option<&'a BTreeSet<NodeId>>,
}

impl<'a, N: Node> View<'a, N> {
    /// The state of a node, or `None` while it is down, and of a Byzantine one.
    #[must_use]
    pub fn state(&self, node: NodeId) -> Option<&'a N> {
        if self.is_byzantine(node) {
            return None;
        }
        self.states.get(node.index())?.as_ref()
    }

    /// Whether a node is Byzantine to properties, see [`View::byzantine`].
    #[must_use]
    pub fn is_byzantine(&self, node: NodeId) -> bool {
        self.byzantine.is_some_and(|byzantine| byzantine.contains(&node))
    }

    /// The nodes that are up and not Byzantine, in order of their numbers. It looks at every node:
    /// for the end of a run and for rare events, not for each step.
    pub fn up(&self) -> impl Iterator<Item = (NodeId, &'a N)> + use<'a, N> {
        let states = self.states.iter().enumerate();
        let byzantine = self.byzantine;
        states.filter_map(move |(number, state)| {
            let number = u32::try_from(number).expect("node numbers are 32 bits");
            let node = NodeId::new(number);
            let is_byzantine = byzantine.is_some_and(|byzantine| byzantine.contains(&node));
            (!is_byzantine).then_some((node, state.as_ref()?))
        })
    }

    /// The nodes to which liveness applies: they are up, not Byzantine and, once there is a core,
    /// inside it or not servers.
    pub fn correct(&self) -> impl Iterator<Item = (NodeId, &'a N)> + use<'a, N> {
        let (core, servers) = (self.core, self.servers);
        self.up().filter(move |(node, _)| {
            node.number() >= servers || core.is_none_or(|core| core.contains(node))
        })
    }
}

/// One named claim about a run. Ghost state, such as all votes ever cast, lives in the property.
///
/// Every hook may report to the [`Judge`]. Hooks run in every build and in every run, so their cost
/// must depend on what changed and not on the number of nodes.
pub trait Property<N: Node>: Clone + 'static {
    /// The claim in words.
    const CLAIM: Claim;

    /// Makes the property at the beginning of a run, before any node has started.
    fn new(config: &N::Config, servers: u32) -> Self;

    /// What lies on the disks when the run begins, of nodes for which a scenario gives it; called
    /// once, before any node has started.
    fn images(&mut self, _: &BTreeMap<NodeId, N::Stable>) {}

    /// A node is about to handle an event. The states are those since the step before: a claim
    /// about how long something lasted is judged here. A violation that is reported here does not
    /// blame the step ([`Found::BeforeStep`](crate::Found)); the steps to blame are its witnesses.
    fn before(&mut self, _: &View<'_, N>, _: NodeId, _: &Event<N>, _: &mut Judge) {}

    /// A node has handled an event, with these effects (those that took place, when it crashed
    /// inside the step: then its state is gone and [`Property::crash`] follows).
    fn after(&mut self, _: &View<'_, N>, _: NodeId, _: &[Effect<N>], _: &mut Judge) {}

    /// A node has indicated something to the layer above: at the end of the step that emitted it,
    /// or when the disk released it from behind a barrier. Claims about indications (decisions,
    /// deliveries, suspicions) belong here and not into [`Property::after`], whose effects may
    /// still be held and then be lost.
    fn indicated(&mut self, _: &View<'_, N>, _: NodeId, _: &N::Indication, _: &mut Judge) {}

    /// A node has crashed, or a Byzantine fault has struck it; its state is gone. A Byzantine node
    /// does not return.
    fn crash(&mut self, _: &View<'_, N>, _: NodeId, _: &mut Judge) {}

    /// A node is about to start again.
    fn restart(&mut self, _: &View<'_, N>, _: NodeId, _: &mut Judge) {}

    /// The storm is over: the core is up and connected for good.
    fn calm(&mut self, _: &View<'_, N>, _: &mut Judge) {}

    /// The run has ended, and no safety property was violated. The time is the deadline, or later
    /// when an obligation was met late; the states have lasted since the last step.
    fn end(&mut self, _: &View<'_, N>, _: &mut Judge) {}

    /// The obligation that is unmet, if any. It is called at the deadline, and then after each step
    /// until no property has an unmet obligation.
    fn unmet(&self, _: &View<'_, N>) -> Option<Obligation> {
        None
    }

    /// About how many bytes it keeps for the rest of the run: its share of the run's memory. A
    /// property whose ghost state grows with the run says so here, and counts as it goes: it is
    /// asked every thousand steps or so. What is bounded by the number of nodes need not be told.
    ///
    /// Bytes are counted by content, as in [`size_in_memory`](crate::size_in_memory), and not asked
    /// of the allocator: a run that ends for want of memory ends at the same step everywhere.
    fn kept(&self) -> u64 {
        0
    }

    /// What the clients asked and were told in the run, as lines of JSON: for the property that
    /// keeps that history.
    fn history(&self) -> Option<HistoryLines> {
        None
    }

    /// When each operation of the clients was under way, in the order of their invocations: for the
    /// property that keeps that history.
    fn waits(&self, _each: &mut dyn FnMut(Wait)) {}
}
