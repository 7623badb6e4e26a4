//! Worlds for the tests of this crate.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, reason = "a module of several test crates")]

use std::sync::Arc;

use sim_check::{Properties, SimTime, Verdict};
use sim_engine::{
    Delay, Fault, Link, Network, Outcome, PlannedFault, Transport, When, World, WorldSpec,
};
use sim_node::{Duration, Node, Ratio};
use sim_protocol::Protocol;

pub fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// Perfect links in any order.
pub fn datagrams(delay: Delay) -> Network {
    let link = Link { delay, loss: Ratio::ZERO, duplication: Ratio::ZERO, fifo: false };
    Network { transport: Transport::Datagram, link, overrides: Vec::new() }
}

/// A world of a protocol with these settings.
pub fn spec<P: Protocol>(
    settings: &P::Settings,
    delay: Delay,
    deadline: SimTime,
) -> WorldSpec<P::Node> {
    let setup = P::setup(settings, None).expect("the settings make sense");
    let mut spec = WorldSpec::new(setup.config, P::servers(settings), datagrams(delay), deadline);
    spec.core = setup.core;
    spec
}

pub fn run<P: Protocol>(spec: WorldSpec<P::Node>, seed: u64) -> Outcome {
    World::<P::Node, P::Properties>::new(Arc::new(spec), seed).run()
}

/// As [`run`], with some of the protocol's properties only.
pub fn run_with<N: Node, S: Properties<N>>(spec: WorldSpec<N>, seed: u64) -> Outcome {
    World::<N, S>::new(Arc::new(spec), seed).run()
}

pub fn planned(id: u64, when: When, fault: Fault) -> PlannedFault {
    PlannedFault { id, label: format!("{fault:?}"), when, fault }
}

/// All properties were judged, and stood.
pub fn assert_held(outcome: &Outcome, what: &str) {
    assert_eq!(outcome.verdict, Verdict::Held, "{what}: {:?}", outcome.findings);
    for (claim, verdict) in &outcome.properties {
        assert_eq!(*verdict, Verdict::Held, "{what}: {}", claim.code);
    }
}

/// This property fell, and no other.
pub fn assert_falls(outcome: &Outcome, code: &str, what: &str) {
    let fallen: Vec<_> = outcome.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(fallen, [code], "{what}: {:?}", outcome.findings);
}

/// How many messages of a kind were sent.
pub fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let of_kind = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    of_kind.unwrap_or_else(|| panic!("no kind is called {kind}")).1
}
