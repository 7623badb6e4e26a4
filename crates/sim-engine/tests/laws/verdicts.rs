//! Verdicts: safety ends the run at its step, liveness is an obligation with a deadline.

use sim_check::{Checked, Found, Properties, SimTime, Verdict};
use sim_engine::{Delay, NodeSet, Outcome, faults};
use sim_node::NodeId;

use crate::claims::{EndsWell, Fires, JudgedAtTheDeadline, LeadsBriefly, NeverSaid};
use crate::scene::{Scene, at, crash, when};
use crate::toy::{Act, Script, Toy, ms, set};

type Live = Checked<Fires<1>>;
type Safe = Checked<NeverSaid<9>>;

/// Timer 1 fires after so many milliseconds, if ever; timer 0 keeps the world busy, if asked to.
/// The deadline is at 100 ms.
fn obliged(fires_at: Option<u64>, busy: bool) -> Scene {
    let mut acts: Vec<Act> = fires_at.map(|millis| set(1, millis)).into_iter().collect();
    acts.extend(busy.then(|| set(0, 3)));
    Scene::new(1, Script::new().start(0, acts).timer(0, 0, [set(0, 3)])).deadline(100)
}

fn outcome<P: Properties<Toy>>(scene: &Scene) -> Outcome {
    scene.world::<P>(0).run()
}

fn verdicts(outcome: &Outcome) -> Vec<(&'static str, Verdict)> {
    outcome.properties.iter().map(|(claim, verdict)| (claim.code, *verdict)).collect()
}

#[test]
fn an_obligation_met_in_time_holds() {
    for millis in [5, 99, 100] {
        let outcome = outcome::<Live>(&obliged(Some(millis), true));
        assert_eq!(verdicts(&outcome), [("FIRES1", Verdict::Held)]);
        assert_eq!((outcome.verdict, outcome.ended), (Verdict::Held, at(100)));
        // Busy at 3, 6 to 99: 33 times; the start, and the timer itself.
        assert_eq!(outcome.steps, 35);
    }
}

#[test]
fn an_obligation_met_late_is_undecided_and_the_run_ends_there() {
    for millis in [101, 500, 1_000] {
        let outcome = outcome::<Live>(&obliged(Some(millis), true));
        assert_eq!(verdicts(&outcome), [("FIRES1", Verdict::Unknown)]);
        assert_eq!((outcome.verdict, outcome.ended), (Verdict::Unknown, at(millis)));
        let why = outcome.undecided.expect("it says why");
        assert!(why.contains("FIRES1") && why.contains("late"), "{why}");
        assert!(outcome.findings.is_empty());
    }
}

#[test]
fn an_obligation_that_is_unmet_after_ten_times_the_time_is_a_violation() {
    for fires in [None, Some(1_001)] {
        let outcome = outcome::<Live>(&obliged(fires, true));
        assert_eq!(verdicts(&outcome), [("FIRES1", Verdict::Violated)]);
        assert_eq!((outcome.verdict, outcome.ended), (Verdict::Violated, at(1_000)));
        let [finding] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
        // It was due at the deadline.
        assert_eq!((finding.code, finding.at, finding.step), ("FIRES1", at(100), None));
        assert_eq!(finding.node, Some(NodeId::new(0)));
        assert_eq!(finding.detail, "timer 1 has not fired");
    }
}

