//! Cuts: groups, isolation, one-way, bridges; what they do to what is in flight; holds.

use std::collections::BTreeSet;

use sim_engine::{Cut, Delay, Fault, First, Target, faults};
use sim_node::{NodeId, Ratio};

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Msg, Script, ms};

/// Every node sends to every other node when asked: `servers` servers and one client behind them.
fn everybody_talks(servers: u32) -> Scene {
    let script = (0..=servers).fold(Script::new(), |script, node| {
        let others = (0..=servers).filter(|to| *to != node);
        let acts: Vec<Act> = others.map(|to| Act::Send(to, Msg::A(node))).collect();
        script.request(node, 1, acts)
    });
    let scene = Scene::new(servers, script).others(1);
    (0..=servers).fold(scene, |scene, node| scene.request(5, node, 1))
}

/// Which links lost their message at 5 ms: `0>1`.
fn cut_links(scene: &Scene) -> BTreeSet<String> {
    let sent = scene.run().history.sent;
    let link = |line: &String| {
        let (_, rest) = line.split_once(' ')?;
        let (link, rest) = rest.split_once(' ')?;
        let is_cut = rest.ends_with("lost Cut") || rest.ends_with("lost OneWay");
        is_cut.then(|| link.replace('n', ""))
    };
    sent.iter().filter_map(link).collect()
}

fn links(list: &str) -> BTreeSet<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

fn nodes(list: &[u32]) -> Target {
    Target::Nodes(list.to_vec())
}

fn cut_by(servers: u32, fault: Fault) -> BTreeSet<String> {
    cut_links(&everybody_talks(servers).fault(when(2), fault))
}

#[test]
fn without_a_cut_everybody_reaches_everybody() {
    assert_eq!(cut_links(&everybody_talks(4)), links(""));
}

#[test]
fn groups_are_cut_from_each_other_and_clients_from_nobody() {
    // Client 4 is on no list, below; servers in no group form one more.
    let halves = Fault::from(faults::Partition(vec![nodes(&[0, 1])], Cut::AtSend));
    assert_eq!(cut_by(4, halves), links("0>2 0>3 1>2 1>3 2>0 2>1 3>0 3>1"));
    let written_out =
        Fault::from(faults::Partition(vec![nodes(&[0, 1]), nodes(&[2, 3])], Cut::AtSend));
    assert_eq!(cut_by(4, written_out), links("0>2 0>3 1>2 1>3 2>0 2>1 3>0 3>1"));
    let three = Fault::from(faults::Partition(vec![nodes(&[0]), nodes(&[1])], Cut::AtSend));
    assert_eq!(cut_by(4, three), links("0>1 0>2 0>3 1>0 1>2 1>3 2>0 2>1 3>0 3>1"));
    // A client in a group is cut from the servers of the others.
    let named = Fault::from(faults::Partition(vec![nodes(&[0, 1, 4])], Cut::AtSend));
    let with_client = links("0>2 0>3 1>2 1>3 2>0 2>1 3>0 3>1 4>2 4>3 2>4 3>4");
    assert_eq!(cut_by(4, named), with_client);
}

#[test]
fn an_isolated_node_reaches_no_server_and_is_reached_by_none() {
    let server = Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend));
    assert_eq!(cut_by(3, server), links("0>1 0>2 1>0 2>0"));
    // Isolated together, they reach each other.
    let two = Fault::from(faults::Isolate(nodes(&[0, 1]), Cut::AtSend));
    assert_eq!(cut_by(3, two), links("0>2 1>2 2>0 2>1"));
    // A client can be isolated by its name.
    let client = Fault::from(faults::Isolate(Target::Node(3), Cut::AtSend));
    assert_eq!(cut_by(3, client), links("3>0 3>1 3>2 0>3 1>3 2>3"));
}

#[test]
fn one_way_cuts_the_other_way_not() {
    let fault = Fault::from(faults::OneWay(Target::Node(0), nodes(&[1, 2]), Cut::AtSend));
    assert_eq!(cut_by(4, fault), links("0>1 0>2"));
    let into = Fault::from(faults::OneWay(Target::Servers, Target::Node(3), Cut::AtSend));
    assert_eq!(cut_by(4, into), links("0>3 1>3 2>3"));
    let clients = Fault::from(faults::OneWay(Target::Others, Target::Node(1), Cut::AtSend));
    assert_eq!(cut_by(4, clients), links("4>1"));
}

