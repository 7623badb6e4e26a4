//! A node handles one event at a time, first in first out, and its effects leave at the end.

use sim_engine::{Delay, Fault, NodeSet, ServiceSpec, Target, Work, faults};
use sim_node::NodeId;

use crate::history::Ears;
use crate::scene::{Scene, at, between};
use crate::toy::{Act, Msg, Script, ms, set};

#[test]
fn messages_timers_requests_and_the_disk_share_one_queue() {
    let script = Script::new()
        .start(0, [set(0, 3)])
        .start(1, [Act::Send(0, Msg::A(1))])
        .message(0, Msg::A(1), [Act::Reply(Msg::B(1)), Act::Write(1), Act::Barrier, Act::Say(1)])
        .timer(0, 0, [Act::Send(1, Msg::B(2))]);
    let scene = Scene::new(2, script)
        .sync(NodeSet::All, Delay::Constant(ms(1)))
        .service(0, Work::Any, 3)
        .request(2, 0, 7);
    let run = scene.run();
    // A(1) comes at 1 and takes until 4; the request came at 2 and takes from 4 to 7; the timer was
    // due at 3 and takes from 7 to 10; the sync is over at 5, behind the two, so the node is told
    // of it from 10 to 13. What it says was held by the barrier until then, and so was B(2).
    assert_eq!(
        run.history.steps,
        [
            "4ms n0 A(1) from n1",
            "5ms n1 B(1) from n0",
            "7ms n0 request 7",
            "10ms n0 timer 0",
            "14ms n1 B(2) from n0",
        ]
    );
    assert_eq!(run.said, ["13ms n0 says 1"]);
    assert_eq!(
        run.history.sent,
        ["0s n1>n0 A(1) arrives 1ms", "4ms n0>n1 B(1) arrives 5ms", "13ms n0>n1 B(2) arrives 14ms"]
    );
    let mut world = scene.world::<Ears>(0);
    world.run_until(at(5));
    assert_eq!(world.durable(NodeId::new(0)).expect("it exists").0, [1], "durable at 5 already");
}

#[test]
fn what_takes_no_time_waits_behind_what_does() {
    // Messages of kind A take 3 ms; B none. A(1) comes at 1, B(1) at 2 and waits; B(2), at 9, does
    // not.
    let script = Script::new()
        .start(1, [Act::Send(0, Msg::A(1))])
        .request(1, 1, [Act::Send(0, Msg::B(1))])
        .request(1, 2, [Act::Send(0, Msg::B(2))]);
    let scene =
        Scene::new(2, script).service(0, Work::Kind(0), 3).request(1, 1, 1).request(8, 1, 2);
    let steps = scene.run().history.steps;
    let of_node_0: Vec<&String> = steps.iter().filter(|step| step.contains(" n0 ")).collect();
    assert_eq!(of_node_0, ["4ms n0 A(1) from n1", "4ms n0 B(1) from n1", "9ms n0 B(2) from n1"]);
}

#[test]
fn a_message_to_itself_passes_the_queue() {
    let script =
        Script::new().request(0, 1, [Act::Send(0, Msg::B(1))]).request(0, 2, [Act::Say(2)]);
    let scene = Scene::new(1, script).service(0, Work::Any, 2).request(10, 0, 1).request(11, 0, 2);
    // 10 to 12; the request that came at 11 from 12 to 14; then B(1), sent at 12, from 14 to 16.
    let expected = ["12ms n0 request 1", "14ms n0 request 2", "16ms n0 B(1) from n0"];
    assert_eq!(scene.run().history.steps, expected);
}

/// A(1) is worked on from 1 to 4; timer 0 is due at 3 and timer 1 at 3.5, and both wait.
fn due_in_the_queue(acts: &[Act]) -> Vec<String> {
    let script = Script::new()
        .start(0, [set(0, 3), Act::Set(1, (ms(3) + sim_node::Duration::from_micros(500)).into())])
        .start(1, [Act::Send(0, Msg::A(1))])
        .message(0, Msg::A(1), acts);
    Scene::new(2, script).service(0, Work::Messages, 3).run().history.steps
}

