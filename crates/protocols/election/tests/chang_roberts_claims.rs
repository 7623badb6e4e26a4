//! LE1 to LE4 of Chang and Roberts: where they hold, and what takes each of them away.

mod common;

use std::collections::BTreeMap;

use common::{assert_held, assert_violated, at, ms, planned, run, spec};
use election::ChangRoberts;
use election::chang_roberts::{Identifier, Initiators, Kept, Order, Request, Ring, Settings};
use sim_check::Verdict;
use sim_engine::{Delay, DiskLoss, Fault, LinkOverride, Target, Ties, When, faults};
use sim_node::{NodeId, Ratio};
use sim_protocol::Protocol;

fn ring(nodes: u32) -> Ring {
    Ring {
        nodes,
        ids: Vec::new(),
        order: Some(Order::Drawn),
        initiators: Initiators::All,
        announce: true,
    }
}

/// Chang and Roberts 1979, theorem: exactly the highest is elected. Messages overtake each other
/// freely, initiators are drawn, and some begin late.
#[test]
fn le1_to_le4_hold_whatever_the_delays_and_the_initiators() {
    for seed in 0..2_000_u64 {
        let nodes = 2 + u32::try_from(seed % 7).unwrap();
        let early = (0..nodes).filter(|node| (seed >> 3) & (1 << node) != 0).collect();
        let settings = Ring { initiators: Initiators::Only(early), ..ring(nodes) };
        let delay = Delay::Exponential { mean: ms(5), min: ms(0) };
        let mut world = spec::<ChangRoberts>(&Settings::new(settings.clone()), delay, at(60_000));
        world.ties = Ties::Drawn;
        let late = NodeId::new(u32::try_from(seed / 7).unwrap() % nodes);
        world.requests = vec![
            (at(seed % 40), late, Request::Elect),
            (at(1_000), NodeId::new(0), Request::Elect),
            (at(2_000), NodeId::new(nodes - 1), Request::Elect),
        ];
        assert_held(&run::<ChangRoberts>(world, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// LE1 needs distinct identifiers: with the highest given twice, both come home.
#[test]
fn le1_is_violated_with_the_highest_identifier_given_twice() {
    let settings = Ring { ids: vec![7, 2, 7, 4], order: None, ..ring(4) };
    for seed in 0..100 {
        let world = spec::<ChangRoberts>(
            &Settings::new(settings.clone()),
            Delay::Uniform(ms(1), ms(10)),
            at(1_000),
        );
        assert_violated(&run::<ChangRoberts>(world, seed), "LE1", "two of the highest");
    }
}

/// A lower identifier that two processes share does no harm: it is swallowed by the highest.
#[test]
fn le1_to_le4_survive_a_lower_identifier_given_twice() {
    let settings = Ring { ids: vec![2, 9, 2, 4], order: None, ..ring(4) };
    for seed in 0..100 {
        let world = spec::<ChangRoberts>(
            &Settings::new(settings.clone()),
            Delay::Uniform(ms(1), ms(10)),
            at(1_000),
        );
        assert_held(&run::<ChangRoberts>(world, seed), "two of a lower one");
    }
}

/// LE2 needs processes that remain who they are: one that comes back under a higher identifier
/// names a leader below its own. The same crash without the loss of the disk does no harm here,
/// since the announcement comes after it.
#[test]
fn le2_is_violated_when_a_process_comes_back_as_another() {
    for (disk, violated) in [(DiskLoss::Everything, true), (DiskLoss::Prefix, false)] {
        let mut world =
            spec::<ChangRoberts>(&Settings::new(ring(4)), Delay::Constant(ms(10)), at(1_000));
        let images = (1..).map(|id| Kept(Some(Identifier(id)))).take(4);
        world.images = (0..).map(NodeId::new).zip(images).collect::<BTreeMap<_, _>>();
        let crash = Fault::from(faults::Crash {
            who: Target::Node(0),
            down: Some(ms(1)),
            disk,
            inside: None,
            settings: None,
        });
        world.faults = vec![planned(0, When::At(at(35)), crash)];
        let outcome = run::<ChangRoberts>(world, 0);
        if violated {
            assert_violated(&outcome, "LE2", "identity lost");
        } else {
            assert_held(&outcome, "identity kept");
        }
    }
}

/// LE3 needs the whole ring: a process that stays down breaks it, and so does a lost message.
#[test]
fn le3_is_violated_when_the_ring_is_broken() {
    for seed in 0..100_u64 {
        let delay = Delay::Uniform(ms(1), ms(10));
        let crash = Fault::from(faults::Crash {
            who: Target::Random(1),
            down: None,
            disk: DiskLoss::Prefix,
            inside: None,
            settings: None,
        });
        let mut crashed = spec::<ChangRoberts>(&Settings::new(ring(5)), delay.clone(), at(1_000));
        crashed.faults = vec![planned(0, When::At(at(0)), crash)];
        assert_violated(&run::<ChangRoberts>(crashed, seed), "LE3", "a process down");

        let mut lossy = spec::<ChangRoberts>(&Settings::new(ring(5)), delay, at(1_000));
        lossy.network.overrides = vec![LinkOverride {
            from: Some(vec![NodeId::new(3)]),
            loss: Some(Ratio::ONE),
            ..LinkOverride::default()
        }];
        assert_violated(&run::<ChangRoberts>(lossy, seed), "LE3", "a link that loses all");
    }
}

/// LE3 of a ring without announcement: the only obligation is that some process is elected.
#[test]
fn le3_without_announcement_wants_one_elected() {
    let quiet = Ring { announce: false, ..ring(4) };
    let world =
        spec::<ChangRoberts>(&Settings::new(quiet.clone()), Delay::Constant(ms(1)), at(1_000));
    assert_held(&run::<ChangRoberts>(world, 0), "all initiate");

    let asleep = Ring { initiators: Initiators::Only(Vec::new()), ..quiet };
    let world = spec::<ChangRoberts>(&Settings::new(asleep), Delay::Constant(ms(1)), at(1_000));
    assert_violated(&run::<ChangRoberts>(world, 0), "LE3", "nobody begins");
}

/// LE4 needs links that double nothing: two copies of the highest identifier come home.
#[test]
fn le4_is_violated_when_links_double_messages() {
    for seed in 0..100 {
        let mut world =
            spec::<ChangRoberts>(&Settings::new(ring(4)), Delay::Uniform(ms(1), ms(10)), at(1_000));
        world.network.link.duplication = Ratio::ONE;
        assert_violated(&run::<ChangRoberts>(world, seed), "LE4", "every message duplicated");
    }
}

/// Identifiers that are drawn are distinct, and differ from seed to seed.
#[test]
fn drawn_identifiers_lie_in_an_order_of_the_seed() {
    let leader = |seed| {
        let world = spec::<ChangRoberts>(&Settings::new(ring(5)), Delay::Constant(ms(1)), at(100));
        let outcome = run::<ChangRoberts>(world, seed);
        assert_eq!(outcome.verdict, Verdict::Held);
        outcome.counts.protocol
    };
    let counts: Vec<u64> = (0..50).map(leader).collect();
    assert!(counts.iter().any(|count| *count != counts[0]), "always {} messages", counts[0]);
}

#[test]
fn settings_that_make_no_sense_name_the_field() {
    let field = |ring: &Ring| {
        let settings = Settings::new(ring.clone());
        ChangRoberts::setup(&settings, None).unwrap_err().field
    };
    assert_eq!(field(&Ring { ids: vec![1, 2], order: None, ..ring(3) }), "ids");
    assert_eq!(field(&Ring { ids: vec![1, 2, 3], ..ring(3) }), "order");
    assert_eq!(field(&Ring { initiators: Initiators::Only(vec![3]), ..ring(3) }), "initiators");
}
