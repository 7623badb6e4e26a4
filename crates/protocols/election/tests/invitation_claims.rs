//! IV1 to IV4 of the invitation algorithm: where they hold, and what takes them away.

mod common;

use common::{assert_held, assert_violated, at, ms, planned, run, run_with, spec};
use election::Invitation;
use election::invitation::{Process, Properties, SameView, Settings, Stage, Unique};
use sim_check::Checked;
use sim_engine::{
    Cut, Delay, DiskLoss, Fault, PlannedFault, Target, Ties, When, World, WorldSpec, faults,
};
use sim_node::{Duration, NodeId, Ratio, Span};
use sim_protocol::Protocol;

fn settings(nodes: u32) -> Settings {
    Settings {
        nodes,
        timeout: ms(50),
        period: Span::between(ms(200), ms(300)),
        priority_delay: ms(100),
        barrier: true,
    }
}

fn world(settings: &Settings, deadline: u64) -> WorldSpec<Process> {
    spec::<Invitation>(settings, Delay::Uniform(ms(1), ms(10)), at(deadline))
}

fn crash(id: u64, time: u64, node: u32, down: Option<Duration>) -> PlannedFault {
    let who = Target::Node(node);
    let crash = Fault::from(faults::Crash {
        who,
        down,
        disk: DiskLoss::Unsynced,
        inside: None,
        settings: None,
    });
    planned(id, When::At(at(time)), crash)
}

fn parted(from: u64, to: u64, lower: u32, nodes: u32) -> PlannedFault {
    let group = |numbers: std::ops::Range<u32>| Target::Nodes(numbers.collect());
    let groups = vec![group(0..lower), group(lower..nodes)];
    planned(0, When::Between(at(from), at(to)), Fault::from(faults::Partition(groups, Cut::AtSend)))
}

fn coordinators(world: &World<Process, Properties>) -> Vec<u32> {
    let processes = world.states().iter().flatten().enumerate();
    let leading = processes.filter(|(_, process)| process.is_coordinator());
    leading.map(|(number, _)| u32::try_from(number).unwrap()).collect()
}

/// Several coordinators at once are legal: one on each side of a partition, and one again after it.
/// The side of the old coordinator keeps the old group, and its view: nobody took leave of it.
#[test]
fn each_side_of_a_partition_has_a_coordinator() {
    for seed in 0..100 {
        let mut spec = world(&settings(5), 10_000);
        spec.faults = vec![parted(3_000, 6_000, 2, 5)];
        let mut world: World<Process, Properties> = World::new(spec.into(), seed);
        world.run_until(at(3_000));
        assert_eq!(coordinators(&world), [4], "seed {seed}, before");
        world.run_until(at(6_000));
        let parted = coordinators(&world);
        // Who of the two comes first is a matter of when they look.
        assert!(matches!(parted[..], [0 | 1, 4]), "seed {seed}: {parted:?}");
        let views = [0, 1, 2, 3, 4].map(|node: usize| {
            let process = world.states()[node].as_ref().unwrap();
            process.view().unwrap().iter().map(|node| node.number()).collect::<Vec<_>>()
        });
        let (new, old) = (vec![0, 1], vec![0, 1, 2, 3, 4]);
        assert_eq!(views, [new.clone(), new, old.clone(), old.clone(), old], "seed {seed}");
        assert_held(&world.run(), &format!("seed {seed}"));
    }
}

/// Losses, duplicates, and messages late beyond every timeout: groups break up all the time, and
/// claims about groups stand. (IV4 is not due: there is no calm.)
#[test]
fn iv1_to_iv3_hold_while_timeouts_mean_nothing() {
    for seed in 0..200_u64 {
        let nodes = 2 + u32::try_from(seed % 6).unwrap();
        let delay = Delay::Exponential { mean: ms(40), min: ms(0) };
        let mut spec = spec::<Invitation>(&settings(nodes), delay, at(20_000));
        spec.network.link.loss = Ratio::from_percent(10);
        spec.network.link.duplication = Ratio::from_percent(10);
        spec.ties = Ties::Drawn;
        spec.faults = (0..8)
            .map(|id| {
                let node = u32::try_from((seed + id) % u64::from(nodes)).unwrap();
                crash(id, 1_000 + 2_000 * id, node, Some(ms(seed * 7 % 400)))
            })
            .collect();
        type Safety = sim_check::suite![election::invitation::Agreement, SameView, Unique];
        assert_held(&run_with::<_, Safety>(spec, seed), &format!("seed {seed}"));
    }
}

