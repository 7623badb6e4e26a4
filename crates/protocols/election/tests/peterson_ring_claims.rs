//! PR1 to PR4 of Peterson's election: where they hold, and what takes each of them away.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{assert_held, assert_violated, at, ms, planned, run, spec};
use election::PetersonRing;
use election::peterson_ring::{
    Algorithm, CANDIDATES_MAX, Identifier, Initiators, Kept, Order, Process, Request, Ring,
    Settings,
};
use sim_check::Verdict;
use sim_engine::{
    Delay, DiskLoss, Fault, LinkOverride, Outcome, Target, Ties, When, WorldSpec, faults,
};
use sim_node::{NodeId, Ratio};

const BOTH: [Algorithm; 2] = [Algorithm::Basic, Algorithm::Improved];

fn ring(nodes: u32, algorithm: Algorithm) -> Settings {
    let ring = Ring {
        nodes,
        ids: Vec::new(),
        order: Some(Order::Drawn),
        initiators: Initiators::All,
        announce: true,
    };
    Settings { algorithm, ..Settings::new(ring) }
}

/// Links in order.
fn in_order(settings: &Settings, delay: Delay) -> WorldSpec<Process> {
    let mut world = spec::<PetersonRing>(settings, delay, at(60_000));
    world.network.link.fifo = true;
    world
}

fn uniform() -> Delay {
    Delay::Uniform(ms(1), ms(10))
}

fn exponential() -> Delay {
    Delay::Exponential { mean: ms(5), min: ms(0) }
}

fn go(world: WorldSpec<Process>, seed: u64) -> Outcome {
    run::<PetersonRing>(world, seed)
}

