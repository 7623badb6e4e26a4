//! The calm: a drawn core is up and connected for good, and nodes outside it stay as they are.

use std::collections::BTreeSet;

use sim_check::Core;
use sim_engine::{Cut, Delay, DiskLoss, Fault, First, Inside, Target, faults};
use sim_node::{Duration, NodeId, Ratio};

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Msg, Script, ms, set};

/// The core of a run, from the line that tells of the calm.
fn core_of(scene: &Scene, seed: u64) -> BTreeSet<u32> {
    let faults = scene.seed(seed).history.faults;
    let line = faults.iter().find_map(|line| line.split_once("calm [")).expect("a calm");
    let names = line.1.trim_end_matches(']').split(", ").filter(|name| !name.is_empty());
    names.map(|name| name[1..].parse().expect("a number")).collect()
}

fn crash_all(down: Option<Duration>) -> Fault {
    Fault::from(faults::Crash {
        who: Target::Servers,
        down,
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    })
}

#[test]
fn the_core_is_drawn() {
    let mut scene = Scene::new(5, Script::new()).calm(10, 5);
    let cores = |scene: &Scene| (0..100).map(|seed| core_of(scene, seed)).collect::<BTreeSet<_>>();
    let majorities = cores(&scene);
    assert!(majorities.iter().all(|core| core.len() == 3));
    assert_eq!(majorities.len(), 10, "every majority of five: {majorities:?}");
    scene.0.core = Core::AtLeast(4);
    let of_four = cores(&scene);
    assert!(of_four.iter().all(|core| core.len() == 4));
    assert_eq!(of_four.len(), 5);
    scene.0.core = Core::All;
    assert_eq!(cores(&scene), BTreeSet::from([BTreeSet::from([0, 1, 2, 3, 4])]));
    scene.0.core = Core::Live;
    let scene = scene.fault(when(2), crash(1, None)).fault(when(2), crash(4, Some(20)));
    assert_eq!(cores(&scene), BTreeSet::from([BTreeSet::from([0, 2, 3])]));
}

#[test]
fn the_crashed_restart_inside_the_core_and_stay_down_outside() {
    for seed in 0..20 {
        // Outside the core not even a restart that was planned, for 2 + 20 = 22, happens.
        let scene = Scene::new(5, Script::new())
            .others(1)
            .fault(when(2), crash_all(Some(ms(20))))
            .fault(when(3), crash(5, None))
            .calm(10, 5);
        let core = core_of(&scene, seed);
        let run = scene.seed(seed);
        let mut expected: Vec<String> =
            core.iter().map(|node| format!("10ms n{node} restart []")).collect();
        // Who is not a server comes back as well.
        expected.push("10ms n5 restart []".to_owned());
        assert_eq!(run.history.steps, expected);
        for node in 0..5 {
            assert_eq!(run.world.state(NodeId::new(node)).is_some(), core.contains(&node));
        }
    }
}

#[test]
fn the_paused_go_on_inside_the_core_and_never_outside() {
    let script = (0..5).fold(Script::new(), |script, node| script.start(node, [set(0, 5)]));
    for seed in 0..20 {
        let scene = Scene::new(5, script.clone())
            .fault(when(2), Fault::from(faults::Pause(Target::Servers, First::Oldest)))
            .calm(10, 5);
        let expected: Vec<String> =
            core_of(&scene, seed).iter().map(|node| format!("10ms n{node} timer 0")).collect();
        assert_eq!(scene.seed(seed).history.steps, expected);
    }
}

/// Every server sends to every other server and to the client, node 5, at 20.
fn everybody_talks() -> Scene {
    let script = (0..6).fold(Script::new(), |script, node| {
        let others = (0..6).filter(|to| *to != node);
        let acts: Vec<Act> = others.map(|to| Act::Send(to, Msg::A(node))).collect();
        script.request(node, 1, acts)
    });
    let scene = Scene::new(5, script).others(1).calm(10, 5);
    (0..6).fold(scene, |scene, node| scene.request(20, node, 1))
}

/// The links of `everybody_talks` that lost their message.
fn cut_links(scene: &Scene, seed: u64) -> BTreeSet<(u32, u32)> {
    let sent = scene.seed(seed).history.sent;
    let cut = sent.iter().filter(|line| line.ends_with("lost Cut"));
    let number = |name: &str| name[1..].parse().expect("a number");
    cut.map(|line| {
        let link = line.split(' ').nth(1).expect("a link");
        let (from, to) = link.split_once('>').expect("two ends");
        (number(from), number(to))
    })
    .collect()
}

