//! Bracha's broadcast in worlds: its cost, its delays, and what it stands on.

use std::sync::Arc;

use broadcast::{
    Bracha, BrachaSettings, Broadcast, BroadcastClaims, Content, Instance, Message, Process,
    Request,
};
use sim_check::{Claim, Properties, SimTime, Verdict, View};
use sim_engine::{
    Delay, Failures, Fault, Link, Model, Network, Outcome, PlannedFault, Target, Timing, Transport,
    When, World, WorldSpec, faults,
};
use sim_node::{Duration, Harness, NodeId, Ratio, RequestId, RequestOutcome};
use sim_protocol::Protocol;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

fn settings(nodes: u32, f: u32) -> BrachaSettings {
    BrachaSettings { nodes, f, echoes: None, readies: None }
}

/// Thresholds that wait for n-f processes, which is all that one can wait for.
fn live(nodes: u32, f: u32) -> BrachaSettings {
    BrachaSettings { echoes: Some(nodes - f), readies: Some(nodes - f), ..settings(nodes, f) }
}

/// Each of these is asked at 10 ms and so on to broadcast.
fn world(settings: &BrachaSettings, delay: Delay, broadcasts: &[(u32, u64)]) -> WorldSpec<Process> {
    let link = Link { delay, loss: Ratio::ZERO, duplication: Ratio::ZERO, fifo: false };
    let setup = Bracha::setup(settings, None).expect("good settings");
    let network = Network::new(Transport::Datagram, link);
    let deadline = SimTime::from(ms(10_000));
    let mut spec = WorldSpec::new(setup.config, settings.nodes, network, deadline);
    let times = (1_u64..).map(|place| SimTime::from(ms(10 * place)));
    spec.requests = times
        .zip(broadcasts)
        .map(|(time, (who, what))| (time, node(*who), Request::Broadcast(*what)))
        .collect();
    spec.core = setup.core;
    spec.model =
        Model { timing: Timing::Asynchronous, failures: Failures::Byzantine, broken: false };
    spec
}

fn run(mut spec: WorldSpec<Process>, faults: Vec<Fault>, seed: u64) -> Outcome {
    spec.faults = (0..)
        .zip(faults)
        .map(|(id, fault)| PlannedFault {
            id,
            label: format!("{fault:?}"),
            when: When::At(SimTime::ZERO),
            lasts: None,
            fault,
        })
        .collect();
    World::<Process, BroadcastClaims>::new(Arc::new(spec), seed).run()
}

fn violated(outcome: &Outcome) -> Vec<&'static str> {
    let violated = |(claim, verdict): &(&'static Claim, Verdict)| {
        (*verdict == Verdict::Violated).then_some(claim.code)
    };
    outcome.properties.iter().filter_map(violated).collect()
}

/// SEND to n-1, and ECHO and READY of n processes to n-1 each.
#[test]
fn a_broadcast_costs_n_minus_1_times_2n_plus_1_messages() {
    for (n, f) in [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (7, 2), (10, 3)] {
        let outcome = run(world(&settings(n, f), Delay::Constant(ms(1)), &[(0, 7)]), vec![], 0);
        assert_eq!(outcome.verdict, Verdict::Held, "n = {n}: {:?}", outcome.findings);
        let n = u64::from(n);
        assert_eq!(outcome.counts.total(), (n - 1) * (2 * n + 1), "n = {n}");
        let by_kind = [("Send", n - 1), ("Echo", n * (n - 1)), ("Ready", n * (n - 1))];
        assert_eq!(outcome.counts.by_kind, by_kind);
    }
}

/// SEND at 10 arrives at 11, ECHO at 12, READY at 13: three delays.
#[test]
fn it_is_delivered_after_three_delays() {
    let spec = Arc::new(world(&settings(4, 1), Delay::Constant(ms(1)), &[(0, 7)]));
    let mut world: World<Process, BroadcastClaims> = World::new(spec, 0);
    let instance = Instance { sender: node(0), number: 0 };
    let delivered = |world: &World<Process, BroadcastClaims>| {
        let progress = world.states().iter().flatten().map(|one| one.progress(instance));
        progress.filter_map(|one| one.and_then(|one| one.delivered())).collect::<Vec<_>>()
    };
    world.run_until(SimTime::from_nanos(ms(13).as_nanos() - 1));
    assert_eq!(delivered(&world), []);
    world.run_until(SimTime::from(ms(13)));
    assert_eq!(delivered(&world), [Content(7); 4]);
}

