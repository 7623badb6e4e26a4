//! A paused node makes no step; what comes to it queues and is handled in order at resume.

use sim_engine::{Delay, Fault, First, NodeSet, Target, Work, faults};
use sim_node::{LocalTime, NodeId};

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Msg, Script, ms, set};

fn pause(node: u32) -> Fault {
    Fault::from(faults::Pause(Target::Node(node), First::Oldest))
}

/// Node 0 has a timer due at 5; A(1) comes to it at 3, a request at 4, and A(2) at 12.
fn busy(script: Script) -> Scene {
    let script = script.start(0, [set(0, 5)]).request(1, 1, [Act::Send(0, Msg::A(1))]).request(
        1,
        2,
        [Act::Send(0, Msg::A(2))],
    );
    Scene::new(2, script).request(2, 1, 1).request(4, 0, 9).request(11, 1, 2)
}

fn at_node_0(steps: &[String]) -> Vec<&str> {
    steps.iter().map(String::as_str).filter(|step| step.contains(" n0 ")).collect()
}

#[test]
fn what_comes_queues_and_is_handled_in_order_at_resume() {
    let script = Script::new().message(0, Msg::A(1), [Act::Reply(Msg::B(1)), Act::Say(1)]);
    let run = busy(script).fault(between(2, 10), pause(0)).run();
    assert_eq!(
        at_node_0(&run.history.steps),
        ["10ms n0 A(1) from n1", "10ms n0 request 9", "10ms n0 timer 0", "12ms n0 A(2) from n1"]
    );
    assert_eq!(run.said, ["10ms n0 says 1"]);
    assert!(run.history.sent.contains(&"10ms n0>n1 B(1) arrives 11ms".to_owned()));
    assert_eq!(run.history.faults, ["2ms f0 strikes [n0]", "10ms f0 ends"]);
    // Its clock ran on: it shows 10 ms at each of the three.
    let clocks = &run.world.state(NodeId::new(0)).expect("it is up").clocks;
    assert!(clocks[1..4].iter().all(|(now, _)| *now == LocalTime::from_nanos(10_000_000)));
}

#[test]
fn timers_that_were_due_meanwhile_may_come_first() {
    let timers_first = Fault::from(faults::Pause(Target::Node(0), First::Timers));
    let expected =
        ["10ms n0 timer 0", "10ms n0 A(1) from n1", "10ms n0 request 9", "12ms n0 A(2) from n1"];
    let scene = busy(Script::new()).fault(between(2, 10), timers_first.clone());
    assert_eq!(at_node_0(&scene.run().history.steps), expected);
    // What the timer's handler cancels or sets is as ever: here nothing is left to fire.
    let again =
        busy(Script::new().timer(0, 0, [Act::Cancel(0)])).fault(between(2, 10), timers_first);
    assert_eq!(at_node_0(&again.run().history.steps), expected);
}

#[test]
fn a_due_timer_that_waits_can_still_be_cancelled() {
    let script = Script::new().message(0, Msg::A(1), [Act::Cancel(0)]);
    let run = busy(script).fault(between(2, 10), pause(0)).run();
    let expected = ["10ms n0 A(1) from n1", "10ms n0 request 9", "12ms n0 A(2) from n1"];
    assert_eq!(at_node_0(&run.history.steps), expected);
}

#[test]
fn pauses_overlap_and_resume_ends_them_all() {
    let first = |scene: Scene| at_node_0(&scene.run().history.steps)[0].to_owned();
    let two = || busy(Script::new()).fault(between(2, 6), pause(0)).fault(between(4, 9), pause(0));
    assert_eq!(first(two()), "9ms n0 A(1) from n1");
    let resumed = two().fault(when(5), Fault::from(faults::Resume(Target::Node(0))));
    // The timer is due at the instant of the resume, behind what has waited.
    let steps = resumed.run().history.steps;
    let expected =
        ["5ms n0 A(1) from n1", "5ms n0 request 9", "5ms n0 timer 0", "12ms n0 A(2) from n1"];
    assert_eq!(at_node_0(&steps), expected);
}

#[test]
fn a_pause_in_the_middle_of_a_service_holds_its_end() {
    // A(1) is worked on from 3 to 7.
    let served = |from, to| {
        let scene = busy(Script::new()).service(0, Work::Messages, 4);
        let steps = scene.fault(between(from, to), pause(0)).run().history.steps;
        at_node_0(&steps).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let rest = ["16ms n0 A(2) from n1"];
    // Over before the service is: nothing changes.
    let expected = ["7ms n0 A(1) from n1", "7ms n0 request 9", "7ms n0 timer 0"];
    assert_eq!(served(4, 6), [&expected[..], &rest].concat());
    // The work ends within the pause; its effects and what waits come at the resume.
    let expected = ["10ms n0 A(1) from n1", "10ms n0 request 9", "10ms n0 timer 0"];
    assert_eq!(served(4, 10), [&expected[..], &rest].concat());
}

#[test]
fn the_disk_completes_but_the_node_is_not_told_of_it() {
    let script = Script::new().request(0, 1, [Act::Write(1), Act::Barrier, Act::Say(1)]);
    let scene = Scene::new(1, script)
        .sync(NodeSet::All, Delay::Constant(ms(2)))
        .request(1, 0, 1)
        .fault(between(2, 10), pause(0));
    let run = scene.run();
    assert_eq!(run.said, ["10ms n0 says 1"]);
    let mut world = scene.world::<()>(0);
    world.run_until(crate::scene::at(3));
    assert_eq!(world.durable(NodeId::new(0)).expect("it exists").0, [1]);
}

#[test]
fn a_crash_empties_the_queue_and_the_next_start_waits_for_the_end_of_the_pause() {
    let scene = busy(Script::new()).fault(between(2, 10), pause(0));
    let run = scene.fault(when(6), crash(0, Some(1))).request(8, 0, 3).run();
    // Crashed at 6: A(1), the request of 4 and the timer of 5 are gone. It would start at 7 and is
    // paused until 10, so the request of 8 finds it down. Its timer is due at 15.
    assert_eq!(run.history.lost, ["6ms A(1) Down"]);
    assert_eq!(
        at_node_0(&run.history.steps),
        ["10ms n0 restart []", "12ms n0 A(2) from n1", "15ms n0 timer 0"]
    );
    // The calm ends the pause as well, and starts it once.
    let scene = busy(Script::new()).fault(when(2), pause(0)).fault(when(3), crash(0, Some(1)));
    let run = scene.calm(5, 1).run();
    let restarts =
        at_node_0(&run.history.steps).into_iter().filter(|step| step.contains("restart"));
    assert_eq!(restarts.collect::<Vec<_>>(), ["5ms n0 restart []"]);
}

#[test]
fn a_pause_from_the_beginning_lets_the_node_start_and_no_more() {
    let run = busy(Script::new()).fault(between(0, 10), pause(0)).run();
    assert_eq!(
        at_node_0(&run.history.steps),
        ["10ms n0 A(1) from n1", "10ms n0 request 9", "10ms n0 timer 0", "12ms n0 A(2) from n1"]
    );
}

#[test]
fn other_nodes_are_not_paused() {
    let script = Script::new().start(1, [set(0, 5)]);
    let run = Scene::new(2, script).fault(between(2, 10), pause(0)).run();
    assert_eq!(run.history.steps, ["5ms n1 timer 0"]);
}