#[test]
fn the_core_is_connected_and_who_was_cut_off_outside_stays_so() {
    for seed in 0..20 {
        // Nodes 0 and 1 are isolated, each from everybody, and nobody heals them.
        let isolate = |node| Fault::from(faults::Isolate(Target::Node(node), Cut::AtSend));
        let scene = everybody_talks().fault(when(2), isolate(0)).fault(when(3), isolate(1));
        let core = core_of(&scene, seed);
        let parts = |from: u32, to: u32| {
            let isolated = from < 2 || to < 2;
            let servers = from < 5 && to < 5;
            isolated && servers && !(core.contains(&from) && core.contains(&to))
        };
        let expected = (0..6)
            .flat_map(|from| (0..6).map(move |to| (from, to)))
            .filter(|(from, to)| from != to && parts(*from, *to))
            .collect();
        assert_eq!(cut_links(&scene, seed), expected, "core {core:?}");
    }
}

#[test]
fn the_end_of_a_window_brings_nobody_back_outside_the_core() {
    for seed in 0..10 {
        let isolate = Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend));
        let scene = everybody_talks().fault(between(2, 15), isolate);
        let core = core_of(&scene, seed);
        let inside = |from, to| core.contains(&from) && core.contains(&to);
        let others = (1..5).filter(|other| !inside(0, *other));
        let expected = others.flat_map(|other| [(0, other), (other, 0)]).collect();
        assert_eq!(cut_links(&scene, seed), expected, "core {core:?}");
    }
}

#[test]
fn loss_ends_and_delays_keep_the_bound() {
    let script = Script::new().start(0, [set(0, 1)]).timer(
        0,
        0,
        [Act::Send(1, Msg::A(1)), Act::Send(1, Msg::B(1)), set(0, 1)],
    );
    let mut scene = Scene::new(2, script)
        .delay(Delay::Uniform(ms(0), ms(100)))
        .fault(
            when(0),
            Fault::from(faults::Links {
                from: None,
                to: None,
                both: false,
                kind: Some("B".to_owned()),
                delay: None,
                loss: Some(Ratio::from_percent(90)),
                duplication: None,
            }),
        )
        .calm(500, 7);
    scene.0.network.link.loss = Ratio::from_percent(30);
    let run = scene.run();
    let times = |line: &str| -> (Duration, Option<Duration>) {
        let sent = line.split(' ').next().expect("a time").parse().expect("a time");
        let arrives = line.split_once("arrives ").map(|(_, time)| time.parse().expect("a time"));
        (sent, arrives)
    };
    let (mut storm, mut calm) = ((0, 0), 0);
    for line in &run.history.sent {
        let (sent, arrives) = times(line);
        if sent < ms(500) {
            storm = (storm.0 + 1, storm.1 + u32::from(arrives.is_none()));
        } else {
            let arrives = arrives.expect("nothing is lost in the calm");
            assert!(arrives - sent <= ms(7), "{line}");
            calm += 1;
        }
    }
    // 500 of A with 30 %, and as many of B with 90 %: 600 lost of 998, give or take 4 times 12.
    assert_eq!((storm.0, calm), (998, 1_002));
    assert!((550..=650).contains(&storm.1), "{storm:?}");
    // What was in flight came in time or was lost when it would have come later.
    for line in &run.history.lost {
        let time: Duration = line.split(' ').next().expect("a time").parse().expect("a time");
        assert!(line.ends_with("Calm") && time > ms(507), "{line}");
    }
    assert!(run.history.lost.len() > 20, "{}", run.history.lost.len());
}

/// A(1) leaves at 8 and would arrive at 38, long after the calm at 10 with a bound of 5; node 0
/// sends A(2) at 12.
fn late_at_the_calm() -> Scene {
    let script = Script::new().request(0, 1, [Act::Send(1, Msg::A(1))]).request(
        0,
        2,
        [Act::Send(1, Msg::A(2))],
    );
    Scene::new(2, script)
        .delay(Delay::Constant(ms(30)))
        .request(8, 0, 1)
        .request(12, 0, 2)
        .calm(10, 5)
}

#[test]
fn what_comes_later_than_the_bound_is_lost_and_holds_nobody_up() {
    let scene = late_at_the_calm();
    for scene in [scene.clone(), scene.clone().fifo(), scene.stream()] {
        let run = scene.run();
        let steps = ["8ms n0 request 1", "12ms n0 request 2", "17ms n1 A(2) from n0"];
        assert_eq!(run.history.steps, steps);
        assert_eq!(run.history.lost.len(), 1);
        assert!(run.history.lost[0].starts_with("38ms A(1)"), "{:?}", run.history.lost);
    }
}

