//! Datagrams and streams: what overtakes what, and what a loss, a cut or a crash takes with it.

use sim_engine::{Cut, Delay, Fault, LinkOverride, Target, faults};
use sim_node::Ratio;

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Msg, Script, ms};

/// Node 0 sends A(1) at 0 and B(1), A(2), B(2) when asked. A takes 10 ms, B takes 1.
fn slow_and_fast() -> Scene {
    let script = [(1, Msg::B(1)), (2, Msg::A(2)), (3, Msg::B(2))].into_iter().fold(
        Script::new().request(1, 1, [Act::Send(0, Msg::A(8))]),
        |script, (number, message)| script.request(0, number, [Act::Send(1, message)]),
    );
    let script = script.request(0, 0, [Act::Send(1, Msg::A(1))]);
    let mut scene = Scene::new(2, script).delay(Delay::Constant(ms(1))).request(0, 0, 0);
    scene.0.network.overrides.push(LinkOverride {
        kind: Some(0),
        delay: Some(Delay::Constant(ms(10))),
        ..LinkOverride::default()
    });
    scene
}

fn arrivals(scene: &Scene) -> Vec<String> {
    let steps = scene.run().history.steps;
    steps.into_iter().filter(|step| step.contains("from")).collect()
}

fn lost(scene: &Scene) -> Vec<String> {
    scene.run().history.lost
}

fn lossy(kind: &str) -> Fault {
    Fault::from(faults::Links {
        from: None,
        to: None,
        both: false,
        kind: Some(kind.to_owned()),
        delay: None,
        loss: Some(Ratio::ONE),
        duplication: None,
    })
}

#[test]
fn a_datagram_overtakes_unless_the_link_is_in_order() {
    let scene = slow_and_fast().request(2, 0, 1);
    assert_eq!(arrivals(&scene), ["3ms n1 B(1) from n0", "10ms n1 A(1) from n0"]);
    // In order, B(1) arrives right behind A(1); what is sent much later is not delayed.
    let in_order = ["10ms n1 A(1) from n0", "10ms n1 B(1) from n0", "31ms n1 B(2) from n0"];
    assert_eq!(arrivals(&scene.clone().fifo().request(30, 0, 3)), in_order);
    assert_eq!(arrivals(&scene.stream().request(30, 0, 3)), in_order);
}

#[test]
fn datagrams_are_in_order_within_one_incarnation_of_the_sender_only() {
    // A(1) is in flight when its sender crashes; the next incarnation's B(1) overtakes it, and B(2)
    // does not overtake A(2).
    let scene = slow_and_fast()
        .fifo()
        .fault(when(1), crash(0, Some(1)))
        .request(3, 0, 1)
        .request(4, 0, 2)
        .request(5, 0, 3);
    assert_eq!(
        arrivals(&scene),
        [
            "4ms n1 B(1) from n0",
            "10ms n1 A(1) from n0",
            "14ms n1 A(2) from n0",
            "14ms n1 B(2) from n0"
        ]
    );
}

#[test]
fn each_direction_and_each_pair_has_an_order_of_its_own() {
    // A(8) from node 1 is under way from 0 to 10; B(1) the other way is nothing to it.
    let scene = slow_and_fast().stream().request(0, 1, 1).request(2, 0, 1);
    let expected = ["10ms n1 A(1) from n0", "10ms n0 A(8) from n1", "10ms n1 B(1) from n0"];
    assert_eq!(arrivals(&scene), expected);
}

#[test]
fn a_datagram_is_lost_only_if_its_receiver_is_down_when_it_arrives() {
    let restarted = slow_and_fast().fault(when(1), crash(1, Some(5)));
    assert_eq!(arrivals(&restarted), ["10ms n1 A(1) from n0"]);
    let down = slow_and_fast().fault(when(9), crash(1, Some(5)));
    assert_eq!((arrivals(&down), lost(&down)), (vec![], vec!["10ms A(1) Down".to_owned()]));
    // Its sender's crash is nothing to it.
    let sender = slow_and_fast().fault(when(1), crash(0, None));
    assert_eq!(arrivals(&sender), ["10ms n1 A(1) from n0"]);
}

