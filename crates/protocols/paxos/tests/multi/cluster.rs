//! Clusters with clients, made for tests.

use std::sync::Arc;

use failure_detectors::OmegaConfig;
use paxos::Quorums;
use paxos::multi::{Config, Leader, Party, Reads, Suite};
use service::{ClientConfig, KeyValue, Routing};
use sim_check::{SimTime, Verdict};
use sim_engine::{Delay, Link, Network, Outcome, Transport, World, WorldSpec};
use sim_node::{Duration, NodeId, Parties, Ratio, Span};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A plain configuration of so many members.
pub(crate) fn config(servers: u32) -> Config {
    let detector = failure_detectors::Config {
        period: ms(100),
        timeout: ms(250),
        increase: ms(100),
        mutant: None,
    };
    Config {
        members: (0..servers).map(NodeId::new).collect(),
        quorums: Quorums::Majority,
        quorums_meet: true,
        leader: Leader::Omega,
        omega: OmegaConfig { detector },
        heartbeat: ms(100),
        backoff: Span::between(ms(20), ms(80)),
        retry: ms(100),
        alpha: 4,
        batch: 1,
        reads: Reads::Log,
        snapshot_every: 0,
        snapshot_keep: 0,
        snapshot_chunk: 2,
        barrier: true,
        mutant: None,
    }
}

/// A world without faults, with links that take one millisecond.
pub(crate) fn spec(server: Config, workload: KeyValue, deadline: SimTime) -> WorldSpec<Party> {
    let servers = u32::try_from(server.members.len()).expect("a few");
    let link = Link {
        delay: Delay::Constant(ms(1)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    let network = Network { transport: Transport::Datagram, link, overrides: Vec::new() };
    let others = workload.clients;
    let client = ClientConfig { workload, first: servers, routing: Routing::Single };
    let config = Parties { servers, server, client };
    WorldSpec { others, ..WorldSpec::new(config, servers, network, deadline) }
}

pub(crate) fn run(spec: WorldSpec<Party>, seed: u64) -> Outcome {
    World::<Party, Suite>::new(Arc::new(spec), seed).run()
}

/// The run holds all claims.
pub(crate) fn hold(outcome: &Outcome, what: &str) {
    let (verdict, findings) = (outcome.verdict, &outcome.findings);
    assert_eq!(verdict, Verdict::Held, "{what}: {findings:#?} {:?}", outcome.undecided);
}

/// How many messages of a kind were sent.
pub(crate) fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let found = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    found.map(|(_, count)| *count).expect("a kind of message")
}
