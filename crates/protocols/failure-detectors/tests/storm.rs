//! Storms of everything that the model allows, then calm: with every seed every claim holds.

mod common;

use std::ops::Range;
use std::sync::Arc;

use common::{CONFIG, at, calm, crash, ms, network, planned, steady, world};
use failure_detectors::{DetectorClaims, EventuallyPerfect, LeaderClaims, Omega, OmegaConfig};
use sim_check::{Properties, Verdict};
use sim_engine::{Cut, Delay, Fault, First, Inside, Target, When, WorldSpec, faults};
use sim_node::{Drift, Node, Ratio};

fn storm<N: Node>(config: N::Config) -> WorldSpec<N> {
    let window = |from, to| When::Between(at(from), at(to));
    let slower = |delay| {
        Fault::from(faults::Links {
            from: None,
            to: None,
            both: false,
            kind: None,
            delay: Some(delay),
            loss: Some(Ratio::from_percent(20)),
            duplication: Some(Ratio::from_percent(5)),
        })
    };
    let faults = planned([
        (window(500, 9_000), crash(Target::Random(1), Some(ms(700)), None)),
        (window(500, 9_000), crash(Target::Random(1), None, None)),
        (window(500, 9_000), crash(Target::Random(1), None, Some(Inside::Drawn))),
        (window(1_000, 3_000), Fault::from(faults::Isolate(Target::Random(2), Cut::AtSend))),
        (window(2_000, 5_000), slower(Delay::Uniform(ms(1), ms(600)))),
        (window(4_000, 6_000), Fault::from(faults::Pause(Target::Random(1), First::Oldest))),
        (
            window(5_000, 8_000),
            Fault::from(faults::OneWay(Target::Random(2), Target::Random(3), Cut::AtDelivery)),
        ),
        (window(6_000, 9_000), slower(Delay::Exponential { mean: ms(300), min: ms(1) })),
        (
            window(7_000, 9_000),
            Fault::from(faults::Drift(Target::Random(1), Drift::from_ppm(-500_000))),
        ),
        (
            window(8_000, 9_500),
            Fault::from(faults::Hold(Target::Random(1), Target::Random(2), None)),
        ),
    ]);
    let network = network(Delay::Uniform(ms(1), ms(100)), 5);
    WorldSpec { network, faults, calm: calm(10_000), ..steady(config, 6, at(30_000)) }
}

fn weather<N: Node, P: Properties<N>>(spec: WorldSpec<N>, seeds: Range<u64>) {
    let spec = Arc::new(spec);
    let mut crashed = 0;
    for seed in seeds {
        let mut world = world::<N, P>(Arc::clone(&spec), seed);
        let outcome = world.run();
        let why = (&outcome.findings, &outcome.undecided);
        assert_eq!(outcome.verdict, Verdict::Held, "seed {seed}: {why:?}");
        crashed += world.states().iter().filter(|state| state.is_none()).count();
    }
    assert!(crashed > 0, "nobody was down at the end of any run");
}

#[test]
fn the_detector_weathers_storms() {
    weather::<EventuallyPerfect, DetectorClaims>(storm(CONFIG), 0..100);
}

#[test]
fn omega_weathers_storms() {
    weather::<Omega, LeaderClaims>(storm(OmegaConfig { detector: CONFIG }), 0..100);
}
