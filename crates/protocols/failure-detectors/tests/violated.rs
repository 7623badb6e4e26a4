//! Each claim, with what it stands on taken away; and that the claims can tell.

mod common;

use common::{CONFIG, at, crash, ms, network, planned, steady, suspects, violated, world};
use failure_detectors::{
    Config, DetectorClaims, EventuallyPerfect, FaithfulIndications, Indication, LeaderClaims,
    Omega, OmegaConfig,
};
use sim_check::{Checked, Properties, Verdict, View};
use sim_engine::{ClockSpec, Cut, Delay, Fault, NodeSet, Target, When, World, WorldSpec, faults};
use sim_node::{Drift, Duration, NodeId};

type Detectors = World<EventuallyPerfect, DetectorClaims>;
type Leaders = World<Omega, LeaderClaims>;

/// A detector that never learns, with a timeout that delays outlast.
const STUBBORN: Config =
    Config { timeout: Duration::from_millis(110), increase: Duration::ZERO, ..CONFIG };

#[test]
fn epfd2_is_violated_when_the_timeout_never_grows() {
    let network = network(Delay::Uniform(ms(1), ms(100)), 0);
    let spec = WorldSpec { network, ..steady(STUBBORN, 3, at(20_000)) };
    for seed in 0..20 {
        let mut world: Detectors = world(spec.clone(), seed);
        assert_eq!(violated(&world.run()), ["EPFD2"], "seed {seed}");
    }
}

#[test]
fn epfd2_is_violated_when_one_direction_of_a_link_is_cut_for_good() {
    let cut = Fault::from(faults::OneWay(Target::Node(0), Target::Node(1), Cut::AtSend));
    let faults = planned([(When::At(at(1_000)), cut)]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(CONFIG, 3, at(10_000)) }, 0);
    assert_eq!(violated(&world.run()), ["EPFD2"]);
    assert_eq!(suspects(&world, 1), [0]);
    assert_eq!(suspects(&world, 0), [0; 0], "the other direction is well");
}

/// A clock that all but stands still: its owner waits for a timeout that does not come.
#[test]
fn epfd1_is_violated_when_a_clock_stands_still() {
    let clocks = vec![ClockSpec {
        who: NodeSet::Node(1),
        drift: Drift::from_ppm(-999_900),
        ..ClockSpec::default()
    }];
    let faults = planned([(When::At(at(1_005)), crash(Target::Node(0), None, None))]);
    let spec = WorldSpec { clocks, faults, ..steady(CONFIG, 2, at(10_000)) };
    let mut world: Detectors = world(spec, 0);
    let outcome = world.run();
    assert_eq!(violated(&outcome), ["EPFD1"]);
    assert_eq!(outcome.findings[0].node, Some(NodeId::new(1)));
}

#[test]
fn eld2_is_violated_when_one_process_receives_nothing_from_the_leader() {
    let cut = Fault::from(faults::OneWay(Target::Node(0), Target::Node(2), Cut::AtSend));
    let faults = planned([(When::At(at(1_000)), cut)]);
    let config = OmegaConfig { detector: CONFIG };
    let mut world: Leaders = world(WorldSpec { faults, ..steady(config, 3, at(10_000)) }, 0);
    assert_eq!(violated(&world.run()), ["ELD2"]);
}

#[test]
fn eld2_is_violated_when_the_timeout_never_grows() {
    let config = OmegaConfig { detector: STUBBORN };
    let network = network(Delay::Uniform(ms(1), ms(100)), 0);
    let spec = WorldSpec { network, ..steady(config, 3, at(20_000)) };
    for seed in 0..20 {
        let mut world: Leaders = world(spec.clone(), seed);
        assert_eq!(violated(&world.run()), ["ELD2"], "seed {seed}");
    }
}

#[test]
fn eld1_is_violated_when_a_clock_stands_still() {
    let clocks = vec![ClockSpec {
        who: NodeSet::Node(1),
        drift: Drift::from_ppm(-999_900),
        ..ClockSpec::default()
    }];
    let faults = planned([(When::At(at(1_005)), crash(Target::Node(0), None, None))]);
    let config = OmegaConfig { detector: CONFIG };
    let mut world: Leaders =
        world(WorldSpec { clocks, faults, ..steady(config, 2, at(10_000)) }, 0);
    assert_eq!(violated(&world.run()), ["ELD1"]);
}

/// "There is a time after which": a mistake that ended late leaves it open, unless it then lasts.
#[test]
fn a_mistake_that_ended_late_leaves_the_claim_open() {
    let isolated = Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend));
    let faults = planned([(When::Between(at(3_000), at(6_000)), isolated)]);
    let spec = |deadline| WorldSpec { faults: faults.clone(), ..steady(CONFIG, 3, at(deadline)) };
    let mut early: Detectors = world(spec(10_000), 0);
    let outcome = early.run();
    assert_eq!(outcome.verdict, Verdict::Unknown, "6 s of trouble, 4 s without");
    assert!(outcome.undecided.is_some());
    let mut late: Detectors = world(spec(13_000), 0);
    assert_eq!(late.run().verdict, Verdict::Held, "6 s of trouble, 7 s without");
}

/// No world can violate EPFD3, only a wrong detector can: the test makes it indicate something
/// wrong.
#[test]
fn epfd3_notices_indications_out_of_turn() {
    let spec = steady::<EventuallyPerfect>(CONFIG, 2, at(1_000));
    let mut world: Detectors = world(spec.clone(), 0);
    world.run_until(at(500));
    let view = View {
        time: world.now(),
        step: world.steps(),
        servers: 2,
        config: &*spec.config,
        states: world.states(),
        core: None,
        byzantine: None,
    };
    let (n0, n1) = (NodeId::new(0), NodeId::new(1));
    type Suite = Checked<FaithfulIndications>;
    let fresh = || <Suite as Properties<EventuallyPerfect>>::new(&spec.config, 2);
    let violated = |said: &[Indication]| {
        let mut suite = fresh();
        for indication in said {
            Properties::<EventuallyPerfect>::indicated(&mut suite, &view, n0, indication);
        }
        Properties::<EventuallyPerfect>::violated(&suite)
    };
    let (suspect, restore) = (Indication::Suspect(n1), Indication::Restore(n1));
    assert!(!violated(&[suspect, restore, suspect]));
    assert!(violated(&[suspect, suspect]), "twice suspected");
    assert!(violated(&[restore]), "restored without a suspicion");
    assert!(violated(&[Indication::Suspect(n0)]), "suspected itself");

    let mut suite = fresh();
    Properties::<EventuallyPerfect>::indicated(&mut suite, &view, n0, &suspect);
    Properties::<EventuallyPerfect>::end(&mut suite, &view);
    assert!(Properties::<EventuallyPerfect>::violated(&suite), "it does not suspect what it told");
}
