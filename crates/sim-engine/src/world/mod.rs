//! [`World`]: all nodes, disks, clocks, timers and messages in flight, at one instant.

mod agenda;
mod alerts;
mod arming;
mod arrivals;
mod between;
mod byzantine;
mod calm;
mod cuts;
mod disk;
mod effects;
mod endless;
pub(crate) mod faults;
mod growth;
mod inbox;
mod links;
mod memory;
mod network;
mod nodes;
mod pace;
mod past_disk;
mod reached;
mod requests;
mod result;
mod run;
mod step;
mod strikes;
mod targets;
mod triggers;
mod twins;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sim_check::{Found, Properties, SimTime};
use sim_node::{Effect, Node, NodeId, Role};

use crate::chance::{Chance, Purpose, below};
use crate::clock::Clock;
use crate::digest::Digest;
use crate::plan::Plan;
use crate::queue::PENDING_MAX;
use crate::record::Record;
use crate::{AssumptionBroken, CrashReport, Delay, Outcome, WorldSpec};

use agenda::{Agenda, TIES};
use alerts::Alerts;
use byzantine::Byzantine;
use endless::Looks;
use faults::{ClockUse, FaultState};
use memory::Memory;
use network::{Envelope, Network};
use nodes::{Cell, Configured, Status};
use reached::{Demands, Marked};
use requests::{Requests, Told};
use twins::Twin;

/// All nodes, disks, clocks, timers and messages in flight, at one instant of virtual time.
///
/// Same specification, same seed, same history. A world can be cloned at any instant and run on:
/// the clone's history is the one that the original would have had.
///
/// `N` is the protocol, `P` the properties that watch it (`()` for none).
#[derive(Clone)]
pub struct World<N: Node, P: Properties<N>> {
    spec: Arc<WorldSpec<N>>,
    plan: Arc<Plan>,
    /// How many nodes there are, second instances apart.
    nodes: usize,

    /// Virtual time in nanoseconds.
    now: u64,
    /// When something happened last; earlier than now in a run that was stopped in between.
    happened: u64,
    /// How many steps were handled; the index of the next.
    steps: u64,
    agenda: Agenda<Pending, N::Message, N::Timer>,
    network: Network,

    /// By number; `None` while down. Second instances stand behind the nodes, here and in what else
    /// goes by number.
    states: Vec<Option<N>>,
    status: Vec<Status>,
    incarnations: Vec<u32>,
    /// What is looked at only when the status says so.
    cells: Vec<Cell<N>>,
    /// Empty when all nodes have the scenario's one configuration, for the whole run.
    configs: Vec<Configured<N>>,
    /// Empty when all clocks show true time.
    clocks: Vec<Clock>,
    /// Who has looked at its clocks; of no interest when all show true time.
    clock_use: Vec<ClockUse>,
    /// Empty when nobody asks for roles.
    roles: Vec<Option<Role>>,

    chance: Chance,
    faults: Vec<FaultState>,
    /// Faults that wait for a trigger, and mobile faults in force.
    alerts: Alerts,
    /// Faults whose target does not exist yet.
    waiting: Vec<u32>,
    byzantine: Byzantine<N::Message>,
    /// Nodes that have been split, in order.
    twins: Vec<Twin>,

    properties: P,
    digest: Digest,
    record: Record,
    tally: Tally,
    phase: Phase,
    core: Option<BTreeSet<NodeId>>,
    assumption_broken: Option<AssumptionBroken>,
    looks: Looks,
    requests: Requests,
    /// What the step under way has told of requests.
    told: Vec<Told>,
    /// In the order in which they were first emitted.
    marks: Vec<Marked>,
    /// What the scenario demands to be reached.
    reached: Demands,
    crashes: Vec<CrashReport>,
    /// The effects of the step under way; kept for its allocation.
    effects: Vec<Effect<N>>,
    /// The step after which states are digested next.
    checkpoint: u64,
    /// The step after which it is seen next whether something is due: a checkpoint, or to ask the
    /// properties what they keep.
    look_after: u64,
    /// Who is inside a handler, in case it panics.
    acting: Option<NodeId>,
    /// When it looks at its memory again.
    memory: Memory,
    /// Whether somebody wants to be told what happens.
    is_watched: bool,
}

