//! A crash loses the volatile state; a restart begins from the disk and nothing else.

use std::collections::BTreeSet;

use sim_engine::{Delay, DiskLoss, Fault, NodeSet, Target, Work, faults};
use sim_node::NodeId;

use crate::scene::{Scene, crash, crash_losing, when};
use crate::toy::{Act, Msg, Script, ms, set};

#[test]
fn a_restart_begins_from_the_disk_only() {
    let script = Script::new().start(0, [set(0, 5), Act::Send(1, Msg::A(1))]).request(
        0,
        1,
        [Act::Write(1), Act::Barrier, Act::Write(2), Act::Become("leader", 1)],
    );
    let scene = Scene::new(2, script)
        .request(2, 0, 1)
        .fault(when(3), crash_losing(0, Some(4), DiskLoss::Unsynced));
    let run = scene.run();
    // Down from 3 to 3 + 4 = 7. The timer of the first incarnation was due at 5 and never fires;
    // the second sets its own, for 7 + 5 = 12. Record 1 was durable (the disk syncs at once), 2 was
    // not.
    assert_eq!(
        run.history.steps,
        [
            "1ms n1 A(1) from n0",
            "2ms n0 request 1",
            "7ms n0 restart [1]",
            "8ms n1 A(1) from n0",
            "12ms n0 timer 0",
        ]
    );
    assert_eq!(run.history.faults, ["3ms n0 crashed", "3ms f0 strikes [n0]"]);
    let state = run.world.state(NodeId::new(0)).expect("it is up");
    // The restart and the timer; nothing of the role, which was volatile.
    assert_eq!((state.handled, state.role), (2, None));
}

#[test]
fn what_the_node_was_doing_dies_with_it() {
    // A message to itself takes 2 ms of work, from 1 to 3; it is lost at 2, and what it worked on
    // and what waited behind it (A(5), there since 1) are gone when it is back at 3.
    let script =
        Script::new().start(1, [Act::Send(0, Msg::A(5))]).request(0, 1, [Act::Send(0, Msg::B(1))]);
    let scene = Scene::new(2, script)
        .service(0, Work::Messages, 2)
        .request(1, 0, 1)
        .fault(when(2), crash(0, Some(1)));
    let run = scene.run();
    assert_eq!(run.history.steps, ["1ms n0 request 1", "3ms n0 restart []"]);
    // The message of the other node counts as lost, its own does not count at all.
    assert_eq!(run.history.lost, ["2ms A(5) Down"]);
    assert_eq!((run.outcome.counts.total(), run.outcome.counts.lost), (1, 1));
}

#[test]
fn without_a_restart_it_stays_down() {
    let script = Script::new().start(0, [set(0, 5)]).start(1, [Act::Send(0, Msg::A(1))]);
    let run = Scene::new(2, script).fault(when(0), crash(0, None)).run();
    assert!(run.history.steps.is_empty(), "{:?}", run.history.steps);
    assert_eq!(run.history.lost, ["1ms A(1) Down"]);
    assert_eq!(run.world.state(NodeId::new(0)), None);
}

/// What the disk holds after a crash, over many seeds: the image 9, and of the unsynced writes 1,
/// 2, 3 whatever survived.
fn disks_after(disk: DiskLoss, seeds: u64) -> BTreeSet<Vec<u32>> {
    let script =
        Script::new().request(0, 1, [Act::Write(1), Act::Write(2)]).request(0, 2, [Act::Write(3)]);
    let scene = Scene::new(1, script)
        .image(0, &[9])
        .request(1, 0, 1)
        .request(2, 0, 2)
        .fault(when(3), crash_losing(0, Some(1), disk));
    let after = |seed| {
        let run = scene.seed(seed);
        run.world.state(NodeId::new(0)).expect("it is up").disk.clone()
    };
    (0..seeds).map(after).collect()
}

#[test]
fn every_prefix_of_the_unsynced_writes_may_survive_and_nothing_else() {
    let prefixes: [&[u32]; 4] = [&[9], &[9, 1], &[9, 1, 2], &[9, 1, 2, 3]];
    let prefixes = BTreeSet::from(prefixes.map(<[u32]>::to_vec));
    assert_eq!(disks_after(DiskLoss::Prefix, 100), prefixes);
}

#[test]
fn every_subset_of_the_unsynced_writes_may_survive_in_order() {
    let subset = |bits: u32| {
        let kept = (1..=3).filter(|record| bits >> (record - 1) & 1 == 1);
        std::iter::once(9).chain(kept).collect::<Vec<u32>>()
    };
    assert_eq!(disks_after(DiskLoss::Subset, 200), (0..8).map(subset).collect());
}

