//! Every request of the workload has a fate: lost, taken, refused or done.

use sim_engine::{First, Inside, Refusal, RequestReport, Target, faults};
use sim_node::NodeId;

use crate::scene::{Scene, at, crash, when};
use crate::toy::{Act, Msg, Script};

const N0: NodeId = NodeId::new(0);
const N1: NodeId = NodeId::new(1);

/// A request of node 0 at 1 ms, to which nothing happens.
fn asked() -> RequestReport {
    RequestReport { at: at(1), node: N0, lost: None, taken: None, refused: None, done: None }
}

fn refused(millis: u64, by: NodeId, why: &str) -> Option<Refusal> {
    Some(Refusal { at: at(millis), by, why: why.to_owned() })
}

fn fates(scene: &Scene) -> Vec<RequestReport> {
    scene.run().outcome.requests
}

#[test]
fn a_request_is_taken_by_a_node_that_says_nothing_of_it() {
    let scene = Scene::new(2, Script::new()).request(1, 0, 7);
    assert_eq!(fates(&scene), [RequestReport { taken: Some(at(1)), ..asked() }]);
}

#[test]
fn a_request_to_a_node_that_is_down_is_lost() {
    let scene = Scene::new(2, Script::new()).request(1, 0, 7).fault(when(0), crash(0, None));
    assert_eq!(fates(&scene), [RequestReport { lost: Some(at(1)), ..asked() }]);
}

#[test]
fn a_request_that_waits_in_a_crash_is_lost_then() {
    let scene = Scene::new(2, Script::new())
        .request(1, 0, 7)
        .fault(when(0), faults::Pause(Target::Node(0), First::Oldest).into())
        .fault(when(3), crash(0, None));
    assert_eq!(fates(&scene), [RequestReport { lost: Some(at(3)), ..asked() }]);
}

#[test]
fn a_request_after_the_end_is_not_taken() {
    let scene = Scene::new(2, Script::new()).request(1, 0, 7).deadline(0);
    assert_eq!(fates(&scene), [asked()]);
}

#[test]
fn a_node_tells_of_the_requests_that_it_was_asked_for_itself() {
    // Both are asked for the same; node 1 says at 2 ms that it is done.
    let script = Script::new().request(1, 7, [Act::Done(7)]);
    let scene = Scene::new(2, script).request(1, 0, 7).request(2, 1, 7);
    let other = RequestReport { at: at(2), node: N1, ..asked() };
    assert_eq!(
        fates(&scene),
        [
            RequestReport { taken: Some(at(1)), ..asked() },
            RequestReport { taken: Some(at(2)), done: Some((at(2), N1)), ..other },
        ]
    );
}

#[test]
fn a_node_that_was_not_asked_tells_of_all_that_ask_for_the_same() {
    // Node 0 is asked for 7 twice and for 8 once, and hands it over; node 1 refuses 7 at 2 ms.
    let script = Script::new().request(0, 7, [Act::Send(1, Msg::A(7))]).message(
        1,
        Msg::A(7),
        [Act::Refuse(7, "no")],
    );
    let scene = Scene::new(2, script).request(1, 0, 7).request(1, 0, 8).request(1, 0, 7);
    let taken = RequestReport { taken: Some(at(1)), ..asked() };
    let no = RequestReport { refused: refused(2, N1, "no"), ..taken.clone() };
    assert_eq!(fates(&scene), [no.clone(), taken, no]);
}

#[test]
fn a_node_whose_own_request_is_done_tells_nothing_of_those_of_others() {
    // Node 1 says at 2 ms and at 3 ms that its request is done; that of node 0 is another.
    let script = Script::new().request(1, 7, [Act::Done(7), crate::toy::set(0, 1)]).timer(
        1,
        0,
        [Act::Done(7)],
    );
    let scene = Scene::new(2, script).request(1, 0, 7).request(2, 1, 7);
    let done: Vec<_> = fates(&scene).into_iter().map(|fate| fate.done).collect();
    assert_eq!(done, [None, Some((at(2), N1))]);
}

#[test]
fn the_first_refusal_counts_and_a_later_one_is_for_the_next_request() {
    // Node 0 leads: it refuses its own request at 1 ms, and at 2 ms the one that node 1 hands over.
    let script = Script::new()
        .request(0, 7, [Act::Refuse(7, "first")])
        .request(1, 7, [Act::Send(0, Msg::A(7))])
        .message(0, Msg::A(7), [Act::Refuse(7, "second")]);
    let scene = Scene::new(2, script).request(1, 0, 7).request(1, 1, 7);
    let refused: Vec<_> = fates(&scene).into_iter().map(|fate| fate.refused).collect();
    assert_eq!(refused, [self::refused(1, N0, "first"), self::refused(2, N0, "second")]);
}

#[test]
fn what_was_refused_may_be_done_later_and_what_is_done_stays_done() {
    let script = Script::new()
        .request(0, 7, [Act::Refuse(7, "too busy"), crate::toy::set(0, 2), crate::toy::set(1, 4)])
        .timer(0, 0, [Act::Done(7)])
        .timer(0, 1, [Act::Refuse(7, "it is done")]);
    let scene = Scene::new(1, script).request(1, 0, 7);
    let done = RequestReport {
        taken: Some(at(1)),
        refused: refused(1, N0, "too busy"),
        done: Some((at(3), N0)),
        ..asked()
    };
    assert_eq!(fates(&scene), [done]);
}

#[test]
fn what_is_told_of_a_request_that_no_node_has_taken_is_nothing() {
    let script = Script::new().start(0, [Act::Done(7), Act::Done(8)]);
    let scene = Scene::new(1, script).request(1, 0, 7);
    assert_eq!(fates(&scene), [RequestReport { taken: Some(at(1)), ..asked() }]);
}

#[test]
fn a_node_that_dies_inside_its_step_tells_what_it_told_before() {
    let script = Script::new().request(
        0,
        7,
        [Act::Refuse(7, "early"), Act::Send(1, Msg::A(1)), Act::Send(1, Msg::A(2)), Act::Done(7)],
    );
    let dies_after = |effects| {
        let crash = faults::Crash {
            who: Target::Node(0),
            down: None,
            disk: sim_engine::DiskLoss::Prefix,
            inside: Some(Inside::First(effects)),
            settings: None,
        };
        let scene = Scene::new(2, script.clone()).request(1, 0, 7).fault(when(0), crash.into());
        // Its first step after the fault is its start, which makes no effects: a second fault.
        fates(&scene)[0].clone()
    };
    // At 0 the fault comes after the start, so it is the request inside which the node crashes.
    let early = RequestReport { taken: Some(at(1)), refused: refused(1, N0, "early"), ..asked() };
    assert_eq!(dies_after(0), early);
    assert_eq!(dies_after(1), early);
    assert_eq!(dies_after(2), RequestReport { done: Some((at(1), N0)), ..early });
}

#[test]
fn what_is_told_of_requests_changes_nothing_in_the_run() {
    let quiet = Script::new().request(0, 7, [Act::Send(1, Msg::A(1))]);
    let telling = Script::new().request(0, 7, [Act::Send(1, Msg::A(1)), Act::Done(7)]);
    let digest = |script| Scene::new(2, script).request(1, 0, 7).run().outcome.digest;
    assert_eq!(digest(quiet), digest(telling));
}
