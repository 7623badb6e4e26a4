//! A run keeps no more than its memory, wherever things wait, and says who holds them.

use sim_check::{Verdict, suite};
use sim_engine::{Delay, Fault, First, NodeSet, Outcome, Target, faults};
use sim_node::{Duration, Span};

use crate::claims::Remembers;

use crate::scene::{Scene, between};
use crate::toy::{Act, Msg, Script, ms};

/// A message takes 128 bytes, and twice the 5 of its kind and its number.
const MESSAGE: u64 = 138;
const MEMORY: u64 = 8_000 * MESSAGE;

/// Node 0 does this ten times a millisecond.
fn busy(acts: &[Act]) -> Script {
    let tenth = Span::exactly(Duration::from_nanos(100_000));
    let again = [&[Act::Set(0, tenth)], acts].concat();
    Script::new().start(0, again.clone()).timer(0, 0, again)
}

fn flood() -> Script {
    busy(&[Act::Send(1, Msg::A(1))])
}

fn of_memory(scene: Scene) -> Outcome {
    let mut scene = scene.deadline(100_000);
    scene.0.memory_max = MEMORY;
    scene.run().outcome
}

/// The run is undecided after about so many steps, and this holds most.
#[track_caller]
fn held(outcome: &Outcome, steps: u64, most: &str) {
    assert_eq!(outcome.verdict, Verdict::Unknown, "{outcome:?}");
    let why = outcome.undecided.as_deref().expect("it is undecided");
    assert!(why.starts_with("the memory of 1MiB is used up: about 1."), "{why}");
    let first = why.split("are kept, ").nth(1).expect("holders are named");
    assert!(first.contains(most), "{why}");
    let about = steps / 2..=steps * 2;
    assert!(about.contains(&outcome.steps), "{} steps: {why}", outcome.steps);
}

fn lasting(fault: impl Into<Fault>) -> Fault {
    fault.into()
}

#[test]
fn what_waits_in_the_queue_of_a_paused_node_is_counted() {
    let pause = lasting(faults::Pause(Target::Node(1), First::Oldest));
    let scene = Scene::new(2, flood()).fault(between(5, 99_000), pause);
    held(&of_memory(scene), 8_192, "messages, all of them A, in the queue of n1");
}

#[test]
fn what_is_under_way_is_counted() {
    let scene = Scene::new(2, flood()).delay(Delay::Constant(ms(50_000)));
    held(&of_memory(scene), 8_192, "messages, all of them A, under way from n0 to n1");
}

#[test]
fn what_a_hold_keeps_is_counted() {
    let hold = lasting(faults::Hold(Target::Node(0), Target::Node(1), None));
    let scene = Scene::new(2, flood()).fault(between(5, 99_000), hold);
    held(&of_memory(scene), 8_192, "messages, all of them A, which f0 keeps");
}

#[test]
fn what_a_barrier_holds_is_counted() {
    let script = busy(&[Act::Write(1), Act::Barrier, Act::Send(1, Msg::A(1))]);
    let scene = Scene::new(2, script).sync(NodeSet::Node(0), Delay::Constant(ms(90_000)));
    held(&of_memory(scene), 8_192, "messages, all of them A, which n0 sends once its disk");
}

#[test]
fn writes_without_a_message_are_counted_as_steps_pass() {
    // 40 bytes a write (and the states), looked at every 65,536 steps.
    let script = busy(&[Act::Write(1), Act::Barrier]);
    let scene = Scene::new(2, script).sync(NodeSet::Node(0), Delay::Constant(ms(90_000)));
    let outcome = of_memory(scene);
    assert_eq!(outcome.steps, 65_536);
    let why = outcome.undecided.expect("it is undecided");
    assert!(why.contains("writes and indications of n0 that wait for its disk"), "{why}");
}

#[test]
fn a_run_that_lets_go_of_what_it_takes_is_let_be() {
    // 50,000 messages of 6.9 MB, each of which is handled after a millisecond; what the nodes
    // remember of their steps, and the record, stays.
    let mut scene = Scene::new(2, flood()).deadline(5_000);
    scene.0.memory_max = MEMORY + 100_000 * 48;
    let outcome = scene.run().outcome;
    assert_eq!(outcome.verdict, Verdict::Held);
    assert!(outcome.steps > 99_000);
}

#[test]
fn what_a_property_remembers_is_counted_as_it_grows() {
    // A kilobyte a step, and two steps each time; what else there is stays below 100 bytes a step.
    let scene = |memory| {
        let mut scene = Scene::new(2, flood()).deadline(100_000);
        scene.0.memory_max = memory;
        scene.world::<suite![Remembers]>(0).run()
    };
    let outcome = scene(MEMORY);
    assert_eq!(outcome.verdict, Verdict::Unknown, "{outcome:?}");
    let why = outcome.undecided.as_deref().expect("it is undecided");
    let first = why.split("are kept, ").nth(1).expect("holders are named");
    assert!(first.contains("in what the property REMEMBERS REMEMBERS keeps of the run"), "{why}");
    // It is asked every 1,024 steps.
    assert_eq!(outcome.steps, 1_024 * (MEMORY / (1_024 * 1_024) + 1));
    // With more memory it goes on for longer.
    assert!(scene(4 * MEMORY).steps > 2 * outcome.steps);
}

#[test]
fn what_is_durable_is_counted() {
    // 8 bytes a write, and the same in the state.
    let script = busy(&[Act::Write(1), Act::Barrier]);
    let outcome = of_memory(Scene::new(2, script));
    let why = outcome.undecided.expect("it is undecided");
    assert!(why.contains("on the disk of n0"), "{why}");
}