/// IV3 needs a stable counter. The founder restarts with the number that it began with.
#[test]
fn iv3_is_violated_without_the_barrier() {
    for seed in 0..100 {
        let mut spec = world(&Settings { barrier: false, ..settings(4) }, 5_000);
        spec.faults = vec![crash(0, 2_000, 3, Some(ms(100)))];
        assert_violated(&run::<Invitation>(spec, seed), "IV3", &format!("seed {seed}"));
    }
}

/// And identifiers are what keeps views apart: the second group of one identifier has other members
/// than the first, since one of those has crashed by then.
#[test]
fn iv2_is_violated_once_an_identifier_is_used_again() {
    for seed in 0..100 {
        // The highest is the first to merge.
        let (period, priority_delay) = (Span::exactly(ms(200)), ms(300));
        let settings = Settings { barrier: false, period, priority_delay, ..settings(4) };
        let mut spec = world(&settings, 8_000);
        spec.faults = vec![crash(0, 2_000, 0, None), crash(1, 2_001, 3, Some(ms(500)))];
        let outcome = run_with::<_, Checked<SameView>>(spec, seed);
        assert_violated(&outcome, "IV2", &format!("seed {seed}"));
    }
}

/// A member whose coordinator has returned to a group of its own learns this and does not wait.
#[test]
fn a_member_leaves_a_coordinator_that_has_forgotten_it() {
    let settings = Settings { period: Span::exactly(ms(200)), ..settings(2) };
    let mut spec = spec::<Invitation>(&settings, Delay::Constant(ms(10)), at(5_000));
    spec.faults = vec![crash(0, 2_000, 1, Some(ms(1)))];
    let mut world: World<Process, Properties> = World::new(spec.into(), 0);
    world.run_until(at(2_001));
    let member = |world: &World<Process, Properties>| world.states()[0].clone().unwrap();
    assert_eq!(member(&world).coordinator(), NodeId::new(1));
    // A period, and a round trip; the timeout would be 50 ms.
    world.run_until(at(2_000 + 220));
    assert_eq!(member(&world).coordinator(), NodeId::new(0));
    assert_held(&world.run(), "the coordinator returned");
}

/// A coordinator that alone survives stays one: nobody answers its checks.
#[test]
fn a_process_that_is_left_alone_coordinates_itself() {
    let mut spec = world(&settings(3), 6_000);
    spec.faults = vec![crash(0, 2_000, 1, None), crash(1, 2_000, 2, None)];
    let mut world: World<Process, Properties> = World::new(spec.into(), 0);
    world.run_until(at(6_000));
    let last = world.states()[0].as_ref().unwrap();
    assert!(matches!(last.stage(), Stage::Coordinating | Stage::Checking(_)), "{last:?}");
    assert_eq!(last.group().founder, NodeId::new(0));
    assert_held(&world.run(), "one is left");
}

#[test]
fn settings_that_make_no_sense_name_their_field() {
    let field =
        |settings: &Settings| Invitation::setup(settings, None).expect_err("makes no sense").field;
    let day = Duration::from_secs(24 * 3_600);
    let longer = day + Duration::from_nanos(1);
    assert_eq!(field(&Settings { timeout: Duration::ZERO, ..settings(3) }), "timeout");
    let never = Span::between(Duration::ZERO, ms(1));
    assert_eq!(field(&Settings { period: never, ..settings(3) }), "period");
    assert_eq!(field(&Settings { timeout: longer, ..settings(3) }), "timeout");
    let long = Span::between(ms(1), longer);
    assert_eq!(field(&Settings { period: long, ..settings(3) }), "period");
    assert_eq!(field(&Settings { priority_delay: longer, ..settings(3) }), "priority_delay");
    Invitation::setup(&Settings { priority_delay: day, ..settings(3) }, None).expect("a day");
}
