//! Worlds of replicas, view service and clients, made for tests.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use primary_backup::{Config, Party, PartyConfig, PartyIndication, Reads, Suite};
use service::{ClientConfig, ClientIndication, KeyValue, Loop, Mix, Operation, Routing};
use sim_check::{SimTime, Verdict};
use sim_engine::{
    Delay, Fault, Link, Network, Observer, Outcome, PlannedFault, StepBegins, StepEnds, Transport,
    When, World, WorldSpec, faults,
};
use sim_node::{Duration, Effect, NodeId, Ratio, Share, Span};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A configuration in which nothing is sent again on links that take a millisecond.
pub(crate) fn config(replicas: u32, reads: Reads) -> Config {
    Config {
        retry: ms(500),
        reads,
        lease: ms(150),
        lease_drift: Ratio::ZERO,
        chunk: 4,
        batch: 8,
        ..Config::new(replicas)
    }
}

pub(crate) const PUTS: Mix = Mix { get: 0, put: 1, append: 0, cas: 0, delete: 0 };
pub(crate) const GETS: Mix = Mix { get: 1, put: 0, append: 0, cas: 0, delete: 0 };

/// One client, one operation after the other.
pub(crate) fn one_client(operations: u32, mix: Mix, think: u64) -> KeyValue {
    let arrivals = Loop::Closed { think: Span::exactly(ms(think)) };
    KeyValue { clients: 1, operations, mix, arrivals, timeout: ms(5_000), ..KeyValue::default() }
}

/// A world whose messages take a millisecond each.
pub(crate) fn spec(config: Config, workload: KeyValue, deadline: SimTime) -> WorldSpec<Party> {
    let delay = Delay::Constant(ms(1));
    let link = Link { delay, loss: Ratio::ZERO, duplication: Ratio::ZERO, fifo: false };
    let network = Network::new(Transport::Datagram, link);
    let servers = config.nodes;
    let client = ClientConfig { workload, first: servers + 1, routing: Routing::Single };
    let config = PartyConfig {
        replica: Share { count: servers, config: config.clone() },
        view_service: Share { count: 1, config },
        client: Share { count: client.clients(), config: client },
    };
    let others = config.nodes() - servers;
    WorldSpec { others, ..WorldSpec::new(config, servers, network, deadline) }
}

/// A node crashes for good.
pub(crate) fn crash(spec: &mut WorldSpec<Party>, millis: u64, node: u32) {
    let who = sim_engine::Target::Node(node);
    let fault = Fault::from(faults::Crash {
        who,
        down: None,
        disk: sim_engine::DiskLoss::Prefix,
        inside: None,
        settings: None,
    });
    let id = spec.faults.len() as u64;
    let when = When::At(at(millis));
    spec.faults.push(PlannedFault { lasts: None, id, label: format!("{fault:?}"), when, fault });
}

/// What happened, and when.
#[derive(Default)]
pub(crate) struct Watch {
    step: Option<(SimTime, NodeId)>,
    /// Marks, and who emitted them.
    pub(crate) marks: Vec<(SimTime, NodeId, &'static str)>,
    /// Operations: when each began, and when it was answered.
    pub(crate) operations: Vec<(Operation, SimTime, Option<SimTime>)>,
}

impl Observer<Party> for Watch {
    fn step_begins(&mut self, step: &StepBegins<'_, Party>) {
        self.step = Some((step.time, step.node));
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, Party>) {
        let effects = ends.effects;
        let Some((time, node)) = self.step else { return };
        for effect in effects {
            match effect {
                Effect::Mark(name) => self.marks.push((time, node, name)),
                Effect::Indicate(PartyIndication::Client(ClientIndication::Invoked {
                    operation,
                    ..
                })) => self.operations.push((*operation, time, None)),
                Effect::Indicate(PartyIndication::Client(ClientIndication::Answered {
                    operation,
                    ..
                })) => {
                    let known = self.operations.iter_mut().find(|(one, ..)| one == operation);
                    known.expect("it began").2 = Some(time);
                }
                _ => {}
            }
        }
    }
}

impl Watch {
    /// When this was first marked, not before an instant.
    pub(crate) fn first(&self, name: &str, from: SimTime) -> SimTime {
        let mut marks = self.marks.iter().filter(|(time, ..)| *time >= from);
        marks.find(|(_, _, one)| *one == name).expect("it was marked").0
    }

    /// How long each operation took, in milliseconds.
    pub(crate) fn delays(&self) -> Vec<u64> {
        let took = |end: SimTime, begin: SimTime| (end - begin).as_nanos() / 1_000_000;
        self.operations.iter().filter_map(|(_, begin, end)| Some(took((*end)?, *begin))).collect()
    }
}

pub(crate) fn run(spec: WorldSpec<Party>) -> (Outcome, Watch) {
    let mut watch = Watch::default();
    let mut world = World::<Party, Suite>::new(Arc::new(spec), 1);
    (world.run_watched(None, &mut watch), watch)
}

/// A run in which no claim falls. (Some may have had nothing to judge.)
pub(crate) fn hold(outcome: &Outcome, what: &str) {
    assert_eq!(outcome.verdict, Verdict::Held, "{what}: {:#?}", outcome.findings);
}

/// How many messages of a kind were sent.
pub(crate) fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let found = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    found.map(|(_, count)| *count).expect("a kind of message")
}
