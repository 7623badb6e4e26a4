//! Counting: total = sum of classes = sum of kinds; lost is sent and never handled.

use sim_engine::{Counts, Fault, First, Target, faults};
use sim_node::{NodeId, Ratio};

use crate::scene::{Scene, crash, when};
use crate::toy::{Act, Msg, Script, ms};

fn counts(scene: &Scene) -> Counts {
    let counts = scene.run().outcome.counts;
    let of_kinds: u64 = counts.by_kind.iter().map(|(_, sent)| sent).sum();
    assert_eq!(counts.total(), of_kinds);
    counts
}

#[test]
fn every_send_is_counted_once_in_its_class_and_kind() {
    let script = Script::new().start(
        0,
        [
            Act::Send(1, Msg::A(1)),
            Act::Resend(1, Msg::A(1)),
            Act::Resend(1, Msg::Beat(2)),
            Act::Send(1, Msg::Beat(1)),
            Act::Send(2, Msg::Ask(1)),
            // To itself: no message of the network.
            Act::Send(0, Msg::B(1)),
            // To nobody: sent, and lost.
            Act::Send(9, Msg::B(2)),
            Act::Broadcast(Msg::B(3)),
        ],
    );
    let mut scene = Scene::new(2, script).others(1);
    scene.0.bytes = true;
    // One byte for the variant and four for the number, seven times.
    let expected = Counts {
        protocol: 3,
        client: 1,
        heartbeat: 1,
        retransmission: 2,
        lost: 1,
        in_flight: 0,
        by_kind: vec![("A", 2), ("B", 2), ("Beat", 2), ("Ask", 1)],
        bytes: Some(35),
    };
    assert_eq!(counts(&scene), expected);
    scene.0.bytes = false;
    assert_eq!(counts(&scene).bytes, None);
}

/// Node 0 sends A(1) at once; the network doubles every message; node 1 takes 2 ms for each.
fn duplicated() -> Scene {
    let mut scene = Scene::new(2, Script::new().start(0, [Act::Send(1, Msg::A(1))]));
    scene.0.network.link.duplication = Ratio::ONE;
    scene.service(1, sim_engine::Work::Any, 2)
}

fn fate(scene: &Scene) -> (u64, u64, u64, usize) {
    let counts = counts(scene);
    let handled = scene.run().history.steps.iter().filter(|step| step.contains("A(1)")).count();
    (counts.total(), counts.lost, counts.in_flight, handled)
}

#[test]
fn a_copy_is_no_send_and_a_message_is_lost_only_if_no_copy_is_handled() {
    // Both copies arrive at 1; they are handled at 3 and 5.
    assert_eq!(fate(&duplicated()), (1, 0, 0, 2));
    assert_eq!(fate(&duplicated().fault(when(4), crash(1, None))), (1, 0, 0, 1));
    assert_eq!(fate(&duplicated().fault(when(2), crash(1, None))), (1, 1, 0, 0));
    assert_eq!(fate(&duplicated().fault(when(0), crash(1, None))), (1, 1, 0, 0));
    // Stopped at 4, one copy handled and one in the queue; at 2, neither.
    assert_eq!(fate(&duplicated().deadline(4)), (1, 0, 0, 1));
    assert_eq!(fate(&duplicated().deadline(2)), (1, 0, 1, 0));
    // One is lost at the crash and the other in flight: nothing is decided yet.
    let hold = Fault::from(faults::Hold(Target::Node(0), Target::Node(1), None));
    assert_eq!(fate(&duplicated().fault(when(0), hold)), (1, 0, 1, 0));
}

#[test]
fn what_waits_in_a_queue_is_in_flight_until_it_is_handled_or_its_node_crashes() {
    let script = Script::new().start(0, [Act::Send(1, Msg::A(1)), Act::Send(1, Msg::A(2))]);
    let scene = Scene::new(2, script)
        .fault(when(0), Fault::from(faults::Pause(Target::Node(1), First::Oldest)))
        .deadline(10);
    let paused = counts(&scene);
    assert_eq!((paused.total(), paused.lost, paused.in_flight), (2, 0, 2));
    let crashed = counts(&scene.fault(when(5), crash(1, None)));
    assert_eq!((crashed.total(), crashed.lost, crashed.in_flight), (2, 2, 0));
}

#[test]
fn what_a_barrier_holds_is_not_sent_yet() {
    let acts = [Act::Write(1), Act::Barrier, Act::Send(1, Msg::A(1))];
    let scene = Scene::new(2, Script::new().start(0, acts))
        .sync(sim_engine::NodeSet::All, sim_engine::Delay::Constant(ms(20)));
    assert_eq!(counts(&scene.clone().deadline(19)).total(), 0);
    let sent = counts(&scene.deadline(20));
    assert_eq!((sent.total(), sent.in_flight), (1, 1));
}

#[test]
fn idle_is_who_handled_nothing_after_its_start_and_whose_messages_nobody_handled() {
    let script = Script::new()
        .start(0, [Act::Send(1, Msg::A(1))])
        .start(2, [Act::Send(9, Msg::A(2))])
        .request(3, 1, []);
    let run = Scene::new(5, script).request(5, 3, 1).run();
    assert_eq!(run.outcome.idle, [NodeId::new(2), NodeId::new(4)]);
}
