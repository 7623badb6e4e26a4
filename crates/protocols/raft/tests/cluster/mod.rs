//! Clusters with clients, made for tests.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use raft::{Config, Party, Suite};
use service::{ClientConfig, KeyValue, Loop, Routing};
use sim_check::{SimTime, Verdict};
use sim_engine::{
    Calm, Delay, Fault, Link, Network, Outcome, PlannedFault, Transport, When, World, WorldSpec,
};
use sim_node::{Duration, NodeId, Parties, Ratio, Span};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A plain configuration of so many voters.
pub(crate) fn config(servers: u32) -> Config {
    Config {
        members: Some((0..servers).map(NodeId::new).collect()),
        entries_per_append: 8,
        in_flight: 4,
        snapshot_chunk: 2,
        ..Config::new(servers)
    }
}

/// A workload of so many operations by three clients.
pub(crate) fn workload(operations: u32) -> KeyValue {
    KeyValue {
        operations,
        keys: 2,
        arrivals: Loop::Closed { think: Span::between(ms(10), ms(60)) },
        timeout: ms(300),
        ..KeyValue::default()
    }
}

pub(crate) fn link(delay: Delay) -> Link {
    Link { delay, loss: Ratio::ZERO, duplication: Ratio::ZERO, fifo: false }
}

/// A world without faults.
pub(crate) fn spec(
    servers: u32,
    config: Config,
    workload: KeyValue,
    link: Link,
    deadline: SimTime,
) -> WorldSpec<Party> {
    let network = Network::new(Transport::Datagram, link);
    let others = workload.clients;
    let client = ClientConfig { workload, first: servers, routing: Routing::Single };
    let config = Parties { servers, server: config, client };
    WorldSpec { others, ..WorldSpec::new(config, servers, network, deadline) }
}

pub(crate) fn fault(id: u64, when: When, fault: Fault) -> PlannedFault {
    PlannedFault { lasts: None, id, label: format!("{fault:?}"), when, fault }
}

/// The storm's end.
pub(crate) fn calm(spec: &mut WorldSpec<Party>, millis: u64) {
    spec.calm = Some(Calm { at: at(millis), bound: ms(20) });
}

pub(crate) fn run(spec: WorldSpec<Party>, seed: u64) -> Outcome {
    World::<Party, Suite>::new(Arc::new(spec), seed).run()
}

/// The run holds all claims.
pub(crate) fn hold(outcome: &Outcome, what: &str) {
    assert_eq!(
        outcome.verdict,
        Verdict::Held,
        "{what}: {:#?} {:?}",
        outcome.findings,
        outcome.undecided
    );
}

/// How many messages of a kind were sent.
pub(crate) fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let found = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    found.map(|(_, count)| *count).expect("a kind of message")
}