/// Where liveness is not demanded, the run ends at its deadline; an obligation that is unmet then
/// is told beside the violations, and safety is judged as ever.
#[test]
fn an_obligation_that_is_not_demanded_is_told_and_violates_nothing() {
    let safe = |mut scene: Scene| {
        scene.0.demands_liveness = false;
        scene
    };
    for (fires, busy, ended) in [(None, true, 100), (Some(101), true, 100), (None, false, 0)] {
        let outcome = outcome::<Live>(&safe(obliged(fires, busy)));
        assert_eq!(verdicts(&outcome), [("FIRES1", Verdict::Violated)]);
        assert_eq!((outcome.verdict, outcome.ended), (Verdict::Held, at(ended)));
        assert_eq!((outcome.findings.len(), &outcome.undecided), (0, &None));
        let [unmet] = &outcome.unmet[..] else { panic!("{:?}", outcome.unmet) };
        assert_eq!((unmet.code, unmet.at, unmet.step), ("FIRES1", at(ended), None));
        assert_eq!(unmet.detail, "timer 1 has not fired");
    }
    let met = outcome::<Live>(&safe(obliged(Some(100), true)));
    assert_eq!((met.verdict, met.unmet.len()), (Verdict::Held, 0));
    let script = Script::new().start(0, [Act::Become("leader", 1)]);
    let ends = outcome::<(Live, Checked<EndsWell>)>(&safe(Scene::new(1, script).deadline(100)));
    assert_eq!(ends.verdict, Verdict::Violated);
    let violated: Vec<&str> = ends.findings.iter().map(|finding| finding.code).collect();
    assert_eq!((violated, ends.unmet.len()), (vec!["END"], 0));
}

#[test]
fn with_nothing_left_to_happen_an_obligation_is_a_violation_at_once() {
    // The last thing that happens is timer 2, at 7.
    let script = Script::new().start(0, [set(2, 7)]);
    let scene = Scene::new(1, script).deadline(100);
    let outcome = outcome::<Live>(&scene);
    assert_eq!((outcome.verdict, outcome.ended), (Verdict::Violated, at(7)));
    assert_eq!(outcome.findings[0].at, at(7));
    // No obligation and no event left: held, and over as early.
    let quiet = self::outcome::<Live>(&obliged(Some(7), false));
    assert_eq!((quiet.verdict, quiet.ended), (Verdict::Held, at(7)));
}

/// With the last event at 7 and the deadline at 100, as with one more event in between.
#[test]
fn a_quiet_world_is_judged_at_its_deadline() {
    for fires in [Some(7), None] {
        let scene = obliged(fires, false);
        let busy = obliged(fires, false).fault(when(90), sim_engine::Fault::from(faults::Heal));
        for scene in [scene, busy] {
            let outcome = outcome::<(Live, Checked<JudgedAtTheDeadline>)>(&scene);
            assert_eq!(verdicts(&outcome)[1], ("DUE", Verdict::Held));
        }
    }
    // An obligation beside a claim of safety that is violated at the end is not reported: the run
    // would have ended with the claim.
    let script = Script::new().start(0, [Act::Become("leader", 1)]);
    let both = outcome::<(Live, Checked<EndsWell>)>(&Scene::new(1, script).deadline(100));
    let violated: Vec<&str> = both.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(violated, ["END"]);
}

#[test]
fn a_pause_in_the_run_changes_nothing() {
    for scene in [
        obliged(Some(7), false),
        obliged(None, false),
        obliged(None, true),
        obliged(Some(300), true),
    ] {
        let whole = outcome::<Live>(&scene);
        for stops in [vec![3], vec![7, 50], vec![50, 99, 100], vec![99, 101, 400], vec![20_000]] {
            let mut world = scene.world::<Live>(0);
            for stop in stops {
                let so_far = world.run_until(at(stop));
                assert!(world.now() <= at(stop) || so_far == whole);
            }
            assert_eq!(world.run(), whole);
        }
    }
}

#[test]
fn a_run_that_was_stopped_is_undecided() {
    let mut world = obliged(Some(50), true).world::<(Live, Safe)>(0);
    let outcome = world.run_until(at(20));
    assert_eq!((outcome.verdict, outcome.ended), (Verdict::Unknown, at(20)));
    assert_eq!(verdicts(&outcome)[0], ("FIRES1", Verdict::Unknown));
    assert!(outcome.undecided.is_some_and(|why| why.contains("stopped")));
}