/// Exactly the highest is elected, in any schedule of links in order. Initiators are drawn, and
/// some begin late.
#[test]
fn pr1_to_pr4_hold_on_links_in_order() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 8).unwrap();
        let early = (0..nodes).filter(|node| (seed >> 3) & (1 << node) != 0).collect();
        let algorithm = BOTH[usize::from(seed % 3 == 0)];
        let settings = Settings {
            ring: Ring { initiators: Initiators::Only(early), ..ring(nodes, algorithm).ring },
            ..ring(nodes, algorithm)
        };
        let mut world = in_order(&settings, exponential());
        world.ties = Ties::Drawn;
        let late = NodeId::new(u32::try_from(seed / 7).unwrap() % nodes);
        world.requests = vec![
            (at(seed % 40), late, Request::Elect),
            (at(1_000), NodeId::new(0), Request::Elect),
            (at(2_000), NodeId::new(nodes - 1), Request::Elect),
        ];
        assert_held(&go(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// Numbers do what the order of links did.
#[test]
fn pr1_to_pr4_hold_on_links_in_any_order_with_numbers() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 9).unwrap();
        let settings = Settings { numbered: true, ..ring(nodes, BOTH[usize::from(seed % 2 == 0)]) };
        let mut world = spec::<PetersonRing>(&settings, exponential(), at(60_000));
        world.ties = Ties::Drawn;
        assert_held(&go(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// A message that links duplicate is handled once.
#[test]
fn pr1_to_pr4_hold_on_links_that_double_with_numbers() {
    for seed in 0..1_000_u64 {
        let nodes = 2 + u32::try_from(seed % 9).unwrap();
        let settings = Settings { numbered: true, ..ring(nodes, BOTH[usize::from(seed % 2 == 0)]) };
        let mut world = spec::<PetersonRing>(&settings, exponential(), at(60_000));
        world.network.link.duplication = Ratio::from_percent(60);
        world.ties = Ties::Drawn;
        assert_held(&go(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// Without numbers a duplicated message may leave nobody active, and then nobody notices that a
/// candidate is home: it goes around, and is more each time. A process that has received more than
/// a ring can have to say stops, so every run comes to an end.
#[test]
fn whatever_links_double_messages_are_bounded() {
    let mut violated = BTreeMap::<&str, u64>::new();
    for seed in 0..400_u64 {
        let nodes = 2 + u32::try_from(seed % 9).unwrap();
        let mut world = in_order(&ring(nodes, BOTH[usize::from(seed % 2 == 0)]), uniform());
        world.network.link.duplication = Ratio::from_percent(50);
        let outcome = go(world, seed);
        assert_ne!(outcome.verdict, Verdict::Unknown, "seed {seed}");
        let bound = u64::from(CANDIDATES_MAX + 2) * u64::from(nodes);
        assert!(outcome.counts.total() <= bound, "seed {seed}: {}", outcome.counts.total());
        for finding in outcome.findings {
            *violated.entry(finding.code).or_default() += 1;
        }
    }
    assert!(violated.contains_key("PR2") && violated.contains_key("PR3"), "{violated:?}");
}

/// Without numbers and without order, processes compare what does not belong together: the highest
/// is given up, and then a lower one is elected or nobody is.
#[test]
fn claims_are_violated_on_links_in_any_order() {
    for algorithm in BOTH {
        let mut violated = BTreeMap::<&str, u64>::new();
        for seed in 0..500_u64 {
            let world = spec::<PetersonRing>(&ring(8, algorithm), exponential(), at(60_000));
            let codes: BTreeSet<_> = go(world, seed).findings.iter().map(|one| one.code).collect();
            for code in codes {
                *violated.entry(code).or_default() += 1;
            }
        }
        for code in ["PR2", "PR3"] {
            assert!(
                violated.get(code).is_some_and(|runs| *runs > 10),
                "{algorithm:?}: {violated:?}"
            );
        }
    }
}

/// In the improved algorithm an identifier may pass its owner while a higher one is behind it. On
/// this ring 3 comes by the process that bears it, before 4 stops it; only receiving its own
/// candidate proves that it is the highest.
#[test]
fn an_identifier_that_passes_its_owner_is_not_the_highest_yet() {
    let ids = vec![2, 3, 0, 1, 4];
    let settings = Settings {
        ring: Ring { ids, order: None, ..ring(5, Algorithm::Improved).ring },
        ..ring(5, Algorithm::Improved)
    };
    for seed in 0..100 {
        assert_held(&go(in_order(&settings, uniform()), seed), "3 passes its owner");
    }
}

/// PR1 needs distinct identifiers: each takes the other's for its own come home.
#[test]
fn pr1_is_violated_with_the_highest_identifier_given_twice() {
    let ids = vec![7, 2, 7, 4];
    for algorithm in BOTH {
        let settings = Settings {
            ring: Ring { ids: ids.clone(), order: None, ..ring(4, algorithm).ring },
            ..ring(4, algorithm)
        };
        for seed in 0..100 {
            assert_violated(&go(in_order(&settings, uniform()), seed), "PR1", "two of the highest");
        }
    }
}

/// PR2 needs processes that remain who they are. The same crash without the loss of the disk does
/// no harm, since the announcement comes after it.
#[test]
fn pr2_is_violated_when_a_process_comes_back_as_another() {
    for (disk, violated) in [(DiskLoss::Everything, true), (DiskLoss::Prefix, false)] {
        let quiet = Settings {
            ring: Ring { initiators: Initiators::Only(vec![3]), ..ring(4, BOTH[0]).ring },
            ..ring(4, BOTH[0])
        };
        let mut world = in_order(&quiet, Delay::Constant(ms(10)));
        let images = (1..).map(|id| Kept(Some(Identifier(id)))).take(4);
        world.images = (0..).map(NodeId::new).zip(images).collect::<BTreeMap<_, _>>();
        let crash = Fault::from(faults::Crash {
            who: Target::Node(1),
            down: Some(ms(1)),
            disk,
            inside: None,
            settings: None,
        });
        world.faults = vec![planned(0, When::At(at(85)), crash)];
        let outcome = go(world, 0);
        if violated {
            assert_violated(&outcome, "PR2", "identity lost");
        } else {
            assert_held(&outcome, "identity kept");
        }
    }
}

/// PR3 needs the whole ring: a process that stays down breaks it, and so does a lost message.
#[test]
fn pr3_is_violated_when_the_ring_is_broken() {
    for seed in 0..100_u64 {
        let settings = ring(5, BOTH[usize::from(seed % 2 == 0)]);
        let crash = Fault::from(faults::Crash {
            who: Target::Random(1),
            down: None,
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        let mut crashed = in_order(&settings, uniform());
        crashed.faults = vec![planned(0, When::At(at(0)), crash)];
        assert_violated(&go(crashed, seed), "PR3", "a process down");

        let mut lossy = in_order(&settings, uniform());
        lossy.network.overrides = vec![LinkOverride {
            from: Some(vec![NodeId::new(3)]),
            loss: Some(Ratio::ONE),
            ..LinkOverride::default()
        }];
        assert_violated(&go(lossy, seed), "PR3", "a link that loses all");
    }
}

/// PR4 needs processes that do not fail: a leader that comes back has forgotten its election and
/// holds another.
#[test]
fn pr4_is_violated_when_the_leader_comes_back() {
    for seed in 0..100 {
        let by = Settings {
            ring: Ring { order: Some(Order::Ascending), ..ring(5, Algorithm::Basic).ring },
            ..ring(5, Algorithm::Basic)
        };
        let mut world = in_order(&by, uniform());
        let crash = Fault::from(faults::Crash {
            who: Target::Leader,
            down: Some(ms(5)),
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        world.faults = vec![planned(0, When::At(at(1_000)), crash)];
        assert_violated(&go(world, seed), "PR4", "the leader restarts");
    }
}