#[test]
fn all_unsynced_writes_may_be_lost_or_the_whole_disk() {
    assert_eq!(disks_after(DiskLoss::Unsynced, 20), BTreeSet::from([vec![9]]));
    assert_eq!(disks_after(DiskLoss::Everything, 20), BTreeSet::from([vec![]]));
}

#[test]
fn only_the_loss_of_durable_records_is_damage() {
    let damaged = |disk| {
        let scene = Scene::new(1, Script::new()).image(0, &[9]);
        let run = scene.fault(when(3), crash_losing(0, Some(1), disk)).run();
        run.world.state(NodeId::new(0)).expect("it is up").damaged
    };
    assert!(!damaged(DiskLoss::Prefix) && !damaged(DiskLoss::Unsynced));
    assert!(damaged(DiskLoss::Everything));
}

#[test]
fn damage_is_told_once() {
    let scene = Scene::new(1, Script::new())
        .image(0, &[9])
        .fault(when(3), crash_losing(0, Some(1), DiskLoss::Everything))
        .fault(when(6), crash(0, Some(1)));
    let run = scene.run();
    assert_eq!(run.history.steps, ["4ms n0 restart []", "7ms n0 restart []"]);
    assert!(!run.world.state(NodeId::new(0)).expect("it is up").damaged);
}

#[test]
fn a_sync_under_way_makes_nothing_durable_before_it_completes() {
    // The sync of record 1 runs from 1 to 11 and the crash comes at 5: any prefix may survive.
    let script = Script::new().request(0, 1, [Act::Write(1), Act::Barrier, Act::Write(2)]);
    let scene = Scene::new(1, script)
        .sync(NodeSet::All, Delay::Constant(ms(10)))
        .request(1, 0, 1)
        .fault(when(5), crash(0, Some(1)));
    let restarts: BTreeSet<String> =
        (0..50).map(|seed| scene.seed(seed).history.steps[1].clone()).collect();
    let expected = ["6ms n0 restart []", "6ms n0 restart [1, 2]", "6ms n0 restart [1]"];
    assert_eq!(restarts, BTreeSet::from(expected.map(String::from)));
}

#[test]
fn what_survived_a_crash_is_durable() {
    let script = Script::new().request(0, 1, [Act::Write(1), Act::Write(2), Act::Write(3)]);
    let scene = Scene::new(1, script)
        .request(1, 0, 1)
        .fault(when(2), crash(0, Some(1)))
        .fault(when(5), crash_losing(0, Some(1), DiskLoss::Unsynced));
    let mut different = BTreeSet::new();
    for seed in 0..40 {
        let steps = scene.seed(seed).history.steps;
        let disk = |line: &str| line.split_once("restart").expect("a restart").1.to_owned();
        assert_eq!(disk(&steps[1]), disk(&steps[2]));
        different.insert(disk(&steps[1]));
    }
    assert_eq!(different.len(), 4, "{different:?}");
}

#[test]
fn a_node_restarts_once_for_each_crash() {
    // Restarted by hand at 5, so the restart planned for 2 + 10 = 12 is of an incarnation that is
    // over, whether the node is up then or down again.
    let scene = Scene::new(1, Script::new())
        .fault(when(2), crash(0, Some(10)))
        .fault(when(5), Fault::from(faults::Restart(Target::Node(0), None)));
    assert_eq!(scene.run().history.steps, ["5ms n0 restart []"]);
    let again = scene.fault(when(6), crash(0, None)).run();
    assert_eq!(again.history.steps, ["5ms n0 restart []"]);
}

#[test]
fn a_fault_does_not_strike_whom_it_cannot() {
    let scene = Scene::new(1, Script::new())
        .fault(when(2), crash(0, None))
        .fault(when(3), crash(0, Some(1)))
        .fault(when(5), Fault::from(faults::Restart(Target::Node(0), None)))
        .fault(when(6), Fault::from(faults::Restart(Target::Node(0), None)));
    let run = scene.run();
    assert_eq!(run.history.steps, ["5ms n0 restart []"]);
    let struck: Vec<u64> = run.outcome.faults.iter().map(|fault| fault.struck).collect();
    assert_eq!(struck, [1, 0, 1, 0]);
}

#[test]
fn the_first_start_reads_the_disk_image() {
    let world = Scene::new(2, Script::new()).image(1, &[4, 5]).run().world;
    let disk = |node| world.state(NodeId::new(node)).expect("it is up").disk.clone();
    assert_eq!((disk(0), disk(1)), (vec![], vec![4, 5]));
}
