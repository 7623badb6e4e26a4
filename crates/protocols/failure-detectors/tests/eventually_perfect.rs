//! The claims of the ◇P module box against hand-computed histories. Chandra and Toueg 1996, section
//! 9.1 and figure 10; Cachin, Guerraoui, Rodrigues 2011, module 2.8.

mod common;

use common::{CONFIG, Indications, at, crash, ms, network, planned, steady, suspects, world};
use failure_detectors::{Config, DetectorClaims, EventuallyPerfect, Indication};
use sim_check::{SimTime, Verdict};
use sim_engine::{Delay, Fault, LinkOverride, Network, Target, When, World, WorldSpec, faults};
use sim_node::{Duration, NodeId};

type Detectors = World<EventuallyPerfect, DetectorClaims>;

const NOBODY: [u32; 0] = [];

fn timeout(world: &Detectors, of: u32, about: u32) -> Duration {
    let state = world.state(NodeId::new(of)).expect("the process is up");
    state.timeout(NodeId::new(about)).expect("a peer")
}

/// EPFD1: the last heartbeat leaves at 1 s and arrives at 1.01 s; the timeout of 250 ms ends at
/// 1.26 s sharp, at every process; and the suspicion stays.
#[test]
fn epfd1_a_crash_is_found_out_when_the_timeout_has_passed() {
    let faults = planned([(When::At(at(1_005)), crash(Target::Node(2), None, None))]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(CONFIG, 4, at(5_000)) }, 0);
    world.run_until(SimTime::from_nanos(1_259_999_999));
    for node in [0, 1, 3] {
        assert_eq!(suspects(&world, node), NOBODY, "a nanosecond too early");
    }
    world.run_until(at(1_260));
    for node in [0, 1, 3] {
        assert_eq!(suspects(&world, node), [2]);
    }
    assert_eq!(world.run().verdict, Verdict::Held);
    for node in [0, 1, 3] {
        assert_eq!(suspects(&world, node), [2], "for good");
    }
}

/// EPFD1 with late heartbeats of a crashed process: two that were held up arrive two seconds after
/// the crash. They restore it for one more timeout, by then 350 ms, and those were the last.
#[test]
fn epfd1_late_heartbeats_after_a_crash_cost_one_more_timeout() {
    let held = Fault::from(faults::Hold(Target::Node(1), Target::Node(0), None));
    let faults = planned([
        (When::Between(at(1_850), at(4_000)), held),
        (When::At(at(2_005)), crash(Target::Node(1), None, None)),
    ]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(CONFIG, 2, at(10_000)) }, 0);
    world.run_until(at(3_999));
    assert_eq!(suspects(&world, 0), [1]);
    world.run_until(at(4_011));
    assert_eq!(suspects(&world, 0), NOBODY, "the held heartbeats have come");
    assert_eq!(timeout(&world, 0, 1), ms(350), "what looked like a mistake taught patience");
    world.run_until(at(4_361));
    assert_eq!(suspects(&world, 0), [1]);
    let outcome = world.run();
    assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.undecided);
    assert_eq!(suspects(&world, 0), [1], "for good");
}

/// EPFD2, figure 10: the timeout of 50 ms is too short for heartbeats 100 ms apart. It takes the
/// mistakes at 50, 70 and 90 ms to learn 110 ms; after that there are no more.
#[test]
fn epfd2_every_mistake_makes_the_timeout_longer_until_there_are_none() {
    let config = Config { timeout: ms(50), increase: ms(20), ..CONFIG };
    let mut world: Detectors = world(steady(config, 3, at(5_000)), 0);
    let mut said = Indications::new();
    let outcome = world.run_watched(None, &mut said);
    assert_eq!(outcome.verdict, Verdict::Held);
    let suspicions = said.0.iter().filter(|(_, said)| matches!(said, Indication::Suspect(_)));
    assert_eq!(suspicions.count(), 3 * 6, "three mistakes of each process about each other");
    assert_eq!(said.0.len(), 2 * 3 * 6, "each taken back");
    for (of, about) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        assert_eq!(timeout(&world, of, about), ms(110));
    }
}

/// EPFD2 under random delays of at most `d`: heartbeats are at most `period + d` apart, so no
/// timeout ever grows beyond the first step above that.
#[test]
fn epfd2_no_timeout_outgrows_period_and_delay_by_more_than_a_step() {
    let config = Config { timeout: ms(20), increase: ms(30), ..CONFIG };
    let mut longest = Duration::ZERO;
    for seed in 0..100 {
        let network = network(Delay::Uniform(ms(1), ms(400)), 0);
        let spec = WorldSpec { network, ..steady(config, 3, at(20_000)) };
        let mut world: Detectors = world(spec, seed);
        world.run_until(at(20_000));
        for (of, about) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
            longest = longest.max(timeout(&world, of, about));
        }
    }
    assert!(longest < ms(100 + 400 + 30), "{longest}");
    assert!(longest > ms(200), "{longest}: the delays taught next to nothing");
}

