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
    Network::new(Transport::Datagram, link)
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
    PlannedFault { lasts: None, id, label: format!("{fault:?}"), when, fault }
}

/// All properties were judged, and stood.
pub fn assert_held(outcome: &Outcome, what: &str) {
    assert_eq!(outcome.verdict, Verdict::Held, "{what}: {:?}", outcome.findings);
    for (claim, verdict) in &outcome.properties {
        assert_eq!(*verdict, Verdict::Held, "{what}: {}", claim.code);
    }
}

/// This property was violated, and no other.
pub fn assert_violated(outcome: &Outcome, code: &str, what: &str) {
    let violated: Vec<_> = outcome.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(violated, [code], "{what}: {:?}", outcome.findings);
}

/// How many messages of a kind were sent.
pub fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let of_kind = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    of_kind.unwrap_or_else(|| panic!("no kind is called {kind}")).1
}

/// All orders of `0..n`, by Heap's algorithm.
pub fn orders(n: u64) -> Vec<Vec<u64>> {
    fn permute(k: usize, order: &mut Vec<u64>, all: &mut Vec<Vec<u64>>) {
        if k <= 1 {
            return all.push(order.clone());
        }
        for i in 0..k {
            permute(k - 1, order, all);
            order.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
        }
    }
    let mut all = Vec::new();
    permute(n as usize, &mut (0..n).collect(), &mut all);
    all
}

/// Draws for the tests themselves, apart from the world's own chance (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// `0..n` in a random order (Fisher and Yates).
    pub fn order(&mut self, n: u64) -> Vec<u64> {
        let mut order: Vec<u64> = (0..n).collect();
        for last in (1..order.len()).rev() {
            let other = self.below(last as u64 + 1);
            order.swap(last, usize::try_from(other).unwrap());
        }
        order
    }
}

/// Whether a mean that was computed elsewhere lies within the confidence interval of this sample's
/// mean, so many standard errors wide to each side.
pub fn assert_mean(sample: &[u64], mean: f64, errors: f64, what: &str) {
    let n = sample.len() as f64;
    let average = sample.iter().sum::<u64>() as f64 / n;
    let offs = sample.iter().map(|one| *one as f64 - average);
    let squares = offs.map(|off| off * off).sum::<f64>();
    let error = (squares / (n - 1.0) / n).sqrt();
    let off = (average - mean).abs();
    assert!(off <= errors * error, "{what}: {average} +- {error}, and {mean} was expected");
}
