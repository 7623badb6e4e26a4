//! The message counts of Peterson 1982, both algorithms: over all orders of small rings equal to a
//! count made otherwise and to its table, and within the bounds beyond.

mod common;

use common::{Draw, assert_held, at, ms, orders, run, sent, spec};
use election::PetersonRing;
use election::peterson_ring::{Algorithm, Initiators, Order, Ring, Settings};
use sim_engine::Delay;

fn settings(ids: Vec<u64>, algorithm: Algorithm) -> Settings {
    let ring = Ring {
        nodes: u32::try_from(ids.len()).unwrap(),
        ids,
        order: None,
        initiators: Initiators::All,
        announce: true,
    };
    Settings { algorithm, ..Settings::new(ring) }
}

/// Messages of one election on links in order, without the announcement, which takes `n`. The
/// delays vary, and the counts do not depend on them.
fn messages(settings: &Settings, seed: u64) -> u64 {
    let delay = Delay::Exponential { mean: ms(5), min: ms(0) };
    let mut world = spec::<PetersonRing>(settings, delay, at(600_000));
    world.network.link.fifo = true;
    let outcome = run::<PetersonRing>(world, seed);
    assert_held(&outcome, &format!("{settings:?}"));
    let n = u64::from(settings.ring.nodes);
    match (settings.ring.announce, settings.algorithm) {
        (true, _) => assert_eq!(sent(&outcome, "Elected"), n),
        (false, Algorithm::Basic) => assert_eq!(sent(&outcome, "Elected"), 0),
        (false, Algorithm::Improved) => assert!(sent(&outcome, "Elected") < n),
    }
    assert_eq!(outcome.counts.total(), outcome.counts.protocol);
    sent(&outcome, "Candidate")
}

/// A ring in lockstep, without processes or messages: where candidates stand, and who is next.
struct Lockstep<'a> {
    /// The identifier of each place.
    order: &'a [u64],
    /// The active places that have received all so far, and their candidates, around the ring.
    active: Vec<(usize, u64)>,
    /// Active places that wait in vain, since the election was over before something reached them.
    waiting: Vec<usize>,
    messages: usize,
}

impl<'a> Lockstep<'a> {
    fn new(order: &'a [u64]) -> Self {
        let active = order.iter().copied().enumerate().collect();
        Self { order, active, waiting: Vec::new(), messages: 0 }
    }

    /// Each of these places sends its candidate to the next active one. What each of those
    /// receives; nothing, when the candidate met its owner first.
    fn send(&mut self, sent: &[(usize, u64)]) -> Vec<Option<u64>> {
        let n = self.order.len();
        let hops = |from: usize, to: usize| (to + n - from - 1) % n + 1;
        let stops: Vec<usize> =
            self.active.iter().map(|one| one.0).chain(self.waiting.iter().copied()).collect();
        let mut received = vec![None; self.active.len()];
        for (from, candidate) in sent {
            let next = stops.iter().copied().min_by_key(|to| hops(*from, *to)).unwrap();
            let owner = self.order.iter().position(|id| id == candidate).unwrap();
            if hops(*from, owner) <= hops(*from, next) {
                self.messages += hops(*from, owner);
                continue;
            }
            self.messages += hops(*from, next);
            if let Some(place) = self.active.iter().position(|one| one.0 == next) {
                received[place] = Some(*candidate);
            }
        }
        received
    }

    fn basic(mut self) -> usize {
        while !self.active.is_empty() {
            let nearer = self.send(&self.active.clone());
            let both = self.active.iter().zip(&nearer);
            let higher: Vec<_> = both
                .filter_map(|((place, own), nearer)| nearer.map(|it| (*place, it.max(*own))))
                .collect();
            let farther = self.send(&higher);
            let received: Vec<_> = nearer.into_iter().zip(farther).collect();
            for ((place, own), received) in
                std::mem::take(&mut self.active).into_iter().zip(received)
            {
                match received {
                    (Some(nearer), Some(farther)) if nearer >= farther.max(own) => {
                        self.active.push((place, nearer));
                    }
                    (Some(_), Some(_)) => {}
                    _ => self.waiting.push(place),
                }
            }
        }
        self.messages
    }

    /// Here all messages of a step together go around once, the last candidate's alone as well.
    fn improved(mut self) -> usize {
        let n = self.order.len();
        for step in 0.. {
            self.messages += n;
            let all = std::mem::take(&mut self.active);
            if all.len() == 1 {
                break;
            }
            for (place, (at, own)) in all.iter().enumerate() {
                let (_, before) = all[(place + all.len() - 1) % all.len()];
                if step % 2 == 0 && *own > before {
                    self.active.push((*at, *own));
                } else if step % 2 == 1 && before > *own {
                    self.active.push((*at, before));
                }
            }
        }
        self.messages
    }
}

fn counted(order: &[u64], algorithm: Algorithm) -> u64 {
    let ring = Lockstep::new(order);
    let messages = match algorithm {
        Algorithm::Basic => ring.basic(),
        Algorithm::Improved => ring.improved(),
    };
    messages as u64
}

