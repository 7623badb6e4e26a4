//! A scenario may assumption a model; the first event that breaks it is reported.

use sim_check::{Checked, Verdict};
use sim_engine::{Cut, Delay, Failures, Fault, Model, Outcome, Target, Timing, Work, faults};
use sim_node::Ratio;

use crate::claims::NeverSaid;
use crate::scene::{Scene, at, between, crash, when};
use crate::toy::{Act, Msg, Script, ms};

/// Node 0 sends A(1) at 50, over links of this delay; node 1 says 1 when it comes.
fn one_message(delay: u64) -> Scene {
    let script =
        Script::new().request(0, 1, [Act::Send(1, Msg::A(1))]).message(1, Msg::A(1), [Act::Say(1)]);
    Scene::new(2, script).delay(Delay::Constant(ms(delay))).request(50, 0, 1)
}

fn outcome(mut scene: Scene, timing: Timing, failures: Failures, broken: bool) -> Outcome {
    scene.0.model = Model { timing, failures, broken };
    scene.world::<Checked<NeverSaid<9>>>(0).run()
}

fn synchronous(bound: u64) -> Timing {
    Timing::Synchronous { bound: ms(bound) }
}

/// When the assumption was broken, if it was.
fn broken_at(scene: Scene, timing: Timing, failures: Failures) -> Option<sim_check::SimTime> {
    let outcome = outcome(scene, timing, failures, false);
    assert_eq!(outcome.verdict == Verdict::Unknown, outcome.assumption_broken.is_some());
    outcome.assumption_broken.map(|broken| broken.at)
}

#[test]
fn a_bound_is_broken_by_a_message_that_is_later() {
    let broken = |delay, bound| broken_at(one_message(delay), synchronous(bound), Failures::Any);
    assert_eq!(broken(5, 5), None);
    assert_eq!(broken(6, 5), Some(at(56)));
    // What counts is when the message is handled: 1 ms on the way and 5 of work are too much.
    let busy = one_message(1).service(1, Work::Any, 5);
    assert_eq!(broken_at(busy.clone(), synchronous(6), Failures::Any), None);
    assert_eq!(broken_at(busy, synchronous(5), Failures::Any), Some(at(56)));
}

#[test]
fn a_bound_that_holds_after_a_while_is_counted_from_then() {
    let after = |delay, after| {
        let timing = Timing::PartiallySynchronous { bound: ms(5), after: ms(after) };
        broken_at(one_message(delay), timing, Failures::Any)
    };
    // Sent at 50, before the stabilisation at 100, it is due at 105.
    assert_eq!(after(55, 100), None);
    assert_eq!(after(56, 100), Some(at(106)));
    // Stable from 20 on, it is due at 55.
    assert_eq!(after(5, 20), None);
    assert_eq!(after(6, 20), Some(at(56)));
}

#[test]
fn an_assumption_of_sound_links_is_broken_by_their_loss() {
    let lossy = || {
        let mut scene = one_message(1);
        scene.0.network.link.loss = Ratio::ONE;
        scene
    };
    let isolate = |cut| Fault::from(faults::Isolate(Target::Node(0), cut));
    let cut = || one_message(5).fault(when(10), isolate(Cut::AtSend));
    let severed = || one_message(5).fault(between(52, 60), isolate(Cut::AtDelivery));
    let omitted = || {
        one_message(5).fault(when(10), Fault::from(faults::OmitReceives(Target::All, Ratio::ONE)))
    };
    let stream = || one_message(5).stream().fault(between(52, 53), isolate(Cut::AtSend));
    let broken = |scene: Scene, failures| broken_at(scene, Timing::Asynchronous, failures);
    for failures in [Failures::None, Failures::CrashStop, Failures::CrashRecovery] {
        assert_eq!(broken(lossy(), failures), Some(at(50)));
        assert_eq!(broken(cut(), failures), Some(at(50)));
        assert_eq!(broken(severed(), failures), Some(at(55)));
        assert_eq!(broken(omitted(), failures), Some(at(55)));
        assert_eq!(broken(stream(), failures), Some(at(55)));
    }
    for failures in [Failures::Omission, Failures::Byzantine, Failures::Any] {
        for scene in [lossy(), cut(), severed(), omitted(), stream()] {
            assert_eq!(broken(scene, failures), None);
        }
    }
}

#[test]
fn an_assumption_about_crashes_is_broken_by_a_crash_or_a_return() {
    let broken = |down, failures| {
        let scene = one_message(5).fault(when(10), crash(1, down));
        broken_at(scene, Timing::Asynchronous, failures)
    };
    assert_eq!(broken(None, Failures::None), Some(at(10)));
    assert_eq!(broken(None, Failures::CrashStop), None, "and what it loses is no loss of links");
    assert_eq!(broken(Some(7), Failures::CrashStop), Some(at(17)));
    assert_eq!(broken(Some(7), Failures::CrashRecovery), None);
    // A connection that is lost in a crash is no loss of the link.
    let stream = one_message(5).stream().fault(when(52), crash(1, Some(1)));
    assert_eq!(broken_at(stream, Timing::Asynchronous, Failures::CrashRecovery), None);
}

#[test]
fn an_assumption_of_honest_nodes_is_broken_by_a_byzantine_one() {
    let mute = || Fault::from(faults::Mute { who: Target::Node(0), to: None, kind: None });
    let broken = |failures| {
        broken_at(one_message(5).fault(when(10), mute()), Timing::Asynchronous, failures)
    };
    for failures in [Failures::CrashStop, Failures::CrashRecovery, Failures::Omission] {
        assert_eq!(broken(failures), Some(at(10)), "when it begins, and not when it does harm");
    }
    for failures in [Failures::Byzantine, Failures::Any] {
        assert_eq!(broken(failures), None);
    }
}

#[test]
fn an_unasked_break_leaves_everything_undecided_that_was_not_violated() {
    let unasked = outcome(one_message(6), synchronous(5), Failures::Any, false);
    assert_eq!((unasked.verdict, unasked.properties[0].1), (Verdict::Unknown, Verdict::Unknown));
    let why = unasked.undecided.expect("it says why");
    assert!(why.contains("assumption") && why.contains("56ms"), "{why}");
    // The run goes on, so that a violation can still be found; and violated beats unknown.
    let mut scene = one_message(6).request(80, 1, 9);
    let script = std::mem::take(&mut scene.0.config);
    scene.0.config = Script::clone(&script).request(1, 9, [Act::Say(9)]).into();
    let violated = outcome(scene, synchronous(5), Failures::Any, false);
    assert_eq!(
        (violated.verdict, violated.properties[0].1),
        (Verdict::Violated, Verdict::Violated)
    );
    assert!(violated.assumption_broken.is_some());
}

#[test]
fn a_break_on_purpose_is_reported_and_decides_nothing() {
    let asked = outcome(one_message(6), synchronous(5), Failures::Any, true);
    assert_eq!((asked.verdict, asked.properties[0].1), (Verdict::Held, Verdict::Held));
    assert_eq!(asked.assumption_broken.expect("it is reported").at, at(56));
    assert!(asked.undecided.is_none());
}

#[test]
fn the_first_break_is_reported() {
    let scene = one_message(6).request(40, 0, 1).request(70, 0, 1);
    assert_eq!(broken_at(scene, synchronous(5), Failures::Any), Some(at(46)));
}
