//! [`Plan`]: what a scenario's network and faults come to, worked out once before the run.

use sim_check::SimTime;
use sim_node::{Message, Node, NodeId};

use crate::fault::Part;
use crate::{Delay, Failures, Network, Situation, Ties, Timing, Transport, When, WorldSpec};

/// Facts about a [`WorldSpec`] that the run asks for at every event.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The scenario's links.
    pub(crate) network: Network,
    /// Every link is a datagram link with the same delay, and nothing else but its latency.
    pub(crate) plain_links: bool,
    /// Whether a purpose is in use anywhere in the scenario. If so, every send draws one word of
    /// it, needed or not, so that no link's numbers depend on what another link is like.
    pub(crate) draws_delay: bool,
    pub(crate) draws_loss: bool,
    pub(crate) draws_duplication: bool,
    pub(crate) draws_sync: bool,
    /// A fault may take what is durable back to what it was.
    pub(crate) remembers_disks: bool,
    pub(crate) draws_ties: bool,
    /// The size of a message matters to its link.
    pub(crate) asks_sizes: bool,
    pub(crate) stream: bool,
    /// Somebody asks for roles: a target, or a trigger.
    pub(crate) asks_roles: bool,
    /// The scenario demands that some messages are sent.
    pub(crate) watches_sends: bool,
    /// All clocks show true time, for the whole run.
    pub(crate) true_clocks: bool,
    /// The overrides of the network, ready to match.
    pub(crate) overrides: Vec<LinkMatch>,
    /// The assumed bound on delays and the time from which it holds.
    pub(crate) assumed_bound: Option<(u64, u64)>,
    /// The scenario assumes that links between nodes that are up lose nothing.
    pub(crate) assumes_links: bool,
    /// States are digested every so many steps.
    pub(crate) checkpoint: u64,
}

impl Plan {
    pub(crate) fn new<N: Node>(spec: &WorldSpec<N>) -> Self {
        let network = &spec.network;
        let nodes = spec.servers + spec.others;
        let facts = || spec.faults.iter().map(|planned| planned.fault.facts());
        let is_random = |delay: &Delay| !delay.is_constant();
        let mut draws = Draws {
            delay: is_random(&network.link.delay)
                || network.overrides.iter().any(|link| link.delay.as_ref().is_some_and(is_random)),
            loss: !is_zero(network.link.loss)
                || !is_zero(network.packet_loss)
                || network.overrides.iter().any(|link| link.loss.is_some_and(|one| !is_zero(one))),
            duplication: !is_zero(network.link.duplication)
                || network
                    .overrides
                    .iter()
                    .any(|link| link.duplication.is_some_and(|d| !is_zero(d))),
            sync: spec.disks.iter().any(|disk| is_random(&disk.sync)),
            true_clocks: spec.clocks.is_empty(),
        };
        facts().for_each(|facts| draws.add(facts.part));
        let stream = network.transport == Transport::Stream;
        let model = &spec.model;
        Self {
            network: network.clone(),
            plain_links: !stream
                && !network.link.fifo
                && network.overrides.is_empty()
                && !draws.loss
                && !draws.duplication
                && !network.asks_sizes(),
            draws_delay: draws.delay,
            draws_loss: draws.loss,
            draws_duplication: draws.duplication,
            draws_sync: draws.sync,
            remembers_disks: facts().any(|facts| facts.takes_disks_back()),
            asks_sizes: network.asks_sizes(),
            draws_ties: spec.ties == Ties::Drawn,
            stream,
            asks_roles: facts().any(|facts| facts.asks_roles())
                || spec.reaches.iter().any(|reach| reach.what.asks_roles())
                || spec.faults.iter().any(|planned| match &planned.when {
                    When::On(trigger) => trigger.on.asks_roles(),
                    When::At(_) | When::Between(..) | When::Every(_) => false,
                }),
            watches_sends: spec
                .reaches
                .iter()
                .any(|reach| matches!(reach.what, Situation::Sent(_))),
            true_clocks: draws.true_clocks,
            overrides: network.overrides.iter().map(|link| LinkMatch::new(link, nodes)).collect(),
            assumed_bound: match model.timing {
                Timing::Asynchronous => None,
                Timing::PartiallySynchronous { bound, after } => {
                    Some((bound.as_nanos(), after.as_nanos()))
                }
                Timing::Synchronous { bound } => Some((bound.as_nanos(), 0)),
            },
            assumes_links: model.failures < Failures::Omission,
            checkpoint: (1 << 16).max(16 * u64::from(nodes)),
        }
    }
}

