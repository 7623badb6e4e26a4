//! Whom a fault strikes is chosen when it strikes; with nobody who fits, it waits.

use std::collections::BTreeSet;

use sim_engine::{Cut, DiskLoss, Fault, First, NodeSet, Target, When, faults};
use sim_node::NodeId;

use crate::scene::{Scene, between, crash, when};
use crate::toy::{Act, Script, ms, set};

fn crash_of(who: Target, down: Option<u64>) -> Fault {
    Fault::from(faults::Crash {
        who,
        down: down.map(ms),
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    })
}

/// The lines of the faults, without the crashes.
fn strikes(scene: &Scene, seed: u64) -> Vec<String> {
    let faults = scene.seed(seed).history.faults;
    faults.into_iter().filter(|line| !line.ends_with("crashed")).collect()
}

/// Nodes 0 to 3 become leaders of ranks 2, 3, 3 and 1 at 3 ms; node 0 becomes one of rank 9 at 20
/// ms.
fn leaders() -> Scene {
    let script = [2, 3, 3, 1].into_iter().zip(0..).fold(Script::new(), |script, (rank, node)| {
        script.start(node, [set(0, 3), set(1, 20)]).timer(
            node,
            0,
            [Act::Become(if node == 3 { "head" } else { "leader" }, rank)],
        )
    });
    Scene::new(4, script.timer(0, 1, [Act::Become("leader", 9)]))
}

#[test]
fn leader_means_the_holder_of_the_highest_rank() {
    // Of equals the one with the lower number; once that one is down, the other; then rank 2.
    let scene = leaders()
        .fault(when(5), crash_of(Target::Leader, None))
        .fault(when(6), crash_of(Target::Leader, None))
        .fault(when(7), crash_of(Target::Leader, None));
    let expected = ["5ms f0 strikes [n1]", "6ms f1 strikes [n2]", "7ms f2 strikes [n0]"];
    assert_eq!(strikes(&scene, 0), expected);
    // At 20 the ranks have changed.
    let later = leaders().fault(when(21), crash_of(Target::Leader, None));
    assert_eq!(strikes(&later, 0), ["21ms f0 strikes [n0]"]);
    let head = leaders().fault(when(5), crash_of(Target::Role("head".to_owned()), None));
    assert_eq!(strikes(&head, 0), ["5ms f0 strikes [n3]"]);
}

#[test]
fn a_fault_waits_for_its_target() {
    let isolate = Fault::from(faults::Isolate(Target::Leader, Cut::AtSend));
    let scene = leaders().fault(when(1), isolate).fault(when(2), crash_of(Target::Leader, None));
    // At 3 the first to take the role is node 0, and both strike it in the order of the scenario.
    assert_eq!(strikes(&scene, 0), ["3ms f0 strikes [n0]", "3ms f1 strikes [n0]"]);
}

#[test]
fn it_waits_no_longer_than_its_window() {
    let isolate = || Fault::from(faults::Isolate(Target::Leader, Cut::AtSend));
    let crash = || crash_of(Target::Leader, None);
    // The first leader comes at 3.
    for fault in [isolate(), crash()] {
        let within = leaders().fault(between(1, 5), fault.clone());
        assert_eq!(within.run().outcome.faults[0].struck, 1, "{fault:?}");
        let over = leaders().fault(between(1, 2), fault.clone());
        assert_eq!(over.run().outcome.faults[0].struck, 0, "{fault:?}");
    }
    let lasting = leaders().fault(between(1, 5), isolate());
    assert_eq!(strikes(&lasting, 0), ["3ms f0 strikes [n0]", "5ms f0 ends"]);
}

#[test]
fn a_role_is_lost_in_a_crash() {
    // Node 3 leads nobody any more; the fault finds nobody until it leads again at 8 + 3 = 11.
    let head = || Target::Role("head".to_owned());
    let scene = leaders()
        .fault(when(7), crash(3, Some(1)))
        .fault(when(9), Fault::from(faults::Pause(head(), First::Oldest)));
    assert_eq!(strikes(&scene, 0), ["7ms f0 strikes [n3]", "11ms f1 strikes [n3]"]);
}

/// Everybody whom one fault strikes first, over 60 seeds, in a world of so many servers and a
/// client.
fn drawn(servers: u32, time: When, who: Target, down: &[u32]) -> BTreeSet<Vec<u32>> {
    let scene = Scene::new(servers, Script::new()).others(1);
    let scene = scene.fault(time, Fault::from(faults::Pause(who, First::Oldest)));
    let scene = down.iter().fold(scene, |scene, node| scene.fault(when(1), crash(*node, None)));
    let victims = |seed| {
        let report = &scene.seed(seed).outcome.faults[0];
        report.victims.iter().map(|node: &NodeId| node.number()).collect()
    };
    (0..60).map(victims).collect()
}

