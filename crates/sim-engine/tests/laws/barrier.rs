//! A barrier holds every later send and indication until all writes before it are durable.

use std::collections::BTreeSet;

use sim_engine::{Delay, DiskLoss, NodeSet};
use sim_node::NodeId;

use crate::history::Ears;
use crate::scene::{Scene, at, crash_losing, when};
use crate::toy::{Act, Msg, Script, ms, set};

/// Two nodes, of which the first has a disk that takes 5 ms to sync.
fn scene(script: Script) -> Scene {
    Scene::new(2, script).sync(NodeSet::Node(0), Delay::Constant(ms(5)))
}

/// What is durable at node 0 right after an instant.
fn durable(scene: &Scene, millis: u64) -> Vec<u32> {
    let mut world = scene.world::<Ears>(0);
    world.run_until(at(millis));
    world.durable(NodeId::new(0)).expect("there is a node 0").0.clone()
}

#[test]
fn it_holds_sends_self_sends_and_indications_but_neither_timers_nor_state() {
    let script = Script::new()
        .request(
            0,
            1,
            [
                Act::Send(1, Msg::A(1)),
                Act::Write(1),
                Act::Barrier,
                Act::Send(1, Msg::A(2)),
                Act::Send(0, Msg::B(1)),
                Act::Say(1),
                set(0, 1),
                Act::Become("leader", 1),
            ],
        )
        .timer(0, 0, [Act::Say(2), Act::Send(1, Msg::A(3))]);
    let scene = scene(script).request(10, 0, 1);
    let run = scene.run();
    // A(1) leaves before the barrier. The sync runs from 10 to 15; the timer fires at 11 all the
    // same, and what that later step says and sends waits behind what the first one did.
    assert_eq!(
        run.history.steps,
        [
            "10ms n0 request 1",
            "11ms n1 A(1) from n0",
            "11ms n0 timer 0",
            "15ms n0 B(1) from n0",
            "16ms n1 A(2) from n0",
            "16ms n1 A(3) from n0",
        ]
    );
    assert_eq!(run.said, ["15ms n0 says 1", "15ms n0 says 2"]);
    assert!(durable(&scene, 14).is_empty());
    assert_eq!(durable(&scene, 15), [1]);
    let mut world = scene.world::<Ears>(0);
    world.run_until(at(10));
    assert!(world.state(NodeId::new(0)).expect("it is up").role.is_some(), "state does not wait");
}

#[test]
fn what_is_sent_at_once_passes_it() {
    // The sync runs from 10 to 15. A(2) leaves in the step of the barrier, A(4) in a later one.
    let script = Script::new()
        .request(
            0,
            1,
            [
                Act::Write(1),
                Act::Barrier,
                Act::Send(1, Msg::A(1)),
                Act::SendAtOnce(1, Msg::A(2)),
                Act::SendAtOnce(0, Msg::B(1)),
            ],
        )
        .request(0, 2, [Act::Send(1, Msg::A(3)), Act::SendAtOnce(1, Msg::A(4))]);
    let run = scene(script).request(10, 0, 1).request(12, 0, 2).run();
    let expected = [
        "10ms n0 request 1",
        "10ms n0 B(1) from n0",
        "11ms n1 A(2) from n0",
        "12ms n0 request 2",
        "13ms n1 A(4) from n0",
        "16ms n1 A(1) from n0",
        "16ms n1 A(3) from n0",
    ];
    assert_eq!(run.history.steps, expected);
    assert_eq!(run.outcome.counts.total(), 4, "each is counted once");
}

#[test]
fn a_crash_can_fall_behind_what_was_sent_at_once() {
    use sim_engine::{Fault, Occasion, Target, faults};
    // Behind the first A of the step, which leaves at once: the one that is held dies.
    let acts =
        [Act::Write(1), Act::Barrier, Act::SendAtOnce(1, Msg::A(1)), Act::Send(1, Msg::A(2))];
    let crash = faults::Crash {
        who: Target::Trigger,
        down: None,
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    };
    let after = crate::scene::on(Occasion::After("A".to_owned(), 1));
    let scene = scene(Script::new().request(0, 1, acts)).request(10, 0, 1);
    let run = scene.fault(after, Fault::from(crash)).run();
    assert_eq!(run.history.steps, ["10ms n0 request 1", "11ms n1 A(1) from n0"]);
}

#[test]
fn one_sync_at_a_time_covers_what_was_written_before_it_began() {
    let script = [1, 2, 3].into_iter().fold(Script::new(), |script, n| {
        script.request(0, n, [Act::Write(n), Act::Barrier, Act::Say(n)])
    });
    let scene = scene(script).request(10, 0, 1).request(12, 0, 2).request(13, 0, 3);
    // The first sync, 10 to 15, covers record 1; the second, 15 to 20, covers 2 and 3.
    assert_eq!(scene.run().said, ["15ms n0 says 1", "20ms n0 says 2", "20ms n0 says 3"]);
    assert_eq!(durable(&scene, 15), [1]);
    assert_eq!(durable(&scene, 19), [1]);
    assert_eq!(durable(&scene, 20), [1, 2, 3]);
}

#[test]
fn only_a_barrier_makes_writes_durable() {
    // Record 2 is written after the sync of 1 began, and no barrier ever asks for it.
    let script =
        Script::new().request(0, 1, [Act::Write(1), Act::Barrier, Act::Write(2), Act::Say(1)]);
    let scene = scene(script).request(10, 0, 1);
    assert_eq!(scene.run().said, ["15ms n0 says 1"]);
    assert_eq!(durable(&scene, 1_000), [1]);

    // The next barrier's sync covers it, no matter which step wrote it.
    let script = Script::new().request(0, 1, [Act::Write(1), Act::Barrier, Act::Write(2)]).request(
        0,
        2,
        [Act::Barrier, Act::Say(2)],
    );
    let scene = self::scene(script).request(10, 0, 1).request(30, 0, 2);
    assert_eq!(scene.run().said, ["35ms n0 says 2"]);
    assert_eq!(durable(&scene, 34), [1]);
    assert_eq!(durable(&scene, 35), [1, 2]);
}

