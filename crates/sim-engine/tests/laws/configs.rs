//! Nodes may be configured differently, and differently from a restart on. What differs changes no
//! draw.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim_engine::{
    Configs, Delay, DiskLoss, Fault, Inside, Occasion, OtherSettings, Target, faults,
};
use sim_node::NodeId;

use crate::scene::{Scene, crash, on, when};
use crate::toy::{Act, Msg, Script, Toy, ms, set};

const N0: NodeId = NodeId::new(0);
const N1: NodeId = NodeId::new(1);

/// Every node says this number when it starts.
fn says(number: u32) -> Script {
    let all = (0..3).fold(Script::new(), |script, node| script.start(node, [Act::Say(number)]));
    all.request(0, 1, [Act::Say(number + 1), Act::Say(number + 2)])
}

/// The configuration of everybody from a fault on, but for some.
fn from_then_on(usual: Script, own: impl IntoIterator<Item = (NodeId, Script)>) -> Configs<Toy> {
    let own = own.into_iter().map(|(node, script)| (node, Arc::new(script)));
    Configs { usual: Arc::new(usual), own: own.collect() }
}

/// A crash after which the node has other settings.
fn upgrade(who: Target, down: Option<u64>, inside: Option<Inside>) -> Fault {
    let (down, disk) = (down.map(ms), DiskLoss::Prefix);
    Fault::from(faults::Crash { who, down, disk, inside, settings: Some(OtherSettings) })
}

#[test]
fn a_node_has_its_own_configuration() {
    let mut scene = Scene::new(3, says(10));
    scene.0.own_configs = BTreeMap::from([(N1, Arc::new(says(20)))]);
    assert_eq!(scene.run().said, ["0s n0 says 10", "0s n1 says 20", "0s n2 says 10"]);
}

#[test]
fn a_restart_with_other_settings_keeps_them_at_every_later_start() {
    // n1 is upgraded at 10, back at 10 + 5 = 15; it crashes again at 20 and is back at 22, as it
    // was at 15. Its own configuration of the beginning is gone, and n2 has never had another.
    let mut scene = Scene::new(3, says(10))
        .fault(when(10), upgrade(Target::Node(1), Some(5), None))
        .fault(when(20), crash(1, Some(2)))
        .fault(when(30), crash(2, Some(1)));
    scene.0.own_configs = BTreeMap::from([(N1, Arc::new(says(20)))]);
    scene.0.new_configs = BTreeMap::from([(0, from_then_on(says(30), []))]);
    let later = ["15ms n1 says 30", "22ms n1 says 30", "31ms n2 says 10"];
    assert_eq!(scene.run().said[3..], later);
}

#[test]
fn what_a_fault_gives_takes_the_place_of_what_another_one_gave() {
    // A rolling upgrade and its way back: f0 upgrades n0 and n1, f1 takes n1 back.
    let mut scene = Scene::new(2, says(10))
        .fault(when(10), upgrade(Target::Nodes(vec![0, 1]), Some(1), None))
        .fault(when(20), upgrade(Target::Node(1), Some(1), None))
        .fault(when(30), crash(0, Some(1)))
        .fault(when(40), crash(1, Some(1)));
    let first = from_then_on(says(30), [(N1, says(40))]);
    scene.0.new_configs = BTreeMap::from([(0, first), (1, from_then_on(says(10), []))]);
    let later = [
        "11ms n0 says 30",
        "11ms n1 says 40",
        "21ms n1 says 10",
        "31ms n0 says 30",
        "41ms n1 says 10",
    ];
    assert_eq!(scene.run().said[2..], later);
}