/// All sets of so many of the candidates.
fn sets_of(count: usize, candidates: &[u32]) -> BTreeSet<Vec<u32>> {
    let Some((first, rest)) = candidates.split_first() else {
        return BTreeSet::from_iter((count == 0).then(Vec::new));
    };
    let mut sets = sets_of(count, rest);
    if count > 0 {
        sets.extend(sets_of(count - 1, rest).into_iter().map(|set| [&[*first], &set[..]].concat()));
    }
    sets
}

#[test]
fn random_draws_among_the_servers_that_are_up() {
    assert_eq!(drawn(4, when(2), Target::Random(1), &[]), sets_of(1, &[0, 1, 2, 3]));
    assert_eq!(drawn(4, when(2), Target::Random(2), &[]), sets_of(2, &[0, 1, 2, 3]));
    assert_eq!(drawn(4, when(2), Target::Random(2), &[0]), sets_of(2, &[1, 2, 3]));
    assert_eq!(drawn(4, when(2), Target::Random(3), &[1]), sets_of(3, &[0, 2, 3]));
}

#[test]
fn random_draws_among_all_servers_at_the_beginning() {
    assert_eq!(drawn(4, when(0), Target::Random(1), &[]), sets_of(1, &[0, 1, 2, 3]));
    assert_eq!(drawn(3, when(0), Target::Random(3), &[]), sets_of(3, &[0, 1, 2]));
}

#[test]
fn majority_and_minority_draw_among_all_servers() {
    assert_eq!(drawn(5, when(2), Target::Majority, &[]), sets_of(3, &[0, 1, 2, 3, 4]));
    assert_eq!(drawn(5, when(2), Target::Minority, &[]), sets_of(2, &[0, 1, 2, 3, 4]));
    assert_eq!(drawn(4, when(2), Target::Majority, &[]), sets_of(3, &[0, 1, 2, 3]));
    assert_eq!(drawn(4, when(2), Target::Minority, &[0]), sets_of(1, &[0, 1, 2, 3]));
}

#[test]
fn a_drawn_group_of_a_partition_is_drawn_beside_the_others() {
    let script = (0..5).fold(Script::new(), |script, node| script.start(node, [set(0, 3)]));
    let groups = [
        vec![Target::Majority, Target::Minority],
        vec![Target::Minority, Target::Majority],
        vec![Target::Random(2), Target::Nodes(vec![1, 3, 4])],
    ];
    for groups in groups {
        let partition = Fault::from(faults::Partition(groups, Cut::AtSend));
        let scene = Scene::new(5, script.clone()).fault(when(2), partition);
        for seed in 0..20 {
            let struck = scene.seed(seed).outcome.faults[0].victims.clone();
            let all: BTreeSet<NodeId> = struck.iter().copied().collect();
            assert_eq!((struck.len(), all.len()), (5, 5), "{struck:?}");
        }
    }
    // Nobody is left for a second majority: it waits, and never strikes.
    let twice =
        Fault::from(faults::Partition(vec![Target::Majority, Target::Majority], Cut::AtSend));
    assert!(strikes(&Scene::new(5, script).fault(when(2), twice), 0).is_empty());
}

#[test]
fn the_named_sets_are_what_they_say() {
    let only = |list: &[u32]| BTreeSet::from([list.to_vec()]);
    assert_eq!(drawn(3, when(2), Target::Servers, &[]), only(&[0, 1, 2]));
    assert_eq!(drawn(3, when(2), Target::Others, &[]), only(&[3]));
    assert_eq!(drawn(3, when(2), Target::All, &[]), only(&[0, 1, 2, 3]));
    assert_eq!(drawn(3, when(2), Target::Node(2), &[]), only(&[2]));
    assert_eq!(drawn(3, when(2), Target::Nodes(vec![2, 0]), &[]), only(&[0, 2]));
}

#[test]
fn too_few_that_fit_make_it_wait_until_one_returns() {
    // Two of three are up from 1 to 9.
    let scene = Scene::new(3, Script::new())
        .fault(when(1), crash(0, Some(8)))
        .fault(when(2), Fault::from(faults::Pause(Target::Random(3), First::Oldest)));
    assert_eq!(strikes(&scene, 0), ["1ms f0 strikes [n0]", "9ms f1 strikes [n0, n1, n2]"]);
}

