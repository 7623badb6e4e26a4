//! HS1 to HS4 of Hirschberg and Sinclair: where they hold, and what takes each of them away.

mod common;

use std::collections::BTreeMap;

use common::{assert_held, assert_violated, at, ms, planned, run, spec};
use election::HirschbergSinclair;
use election::hirschberg_sinclair::{Identifier, Initiators, Kept, Order, Request, Settings};
use sim_engine::{Delay, DiskLoss, Fault, LinkOverride, Target, Ties, When, faults};
use sim_node::{NodeId, Ratio};

fn ring(nodes: u32) -> Settings {
    let order = Some(Order::Drawn);
    Settings { nodes, ids: Vec::new(), order, initiators: Initiators::All, announce: true }
}

fn crash(node: u32, down: Option<u64>, disk: DiskLoss) -> Fault {
    Fault::from(faults::Crash {
        who: Target::Node(node),
        down: down.map(ms),
        disk,
        inside: None,
        settings: None,
    })
}

/// Exactly the highest is elected. Messages overtake each other freely, initiators are drawn, and
/// some begin late.
#[test]
fn hs1_to_hs4_hold_whatever_the_delays_and_the_initiators() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 8).unwrap();
        let early = (0..nodes).filter(|node| (seed >> 3) & (1 << node) != 0).collect();
        let settings = Settings { initiators: Initiators::Only(early), ..ring(nodes) };
        let delay = Delay::Exponential { mean: ms(5), min: ms(0) };
        let mut world = spec::<HirschbergSinclair>(&settings, delay, at(60_000));
        world.ties = Ties::Drawn;
        let late = NodeId::new(u32::try_from(seed / 7).unwrap() % nodes);
        world.requests = vec![
            (at(seed % 40), late, Request::Elect),
            (at(1_000), NodeId::new(0), Request::Elect),
            (at(2_000), NodeId::new(nodes - 1), Request::Elect),
        ];
        assert_held(&run::<HirschbergSinclair>(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// Tokens name their phase and side, so duplicated messages elect nobody twice.
#[test]
fn hs1_to_hs4_survive_duplicated_messages() {
    for seed in 0..200 {
        let delay = Delay::Uniform(ms(1), ms(10));
        let mut world = spec::<HirschbergSinclair>(&ring(6), delay, at(10_000));
        world.network.link.duplication = Ratio::from_percent(30);
        assert_held(&run::<HirschbergSinclair>(world, seed), "messages duplicated");
    }
}

/// HS1 needs distinct identifiers: each takes the other's token for its own come home.
#[test]
fn hs1_is_violated_with_the_highest_identifier_given_twice() {
    let settings = Settings { ids: vec![7, 2, 7, 4], order: None, ..ring(4) };
    for seed in 0..100 {
        let delay = Delay::Uniform(ms(1), ms(10));
        let world = spec::<HirschbergSinclair>(&settings, delay, at(1_000));
        assert_violated(&run::<HirschbergSinclair>(world, seed), "HS1", "two of the highest");
    }
}

/// HS2 needs processes that remain who they are. The same crash without the loss of the disk does
/// no harm, since the announcement comes after it.
#[test]
fn hs2_is_violated_when_a_process_comes_back_as_another() {
    for (disk, violated) in [(DiskLoss::Everything, true), (DiskLoss::Prefix, false)] {
        let delay = Delay::Constant(ms(10));
        let mut world = spec::<HirschbergSinclair>(&ring(4), delay, at(1_000));
        let images = (1..).map(|id| Kept(Some(Identifier(id)))).take(4);
        world.images = (0..).map(NodeId::new).zip(images).collect::<BTreeMap<_, _>>();
        // Tokens take 20, 40 and 40 ms, and node 3 announces itself at 100.
        world.faults = vec![planned(0, When::At(at(105)), crash(1, Some(1), disk))];
        let outcome = run::<HirschbergSinclair>(world, 0);
        if violated {
            assert_violated(&outcome, "HS2", "identity lost");
        } else {
            assert_held(&outcome, "identity kept");
        }
    }
}

/// HS3 needs the whole ring: a process that stays down breaks it, and so does a lost message.
#[test]
fn hs3_is_violated_when_the_ring_is_broken() {
    for seed in 0..100_u64 {
        let delay = Delay::Uniform(ms(1), ms(10));
        let mut crashed = spec::<HirschbergSinclair>(&ring(5), delay.clone(), at(1_000));
        crashed.faults = vec![planned(0, When::At(at(0)), crash(2, None, DiskLoss::Prefix))];
        assert_violated(&run::<HirschbergSinclair>(crashed, seed), "HS3", "a process down");

        let mut lossy = spec::<HirschbergSinclair>(&ring(5), delay, at(1_000));
        lossy.network.overrides = vec![LinkOverride {
            from: Some(vec![NodeId::new(3)]),
            loss: Some(Ratio::ONE),
            ..LinkOverride::default()
        }];
        assert_violated(&run::<HirschbergSinclair>(lossy, seed), "HS3", "a link that loses all");
    }
}

/// HS3 of a ring without announcement: the only obligation is that some process is elected.
#[test]
fn hs3_without_announcement_wants_one_elected() {
    let quiet = Settings { announce: false, ..ring(4) };
    let world = spec::<HirschbergSinclair>(&quiet, Delay::Constant(ms(1)), at(1_000));
    assert_held(&run::<HirschbergSinclair>(world, 0), "all initiate");

    let asleep = Settings { initiators: Initiators::Only(Vec::new()), ..quiet };
    let world = spec::<HirschbergSinclair>(&asleep, Delay::Constant(ms(1)), at(1_000));
    assert_violated(&run::<HirschbergSinclair>(world, 0), "HS3", "nobody begins");
}

/// HS4 needs processes that do not fail: a leader that comes back has forgotten its election and
/// holds another.
#[test]
fn hs4_is_violated_when_the_leader_comes_back() {
    for seed in 0..100 {
        let delay = Delay::Uniform(ms(1), ms(10));
        let mut world = spec::<HirschbergSinclair>(&ring(5), delay, at(2_000));
        let leader = Fault::from(faults::Crash {
            who: Target::Leader,
            down: Some(ms(5)),
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        world.faults = vec![planned(0, When::At(at(1_000)), leader)];
        assert_violated(&run::<HirschbergSinclair>(world, seed), "HS4", "the leader restarts");
    }
}
