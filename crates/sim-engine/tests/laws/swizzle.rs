//! Swizzled cuts: each node is away from its own drawn instant to its own.

use std::collections::{BTreeMap, BTreeSet};

use sim_engine::{Cut, Fault, Observer, Struck, Target, faults};

use crate::scene::{Scene, between, when};
use crate::toy::{Act, Msg, Script, Toy, ms};

const WITHIN: u64 = 40;

fn swizzle(who: Target) -> Fault {
    Fault::from(faults::Swizzle { who, within: ms(WITHIN), cut: Cut::AtSend })
}

/// Four servers and a client, each of which sends to all others every millisecond.
fn chatter() -> Scene {
    let script = (0..=4).fold(Script::new(), |script, node| {
        let others = (0..=4).filter(|to| *to != node);
        script.request(node, 1, others.map(|to| Act::Send(to, Msg::A(node))).collect::<Vec<_>>())
    });
    let scene = Scene::new(4, script).others(1).deadline(100);
    let asks = (1..90).flat_map(|at| (0..=4).map(move |node| (at, node)));
    asks.fold(scene, |scene, (at, node)| scene.request(at, node, 1))
}

/// What a fault told of itself: when it struck or freed whom, in nanoseconds.
#[derive(Default)]
struct Told(Vec<(u64, bool, Vec<u32>)>);

impl Observer<Toy> for Told {
    fn fault(&mut self, struck: &Struck<'_>) {
        if struck.kind.name == "Swizzle" {
            let victims = struck.victims.iter().map(|node| node.number()).collect();
            self.0.push((struck.time.as_nanos(), struck.begins, victims));
        }
    }
}

fn told(scene: &Scene, seed: u64) -> Vec<(u64, bool, Vec<u32>)> {
    let mut told = Told::default();
    scene.world::<crate::history::Ears>(seed).run_watched(None, &mut told);
    told.0
}

/// From when to when each node is away.
fn away(told: &[(u64, bool, Vec<u32>)]) -> BTreeMap<u32, (u64, u64)> {
    let mut away = BTreeMap::new();
    for (at, begins, victims) in told {
        let [node] = victims.as_slice() else { panic!("one after the other: {told:?}") };
        match begins {
            true => assert!(away.insert(*node, (*at, u64::MAX)).is_none()),
            false => away.get_mut(node).expect("it was cut off").1 = *at,
        }
    }
    away
}

/// The messages that were lost: when, and over which link.
fn lost(scene: &Scene, seed: u64) -> BTreeSet<(u64, u32, u32)> {
    let sent = scene.seed(seed).history.sent;
    let lost = sent.iter().filter(|line| line.ends_with("lost Cut")).map(|line| {
        let number = |text: &str| text.parse().expect("a number");
        let (at, rest) = line.split_once("ms n").expect("a time");
        let (from, rest) = rest.split_once(">n").expect("a sender");
        let to = rest.split(' ').next().expect("a receiver");
        (number(at), number(from) as u32, number(to) as u32)
    });
    lost.collect()
}

#[test]
fn each_node_is_cut_from_all_servers_while_it_is_away() {
    let scene = chatter().fault(when(20), swizzle(Target::Nodes(vec![0, 2, 3])));
    let (mut orders, mut backs) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..40 {
        let told = told(&scene, seed);
        let order = |begins: bool| -> Vec<u32> {
            let of = told.iter().filter(|(_, one, _)| *one == begins);
            of.flat_map(|(.., victims)| victims.clone()).collect()
        };
        let away = away(&told);
        assert_eq!(away.keys().copied().collect::<Vec<_>>(), [0, 2, 3]);
        for (from, to) in away.values() {
            assert!((20_000_000..=40_000_000).contains(from), "{away:?}");
            assert!((40_000_000..=60_000_000).contains(to), "{away:?}");
        }
        // What has to be lost, worked out from the told times alone.
        let is_away = |node: u32, at: u64| {
            away.get(&node).is_some_and(|(from, to)| (*from..*to).contains(&(at * 1_000_000)))
        };
        let links = (0..4).flat_map(|from| (0..4).map(move |to| (from, to)));
        let links: Vec<(u32, u32)> = links.filter(|(from, to)| from != to).collect();
        let expected = (1..90).flat_map(|at| links.iter().map(move |(from, to)| (at, *from, *to)));
        let expected = expected.filter(|(at, from, to)| is_away(*from, *at) || is_away(*to, *at));
        assert_eq!(lost(&scene, seed), expected.collect(), "seed {seed}");
        orders.insert(order(true));
        backs.insert((order(true) == order(false), order(false)));
    }
    assert_eq!(orders.len(), 6, "every order of three");
    assert!(backs.iter().any(|(same, _)| *same) && backs.iter().any(|(same, _)| !*same));
}

#[test]
fn a_heal_or_the_end_of_its_window_brings_all_back() {
    let heal = chatter()
        .fault(when(20), swizzle(Target::Servers))
        .fault(when(41), Fault::from(faults::Heal));
    let window = chatter().fault(between(20, 41), swizzle(Target::Servers));
    for scene in [heal, window] {
        for seed in 0..10 {
            let told = told(&scene, seed);
            let (last, begins, _) = told.last().expect("it ends");
            assert!((*last, *begins) <= (41_000_000, false), "{told:?}");
            let freed: usize = told.iter().filter(|one| !one.1).map(|one| one.2.len()).sum();
            assert_eq!(freed, 4, "{told:?}");
            assert!(lost(&scene, seed).iter().all(|(at, ..)| (20..41).contains(at)));
        }
    }
}

#[test]
fn a_longer_one_keeps_its_orders() {
    let order = |within: u64, seed: u64| -> Vec<(bool, Vec<u32>)> {
        let fault =
            faults::Swizzle { who: Target::Random(3), within: ms(within), cut: Cut::AtSend };
        let scene = chatter().fault(when(5), Fault::from(fault));
        told(&scene, seed).into_iter().map(|(_, begins, victims)| (begins, victims)).collect()
    };
    for seed in 0..20 {
        assert_eq!(order(30, seed), order(60, seed));
    }
}

#[test]
fn it_strikes_again_once_all_are_back() {
    let every = sim_engine::When::Every(sim_node::Span::exactly(ms(45)));
    let told = told(&chatter().fault(every, swizzle(Target::Random(2))), 3);
    let strikes = told.iter().filter(|(_, begins, _)| *begins).count();
    assert!(strikes == 4 && told[0].0 >= 45_000_000 && told[4].0 >= 90_000_000, "{told:?}");
}