#[test]
fn a_crash_of_either_end_kills_the_connection_with_what_is_undelivered() {
    for end in [0, 1] {
        let scene = slow_and_fast().stream().fault(when(2), crash(end, Some(1))).request(4, 0, 1);
        // A(1) is lost; B(1), sent over the next connection, does not wait for it.
        assert_eq!(arrivals(&scene), ["5ms n1 B(1) from n0"]);
        assert_eq!(lost(&scene), ["10ms A(1) Connection"]);
    }
    let mut third = slow_and_fast().stream().fault(when(2), crash(2, Some(1)));
    third.0.servers = 3;
    assert_eq!(arrivals(&third), ["10ms n1 A(1) from n0"]);
}

#[test]
fn a_loss_kills_the_connection_with_what_is_undelivered() {
    // B(1), sent at 2, is lost; A(1) was sent before it and not delivered. A(2) is newer.
    let scene = slow_and_fast()
        .stream()
        .fault(between(1, 3), lossy("B"))
        .request(2, 0, 1)
        .request(5, 0, 2)
        .request(2, 1, 1);
    assert_eq!(arrivals(&scene), ["12ms n0 A(8) from n1", "15ms n1 A(2) from n0"]);
    assert_eq!(lost(&scene), ["10ms A(1) Connection"]);
    assert_eq!(scene.run().outcome.counts.lost, 2);
    // A datagram's loss takes nobody along.
    let mut datagram = scene.clone();
    datagram.0.network.transport = sim_engine::Transport::Datagram;
    assert_eq!(datagram.run().outcome.counts.lost, 1);
    // What was delivered before the loss stays delivered.
    let later = slow_and_fast().stream().fault(between(11, 13), lossy("B")).request(12, 0, 1);
    assert_eq!(arrivals(&later), ["10ms n1 A(1) from n0"]);
}

#[test]
fn a_cut_kills_the_connection_even_if_nothing_is_sent_while_it_lasts() {
    let cut = |from, to, fault| slow_and_fast().stream().fault(between(from, to), fault);
    let isolate = || Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend));
    let scene = cut(2, 3, isolate()).request(5, 0, 1);
    assert_eq!(arrivals(&scene), ["6ms n1 B(1) from n0"]);
    assert_eq!(lost(&scene), ["10ms A(1) Connection"]);
    // A cut of the other direction does not.
    let one_way =
        |from, to| Fault::from(faults::OneWay(Target::Node(from), Target::Node(to), Cut::AtSend));
    assert_eq!(arrivals(&cut(2, 3, one_way(1, 0))), ["10ms n1 A(1) from n0"]);
    assert!(arrivals(&cut(2, 3, one_way(0, 1))).is_empty());
    // Nor does one that was over before the message was sent.
    let before = cut(2, 3, isolate()).request(4, 0, 2);
    assert_eq!(arrivals(&before), ["14ms n1 A(2) from n0"]);
}

#[test]
fn a_message_that_finds_its_receiver_down_takes_the_rest_of_the_connection_along() {
    // Node 1 is down from 1 to 5. B(1), sent at 2, finds it down at 3; A(2), sent at 2 as well,
    // would arrive at 12, and is lost with the connection. B(2), sent at 4 over the next, waits for
    // neither.
    let scene = slow_and_fast()
        .stream()
        .fault(when(1), crash(1, Some(4)))
        .request(2, 0, 1)
        .request(2, 0, 2)
        .request(4, 0, 3);
    assert_eq!(lost(&scene), ["3ms B(1) Down", "10ms A(1) Connection", "12ms A(2) Connection"]);
    assert_eq!(arrivals(&scene), ["5ms n1 B(2) from n0"]);
}

#[test]
fn a_message_that_its_receiver_omits_takes_the_rest_of_the_connection_along() {
    // B(1), sent at 12, is omitted at 13, when A(2), sent at 12 as well, is still under way.
    let scene = slow_and_fast()
        .stream()
        .fault(between(11, 14), Fault::from(faults::OmitReceives(Target::Node(1), Ratio::ONE)))
        .request(12, 0, 1)
        .request(12, 0, 2)
        .request(15, 0, 3);
    assert_eq!(lost(&scene), ["13ms B(1) Omission", "22ms A(2) Connection"]);
    assert_eq!(arrivals(&scene), ["10ms n1 A(1) from n0", "16ms n1 B(2) from n0"]);
}

