//! Disks that lose what was durable, are torn, lie, or are full.

use std::collections::BTreeSet;

use sim_engine::{Delay, DiskLoss, Fault, NodeSet, Target, faults};
use sim_node::NodeId;

use crate::history::Ears;
use crate::scene::{Run, Scene, at, between, crash_losing, when};
use crate::toy::{Act, Msg, Script, ms};

/// Node 0 writes 1, 2 and 3 at 10, 20 and 30, each with a barrier of 2 ms, and 4 and 5 at 40
/// without one; then it tells node 1.
fn writing() -> Scene {
    let script = (1..=3).fold(Script::new(), |script, n| {
        script.request(0, n, [Act::Write(n), Act::Barrier, Act::Send(1, Msg::A(n))])
    });
    let script = script.request(0, 4, [Act::Write(4), Act::Write(5)]);
    let scene = Scene::new(2, script).sync(NodeSet::Node(0), Delay::Constant(ms(2)));
    (1..=4).fold(scene, |scene, n| scene.request(10 * u64::from(n), 0, n))
}

/// What node 0 finds on its disk when it starts again at 52, and whether it is told of damage.
fn found(scene: &Scene, seed: u64) -> (Vec<u32>, bool) {
    let mut world = scene.world::<Ears>(seed);
    world.run_until(at(51));
    let disk = world.durable(NodeId::new(0)).expect("there is a node 0").0.clone();
    world.run_until(at(60));
    let state = world.state(NodeId::new(0)).expect("it is up");
    (disk, state.damaged)
}

fn crashes(disk: DiskLoss) -> Scene {
    writing().fault(when(50), crash_losing(0, Some(2), disk))
}

fn lost(run: &Run) -> (usize, usize) {
    let loss = run.outcome.crashes[0].loss;
    (loss.writes, loss.durable)
}

#[test]
fn a_torn_record_ends_the_prefix_and_is_told() {
    let all: BTreeSet<_> = (0..60).map(|seed| found(&crashes(DiskLoss::Torn), seed)).collect();
    // 4 and 5 are not durable: none, one or both survive; torn is the first that does not.
    let expected = [(vec![1, 2, 3], true), (vec![1, 2, 3, 4], true), (vec![1, 2, 3, 4, 5], false)];
    assert_eq!(all, BTreeSet::from(expected));
}

#[test]
fn rot_takes_the_last_durable_records_and_is_told() {
    assert_eq!(found(&crashes(DiskLoss::Rot(0)), 0), (vec![1, 2, 3], false));
    assert_eq!(found(&crashes(DiskLoss::Rot(2)), 0), (vec![1], true));
    assert_eq!(found(&crashes(DiskLoss::Rot(9)), 0), (vec![], true));
    assert_eq!(lost(&crashes(DiskLoss::Rot(2)).run()), (2, 2));
}

#[test]
fn an_old_copy_has_what_was_durable_then_and_nobody_is_told() {
    // At 50, the syncs completed at 12, 22 and 32.
    let copy = |age| found(&crashes(DiskLoss::OldCopy(ms(age))), 0);
    assert_eq!(copy(0), (vec![1, 2, 3], false));
    assert_eq!(copy(18), (vec![1, 2, 3], false));
    assert_eq!(copy(19), (vec![1, 2], false));
    assert_eq!(copy(38), (vec![1], false));
    assert_eq!(copy(39), (vec![], false));
    assert_eq!(copy(500), (vec![], false));
}

#[test]
fn a_second_copy_is_of_what_was_left() {
    // The first crash at 25 leaves 1; 3 becomes durable at 32. At 50 the copy of 35 has 1 and 3.
    let first = crash_losing(0, Some(2), DiskLoss::Rot(1));
    let scene = writing().fault(when(25), first);
    let again = scene.fault(when(50), crash_losing(0, Some(2), DiskLoss::OldCopy(ms(15))));
    assert_eq!(found(&again, 0), (vec![1, 3], false));
}

#[test]
fn a_lying_disk_loses_what_it_called_durable() {
    let lying = || Fault::from(faults::LyingDisk(Target::Node(0)));
    let lies = |from, to| crashes(DiskLoss::Prefix).fault(between(from, to), lying());
    // Only the sync that completes at 32 lies: 3 is lost, and nothing that was written behind it
    // survives.
    assert_eq!(found(&lies(31, 45), 0), (vec![1, 2], false));
    let run = lies(31, 45).run();
    let loss = run.outcome.crashes[0].loss;
    assert_eq!((loss.writes, loss.lied, loss.durable), (2, 1, 0), "3 never was durable");
    assert_eq!(run.history.crashes[0].3, [3, 4, 5]);
    assert_eq!(run.outcome.faults[1].idle, None);
    // Those of 12 and 22 lie, and the honest one at 32 makes all of them durable.
    let survivors: BTreeSet<_> = (0..40).map(|seed| found(&lies(1, 30), seed).0).collect();
    assert!(survivors.iter().all(|found| found.starts_with(&[1, 2, 3])), "{survivors:?}");
    assert!(survivors.len() > 1, "a prefix of the others is drawn");
    let idle = lies(1, 30).run().outcome.faults[1].idle.clone();
    assert_eq!(idle.as_deref(), Some("no crash of n0 lost what its disk had said was synced"));
    // Meanwhile nobody notices: what waited for it is sent.
    let sent = lies(1, 45).run().history.sent;
    assert_eq!(sent.len(), 3, "{sent:?}");
}

#[test]
fn a_node_halts_at_the_barrier_of_a_full_disk_and_returns_when_there_is_room() {
    let full = Fault::from(faults::FullDisk(Target::Node(0)));
    let scene = writing().fault(between(15, 35), full.clone());
    let run = scene.run();
    // 2 is written at 20: the node halts there, and 2 is lost. The request at 30 finds nobody.
    assert_eq!(run.history.sent, ["12ms n0>n1 A(1) arrives 13ms"]);
    let starts: Vec<_> = run.history.steps.iter().filter(|step| step.contains("restart")).collect();
    assert_eq!(starts.last().expect("a start").as_str(), "35ms n0 restart [1]");
    assert_eq!((run.outcome.crashes.len(), lost(&run)), (1, (1, 0)));
    assert_eq!(run.outcome.requests[2].lost, Some(at(30)));
    // A node that writes nothing meanwhile does not halt.
    let quiet = writing().fault(between(13, 19), full).run();
    assert!(quiet.outcome.crashes.is_empty());
    let why = quiet.outcome.faults[0].idle.clone();
    assert_eq!(why.as_deref(), Some("n0 began no sync meanwhile"));
}

#[test]
fn a_past_that_is_kept_changes_nothing_before_it_is_asked_for() {
    let mut world = crashes(DiskLoss::Prefix).world::<Ears>(0);
    world.run_until(at(45));
    let plain = world.outcome().digest;
    // A copy as it is now takes nothing back, and shifts no draw before it.
    let mut copied = crashes(DiskLoss::OldCopy(ms(0))).world::<Ears>(0);
    copied.run_until(at(45));
    assert_eq!(copied.outcome().digest, plain);
}