/// Figure 10 has a timeout for each peer: one bad link teaches patience for that peer alone.
#[test]
fn epfd2_mistakes_about_one_peer_change_nothing_about_the_others() {
    let slow = LinkOverride {
        from: Some(vec![NodeId::new(1)]),
        to: Some(vec![NodeId::new(0)]),
        delay: Some(Delay::Uniform(ms(1), ms(900))),
        ..LinkOverride::default()
    };
    let network = Network { overrides: vec![slow], ..network(Delay::Uniform(ms(1), ms(10)), 0) };
    let spec = WorldSpec { network, ..steady(CONFIG, 3, at(60_000)) };
    let mut world: Detectors = world(spec, 1);
    world.run_until(at(60_000));
    assert!(timeout(&world, 0, 1) > CONFIG.timeout);
    for (of, about) in [(0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        assert_eq!(timeout(&world, of, about), CONFIG.timeout);
    }
}

/// EPFD2 after a partition: both sides suspect each other, and take it back when it heals.
#[test]
fn epfd2_a_healed_partition_is_forgiven() {
    let split =
        Fault::from(faults::Partition(vec![Target::Nodes(vec![0, 1])], sim_engine::Cut::AtSend));
    let faults = planned([(When::Between(at(1_000), at(3_000)), split)]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(CONFIG, 5, at(10_000)) }, 0);
    world.run_until(at(2_000));
    assert_eq!(suspects(&world, 0), [2, 3, 4]);
    assert_eq!(suspects(&world, 4), [0, 1]);
    assert_eq!(world.run().verdict, Verdict::Held);
    for node in 0..5 {
        assert_eq!(suspects(&world, node), NOBODY);
    }
    assert_eq!(timeout(&world, 0, 1), ms(250));
    assert_eq!(timeout(&world, 0, 2), ms(350));
}

/// EPFD3: the host receives an indication of every change, in order.
#[test]
fn epfd3_indications_tell_a_crash_and_a_return() {
    let faults = planned([(When::At(at(1_005)), crash(Target::Node(2), Some(ms(1_000)), None))]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(CONFIG, 3, at(5_000)) }, 0);
    let mut said = Indications::new();
    assert_eq!(world.run_watched(None, &mut said).verdict, Verdict::Held);
    let (n0, n1, n2) = (NodeId::new(0), NodeId::new(1), NodeId::new(2));
    let expected = [
        (n0, Indication::Suspect(n2)),
        (n1, Indication::Suspect(n2)),
        (n0, Indication::Restore(n2)),
        (n1, Indication::Restore(n2)),
    ];
    assert_eq!(said.0, expected);
}

/// Crash-recovery: who returns is restored by its first heartbeat and begins anew itself; the
/// others have become more patient with it, as after any mistake.
#[test]
fn a_process_that_returns_is_restored_and_remembers_nothing() {
    let config = Config { timeout: ms(150), ..CONFIG };
    let faults = planned([
        (
            When::Between(at(500), at(700)),
            Fault::from(faults::Isolate(Target::Node(2), sim_engine::Cut::AtSend)),
        ),
        (When::At(at(1_005)), crash(Target::Node(2), Some(ms(1_000)), None)),
    ]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(config, 3, at(6_000)) }, 0);
    world.run_until(at(1_000));
    assert_eq!(timeout(&world, 2, 0), ms(250), "it has learnt from being isolated");
    world.run_until(at(2_014));
    assert_eq!(suspects(&world, 0), [2]);
    world.run_until(at(2_015));
    assert_eq!(suspects(&world, 0), NOBODY, "the first heartbeat has come");
    assert_eq!(timeout(&world, 0, 2), ms(350));
    assert_eq!(timeout(&world, 2, 0), ms(150), "it has forgotten what it learnt");
    assert_eq!(world.run().verdict, Verdict::Held);
}

/// An absence that is shorter than the timeout goes unnoticed.
#[test]
fn a_short_absence_is_no_crash_to_the_others() {
    let faults = planned([(When::At(at(1_005)), crash(Target::Node(2), Some(ms(100)), None))]);
    let mut world: Detectors = world(WorldSpec { faults, ..steady(CONFIG, 3, at(5_000)) }, 0);
    let mut said = Indications::new();
    world.run_watched(None, &mut said);
    assert_eq!(said.0, []);
    assert_eq!(timeout(&world, 0, 2), ms(250));
}
