//! Byzantine nodes: what becomes of their messages, and who is judged.

use sim_check::{Checked, Verdict};
use sim_engine::{ByzantineReport, Delay, Fault, Target, WorldSpec, faults};
use sim_node::{NodeId, Ratio};

use crate::claims::NeverSaid;
use crate::scene::{Scene, at, between, crash, when};
use crate::toy::{Act, Msg, Script, Toy, ms, set};

fn node(number: u32) -> Target {
    Target::Node(number)
}

fn mute(who: u32, to: Option<u32>, kind: Option<&str>) -> Fault {
    let (to, kind) = (to.map(node), kind.map(str::to_owned));
    Fault::from(faults::Mute { who: node(who), to, kind })
}

fn tamper(who: u32, kind: Option<&str>, share: Ratio) -> Fault {
    let kind = kind.map(str::to_owned);
    Fault::from(faults::Tamper { who: node(who), to: None, kind, share })
}

fn equivocate(who: u32, to: Option<u32>) -> Fault {
    Fault::from(faults::Equivocate { who: node(who), to: to.map(node), kind: None })
}

fn replay(who: u32, to: Option<u32>, instead: bool) -> Fault {
    let (who, to) = (node(who), to.map(node));
    Fault::from(faults::Replay { who, to, kind: None, share: Ratio::ONE, instead })
}

/// At 5, 15 and 25, node 0 sends A and then B, numbered by the round, to nodes 1 and 2, and a
/// Beat to itself.
fn talking() -> Scene {
    let mut script = Script::new();
    for round in [0, 1, 2] {
        let pair = |to| [Act::Send(to, Msg::A(round)), Act::Send(to, Msg::B(round))];
        let own = Act::Send(0, Msg::Beat(round));
        let acts = [pair(1), pair(2)].concat().into_iter().chain([own]);
        script = script.request(0, round, acts.collect::<Vec<_>>());
    }
    let scene = Scene::new(3, script);
    (0..3).fold(scene, |scene, round| scene.request(5 + 10 * u64::from(round), 0, round))
}

/// What came to a node: `A(0)` at 6 is `6ms A(0)`.
fn received(scene: &Scene, by: u32) -> Vec<String> {
    let steps = scene.run().history.steps;
    let of_node = |line: &String| {
        let (time, rest) = line.split_once(' ')?;
        let rest = rest.strip_prefix(&format!("n{by} "))?;
        let (what, _) = rest.split_once(" from ")?;
        Some(format!("{time} {what}"))
    };
    steps.iter().filter_map(of_node).collect()
}

#[test]
fn what_a_mute_node_sends_never_leaves_it() {
    let run = talking().fault(between(10, 20), mute(0, None, None)).run();
    let withheld: Vec<&String> =
        run.history.sent.iter().filter(|line| line.ends_with("lost Withheld")).collect();
    let expected = ["n1 A(1)", "n1 B(1)", "n2 A(1)", "n2 B(1)"];
    assert_eq!(withheld, expected.map(|what| format!("15ms n0>{what} lost Withheld")).each_ref());
    // It counts at its sender, and as lost. What a node sends to itself is no message.
    let counts = &run.outcome.counts;
    assert_eq!((counts.total(), counts.lost, counts.in_flight), (12, 4, 0));
    let own = run.history.steps.iter().filter(|step| step.contains("Beat")).count();
    assert_eq!(own, 3);
    assert_eq!(run.history.faults, ["10ms f0 strikes [n0]", "20ms f0 ends"]);
}

#[test]
fn a_node_may_be_mute_to_some_and_about_some() {
    let scene = talking().fault(between(10, 20), mute(0, Some(1), Some("A")));
    assert_eq!(
        received(&scene, 1),
        ["6ms A(0)", "6ms B(0)", "16ms B(1)", "26ms A(2)", "26ms B(2)"]
    );
    assert_eq!(received(&scene, 2).len(), 6);
}

#[test]
fn a_tampered_message_says_something_else_or_fails_its_checksum() {
    let run = talking().fault(between(10, 20), tamper(0, None, Ratio::ONE)).run();
    let sent: Vec<&String> = run.history.sent.iter().filter(|at| at.starts_with("15ms")).collect();
    // A has other content, each time drawn anew: never its own. B has none.
    assert_eq!(sent.len(), 4);
    for (line, kind) in sent.iter().zip(["A", "B", "A", "B"]) {
        match kind {
            "A" => assert!(line.contains(" A(") && !line.contains("A(1)"), "{line}"),
            _ => assert!(line.ends_with("B(1) lost Corrupted"), "{line}"),
        }
    }
    assert_eq!(run.outcome.counts.lost, 2);
    let scene = talking().fault(between(10, 20), tamper(0, Some("A"), Ratio::ONE));
    let received = received(&scene, 1);
    assert_eq!(received.len(), 6, "{received:?}");
    assert!(received[2].starts_with("16ms A(") && received[2] != "16ms A(1)", "{received:?}");
}