fn mute(who: u32) -> Fault {
    Fault::from(faults::Mute { who: Target::Node(who), to: None, kind: None })
}

fn tamper(who: u32) -> Fault {
    Fault::from(faults::Tamper { who: Target::Node(who), to: None, kind: None, share: Ratio::ONE })
}

fn equivocate(who: u32) -> Fault {
    Fault::from(faults::Equivocate { who: Target::Node(who), to: None, kind: None })
}

fn replay(who: u32, instead: bool) -> Fault {
    let (who, share) = (Target::Node(who), Ratio::ONE);
    Fault::from(faults::Replay { who, to: None, kind: None, share, instead })
}

fn twins(who: u32) -> Fault {
    Fault::from(faults::Twins { who: Target::Node(who), to: None })
}

/// Everything that a Byzantine process is made to do.
fn deeds(who: u32) -> Vec<Vec<Fault>> {
    vec![
        vec![mute(who)],
        vec![tamper(who)],
        vec![equivocate(who)],
        vec![replay(who, false)],
        vec![replay(who, true)],
        vec![twins(who)],
        vec![twins(who), equivocate(who)],
        vec![equivocate(who), replay(who, false), tamper(who)],
    ]
}

/// Each of four may be the Byzantine one, a sender or not; and two of seven.
#[test]
fn with_n_above_3f_every_claim_holds_of_every_kind() {
    let delay = || Delay::Uniform(ms(1), ms(9));
    for seed in 0..10 {
        for byzantine in 0..4 {
            for faults in deeds(byzantine) {
                let spec = world(&settings(4, 1), delay(), &[(0, 7), (1, 8), (0, 9)]);
                let outcome = run(spec, faults.clone(), seed);
                assert_eq!(outcome.verdict, Verdict::Held, "{faults:?} {:?}", outcome.findings);
            }
        }
        for one in deeds(0) {
            for other in deeds(1) {
                let faults = [one.clone(), other].concat();
                let spec = world(&settings(7, 2), delay(), &[(0, 7), (1, 8), (2, 9), (0, 6)]);
                let outcome = run(spec, faults.clone(), seed);
                assert_eq!(outcome.verdict, Verdict::Held, "{faults:?} {:?}", outcome.findings);
            }
        }
    }
}

/// With n = 3f the thresholds of the book are out of reach, and those in reach are not safe.
#[test]
fn with_n_of_3f_each_kind_violates_a_claim() {
    let delay = || Delay::Uniform(ms(1), ms(9));
    for seed in 0..50 {
        for faults in [vec![mute(2)], vec![tamper(2)], vec![replay(2, true)], vec![equivocate(2)]] {
            let outcome = run(world(&settings(3, 1), delay(), &[(0, 7)]), faults.clone(), seed);
            assert_eq!(violated(&outcome), ["BRB1"], "{faults:?} {:?}", outcome.findings);
        }
        for faults in [vec![equivocate(0)], vec![twins(0)]] {
            let spec = world(&live(3, 1), delay(), &[(0, 7), (0, 8)]);
            let outcome = run(spec, faults.clone(), seed);
            assert_eq!(violated(&outcome), ["BRB4"], "{faults:?} {:?}", outcome.findings);
        }
        // The same thresholds and no Byzantine process: all is well.
        let outcome = run(world(&live(3, 1), delay(), &[(0, 7), (0, 8)]), vec![], seed);
        assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.findings);
    }
}

