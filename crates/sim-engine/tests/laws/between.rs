//! What a barrier holds takes place when a sync releases it, and a fault can strike in between.

use std::collections::BTreeSet;
use std::sync::Arc;

use sim_engine::{
    Cut, Delay, DiskLoss, Inside, NodeSet, Occasion, Strike, Target, Trigger, When, faults,
};
use sim_node::NodeId;

use crate::scene::{Scene, at, between, crash_losing, on, when};
use crate::toy::{Act, Msg, Script, ms, set};

/// Node 0 writes, waits for its disk and tells three others, at 5 ms; a sync takes 2 ms.
fn broadcast() -> Scene {
    let script = Script::new()
        .request(0, 1, [Act::Write(1), Act::Barrier, Act::Broadcast(Msg::A(1)), Act::Mark("told")])
        .message(0, Msg::B(1), [Act::Broadcast(Msg::A(2))]);
    Scene::new(4, script).sync(NodeSet::Node(0), Delay::Constant(ms(2))).request(5, 0, 1)
}

fn crash(inside: Option<Inside>, down: Option<u64>) -> faults::Crash {
    let disk = DiskLoss::Unsynced;
    faults::Crash { who: Target::Trigger, down: down.map(ms), disk, inside, settings: None }
}

fn after(count: u32) -> Occasion {
    Occasion::After("A".to_owned(), count)
}

fn write_dies(inside: Inside) -> Scene {
    broadcast().fault(on(Occasion::Write), crash(Some(inside), None).into())
}

#[test]
fn effects_that_a_sync_releases_are_effects_like_others() {
    for effects in 0..=5_u32 {
        let run = write_dies(Inside::First(effects)).run();
        // The write, the barrier, and three messages to n1, n2 and n3, which leave at 7 ms.
        let told = effects.saturating_sub(2);
        let sent: Vec<String> =
            (1..=told).map(|to| format!("7ms n0>n{to} A(1) arrives 8ms")).collect();
        assert_eq!(run.history.sent, sent, "{effects}");
        let crashes_at = if told > 0 { 7 } else { 5 };
        let faults =
            [format!("{crashes_at}ms f0 strikes [n0]"), format!("{crashes_at}ms n0 crashed")];
        assert_eq!(run.history.faults, faults, "{effects}");
        // Before the sync the write is lost, and the messages were never held.
        let loss = run.outcome.crashes[0].loss;
        let lost = usize::from(effects > 0 && told == 0);
        assert_eq!((loss.writes, loss.held), (lost, 0), "{effects}");
    }
}

#[test]
fn a_drawn_number_of_effects_covers_those_that_a_sync_releases() {
    let told: BTreeSet<usize> =
        (0..100).map(|seed| write_dies(Inside::Drawn).seed(seed).history.sent.len()).collect();
    assert_eq!(told, BTreeSet::from([0, 1, 2, 3]));
}

#[test]
fn a_node_that_waits_for_its_disk_to_die_handles_nothing() {
    // B(1) comes at 6 ms, a request at 6 ms and a timer would at 6 ms: all are lost with it at 7.
    let mut scene = write_dies(Inside::First(3)).request(5, 1, 9).request(6, 0, 7);
    let mut script = scene.0.config.as_ref().clone();
    script = script.request(1, 9, [Act::Send(0, Msg::B(1))]).start(0, [set(0, 6)]);
    scene.0.config = Arc::new(script);
    let run = scene.run();
    let steps = ["5ms n0 request 1", "5ms n1 request 9", "8ms n1 A(1) from n0"];
    assert_eq!(run.history.steps, steps);
    assert_eq!(run.history.lost, ["7ms B(1) Down"]);
    assert_eq!(run.outcome.requests[2].lost, Some(at(7)));
}

#[test]
fn after_a_message_the_sender_dies_whether_a_disk_held_it_or_not() {
    let mut at_once = broadcast();
    at_once.0.disks.clear();
    for (scene, left) in [(at_once, 5), (broadcast(), 7)] {
        for count in 1..=3 {
            let fault = crash(None, Some(2)).into();
            let run = scene.clone().fault(on(after(count)), fault).run();
            let arrives = left + 1;
            let sent: Vec<String> = (1..=count)
                .map(|to| format!("{left}ms n0>n{to} A(1) arrives {arrives}ms"))
                .collect();
            assert_eq!(run.history.sent, sent);
            let faults = [format!("{left}ms f0 strikes [n0]"), format!("{left}ms n0 crashed")];
            assert_eq!(run.history.faults, faults);
            // What made the message possible was durable.
            let steps = run.history.steps;
            assert!(steps.contains(&format!("{}ms n0 restart [1]", left + 2)), "{steps:?}");
        }
        let never = scene.clone().fault(on(after(4)), crash(None, None).into()).run();
        assert!(never.history.faults.is_empty(), "only three are sent in a step");
    }
}

