//! The claims of the FloodSet module box (Lynch 1996, sections 6.1 and 6.2.1) and of OptFloodSet
//! (section 6.2.2), where they hold.

mod common;

use common::{at, chain, crash, one_zero, planned, run, synchronous, violated};
use consensus::{ConsensusClaims, FloodSet, Inputs, OptFloodSet, Rule, Value};
use sim_check::{Claim, Verdict};
use sim_engine::{First, Inside, Model, Target, Ties, When, World, WorldSpec, faults};
use sim_node::Rounds;

const LYNCH: Rule = Rule::OnlyOr(Value(0));

fn given(values: &[u64]) -> Inputs {
    Inputs::Given(values.iter().copied().map(Value).collect())
}

/// The decisions of a world in which nothing fails.
fn decide(values: &[u64], rule: Rule) -> Vec<u64> {
    let n = u32::try_from(values.len()).expect("a few");
    let spec = synchronous::<Rounds<FloodSet>>(n, 2, given(values), rule);
    let (outcome, decisions) = run(spec, 0);
    assert_eq!(outcome.verdict, Verdict::Held);
    decisions.into_iter().map(|(_, value)| value).collect()
}

/// FS1: with one value among the inputs the decision is that value, by either rule.
#[test]
fn fs1_one_input_one_decision() {
    assert_eq!(decide(&[7, 7, 7, 7], Rule::Least), [7; 4]);
    assert_eq!(decide(&[7, 7, 7, 7], Rule::OnlyOr(Value(3))), [7; 4]);
}

/// Section 6.2.1: with several values, the default v0, even if nobody proposed it; by the other
/// rule that Lynch names, the least of them.
#[test]
fn several_inputs_are_decided_by_the_rule() {
    assert_eq!(decide(&[9, 5, 7, 5], Rule::Least), [5; 4]);
    assert_eq!(decide(&[9, 5, 7, 5], Rule::OnlyOr(Value(3))), [3; 4]);
}

/// Section 6.2.1, lemma 6.2: after a round in which nobody fails all W are equal.
#[test]
fn after_a_round_without_a_crash_all_know_the_same() {
    let spec = synchronous::<Rounds<FloodSet>>(4, 3, given(&[4, 3, 2, 1]), Rule::Least);
    let faults =
        planned([(When::At(at(20)), crash(Target::Node(3), None, Some(Inside::First(1))))]);
    let mut world: World<_, ConsensusClaims> = World::new(WorldSpec { faults, ..spec }.into(), 0);
    let known = |world: &World<Rounds<FloodSet>, ConsensusClaims>| {
        let processes = world.states().iter().flatten();
        let sets = processes.map(|node| node.process().known().iter().map(|v| v.0).collect());
        sets.collect::<Vec<Vec<u64>>>()
    };
    world.run_until(at(50));
    assert_eq!(known(&world), [[4], [3], [2], [1]], "the round's messages wait for its end");
    world.run_until(at(150));
    assert_eq!(known(&world), [[1, 2, 3, 4]; 3], "round 1 was whole; then one crashed");
    assert_eq!(world.run().verdict, Verdict::Held);
}

/// FS3 under the worst that may happen, for every size: f crashes in the middle of sending, one a
/// round, hide a value from all but one process for f rounds. Round f+1 brings it out.
#[test]
fn fs3_f_plus_1_rounds_outlast_a_chain_of_f_crashes() {
    for n in 3..=8 {
        for f in 1..=n - 2 {
            let spec = synchronous::<Rounds<FloodSet>>(n, f + 1, one_zero(n), Rule::Least);
            let (outcome, decisions) = run(WorldSpec { faults: chain(f, "Values"), ..spec }, 0);
            assert_eq!(outcome.verdict, Verdict::Held, "n = {n}, f = {f}: {:?}", outcome.findings);
            assert!(outcome.faults.iter().all(|fault| fault.struck == 1), "n = {n}, f = {f}");
            let expected: Vec<_> = (f..n).map(|node| (node, 0)).collect();
            assert_eq!(decisions, expected, "n = {n}, f = {f}");

            let spec = synchronous::<Rounds<OptFloodSet>>(n, f + 1, one_zero(n), LYNCH);
            let (outcome, decisions) = run(WorldSpec { faults: chain(f, "Value"), ..spec }, 0);
            assert_eq!(outcome.verdict, Verdict::Held, "n = {n}, f = {f}: {:?}", outcome.findings);
            assert_eq!(decisions, expected, "n = {n}, f = {f}");
        }
    }
}

/// FS3 and FS4: every claim is judged in a run with crashes, and none of them is vacuous.
#[test]
fn every_claim_is_judged() {
    let spec = synchronous::<Rounds<FloodSet>>(5, 4, one_zero(5), Rule::Least);
    let (outcome, _) = run(WorldSpec { faults: chain(3, "Values"), ..spec }, 0);
    let held = |(_, verdict): &(&Claim, Verdict)| *verdict == Verdict::Held;
    assert!(outcome.properties.iter().all(held), "{:?}", outcome.properties);
    assert_eq!(outcome.properties.len(), 4);
    assert_eq!(violated(&outcome), [""; 0]);
}

