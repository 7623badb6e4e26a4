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
fn a_node_knows_which_request_it_handles_and_at_no_other_time() {
    let says = [Act::SayRequest, Act::Send(1, Msg::A(1)), crate::toy::set(0, 1)];
    let script = Script::new()
        .start(0, [Act::SayRequest])
        .request(0, 7, says)
        .timer(0, 0, [Act::SayRequest])
        .message(1, Msg::A(1), [Act::SayRequest]);
    let scene = Scene::new(2, script).request(1, 1, 9).request(1, 0, 7).request(5, 0, 7);
    assert_eq!(scene.run().said, ["1ms n0 says 1", "5ms n0 says 2"]);
}

#[test]
fn requests_for_the_same_are_told_apart_by_their_numbers() {
    // Both nodes are asked for the same, node 0 twice; node 1 tells of the second of these.
    let script = Script::new().request(0, 7, []).request(
        1,
        7,
        [Act::Done(1), Act::Refuse(2, "another is done")],
    );
    let scene = Scene::new(2, script).request(1, 0, 7).request(1, 0, 7).request(2, 1, 7);
    let taken = RequestReport { taken: Some(at(1)), ..asked() };
    let done = RequestReport { done: Some((at(2), N1)), ..taken.clone() };
    let refused = RequestReport {
        at: at(2),
        node: N1,
        taken: Some(at(2)),
        refused: refused(2, N1, "another is done"),
        ..asked()
    };
    assert_eq!(fates(&scene), [taken, done, refused]);
}

#[test]
fn of_refusals_the_first_counts() {
    let script = Script::new().request(0, 7, [Act::Refuse(0, "first")]).request(
        0,
        8,
        [Act::Refuse(0, "second")],
    );
    let scene = Scene::new(1, script).request(1, 0, 7).request(2, 0, 8);
    assert_eq!(fates(&scene)[0].refused, refused(1, N0, "first"));
}

#[test]
fn what_is_told_of_a_request_that_no_node_has_taken_is_nothing() {
    let script = Script::new().start(0, [Act::Done(0), Act::Done(1)]);
    let scene = Scene::new(1, script).request(1, 0, 7);
    assert_eq!(fates(&scene), [RequestReport { taken: Some(at(1)), ..asked() }]);
}

#[test]
fn a_node_that_dies_inside_its_step_tells_what_it_told_before() {
    let script = Script::new().request(
        0,
        7,
        [Act::Refuse(0, "early"), Act::Send(1, Msg::A(1)), Act::Send(1, Msg::A(2)), Act::Done(0)],
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
    let telling = Script::new().request(0, 7, [Act::Send(1, Msg::A(1)), Act::Done(0)]);
    let digest = |script| Scene::new(2, script).request(1, 0, 7).run().outcome.digest;
    assert_eq!(digest(quiet), digest(telling));
}