#[test]
fn after_a_message_of_the_nth_broadcast() {
    // The request of 9 ms is the second broadcast; its sync begins at once.
    let when = When::On(Trigger { at: Some(0), nth: 2, ..Trigger::new(after(2)) });
    let scene = broadcast().request(9, 0, 1).fault(when, crash(None, None).into());
    let sent = scene.run().history.sent;
    let first = ["7ms n0>n1 A(1) arrives 8ms", "7ms n0>n2 A(1) arrives 8ms"];
    let second = ["11ms n0>n1 A(1) arrives 12ms", "11ms n0>n2 A(1) arrives 12ms"];
    assert_eq!(sent.len(), 5);
    assert_eq!(sent[..2], first);
    assert_eq!(sent[3..], second);
}

#[test]
fn after_a_message_the_sender_can_be_cut_off_and_lives_on() {
    let isolate = faults::Isolate(Target::Trigger, Cut::AtSend);
    let run = broadcast().fault(on(after(1)), isolate.into()).run();
    let sent = ["7ms n0>n1 A(1) arrives 8ms", "7ms n0>n2 A(1) lost Cut", "7ms n0>n3 A(1) lost Cut"];
    assert_eq!(run.history.sent, sent);
    assert_eq!(run.history.faults, ["7ms f0 strikes [n0]"]);
    assert!(run.world.state(NodeId::new(0)).is_some());
    assert_eq!(run.outcome.marks.len(), 1, "the rest of the step takes place");
}

#[test]
fn a_mobile_fault_isolates_between_what_a_sync_releases() {
    let mobile =
        faults::Mobile { on: Occasion::Write, inside: Inside::First(4), strike: Strike::Isolate };
    let run = broadcast().fault(between(0, 100), mobile.into()).run();
    let sent =
        ["7ms n0>n1 A(1) arrives 8ms", "7ms n0>n2 A(1) arrives 8ms", "7ms n0>n3 A(1) lost Cut"];
    assert_eq!(run.history.sent, sent);
    assert_eq!(run.history.faults[0], "7ms f0 strikes [n0]");
}

#[test]
fn a_mobile_crash_after_a_message_moves_from_sender_to_sender() {
    // Node 1 answers the request of 20 ms as node 0 does; then node 0 is back.
    let acts = [Act::Write(1), Act::Barrier, Act::Broadcast(Msg::A(1))];
    let mut scene = broadcast().request(20, 1, 1);
    scene.0.config = Arc::new(scene.0.config.as_ref().clone().request(1, 1, acts));
    let mobile = faults::Mobile { on: after(1), inside: Inside::Drawn, strike: Strike::Crash };
    let run = scene.fault(between(0, 100), mobile.into()).run();
    let faults = [
        "7ms f0 strikes [n0]",
        "7ms n0 crashed",
        "20ms f0 strikes [n1]",
        "20ms n1 crashed",
        "100ms f0 ends",
    ];
    assert_eq!(run.history.faults, faults);
    assert!(run.history.steps.contains(&"20ms n0 restart [1]".to_owned()));
    assert!(run.history.steps.contains(&"100ms n1 restart [1]".to_owned()));
    assert_eq!(run.history.sent.len(), 2);
}

#[test]
fn another_crash_before_the_sync_lets_the_occasion_come_up_again() {
    // Crashed at 6 ms, node 0 is back at 8 and tells the others at 20: then it crashes after one.
    let scene = broadcast()
        .request(20, 0, 1)
        .fault(on(after(1)), crash(None, None).into())
        .fault(when(6), crash_losing(0, Some(2), DiskLoss::Unsynced));
    let run = scene.run();
    assert_eq!(run.history.sent, ["22ms n0>n1 A(1) arrives 23ms"]);
    let faults =
        ["6ms n0 crashed", "6ms f1 strikes [n0]", "22ms f0 strikes [n0]", "22ms n0 crashed"];
    assert_eq!(run.history.faults, faults);
}

#[test]
fn who_waits_to_crash_when_the_calm_comes_is_down_and_the_core_comes_back() {
    let mut scene = write_dies(Inside::First(4)).calm(6, 10);
    scene.0.core = sim_check::Core::All;
    let run = scene.run();
    assert!(run.history.sent.is_empty(), "nothing has left by then: {:?}", run.history.sent);
    let faults = ["6ms f0 strikes [n0]", "6ms n0 crashed", "6ms calm [n0, n1, n2, n3]"];
    assert_eq!(run.history.faults, faults);
    assert!(run.world.state(NodeId::new(0)).is_some());
}

#[test]
fn a_stalled_disk_keeps_the_crash_until_it_goes_on() {
    let scene = write_dies(Inside::First(3))
        .fault(between(6, 30), faults::StallDisk(Target::Node(0)).into());
    let run = scene.run();
    assert_eq!(run.history.sent, ["30ms n0>n1 A(1) arrives 31ms"]);
    assert_eq!(run.history.faults.last().map(String::as_str), Some("30ms n0 crashed"));
}