/// Basic: each phase of at most `2n` leaves at most half, and the last candidate has at most `n`
/// hops to go: `2n floor(log2 n) + n`. Improved: what a step leaves is at most what the step before
/// took away, so `s` steps take at least `F(s)` candidates, and the last one goes around: that
/// makes `n(s + 1)`.
fn bound(n: u64, algorithm: Algorithm) -> u64 {
    if algorithm == Algorithm::Basic {
        return 2 * n * u64::from(n.ilog2()) + n;
    }
    let (mut steps, mut this, mut next) = (0, 1, 2);
    while next <= n {
        (this, next) = (next, this + next);
        steps += 1;
    }
    n * (steps + 1)
}

/// Least, most and sum over all orders, with the highest first, since turning the ring changes
/// nothing.
#[test]
fn counts_over_all_orders_are_those_of_the_table() {
    let table = [
        (Algorithm::Basic, 2, 5, 5, 5),
        (Algorithm::Basic, 3, 8, 8, 16),
        (Algorithm::Basic, 4, 11, 16, 76),
        (Algorithm::Basic, 5, 14, 21, 440),
        (Algorithm::Basic, 6, 17, 27, 2904),
        (Algorithm::Basic, 7, 20, 32, 21520),
        (Algorithm::Basic, 8, 23, 46, 178800),
        (Algorithm::Improved, 2, 4, 4, 4),
        (Algorithm::Improved, 3, 6, 9, 15),
        (Algorithm::Improved, 4, 8, 12, 68),
        (Algorithm::Improved, 5, 10, 20, 370),
        (Algorithm::Improved, 6, 12, 24, 2382),
        (Algorithm::Improved, 7, 14, 28, 17675),
        (Algorithm::Improved, 8, 16, 40, 148264),
    ];
    for (algorithm, n, least, most, sum) in table {
        let mut counts = Vec::new();
        for (seed, mut order) in (0..).zip(orders(n - 1)) {
            order.insert(0, n - 1);
            let count = messages(&settings(order.clone(), algorithm), seed);
            assert_eq!(count, counted(&order, algorithm), "{algorithm:?}, {order:?}");
            counts.push(count);
        }
        let found = (counts.iter().min(), counts.iter().max(), counts.iter().sum::<u64>());
        assert_eq!(found, (Some(&least), Some(&most), sum), "{algorithm:?} of {n}");
        assert!(most <= bound(n, algorithm));
    }
}

/// Turning the ring changes nothing, nor do numbers, nor the announcement but for its `n` messages.
#[test]
fn where_the_highest_sits_does_not_matter() {
    for algorithm in [Algorithm::Basic, Algorithm::Improved] {
        for (seed, order) in (0..).zip(orders(5)) {
            let one = settings(order.clone(), algorithm);
            let count = messages(&one, seed);
            assert_eq!(count, counted(&order, algorithm));
            let mut turned = order.clone();
            turned.rotate_left(usize::try_from(seed % 5).unwrap());
            assert_eq!(messages(&settings(turned, algorithm), seed), count);
            assert_eq!(messages(&Settings { numbered: true, ..one.clone() }, seed), count);
            assert_eq!(
                messages(&Settings { ring: Ring { announce: false, ..one.ring }, ..one }, seed),
                count
            );
        }
    }
}

/// Peterson 1982: `2n log2 n + O(n)`, and `1.44 n log2 n + O(n)` improved.
#[test]
fn the_bounds_hold_beyond_the_table() {
    for n in [8, 9, 16, 17, 21, 33, 34, 35, 64, 65, 89, 100, 128, 144] {
        for algorithm in [Algorithm::Basic, Algorithm::Improved] {
            for seed in 0..20 {
                let order = Draw(seed).order(n);
                let count = messages(&settings(order.clone(), algorithm), seed);
                assert_eq!(count, counted(&order, algorithm), "{algorithm:?}, {order:?}");
                assert!(count <= bound(n, algorithm), "{algorithm:?}, {n}: {count}");
            }
            for order in [Order::Ascending, Order::Descending] {
                let nodes = u32::try_from(n).unwrap();
                let one = settings(Vec::new(), algorithm);
                let count = messages(
                    &Settings { ring: Ring { nodes, order: Some(order), ..one.ring }, ..one },
                    0,
                );
                assert!(count <= bound(n, algorithm), "{algorithm:?}, {order:?}, {n}: {count}");
            }
        }
    }
}

/// The worst orders of up to 8 processes, by the count made otherwise: the improved algorithm
/// reaches its bound, and the basic one stays less than `2n` below.
#[test]
fn the_bounds_are_not_generous() {
    for n in 2..=8 {
        let most = |algorithm| orders(n).iter().map(|order| counted(order, algorithm)).max();
        let improved = most(Algorithm::Improved).unwrap();
        assert_eq!(improved, bound(n, Algorithm::Improved), "{n}");
        let basic = most(Algorithm::Basic).unwrap();
        assert!(basic + 2 * n > bound(n, Algorithm::Basic), "{n}: {basic}");
    }
}
