//! Clusters with clients, made for tests.

use std::sync::Arc;

use paxos::multi::{Party, Settings, Suite};
use service::{ClientConfig, KeyValue, Routing};
use sim_check::{SimTime, Verdict};
use sim_engine::{Delay, Link, Network, Outcome, Transport, World, WorldSpec};
use sim_node::{Duration, NodeId, Parties, Ratio};

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A plain configuration of so many members.
pub(crate) fn config(servers: u32) -> Settings {
    Settings {
        members: Some((0..servers).map(NodeId::new).collect()),
        alpha: 4,
        batch: 1,
        snapshot_chunk: 2,
        ..Settings::new(servers)
    }
}

/// A world without faults, with links that take one millisecond.
pub(crate) fn spec(server: Settings, workload: KeyValue, deadline: SimTime) -> WorldSpec<Party> {
    let servers = u32::try_from(server.first_members().len()).expect("a few");
    let link = Link {
        delay: Delay::Constant(ms(1)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    let network = Network::new(Transport::Datagram, link);
    let others = workload.clients;
    let client = ClientConfig { workload, first: servers, routing: Routing::Single };
    let config = Parties { servers, server: server.into(), client };
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
