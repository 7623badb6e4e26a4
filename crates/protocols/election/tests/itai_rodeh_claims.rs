//! IR1 to IR3 of Itai and Rodeh: where they hold, and what takes each of them away.

mod common;

use std::collections::BTreeMap;

use common::{assert_held, assert_violated, at, ms, planned, run, spec};
use election::ItaiRodeh;
use election::itai_rodeh::{Initiators, Process, Request, Settings};
use sim_check::Verdict;
use sim_engine::{Delay, DiskLoss, Fault, Outcome, Target, Ties, When, WorldSpec, faults};
use sim_node::{NodeId, Ratio};
use sim_protocol::Protocol;

fn ring(nodes: u32) -> Settings {
    Settings {
        nodes,
        size: None,
        identities: None,
        rounds: true,
        initiators: Initiators::All,
        announce: true,
    }
}

fn world(settings: &Settings, deadline: u64) -> WorldSpec<Process> {
    let mut world =
        spec::<ItaiRodeh>(settings, Delay::Exponential { mean: ms(5), min: ms(0) }, at(deadline));
    world.ties = Ties::Drawn;
    world
}

fn go(world: WorldSpec<Process>, seed: u64) -> Outcome {
    run::<ItaiRodeh>(world, seed)
}

/// Exactly one is elected, and by the deadline in every run. Messages overtake each other freely,
/// initiators are drawn, and some begin late.
#[test]
fn ir1_to_ir3_hold_whatever_the_delays_and_the_initiators() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 8).unwrap();
        let early = (0..nodes).filter(|node| (seed >> 3) & (1 << node) != 0).collect();
        let identities = [None, Some(2), Some(3)][usize::try_from(seed % 3).unwrap()];
        let settings = Settings { initiators: Initiators::Only(early), identities, ..ring(nodes) };
        let mut world = world(&settings, 60_000);
        let late = NodeId::new(u32::try_from(seed / 7).unwrap() % nodes);
        world.requests = vec![
            (at(seed % 40), late, Request::Elect),
            (at(1_000), NodeId::new(0), Request::Elect),
            (at(2_000), NodeId::new(nodes - 1), Request::Elect),
        ];
        assert_held(&go(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// Rounds tell the second copy of a token as well: links may double what they like, and a process
/// draws once in a round.
#[test]
fn ir1_to_ir3_hold_with_rounds_on_links_that_double() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 6).unwrap();
        let identities = [None, Some(2), Some(3)][usize::try_from(seed % 3).unwrap()];
        let mut world = world(&Settings { identities, ..ring(nodes) }, 60_000);
        world.network.link.duplication = Ratio::from_percent(30);
        world.network.link.fifo = seed % 4 == 0;
        assert_held(&go(world, seed), &format!("seed {seed}, {nodes} nodes"));
    }
}