#[test]
fn several_obligations_are_judged_each_by_itself() {
    // Timer 0 in time, timer 1 late, timer 2 never.
    let scene = obliged(Some(500), true);
    let all = outcome::<(Checked<Fires<0>>, (Live, Checked<Fires<2>>))>(&scene);
    let expected =
        [("FIRES0", Verdict::Held), ("FIRES1", Verdict::Unknown), ("FIRES2", Verdict::Violated)];
    assert_eq!(verdicts(&all), expected);
    assert_eq!(all.verdict, Verdict::Violated, "violated beats unknown");
    let codes: Vec<&str> = all.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["FIRES2"]);
    let late = outcome::<(Checked<Fires<0>>, Live)>(&scene);
    let expected = [("FIRES0", Verdict::Held), ("FIRES1", Verdict::Unknown)];
    assert_eq!((verdicts(&late), late.verdict), (expected.to_vec(), Verdict::Unknown));
}

#[test]
fn a_property_with_nothing_to_judge_is_vacuous() {
    let outcome = outcome::<(Safe, Live)>(&obliged(Some(5), true));
    let expected = [("NOT9", Verdict::Vacuous), ("FIRES1", Verdict::Held)];
    assert_eq!((verdicts(&outcome), outcome.verdict), (expected.to_vec(), Verdict::Held));
    assert!(outcome.undecided.is_none());
}

/// Node 0 says 8 at 10 ms and 9 at 20 ms.
fn says() -> Scene {
    let script =
        Script::new().request(0, 1, [Act::Say(8)]).request(0, 2, [Act::Say(9), Act::Say(8)]);
    Scene::new(1, script).request(10, 0, 1).request(20, 0, 2).request(30, 0, 1).deadline(100)
}

#[test]
fn a_safety_violation_ends_the_run_at_its_step() {
    let outcome = outcome::<(Safe, (Live, Checked<EndsWell>))>(&says());
    // The start is step 0, the requests of 10 and 20 are 1 and 2; that of 30 is never handled.
    assert_eq!((outcome.steps, outcome.ended), (3, at(20)));
    let [finding] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
    assert_eq!((finding.code, finding.at, finding.step), ("NOT9", at(20), Some(2)));
    assert_eq!((finding.node, &finding.witnesses[..]), (Some(NodeId::new(0)), &[0][..]));
    assert_eq!(finding.detail, "n0 said 9");
    // The obligation was not due yet; what is judged at the end never was.
    let expected =
        [("NOT9", Verdict::Violated), ("FIRES1", Verdict::Unknown), ("END", Verdict::Vacuous)];
    assert_eq!((verdicts(&outcome), outcome.verdict), (expected.to_vec(), Verdict::Violated));
}

#[test]
fn several_claims_may_be_violated_at_one_step() {
    let script = Script::new().request(0, 2, [Act::Say(9), Act::Say(8)]);
    let scene = Scene::new(1, script).request(20, 0, 2);
    let outcome = outcome::<(Safe, Checked<NeverSaid<8>>)>(&scene);
    let codes: Vec<&str> = outcome.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["NOT9", "NOT8"]);
    assert!(outcome.findings.iter().all(|finding| finding.step == Some(1)));
}

#[test]
fn a_violation_between_steps_ends_the_run_too() {
    // Said behind a barrier that the disk releases at 15; the world goes on otherwise.
    let script = Script::new()
        .request(0, 1, [Act::Write(1), Act::Barrier, Act::Say(9)])
        .start(0, [set(0, 3)]);
    let scene = Scene::new(1, script.timer(0, 0, [set(0, 3)]))
        .sync(NodeSet::All, Delay::Constant(ms(5)))
        .request(10, 0, 1);
    let released = outcome::<Safe>(&scene);
    assert_eq!((released.ended, released.findings[0].at), (at(15), at(15)));
    // A crash at 20, in the middle of the same.
    let crashed = outcome::<Checked<EndsWell>>(&scene.fault(when(20), crash(0, None)));
    assert_eq!((crashed.ended, crashed.findings[0].code), (at(20), "END"));
    assert_eq!(crashed.findings[0].node, Some(NodeId::new(0)));
}