#[test]
fn a_bridge_is_seen_by_both_halves_that_do_not_see_each_other() {
    let mut halves = BTreeSet::new();
    for seed in 0..30 {
        let fault = Fault::from(faults::Bridge(Target::Node(2), Cut::AtSend));
        let mut scene = everybody_talks(5).fault(when(2), fault);
        scene.0.faults[0].id = seed;
        let cut = cut_links(&scene);
        // Node 0's half: whom it still reaches of 1, 3 and 4.
        let reached: Vec<u32> =
            [1, 3, 4].into_iter().filter(|node| !cut.contains(&format!("0>{node}"))).collect();
        assert_eq!(reached.len(), 1, "halves of two: {cut:?}");
        let half = [0, reached[0]];
        let apart = |one: u32, two: u32| half.contains(&one) != half.contains(&two);
        let expected = [0, 1, 3, 4].into_iter().flat_map(|one| {
            let cut_from = [0, 1, 3, 4].into_iter().filter(move |two| apart(one, *two));
            cut_from.map(move |two| format!("{one}>{two}"))
        });
        assert_eq!(cut, expected.collect());
        halves.insert(reached[0]);
    }
    assert_eq!(halves, BTreeSet::from([1, 3, 4]), "all three ways to halve");
}

/// A(1) leaves at 0 and would arrive at 10; A(2) leaves at 6 and would arrive at 16.
fn in_flight(cut: Cut, from: u64, to: u64) -> (Vec<String>, Vec<String>) {
    let script =
        Script::new().start(0, [Act::Send(1, Msg::A(1))]).request(0, 1, [Act::Send(1, Msg::A(2))]);
    let run = Scene::new(2, script)
        .delay(Delay::Constant(ms(10)))
        .request(6, 0, 1)
        .fault(between(from, to), Fault::from(faults::Isolate(Target::Node(0), cut)))
        .run();
    let arrived = run.history.steps.into_iter().filter(|step| step.contains("n1")).collect();
    (arrived, run.history.lost)
}

#[test]
fn a_cut_at_send_lets_arrive_what_is_in_flight() {
    let (arrived, lost) = in_flight(Cut::AtSend, 5, 15);
    assert_eq!((arrived, lost), (vec!["10ms n1 A(1) from n0".to_owned()], vec![]));
}

#[test]
fn a_cut_at_delivery_severs_what_would_arrive_while_it_lasts() {
    let (arrived, lost) = in_flight(Cut::AtDelivery, 5, 15);
    assert_eq!((arrived, lost), (vec![], vec!["10ms A(1) Cut".to_owned()]));
    // Over before the message arrives, it has not met it.
    let (arrived, lost) = in_flight(Cut::AtDelivery, 2, 5);
    let both = vec!["10ms n1 A(1) from n0".to_owned(), "16ms n1 A(2) from n0".to_owned()];
    assert_eq!((arrived, lost), (both, vec![]));
    // What was sent before it and what was sent while it lasts are lost, each in its way.
    let (arrived, lost) = in_flight(Cut::AtDelivery, 5, 8);
    assert_eq!((arrived, lost), (vec!["10ms n1 A(1) from n0".to_owned()], vec![]));
}

#[test]
fn the_sender_counts_what_is_cut_off_and_it_counts_as_lost() {
    let scene = everybody_talks(3)
        .fault(when(2), Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend)));
    let counts = scene.run().outcome.counts;
    assert_eq!((counts.total(), counts.lost, counts.in_flight), (12, 4, 0));
}

#[test]
fn one_cut_ends_and_another_holds_on() {
    let isolate = |node| Fault::from(faults::Isolate(Target::Node(node), Cut::AtSend));
    let scene =
        everybody_talks(3).fault(between(1, 4), isolate(0)).fault(between(2, 9), isolate(1));
    assert_eq!(cut_links(&scene), links("1>0 1>2 0>1 2>1"));
}

#[test]
fn heal_ends_every_cut_and_hold_and_nothing_else() {
    let scene = everybody_talks(3)
        .fault(when(1), Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend)))
        .fault(
            when(2),
            Fault::from(faults::OneWay(Target::Node(1), Target::Node(2), Cut::AtDelivery)),
        )
        .fault(when(2), Fault::from(faults::Hold(Target::Node(2), Target::Node(1), None)))
        .fault(when(2), Fault::from(faults::Pause(Target::Node(2), First::Oldest)))
        .fault(when(4), Fault::from(faults::Heal));
    assert_eq!(cut_links(&scene), links(""));
    let run = scene.run();
    assert_eq!(run.outcome.faults[4].struck, 1);
    let victims: Vec<u32> =
        run.outcome.faults[4].victims.iter().map(|node| node.number()).collect();
    assert_eq!(victims, [0, 1, 2]);
    let of_node_2 = run.history.steps.iter().filter(|step| step.contains(" n2 ")).count();
    assert_eq!(of_node_2, 0, "still paused");
}

