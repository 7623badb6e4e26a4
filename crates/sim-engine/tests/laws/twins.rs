//! Twins: two instances of one identity, each seen by one part of the network.

use sim_engine::{Fault, NodeSet, Target, faults};

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Msg, Script, ms, set};

fn twins(who: u32, to: Option<u32>) -> Fault {
    Fault::from(faults::Twins { who: Target::Node(who), to: to.map(Target::Node) })
}

fn both(message: &Msg) -> [Act; 2] {
    [1, 2].map(|to| Act::Send(to, message.clone()))
}

/// Node 0 is split at 5, and node 2 sees its second instance.
fn split(script: Script) -> Scene {
    Scene::new(3, script).fault(when(5), twins(0, Some(2)))
}

#[test]
fn the_second_instance_starts_with_what_is_durable_at_the_split() {
    // Records 7 of the image and 1 are durable; 2 is written and has no barrier.
    let script =
        Script::new().request(0, 1, [Act::Write(1), Act::Barrier]).request(0, 2, [Act::Write(2)]);
    let scene = split(script).image(0, &[7]).request(1, 0, 1).request(2, 0, 2);
    let run = scene.run();
    assert_eq!(
        run.history.steps,
        ["1ms n0 request 1", "2ms n0 request 2", "5ms n0 restart [7, 1]"]
    );
    assert_eq!(run.history.faults, ["5ms f0 strikes [n0]"]);
    assert_eq!(run.world.states().len(), 3, "it is no node");
}

#[test]
fn each_instance_talks_with_its_part() {
    let script = Script::new()
        .request(1, 1, [Act::Send(0, Msg::A(1))])
        .request(2, 1, [Act::Send(0, Msg::A(2))])
        .message(0, Msg::A(1), both(&Msg::B(1)))
        .message(0, Msg::A(2), both(&Msg::B(2)));
    let run = split(script).request(10, 1, 1).request(10, 2, 1).run();
    let came: Vec<&String> = run.history.steps.iter().filter(|at| at.contains(" B(")).collect();
    // Each answers to both, and is received by one.
    assert_eq!(came, ["12ms n1 B(1) from n0", "12ms n2 B(2) from n0"]);
    let withheld: Vec<&String> =
        run.history.sent.iter().filter(|line| line.ends_with("Withheld")).collect();
    assert_eq!(withheld, ["11ms n0>n2 B(1) lost Withheld", "11ms n0>n1 B(2) lost Withheld"]);
    // The state of a node is that of its first instance: a start and one message.
    assert_eq!(run.world.states()[0].as_ref().expect("it is up").handled, 2);
}

#[test]
fn requests_come_to_the_two_in_turn() {
    let script = (1..=3)
        .fold(Script::new(), |script, request| script.request(0, request, both(&Msg::A(request))));
    let scene = split(script).request(10, 0, 1).request(20, 0, 2).request(30, 0, 3);
    let steps = scene.run().history.steps;
    let came: Vec<&String> = steps.iter().filter(|line| line.contains(" A(")).collect();
    assert_eq!(came, ["11ms n1 A(1) from n0", "21ms n2 A(2) from n0", "31ms n1 A(3) from n0"]);
}

#[test]
fn each_has_timers_disk_and_messages_to_itself_of_its_own() {
    // At its start, an instance sets timer 1 to 10 ms; then it writes, and behind the barrier it
    // sends A(5) to itself, whereupon it sends A(6) to both.
    let script = Script::new()
        .start(0, [set(1, 10)])
        .timer(0, 1, [Act::Write(4), Act::Barrier, Act::Send(0, Msg::A(5))])
        .message(0, Msg::A(5), both(&Msg::A(6)));
    let scene = split(script).sync(NodeSet::Node(0), sim_engine::Delay::Constant(ms(3)));
    let run = scene.run();
    let expected = [
        "5ms n0 restart []",
        "10ms n0 timer 1",
        "13ms n0 A(5) from n0",
        "14ms n1 A(6) from n0",
        // The second one started at 5.
        "15ms n0 timer 1",
        "18ms n0 A(5) from n0",
        "19ms n2 A(6) from n0",
    ];
    assert_eq!(run.history.steps, expected);
}

#[test]
fn of_two_split_nodes_the_first_see_each_other_and_the_second() {
    let script = Script::new()
        .start(0, [set(1, 10)])
        .timer(0, 1, [Act::Send(1, Msg::A(1))])
        .message(1, Msg::A(1), [Act::Send(2, Msg::B(1)), Act::Send(3, Msg::B(1))]);
    let who = Target::Nodes(vec![0, 1]);
    let fault = Fault::from(faults::Twins { who, to: Some(Target::Node(3)) });
    let run = Scene::new(4, script).fault(when(5), fault).run();
    let came: Vec<&String> = run.history.steps.iter().filter(|at| at.contains(" B(")).collect();
    assert_eq!(came, ["12ms n2 B(1) from n1", "17ms n3 B(1) from n1"]);
}

#[test]
fn a_crash_strikes_the_first_instance() {
    let script = Script::new().request(1, 1, [Act::Send(0, Msg::A(1))]).request(
        2,
        1,
        [Act::Send(0, Msg::A(2))],
    );
    let scene = split(script).fault(when(8), crash(0, None)).request(10, 1, 1).request(10, 2, 1);
    let run = scene.run();
    assert_eq!(run.history.lost, ["11ms A(1) Down"]);
    assert_eq!(run.history.steps.last().expect("a step"), "11ms n0 A(2) from n2");
}

#[test]
fn the_second_instance_is_gone_at_the_end() {
    let script = Script::new()
        .start(0, [set(1, 10)])
        .timer(0, 1, both(&Msg::A(1)))
        .request(2, 1, [Act::Send(0, Msg::A(2))])
        .message(0, Msg::A(2), both(&Msg::B(2)));
    let run =
        Scene::new(3, script).fault(between(5, 12), twins(0, Some(2))).request(20, 2, 1).run();
    let expected = [
        "5ms n0 restart []",
        "10ms n0 timer 1",
        "11ms n1 A(1) from n0",
        // Its timer would have fired at 15. Node 2 sees the first instance again.
        "20ms n2 request 1",
        "21ms n0 A(2) from n2",
        "22ms n1 B(2) from n0",
        "22ms n2 B(2) from n0",
    ];
    assert_eq!(run.history.steps, expected);
}

#[test]
fn its_choices_are_its_own_and_shift_none() {
    let script = Script::new().start(0, [Act::Choose(1 << 30), set(1, 1)]).timer(
        0,
        1,
        [Act::Choose(1 << 30), set(1, 1)],
    );
    let plain = Scene::new(2, script).deadline(20);
    let states = |scene: &Scene| scene.run().world.states().to_vec();
    let split = plain.clone().fault(when(5), twins(0, None));
    assert_eq!(states(&plain), states(&split));
    // Nobody is told what a Byzantine node says: of the first 5 ms are one start and 5 timers.
    let (with, without) = (split.run().said, plain.run().said);
    assert_eq!(with, without[..with.len()]);
    assert!((5..=6).contains(&with.len()), "{with:?}");
}

#[test]
fn a_node_that_has_two_instances_gets_no_third() {
    let script = Script::new();
    let scene = split(script).fault(when(6), twins(0, Some(1)));
    let run = scene.run();
    assert_eq!(run.history.steps, ["5ms n0 restart []"]);
    assert_eq!(run.outcome.faults[1].struck, 0);
}