#[test]
fn a_due_timer_in_the_queue_fires_unless_cancelled_or_replaced() {
    let message = "4ms n0 A(1) from n1";
    assert_eq!(due_in_the_queue(&[]), [message, "4ms n0 timer 0", "4ms n0 timer 1"]);
    assert_eq!(due_in_the_queue(&[Act::Cancel(0)]), [message, "4ms n0 timer 1"]);
    assert_eq!(due_in_the_queue(&[Act::Cancel(1)]), [message, "4ms n0 timer 0"]);
    // Replaced at 4, for 4 + 10 = 14.
    let replaced = due_in_the_queue(&[set(0, 10)]);
    assert_eq!(replaced, [message, "4ms n0 timer 1", "14ms n0 timer 0"]);
    // Replaced and cancelled: neither the old one nor the new one.
    let gone = due_in_the_queue(&[set(0, 10), Act::Cancel(0)]);
    assert_eq!(gone, [message, "4ms n0 timer 1"]);
}

#[test]
fn a_timer_due_at_the_instant_of_its_cancellation_never_fires() {
    // The request comes at 5 in front of the timer that is due at 5: its place is older.
    let script = Script::new().start(0, [set(0, 5)]).request(0, 1, [Act::Cancel(0)]);
    assert_eq!(Scene::new(1, script).request(5, 0, 1).run().history.steps, ["5ms n0 request 1"]);
    let script = Script::new().start(0, [set(0, 5)]).request(0, 1, [set(0, 2)]);
    let replaced = Scene::new(1, script).request(5, 0, 1).run().history.steps;
    assert_eq!(replaced, ["5ms n0 request 1", "7ms n0 timer 0"]);
}

#[test]
fn later_entries_win() {
    let script = Script::new().start(1, [Act::Send(0, Msg::A(1)), Act::Send(0, Msg::B(1))]);
    let scene = Scene::new(2, script).service(0, Work::Any, 4).service(0, Work::Kind(1), 1);
    // A(1) by the first entry, from 1 to 5; B(1) by the second, from 5 to 6.
    let expected = ["5ms n0 A(1) from n1", "6ms n0 B(1) from n1"];
    assert_eq!(scene.run().history.steps, expected);
}

#[test]
fn a_slow_node_takes_longer_for_the_window() {
    let script = (1..=4).fold(Script::new(), |script, n| script.request(0, n, []));
    let scene = Scene::new(1, script)
        .request(5, 0, 1)
        .request(12, 0, 2)
        .request(19, 0, 3)
        .request(25, 0, 4)
        .fault(between(10, 20), Fault::from(faults::Slow(Target::Node(0), Delay::Constant(ms(2)))));
    // Without a service time of its own: at once before and after, 2 ms within; work begun within
    // the window is done at its pace.
    let at_once = scene.run().history.steps;
    let expected =
        ["5ms n0 request 1", "14ms n0 request 2", "21ms n0 request 3", "25ms n0 request 4"];
    assert_eq!(at_once, expected);
    // With 3 ms of its own: 3 before and after, 5 within.
    let slow = scene.service(0, Work::Any, 3).run().history.steps;
    let expected =
        ["8ms n0 request 1", "17ms n0 request 2", "24ms n0 request 3", "28ms n0 request 4"];
    assert_eq!(slow, expected);
}

#[test]
fn a_service_time_is_drawn_for_every_event() {
    let script = (0..40).fold(Script::new(), |script, n| script.request(0, n, []));
    let mut scene = Scene::new(1, script);
    scene.0.service.push(ServiceSpec {
        who: NodeSet::All,
        what: Work::Requests,
        time: Delay::Uniform(ms(1), ms(9)),
    });
    let scene = (0..40).fold(scene, |scene, n| scene.request(10 + 20 * u64::from(n), 0, n));
    let steps = scene.run().history.steps;
    let mut times = std::collections::BTreeSet::new();
    for (n, line) in (0..).zip(&steps) {
        let time: sim_node::Duration =
            line.split(' ').next().expect("a time").parse().expect("one");
        let took = time - ms(10 + 20 * n);
        assert!((ms(1)..=ms(9)).contains(&took), "{line}");
        times.insert(took);
    }
    assert_eq!(times.len(), 40, "drawn anew each time");
}