#[test]
fn a_restart_gives_other_settings_and_a_node_that_is_up_keeps_its_own() {
    // n0 goes down at 10 and is started again at 20 with other settings. n1 is up at 20: nothing
    // strikes it, so it is what it was when it returns at 31.
    let both = faults::Restart(Target::Nodes(vec![0, 1]), Some(OtherSettings));
    let mut scene = Scene::new(2, says(10))
        .fault(when(10), crash(0, None))
        .fault(when(20), Fault::from(both))
        .fault(when(30), crash(1, Some(1)));
    scene.0.new_configs = BTreeMap::from([(1, from_then_on(says(30), []))]);
    assert_eq!(scene.run().said[2..], ["20ms n0 says 30", "31ms n1 says 10"]);
}

#[test]
fn a_crash_inside_a_step_ends_the_step_with_the_old_configuration() {
    // The request at 10 has n0 say 11 and crash before it says 12; back at 12 it is another.
    let mut scene = Scene::new(1, says(10))
        .request(10, 0, 1)
        .fault(when(5), upgrade(Target::Node(0), Some(2), Some(Inside::First(1))));
    scene.0.new_configs = BTreeMap::from([(0, from_then_on(says(30), []))]);
    assert_eq!(scene.run().said, ["0s n0 says 10", "10ms n0 says 11", "12ms n0 says 30"]);
}

#[test]
fn the_node_that_sets_the_crash_off_is_upgraded() {
    // n0 marks "now" at 5, when its timer fires, and is down from 5 to 6.
    let timer = |script: Script| script.start(0, [set(0, 5)]).timer(0, 0, [Act::Mark("now")]);
    let mut scene = Scene::new(1, timer(Script::new()))
        .fault(on(Occasion::Mark("now".to_owned())), upgrade(Target::Trigger, Some(1), None));
    scene.0.new_configs = BTreeMap::from([(0, from_then_on(says(30), []))]);
    assert_eq!(scene.run().said, ["6ms n0 says 30"]);
}

#[test]
fn the_calm_starts_a_node_with_the_settings_of_its_crash() {
    let mut scene =
        Scene::new(1, says(10)).fault(when(5), upgrade(Target::Node(0), None, None)).calm(20, 1);
    scene.0.new_configs = BTreeMap::from([(0, from_then_on(says(30), []))]);
    assert_eq!(scene.run().said[1], "20ms n0 says 30");
}

#[test]
fn what_differs_moves_no_draw() {
    // Everybody sends A(1) at its start, over links that draw their delays; n1 is another after its
    // crash, though it does the same. Every message arrives when it did.
    let script = || {
        (0..3).fold(Script::new(), |script, node| {
            script.start(node, [Act::Broadcast(Msg::A(1)), set(0, 7)])
        })
    };
    let plain = Scene::new(3, script())
        .delay(Delay::Uniform(ms(1), ms(9)))
        .fault(when(10), crash(1, Some(5)));
    let mut other = plain.clone();
    other.0.faults[0].fault = upgrade(Target::Node(1), Some(5), None);
    other.0.own_configs = BTreeMap::from([(N0, Arc::new(script()))]);
    other.0.new_configs = BTreeMap::from([(0, from_then_on(script(), []))]);
    for seed in 0..20 {
        let (plain, other) = (plain.seed(seed), other.seed(seed));
        assert_eq!(plain.history.steps, other.history.steps);
        assert_eq!(plain.outcome.digest, other.outcome.digest, "seed {seed}");
    }
}

#[test]
fn a_second_instance_has_the_configuration_of_its_node() {
    // n1 sends A(2) at each of its starts, where others would send A(1). It is split at 20, and n2
    // is told by the second instance, a millisecond later.
    let sends = |number| Script::new().start(1, [Act::Send(2, Msg::A(number))]);
    let split = faults::Twins { who: Target::Node(1), to: Some(Target::Node(2)) };
    let mut scene = Scene::new(3, sends(1)).fault(when(20), Fault::from(split));
    scene.0.own_configs = BTreeMap::from([(N1, Arc::new(sends(2)))]);
    let steps = scene.run().history.steps;
    assert!(steps.contains(&"21ms n2 A(2) from n1".to_owned()), "{steps:?}");
}
