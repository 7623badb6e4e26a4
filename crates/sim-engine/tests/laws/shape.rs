//! How far apart nodes are, and how much their links carry.

use std::collections::BTreeSet;

use sim_engine::{Delay, Latency};
use sim_node::{Bandwidth, Ratio, Span};

use crate::scene::{Scene, crash, when};
use crate::toy::{Act, Msg, Script, ms};

/// Node 0 sends A(1) and A(2) to node 1 and A(3) to node 2 at 10; node 1 sends B(1) to node 0 then.
/// Links take 1 ms.
fn scene() -> Scene {
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::A(1)), Act::Send(1, Msg::A(2)), Act::Send(2, Msg::A(3))])
        .request(1, 1, [Act::Send(0, Msg::B(1))]);
    Scene::new(3, script).request(10, 0, 1).request(10, 1, 1)
}

fn sent(scene: &Scene) -> Vec<String> {
    scene.run().history.sent
}

#[test]
fn latency_is_added_by_region_and_direction() {
    // Node 0 is in region 0, nodes 1 and 2 in region 1: 20 there, 30 back, 5 within.
    let mut scene = scene();
    let table = vec![ms(5), ms(20), ms(30), ms(7)];
    scene.0.network.latency = Latency::Regions { region: vec![0, 1, 1], regions: 2, table };
    let expected = [
        "10ms n0>n1 A(1) arrives 31ms",
        "10ms n0>n1 A(2) arrives 31ms",
        "10ms n0>n2 A(3) arrives 31ms",
        "10ms n1>n0 B(1) arrives 41ms",
    ];
    assert_eq!(sent(&scene), expected);
}

#[test]
fn drawn_latency_is_one_for_a_pair_and_a_run() {
    let mut scene = scene();
    scene.0.network.latency = Latency::Drawn(Span::between(ms(10), ms(90)));
    let arrival = |line: &String| line.rsplit_once(' ').map(|(_, at)| at.to_owned());
    let mut all = BTreeSet::new();
    for seed in 0..30 {
        let sent = scene.seed(seed).history.sent;
        let [first, second, other, back] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!(arrival(first), arrival(second));
        assert_eq!(arrival(first), arrival(back), "both directions");
        all.extend([arrival(first), arrival(other)]);
    }
    assert!(all.len() > 50, "each pair and each seed its own: {}", all.len());
}

#[test]
fn a_link_carries_one_message_behind_the_other() {
    // Every message of the toy has 5 bytes, which take 4 ms.
    let mut scene = scene();
    scene.0.network.bandwidth = Some(Bandwidth::per_second(1_250));
    let expected = [
        "10ms n0>n1 A(1) arrives 15ms",
        "10ms n0>n1 A(2) arrives 19ms",
        "10ms n0>n2 A(3) arrives 15ms",
        "10ms n1>n0 B(1) arrives 15ms",
    ];
    assert_eq!(sent(&scene), expected);
    // What a crash kept from leaving holds up nothing; the next incarnation has an idle link.
    let again = scene.clone().fault(when(11), crash(0, Some(1))).request(13, 0, 1);
    assert_eq!(sent(&again)[4], "13ms n0>n1 A(1) arrives 18ms");
}

#[test]
fn a_message_is_lost_with_its_packets() {
    let mut scene = scene();
    scene.0.network.packet_loss = Ratio::ONE;
    assert_eq!(scene.run().outcome.counts.lost, 4);
    scene.0.network.packet_loss = Ratio::from_percent(50);
    let lost: u64 = (0..100).map(|seed| scene.seed(seed).outcome.counts.lost).sum();
    assert!((140..=260).contains(&lost), "of 400 messages, each one packet: {lost}");
}

#[test]
fn the_calm_bounds_a_way_with_its_latency_and_its_queue() {
    let mut scene = scene().delay(Delay::Constant(ms(1))).calm(5, 3);
    scene.0.network.bandwidth = Some(Bandwidth::per_second(100));
    scene.0.network.latency = Latency::Drawn(Span::exactly(ms(50)));
    assert!(sent(&scene).iter().all(|line| line.ends_with("arrives 13ms")), "{:?}", sent(&scene));
}
