//! The message counts of Chang and Roberts 1979, as equalities: best, worst, mean, announcement,
//! one initiator; and the time until the election is over.

mod common;

use common::{assert_held, at, ms, orders, run, sent, spec};
use election::ChangRoberts;
use election::chang_roberts::{Initiators, Order, Process, Properties, Ring, Settings};
use sim_engine::{Delay, World};
use std::sync::Arc;

fn settings(ids: Vec<u64>) -> Ring {
    let nodes = u32::try_from(ids.len()).unwrap();
    Ring { nodes, ids, order: None, initiators: Initiators::All, announce: true }
}

/// ELECTION and ELECTED messages of one election. The delays vary, and the counts do not depend on
/// them.
fn messages(settings: &Ring, seed: u64) -> (u64, u64) {
    let world = spec::<ChangRoberts>(
        &Settings::new(settings.clone()),
        Delay::Uniform(ms(1), ms(10)),
        at(1_000),
    );
    let outcome = run::<ChangRoberts>(world, seed);
    assert_held(&outcome, &format!("{settings:?}"));
    let counts = (sent(&outcome, "Election"), sent(&outcome, "Elected"));
    assert_eq!(outcome.counts.protocol, counts.0 + counts.1);
    assert_eq!(outcome.counts.total(), outcome.counts.protocol);
    counts
}

#[test]
fn all_orders_are_all_orders() {
    let mut all = orders(5);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 120);
}

/// THEORY 2.5: best 2n - 1, worst n(n+1)/2, mean exactly n H_n over all orders, n more to announce.
#[test]
fn counts_over_all_orders_are_those_of_the_paper() {
    for n in 2..=6 {
        let all = orders(n);
        let mut counts = Vec::new();
        for (seed, order) in (0..).zip(&all) {
            let (election, elected) = messages(&settings(order.clone()), seed);
            assert_eq!(elected, n, "the announcement goes around once: {order:?}");
            counts.push(election);
        }
        assert_eq!(counts.iter().min(), Some(&(2 * n - 1)), "best of {n}");
        assert_eq!(counts.iter().max(), Some(&(n * (n + 1) / 2)), "worst of {n}");
        // n H_n times n! orders is the sum of n * n! / k, an integer: no rounding hides anything.
        let orders: u64 = (1..=n).product();
        assert_eq!(counts.len() as u64, orders);
        let total: u64 = (1..=n).map(|k| n * orders / k).sum();
        assert_eq!(counts.iter().sum::<u64>(), total, "mean of {n}");
    }
}

/// THEORY 2.5: the announcement is an option, and costs exactly n.
#[test]
fn without_announcement_nobody_is_told() {
    for n in 2..=5 {
        for (seed, order) in (0..).zip(orders(n)) {
            let told = messages(&settings(order.clone()), seed);
            let quiet = messages(&Ring { announce: false, ..settings(order) }, seed);
            assert_eq!(quiet, (told.0, 0));
        }
    }
}

#[test]
fn orders_by_name_are_the_best_and_the_worst() {
    for n in 2..=40 {
        let nodes = u32::try_from(n).unwrap();
        let by = |order| Ring { nodes, order: Some(order), ..settings(Vec::new()) };
        assert_eq!(messages(&by(Order::Ascending), 0).0, 2 * n - 1);
        assert_eq!(messages(&by(Order::Descending), 0).0, n * (n + 1) / 2);
        let drawn = messages(&by(Order::Drawn), 0).0;
        assert!((2 * n - 1..=n * (n + 1) / 2).contains(&drawn));
    }
}

/// THEORY 2.5: one initiator, d hops before the highest: d + n + n; 2n when it is the highest
/// itself, 3n - 1 when it comes right after.
#[test]
fn one_initiator_sends_between_2n_and_3n_minus_1() {
    for n in 2..=6 {
        for (seed, order) in (0..).zip(orders(n)) {
            let highest = (0..).zip(&order).max_by_key(|(_, id)| **id).unwrap().0;
            for initiator in 0..n {
                let hops = (highest + n - initiator) % n;
                let initiators = Initiators::Only(vec![u32::try_from(initiator).unwrap()]);
                let one = Ring { initiators, ..settings(order.clone()) };
                let (election, elected) = messages(&one, seed);
                assert_eq!(election + elected, hops + 2 * n, "{one:?}");
            }
        }
    }
}

/// THEORY 2.5: n rounds until the leader is elected, 2n with the announcement; all know one round
/// before it comes home.
#[test]
fn an_election_takes_n_rounds() {
    for n in 2..=8 {
        let settings = Ring {
            nodes: u32::try_from(n).unwrap(),
            order: Some(Order::Descending),
            ..settings(Vec::new())
        };
        let world = spec::<ChangRoberts>(
            &Settings::new(settings.clone()),
            Delay::Constant(ms(1)),
            at(1_000),
        );
        let mut world = World::<Process, Properties>::new(Arc::new(world), 0);
        let named = |world: &World<Process, Properties>| {
            world
                .states()
                .iter()
                .flatten()
                .filter(|process| process.member().leader().is_some())
                .count()
        };
        let mut elected = None;
        let mut all = None;
        while world.step() {
            let now = world.now();
            if named(&world) > 0 {
                elected.get_or_insert(now);
            }
            if named(&world) as u64 == n {
                all.get_or_insert(now);
            }
        }
        assert_eq!((elected, all), (Some(at(n)), Some(at(2 * n - 1))));
    }
}