#[test]
fn heal_ends_the_wait_of_a_cut_for_its_target() {
    // Nobody leads before 10, so the isolation of the leader waits; the heal at 5 ends its window.
    let script = (0..4)
        .fold(Script::new(), |script, node| {
            script.request(node, 2, [Act::Send((node + 1) % 3, Msg::B(node))])
        })
        .start(0, [crate::toy::set(0, 10)])
        .timer(0, 0, [Act::Become("leader", 1)]);
    let scene = Scene::new(3, script)
        .fault(when(2), Fault::from(faults::Isolate(Target::Leader, Cut::AtSend)))
        .request(20, 0, 2);
    let lost = |scene: &Scene| scene.run().outcome.counts.lost;
    assert_eq!(lost(&scene), 1, "without the heal the leader is isolated when there is one");
    assert_eq!(lost(&scene.fault(when(5), Fault::from(faults::Heal))), 0);
}

/// Node 0 sends A(1), A(2) and A(3) to node 1, in this order, at 3, 4 and 8.
fn three_in_a_row() -> Scene {
    let script = (1..=3).fold(Script::new(), |script, n| {
        script.request(0, n, [Act::Send(1, Msg::A(n))]).request(1, n, [Act::Send(0, Msg::B(n))])
    });
    Scene::new(2, script).request(3, 0, 1).request(4, 0, 2).request(8, 0, 3)
}

fn hold() -> Fault {
    Fault::from(faults::Hold(Target::Node(0), Target::Node(1), None))
}

/// A message is sent when its sender sends it, and goes on when no hold keeps it any longer.
#[test]
fn what_a_hold_keeps_is_told_as_it_is_sent_and_as_it_is_let_go() {
    let scene = three_in_a_row().fault(between(2, 5), hold()).fault(between(2, 7), hold());
    let sent = scene.run().history.sent;
    assert_eq!(
        sent,
        [
            "3ms n0>n1 A(1) held by 1",
            "4ms n0>n1 A(2) held by 1",
            "7ms 1 releases A(1) arrives 7ms",
            "7ms 1 releases A(2) arrives 7ms",
            "8ms n0>n1 A(3) arrives 9ms",
        ]
    );
}

#[test]
fn a_hold_of_one_kind_lets_the_others_pass() {
    // A(1) and A(2) are kept until 10; B(1), sent at 3 as well, arrives at 8.
    let script = Script::new().request(0, 1, [Act::Send(1, Msg::A(1)), Act::Send(1, Msg::B(1))]);
    let scene = Scene::new(2, script.request(0, 2, [Act::Send(1, Msg::A(2))]));
    let scene = scene.delay(Delay::Constant(ms(5))).request(3, 0, 1).request(4, 0, 2);
    let of_a = faults::Hold(Target::Node(0), Target::Node(1), Some("A".to_owned()));
    assert_eq!(
        arrivals(&scene.fault(between(2, 10), Fault::from(of_a))),
        ["8ms n1 B(1) from n0", "10ms n1 A(1) from n0", "10ms n1 A(2) from n0"]
    );
}

#[test]
fn on_links_in_order_the_others_wait_behind_it() {
    // B(1) leaves before A(1) and passes; A(2) and B(2) come behind what is kept.
    let script = Script::new()
        .request(0, 1, [Act::Send(1, Msg::B(1)), Act::Send(1, Msg::A(1))])
        .request(0, 2, [Act::Send(1, Msg::B(2)), Act::Send(1, Msg::A(2))]);
    let scene = Scene::new(2, script).request(3, 0, 1).request(4, 0, 2);
    let of_a = || Fault::from(faults::Hold(Target::Node(0), Target::Node(1), Some("A".to_owned())));
    let expected = [
        "4ms n1 B(1) from n0",
        "10ms n1 A(1) from n0",
        "10ms n1 B(2) from n0",
        "10ms n1 A(2) from n0",
    ];
    for scene in [scene.clone().stream(), scene.fifo()] {
        assert_eq!(arrivals(&scene.fault(between(2, 10), of_a())), expected);
    }
}

fn arrivals(scene: &Scene) -> Vec<String> {
    let steps = scene.run().history.steps;
    steps.into_iter().filter(|step| step.contains("from")).collect()
}

