//! Counted losses: exactly the n-th message is lost, and nothing else.

use sim_engine::{Fault, Target, faults};

use crate::scene::{Scene, between, when};
use crate::toy::{Act, Msg, Script};

fn lose(from: Option<u32>, to: Option<u32>, kind: Option<&str>, (nth, times): (u32, u32)) -> Fault {
    let node = |number: Option<u32>| number.map(Target::Node);
    let (from, to, kind) = (node(from), node(to), kind.map(str::to_owned));
    Fault::from(faults::Lose { from, to, kind, nth, times })
}

/// Nodes 0 and 1 send A and B to each other, and node 0 to itself, at 5, 15, 25 and 35.
fn talking() -> Scene {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let acts = [
            Act::Send(1 - node, Msg::A(node)),
            Act::Send(1 - node, Msg::B(node)),
            Act::Send(node, Msg::A(10 + node)),
        ];
        script.request(node, 1, acts)
    });
    [5, 15, 25, 35]
        .into_iter()
        .fold(Scene::new(2, script), |scene, time| scene.request(time, 0, 1).request(time, 1, 1))
}

fn lost(scene: Scene) -> Vec<String> {
    let sent = scene.run().history.sent;
    sent.into_iter().filter(|sent| sent.contains("lost")).collect()
}

#[test]
fn the_third_message_is_lost_and_no_other() {
    // Sent over links, in order: 5: A B (n0), A B (n1); 15: the same. The third is A of n1 at 5.
    let run = talking().fault(when(0), lose(None, None, None, (3, 1))).run();
    assert_eq!(run.outcome.counts.lost, 1);
    let lost: Vec<_> = run.history.sent.iter().filter(|sent| sent.contains("lost")).collect();
    assert_eq!(lost, ["5ms n1>n0 A(1) lost Counted(0)"]);
}

#[test]
fn senders_receivers_and_kinds_are_counted_apart() {
    let second = |fault: Fault| lost(talking().fault(when(0), fault));
    // Of node 0: A and B at 5. What it sends to itself takes no link and does not count.
    assert_eq!(second(lose(Some(0), None, None, (3, 1))), ["15ms n0>n1 A(0) lost Counted(0)"]);
    assert_eq!(second(lose(None, Some(0), None, (2, 1))), ["5ms n1>n0 B(1) lost Counted(0)"]);
    assert_eq!(second(lose(None, None, Some("B"), (4, 1))), ["15ms n1>n0 B(1) lost Counted(0)"]);
    assert_eq!(
        second(lose(Some(1), Some(0), Some("A"), (4, 1))),
        ["35ms n1>n0 A(1) lost Counted(0)"]
    );
    assert!(second(lose(Some(1), Some(0), Some("A"), (5, 1))).is_empty());
}

#[test]
fn several_are_lost_one_behind_the_other() {
    let two = lost(talking().fault(when(0), lose(None, None, Some("A"), (2, 2))));
    assert_eq!(two, ["5ms n1>n0 A(1) lost Counted(0)", "15ms n0>n1 A(0) lost Counted(0)"]);
}

#[test]
fn only_what_is_sent_in_its_window_counts() {
    let in_window = lost(talking().fault(between(10, 20), lose(None, None, Some("B"), (2, 1))));
    assert_eq!(in_window, ["15ms n1>n0 B(1) lost Counted(0)"]);
    assert!(lost(talking().fault(between(10, 20), lose(None, None, Some("B"), (3, 1)))).is_empty());
}

#[test]
fn many_count_each_for_itself() {
    // Six are enough for the network to remember what is in force on a link.
    let scene = (1..=6)
        .fold(talking(), |scene, nth| scene.fault(when(0), lose(None, None, Some("A"), (nth, 1))));
    assert_eq!(lost(scene).len(), 6);
    // Two of the same number lose one message.
    let twice = lose(None, None, Some("A"), (2, 1));
    let scene = talking().fault(when(0), twice.clone()).fault(when(0), twice);
    assert_eq!(lost(scene), ["5ms n1>n0 A(1) lost Counted(0)"]);
}

#[test]
fn what_a_cut_loses_is_counted_as_well() {
    let cut = Fault::from(faults::OneWay(Target::Node(0), Target::Node(1), Default::default()));
    let scene = talking().fault(between(0, 10), cut);
    let lost = lost(scene.fault(when(0), lose(Some(0), None, Some("A"), (2, 1))));
    let expected = [
        "5ms n0>n1 A(0) lost OneWay",
        "5ms n0>n1 B(0) lost OneWay",
        "15ms n0>n1 A(0) lost Counted(1)",
    ];
    assert_eq!(lost, expected);
}

#[test]
fn it_shifts_no_draw() {
    let mut drawn = talking();
    let millis = sim_node::Duration::from_millis;
    drawn.0.network.link.delay = sim_engine::Delay::Uniform(millis(1), millis(9));
    let with = drawn.clone().fault(when(0), lose(Some(0), None, None, (1, 1))).run();
    let without = drawn.run();
    assert_eq!(with.history.sent.len(), without.history.sent.len());
    let differ = with.history.sent.iter().zip(&without.history.sent).filter(|(a, b)| a != b);
    assert_eq!(differ.count(), 1, "only the lost message");
}
