//! Omission: a node that is up loses what it sends, or what comes to it.

use sim_engine::{Cut, Fault, Target, faults};
use sim_node::Ratio;

use crate::scene::{Scene, between, when};
use crate::toy::{Act, Msg, Script, set};

fn sends(ratio: Ratio) -> Fault {
    Fault::from(faults::OmitSends(Target::Node(0), ratio))
}

fn receives(ratio: Ratio) -> Fault {
    Fault::from(faults::OmitReceives(Target::Node(0), ratio))
}

/// Nodes 0 and 1 send to each other, and node 0 to itself, at 5, 15 and 25.
fn talking() -> Scene {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        script.request(node, 1, [Act::Send(1 - node, Msg::A(node)), Act::Send(0, Msg::B(node))])
    });
    [5, 15, 25]
        .into_iter()
        .fold(Scene::new(2, script), |scene, time| scene.request(time, 0, 1).request(time, 1, 1))
}

#[test]
fn send_omission_loses_what_the_node_sends_for_its_window() {
    let run = talking().fault(between(10, 20), sends(Ratio::ONE)).run();
    let of_node_0: Vec<&String> =
        run.history.sent.iter().filter(|line| line.contains("n0>n1")).collect();
    let expected = [
        "5ms n0>n1 A(0) arrives 6ms",
        "15ms n0>n1 A(0) lost Omission",
        "25ms n0>n1 A(0) arrives 26ms",
    ];
    assert_eq!(of_node_0, expected);
    // What it sends to itself and what comes to it is not touched: A(1), B(1) and its own B(0).
    let handled = run.history.steps.iter().filter(|step| step.contains(" n0 ")).count();
    assert_eq!(handled, 3 * 4);
    assert_eq!((run.outcome.counts.total(), run.outcome.counts.lost), (9, 1));
}

#[test]
fn receive_omission_loses_what_comes_to_the_node_when_it_comes() {
    // In force from 6 on, when what was sent at 5 arrives, to 20.
    let run = talking().fault(between(6, 20), receives(Ratio::ONE)).run();
    let lost =
        ["6ms A(1) Omission", "6ms B(1) Omission", "16ms A(1) Omission", "16ms B(1) Omission"];
    assert_eq!(run.history.lost, lost);
    let own = run.history.steps.iter().filter(|step| step.contains("n0 B(0) from n0")).count();
    assert_eq!(own, 3, "what it sends to itself is never lost");
}

/// Node 0 sends A(0) to node 1 and node 1 sends A(1) to node 0, four hundred times.
fn many() -> Scene {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let acts = [Act::Send(1 - node, Msg::A(node)), set(0, 2)];
        script.start(node, [set(0, 2)]).timer(node, 0, acts)
    });
    Scene::new(2, script).deadline(801)
}

/// Which of the four hundred messages from this node were omitted.
fn omitted(scene: &Scene, node: u32) -> Vec<bool> {
    let run = scene.run();
    let line = format!("n{node}>n");
    let sent = run.history.sent.iter().filter(|sent| sent.contains(&line));
    sent.map(|sent| {
        let time: u64 = sent.split("ms").next().and_then(|time| time.parse().ok()).expect("a time");
        let arrival = format!("{}ms A({node}) Omission", time + 1);
        sent.ends_with("Omission") || run.history.lost.contains(&arrival)
    })
    .collect()
}

#[test]
fn each_message_is_omitted_with_the_given_probability() {
    let quarter = Ratio::from_percent(25);
    for (fault, node) in [(sends(quarter), 0), (receives(quarter), 1)] {
        let omitted = omitted(&many().fault(when(0), fault), node);
        let count = omitted.iter().filter(|omitted| **omitted).count();
        // 100 of 400, give or take 4 standard deviations of 8.7.
        assert_eq!(omitted.len(), 400);
        assert!((65..=135).contains(&count), "{count}");
    }
}

#[test]
fn what_one_fault_draws_is_nothing_to_another() {
    let half = Ratio::from_percent(50);
    let alone = many().fault(when(0), sends(half));
    let of_sends = omitted(&alone, 0);
    // With an omission of receipts besides, or with a cut of the other direction, it draws the
    // same.
    let both = alone.clone().fault(when(0), receives(half));
    assert_eq!(omitted(&both, 0), of_sends);
    let other_node =
        alone.clone().fault(when(0), Fault::from(faults::OmitSends(Target::Node(1), half)));
    assert_eq!(omitted(&other_node, 0), of_sends);
    // Cut off for a while, it draws for what the cut loses as well.
    let cut =
        alone.fault(between(100, 200), Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend)));
    let run = cut.run();
    let sent: Vec<&String> =
        run.history.sent.iter().filter(|sent| sent.contains("n0>n1")).collect();
    for (line, omitted) in sent.iter().zip(of_sends) {
        if !line.ends_with("Cut") {
            assert_eq!(line.ends_with("Omission"), omitted, "{line}");
        }
    }
    assert!(sent.iter().any(|line| line.ends_with("Cut")));
}