#[test]
fn streams_drop_copies() {
    let mut scene = slow_and_fast().stream();
    scene.0.network.link.duplication = Ratio::ONE;
    assert_eq!(arrivals(&scene), ["10ms n1 A(1) from n0"]);
    scene.0.network.transport = sim_engine::Transport::Datagram;
    assert_eq!(arrivals(&scene), ["10ms n1 A(1) from n0", "10ms n1 A(1) from n0"]);
}

#[test]
fn parameters_are_of_all_links_of_one_of_one_direction_and_of_one_kind() {
    let script = (0..3).fold(Script::new(), |script, node| {
        let sends: Vec<Act> = (0..3)
            .filter(|to| *to != node)
            .flat_map(|to| [Act::Send(to, Msg::A(node)), Act::Send(to, Msg::B(node))])
            .collect();
        script.request(node, 1, sends)
    });
    let link = |from: &[u32], to: &[u32], both, kind, delay| LinkOverride {
        from: (!from.is_empty()).then(|| from.iter().copied().map(sim_node::NodeId::new).collect()),
        to: (!to.is_empty()).then(|| to.iter().copied().map(sim_node::NodeId::new).collect()),
        both,
        kind,
        delay: Some(Delay::Constant(ms(delay))),
        ..LinkOverride::default()
    };
    let mut scene = Scene::new(3, script);
    scene.0.network.overrides = vec![
        link(&[], &[2], false, None, 2),
        link(&[0], &[1], true, Some(0), 3),
        link(&[0], &[], false, Some(1), 4),
        link(&[1], &[1], false, None, 9),
    ];
    let scene = (0..3).fold(scene, |scene, node| scene.request(0, node, 1));
    let run = scene.run();
    // Later entries win: to node 2 it is 2 ms, but for B from node 0, 4 ms; A between 0 and 1 takes
    // 3 ms both ways, B from node 0 to anybody 4; the rest 1.
    let expected = [
        "0s n0>n1 A(0) arrives 3ms",
        "0s n0>n1 B(0) arrives 4ms",
        "0s n0>n2 A(0) arrives 2ms",
        "0s n0>n2 B(0) arrives 4ms",
        "0s n1>n0 A(1) arrives 3ms",
        "0s n1>n0 B(1) arrives 1ms",
        "0s n1>n2 A(1) arrives 2ms",
        "0s n1>n2 B(1) arrives 2ms",
        "0s n2>n0 A(2) arrives 1ms",
        "0s n2>n0 B(2) arrives 1ms",
        "0s n2>n1 A(2) arrives 1ms",
        "0s n2>n1 B(2) arrives 1ms",
    ];
    assert_eq!(run.history.sent, expected);
    assert_eq!(run.outcome.overrides_used, [true, true, true, false]);
}

#[test]
fn a_fault_changes_parameters_for_its_window() {
    let change = |delay| {
        Fault::from(faults::Links {
            from: Some(Target::Node(0)),
            to: Some(Target::Node(1)),
            both: false,
            kind: Some("B".to_owned()),
            delay: Some(Delay::Constant(ms(delay))),
            loss: None,
            duplication: None,
        })
    };
    let scene = slow_and_fast()
        .request(1, 0, 1)
        .request(4, 0, 3)
        .request(6, 0, 1)
        .request(20, 0, 3)
        .fault(between(3, 15), change(5))
        .fault(between(5, 10), change(7));
    // 1 ms before; 5 within the first window; 7 while both hold, as the later wins; 1 afterwards.
    let sent = scene.run().history.sent;
    assert_eq!(
        sent[1..],
        [
            "1ms n0>n1 B(1) arrives 2ms",
            "4ms n0>n1 B(2) arrives 9ms",
            "6ms n0>n1 B(1) arrives 13ms",
            "20ms n0>n1 B(2) arrives 21ms"
        ]
    );
}
