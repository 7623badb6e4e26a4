//! Faults that strike when something happens in the protocol, and windows in which they strike.

use std::collections::BTreeSet;

use sim_engine::{Cut, DiskLoss, Fault, First, Occasion, Target, Trigger, When, faults};
use sim_node::Duration;

use crate::scene::{Scene, at, between, on};
use crate::toy::{Act, Msg, Script, ms, set};

/// Pauses the node that triggers it: it leaves its mark in the report and nothing else that matters
/// here.
fn strike() -> Fault {
    Fault::from(faults::Pause(Target::Trigger, First::Oldest))
}

fn nth(on: Occasion, nth: u32, at: Option<u32>) -> When {
    When::On(Trigger { at, nth, ..Trigger::new(on) })
}

fn strikes(scene: &Scene, time: When) -> Vec<String> {
    let faults = scene.clone().fault(time, strike()).run().history.faults;
    faults.into_iter().filter(|line| line.contains("strikes")).collect()
}

/// Nodes 0, 1 and 2 do it all at 10, 20 and 30: take the role `leader`, mark, send A twice and B to
/// themselves, and write. Node 3 gets the A of each.
fn everything() -> Scene {
    let script = (0..3).fold(Script::new(), |script, node| {
        let acts = [
            Act::Become("leader", 1),
            Act::Mark("elected"),
            Act::Send(3, Msg::A(node)),
            Act::Send(3, Msg::A(node)),
            Act::Send(node, Msg::B(node)),
            Act::Write(1),
        ];
        script.start(node, [set(0, 10 * (u64::from(node) + 1))]).timer(node, 0, acts)
    });
    Scene::new(4, script)
}

fn role(name: &str) -> Occasion {
    Occasion::Role(name.to_owned())
}

fn mark(name: &str) -> Occasion {
    Occasion::Mark(name.to_owned())
}

fn send(kind: &str) -> Occasion {
    Occasion::Send(kind.to_owned())
}

fn receive(kind: &str) -> Occasion {
    Occasion::Receive(kind.to_owned())
}

#[test]
fn each_occasion_is_seen_at_the_step_in_which_it_happens() {
    let first = |occasion| strikes(&everything(), on(occasion));
    assert_eq!(first(role("leader")), ["10ms f0 strikes [n0]"]);
    assert_eq!(first(mark("elected")), ["10ms f0 strikes [n0]"]);
    assert_eq!(first(send("A")), ["10ms f0 strikes [n0]"]);
    assert_eq!(first(receive("A")), ["11ms f0 strikes [n3]"]);
    assert_eq!(first(Occasion::Write), ["10ms f0 strikes [n0]"]);
    // What a node sends to itself is received, and is no message of the network.
    assert!(first(send("B")).is_empty());
    assert_eq!(first(receive("B")), ["10ms f0 strikes [n0]"]);
    for never in [role("head"), mark("other"), send("Beat"), receive("Ask")] {
        assert!(first(never).is_empty());
    }
}

#[test]
fn it_strikes_the_nth_time_and_only_then() {
    let scene = everything();
    assert_eq!(strikes(&scene, nth(role("leader"), 2, None)), ["20ms f0 strikes [n1]"]);
    assert_eq!(strikes(&scene, nth(mark("elected"), 3, None)), ["30ms f0 strikes [n2]"]);
    assert!(strikes(&scene, nth(mark("elected"), 4, None)).is_empty());
    // Two of them in one step: the second is in the first step, the third in the second.
    assert_eq!(strikes(&scene, nth(send("A"), 2, None)), ["10ms f0 strikes [n0]"]);
    assert_eq!(strikes(&scene, nth(send("A"), 3, None)), ["20ms f0 strikes [n1]"]);
    assert_eq!(strikes(&scene, nth(receive("A"), 3, None)), ["21ms f0 strikes [n3]"]);
    // At one node only.
    assert_eq!(strikes(&scene, nth(mark("elected"), 1, Some(2))), ["30ms f0 strikes [n2]"]);
    assert!(strikes(&scene, nth(mark("elected"), 2, Some(2))).is_empty());
}

