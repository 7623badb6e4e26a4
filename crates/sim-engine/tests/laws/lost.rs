//! Every crash says what it lost besides the memory of its node.

use sim_engine::{CrashLoss, CrashReport, Delay, DiskLoss, NodeSet};
use sim_node::NodeId;

use crate::scene::{Run, Scene, at, crash, crash_losing, when};
use crate::toy::{Act, Msg, Script, ms};

/// Node 0 writes 1 and 2 at 1 ms and 3 at 2 ms, and crashes at 3 ms, when its disk holds 9 besides.
fn loses(disk: DiskLoss, seed: u64) -> Run {
    let script =
        Script::new().request(0, 1, [Act::Write(1), Act::Write(2)]).request(0, 2, [Act::Write(3)]);
    let scene = Scene::new(1, script)
        .image(0, &[9])
        .request(1, 0, 1)
        .request(2, 0, 2)
        .fault(when(3), crash_losing(0, Some(1), disk));
    scene.seed(seed)
}

#[test]
fn a_crash_says_how_many_writes_it_lost_and_an_observer_is_told_which() {
    for seed in 0..20 {
        for disk in [DiskLoss::Prefix, DiskLoss::Subset, DiskLoss::Unsynced] {
            let run = loses(disk, seed);
            let kept = run.world.state(NodeId::new(0)).expect("it is up").disk.clone();
            let lost: Vec<u32> = (1..=3).filter(|record| !kept.contains(record)).collect();
            let survived = kept.len() - 1;
            let loss = CrashLoss {
                writes: lost.len(),
                survived,
                held: 0,
                disk: false,
                durable: 0,
                lied: 0,
            };
            assert_eq!(run.history.crashes, [(NodeId::new(0), 0, loss, lost)]);
            let report = CrashReport { at: at(3), node: NodeId::new(0), fault: 0, loss };
            assert_eq!(run.outcome.crashes, [report]);
        }
    }
}

#[test]
fn a_whole_disk_is_lost_only_if_there_was_something_on_it() {
    let whole = loses(DiskLoss::Everything, 0).outcome.crashes[0].loss;
    assert_eq!(
        whole,
        CrashLoss { writes: 3, survived: 0, held: 0, disk: true, durable: 0, lied: 0 }
    );
    let scene = Scene::new(1, Script::new());
    let empty = scene.fault(when(3), crash_losing(0, None, DiskLoss::Everything)).run();
    assert_eq!(empty.outcome.crashes[0].loss, CrashLoss::default());
}

#[test]
fn nothing_but_memory_is_lost_where_all_writes_were_durable() {
    let script = Script::new().request(0, 1, [Act::Write(1), Act::Barrier]);
    let run = Scene::new(1, script).request(1, 0, 1).fault(when(3), crash(0, Some(1))).run();
    assert_eq!(run.outcome.crashes[0].loss, CrashLoss::default());
}

#[test]
fn messages_behind_a_barrier_are_lost_with_their_node() {
    // The sync takes until 3 ms. Of what waits, the indication is no message.
    let behind = [Act::Send(1, Msg::A(1)), Act::Send(0, Msg::A(2)), Act::Say(1)];
    let acts = [vec![Act::Write(1), Act::Barrier], behind.to_vec()].concat();
    let scene = Scene::new(2, Script::new().request(0, 1, acts))
        .sync(NodeSet::All, Delay::Constant(ms(2)))
        .request(1, 0, 1)
        .fault(when(2), crash_losing(0, None, DiskLoss::Unsynced));
    let run = scene.run();
    let loss = CrashLoss { writes: 1, survived: 0, held: 2, disk: false, durable: 0, lied: 0 };
    assert_eq!(run.history.crashes, [(NodeId::new(0), 0, loss, vec![1])]);
}

#[test]
fn each_crash_names_its_fault() {
    let scene = Scene::new(2, Script::new())
        .fault(when(1), crash(0, Some(1)))
        .fault(when(2), crash(1, None))
        .fault(when(5), crash(0, None));
    let faults: Vec<usize> = scene.run().outcome.crashes.iter().map(|one| one.fault).collect();
    assert_eq!(faults, [0, 1, 2]);
}
