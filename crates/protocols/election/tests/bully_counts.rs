//! The message counts of the Bully algorithm, as equalities for every detecting rank (THEORY 2.5).

mod common;

use common::{assert_held, at, ms, planned, run, sent, spec};
use election::Bully;
use election::bully::{Elections, Request, Settings};
use sim_engine::{Delay, DiskLoss, Fault, Outcome, Target, Ties, When, faults};
use sim_node::NodeId;

/// Node `n - 1` is down, and the process of rank `rank` (from 1: node `rank - 1`) detects it.
fn election(n: u32, rank: u32, contact_suspected: bool, seed: u64) -> Outcome {
    let settings = Settings {
        nodes: n,
        bound: ms(10),
        slack: ms(1),
        period: ms(100),
        elections: Elections::OnRequest,
        contact_suspected,
        mutant: None,
    };
    // Delays from nothing to the bound, so that an election is met in all its orders.
    let delay = Delay::Uniform(ms(0), ms(10));
    let mut world = spec::<Bully>(&settings, delay, at(1_000));
    world.ties = Ties::Drawn;
    let (who, disk) = (Target::Node(n - 1), DiskLoss::Prefix);
    let crash = Fault::from(faults::Crash { who, down: None, disk, inside: None, settings: None });
    world.faults = vec![planned(0, When::At(at(1)), crash)];
    let suspects =
        (0..n - 1).map(|node| (at(2), NodeId::new(node), Request::Suspect(NodeId::new(n - 1))));
    world.requests = suspects.collect();
    world.requests.push((at(3), NodeId::new(rank - 1), Request::Elect));
    let outcome = run::<Bully>(world, seed);
    assert_held(&outcome, &format!("n = {n}, rank {rank}, seed {seed}"));
    assert_eq!(outcome.counts.heartbeat, 0, "no detector");
    assert_eq!(outcome.idle, [], "who is crashed on purpose is not unused");
    assert_eq!(outcome.counts.total(), outcome.counts.protocol);
    outcome
}

/// m = n - rank: ELECTION m(m+1)/2, ANSWER m(m-1)/2, COORDINATOR n - 2; together m^2 + n - 2.
#[test]
fn every_detecting_rank_costs_m_squared_and_n_minus_2() {
    for n in 2..=9 {
        for rank in 1..n {
            for seed in 0..20 {
                let outcome = election(n, rank, true, seed);
                let (n, m) = (u64::from(n), u64::from(n - rank));
                assert_eq!(sent(&outcome, "Election"), m * (m + 1) / 2);
                assert_eq!(sent(&outcome, "Answer"), m * (m - 1) / 2);
                assert_eq!(sent(&outcome, "Coordinator"), n - 2);
                assert_eq!(outcome.counts.total(), m * m + n - 2);
                // Messages to a crashed process count at the sender, and are lost: one ELECTION of
                // each asker.
                assert_eq!(outcome.counts.lost, m);
            }
        }
    }
}

/// The row of THEORY 2.5 for n = 8.
#[test]
fn with_eight_processes_the_counts_are_those_of_the_table() {
    let totals: Vec<u64> = (1..8).map(|rank| election(8, rank, true, 0).counts.total()).collect();
    assert_eq!(totals, [55, 42, 31, 22, 15, 10, 7]);
}

/// n^2 - n - 1 at worst, when the lowest detects; n - 1 at best, when the second highest does.
#[test]
fn the_worst_and_the_best_are_those_of_the_textbooks() {
    for n in 3..=9_u32 {
        let (least, most) = (u64::from(n) - 1, u64::from(n * n - n - 1));
        assert_eq!(election(n, 1, true, 0).counts.total(), most);
        assert_eq!(election(n, n - 1, true, 0).counts.total(), least);
    }
}

/// The variant where no process contacts the suspected one: n(n - 2) when the lowest
/// detects.
#[test]
fn not_contacting_the_suspected_costs_n_times_n_minus_2() {
    for n in 2..=9 {
        for seed in 0..20 {
            let outcome = election(n, 1, false, seed);
            assert_eq!(outcome.counts.total(), u64::from(n * (n - 2)), "n = {n}");
            assert_eq!(outcome.counts.lost, 0);
        }
    }
    assert_eq!(election(8, 1, false, 0).counts.total(), 48);
}
