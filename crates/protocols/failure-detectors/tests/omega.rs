//! The claims of the Ω module box (Cachin, Guerraoui, Rodrigues 2011, module 2.9), and the ◇P
//! inside it, which does there what it does alone.

mod common;

use common::{CONFIG, Indications, at, calm, crash, ms, network, planned, steady, world};
use failure_detectors::{
    DetectorClaims, EventualStrongAccuracy, EventuallyPerfect, LeaderClaims, Omega, OmegaConfig,
    StrongCompleteness, Trust,
};
use sim_check::{Checked, Verdict};
use sim_engine::{Cut, Delay, Fault, Target, When, World, WorldSpec, faults};
use sim_node::{Node, NodeId, Role};

const OMEGA: OmegaConfig = OmegaConfig { detector: CONFIG };

type Leaders = World<Omega, LeaderClaims>;

/// Whom each process that is up trusts.
fn trust(world: &Leaders) -> Vec<u32> {
    world.states().iter().flatten().map(|state| state.trusted().number()).collect()
}

fn leaders(world: &Leaders) -> Vec<Role> {
    world.states().iter().flatten().filter_map(Node::role).collect()
}

/// ELD1 and ELD2: the lowest process that is up leads; when it crashes the next one does, and when
/// it returns it leads again.
#[test]
fn eld1_and_eld2_the_lowest_correct_process_leads() {
    let faults = planned([
        (When::At(at(1_005)), crash(Target::Leader, Some(ms(5_000)), None)),
        (When::At(at(3_000)), crash(Target::Leader, None, None)),
    ]);
    let mut world: Leaders = world(WorldSpec { faults, ..steady(OMEGA, 4, at(20_000)) }, 0);
    world.run_until(at(1_000));
    assert_eq!(trust(&world), [0, 0, 0, 0]);
    assert_eq!(leaders(&world), [Role::leader(3)]);
    world.run_until(at(2_900));
    assert_eq!(trust(&world), [1, 1, 1]);
    assert_eq!(leaders(&world), [Role::leader(2)]);
    world.run_until(at(5_900));
    assert_eq!(trust(&world), [2, 2], "the fault found the new leader by its role");
    let outcome = world.run();
    assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.findings);
    assert_eq!(trust(&world), [0, 0, 0]);
    assert_eq!(leaders(&world), [Role::leader(3)]);
}

/// In a partition each side has a leader of its own, of whom the lower ranks higher; after it all
/// agree.
#[test]
fn each_side_of_a_partition_has_a_leader() {
    let split = Fault::from(faults::Partition(vec![Target::Nodes(vec![0, 3])], Cut::AtSend));
    let faults = planned([(When::Between(at(1_000), at(3_000)), split)]);
    let mut world: Leaders = world(WorldSpec { faults, ..steady(OMEGA, 5, at(10_000)) }, 0);
    world.run_until(at(2_000));
    assert_eq!(trust(&world), [0, 1, 1, 0, 1]);
    assert_eq!(leaders(&world), [Role::leader(4), Role::leader(3)]);
    assert_eq!(world.run().verdict, Verdict::Held);
    assert_eq!(trust(&world), [0; 5]);
}

/// `Trust` is indicated at the start and at every change, and at no other time.
#[test]
fn trust_is_told_when_it_changes() {
    let faults = planned([(When::At(at(1_005)), crash(Target::Node(1), None, None))]);
    let later = planned([(When::At(at(2_005)), crash(Target::Node(0), None, None))]);
    let spec = WorldSpec { faults: [faults, later].concat(), ..steady(OMEGA, 3, at(9_000)) };
    let mut world: Leaders = world(spec, 0);
    let mut said = Indications::new();
    world.run_watched(None, &mut said);
    let says = |who, whom| (NodeId::new(who), Trust(NodeId::new(whom)));
    assert_eq!(said.0, [says(0, 0), says(1, 0), says(2, 0), says(2, 2)]);
}

/// The layers together: Omega's detector keeps the claims of a detector, and in the same world with
/// the same seed it does, message for message, what the detector does alone.
#[test]
fn the_detector_inside_omega_is_the_detector_alone() {
    type Both = (LeaderClaims, (Checked<StrongCompleteness>, Checked<EventualStrongAccuracy>));
    fn storm<N: Node>(config: N::Config) -> WorldSpec<N> {
        let faults = planned([
            (When::Between(at(1_000), at(3_000)), crash(Target::Random(1), Some(ms(800)), None)),
            (
                When::Between(at(3_000), at(6_000)),
                Fault::from(faults::Isolate(Target::Random(2), Cut::AtSend)),
            ),
            (When::Between(at(6_000), at(9_000)), crash(Target::Random(1), None, None)),
        ]);
        let network = network(Delay::Uniform(ms(1), ms(300)), 5);
        let world = steady(config, 5, at(30_000));
        WorldSpec { network, faults, calm: calm(10_000), ..world }
    }
    for seed in 0..20 {
        let mut inside: World<Omega, Both> = world(storm(OMEGA), seed);
        let mut alone: World<EventuallyPerfect, DetectorClaims> = world(storm(CONFIG), seed);
        for second in 1..30 {
            inside.run_until(at(1_000 * second));
            alone.run_until(at(1_000 * second));
            let detectors =
                |node: &Option<Omega>| node.as_ref().map(|node| node.detector().clone());
            let hosted: Vec<_> = inside.states().iter().map(detectors).collect();
            assert_eq!(hosted, alone.states(), "seed {seed} at {second} s");
        }
        let (inside_out, alone_out) = (inside.run(), alone.run());
        assert_eq!(inside_out.verdict, Verdict::Held, "seed {seed}: {:?}", inside_out.findings);
        assert_eq!(inside_out.properties.len(), 4);
        assert_eq!(alone_out.verdict, Verdict::Held, "seed {seed}: {:?}", alone_out.findings);
        assert_eq!(inside_out.counts, alone_out.counts);
    }
}
