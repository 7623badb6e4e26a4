//! A panic in a handler or a property is a finding of the run and not a crash of the tool.

use std::sync::Arc;

use sim_check::linearizability::KeyValue;
use sim_check::{
    Checked, Claim, Found, History, HistoryLines, Judge, Kind, Obligation, Properties, Property,
    Verdict, View,
};
use sim_engine::{Delay, NodeSet, Observer, PANIC, StepBegins};
use sim_node::{Effect, Event, NodeId};

use crate::claims::NeverSaid;
use crate::scene::{Scene, at, crash, when};
use crate::toy::{Act, Msg, Script, Toy, ms, set};

/// The one finding of a scene: when, at which step, of whom, and what it says.
fn found(scene: &Scene) -> (sim_check::SimTime, Option<u64>, Option<NodeId>, String) {
    let run = scene.run();
    assert_eq!(run.outcome.verdict, Verdict::Violated);
    let [finding] = &run.outcome.findings[..] else { panic!("{:?}", run.outcome.findings) };
    assert_eq!(finding.code, PANIC);
    (finding.at, finding.step, finding.node, finding.detail.clone())
}

fn node(number: u32) -> Option<NodeId> {
    Some(NodeId::new(number))
}

#[test]
fn it_names_node_step_and_message_and_drops_the_effects() {
    let script = Script::new().start(0, [Act::Send(1, Msg::A(1)), set(0, 7)]).message(
        1,
        Msg::A(1),
        [Act::Send(0, Msg::B(1)), Act::Say(1), Act::Panic("out of luck")],
    );
    let scene = Scene::new(2, script);
    // Steps 0 and 1 are the starts; the message is step 2.
    let expected = (at(1), Some(2), node(1), "n1 panicked: out of luck".to_owned());
    assert_eq!(found(&scene), expected);
    let run = scene.run();
    assert_eq!(run.outcome.steps, 3, "the timer at 7 is never handled");
    assert_eq!(run.history.sent, ["0s n0>n1 A(1) arrives 1ms"]);
    assert!(run.said.is_empty());
    assert_eq!(run.outcome, scene.run().outcome, "as deterministic as anything");
}

#[test]
fn every_handler_may_panic() {
    let act = || Act::Panic("no");
    let start = Scene::new(2, Script::new().start(1, [act()]));
    assert_eq!(found(&start), (at(0), Some(1), node(1), "n1 panicked: no".to_owned()));
    let timer = Scene::new(1, Script::new().start(0, [set(0, 5)]).timer(0, 0, [act()]));
    assert_eq!(found(&timer).0, at(5));
    let request = Scene::new(1, Script::new().request(0, 1, [act()])).request(6, 0, 1);
    assert_eq!(found(&request).0, at(6));
    // The local invariants are asserted after each step.
    let check = Scene::new(1, Script::new().request(0, 1, [Act::Break])).request(6, 0, 1);
    assert!(found(&check).3.contains("the invariant is broken"));
    // So is what the disk makes of a record: at a barrier that syncs at once, ...
    let poison = Script::new().request(0, 1, [Act::WritePoison, Act::Barrier]);
    let at_once = Scene::new(2, poison.clone()).request(6, 0, 1);
    let (time, step, who, detail) = found(&at_once);
    assert_eq!((time, step, who), (at(6), Some(2), node(0)));
    assert!(detail.contains("a poisoned record"), "{detail}");
    // ... when a sync completes, ...
    let later = at_once.clone().sync(NodeSet::All, Delay::Constant(ms(5)));
    assert_eq!((found(&later).0, found(&later).2), (at(11), node(0)));
    // ... and at a crash that the record survives.
    let script = Script::new().request(0, 1, [Act::WritePoison]);
    let survives = Scene::new(2, script).request(6, 0, 1).fault(when(8), crash(0, None));
    let survives = (0..20)
        .map(|seed| survives.seed(seed).outcome)
        .find(|outcome| outcome.verdict == Verdict::Violated)
        .expect("the record survives in one of twenty runs");
    assert_eq!((survives.findings[0].at, survives.findings[0].node), (at(8), node(0)));
}

#[test]
fn stepping_and_running_on_end_there_too() {
    let script = Script::new().start(0, [set(0, 5), set(1, 6)]).timer(0, 0, [Act::Panic("no")]);
    let scene = Scene::new(1, script);
    let mut world = scene.world::<()>(0);
    assert!(world.step());
    assert!(!world.step());
    assert!(!world.step());
    assert_eq!(world.outcome().findings.len(), 1);
    assert_eq!(world.run(), scene.world::<()>(0).run());
}

#[test]
fn what_stood_until_then_has_stood() {
    let script = Script::new().start(0, [Act::Say(1), set(0, 5)]).timer(0, 0, [Act::Panic("no")]);
    let outcome = Scene::new(1, script).world::<Checked<NeverSaid<9>>>(0).run();
    let verdicts: Vec<Verdict> = outcome.properties.iter().map(|(_, verdict)| *verdict).collect();
    assert_eq!(verdicts, [Verdict::Held]);
    assert_eq!(outcome.findings[0].code, PANIC);
}

