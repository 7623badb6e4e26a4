//! Mobile faults strike each node at which the occasion comes up, and give the one before back.

use sim_engine::{Fault, Inside, Occasion, Strike, When, faults};

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Msg, Script, set};

/// Nodes 0 to 3 each lead once, at 10, 20, 30 and 40: they send A to two others and mark in
/// between.
fn leads() -> Scene {
    let script = (0..4).fold(Script::new(), |script, node: u32| {
        let acts = [
            Act::Send((node + 1) % 4, Msg::A(node)),
            Act::Mark("elected"),
            Act::Send((node + 2) % 4, Msg::A(node)),
        ];
        script.start(node, [set(0, 10 * (u64::from(node) + 1))]).timer(node, 0, acts)
    });
    Scene::new(4, script).deadline(50)
}

fn mobile(effects: u32, strike: Strike) -> Fault {
    let on = Occasion::Mark("elected".to_owned());
    Fault::from(faults::Mobile { on, inside: Inside::First(effects), strike })
}

#[test]
fn a_crash_is_passed_on_and_the_previous_victim_restarts() {
    let run = leads().fault(between(5, 35), mobile(1, Strike::Crash)).run();
    assert_eq!(
        run.history.faults,
        [
            "10ms f0 strikes [n0]",
            "10ms n0 crashed",
            "20ms f0 strikes [n1]",
            "20ms n1 crashed",
            "30ms f0 strikes [n2]",
            "30ms n2 crashed",
            "30ms f0 strikes [n0]",
            "30ms n0 crashed",
            "35ms f0 ends",
        ]
    );
    let restarts: Vec<&String> =
        run.history.steps.iter().filter(|step| step.contains("restart")).collect();
    // Node 0, back at 20, leads again at 30, right behind node 2: it is struck in its turn, and
    // node 2 is given back at once. At 35 the mobile fault ends, and node 3 is not struck any more.
    let expected =
        ["20ms n0 restart []", "30ms n1 restart []", "30ms n2 restart []", "35ms n0 restart []"];
    assert_eq!(restarts, expected);
    // Of each victim the first effect got out, and the rest never did.
    assert_eq!(
        run.history.sent[..6],
        [
            "10ms n0>n1 A(0) arrives 11ms",
            "20ms n1>n2 A(1) arrives 21ms",
            "30ms n2>n3 A(2) arrives 31ms",
            "30ms n0>n1 A(0) arrives 31ms",
            "40ms n3>n0 A(3) arrives 41ms",
            "40ms n3>n1 A(3) arrives 41ms",
        ]
    );
}

#[test]
fn an_isolated_victim_gets_its_first_effects_out_and_is_connected_again_later() {
    let run = leads().fault(between(5, 35), mobile(1, Strike::Isolate)).run();
    assert_eq!(
        run.history.sent,
        [
            "10ms n0>n1 A(0) arrives 11ms",
            "10ms n0>n2 A(0) lost Cut",
            "20ms n1>n2 A(1) arrives 21ms",
            "20ms n1>n3 A(1) lost Cut",
            "30ms n2>n3 A(2) arrives 31ms",
            // Node 0 is connected again.
            "30ms n2>n0 A(2) lost Cut",
            "40ms n3>n0 A(3) arrives 41ms",
            "40ms n3>n1 A(3) arrives 41ms",
        ]
    );
    let none = leads().fault(between(5, 35), mobile(0, Strike::Isolate)).run();
    assert_eq!(none.outcome.counts.lost, 6);
    let all = leads().fault(between(5, 35), mobile(3, Strike::Isolate)).run();
    assert_eq!(all.outcome.counts.lost, 0);
}