#[test]
fn a_restart_draws_among_those_that_are_down() {
    let restart = || Fault::from(faults::Restart(Target::Random(1), None));
    let mut restarted = BTreeSet::new();
    for seed in 0..30 {
        let scene = Scene::new(4, Script::new())
            .fault(when(1), crash(1, None))
            .fault(when(1), crash(3, None))
            .fault(when(5), restart());
        restarted.extend(scene.seed(seed).history.steps);
    }
    let expected = ["5ms n1 restart []", "5ms n3 restart []"];
    assert_eq!(restarted, BTreeSet::from(expected.map(str::to_owned)));
    // With nobody down it waits until somebody is.
    let waits =
        Scene::new(3, Script::new()).fault(when(2), restart()).fault(when(7), crash(1, None));
    assert_eq!(waits.run().history.steps, ["7ms n1 restart []"]);
}

#[test]
fn what_a_fault_draws_is_its_own() {
    // With another fault in front of it that draws as well, it draws the same.
    let pause = || Fault::from(faults::Pause(Target::Random(2), First::Oldest));
    for seed in 0..20 {
        let mut alone = Scene::new(6, Script::new()).fault(when(5), pause());
        alone.0.faults[0].id = 77;
        let mut second =
            Scene::new(6, Script::new()).fault(when(4), pause()).fault(when(5), pause());
        second.0.faults[1].id = 77;
        let victims =
            |scene: &Scene, fault: usize| scene.seed(seed).outcome.faults[fault].victims.clone();
        assert_eq!(victims(&alone, 0), victims(&second, 1));
    }
}

#[test]
fn and_means_everybody_who_is_in_one_of_them() {
    // The leader and one other: at 5 the leader is node 1.
    let with_leader = Target::And(vec![Target::Random(1), Target::Leader]);
    let scene = leaders().fault(when(5), Fault::from(faults::Pause(with_leader, First::Oldest)));
    let found: BTreeSet<String> = (0..60).map(|seed| strikes(&scene, seed)[0].clone()).collect();
    let expected =
        ["5ms f0 strikes [n0, n1]", "5ms f0 strikes [n1, n2]", "5ms f0 strikes [n1, n3]"];
    assert_eq!(found, BTreeSet::from_iter(expected.map(str::to_owned)));
    let two = Target::And(vec![Target::Random(1), Target::Random(1)]);
    assert_eq!(drawn(3, when(2), two, &[]), sets_of(2, &[0, 1, 2]));
    let named = Target::And(vec![Target::Node(2), Target::Nodes(vec![0, 2]), Target::Others]);
    assert_eq!(drawn(3, when(2), named, &[]), BTreeSet::from([vec![0, 2, 3]]));
}

#[test]
fn and_waits_until_all_of_them_can_be_found() {
    let both = Target::And(vec![Target::Node(0), Target::Leader]);
    let scene = leaders().fault(when(1), Fault::from(faults::Pause(both, First::Oldest)));
    assert_eq!(strikes(&scene, 0), ["3ms f0 strikes [n0]"], "node 0 is the first to lead, at 3");
}

#[test]
fn not_means_the_other_servers() {
    let not = |whom| Target::Not(Box::new(whom));
    let all_but_leader = Fault::from(faults::Pause(not(Target::Leader), First::Oldest));
    let scene = leaders().fault(when(5), all_but_leader);
    assert_eq!(strikes(&scene, 0), ["5ms f0 strikes [n0, n2, n3]"]);
    assert_eq!(drawn(3, when(2), not(Target::Random(1)), &[]), sets_of(2, &[0, 1, 2]));
    assert_eq!(drawn(3, when(2), not(Target::Others), &[]), BTreeSet::from([vec![0, 1, 2]]));
    assert_eq!(drawn(3, when(2), not(not(Target::Node(1))), &[]), BTreeSet::from([vec![1]]));
}

/// A pause of a target in a world of five servers, two racks and a client.
fn with_racks(who: Target) -> Scene {
    let mut scene = Scene::new(5, Script::new()).others(1);
    let racks = [("a", vec![0, 1]), ("b", vec![2, 3, 5])];
    scene.0.sets = racks.map(|(name, nodes)| (name.to_owned(), NodeSet::Nodes(nodes))).into();
    scene.fault(when(2), Fault::from(faults::Pause(who, First::Oldest)))
}