/// Fokkink, Pang 2004: on links in order rounds can be left out.
#[test]
fn ir1_to_ir3_hold_without_rounds_on_links_in_order() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 8).unwrap();
        let settings = Settings { rounds: false, identities: Some(2), ..ring(nodes) };
        let mut world = world(&settings, 60_000);
        world.network.link.fifo = true;
        assert_held(&go(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// Without rounds and without order, a process that is a round ahead has its token swallowed by one
/// that is not, and swallows that one's next: then both wait for ever.
#[test]
fn ir2_is_violated_without_rounds_on_links_in_any_order() {
    let settings = Settings { rounds: false, identities: Some(8), ..ring(3) };
    let mut violated = BTreeMap::<&str, u64>::new();
    for seed in 0..4_000_u64 {
        for finding in go(world(&settings, 10_000), seed).findings {
            *violated.entry(finding.code).or_default() += 1;
        }
        let with = Settings { rounds: true, ..settings.clone() };
        assert_held(&go(world(&with, 10_000), seed), &format!("with rounds, seed {seed}"));
    }
    assert_eq!(violated.keys().copied().collect::<Vec<_>>(), ["IR2"], "{violated:?}");
}

/// Without rounds a process draws again for each copy that comes home, while the token of the draw
/// before is under way: two may beat each other by tokens that neither stands for any more.
#[test]
fn ir2_is_violated_without_rounds_on_links_that_double() {
    let settings = Settings { rounds: false, identities: Some(8), ..ring(4) };
    let mut violated = BTreeMap::<&str, u64>::new();
    for seed in 0..1_000_u64 {
        let mut world = world(&settings, 60_000);
        world.network.link.fifo = true;
        world.network.link.duplication = Ratio::from_percent(20);
        let outcome = go(world, seed);
        assert_ne!(
            outcome.verdict,
            Verdict::Unknown,
            "seed {seed}: something goes around for ever"
        );
        for finding in outcome.findings {
            *violated.entry(finding.code).or_default() += 1;
        }
    }
    assert_eq!(violated.keys().copied().collect::<Vec<_>>(), ["IR2"], "{violated:?}");
}

/// Angluin 1980: where all draw the same, nothing tells processes on links in order apart, and
/// nobody is ever elected. (When messages overtake each other, that tells them apart: a process
/// that is a round ahead makes the others passive.)
#[test]
fn ir2_is_violated_where_nothing_is_random() {
    for nodes in 2..6 {
        let settings = Settings { identities: Some(1), ..ring(nodes) };
        for seed in 0..20 {
            let mut world = world(&settings, 1_000);
            world.network.link.fifo = true;
            assert_violated(&go(world, seed), "IR2", "one identity");
        }
    }
}

/// The size must be known. With too small a number two parts of the ring may each elect one; with
/// too great a one, a token that is home takes itself for another's.
#[test]
fn ir1_or_ir2_is_violated_with_a_wrong_size() {
    let violated = |size| {
        let settings = Settings { size: Some(size), ..ring(4) };
        let mut violated = BTreeMap::<&str, u64>::new();
        for seed in 0..200 {
            for finding in go(world(&settings, 1_000), seed).findings {
                *violated.entry(finding.code).or_default() += 1;
            }
        }
        violated
    };
    assert_eq!(violated(1), BTreeMap::from([("IR1", 200)]), "everybody is alone");
    assert!(violated(2).contains_key("IR1"), "two halves");
    assert_eq!(violated(4), BTreeMap::new(), "the truth");
    for size in [5, 6, 8, 100] {
        assert_eq!(violated(size), BTreeMap::from([("IR2", 200)]), "{size}");
    }
}

/// IR2 needs the whole ring: a process that stays down breaks it, and so does a lossy link.
#[test]
fn ir2_is_violated_when_the_ring_is_broken() {
    for seed in 0..100_u64 {
        let crash = Fault::from(faults::Crash {
            who: Target::Random(1),
            down: None,
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        let mut crashed = world(&ring(5), 1_000);
        crashed.faults = vec![planned(0, When::At(at(0)), crash)];
        assert_violated(&go(crashed, seed), "IR2", "a process down");

        let mut lossy = world(&ring(5), 1_000);
        lossy.network.link.loss = Ratio::from_percent(60);
        assert_violated(&go(lossy, seed), "IR2", "links that lose most");
    }
}

/// IR2 of a ring without announcement: the only obligation is that some process is elected.
#[test]
fn ir2_without_announcement_wants_one_elected() {
    let quiet = Settings { announce: false, ..ring(4) };
    assert_held(&go(world(&quiet, 60_000), 0), "all initiate");
    let asleep = Settings { initiators: Initiators::Only(Vec::new()), ..quiet };
    assert_violated(&go(world(&asleep, 1_000), 0), "IR2", "nobody begins");
}

/// IR3 needs processes that do not fail: a leader that comes back has forgotten its election and
/// holds another, which nobody else takes part in.
#[test]
fn ir3_is_violated_when_the_leader_comes_back() {
    for seed in 0..100 {
        let mut world = world(&ring(5), 20_000);
        let crash = Fault::from(faults::Crash {
            who: Target::Leader,
            down: Some(ms(5)),
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        world.faults = vec![planned(0, When::At(at(10_000)), crash)];
        assert_violated(&go(world, seed), "IR3", "the leader restarts");
    }
}

#[test]
fn settings_that_make_no_sense_name_the_field() {
    let field = |settings: &Settings| ItaiRodeh::setup(settings, None).unwrap_err().field;
    assert_eq!(field(&Settings { size: Some(0), ..ring(3) }), "size");
    assert_eq!(field(&Settings { identities: Some(0), ..ring(3) }), "identities");
    let nobody = Initiators::Only(vec![3]);
    assert_eq!(field(&Settings { initiators: nobody, ..ring(3) }), "initiators");
}