#[test]
fn the_end_is_judged_with_and_without_an_unmet_obligation() {
    let leads = |fires: Option<u64>| {
        let mut scene = obliged(fires, true);
        let script = std::mem::take(&mut scene.0.config);
        scene.0.config = Script::clone(&script).request(0, 1, [Act::Become("leader", 1)]).into();
        scene.request(50, 0, 1)
    };
    type Both = (Live, Checked<EndsWell>);
    let held = outcome::<Both>(&obliged(Some(5), true));
    assert_eq!(verdicts(&held), [("FIRES1", Verdict::Held), ("END", Verdict::Held)]);
    let violated = outcome::<Both>(&leads(Some(5)));
    assert_eq!(verdicts(&violated), [("FIRES1", Verdict::Held), ("END", Verdict::Violated)]);
    let unmet = outcome::<Both>(&obliged(None, true));
    assert_eq!(verdicts(&unmet), [("FIRES1", Verdict::Violated), ("END", Verdict::Held)]);
    let both = outcome::<Both>(&leads(None));
    assert_eq!(verdicts(&both), [("FIRES1", Verdict::Violated), ("END", Verdict::Violated)]);
}

#[test]
fn a_budget_of_steps_leaves_a_run_undecided() {
    let mut scene = obliged(None, true);
    scene.0.steps_max = 10;
    let outcome = outcome::<(Live, Safe)>(&scene);
    assert_eq!((outcome.steps, outcome.verdict), (10, Verdict::Unknown));
    // The start, then every 3 ms: the tenth step is at 27.
    assert_eq!(outcome.ended, at(27));
    assert!(outcome.undecided.expect("it says why").contains("10 steps"));
    // A violation before the budget ran out counts.
    let mut violated = says();
    violated.0.steps_max = 3;
    assert_eq!(self::outcome::<Safe>(&violated).verdict, Verdict::Violated);
}

#[test]
fn stepping_ends_where_running_does() {
    for scene in [obliged(Some(5), true), obliged(Some(500), true), obliged(None, true), says()] {
        let mut world = scene.world::<(Safe, Live)>(0);
        let mut steps = 0;
        let mut last = SimTime::ZERO;
        while world.step() {
            steps += 1;
            assert_eq!(world.steps(), steps);
            assert!(world.now() >= last);
            last = world.now();
        }
        assert!(!world.step(), "over is over");
        assert_eq!(world.outcome(), outcome::<(Safe, Live)>(&scene));
        assert_eq!(world.run(), world.outcome());
    }
}

/// A finding says whether its step is to blame: only what is found at a step is that step's doing.
#[test]
fn a_finding_says_when_it_was_found() {
    let leads = |then: &[Act]| {
        let acts = [&[Act::Become("leader", 1)], then].concat();
        Scene::new(2, Script::new().start(0, acts).timer(0, 0, [])).deadline(100)
    };
    let found = |outcome: &Outcome| {
        let [finding] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
        (finding.code, finding.step, finding.found)
    };
    // Steps 0 and 1 are the starts. At 10 ms node 0's timer fires: step 2, which is innocent.
    let before = outcome::<Checked<LeadsBriefly>>(&leads(&[set(0, 10)]));
    assert_eq!(found(&before), ("BRIEF", Some(2), Found::BeforeStep));
    assert_eq!(before.findings[0].witnesses, [0]);
    let crashed = leads(&[]).fault(when(10), crash(0, None));
    let crashed = outcome::<Checked<EndsWell>>(&crashed);
    assert_eq!(found(&crashed), ("END", Some(1), Found::BetweenSteps));
    let end = outcome::<Checked<EndsWell>>(&leads(&[]));
    assert_eq!(found(&end), ("END", Some(1), Found::AtEnd));
    let said = Scene::new(1, Script::new().start(0, [Act::Say(9)])).deadline(100);
    assert_eq!(found(&outcome::<Safe>(&said)), ("NOT9", Some(0), Found::AtStep));
    let obligation = outcome::<Live>(&obliged(None, false));
    assert_eq!(found(&obligation), ("FIRES1", None, Found::AtEnd));
}