/// Nodes 0 and 1 send A(0) to each other, 401 times, over links of 1 to 9 ms.
fn many() -> Scene {
    let script = [0, 1].into_iter().fold(Script::new(), |script, node| {
        let acts = [Act::Send(1 - node, Msg::A(0)), set(0, 2)];
        script.start(node, [set(0, 2)]).timer(node, 0, acts)
    });
    Scene::new(3, script).delay(Delay::Uniform(ms(1), ms(9))).deadline(802)
}

#[test]
fn each_message_is_tampered_with_with_the_given_probability() {
    let scene = many().fault(when(0), tamper(0, None, Ratio::from_percent(25)));
    let sent = scene.run().history.sent;
    let lies = sent.iter().filter(|line| line.contains("n0>n1") && !line.contains("A(0)"));
    // 100 of 400, give or take 4 standard deviations of 8.7.
    let lies = lies.count();
    assert!((65..=135).contains(&lies), "{lies}");
}

#[test]
fn an_equivocating_node_tells_one_lie_to_some_and_the_truth_to_the_rest() {
    let script = Script::new().request(
        0,
        1,
        [4, 7, 4]
            .into_iter()
            .flat_map(|one| [1, 2].map(|to| Act::Send(to, Msg::A(one))))
            .collect::<Vec<_>>(),
    );
    let scene = Scene::new(3, script).request(5, 0, 1).fault(when(0), equivocate(0, Some(2)));
    assert_eq!(received(&scene, 1), ["6ms A(4)", "6ms A(7)", "6ms A(4)"]);
    let lies = received(&scene, 2);
    assert_eq!(lies.len(), 3);
    assert_eq!(lies[0], lies[2], "of equal content the same lie");
    assert_ne!(lies[0], "6ms A(4)");
    assert_ne!(lies[1], "6ms A(7)");
    // Without a target a half of the others is told the lie: here one of the two.
    let drawn = Scene(WorldSpec { faults: Vec::new(), ..scene.0.clone() });
    for seed in 0..20 {
        let scene = drawn.clone().fault(when(0), equivocate(0, None));
        let sent = scene.seed(seed).history.sent;
        let deceived = |to: u32| {
            let told: Vec<&String> =
                sent.iter().filter(|line| line.contains(&format!("n0>n{to} "))).collect();
            told.iter().any(|line| !line.contains("A(4)") && !line.contains("A(7)"))
                || !told[0].contains("A(4)")
        };
        assert_ne!(deceived(1), deceived(2), "{sent:?}");
    }
}

#[test]
fn what_was_sent_before_is_sent_again_to_others_as_well() {
    // Node 0 sends A(0) to node 1 at 5 and A(1) at 15; nothing was sent before the first.
    let script = [0, 1].into_iter().fold(Script::new(), |script, round| {
        script.request(0, round, [Act::Send(1, Msg::A(round))])
    });
    let scene = || Scene::new(3, script.clone()).request(5, 0, 0).request(15, 0, 1);
    let again = scene().fault(when(0), replay(0, Some(2), false));
    assert_eq!(received(&again, 1), ["6ms A(0)", "16ms A(1)"]);
    assert_eq!(received(&again, 2), ["16ms A(0)"]);
    let counts = again.run().outcome.counts;
    assert_eq!((counts.protocol, counts.retransmission, counts.lost), (2, 1, 0));
    // In the place of another it is no message more.
    let instead = scene().fault(when(0), replay(0, None, true));
    assert_eq!(received(&instead, 1), ["6ms A(0)", "16ms A(0)"]);
    assert_eq!(instead.run().outcome.counts.total(), 2);
    // What was sent before the fault is not known.
    let late = scene().fault(when(10), replay(0, None, true));
    assert_eq!(received(&late, 1), ["6ms A(0)", "16ms A(1)"]);
}

#[test]
fn a_byzantine_fault_shifts_no_numbers_of_others() {
    let of_node = |scene: &Scene, node: &str| -> Vec<String> {
        let sent = scene.run().history.sent;
        sent.into_iter().filter(|line| line.contains(node)).collect()
    };
    let alone = of_node(&many(), " n1>");
    assert_eq!(alone.len(), 401);
    let faults = [
        mute(0, None, None),
        tamper(0, None, Ratio::from_percent(50)),
        equivocate(0, None),
        replay(0, None, false),
        replay(0, None, true),
    ];
    for fault in faults {
        let scene = many().fault(when(0), fault.clone());
        assert_eq!(of_node(&scene, " n1>"), alone, "{fault:?}");
        // Nor of the node itself, for what it sends beside the messages that are replayed.
        let times = |scene: &Scene| -> Vec<String> {
            let to_1 = of_node(scene, " n0>n1").into_iter().filter(|line| line.contains("arrives"));
            to_1.filter_map(|line| Some(line.rsplit_once(' ')?.1.to_owned())).collect()
        };
        if matches!(fault, Fault::Tamper(_) | Fault::Equivocate(_)) {
            assert_eq!(times(&scene), times(&many()), "{fault:?}");
        }
    }
}

