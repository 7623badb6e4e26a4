//! Events of one instant: first in first out, or in a drawn order that breaks no law of order.

use std::collections::BTreeSet;

use sim_engine::{Delay, Fault, Target, Ties, faults};
use sim_node::Ratio;

use crate::scene::{Scene, between};
use crate::toy::{Act, Msg, Script, ms, set};

fn drawn(mut scene: Scene) -> Scene {
    scene.0.ties = Ties::Drawn;
    scene
}

/// The order of the steps in each of so many runs.
fn orders(scene: &Scene, seeds: u64) -> BTreeSet<Vec<String>> {
    (0..seeds).map(|seed| scene.seed(seed).history.steps).collect()
}

/// Nodes 1, 2 and 3 send to node 0 at once.
fn three_to_one() -> Scene {
    let script = (1..=3)
        .fold(Script::new(), |script, node| script.start(node, [Act::Send(0, Msg::A(node))]));
    Scene::new(4, script)
}

#[test]
fn by_default_events_of_one_instant_happen_in_the_order_in_which_they_were_caused() {
    let expected = ["1ms n0 A(1) from n1", "1ms n0 A(2) from n2", "1ms n0 A(3) from n3"];
    assert_eq!(orders(&three_to_one(), 20), BTreeSet::from([expected.map(str::to_owned).to_vec()]));
}

#[test]
fn a_drawn_order_may_be_any() {
    assert_eq!(orders(&drawn(three_to_one()), 100).len(), 6, "3! orders");
    // Timers, messages and requests alike.
    let script = Script::new().start(0, [set(0, 1)]).start(1, [Act::Send(0, Msg::A(1))]);
    let mixed = Scene::new(2, script).request(1, 0, 1);
    assert_eq!(orders(&mixed, 20).len(), 1);
    assert_eq!(orders(&drawn(mixed), 100).len(), 6);
}

/// Node 0 sends A(0) to A(9) to node 1 in one step.
fn ten_in_a_row() -> Scene {
    let sends: Vec<Act> = (0..10).map(|number| Act::Send(1, Msg::A(number))).collect();
    drawn(Scene::new(2, Script::new().start(0, sends)))
}

#[test]
fn a_link_in_order_stays_in_order_and_is_not_later_for_it() {
    let in_order: Vec<String> =
        (0..10).map(|number| format!("1ms n1 A({number}) from n0")).collect();
    let in_order = BTreeSet::from([in_order]);
    assert_eq!(orders(&ten_in_a_row().fifo(), 20), in_order);
    assert_eq!(orders(&ten_in_a_row().stream(), 20), in_order);
    assert!(orders(&ten_in_a_row(), 20).len() > 10, "any order without that");
}

#[test]
fn copies_stay_behind_their_original_on_a_link_in_order() {
    let mut scene = ten_in_a_row().fifo();
    scene.0.network.link.duplication = Ratio::ONE;
    let twice = (0..10).flat_map(|number| [number; 2]);
    let twice: Vec<String> = twice.map(|number| format!("1ms n1 A({number}) from n0")).collect();
    assert_eq!(orders(&scene, 20), BTreeSet::from([twice]));
}

#[test]
fn a_hold_releases_in_order_even_so() {
    let scene = ten_in_a_row()
        .fault(between(0, 5), Fault::from(faults::Hold(Target::All, Target::All, None)));
    let in_order: Vec<String> =
        (0..10).map(|number| format!("5ms n1 A({number}) from n0")).collect();
    assert_eq!(orders(&scene, 20), BTreeSet::from([in_order]));
}

#[test]
fn messages_to_itself_stay_in_order() {
    let sends: Vec<Act> = (0..10).map(|number| Act::Send(0, Msg::A(number))).collect();
    let script = Script::new().start(0, sends).start(1, [set(0, 0)]);
    let in_order: Vec<String> =
        (0..10).map(|number| format!("0s n0 A({number}) from n0")).collect();
    let mut places = BTreeSet::new();
    for mut steps in orders(&drawn(Scene::new(2, script)), 200) {
        places.insert(steps.iter().position(|step| step == "0s n1 timer 0"));
        steps.retain(|step| step != "0s n1 timer 0");
        assert_eq!(steps, in_order);
    }
    assert!(places.len() > 3, "the other node's timer comes anywhere between: {places:?}");
}

#[test]
fn what_is_lost_or_duplicated_changes_no_order_of_the_rest() {
    // Nodes 0 and 1 send to nodes 2 and 3 twenty times, all at the same instants.
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let sends = [Act::Send(3, Msg::B(node)), Act::Send(2, Msg::A(node)), set(0, 10)];
        script.start(node, [set(0, 10)]).timer(node, 0, sends)
    });
    let scene = drawn(Scene::new(4, script)).delay(Delay::Constant(ms(1)));
    let links = |loss, duplication| {
        Fault::from(faults::Links {
            from: Some(Target::Node(0)),
            to: Some(Target::Node(3)),
            both: false,
            kind: None,
            delay: None,
            loss,
            duplication,
        })
    };
    let half = Some(Ratio::from_percent(50));
    let at_node_2 = |scene: &Scene| -> Vec<String> {
        let steps = scene.run().history.steps;
        steps.into_iter().filter(|step| step.contains(" n2 ")).collect()
    };
    let alone = at_node_2(&scene);
    let first: Vec<bool> = alone.chunks(2).map(|pair| pair[0].contains("from n0")).collect();
    assert!(first.contains(&true) && first.contains(&false), "both orders occur");
    for fault in [links(half, None), links(None, half), links(half, half)] {
        let other = scene.clone().fault(between(0, 999), fault);
        assert_eq!(at_node_2(&other), alone);
    }
}