/// A property that panics in one of its hooks.
#[derive(Clone, Debug)]
struct Faulty<const HOOK: u8>;

impl<const HOOK: u8> Faulty<HOOK> {
    fn at(hook: u8) {
        assert!(hook != HOOK, "a property's own mistake");
    }
}

impl<const HOOK: u8> Property<Toy> for Faulty<HOOK> {
    const CLAIM: Claim = Claim {
        code: "FAULTY",
        name: "faulty",
        kind: Kind::Liveness,
        meaning: "panics",
        source: "this test",
    };
    fn new(_: &Script, _: u32) -> Self {
        Self
    }
    fn before(&mut self, view: &View<'_, Toy>, _: NodeId, _: &Event<Toy>, _: &mut Judge) {
        if view.step > 1 {
            Self::at(0);
        }
    }
    fn after(&mut self, view: &View<'_, Toy>, _: NodeId, _: &[Effect<Toy>], _: &mut Judge) {
        if view.step > 1 {
            Self::at(1);
        }
    }
    fn indicated(&mut self, _: &View<'_, Toy>, _: NodeId, _: &u32, _: &mut Judge) {
        Self::at(2);
    }
    fn crash(&mut self, _: &View<'_, Toy>, _: NodeId, _: &mut Judge) {
        Self::at(3);
    }
    fn restart(&mut self, _: &View<'_, Toy>, _: NodeId, _: &mut Judge) {
        Self::at(4);
    }
    fn calm(&mut self, _: &View<'_, Toy>, _: &mut Judge) {
        Self::at(5);
    }
    fn end(&mut self, _: &View<'_, Toy>, _: &mut Judge) {
        Self::at(6);
    }
    fn unmet(&self, _: &View<'_, Toy>) -> Option<Obligation> {
        Self::at(7);
        None
    }
    fn history(&self) -> Option<HistoryLines> {
        Self::at(8);
        Some(HistoryLines::of(KeyValue, Arc::new(History::new())))
    }
}

/// What the panic of one hook makes of a run in which all of them are called.
fn faulty<const HOOK: u8>() -> (sim_check::SimTime, Option<u64>, Found) {
    type Suite<const HOOK: u8> = (Checked<NeverSaid<9>>, Checked<Faulty<HOOK>>);
    let script = Script::new().start(0, [set(0, 5)]).timer(0, 0, [Act::Say(1)]);
    let scene = Scene::new(2, script).fault(when(8), crash(1, Some(4))).calm(15, 1);
    let run = || {
        let mut world = scene.world::<Suite<HOOK>>(0);
        let before = world.run();
        assert!(HOOK != 8 || before.findings.is_empty(), "nobody has asked for it yet");
        let history = world.ask(Properties::history);
        assert_eq!(history.is_none(), HOOK == 8);
        world.outcome()
    };
    let outcome = run();
    assert_eq!(outcome, run(), "as deterministic as anything");
    assert_eq!(outcome.verdict, Verdict::Violated);
    let [finding] = &outcome.findings[..] else { panic!("{:?}", outcome.findings) };
    assert_eq!((finding.code, finding.node), (PANIC, None), "no node is to blame");
    assert_eq!(finding.detail, "the property FAULTY (faulty) panicked: a property's own mistake");
    (finding.at, finding.step, finding.found)
}

#[test]
fn every_hook_of_a_property_may_panic() {
    assert_eq!(faulty::<0>(), (at(5), Some(2), Found::BeforeStep));
    assert_eq!(faulty::<1>(), (at(5), Some(2), Found::AtStep));
    assert_eq!(faulty::<2>(), (at(5), Some(2), Found::AtStep));
    assert_eq!(faulty::<3>(), (at(8), Some(2), Found::BetweenSteps));
    assert_eq!(faulty::<4>(), (at(12), Some(2), Found::BetweenSteps));
    assert_eq!(faulty::<5>(), (at(15), Some(3), Found::BetweenSteps));
    for found in [faulty::<6>(), faulty::<7>(), faulty::<8>()] {
        assert_eq!((found.1, found.2), (Some(3), Found::AtEnd));
        assert!(found.0 <= at(1_000));
    }
}

/// An observer belongs to the tool, and so does its mistake.
struct Clumsy;

impl Observer<Toy> for Clumsy {
    fn step_begins(&mut self, _: &StepBegins<'_, Toy>) {
        panic!("an observer's own mistake");
    }
}

#[test]
#[should_panic(expected = "an observer's own mistake")]
fn a_panic_of_an_observer_is_passed_on() {
    let scene = Scene::new(1, Script::new());
    scene.world::<Checked<Faulty<0>>>(0).run_watched(None, &mut Clumsy);
}
