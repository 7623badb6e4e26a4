//! Corrupted messages: their receiver drops them, as their checksum fails.

use sim_engine::{Fault, Target, faults};
use sim_node::Ratio;

use crate::scene::{Scene, between, when};
use crate::toy::{Act, Msg, Script, set};

fn corrupt(from: Option<u32>, to: Option<u32>, kind: Option<&str>, share: Ratio) -> Fault {
    let node = |number: Option<u32>| number.map(Target::Node);
    let (from, to, kind) = (node(from), node(to), kind.map(str::to_owned));
    Fault::from(faults::Corrupt { from, to, kind, share })
}

/// Nodes 0 and 1 send A and B to each other, and node 0 to itself, at 5, 15 and 25.
fn talking() -> Scene {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let acts = [
            Act::Send(1 - node, Msg::A(node)),
            Act::Send(1 - node, Msg::B(node)),
            Act::Send(0, Msg::Beat(node)),
        ];
        script.request(node, 1, acts)
    });
    [5, 15, 25]
        .into_iter()
        .fold(Scene::new(2, script), |scene, time| scene.request(time, 0, 1).request(time, 1, 1))
}

#[test]
fn what_arrives_in_its_window_is_dropped_by_its_receiver() {
    // What was sent at 5 arrives at 6, before it; what was sent at 15 arrives in it.
    let run = talking().fault(between(10, 20), corrupt(None, None, None, Ratio::ONE)).run();
    let lost = [
        "16ms A(0) Corrupted",
        "16ms B(0) Corrupted",
        "16ms A(1) Corrupted",
        "16ms B(1) Corrupted",
        "16ms Beat(1) Corrupted",
    ];
    assert_eq!(run.history.lost, lost);
    assert!(run.history.sent.iter().all(|sent| !sent.contains("lost")), "it travels its way");
    // Each of the two sends 3 a round, of which one is to itself: 15 over links, 5 of them lost.
    let counts = &run.outcome.counts;
    assert_eq!((counts.total(), counts.lost, counts.in_flight), (15, 5, 0));
    let own = run.history.steps.iter().filter(|step| step.contains("Beat(0) from n0")).count();
    assert_eq!(own, 3, "what a node sends to itself takes no link");
    assert_eq!(run.history.faults, ["10ms f0 strikes [n0, n1]", "20ms f0 ends"]);
}

#[test]
fn senders_receivers_and_kinds_are_told_apart() {
    let lost = |fault: Fault| talking().fault(between(10, 20), fault).run().history.lost;
    let one = |from, to, kind| corrupt(from, to, kind, Ratio::ONE);
    assert_eq!(lost(one(Some(0), None, None)), ["16ms A(0) Corrupted", "16ms B(0) Corrupted"]);
    let to_0 = ["16ms A(1) Corrupted", "16ms B(1) Corrupted", "16ms Beat(1) Corrupted"];
    assert_eq!(lost(one(None, Some(0), None)), to_0);
    assert_eq!(lost(one(None, None, Some("B"))), ["16ms B(0) Corrupted", "16ms B(1) Corrupted"]);
    assert_eq!(lost(one(Some(1), Some(0), Some("A"))), ["16ms A(1) Corrupted"]);
    assert!(lost(one(Some(0), Some(0), None)).is_empty());
}

/// Node 0 sends A(0) to node 1 and node 1 sends A(1) to node 0, four hundred times.
fn many() -> Scene {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let acts = [Act::Send(1 - node, Msg::A(node)), set(0, 2)];
        script.start(node, [set(0, 2)]).timer(node, 0, acts)
    });
    Scene::new(2, script).deadline(802)
}

/// When messages to this node were dropped.
fn dropped(scene: &Scene, to: u32) -> Vec<String> {
    let name = format!(" A({}) ", 1 - to);
    let lost = scene.run().history.lost;
    lost.into_iter().filter(|line| line.contains(&name)).collect()
}

#[test]
fn each_message_is_corrupted_with_the_given_probability() {
    let quarter = Ratio::from_percent(25);
    let scene = many().fault(when(0), corrupt(None, Some(1), None, quarter));
    let count = dropped(&scene, 1).len();
    // 100 of 400, give or take 4 standard deviations of 8.7.
    assert!((65..=135).contains(&count), "{count}");
    assert_eq!(dropped(&scene, 0).len(), 0);
}

#[test]
fn it_draws_from_its_own_numbers() {
    let half = Ratio::from_percent(50);
    let alone = many().fault(when(0), corrupt(None, Some(1), None, half));
    let of_node_1 = dropped(&alone, 1);
    // Another one at the other node, or an omission, shifts nothing.
    let both = alone.clone().fault(when(0), corrupt(None, Some(0), None, half));
    assert_eq!(dropped(&both, 1), of_node_1);
    let omission = Fault::from(faults::OmitSends(Target::Node(1), half));
    assert_eq!(dropped(&alone.fault(when(0), omission), 1), of_node_1);
}

#[test]
fn each_copy_of_a_duplicated_message_is_corrupted_for_itself() {
    let mut scene = many();
    scene.0.network.link.duplication = Ratio::ONE;
    let half = Ratio::from_percent(50);
    let run = scene.fault(when(0), corrupt(None, Some(1), None, half)).run();
    let copies = run.history.lost.len();
    // 400 of 800, give or take 4 standard deviations of 14.
    assert!((343..=457).contains(&copies), "{copies}");
    // Lost is a message of which no copy came through: a quarter of 400.
    let lost = run.outcome.counts.lost;
    assert!((65..=135).contains(&lost), "{lost}");
}

#[test]
fn on_a_stream_the_connection_breaks() {
    // What follows the corrupted message on its connection is lost with it.
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::B(1)), Act::Send(1, Msg::A(2))])
        .request(0, 2, [Act::Send(1, Msg::A(3))]);
    let scene = Scene::new(2, script).stream().request(5, 0, 1).request(10, 0, 2);
    let run = scene.fault(when(0), corrupt(None, None, Some("B"), Ratio::ONE)).run();
    assert_eq!(run.history.lost, ["6ms B(1) Corrupted", "6ms A(2) Connection"]);
    assert_eq!(run.history.steps.last().expect("a step"), "11ms n1 A(3) from n0");
}

#[test]
fn the_calm_ends_it() {
    let scene = talking().fault(when(0), corrupt(None, None, None, Ratio::ONE)).calm(10, 5);
    let run = scene.run();
    assert_eq!(run.history.lost.len(), 5, "what was sent at 5, and nothing later");
}