#[test]
fn a_role_is_taken_when_its_name_or_rank_is_new() {
    // Leader of rank 1 at 5, the same at 10, of rank 2 at 15, nothing at 20, of rank 2 again at 25.
    let script = Script::new()
        .request(0, 1, [Act::Become("leader", 1)])
        .request(0, 2, [Act::Become("leader", 2)])
        .request(0, 3, [Act::Resign]);
    let scene = [(5, 1), (10, 1), (15, 2), (20, 3), (25, 2)]
        .into_iter()
        .fold(Scene::new(1, script), |scene, (time, request)| scene.request(time, 0, request));
    let time = |times| strikes(&scene, nth(role("leader"), times, None));
    assert_eq!(time(1), ["5ms f0 strikes [n0]"]);
    assert_eq!(time(2), ["15ms f0 strikes [n0]"]);
    assert_eq!(time(3), ["25ms f0 strikes [n0]"]);
    assert!(time(4).is_empty());
}

#[test]
fn it_may_strike_somebody_else() {
    let crash = Fault::from(faults::Crash {
        who: Target::Node(3),
        down: Some(ms(5)),
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    });
    let run = everything().fault(nth(mark("elected"), 2, None), crash).run();
    // Down from 20 to 25, so the messages of 20 find nobody at 21.
    assert_eq!(run.history.lost, ["21ms A(1) Down", "21ms A(1) Down"]);
    assert_eq!(run.history.faults, ["20ms n3 crashed", "20ms f0 strikes [n3]"]);
}

#[test]
fn the_effects_of_the_triggering_step_have_happened() {
    let isolate = Fault::from(faults::Isolate(Target::Trigger, Cut::AtSend));
    let run = everything().fault(on(role("leader")), isolate).run();
    // The A of node 0 have left before it is isolated; so has everything of the others.
    assert_eq!(run.outcome.counts.lost, 0);
    assert_eq!(run.outcome.counts.total(), 6);
}

#[test]
fn several_faults_may_wait_for_one_occasion() {
    let run = everything()
        .fault(on(mark("elected")), strike())
        .fault(on(mark("elected")), Fault::from(faults::Pause(Target::Node(3), First::Oldest)))
        .fault(nth(mark("elected"), 2, None), strike())
        .run();
    let expected = ["10ms f0 strikes [n0]", "10ms f1 strikes [n3]", "20ms f2 strikes [n1]"];
    assert_eq!(run.history.faults, expected);
}

#[test]
fn a_momentary_fault_strikes_once_at_an_instant_drawn_from_its_window() {
    let crash = |time| {
        let fault = Fault::from(faults::Crash {
            who: Target::Node(0),
            down: None,
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        Scene::new(1, Script::new()).fault(time, fault)
    };
    let scene = crash(between(10, 20));
    let mut times = BTreeSet::new();
    for seed in 0..200 {
        let report = &scene.seed(seed).outcome.faults[0];
        assert_eq!(report.struck, 1);
        times.insert(report.first.expect("it struck"));
    }
    assert_eq!(times.len(), 200);
    let (first, last) = (*times.first().expect("one"), *times.last().expect("one"));
    assert!(first >= at(10) && last <= at(20));
    // The least of 200 is within a fortieth of the window, but for one in 150.
    assert!(first < at(10) + Duration::from_micros(250), "{first}");
    assert!(last + Duration::from_micros(250) > at(20), "{last}");
    // A window of one instant is that instant.
    assert_eq!(crash(between(15, 15)).run().outcome.faults[0].first, Some(at(15)));
}

#[test]
fn a_lasting_fault_holds_from_the_first_instant_to_the_second() {
    let run = everything()
        .fault(between(10, 20), Fault::from(faults::Pause(Target::Node(3), First::Oldest)))
        .run();
    assert_eq!(run.history.faults, ["10ms f0 strikes [n3]", "20ms f0 ends"]);
    let at_node_3: Vec<&String> =
        run.history.steps.iter().filter(|step| step.contains(" n3 ")).collect();
    assert_eq!(at_node_3[..2], ["20ms n3 A(0) from n0", "20ms n3 A(0) from n0"]);
}
