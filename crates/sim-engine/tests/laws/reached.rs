//! Marks are counted, and a run that does not reach what its scenario demands is undecided.

use sim_check::{SimTime, Verdict};
use sim_engine::{First, MarkReport, Occasion, Outcome, ReachReport, Situation, Target, faults};
use sim_node::NodeId;

use crate::scene::{Scene, at, crash, on, when};
use crate::toy::{Act, Msg, Script, set};

/// Node 0 leads and marks at 1 ms, node 1 at 2 ms; both send to node 2 when they do, and node 1
/// once more at 4 ms.
fn two_leaders() -> Scene {
    let leads = |to| [Act::Become("leader", 1), Act::Mark("elected"), Act::Send(to, Msg::A(1))];
    let script = Script::new()
        .request(0, 1, leads(2))
        .request(1, 1, [leads(2).to_vec(), vec![set(0, 2)]].concat())
        .timer(1, 0, [Act::Send(2, Msg::A(2)), Act::Send(1, Msg::A(3)), Act::Mark("again")]);
    Scene::new(3, script).request(1, 0, 1).request(2, 1, 1)
}

fn mark(name: &str) -> Situation {
    Situation::Mark(name.to_owned())
}

fn sent(kind: &str) -> Situation {
    Situation::Sent(kind.to_owned())
}

fn leads() -> Situation {
    Situation::Role("leader".to_owned())
}

fn reached(outcome: &Outcome) -> Vec<(u64, Option<SimTime>)> {
    outcome.reached.iter().map(|&ReachReport { times, reached, .. }| (times, reached)).collect()
}

#[test]
fn marks_are_counted_with_the_first_time_and_node() {
    let marks = two_leaders().run().outcome.marks;
    let (n0, n1) = (NodeId::new(0), NodeId::new(1));
    assert_eq!(
        marks,
        [
            MarkReport { name: "elected", times: 2, first: at(1), node: n0 },
            MarkReport { name: "again", times: 1, first: at(4), node: n1 },
        ]
    );
}

#[test]
fn what_is_demanded_is_counted_and_reached_at_its_time() {
    let scene = two_leaders()
        .reach(mark("elected"), None, 2)
        .reach(mark("elected"), Some(1), 1)
        .reach(leads(), None, 1)
        .reach(leads(), Some(1), 1)
        // To itself it sends nothing that counts.
        .reach(sent("A"), None, 3)
        .reach(sent("A"), Some(1), 2);
    let outcome = scene.run().outcome;
    let expected = [(2, 2), (1, 2), (2, 1), (1, 2), (3, 4), (2, 4)];
    assert_eq!(reached(&outcome), expected.map(|(times, millis)| (times, Some(at(millis)))));
    assert_eq!((outcome.verdict, outcome.undecided), (Verdict::Held, None));
}

#[test]
fn a_run_that_does_not_get_there_is_undecided_and_says_what_it_missed() {
    let scene = two_leaders().reach(mark("elected"), None, 3).reach(leads(), Some(2), 1);
    let outcome = scene.run().outcome;
    assert_eq!(outcome.verdict, Verdict::Unknown);
    assert_eq!(
        outcome.undecided.as_deref(),
        Some("the run did not reach `Mark(\"elected\")` (2 of 3 times) and `Role(\"leader\")`")
    );
    assert_eq!(reached(&outcome), [(2, None), (0, None)]);
}

#[test]
fn a_message_that_a_barrier_holds_is_not_sent_yet() {
    let script =
        Script::new().request(0, 1, [Act::Write(1), Act::Barrier, Act::Send(1, Msg::A(1))]);
    let scene = Scene::new(2, script)
        .sync(sim_engine::NodeSet::All, sim_engine::Delay::Constant(crate::toy::ms(2)))
        .request(1, 0, 1)
        .reach(sent("A"), None, 1);
    assert_eq!(reached(&scene.run().outcome), [(1, Some(at(3)))]);
    let crashed = scene.fault(when(2), crash(0, None));
    assert_eq!(reached(&crashed.run().outcome), [(0, None)]);
}

#[test]
fn a_fault_is_reached_when_it_strikes() {
    let scene = two_leaders()
        .fault(when(1), crash(2, None))
        .fault(on(Occasion::Mark("never".to_owned())), faults::Heal.into())
        .fault(when(3), faults::Pause(Target::Node(2), First::Oldest).into())
        .reach(Situation::Struck(vec![0]), None, 1)
        .reach(Situation::Struck(vec![1]), None, 1)
        .reach(Situation::Struck(vec![1, 2]), None, 1);
    let outcome = scene.run().outcome;
    assert_eq!(reached(&outcome), [(1, Some(at(1))), (0, None), (1, Some(at(3)))]);
    assert_eq!(outcome.verdict, Verdict::Unknown);
}

#[test]
fn demands_change_nothing_in_the_run() {
    let plain = two_leaders().run().outcome.digest;
    let demanding = two_leaders().reach(leads(), None, 1).reach(sent("A"), None, 9).run();
    assert_eq!(plain, demanding.outcome.digest);
}

/// However many demands are for the same, each is met at its own time, in whatever order they
/// stand.
#[test]
fn demands_for_the_same_are_met_one_after_the_other() {
    let scene = [3, 1, 2, 1]
        .into_iter()
        .fold(two_leaders(), |scene, times| scene.reach(sent("A"), None, times));
    let all = reached(&scene.run().outcome);
    let alone = |times| reached(&two_leaders().reach(sent("A"), None, times).run().outcome)[0];
    assert_eq!(all, [3, 1, 2, 1].map(alone));
    assert_ne!(all[0], all[1]);
}
