//! The record, the causes and the digest: what happened, because of what, in 64 bits.

use std::collections::BTreeSet;

use sim_engine::{Delay, NodeSet, StepClass, StepRecord};
use sim_node::NodeId;

use crate::history::{Ears, History};
use crate::scene::{Scene, at, crash, when};
use crate::toy::{Act, Msg, Script, ms, set};

/// One step of each class, and one whose message a barrier held.
fn classes() -> Scene {
    let script = Script::new()
        .start(0, [set(0, 5)])
        .timer(0, 0, [Act::Send(0, Msg::B(1)), Act::Send(1, Msg::A(1))])
        .message(1, Msg::A(1), [Act::Write(1), Act::Barrier, Act::Reply(Msg::A(2))]);
    Scene::new(2, script)
        .sync(NodeSet::Node(1), Delay::Constant(ms(10)))
        .request(8, 1, 1)
        .fault(when(30), crash(1, Some(1)))
}

#[test]
fn every_step_is_recorded_with_what_caused_it() {
    let run = classes().run();
    let record: Vec<StepRecord> = run.world.record().iter().collect();
    let step = |millis, node, class, cause| StepRecord {
        time: at(millis),
        node: NodeId::new(node),
        class,
        cause,
    };
    assert_eq!(
        record,
        [
            step(0, 0, StepClass::Start, None),
            step(0, 1, StepClass::Start, None),
            // Set by the start of node 0, which is step 0.
            step(5, 0, StepClass::Timer, Some(0)),
            step(5, 0, StepClass::Own, Some(2)),
            step(6, 1, StepClass::Message, Some(2)),
            step(8, 1, StepClass::Request, None),
            // Sent by step 4 and held until the sync was over, at 16.
            step(17, 0, StepClass::Message, Some(4)),
            step(31, 1, StepClass::Start, None),
        ]
    );
    let causes: Vec<Option<u64>> = record.iter().map(|step| step.cause).collect();
    assert_eq!(causes, run.history.causes);
    assert_eq!(run.world.record().get(8), None);
}

#[test]
fn a_long_record_is_whole() {
    // A timer every millisecond, each caused by the one before.
    let script = Script::new().start(0, [set(0, 1)]).timer(0, 0, [set(0, 1)]);
    let run = Scene::new(1, script).deadline(10_000).run();
    let record = run.world.record();
    assert_eq!((record.len(), run.outcome.steps), (10_001, 10_001));
    for (index, step) in (0..).zip(record.iter()) {
        assert_eq!(record.get(index), Some(step));
        assert_eq!((step.time, step.cause), (at(index), index.checked_sub(1)));
    }
}

#[test]
fn watching_changes_nothing() {
    let watched = classes().run();
    let unwatched = classes().world::<Ears>(0).run();
    assert_eq!(watched.outcome, unwatched);
    // Nor do properties: with none, the digest is the same.
    assert_eq!(classes().world::<()>(0).run().digest, unwatched.digest);
    // One observer sees the whole in two parts.
    let mut world = classes().world::<Ears>(0);
    let mut history = History::default();
    world.run_watched(Some(at(6)), &mut history);
    world.run_watched(None, &mut history);
    assert_eq!(history, watched.history);
}

#[test]
fn the_digest_covers_every_event_and_effect_with_its_content() {
    let digest = |acts: Vec<Act>| {
        let script = Script::new().request(0, 1, acts);
        Scene::new(2, script).request(5, 0, 1).run().outcome.digest
    };
    let variants = [
        vec![],
        vec![Act::Send(1, Msg::A(1))],
        vec![Act::Send(1, Msg::A(2))],
        vec![Act::Send(1, Msg::B(1))],
        vec![Act::Resend(1, Msg::A(1))],
        vec![Act::Send(1, Msg::A(1)), Act::Send(1, Msg::A(2))],
        vec![Act::Send(1, Msg::A(2)), Act::Send(1, Msg::A(1))],
        // Lost as they are sent, and yet told apart.
        vec![Act::Send(9, Msg::A(1))],
        vec![Act::Send(9, Msg::A(2))],
        vec![Act::Send(0, Msg::A(1))],
        vec![set(0, 1)],
        vec![set(1, 1)],
        // Far beyond the deadline: only the effect differs.
        vec![set(0, 5_000)],
        vec![set(0, 6_000)],
        vec![set(0, 1), Act::Cancel(0)],
        vec![Act::Cancel(0)],
        vec![Act::Cancel(1)],
        vec![Act::Write(1)],
        vec![Act::Write(2)],
        vec![Act::Write(1), Act::Barrier],
        vec![Act::Barrier],
        vec![Act::Say(1)],
        vec![Act::Say(2)],
        vec![Act::Mark("one")],
        vec![Act::Mark("two")],
        // Only the state differs.
        vec![Act::Become("leader", 1)],
        vec![Act::Become("leader", 2)],
    ];
    let digests: BTreeSet<u64> = variants.iter().map(|acts| digest(acts.clone())).collect();
    assert_eq!(digests.len(), variants.len());
}

#[test]
fn the_digest_covers_times_requests_faults_and_ends() {
    let scene = || Scene::new(2, Script::new().start(0, [Act::Send(1, Msg::A(1))]));
    let variants = [
        scene(),
        scene().delay(Delay::Constant(ms(2))),
        scene().request(5, 0, 1),
        scene().request(5, 0, 2),
        scene().request(6, 0, 1),
        scene().request(5, 1, 1),
        scene().fault(when(5), crash(0, None)),
        scene().fault(when(6), crash(0, None)),
        scene().fault(when(5), crash(1, None)),
        scene().fault(when(5), crash(0, Some(5))),
        scene().image(0, &[1]),
    ];
    let digests: BTreeSet<u64> = variants.iter().map(|scene| scene.run().outcome.digest).collect();
    assert_eq!(digests.len(), variants.len());
    // The seed is not part of it: where nothing is drawn, all seeds are one.
    assert_eq!(scene().seed(1).outcome.digest, scene().seed(2).outcome.digest);
}
