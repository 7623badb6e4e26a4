//! [`WorldSpec`]: everything that a run is made of, but for the seed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_check::{Core, SimTime};
use sim_node::{Drift, Duration, Node, NodeId, Offset};

use crate::{Delay, Network, PlannedFault, Reach};

/// A scenario as the engine takes it: names resolved, quantities checked.
#[derive(Debug)]
pub struct WorldSpec<N: Node> {
    /// The protocol's configuration.
    pub config: Arc<N::Config>,
    /// The configurations of nodes that have another one at their first start.
    pub own_configs: BTreeMap<NodeId, Arc<N::Config>>,
    /// What the victims of a fault are configured with at every later start, by the stable number
    /// of the fault.
    pub new_configs: BTreeMap<u64, Configs<N>>,
    /// How many servers: nodes `0..servers`.
    pub servers: u32,
    /// How many other nodes: `servers..servers + others`.
    pub others: u32,
    /// The links.
    pub network: Network,
    /// How long a sync of a disk takes; nothing by default. Later entries win.
    pub disks: Vec<DiskSpec>,
    /// Offsets and drifts of clocks; true time by default. Later entries win.
    pub clocks: Vec<ClockSpec>,
    /// How long events take to handle; nothing by default. Later entries win.
    pub service: Vec<ServiceSpec>,
    /// Disks that are not empty at the first start.
    pub images: BTreeMap<NodeId, N::Stable>,
    /// The plain workload. A request to a node that does not exist is left out.
    pub requests: Vec<(SimTime, NodeId, N::Request)>,
    /// Sets of nodes by name, for targets of faults.
    pub sets: BTreeMap<String, NodeSet>,
    /// What is done to the world.
    pub faults: Vec<PlannedFault>,
    /// What has to happen, or else the run is undecided.
    pub reaches: Vec<Reach>,
    /// The end of the storm; without it, faults may go on to the deadline.
    pub calm: Option<Calm>,
    /// When liveness is due, and the run ends.
    pub deadline: SimTime,
    /// Whether an obligation that is unmet is a violation. If not, the run ends at its deadline and
    /// [`Outcome::unmet`](crate::Outcome::unmet) tells of it.
    pub demands_liveness: bool,
    /// Whether the protocol tolerates Byzantine nodes, so that its claims are about correct nodes
    /// only: to its properties, a node that a Byzantine fault has struck has crashed for good. The
    /// properties of a protocol that tolerates none go on to see what such a node does by its
    /// program; only what it sends is false.
    pub tolerates_byzantine: bool,
    /// Which servers the calm brings back.
    pub core: Core,
    /// What the scenario assumes of the world.
    pub model: Model,
    /// In which order events of one instant happen.
    pub ties: Ties,
    /// Whether to account for the bytes of messages.
    pub bytes: bool,
    /// The most steps a run may make, at most [`WorldSpec::STEPS_MAX`].
    pub steps_max: u64,
    /// How many bytes a run may keep at most, in messages that wait anywhere, unsynced writes,
    /// states and its record; see `docs/SCENARIOS.md`.
    pub memory_max: u64,
}

/// Derived, it would ask for a configuration that can be cloned.
impl<N: Node> Clone for WorldSpec<N> {
    fn clone(&self) -> Self {
        Self {
            config: Arc::clone(&self.config),
            own_configs: self.own_configs.clone(),
            new_configs: self.new_configs.clone(),
            servers: self.servers,
            others: self.others,
            network: self.network.clone(),
            disks: self.disks.clone(),
            clocks: self.clocks.clone(),
            service: self.service.clone(),
            images: self.images.clone(),
            requests: self.requests.clone(),
            sets: self.sets.clone(),
            faults: self.faults.clone(),
            reaches: self.reaches.clone(),
            calm: self.calm,
            deadline: self.deadline,
            demands_liveness: self.demands_liveness,
            tolerates_byzantine: self.tolerates_byzantine,
            core: self.core,
            model: self.model.clone(),
            ties: self.ties,
            bytes: self.bytes,
            steps_max: self.steps_max,
            memory_max: self.memory_max,
        }
    }
}

impl<N: Node> WorldSpec<N> {
    /// The default budget of steps.
    pub const STEPS_DEFAULT: u64 = 10_000_000;
    /// The greatest budget of steps.
    pub const STEPS_MAX: u64 = 1 << 32;
    /// The default budget of memory, in bytes: 1 GiB.
    pub const MEMORY_DEFAULT: u64 = 1 << 30;
    /// The most nodes a world may have.
    pub const NODES_MAX: u32 = 1 << 20;

    /// A world of `servers` nodes with the given network, true clocks, disks that sync at once, no
    /// faults and no workload, which ends at `deadline`.
    #[must_use]
    pub fn new(
        config: impl Into<Arc<N::Config>>,
        servers: u32,
        network: Network,
        deadline: SimTime,
    ) -> Self {
        Self {
            config: config.into(),
            own_configs: BTreeMap::new(),
            new_configs: BTreeMap::new(),
            servers,
            others: 0,
            network,
            disks: Vec::new(),
            clocks: Vec::new(),
            service: Vec::new(),
            images: BTreeMap::new(),
            requests: Vec::new(),
            sets: BTreeMap::new(),
            faults: Vec::new(),
            reaches: Vec::new(),
            calm: None,
            deadline,
            demands_liveness: true,
            tolerates_byzantine: true,
            core: Core::Majority,
            model: Model::default(),
            ties: Ties::FirstIn,
            bytes: false,
            steps_max: Self::STEPS_DEFAULT,
            memory_max: Self::MEMORY_DEFAULT,
        }
    }
}

