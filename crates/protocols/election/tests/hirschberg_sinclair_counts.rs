//! The message counts of Hirschberg and Sinclair 1980: the table of small rings as equalities, a
//! count made otherwise for every order, the bound, the means of random orders, and the time.

mod common;

use std::sync::Arc;

use common::{Draw, assert_held, assert_mean, at, ms, orders, run, sent, spec};
use election::HirschbergSinclair;
use election::hirschberg_sinclair::{Initiators, Order, Process, Properties, Settings};
use sim_engine::{Delay, World};

fn settings(ids: Vec<u64>) -> Settings {
    let nodes = u32::try_from(ids.len()).unwrap();
    Settings { nodes, ids, order: None, initiators: Initiators::All, announce: true }
}

/// Messages of one election without the announcement, which takes `n`. The delays vary, and the
/// counts do not depend on them.
fn messages(settings: &Settings, seed: u64) -> u64 {
    let delay = Delay::Exponential { mean: ms(5), min: ms(0) };
    let outcome =
        run::<HirschbergSinclair>(spec::<HirschbergSinclair>(settings, delay, at(600_000)), seed);
    assert_held(&outcome, &format!("{settings:?}"));
    let elected = if settings.announce { u64::from(settings.nodes) } else { 0 };
    assert_eq!(sent(&outcome, "Elected"), elected);
    assert_eq!(outcome.counts.total(), outcome.counts.protocol);
    sent(&outcome, "Outbound") + sent(&outcome, "Inbound")
}

/// The same count from the identifiers alone. A process reaches phase `l` when nobody closer than
/// `2^(l-1) + 1` hops is higher. Each of its tokens then goes to the next higher process and is
/// swallowed; or it goes `2^l` hops and back; or it is home after `n` hops.
fn counted(order: &[u64]) -> u64 {
    let n = order.len();
    let to_higher = |place: usize, step: usize| {
        (1..n).find(|hops| order[(place + step * hops) % n] > order[place]).unwrap_or(n)
    };
    let mut messages = 0;
    for place in 0..n {
        let ways = [to_higher(place, 1), to_higher(place, n - 1)];
        let mut distance = 1;
        loop {
            let goes = |way: &usize| if *way <= distance { *way } else { 2 * distance };
            messages += ways.iter().map(goes).sum::<usize>();
            if ways.iter().any(|way| *way <= distance) {
                break;
            }
            distance *= 2;
        }
    }
    messages as u64
}

/// `8n(1 + ceil(log2 n))`.
fn bound(n: u64) -> u64 {
    8 * n * (1 + u64::from(n.next_power_of_two().ilog2()))
}

/// THEORY 2.5, the measured table: least, most and mean over all orders of identifiers, with the
/// highest first, since turning the ring changes nothing.
#[test]
fn counts_over_all_orders_are_those_of_the_table() {
    let table = [
        (2, 10, 10, 1_000),
        (3, 23, 23, 2_300),
        (4, 28, 32, 2_933),
        (5, 49, 55, 5_267),
        (6, 54, 68, 6_120),
        (7, 59, 78, 7_007),
        (8, 64, 89, 8_008),
    ];
    for (n, least, most, mean_hundredths) in table {
        let mut counts = Vec::new();
        for (seed, mut order) in (0..).zip(orders(n - 1)) {
            order.insert(0, n - 1);
            let count = messages(&settings(order.clone()), seed);
            assert_eq!(count, counted(&order), "{order:?}");
            counts.push(count);
        }
        assert_eq!(counts.iter().min(), Some(&least), "fewest of {n}");
        assert_eq!(counts.iter().max(), Some(&most), "most of {n}");
        let (sum, all) = (counts.iter().sum::<u64>(), counts.len() as u64);
        assert_eq!((sum * 100 + all / 2) / all, mean_hundredths, "mean of {n}");
        assert!(most <= bound(n));
    }
}

/// Turning the ring changes nothing, nor does the announcement but for its `n` messages.
#[test]
fn where_the_highest_sits_does_not_matter() {
    for (seed, order) in (0..).zip(orders(5)) {
        let count = messages(&settings(order.clone()), seed);
        assert_eq!(count, counted(&order));
        let mut turned = order.clone();
        turned.rotate_left(usize::try_from(seed % 5).unwrap());
        assert_eq!(messages(&settings(turned), seed), count);
        assert_eq!(messages(&Settings { announce: false, ..settings(order) }, seed), count);
    }
}

/// Lynch 1996, theorem 3.4: at most `8n(1 + ceil(log2 n))`.
#[test]
fn the_bound_holds_beyond_the_table() {
    for n in [9, 10, 15, 16, 17, 31, 33, 64, 65, 100, 129] {
        for seed in 0..20 {
            let order = Draw(seed).order(n);
            let count = messages(&settings(order.clone()), seed);
            assert_eq!(count, counted(&order));
            assert!(count <= bound(n), "{count} of {n}, at most {}", bound(n));
        }
        for order in [Order::Ascending, Order::Descending] {
            let nodes = u32::try_from(n).unwrap();
            let by = Settings { nodes, order: Some(order), ..settings(Vec::new()) };
            assert!(messages(&by, 0) <= bound(n), "{order:?} of {n}");
        }
    }
}

/// THEORY 2.5, a closed form's class of test (a confidence interval, seeds fixed): the means of
/// random orders that an independent count gave, rounded to whole messages.
#[test]
fn means_of_random_orders_are_those_of_the_table() {
    for (n, mean, many) in
        [(16, 206.0, 600), (32, 511.0, 400), (64, 1_214.0, 200), (128, 2_837.0, 100)]
    {
        let count = |seed| messages(&settings(Draw(seed).order(n)), seed);
        let sample: Vec<u64> = (0..many).map(count).collect();
        assert_mean(&sample, mean, 3.0, &format!("{n} processes"));
    }
}

/// Lynch 1996, 3.4.2, with delays of 1: each phase but the last takes `2 * 2^l`, the last one `n`:
/// `3n - 2` for powers of two, less than `5n` always.
#[test]
fn an_election_takes_less_than_5n() {
    for n in 2..=40_u64 {
        let nodes = u32::try_from(n).unwrap();
        let by = Settings { nodes, order: Some(Order::Descending), ..settings(Vec::new()) };
        let world = spec::<HirschbergSinclair>(&by, Delay::Constant(ms(1)), at(1_000));
        let mut world = World::<Process, Properties>::new(Arc::new(world), 0);
        let elected = |world: &World<Process, Properties>| {
            world.states().iter().flatten().any(|process| process.member().is_elected())
        };
        while !elected(&world) {
            assert!(world.step(), "nobody is elected");
        }
        let power = n.next_power_of_two();
        assert_eq!(world.now(), at(2 * (power - 1) + n), "{n}");
        assert!(world.now() < at(5 * n));
        assert!(power != n || world.now() == at(3 * n - 2));
    }
}