#[test]
fn the_present_victim_is_not_struck_again() {
    // Node 0 marks at 10 and again at 12, when it is isolated; it is given back at 20.
    let script = Script::new()
        .request(0, 1, [Act::Mark("elected"), Act::Send(2, Msg::A(0))])
        .request(1, 1, [Act::Mark("elected")]);
    let scene = Scene::new(3, script)
        .request(10, 0, 1)
        .request(12, 0, 1)
        .request(20, 1, 1)
        .request(22, 0, 1)
        .fault(when(5), mobile(9, Strike::Isolate));
    let run = scene.run();
    let faults = ["10ms f0 strikes [n0]", "20ms f0 strikes [n1]", "22ms f0 strikes [n0]"];
    assert_eq!(run.history.faults, faults);
    assert_eq!(
        run.history.sent,
        [
            "10ms n0>n2 A(0) arrives 11ms",
            "12ms n0>n2 A(0) lost Cut",
            "22ms n0>n2 A(0) arrives 23ms"
        ]
    );
}

#[test]
fn a_heal_gives_the_victim_back_and_the_fault_goes_on() {
    let run = leads()
        .fault(when(5), mobile(0, Strike::Isolate))
        .fault(when(15), Fault::from(faults::Heal))
        .run();
    assert_eq!(run.outcome.faults[0].struck, 4);
    assert_eq!(run.history.faults[..2], ["10ms f0 strikes [n0]", "15ms f1 strikes [n0]"]);
    let healed = leads()
        .fault(when(5), mobile(0, Strike::Isolate))
        .fault(when(45), Fault::from(faults::Heal));
    let victims = healed.run().outcome.faults[1].victims.clone();
    assert_eq!(victims, [sim_node::NodeId::new(3)]);
}

/// A victim that is given back starts, and writes as it does: were that an occasion, the two would
/// strike each other for ever at 20.
#[test]
fn the_start_of_a_node_is_no_occasion_for_a_crash() {
    let script = (0..2).fold(Script::new(), |script, node| {
        script.start(node, [Act::Write(1)]).request(node, 1, [Act::Write(2)])
    });
    let on = Occasion::Write;
    let mobile =
        Fault::from(faults::Mobile { on, inside: Inside::First(0), strike: Strike::Crash });
    let scene = Scene::new(2, script).request(10, 0, 1).request(20, 1, 1).request(30, 0, 1);
    let run = scene.fault(between(0, 35), mobile).deadline(40).run();
    assert_eq!(
        run.history.faults,
        [
            "10ms f0 strikes [n0]",
            "10ms n0 crashed",
            "20ms f0 strikes [n1]",
            "20ms n1 crashed",
            "30ms f0 strikes [n0]",
            "30ms n0 crashed",
            "35ms f0 ends",
        ]
    );
}

#[test]
fn a_mobile_fault_can_wait_for_a_trigger_itself() {
    // It begins when node 1 marks at 20: node 1 is not its victim, nodes 2 and 3 are.
    let mark = Occasion::Mark("elected".to_owned());
    let begins = When::On(sim_engine::Trigger { at: Some(1), ..sim_engine::Trigger::new(mark) });
    let run = leads().fault(begins, mobile(0, Strike::Isolate)).run();
    assert_eq!(run.history.faults, ["30ms f0 strikes [n2]", "40ms f0 strikes [n3]"]);
}

#[test]
fn a_victim_that_is_up_again_is_not_restarted_twice() {
    let run = leads()
        .fault(when(5), mobile(0, Strike::Crash))
        .fault(when(12), Fault::from(faults::Restart(sim_engine::Target::Node(0), None)))
        .fault(when(13), crash(0, None))
        .run();
    // Restarted by a fault at 12 and crashed at 13 by another fault, it is given back at 20 all the
    // same: that is what the mobile fault must do. (At 30 it leads again, and the mobile fault
    // strikes it again.)
    let restarts: Vec<&String> =
        run.history.steps.iter().filter(|step| step.contains("n0 restart")).collect();
    let expected = ["12ms n0 restart []", "20ms n0 restart []", "40ms n0 restart []"];
    assert_eq!(restarts, expected);
}