/// Without READY of f+1 joining in, a process that echoes did not reach would be left behind.
#[test]
fn a_process_joins_in_with_f_plus_1_ready_and_delivers_with_2f_plus_1() {
    let setup = Bracha::setup(&settings(4, 1), None).expect("good settings");
    let (mut harness, _) = Harness::<Process>::new(*setup.config, node(3), 4);
    let instance = Instance { sender: node(0), number: 0 };
    let said = |content| Broadcast { instance, content: Content(content) };
    assert_eq!(harness.receive(node(1), Message::Ready(said(7))), []);
    assert_eq!(harness.receive(node(1), Message::Ready(said(7))), [], "the same one again");
    assert_eq!(harness.receive(node(2), Message::Ready(said(8))), [], "for something else");
    let ready: Vec<_> = (0..3).map(|to| (node(to), Message::Ready(said(7)))).collect();
    assert_eq!(harness.receive(node(0), Message::Ready(said(7))), ready);
    // A SEND of another than the sender counts for nothing, and so does a second one.
    assert_eq!(harness.receive(node(1), Message::Send(said(7))), []);
    assert_eq!(harness.receive(node(0), Message::Send(said(7))).len(), 3);
    assert_eq!(harness.receive(node(0), Message::Send(said(8))), []);
}

/// The claims can tell: what no run of the protocol shows is put before them.
#[test]
fn claims_notice_what_they_forbid() {
    let spec = world(&settings(4, 1), Delay::Constant(ms(1)), &[]);
    let started: World<Process, ()> = {
        let mut world = World::new(Arc::new(spec.clone()), 0);
        world.run_until(SimTime::from(ms(1)));
        world
    };
    let view = View {
        time: started.now(),
        step: 4,
        servers: 4,
        config: &*spec.config,
        states: started.states(),
        core: None,
        byzantine: None,
    };
    let instance = Instance { sender: node(0), number: 0 };
    let deliver = |content| broadcast::Deliver(Broadcast { instance, content: Content(content) });
    let codes = |suite: &BroadcastClaims| -> Vec<&'static str> {
        let mut judged = Vec::new();
        suite.judged(&mut judged);
        let violated = judged.iter().filter(|one| one.judge.violation().is_some());
        violated.map(|one| one.claim.code).collect()
    };
    let new = || <BroadcastClaims as Properties<Process>>::new(view.config, 4);
    // Nobody has broadcast it.
    let mut suite = new();
    suite.indicated(&view, node(1), &deliver(7));
    assert_eq!(codes(&suite), ["BRB3"]);
    // Twice, and something else than another: of a sender that is Byzantine.
    let byzantine = std::collections::BTreeSet::from([node(0)]);
    let view = View { byzantine: Some(&byzantine), ..view };
    let mut suite = new();
    suite.indicated(&view, node(1), &deliver(7));
    suite.indicated(&view, node(1), &deliver(7));
    assert_eq!(codes(&suite), ["BRB2"]);
    let mut suite = new();
    suite.indicated(&view, node(1), &deliver(7));
    let mut unmet = Vec::new();
    suite.unmet(&view, &mut unmet);
    let unmet: Vec<_> = unmet.iter().map(|(claim, one)| (claim.code, one.node)).collect();
    assert_eq!(unmet, [("BRB5", Some(node(2)))]);
    suite.indicated(&view, node(2), &deliver(8));
    assert_eq!(codes(&suite), ["BRB4"]);
}

/// Of two broadcasts of the same number, each request is done when its own is delivered.
#[test]
fn each_request_is_done_by_its_own_broadcast() {
    let setup = Bracha::setup(&settings(4, 1), None).expect("good settings");
    let (mut harness, _) = Harness::<Process>::new(*setup.config, node(0), 4);
    harness.ask(Request::Broadcast(7));
    harness.ask(Request::Broadcast(7));
    let ready = |number| {
        let instance = Instance { sender: node(0), number };
        Message::Ready(Broadcast { instance, content: Content(7) })
    };
    for number in [1, 0] {
        harness.receive(node(1), ready(number));
        harness.receive(node(2), ready(number));
        assert_eq!(harness.outcomes, [(RequestId::new(number), RequestOutcome::Done)]);
    }
}