/// Node 0 says 9 at 5, 15 and 25.
fn speaking() -> Scene {
    let script = Script::new().request(0, 9, [Act::Say(9)]);
    [5, 15, 25].into_iter().fold(Scene::new(3, script), |scene, at| scene.request(at, 0, 9))
}

#[test]
fn properties_judge_correct_nodes_only() {
    let verdict = |scene: Scene| scene.world::<Checked<NeverSaid<9>>>(0).run().verdict;
    assert_eq!(verdict(speaking()), Verdict::Violated);
    assert_eq!(verdict(speaking().fault(when(0), mute(0, None, None))), Verdict::Held);
    assert_eq!(verdict(speaking().fault(when(0), mute(1, None, None))), Verdict::Violated);
    // Once Byzantine, always Byzantine; what it did before counts.
    assert_eq!(verdict(speaking().fault(between(0, 2), mute(0, None, None))), Verdict::Held);
    assert_eq!(verdict(speaking().fault(when(10), mute(0, None, None))), Verdict::Violated);
    let said = speaking().fault(between(10, 12), mute(0, None, None)).run().said;
    assert_eq!(said, ["5ms n0 says 9"]);
}

#[test]
fn a_byzantine_node_keeps_no_invariant_and_crashes_unseen() {
    let script = Script::new().request(0, 1, [Act::Break]);
    let scene = Scene::new(2, script).request(5, 0, 1);
    assert_eq!(scene.run().outcome.verdict, Verdict::Violated);
    let byzantine = scene.fault(when(0), mute(0, None, None)).fault(when(10), crash(0, Some(5)));
    assert_eq!(byzantine.run().outcome.verdict, Verdict::Held);
    assert_eq!(byzantine.run().history.steps, ["5ms n0 request 1", "15ms n0 restart []"]);
}

#[test]
fn where_no_byzantine_node_is_tolerated_properties_go_on_to_see_it() {
    let script = Script::new().request(0, 1, [Act::Break]).request(0, 2, [Act::Say(7)]);
    let mut scene = Scene::new(2, script).fault(when(0), mute(0, None, None)).request(5, 0, 2);
    assert_eq!(scene.run().said, Vec::<String>::new());
    scene.0.tolerates_byzantine = false;
    let run = scene.run();
    assert_eq!(run.said, ["5ms n0 says 7"]);
    assert_eq!(run.outcome.verdict, Verdict::Held);
    // It breaks its own invariant, which is its program's doing and not the fault's.
    assert_eq!(scene.clone().request(6, 0, 1).run().outcome.verdict, Verdict::Violated);
    // Of a split node properties see the first instance, and the second one not at all.
    let twins = Fault::from(faults::Twins { who: node(0), to: Some(node(1)) });
    let split = scene.fault(when(1), twins).request(8, 0, 2).request(9, 0, 2);
    assert_eq!(split.run().said, ["5ms n0 says 7", "9ms n0 says 7"]);
}

#[test]
fn nobody_in_the_core_is_byzantine() {
    let core = |seed| -> Vec<NodeId> {
        let scene = Scene::new(4, Script::new()).fault(when(1), mute(2, None, None)).calm(50, 5);
        let mut cores = scene.seed(seed).world.properties().cores.clone();
        cores.pop().expect("there is a calm")
    };
    for seed in 0..20 {
        let core = core(seed);
        // Three of four are a majority, and as many are correct.
        assert_eq!(core, [0, 1, 3].map(NodeId::new));
    }
}

#[test]
fn the_calm_makes_nobody_honest() {
    let scene = talking().fault(when(0), mute(0, None, None)).calm(10, 5);
    assert_eq!(received(&scene, 1), Vec::<String>::new());
}

#[test]
fn a_fault_that_met_no_message_says_so() {
    let scene = talking().fault(when(0), mute(1, None, None)).fault(when(0), mute(0, None, None));
    let idle: Vec<Option<String>> =
        scene.run().outcome.faults.into_iter().map(|fault| fault.idle).collect();
    assert_eq!(idle, [Some("n1 sent nothing meanwhile".to_owned()), None]);
}

#[test]
fn a_plain_world_is_as_it_was() {
    // Nothing of a fault that never strikes is to be seen.
    let never = between(900, 901);
    let scene = many().deadline(500).fault(never, mute(0, None, None));
    let (with, without) = (scene.run(), many().deadline(500).run());
    assert_eq!(with.history.sent, without.history.sent);
    let states = |world: &sim_engine::World<Toy, crate::history::Ears>| world.states().to_vec();
    assert_eq!(states(&with.world), states(&without.world));
}

#[test]
fn a_run_says_who_was_byzantine_and_when() {
    let scene =
        talking().fault(between(6, 20), mute(0, None, None)).fault(when(8), mute(1, None, None));
    let report = |node, fault, from, to: Option<u64>| ByzantineReport {
        node: NodeId::new(node),
        fault,
        from: at(from),
        to: to.map(at),
    };
    assert_eq!(scene.run().outcome.byzantine, [report(0, 0, 6, Some(20)), report(1, 1, 8, None)]);
}