/// Section 6.2.2: with the same inputs and the same failures, OptFloodSet decides as FloodSet does.
#[test]
fn optfloodset_decides_as_floodset_does() {
    for seed in 0..200 {
        let faults = planned([
            (When::Between(at(0), at(350)), crash(Target::Random(1), None, None)),
            (When::Between(at(0), at(350)), crash(Target::Random(1), None, None)),
        ]);
        let full = synchronous::<Rounds<FloodSet>>(5, 3, Inputs::Drawn(2), LYNCH);
        let full = WorldSpec { faults: faults.clone(), ..full };
        let opt = synchronous::<Rounds<OptFloodSet>>(5, 3, Inputs::Drawn(2), LYNCH);
        let opt = WorldSpec { faults, ..opt };
        let ((full, decided), (opt, opt_decided)) = (run(full, seed), run(opt, seed));
        assert_eq!((full.verdict, opt.verdict), (Verdict::Held, Verdict::Held), "seed {seed}");
        assert_eq!(decided, opt_decided, "seed {seed}");
        assert!(opt.counts.total() <= 2 * 5 * 4, "seed {seed}: {}", opt.counts.total());
    }
}

/// A process that stands still for two rounds has sent once before and received from every process:
/// when it goes on it hurries through the rounds it missed, and decides at once what the others
/// decided.
#[test]
fn a_process_that_was_held_up_decides_as_soon_as_it_goes_on() {
    let spec = synchronous::<Rounds<FloodSet>>(4, 2, one_zero(4), Rule::Least);
    let pause = sim_engine::Fault::from(faults::Pause(Target::Node(0), First::Oldest));
    let faults = planned([(When::Between(at(50), at(350)), pause)]);
    let model = Model { broken: true, ..spec.model };
    let spec = std::sync::Arc::new(WorldSpec { faults, model, ..spec });
    let mut world: World<_, ConsensusClaims> = World::new(std::sync::Arc::clone(&spec), 0);
    world.run_until(at(349));
    let decision = |world: &World<Rounds<FloodSet>, ConsensusClaims>| {
        world.states()[0].as_ref().and_then(|node| node.process().decision())
    };
    assert_eq!(decision(&world), None);
    world.run_until(at(350));
    assert_eq!(decision(&world), Some(Value(0)));
    let (outcome, decisions) = run(spec, 0);
    assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.findings);
    assert_eq!(decisions, [(1, 0), (2, 0), (3, 0), (0, 0)]);
}

/// Inputs that are drawn differ from seed to seed, and between processes.
#[test]
fn inputs_are_drawn() {
    let inputs = |seed| {
        let spec = synchronous::<Rounds<FloodSet>>(4, 1, Inputs::Drawn(1_000), Rule::Least);
        let mut world: World<_, ConsensusClaims> = World::new(spec.into(), seed);
        world.run();
        let processes = world.states().iter().flatten();
        processes.map(|node| node.process().input().0).collect::<Vec<_>>()
    };
    assert_eq!(inputs(1), inputs(1));
    assert_ne!(inputs(1), inputs(2));
    assert!(inputs(1).iter().any(|input| *input != inputs(1)[0]));
    assert!((0..50).flat_map(inputs).all(|input| input < 1_000));
}

/// All that the model allows, with every seed: at most f crashes, each inside a drawn step after a
/// drawn number of effects, drawn inputs, drawn ties.
fn storms(seeds: std::ops::Range<u64>) {
    let faults = |f: u32, rounds: u32| {
        let window = When::Between(at(0), at(u64::from(100 * rounds)));
        planned(
            (0..f).map(|_| (window.clone(), crash(Target::Random(1), None, Some(Inside::Drawn)))),
        )
    };
    let mut crashed_inside = 0;
    for seed in seeds {
        let n = 2 + u32::try_from(seed % 6).expect("small");
        let f = u32::try_from(seed / 6 % u64::from(n)).expect("small");
        let (faults, ties) = (faults(f, f + 1), Ties::Drawn);
        let spec = synchronous::<Rounds<FloodSet>>(n, f + 1, Inputs::Drawn(2), Rule::Least);
        let (outcome, _) = run(WorldSpec { faults: faults.clone(), ties, ..spec }, seed);
        assert_eq!(outcome.verdict, Verdict::Held, "seed {seed}: {:?}", outcome.findings);
        crashed_inside += outcome.faults.iter().map(|fault| fault.struck).sum::<u64>();
        let spec = synchronous::<Rounds<OptFloodSet>>(n, f + 1, Inputs::Drawn(2), LYNCH);
        let (outcome, _) = run(WorldSpec { faults, ties, ..spec }, seed);
        assert_eq!(outcome.verdict, Verdict::Held, "seed {seed}: {:?}", outcome.findings);
    }
    assert!(crashed_inside > 100, "only {crashed_inside} processes crashed inside a step");
}

#[test]
fn floodset_weathers_storms() {
    storms(0..2_000);
}
