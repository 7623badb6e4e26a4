//! BL1 to BL3 of the Bully algorithm: where they hold, and what takes each of them away.

mod common;

use std::sync::Arc;

use common::{assert_held, assert_violated, at, ms, planned, run, run_with, spec};
use election::Bully;
use election::bully::{
    Elections, Message, Phase, Process, Properties, Request, Settings, Termination,
};
use sim_check::{Checked, SimTime};
use sim_engine::{Delay, DiskLoss, Fault, LinkOverride, Target, When, World, WorldSpec, faults};
use sim_node::{Duration, Effect, Harness, NodeId, Ratio};
use sim_protocol::Protocol;

fn bully(nodes: u32) -> Settings {
    Settings {
        nodes,
        bound: ms(10),
        slack: ms(1),
        period: ms(100),
        elections: Elections::OnSuspicion,
        contact_suspected: true,
        mutant: None,
    }
}

fn crash(node: u32, down: Option<Duration>) -> Fault {
    Fault::from(faults::Crash {
        who: Target::Node(node),
        down,
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    })
}

/// Five processes, every message at the bound.
fn world(deadline: SimTime) -> WorldSpec<Process> {
    spec::<Bully>(&bully(5), Delay::Constant(ms(10)), deadline)
}

/// Messages of this sender, of this kind, take so long.
fn slow(from: Option<u32>, kind: Option<&str>, delay: Duration) -> Fault {
    Fault::from(faults::Links {
        from: from.map(Target::Node),
        to: None,
        both: false,
        kind: kind.map(Into::into),
        delay: Some(Delay::Constant(delay)),
        loss: None,
        duplication: None,
    })
}

fn leaders(world: &World<Process, Properties>) -> Vec<Option<u32>> {
    let named = |process: &Option<Process>| Some(process.as_ref()?.leader()?.number());
    world.states().iter().map(named).collect()
}

/// The highest is elected, its crash makes the next one coordinator, and it takes over when it is
/// back.
#[test]
fn the_highest_live_process_takes_over_each_time() {
    let mut spec = world(at(4_000));
    spec.faults = vec![
        planned(0, When::At(at(1_000)), crash(4, None)),
        planned(1, When::At(at(2_000)), crash(3, None)),
        planned(2, When::At(at(3_000)), Fault::from(faults::Restart(Target::Node(4), None))),
    ];
    let mut world = World::<Process, Properties>::new(Arc::new(spec), 0);
    world.run_until(at(990));
    assert_eq!(leaders(&world), vec![Some(4); 5]);
    world.run_until(at(1_990));
    assert_eq!(leaders(&world), [Some(3), Some(3), Some(3), Some(3), None]);
    world.run_until(at(2_990));
    assert_eq!(leaders(&world), [Some(2), Some(2), Some(2), None, None]);
    let outcome = world.run();
    assert_eq!(leaders(&world), [Some(4), Some(4), Some(4), None, Some(4)]);
    assert_held(&outcome, "a crash, another, a recovery");
}

/// THEORY 2.5: in a correct Bully two coordinators exist for a short time while a higher one takes
/// over.
#[test]
fn two_coordinators_exist_for_a_moment_when_a_higher_one_recovers() {
    let mut spec = world(at(3_000));
    spec.faults = vec![planned(0, When::At(at(1_000)), crash(4, Some(ms(1_000))))];
    let mut world = World::<Process, Properties>::new(Arc::new(spec), 0);
    let mut most = (0, SimTime::ZERO);
    while world.step() {
        let coordinators = world.states().iter().flatten().filter(|p| p.is_coordinator()).count();
        if coordinators > most.0 {
            most = (coordinators, world.now());
        }
    }
    // It recovers at 2 s, asks, and declares itself a round trip later.
    assert_eq!(most, (2, at(2_021)));
    assert_held(&world.run(), "a takeover");
}

/// BL1 is violated by a false suspicion: the coordinator is up, and its replies are late.
#[test]
fn bl1_is_violated_when_replies_are_slower_than_the_bound() {
    for seed in 0..50 {
        let mut world = spec::<Bully>(&bully(5), Delay::Uniform(ms(1), ms(10)), at(3_000));
        let late = slow(None, Some("Pong"), ms(40));
        world.faults = vec![planned(0, When::At(at(1_000)), late)];
        assert_violated(&run::<Bully>(world, seed), "BL1", "late replies");
    }
}

/// BL2 is violated by a false suspicion: the second highest receives nothing from the coordinator
/// in time and declares itself. It is soon after a crash of another, so BL1 is not due yet.
#[test]
fn bl2_is_violated_when_the_coordinator_is_slower_than_the_bound() {
    for seed in 0..50 {
        let mut world = spec::<Bully>(&bully(5), Delay::Uniform(ms(9), ms(10)), at(3_000));
        let late = slow(Some(4), None, ms(400));
        world.faults = vec![
            planned(0, When::At(at(1_000)), crash(0, None)),
            planned(1, When::At(at(1_100)), late),
        ];
        assert_violated(&run::<Bully>(world, seed), "BL2", "a late coordinator");
    }
}

/// The same crash and the same slowness, and the waits derived from what messages really take: all
/// holds.
#[test]
fn bl1_and_bl2_hold_when_the_bound_is_what_messages_take() {
    for seed in 0..50 {
        let slower = Settings { bound: ms(400), ..bully(5) };
        let mut world = spec::<Bully>(&slower, Delay::Uniform(ms(9), ms(10)), at(30_000));
        world.faults = vec![
            planned(0, When::At(at(10_000)), crash(0, None)),
            planned(1, When::At(at(10_100)), slow(Some(4), None, ms(400))),
        ];
        assert_held(&run::<Bully>(world, seed), "a slow but honest bound");
    }
}