#[test]
fn order_is_kept_across_steps_and_barriers() {
    let script = Script::new()
        .request(0, 1, [Act::Write(1), Act::Barrier, Act::Say(1), Act::Send(1, Msg::A(1))])
        .request(0, 2, [Act::Say(2), Act::Send(1, Msg::A(2))])
        .request(0, 3, [Act::Say(3), Act::Write(3), Act::Barrier, Act::Say(4)])
        .request(0, 4, [Act::Say(5)]);
    let scene = scene(script).request(10, 0, 1).request(11, 0, 2).request(12, 0, 3);
    let run = scene.request(17, 0, 4).run();
    // The second step sets no barrier and yet waits behind the first, until 15. The third says 3
    // before its own barrier, so that goes out at 15 too; 4 waits for the sync from 15 to 20, and
    // so does 5.
    assert_eq!(
        run.said,
        ["15ms n0 says 1", "15ms n0 says 2", "15ms n0 says 3", "20ms n0 says 4", "20ms n0 says 5"]
    );
    assert_eq!(run.history.sent, ["15ms n0>n1 A(1) arrives 16ms", "15ms n0>n1 A(2) arrives 16ms"]);
}

#[test]
fn with_nothing_unsynced_it_holds_nothing() {
    let script = Script::new()
        .request(0, 1, [Act::Barrier, Act::Say(1)])
        .request(0, 2, [Act::Write(2), Act::Say(2)])
        .request(0, 3, [Act::Write(3), Act::Barrier])
        .request(0, 4, [Act::Barrier, Act::Say(4)]);
    let scene = scene(script).request(10, 0, 1).request(11, 0, 2).request(12, 0, 3);
    let run = scene.request(17, 0, 4).run();
    // No write: no wait. A write without a barrier: no wait. At 17 the sync from 12 is just over.
    assert_eq!(run.said, ["10ms n0 says 1", "11ms n0 says 2", "17ms n0 says 4"]);
}

#[test]
fn a_barrier_with_no_write_of_its_own_waits_for_the_sync_under_way() {
    let script = Script::new().request(0, 1, [Act::Write(1), Act::Barrier]).request(
        0,
        2,
        [Act::Barrier, Act::Say(2)],
    );
    let scene = scene(script).request(10, 0, 1).request(12, 0, 2);
    assert_eq!(scene.run().said, ["15ms n0 says 2"]);
}

#[test]
fn what_is_held_dies_in_a_crash() {
    let script = Script::new().start(0, [Act::Write(9), Act::Barrier, Act::Say(9)]).request(
        0,
        1,
        [
            Act::Write(1),
            Act::Barrier,
            Act::Send(1, Msg::A(1)),
            Act::Say(1),
            Act::Send(0, Msg::B(1)),
        ],
    );
    let scene = scene(script)
        .request(10, 0, 1)
        .fault(when(12), crash_losing(0, Some(1), DiskLoss::Unsynced));
    let run = scene.run();
    // Back at 13, it writes and waits for a sync of its own, from 13 to 18: the one that began at
    // 10 and would have been over at 15 was lost with its incarnation.
    assert_eq!(run.history.steps, ["10ms n0 request 1", "13ms n0 restart [9]"]);
    assert_eq!(run.said, ["5ms n0 says 9", "18ms n0 says 9"]);
    assert!(run.history.sent.is_empty(), "{:?}", run.history.sent);
    assert_eq!(run.outcome.counts.total(), 0, "what never left was never sent");
    assert_eq!(durable(&scene, 17), [9]);
    assert_eq!(durable(&scene, 18), [9, 9]);
}

#[test]
fn a_disk_that_syncs_at_once_holds_nothing() {
    let script =
        Script::new().request(1, 1, [Act::Write(1), Act::Barrier, Act::Send(0, Msg::A(1))]);
    // Node 1's disk is not the slow one.
    let run = scene(script).request(10, 1, 1).run();
    assert_eq!(run.history.sent, ["10ms n1>n0 A(1) arrives 11ms"]);
    assert_eq!(run.world.durable(NodeId::new(1)).expect("there is a node 1").0, [1]);
}

#[test]
fn each_sync_draws_its_latency() {
    let script = [1, 2].into_iter().fold(Script::new(), |script, n| {
        script.request(0, n, [Act::Write(n), Act::Barrier, Act::Say(n)])
    });
    let scene = Scene::new(1, script)
        .sync(NodeSet::All, Delay::Uniform(ms(1), ms(9)))
        .request(100, 0, 1)
        .request(200, 0, 2);
    let (mut first, mut differ) = (BTreeSet::new(), 0);
    for seed in 0..50 {
        let said = scene.seed(seed).said;
        let nanos = |line: &str| {
            let time = line.split(' ').next().expect("a time").parse::<sim_node::Duration>();
            time.expect("a time").as_nanos()
        };
        let (one, two) = (nanos(&said[0]) - 100_000_000, nanos(&said[1]) - 200_000_000);
        assert!((1_000_000..=9_000_000).contains(&one) && (1_000_000..=9_000_000).contains(&two));
        first.insert(one);
        differ += u32::from(one != two);
    }
    assert_eq!((first.len(), differ), (50, 50), "drawn anew in every run and for every sync");
    assert!(first.first() < Some(&2_000_000) && first.last() > Some(&8_000_000));
}