#[test]
fn sets_have_names() {
    let a = || Target::Set("a".to_owned());
    assert_eq!(strikes(&with_racks(a()), 0), ["2ms f0 strikes [n0, n1]"]);
    let others = with_racks(Target::Not(Box::new(a())));
    assert_eq!(strikes(&others, 0), ["2ms f0 strikes [n2, n3, n4]"]);
    let one_of = with_racks(Target::OneOf(vec!["a".to_owned(), "b".to_owned()]));
    let found: BTreeSet<String> = (0..60).map(|seed| strikes(&one_of, seed)[0].clone()).collect();
    let expected = ["2ms f0 strikes [n0, n1]", "2ms f0 strikes [n2, n3, n5]"];
    assert_eq!(found, BTreeSet::from_iter(expected.map(str::to_owned)));
}

#[test]
fn holders_are_all_who_have_a_role() {
    let pause = |who| Fault::from(faults::Pause(who, First::Oldest));
    let holders = |name: &str| Target::Holders(name.to_owned());
    let scene = leaders().fault(when(5), pause(holders("leader")));
    assert_eq!(strikes(&scene, 0), ["5ms f0 strikes [n0, n1, n2]"]);
    // Nobody has it before 3.
    let early = leaders().fault(when(1), pause(holders("head")));
    assert_eq!(strikes(&early, 0), ["3ms f0 strikes [n3]"]);
}

#[test]
fn random_of_draws_among_those_of_its_target_who_are_up() {
    let of = |count, whom| Target::RandomOf(count, Box::new(whom));
    let found = |scene: Scene| -> BTreeSet<String> {
        (0..60).map(|seed| strikes(&scene, seed)[0].clone()).collect()
    };
    let lines = |lines: &[&str]| BTreeSet::from_iter(lines.iter().map(|&line| line.to_owned()));
    let some = Target::Nodes(vec![0, 2, 3]);
    assert_eq!(drawn(4, when(2), of(2, some.clone()), &[]), sets_of(2, &[0, 2, 3]));
    assert_eq!(drawn(4, when(2), of(1, some), &[2]), sets_of(1, &[0, 3]));
    // Nodes that are not servers can be among them; the client is node 3.
    assert_eq!(drawn(3, when(2), of(1, Target::All), &[]), sets_of(1, &[0, 1, 2, 3]));
    // The leader, who is node 1 at 5, and one of the other leaders.
    let leaders_of = of(1, Target::Holders("leader".to_owned()));
    let both = Target::And(vec![leaders_of, Target::Leader]);
    let scene = leaders().fault(when(5), Fault::from(faults::Pause(both, First::Oldest)));
    assert_eq!(found(scene), lines(&["5ms f0 strikes [n0, n1]", "5ms f0 strikes [n1, n2]"]));
    // Of a drawn rack one node: both racks come up, and all of their nodes.
    let racks = Target::OneOf(vec!["a".to_owned(), "b".to_owned()]);
    let all = [0, 1, 2, 3, 5].map(|node| format!("2ms f0 strikes [n{node}]"));
    assert_eq!(found(with_racks(of(1, racks))), BTreeSet::from_iter(all));
    // It draws what `Random` draws, where it means the same.
    let servers = of(2, Target::Servers);
    let victims = |who: &Target, seed| {
        let pause = Fault::from(faults::Pause(who.clone(), First::Oldest));
        strikes(&Scene::new(5, Script::new()).fault(when(2), pause), seed)
    };
    for seed in 0..20 {
        assert_eq!(victims(&servers, seed), victims(&Target::Random(2), seed));
    }
}

#[test]
fn random_of_waits_until_enough_are_up() {
    let of = Target::RandomOf(2, Box::new(Target::Nodes(vec![0, 1])));
    let scene = Scene::new(3, Script::new())
        .fault(when(1), crash(0, Some(8)))
        .fault(when(2), Fault::from(faults::Pause(of, First::Oldest)));
    assert_eq!(strikes(&scene, 0), ["1ms f0 strikes [n0]", "9ms f1 strikes [n0, n1]"]);
}

#[test]
fn in_all_means_those_who_are_in_every_one_of_them() {
    let in_all = |parts: &[Target]| Target::InAll(parts.to_vec());
    let rack = || Target::Set("b".to_owned());
    let servers =
        with_racks(in_all(&[rack(), Target::Servers, Target::Not(Box::new(Target::Node(2)))]));
    assert_eq!(strikes(&servers, 0), ["2ms f0 strikes [n3]"]);
    // It waits while nobody is in both: node 0 is the highest leader from 20 on.
    let both = in_all(&[Target::Nodes(vec![0, 3]), Target::Leader]);
    let scene = leaders().fault(when(5), Fault::from(faults::Pause(both, First::Oldest)));
    assert_eq!(strikes(&scene, 0), ["20ms f0 strikes [n0]"]);
}
