//! A stalled disk: no sync completes for a window, and barriers hold until then.

use sim_engine::{Delay, DiskLoss, Fault, NodeSet, Target, faults};
use sim_node::NodeId;

use crate::history::Ears;
use crate::scene::{Scene, at, between, crash_losing, when};
use crate::toy::{Act, Msg, Script, ms, set};

fn stall(node: u32) -> Fault {
    Fault::from(faults::StallDisk(Target::Node(node)))
}

/// Node 0 writes and says 1, 2 and 3 at these times; a sync takes it so many milliseconds.
fn writes(sync: u64, times: [u64; 3]) -> Scene {
    let script = [1, 2, 3].into_iter().fold(Script::new(), |script, n| {
        script.request(0, n, [Act::Write(n), Act::Barrier, Act::Say(n), Act::Send(1, Msg::A(n))])
    });
    let scene = Scene::new(2, script).sync(NodeSet::Node(0), Delay::Constant(ms(sync)));
    [1, 2, 3].into_iter().zip(times).fold(scene, |scene, (n, time)| scene.request(time, 0, n))
}

/// What is durable at node 0 right after an instant.
fn durable(scene: &Scene, millis: u64) -> Vec<u32> {
    let mut world = scene.world::<Ears>(0);
    world.run_until(at(millis));
    world.durable(NodeId::new(0)).expect("there is a node 0").0.clone()
}

#[test]
fn a_sync_under_way_completes_when_the_stall_is_over() {
    let scene = writes(5, [10, 14, 40]).fault(between(12, 30), stall(0));
    let run = scene.run();
    // The sync of 1, from 10 on, was due at 15. It completes at 30, and the next, for 2, runs from
    // 30 to 35. By 40 the disk is as it was.
    assert_eq!(run.said, ["30ms n0 says 1", "35ms n0 says 2", "45ms n0 says 3"]);
    let sent = [
        "30ms n0>n1 A(1) arrives 31ms",
        "35ms n0>n1 A(2) arrives 36ms",
        "45ms n0>n1 A(3) arrives 46ms",
    ];
    assert_eq!(run.history.sent, sent);
    assert!(durable(&scene, 29).is_empty());
    assert_eq!(durable(&scene, 30), [1]);
    assert_eq!(run.history.faults, ["12ms f0 strikes [n0]", "30ms f0 ends"]);
}

#[test]
fn a_sync_that_begins_in_it_completes_when_both_are_over() {
    // The sync of 1 would run from 10 to 15. That of 2, from 30 on, is not over when the stall is.
    let scene = writes(5, [10, 28, 60]).fault(between(8, 30), stall(0));
    assert_eq!(scene.run().said, ["30ms n0 says 1", "35ms n0 says 2", "65ms n0 says 3"]);
    let late = writes(5, [28, 40, 60]).fault(between(8, 30), stall(0));
    assert_eq!(late.run().said, ["33ms n0 says 1", "45ms n0 says 2", "65ms n0 says 3"]);
}

#[test]
fn a_disk_that_takes_no_time_stalls_as_well() {
    let scene = writes(0, [10, 14, 40]).fault(between(8, 30), stall(0));
    assert_eq!(scene.run().said, ["30ms n0 says 1", "30ms n0 says 2", "40ms n0 says 3"]);
}

#[test]
fn two_stalls_are_over_when_the_later_one_is() {
    let scene = writes(5, [10, 40, 60]).fault(between(8, 20), stall(0));
    let scene = scene.fault(between(12, 30), stall(0));
    assert_eq!(scene.run().said, ["30ms n0 says 1", "45ms n0 says 2", "65ms n0 says 3"]);
}

#[test]
fn neither_steps_nor_other_disks_wait() {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let acts = [Act::Say(1), Act::Write(node), Act::Barrier, Act::Say(2), set(0, 2)];
        script.request(node, 1, acts).timer(node, 0, [Act::Say(3)])
    });
    let scene = Scene::new(2, script).sync(NodeSet::All, Delay::Constant(ms(5)));
    let scene = scene.request(10, 0, 1).request(10, 1, 1).fault(between(5, 30), stall(0));
    let run = scene.run();
    // The timer of node 0 fires at 12 all the same; what it says waits behind the barrier.
    assert!(run.history.steps.contains(&"12ms n0 timer 0".to_owned()));
    let said = [
        "10ms n0 says 1",
        "10ms n1 says 1",
        "15ms n1 says 2",
        "15ms n1 says 3",
        "30ms n0 says 2",
        "30ms n0 says 3",
    ];
    assert_eq!(run.said, said);
}

#[test]
fn a_crash_takes_the_stalled_sync_with_it_and_leaves_the_disk_stalled() {
    let crash = crash_losing(0, Some(2), DiskLoss::Unsynced);
    let scene = writes(5, [10, 23, 60]).fault(between(8, 30), stall(0)).fault(when(20), crash);
    // The write of 1 is lost at 20. The sync of 2, in the next incarnation, is due at 28.
    let run = scene.run();
    assert_eq!(run.said, ["30ms n0 says 2", "65ms n0 says 3"]);
    assert_eq!(durable(&scene, 30), [2]);
}

#[test]
fn the_calm_ends_it() {
    let scene = writes(5, [10, 14, 40]).fault(when(12), stall(0)).calm(25, 5);
    assert_eq!(scene.run().said, ["25ms n0 says 1", "30ms n0 says 2", "45ms n0 says 3"]);
}