/// What is going to happen. The messages of the first two are in parcels of the agenda.
#[derive(Clone, Copy, Debug)]
enum Pending {
    Message(Envelope),
    /// A message of a node to itself.
    Own {
        node: NodeId,
        incarnation: u32,
        step: u64,
    },
    Start {
        node: NodeId,
        incarnation: u32,
    },
    /// An index into the workload.
    Request(u32),
    Synced {
        node: NodeId,
        incarnation: u32,
    },
    /// The node halts, as its disk is full.
    Halts {
        node: NodeId,
        incarnation: u32,
    },
    /// The service of an event ends.
    Served {
        node: NodeId,
        incarnation: u32,
    },
    /// The node turns to the next event of its queue.
    Next {
        node: NodeId,
        incarnation: u32,
    },
    FaultBegins(u32),
    /// A fault begins to wait for its trigger.
    FaultWaits(u32),
    /// A fault that holds does the next of several things.
    FaultGoesOn(u32),
    FaultEnds(u32),
    Calm,
}

/// What is counted.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// By kind.
    sent: Vec<u64>,
    resent: Vec<u64>,
    handled: u64,
    lost: u64,
    bytes: u64,
    /// Of duplicated messages: how many copies are under way, and whether one was handled.
    copies: BTreeMap<u64, (u8, bool)>,
}