#[test]
fn a_hold_keeps_messages_and_releases_them_in_order() {
    // With 5 ms on the way, they would arrive at 8, 9 and 13. Released at 10, the first two are
    // late and arrive at once, in order; the third arrives when it would have. The other direction
    // is free.
    let scene = three_in_a_row()
        .delay(Delay::Constant(ms(5)))
        .request(3, 1, 1)
        .fault(between(2, 10), hold());
    assert_eq!(
        arrivals(&scene),
        [
            "8ms n0 B(1) from n1",
            "10ms n1 A(1) from n0",
            "10ms n1 A(2) from n0",
            "13ms n1 A(3) from n0"
        ]
    );
    // What was in flight when it began is not kept: A(1), sent at 3, arrives at 8.
    let later = three_in_a_row().delay(Delay::Constant(ms(5))).fault(between(4, 20), hold());
    assert_eq!(
        arrivals(&later),
        ["8ms n1 A(1) from n0", "20ms n1 A(2) from n0", "20ms n1 A(3) from n0"]
    );
}

#[test]
fn a_hold_keeps_the_order_even_if_delays_would_not() {
    // A(2) would overtake A(1): delays of 9, then 1.
    let links = |delay| {
        Fault::from(faults::Links {
            from: None,
            to: None,
            both: false,
            kind: None,
            delay: Some(Delay::Constant(ms(delay))),
            loss: None,
            duplication: None,
        })
    };
    let scene = three_in_a_row().fault(between(3, 4), links(9)).fault(between(2, 6), hold());
    assert_eq!(
        arrivals(&scene),
        ["9ms n1 A(3) from n0", "12ms n1 A(1) from n0", "12ms n1 A(2) from n0"]
    );
}

#[test]
fn what_two_holds_keep_is_released_by_the_later_end_and_in_order() {
    let expected = ["20ms n1 A(1) from n0", "20ms n1 A(2) from n0", "20ms n1 A(3) from n0"];
    let inner = three_in_a_row().fault(between(2, 20), hold()).fault(between(4, 6), hold());
    assert_eq!(arrivals(&inner), expected);
    let staggered = three_in_a_row().fault(between(2, 6), hold()).fault(between(4, 20), hold());
    assert_eq!(arrivals(&staggered), expected);
}

#[test]
fn a_hold_keeps_both_copies_of_a_duplicated_message() {
    let mut scene = three_in_a_row().fault(between(2, 10), hold());
    scene.0.network.link.duplication = Ratio::ONE;
    let mut expected = Vec::new();
    for n in 1..=3 {
        expected.extend([format!("10ms n1 A({n}) from n0"), format!("10ms n1 A({n}) from n0")]);
    }
    assert_eq!(arrivals(&scene), expected);
    let counts = scene.run().outcome.counts;
    assert_eq!((counts.total(), counts.lost, counts.in_flight), (3, 0, 0));
}

#[test]
fn what_a_hold_never_releases_is_in_flight_at_the_end() {
    let run = three_in_a_row().fault(when(2), hold()).run();
    assert!(arrivals(&three_in_a_row().fault(when(2), hold())).is_empty());
    let counts = run.outcome.counts;
    assert_eq!((counts.total(), counts.lost, counts.in_flight), (3, 0, 3));
    let healed = three_in_a_row().fault(when(2), hold()).fault(when(6), Fault::from(faults::Heal));
    assert_eq!(
        arrivals(&healed),
        ["6ms n1 A(1) from n0", "6ms n1 A(2) from n0", "9ms n1 A(3) from n0"]
    );
}

#[test]
fn a_held_message_is_lost_only_if_its_receiver_is_down_when_it_arrives() {
    let held = || three_in_a_row().fault(between(2, 10), hold());
    let restarted = held().fault(when(5), crash(1, Some(2)));
    assert_eq!(
        arrivals(&restarted),
        ["10ms n1 A(1) from n0", "10ms n1 A(2) from n0", "10ms n1 A(3) from n0"]
    );
    let down = held().fault(when(9), crash(1, Some(5)));
    let lost = down.run().history.lost;
    assert_eq!(lost, ["10ms A(1) Down", "10ms A(2) Down", "10ms A(3) Down"]);
}

/// Who is in several groups belongs to the last of them, and is struck once.
#[test]
fn groups_may_overlap() {
    let groups = vec![Target::Nodes(vec![0, 1]), Target::Nodes(vec![1, 2])];
    let partition = Fault::from(faults::Partition(groups, Cut::AtSend));
    let scene = Scene::new(4, Script::new()).fault(when(2), partition);
    let victims = scene.run().outcome.faults[0].victims.clone();
    assert_eq!(victims, [0, 1, 2].map(NodeId::new));
}