#[test]
fn what_comes_within_the_bound_arrives() {
    let script = Script::new().request(0, 1, [Act::Send(1, Msg::A(1))]);
    let scene = |delay| {
        let scene = Scene::new(2, script.clone()).delay(Delay::Constant(ms(delay)));
        scene.request(8, 0, 1).calm(10, 5)
    };
    // Sent at 8, 7 ms make 15, which is the calm and its bound; 8 ms are too late.
    assert_eq!(scene(7).run().history.steps, ["8ms n0 request 1", "15ms n1 A(1) from n0"]);
    assert_eq!(scene(8).run().history.lost, ["16ms A(1) Calm"]);
}

#[test]
fn the_calm_does_not_revive_a_connection() {
    // The cut at 5 killed the connection with A(1), sent at 4 and due at 12; the calm ends the cut.
    let script = Script::new().request(0, 1, [Act::Send(1, Msg::A(1))]);
    let mut scene = Scene::new(2, script)
        .stream()
        .delay(Delay::Constant(ms(8)))
        .request(4, 0, 1)
        .fault(when(5), Fault::from(faults::Isolate(Target::Node(0), Cut::AtSend)))
        .calm(10, 5);
    scene.0.core = Core::All;
    assert_eq!(scene.run().history.lost, ["12ms A(1) Connection"]);
}

#[test]
fn nobody_is_struck_in_the_calm() {
    // Every node was to crash in the next step; none made one before the calm.
    let script = (0..5).fold(Script::new(), |script, node| script.start(node, [set(0, 20)]));
    let fault = Fault::from(faults::Crash {
        who: Target::Servers,
        down: None,
        disk: DiskLoss::Prefix,
        inside: Some(Inside::First(0)),
        settings: None,
    });
    let scene = Scene::new(5, script).fault(when(5), fault).calm(10, 5);
    let run = scene.run();
    assert_eq!(run.history.steps.len(), 5);
    assert!(run.world.states().iter().all(Option::is_some));
    // A fault that waited for a leader waits no more.
    let script = Script::new().start(0, [set(0, 20)]).timer(0, 0, [Act::Become("leader", 1)]);
    let scene = Scene::new(3, script)
        .fault(when(5), Fault::from(faults::Pause(Target::Leader, First::Oldest)))
        .calm(10, 5);
    assert_eq!(scene.run().outcome.faults[0].struck, 0);
}

#[test]
fn slowness_omission_and_drift_end_and_holds_let_go() {
    let script = Script::new().request(0, 1, [Act::Send(1, Msg::A(1))]).request(
        1,
        2,
        [Act::Write(1), Act::Barrier, Act::Say(1), set(0, 4)],
    );
    let mut scene = Scene::new(2, script)
        .fault(when(1), Fault::from(faults::Slow(Target::Node(1), Delay::Constant(ms(50)))))
        .fault(when(1), Fault::from(faults::SlowDisk(Target::Node(1), Delay::Constant(ms(50)))))
        .fault(
            when(1),
            Fault::from(faults::Drift(Target::Node(1), sim_node::Drift::from_ppm(1_000_000))),
        )
        .fault(when(1), Fault::from(faults::OmitReceives(Target::Node(1), Ratio::ONE)))
        .fault(when(1), Fault::from(faults::Hold(Target::Node(0), Target::Node(1), None)))
        .request(2, 0, 1)
        .request(20, 1, 2)
        .calm(10, 5);
    scene.0.core = Core::All;
    let run = scene.run();
    let steps =
        ["2ms n0 request 1", "10ms n1 A(1) from n0", "20ms n1 request 2", "24ms n1 timer 0"];
    assert_eq!(run.history.steps, steps);
    assert_eq!(run.said, ["20ms n1 says 1"]);
}

#[test]
fn omission_stays_outside_the_core() {
    for seed in 0..10 {
        let scene = everybody_talks()
            .fault(when(2), Fault::from(faults::OmitSends(Target::Servers, Ratio::ONE)));
        let core = core_of(&scene, seed);
        for line in scene.seed(seed).history.sent {
            let from = line.split(' ').nth(1).and_then(|link| link[1..2].parse().ok());
            let from: u32 = from.expect("a sender");
            assert_eq!(line.ends_with("lost Omission"), from < 5 && !core.contains(&from));
        }
    }
}

#[test]
fn properties_are_told_and_see_the_core() {
    let scene = Scene::new(5, Script::new()).calm(10, 5);
    let core = core_of(&scene, 3).into_iter().map(NodeId::new).collect::<Vec<_>>();
    assert_eq!(scene.seed(3).world.properties().cores, [core]);
}