/// How far the run is.
#[derive(Clone, Debug, PartialEq)]
enum Phase {
    /// Up to the deadline.
    Due,
    /// Beyond the deadline with obligations of these claims.
    Late(BTreeSet<&'static str>),
    /// Over.
    Over(End),
}

/// Why the run is over.
#[derive(Clone, Debug, PartialEq)]
enum End {
    /// Every obligation was met; those of these claims late.
    Settled { late: BTreeSet<&'static str> },
    /// These obligations were never met; those of some other claims late.
    Unmet { obligations: Vec<(&'static str, sim_check::Obligation)>, late: BTreeSet<&'static str> },
    /// A property was violated at this step.
    Violated { step: u64 },
    /// A handler panicked, or a property.
    Panicked(Panicked),
    /// A budget ran out, in words.
    Budget(String),
}

/// A panic: of the handler of a node, or of a property, which blames no node.
#[derive(Clone, Debug, PartialEq)]
struct Panicked {
    node: Option<NodeId>,
    step: Option<u64>,
    found: Found,
    detail: String,
}

/// The world as properties see it; a macro, so that the properties can be borrowed beside it.
macro_rules! view {
    ($world:expr, $step:expr) => {
        View {
            time: SimTime::from_nanos($world.now),
            step: $step,
            servers: $world.spec.servers,
            config: &*$world.spec.config,
            states: &$world.states,
            core: $world.core.as_ref(),
            byzantine: $world.byzantine.unseen(),
        }
    };
}
use view;

impl<N: Node, P: Properties<N>> World<N, P> {
    /// The world before its first event.
    ///
    /// # Panics
    /// When the specification has no nodes, or more than [`WorldSpec::NODES_MAX`].
    #[must_use]
    pub fn new(spec: Arc<WorldSpec<N>>, seed: u64) -> Self {
        let nodes = spec.servers.saturating_add(spec.others);
        assert!(nodes > 0, "a world needs at least one node");
        assert!(nodes <= WorldSpec::<N>::NODES_MAX, "a world has at most 2^20 nodes");
        let plan = Arc::new(Plan::new(&spec));
        let count = nodes as usize;
        let kinds = <N::Message as sim_node::Message>::KINDS.len();
        let mut world = Self {
            nodes: count,
            now: 0,
            happened: 0,
            steps: 0,
            agenda: Agenda::new(plan.draws_ties),
            network: Network::new(&plan, count, seed),
            states: (0..nodes).map(|_| None).collect(),
            status: vec![Status::default(); count],
            incarnations: vec![0; count],
            cells: Vec::new(),
            configs: Vec::new(),
            clocks: Vec::new(),
            clock_use: vec![ClockUse::default(); if plan.true_clocks { 0 } else { count }],
            roles: vec![None; if plan.asks_roles { count } else { 0 }],
            chance: Chance::new(seed, count),
            faults: spec.faults.iter().map(|planned| FaultState::new(planned, seed)).collect(),
            alerts: Alerts::default(),
            waiting: Vec::new(),
            byzantine: Byzantine::default(),
            twins: Vec::new(),
            properties: {
                let mut properties = P::new(&*spec.config, spec.servers);
                properties.images(&spec.images);
                properties
            },
            digest: Digest::new(),
            record: Record::default(),
            tally: Tally { sent: vec![0; kinds], resent: vec![0; kinds], ..Tally::default() },
            phase: Phase::Due,
            core: None,
            assumption_broken: None,
            looks: Looks::new(spec.steps_max),
            requests: Requests::new(spec.requests.len()),
            told: Vec::new(),
            marks: Vec::new(),
            reached: Demands::new(&spec.reaches, <N::Message as sim_node::Message>::KINDS),
            crashes: Vec::new(),
            effects: Vec::new(),
            checkpoint: plan.checkpoint - 1,
            look_after: memory::ASKED - 1,
            acting: None,
            memory: Memory::new(),
            is_watched: false,
            plan,
            spec,
        };
        world.set_up_nodes();
        world.set_up_agenda();
        world
    }

    /// Virtual time.
    #[must_use]
    pub fn now(&self) -> SimTime {
        SimTime::from_nanos(self.now)
    }

    /// How many steps were handled.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Every node's state, by number; `None` while it is down.
    #[must_use]
    pub fn states(&self) -> &[Option<N>] {
        &self.states[..self.nodes()]
    }

    /// The state of a node, or `None` while it is down.
    #[must_use]
    pub fn state(&self, node: NodeId) -> Option<&N> {
        self.states.get(node.index())?.as_ref()
    }

    /// What a node's disk holds that is durable.
    #[must_use]
    pub fn durable(&self, node: NodeId) -> Option<&N::Stable> {
        Some(&self.cells.get(node.index())?.disk)
    }

    /// Who did what when, so far.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The properties that watch the world.
    #[must_use]
    pub fn properties(&self) -> &P {
        &self.properties
    }

    /// What became of the run so far; final once [`World::step`] has returned false.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.result()
    }

    /// How many nodes there are, second instances apart.
    #[inline]
    fn nodes(&self) -> usize {
        self.nodes
    }

    /// Every node in order.
    fn everybody(&self) -> impl Iterator<Item = NodeId> + use<N, P> {
        (0..self.spec.servers + self.spec.others).map(NodeId::new)
    }

    /// A drawn place, from 1, among the events of one instant; 0 when they happen first in, first
    /// out.
    #[inline]
    fn tie(&mut self, purpose: Purpose, node: NodeId) -> u8 {
        if !self.agenda.draws_ties() {
            return 0;
        }
        1 + below(self.chance.word(purpose, node), TIES) as u8
    }

    /// Plans an event that a node causes, with a drawn place when ties are drawn.
    fn plan_drawn(&mut self, time: u64, purpose: Purpose, node: NodeId, pending: Pending) {
        let sequence = self.agenda.next_sequence();
        let tie = self.tie(purpose, node);
        self.push(time, tie, sequence, pending);
    }

    /// Plans an event of the world's own, which comes before those that nodes cause at its instant
    /// when ties are drawn.
    fn plan_first(&mut self, time: u64, pending: Pending) {
        let sequence = self.agenda.next_sequence();
        self.push(time, 0, sequence, pending);
    }

    #[inline(always)]
    fn push(&mut self, time: u64, tie: u8, sequence: u64, pending: Pending) {
        if self.agenda.push(time, tie, sequence, pending).is_err() {
            self.too_many_pending();
        }
    }

    #[cold]
    fn too_many_pending(&mut self) {
        if !matches!(self.phase, Phase::Over(_)) {
            let why = self.too_much_pending(PENDING_MAX);
            self.phase = Phase::Over(End::Budget(why));
        }
    }

    /// What happens before and at the first instant, and what the scenario has planned: cuts and
    /// other lasting faults, then the starts, then everything else.
    fn set_up_agenda(&mut self) {
        let spec = Arc::clone(&self.spec);
        for (index, planned) in spec.faults.iter().enumerate() {
            if !planned.kind().is_momentary() {
                self.plan_fault(index, planned);
            }
        }
        for node in self.everybody() {
            self.plan_first(0, Pending::Start { node, incarnation: 0 });
        }
        for (index, planned) in spec.faults.iter().enumerate() {
            if planned.kind().is_momentary() {
                self.plan_fault(index, planned);
            }
        }
        if let Some(calm) = spec.calm {
            self.plan_first(calm.at.as_nanos(), Pending::Calm);
        }
        for (index, (time, node, _)) in spec.requests.iter().enumerate() {
            if node.index() >= self.nodes() {
                continue;
            }
            let index = u32::try_from(index).expect("a workload has fewer requests");
            let request = Pending::Request(index);
            self.plan_drawn(time.as_nanos(), Purpose::RequestTie, *node, request);
        }
    }
}

/// One draw of a duration that may be random, by the rule that a purpose in use draws for every
/// event.
fn draw(chance: &mut Chance, in_use: bool, purpose: Purpose, node: NodeId, delay: &Delay) -> u64 {
    let word = if in_use { chance.word(purpose, node) } else { 0 };
    delay.draw(word)
}
