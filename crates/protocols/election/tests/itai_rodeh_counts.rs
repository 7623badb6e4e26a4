//! How many messages Itai and Rodeh's election takes. They are random, so these are tests of the
//! class "closed form": a confidence interval of four standard errors over fixed seeds, around the
//! exact expectation for small rings (every draw of identities enumerated), and around an
//! independent simulation without messages for larger ones.

mod common;

use std::collections::BTreeMap;

use common::{Draw, assert_held, assert_mean, at, ms, run, sent, spec};
use election::ItaiRodeh;
use election::itai_rodeh::{Initiators, Settings};
use sim_engine::Delay;

fn settings(nodes: u64, identities: u64) -> Settings {
    Settings {
        nodes: u32::try_from(nodes).unwrap(),
        size: None,
        identities: Some(u32::try_from(identities).unwrap()),
        rounds: true,
        initiators: Initiators::All,
        announce: false,
    }
}

/// Tokens sent in one election, on links in order: then counts depend on what is drawn only.
fn messages(settings: &Settings, seed: u64) -> u64 {
    let delay = Delay::Exponential { mean: ms(5), min: ms(0) };
    let mut world = spec::<ItaiRodeh>(settings, delay, at(3_600_000));
    world.network.link.fifo = true;
    let outcome = run::<ItaiRodeh>(world, seed);
    assert_held(&outcome, &format!("seed {seed}, {settings:?}"));
    let elected = if settings.announce { u64::from(settings.nodes) } else { 0 };
    assert_eq!(sent(&outcome, "Elected"), elected);
    sent(&outcome, "Token")
}

/// One round on a ring of `n`: what the tokens of these places cost with these identities, and
/// which places are left. A token goes to the next place with a higher identity, or all around.
fn round(n: u64, active: &[(u64, u64)]) -> (u64, Vec<u64>) {
    let hops = |from: u64, to: u64| (to + n - from - 1) % n + 1;
    let goes = |(place, identity): &(u64, u64)| {
        let higher = active.iter().filter(|(_, other)| other > identity);
        higher.map(|(other, _)| hops(*place, *other)).min().unwrap_or(n)
    };
    let highest = active.iter().map(|one| one.1).max().unwrap();
    let left = active.iter().filter(|one| one.1 == highest).map(|one| one.0);
    (active.iter().map(goes).sum(), left.collect())
}

/// The expected number of messages from these active places on, all draws enumerated. When all
/// draw the same, the round is played again, which a division takes care of.
fn expected(n: u64, k: u64, places: &[u64], known: &mut BTreeMap<Vec<u64>, f64>) -> f64 {
    if places.len() == 1 {
        return 0.0;
    }
    if let Some(known) = known.get(places) {
        return *known;
    }
    let draws = k.pow(u32::try_from(places.len()).unwrap());
    let (mut total, mut again) = (0.0, 0);
    for draw in 0..draws {
        let identity = |which: usize| draw / k.pow(u32::try_from(which).unwrap()) % k;
        let active: Vec<_> = places.iter().copied().zip((0..).map(identity)).collect();
        let (cost, left) = round(n, &active);
        total += cost as f64;
        if left.len() == places.len() {
            again += 1;
        } else {
            total += expected(n, k, &left, known);
        }
    }
    let value = total / (draws - again) as f64;
    known.insert(places.to_vec(), value);
    value
}

/// One election without processes or messages.
fn played(n: u64, k: u64, draw: &mut Draw) -> u64 {
    let mut places: Vec<u64> = (0..n).collect();
    let mut messages = 0;
    // A single one still has to find out that it is alone.
    while places.len() > 1 {
        let active: Vec<_> = places.iter().map(|place| (*place, draw.below(k))).collect();
        let (cost, left) = round(n, &active);
        messages += cost;
        places = left;
    }
    messages
}

/// Two processes and two identities, by hand: with even chances the identities are equal, which
/// costs four hops and another round, or they differ, which costs three. So E = 3.5 + E/2 = 7.
#[test]
fn two_processes_expect_seven_messages() {
    assert!((expected(2, 2, &[0, 1], &mut BTreeMap::new()) - 7.0).abs() < 1e-9);
}

#[test]
fn small_rings_take_what_is_expected_exactly() {
    for (n, k) in [(2, 2), (2, 5), (3, 2), (3, 3), (4, 4), (5, 2), (5, 5), (6, 6)] {
        let places: Vec<u64> = (0..n).collect();
        let exact = expected(n, k, &places, &mut BTreeMap::new());
        let sample: Vec<u64> = (0..3_000).map(|seed| messages(&settings(n, k), seed)).collect();
        assert_mean(&sample, exact, 4.0, &format!("{n} processes, {k} identities"));
    }
}

/// The same without rounds, on links in order (Fokkink, Pang 2004), and the announcement adds `n`.
#[test]
fn rounds_cost_no_messages() {
    for seed in 0..300 {
        let with = messages(&settings(6, 2), seed);
        assert_eq!(messages(&Settings { rounds: false, ..settings(6, 2) }, seed), with);
        assert_eq!(messages(&Settings { announce: true, ..settings(6, 2) }, seed), with);
    }
}

/// Itai, Rodeh 1990: O(n log n) messages are expected. The constant stays: a mean of so many times
/// `n log2 n` at all sizes.
#[test]
fn larger_rings_take_n_log_n() {
    let mut ratios = Vec::new();
    for (n, many) in [(8, 1_000), (16, 800), (32, 400), (64, 200), (128, 100)] {
        let mut draw = Draw(n);
        let plays = 20_000_000 / (n * n * 20);
        let all: u64 = (0..plays).map(|_| played(n, n, &mut draw)).sum();
        let mean = all as f64 / plays as f64;
        let sample: Vec<u64> = (0..many).map(|seed| messages(&settings(n, n), seed)).collect();
        assert_mean(&sample, mean, 4.0, &format!("{n} processes"));
        ratios.push(mean / (n * u64::from(n.ilog2())) as f64);
    }
    println!("{ratios:.3?}");
    assert!(ratios.iter().all(|ratio| (0.5..2.0).contains(ratio)), "{ratios:?}");
}