/// BL3 is violated when declarations never arrive. (BL1 is its bounded form and would end the run
/// before.)
#[test]
fn bl3_is_violated_when_no_declaration_arrives() {
    let mut world = world(at(1_000));
    world.network.overrides = vec![LinkOverride {
        kind: Some(2),
        to: Some(vec![NodeId::new(1)]),
        loss: Some(Ratio::ONE),
        ..LinkOverride::default()
    }];
    let outcome = run_with::<Process, Checked<Termination>>(world, 0);
    assert_violated(&outcome, "BL3", "a process that is never told");
    assert_eq!(outcome.findings[0].node, Some(NodeId::new(1)));
}

/// BL3 and BL1 need the detector: without it a crashed coordinator is followed for ever, in a world
/// where nothing happens any more.
#[test]
fn bl3_and_bl1_are_violated_without_the_detector() {
    let settings = Settings { elections: Elections::OnRequest, ..bully(3) };
    let mut world = spec::<Bully>(&settings, Delay::Constant(ms(1)), at(10_000));
    world.requests = vec![(at(1), NodeId::new(0), Request::Elect)];
    world.faults = vec![planned(0, When::At(at(1_000)), crash(2, None))];
    // Together, the claim of safety violated, which would have ended the run before the obligation
    // was due: the same state is no better for lasting silently.
    let outcome = run::<Bully>(world.clone(), 0);
    assert_violated(&outcome, "BL1", "a crashed coordinator");
    assert_eq!(outcome.findings[0].at, at(10_000));
    let outcome = run_with::<Process, Checked<Termination>>(world, 0);
    assert_violated(&outcome, "BL3", "a crashed coordinator");
}

/// A declaration from below, which no process sends upwards, is answered with an election.
#[test]
fn a_declaration_from_below_begins_an_election() {
    let config = Bully::setup(&bully(5), None).expect("the settings make sense").config;
    let [below, me, above] = [1, 3, 4].map(NodeId::new);
    let (mut process, _) = Harness::<Process>::new(Settings::clone(&config), me, 5);
    process.receive(above, Message::Coordinator);
    assert_eq!(process.node.leader(), Some(above));
    process.receive(below, Message::Coordinator);
    assert_eq!((process.node.leader(), process.node.phase()), (Some(above), Phase::Asking));
    let asks =
        Effect::Send { to: above, message: Message::Election, resend: false, at_once: false };
    assert!(process.effects.contains(&asks), "{:?}", process.effects);
}

/// An answer without a coordinator: the process that answered crashed, and the election begins
/// anew.
#[test]
fn an_election_begins_anew_when_the_answerer_crashes() {
    let mut spec = world(at(3_000));
    // 4 is gone for good; 3 answers the askers, and crashes before it declares itself.
    spec.faults = vec![
        planned(0, When::At(at(1_000)), crash(4, None)),
        planned(
            1,
            When::On(sim_engine::Trigger {
                at: Some(3),
                // Its answers of the first election at the start are three.
                nth: 5,
                ..sim_engine::Trigger::new(sim_engine::Occasion::Send("Answer".into()))
            }),
            Fault::from(faults::Crash {
                who: Target::Trigger,
                down: None,
                disk: DiskLoss::Prefix,
                inside: None,
                settings: None,
            }),
        ),
    ];
    let mut world = World::<Process, Properties>::new(Arc::new(spec), 0);
    let outcome = world.run();
    assert_eq!(leaders(&world), [Some(2), Some(2), Some(2), None, None]);
    assert_held(&outcome, "an answerer that crashes");
}

/// A detector that finds nobody wanting sends one ping and one reply per follower and period.
#[test]
fn a_quiet_group_exchanges_heartbeats_only() {
    let mut world = World::<Process, Properties>::new(Arc::new(world(at(10_000))), 0);
    let before = world.run_until(at(1_000)).counts;
    let after = world.run().counts;
    assert_eq!(after.protocol, before.protocol, "no election while nothing happens");
    // 120 ms from ping to ping: 9 s are 75 of them, give or take the one under way at either end.
    let pings = (after.heartbeat - before.heartbeat) / 2 / 4;
    assert!((74..=76).contains(&pings), "{pings} pings of each follower");
}

#[test]
fn the_waits_are_those_of_the_derivation() {
    let config = Bully::setup(&bully(5), None).expect("the settings make sense").config;
    assert_eq!(config.round_trip(), ms(21));
    assert_eq!(config.patience(), ms(42));
    assert_eq!(config.detection_time(), ms(131));
    assert_eq!(config.takeover_time(), ms(152));
    assert_eq!(config.rivalry_time(), ms(162));
    assert_eq!(config.settling_time(), ms(334));
}

#[test]
fn settings_that_make_no_sense_name_the_field() {
    let field = |settings: &Settings| Bully::setup(settings, None).unwrap_err().field;
    assert_eq!(field(&Settings { slack: ms(0), ..bully(3) }), "slack");
    assert_eq!(field(&Settings { period: ms(0), ..bully(3) }), "period");
    assert_eq!(field(&Settings { bound: Duration::MAX, ..bully(3) }), "bound");
    assert_eq!(field(&Settings { contact_suspected: false, ..bully(3) }), "contact_suspected");
}
