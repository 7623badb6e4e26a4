//! Exact counts: FloodSet costs (f+1)n(n-1) messages in f+1 rounds (Lynch 1996, section 6.2.1,
//! which counts n of n); OptFloodSet at most 2n(n-1) (section 6.2.2).

mod common;

use common::{at, chain, one_zero, run, synchronous};
use consensus::{ConsensusClaims, FloodSet, Inputs, OptFloodSet, Rule, Value};
use sim_check::Verdict;
use sim_engine::World;
use sim_node::Rounds;

const LYNCH: Rule = Rule::OnlyOr(Value(0));

/// Every number of processes from 2 to 8 with every number of crashes it may stand.
fn sizes() -> impl Iterator<Item = (u32, u32)> {
    (2..=8).flat_map(|n| (0..n).map(move |f| (n, f)))
}

#[test]
fn floodset_costs_f_plus_1_times_n_times_n_minus_1() {
    for (n, f) in sizes() {
        let spec = synchronous::<Rounds<FloodSet>>(n, f + 1, Inputs::Drawn(3), Rule::Least);
        let (outcome, decisions) = run(spec, u64::from(n * 10 + f));
        assert_eq!(outcome.verdict, Verdict::Held, "n = {n}, f = {f}");
        let messages = u64::from((f + 1) * n * (n - 1));
        assert_eq!(outcome.counts.protocol, messages, "n = {n}, f = {f}");
        assert_eq!(outcome.counts.total(), messages, "and nothing else");
        assert_eq!(outcome.counts.by_kind[..], [("Values", messages)]);
        assert_eq!(decisions.len(), n as usize);
    }
}

/// All decide at the end of round f+1, not a nanosecond earlier.
#[test]
fn floodset_takes_f_plus_1_rounds() {
    for (n, f) in sizes() {
        let spec = synchronous::<Rounds<FloodSet>>(n, f + 1, Inputs::Drawn(3), Rule::Least);
        let mut world: World<_, ConsensusClaims> = World::new(spec.into(), 0);
        let decided = |world: &World<Rounds<FloodSet>, ConsensusClaims>| {
            let processes = world.states().iter().flatten();
            processes.filter(|node| node.process().decision().is_some()).count()
        };
        let end = at(100 * u64::from(f + 1));
        world.run_until(sim_check::SimTime::from_nanos(end.as_nanos() - 1));
        assert_eq!(decided(&world), 0);
        world.run_until(end);
        assert_eq!(decided(&world), n as usize);
    }
}

/// Each process sends its input, and once more if there is anything else: nothing, when all are
/// equal.
#[test]
fn optfloodset_costs_at_most_2_n_times_n_minus_1() {
    for (n, f) in sizes() {
        let broadcast = u64::from(n * (n - 1));
        let equal = Inputs::Given(vec![Value(1); n as usize]);
        let spec = synchronous::<Rounds<OptFloodSet>>(n, f + 1, equal, LYNCH);
        assert_eq!(run(spec, 0).0.counts.total(), broadcast, "one value, n = {n}, f = {f}");

        let spec = synchronous::<Rounds<OptFloodSet>>(n, f + 1, one_zero(n), LYNCH);
        let twice = if f == 0 { broadcast } else { 2 * broadcast };
        assert_eq!(run(spec, 0).0.counts.total(), twice, "two values, n = {n}, f = {f}");
    }
}

/// Sends to crashed processes count; messages that a process did not send before it crashed do not.
/// In the chain, process k sends k+1 messages in its last round, after k full rounds.
#[test]
fn a_chain_of_crashes_saves_what_crashed_processes_never_send() {
    for (n, f) in sizes().filter(|(n, f)| n >= &(f + 2)) {
        let spec = synchronous::<Rounds<FloodSet>>(n, f + 1, one_zero(n), Rule::Least);
        let faults = chain(f, "Values");
        let (outcome, _) = run(sim_engine::WorldSpec { faults, ..spec }, 0);
        let of_the_crashed: u32 = (0..f).map(|k| k * (n - 1) + k + 1).sum();
        let of_the_others = (n - f) * (f + 1) * (n - 1);
        assert_eq!(outcome.counts.total(), u64::from(of_the_crashed + of_the_others));
    }
}
