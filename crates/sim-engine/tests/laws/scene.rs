//! A scene: a world of scripted nodes, built line by line and run.

use std::sync::Arc;

use sim_check::{Properties, SimTime};
use sim_engine::{
    Calm, ClockSpec, Delay, DiskLoss, DiskSpec, Fault, Link, Network, NodeSet, Occasion, Outcome,
    PlannedFault, Reach, ServiceSpec, Situation, Target, Transport, Trigger, When, Work, World,
    WorldSpec, faults,
};
use sim_node::{NodeId, Ratio};

use crate::history::{Ears, History};
use crate::toy::{Book, Script, Toy, ms};

/// A world of scripted nodes: datagram links of one millisecond and a second of time, unless it
/// says otherwise.
#[derive(Clone, Debug)]
pub struct Scene(pub WorldSpec<Toy>);

/// What became of a scene.
pub struct Run {
    pub history: History,
    /// Indications: `5ms n0 says 1`.
    pub said: Vec<String>,
    pub outcome: Outcome,
    pub world: World<Toy, Ears>,
}

impl Scene {
    pub fn new(servers: u32, script: Script) -> Self {
        let link = Link {
            delay: Delay::Constant(ms(1)),
            loss: Ratio::ZERO,
            duplication: Ratio::ZERO,
            fifo: false,
        };
        let network = Network::new(Transport::Datagram, link);
        Self(WorldSpec::new(script, servers, network, at(1_000)))
    }

    pub fn others(mut self, others: u32) -> Self {
        self.0.others = others;
        self
    }

    pub fn delay(mut self, delay: Delay) -> Self {
        self.0.network.link.delay = delay;
        self
    }

    pub fn stream(mut self) -> Self {
        self.0.network.transport = Transport::Stream;
        self
    }

    pub fn fifo(mut self) -> Self {
        self.0.network.link.fifo = true;
        self
    }

    pub fn sync(mut self, who: NodeSet, sync: Delay) -> Self {
        self.0.disks.push(DiskSpec { who, sync });
        self
    }

    pub fn clock(mut self, clock: ClockSpec) -> Self {
        self.0.clocks.push(clock);
        self
    }

    /// Every event of this kind takes a node so many milliseconds.
    pub fn service(mut self, node: u32, what: Work, millis: u64) -> Self {
        let time = Delay::Constant(ms(millis));
        self.0.service.push(ServiceSpec { who: NodeSet::Node(node), what, time });
        self
    }

    pub fn image(mut self, node: u32, records: &[u32]) -> Self {
        self.0.images.insert(NodeId::new(node), Book(records.to_vec()));
        self
    }

    pub fn request(mut self, millis: u64, node: u32, request: u32) -> Self {
        self.0.requests.push((at(millis), NodeId::new(node), request));
        self
    }

    /// The next fault, `f0`, `f1` and so on; it draws by its place.
    pub fn fault(mut self, when: When, fault: Fault) -> Self {
        let id = self.0.faults.len() as u64;
        self.0.faults.push(PlannedFault { lasts: None, id, label: format!("f{id}"), when, fault });
        self
    }

    /// The same, for so many milliseconds from when it strikes.
    pub fn lasting(self, when: When, fault: Fault, lasts: u64) -> Self {
        let mut scene = self.fault(when, fault);
        scene.0.faults.last_mut().expect("it is there").lasts = Some(ms(lasts));
        scene
    }

    /// It has to happen so often, at this node if one is named.
    pub fn reach(mut self, what: Situation, at: Option<u32>, times: u64) -> Self {
        let label = format!("{what:?}");
        self.0.reaches.push(Reach { label, what, at, times });
        self
    }

    pub fn calm(mut self, millis: u64, bound: u64) -> Self {
        self.0.calm = Some(Calm { at: at(millis), bound: ms(bound) });
        self
    }

    pub fn deadline(mut self, millis: u64) -> Self {
        self.0.deadline = at(millis);
        self
    }

    pub fn run(&self) -> Run {
        self.seed(0)
    }

    pub fn seed(&self, seed: u64) -> Run {
        let mut world = self.world::<Ears>(seed);
        let mut history = History::default();
        let outcome = world.run_watched(None, &mut history);
        Run { history, said: world.properties().said.clone(), outcome, world }
    }

    pub fn world<P: Properties<Toy>>(&self, seed: u64) -> World<Toy, P> {
        World::new(Arc::new(self.0.clone()), seed)
    }
}

/// An instant in milliseconds.
pub fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// `At` an instant in milliseconds.
pub fn when(millis: u64) -> When {
    When::At(at(millis))
}

/// `Between` two instants in milliseconds.
pub fn between(from: u64, to: u64) -> When {
    When::Between(at(from), at(to))
}

/// On an occasion, the first time and at any node.
pub fn on(on: Occasion) -> When {
    When::On(Trigger::new(on))
}

/// A crash between steps, for so many milliseconds or for good; a drawn prefix of what was not
/// durable survives.
pub fn crash(node: u32, down: Option<u64>) -> Fault {
    crash_losing(node, down, DiskLoss::Prefix)
}

/// A crash between steps that does so to the disk.
pub fn crash_losing(node: u32, down: Option<u64>, disk: DiskLoss) -> Fault {
    Fault::from(faults::Crash {
        who: Target::Node(node),
        down: down.map(ms),
        disk,
        inside: None,
        settings: None,
    })
}