/// A configuration for every node.
#[derive(Debug)]
pub struct Configs<N: Node> {
    /// That of nodes that have none of their own.
    pub usual: Arc<N::Config>,
    /// Those of nodes that have another one.
    pub own: BTreeMap<NodeId, Arc<N::Config>>,
}

/// Derived, it would ask for a node that can be cloned.
impl<N: Node> Clone for Configs<N> {
    fn clone(&self) -> Self {
        Self { usual: Arc::clone(&self.usual), own: self.own.clone() }
    }
}

impl<N: Node> Configs<N> {
    /// A node's configuration.
    #[must_use]
    pub fn of(&self, node: NodeId) -> &Arc<N::Config> {
        self.own.get(&node).unwrap_or(&self.usual)
    }
}

/// A set of nodes that is known before the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeSet {
    /// All nodes.
    #[default]
    All,
    /// All servers.
    Servers,
    /// All nodes that are not servers.
    Others,
    /// One node.
    Node(u32),
    /// These nodes.
    Nodes(Vec<u32>),
    /// The nodes of the scenario's set of this name, which takes its place before a run: nobody.
    Set(String),
}

impl NodeSet {
    /// Whether a node belongs to it, in a world of so many servers.
    #[must_use]
    pub fn contains(&self, node: NodeId, servers: u32) -> bool {
        let number = node.number();
        match self {
            Self::All => true,
            Self::Servers => number < servers,
            Self::Others => number >= servers,
            Self::Node(one) => number == *one,
            Self::Nodes(some) => some.contains(&number),
            Self::Set(_) => false,
        }
    }
}

/// How long a sync of some disks takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiskSpec {
    /// Whose.
    #[serde(default)]
    pub who: NodeSet,
    /// How long.
    pub sync: Delay,
}

/// Offset and drift of some clocks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockSpec {
    /// Whose.
    #[serde(default)]
    pub who: NodeSet,
    /// What the clocks show more (or less) than true time at the beginning; a monotonic clock
    /// never shows less than zero.
    #[serde(default)]
    pub offset: Offset,
    /// How much too fast they run.
    #[serde(default)]
    pub drift: Drift,
    /// Adds an offset drawn for each node, up to so much in both directions.
    #[serde(default)]
    pub offset_within: Duration,
    /// Adds a drift drawn for each node, up to so much in both directions.
    #[serde(default)]
    pub drift_within: Drift,
}

/// How long some events take some nodes. A node handles one event at a time, in order of arrival,
/// and the effects of an event leave at the end of its service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceSpec {
    /// Whose time.
    pub who: NodeSet,
    /// For what.
    pub what: Work,
    /// How long.
    pub time: Delay,
}

/// What takes service time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// Every event.
    #[default]
    Any,
    /// Messages of every kind.
    Messages,
    /// Messages of the kind with this index.
    Kind(usize),
    /// Timers.
    Timers,
    /// Requests.
    Requests,
    /// Completions of the disk.
    Disk,
}

/// The end of the storm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calm {
    /// When.
    pub at: SimTime,
    /// How long a message may travel from then on; what is in flight arrives within it or is lost.
    pub bound: Duration,
}

/// In which order events of one instant happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ties {
    /// In the order in which they were caused.
    #[default]
    FirstIn,
    /// In a drawn order.
    Drawn,
}

/// What a scenario assumes of the world. The engine reports the first event that breaks it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// How late messages may be.
    #[serde(default)]
    pub timing: Timing,
    /// How nodes and links may fail.
    #[serde(default)]
    pub failures: Failures,
    /// The scenario breaks its assumption on purpose, to show what happens then.
    #[serde(default)]
    pub broken: bool,
}

/// A timing model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Timing {
    /// Messages take any finite time (Fischer, Lynch, Paterson 1985).
    #[default]
    Asynchronous,
    /// From `after` on, which no node knows, messages take at most `bound` (Dwork, Lynch,
    /// Stockmeyer 1988).
    PartiallySynchronous {
        /// The bound.
        bound: Duration,
        /// The global stabilisation time.
        after: Duration,
    },
    /// Messages take at most `bound` (Lynch 1996, chapter 2).
    Synchronous {
        /// The bound.
        bound: Duration,
    },
}

/// A failure model; each allows what the ones before it allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Failures {
    /// Nothing fails.
    None,
    /// Nodes crash and stay down.
    CrashStop,
    /// Nodes crash and return with their disks.
    CrashRecovery,
    /// Messages are lost besides.
    Omission,
    /// Nodes do what they like besides, but cannot forge a signature.
    Byzantine,
    /// Anything.
    #[default]
    Any,
}