fn is_zero(ratio: sim_node::Ratio) -> bool {
    ratio.parts_per_billion() == 0
}

/// What is drawn for in a scenario.
struct Draws {
    delay: bool,
    loss: bool,
    duplication: bool,
    sync: bool,
    true_clocks: bool,
}

impl Draws {
    /// Adds what a fault changes, which is drawn for whether or not the fault is in force.
    fn add(&mut self, part: Part<'_>) {
        let likely = |ratio: Option<sim_node::Ratio>| ratio.is_some_and(|ratio| !is_zero(ratio));
        match part {
            Part::Nodes | Part::Reach | Part::Messages | Part::Disks(None) | Part::Syncs => {}
            Part::Links { delay, loss, duplication } => {
                self.delay |= delay.is_some_and(|delay| !delay.is_constant());
                self.loss |= likely(loss);
                self.duplication |= likely(duplication);
            }
            Part::Disks(Some(sync)) => self.sync |= !sync.is_constant(),
            Part::ClockRate(_) | Part::WallClocks => self.true_clocks = false,
        }
    }
}

/// Which links and kinds of messages parameters are for.
#[derive(Clone, Debug)]
pub(crate) struct LinkMatch {
    from: Option<Vec<bool>>,
    to: Option<Vec<bool>>,
    both: bool,
    kind: Option<usize>,
}

impl LinkMatch {
    fn new(link: &crate::LinkOverride, nodes: u32) -> Self {
        let members = |set: &Option<Vec<NodeId>>| {
            set.as_ref().map(|some| members(some.iter().copied(), nodes as usize))
        };
        Self { from: members(&link.from), to: members(&link.to), both: link.both, kind: link.kind }
    }

    pub(crate) fn of_fault(
        from: Option<Vec<bool>>,
        to: Option<Vec<bool>>,
        both: bool,
        kind: Option<usize>,
    ) -> Self {
        Self { from, to, both, kind }
    }

    pub(crate) fn matches(&self, from: NodeId, to: NodeId, kind: usize) -> bool {
        let within = |set: &Option<Vec<bool>>, node: NodeId| {
            set.as_ref().is_none_or(|set| set.get(node.index()).copied().unwrap_or(false))
        };
        self.kind.is_none_or(|only| only == kind)
            && ((within(&self.from, from) && within(&self.to, to))
                || (self.both && within(&self.from, to) && within(&self.to, from)))
    }
}

/// A set of nodes as a table.
pub(crate) fn members(some: impl IntoIterator<Item = NodeId>, nodes: usize) -> Vec<bool> {
    let mut table = vec![false; nodes];
    for node in some {
        if let Some(member) = table.get_mut(node.index()) {
            *member = true;
        }
    }
    table
}

/// The index of the kind of message with this name.
pub(crate) fn kind_named<N: Node>(name: &str) -> Option<usize> {
    N::Message::KINDS.iter().position(|(kind, _)| *kind == name)
}

/// The end of the window in which a fault may still find its target.
pub(crate) fn window_end<N: Node>(spec: &WorldSpec<N>, when: &When) -> SimTime {
    match when {
        When::Between(_, end) => *end,
        When::At(_) | When::On(_) | When::Every(_) => {
            spec.calm.map_or(spec.deadline, |calm| calm.at)
        }
    }
}
