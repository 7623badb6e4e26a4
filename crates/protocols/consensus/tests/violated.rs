//! Each claim with what it stands on taken away; and that the claims can tell.

mod common;

use common::{at, chain, crash, ms, one_zero, planned, run, synchronous, violated};
use consensus::{
    Consensus, ConsensusClaims, Decide, FloodSet, Inputs, OptFloodSet, Rule, Validity, Value,
};
use sim_check::{Checked, Properties, Verdict, View};
use sim_engine::{
    Delay, Failures, Fault, First, LinkOverride, Model, Network, Target, Timing, When, World,
    WorldSpec, faults,
};
use sim_node::{NodeId, Rounds};

const LYNCH: Rule = Rule::OnlyOr(Value(0));

/// The lower bound at work (section 6.7): f rounds are too few for f crashes, for every size.
#[test]
fn fs3_is_violated_when_the_last_round_is_left_out() {
    for n in 3..=8 {
        for f in 1..=n - 2 {
            let spec = synchronous::<Rounds<FloodSet>>(n, f, one_zero(n), Rule::Least);
            let (outcome, decisions) = run(WorldSpec { faults: chain(f, "Values"), ..spec }, 0);
            assert_eq!(violated(&outcome), ["FS3"], "n = {n}, f = {f}");
            assert_eq!(decisions, [(f, 0), (f + 1, 1)], "the run ends at the second decision");

            let spec = synchronous::<Rounds<OptFloodSet>>(n, f, one_zero(n), LYNCH);
            let (outcome, _) = run(WorldSpec { faults: chain(f, "Value"), ..spec }, 0);
            assert_eq!(violated(&outcome), ["FS3"], "n = {n}, f = {f}");
        }
    }
}

/// A hidden value breaks nothing when the rule does not prefer it: everybody decides 0 as before.
#[test]
fn fs3_stands_when_the_hidden_value_is_not_preferred() {
    let (n, f) = (5, 3);
    let one_two = Inputs::Given(vec![Value(2), Value(1), Value(1), Value(1), Value(1)]);
    let spec = synchronous::<Rounds<FloodSet>>(n, f, one_two, Rule::Least);
    let (outcome, decisions) = run(WorldSpec { faults: chain(f, "Values"), ..spec }, 0);
    assert_eq!(outcome.verdict, Verdict::Held);
    assert_eq!(decisions, [(3, 1), (4, 1)]);
}

/// Messages from process 0 to these take a second: far longer than the round, and than the
/// assumed bound.
fn late(to: Option<Vec<u32>>, broken: bool) -> WorldSpec<Rounds<FloodSet>> {
    let spec = synchronous::<Rounds<FloodSet>>(4, 2, one_zero(4), Rule::Least);
    let link = LinkOverride {
        from: Some(vec![NodeId::new(0)]),
        to: to.map(|some| some.into_iter().map(NodeId::new).collect()),
        delay: Some(Delay::Constant(ms(1_000))),
        ..LinkOverride::default()
    };
    let network = Network { overrides: vec![link], ..spec.network };
    let model = Model { broken, ..spec.model };
    WorldSpec { network, model, ..spec }
}

#[test]
fn fs3_is_violated_when_all_messages_of_the_holder_are_late() {
    let (outcome, _) = run(late(None, true), 0);
    assert_eq!(violated(&outcome), ["FS3"]);
}

/// One late link is made up for by the others: the next round carries the value round it.
#[test]
fn fs3_stands_when_one_link_is_late() {
    let (outcome, decisions) = run(late(Some(vec![1]), true), 0);
    assert_eq!(outcome.verdict, Verdict::Held, "{:?}", outcome.findings);
    assert_eq!(decisions, [(0, 0), (1, 0), (2, 0), (3, 0)]);
    assert!(outcome.assumption_broken.is_some(), "the late message was noticed");
}

/// A run that breaks an assumption without `broken: true` is undecided.
#[test]
fn an_assumption_broken_by_accident_leaves_the_run_undecided() {
    let (outcome, _) = run(late(Some(vec![1]), false), 0);
    assert_eq!(outcome.verdict, Verdict::Unknown);
}

/// Crash-recovery instead of crash-stop: process 0 comes back when all is over and runs alone.
fn returns(crash_at: u64, input: u64) -> WorldSpec<Rounds<FloodSet>> {
    let inputs = Inputs::Given(vec![Value(input), Value(1), Value(1)]);
    let spec = synchronous::<Rounds<FloodSet>>(3, 2, inputs, Rule::Least);
    let model = Model { timing: Timing::Asynchronous, failures: Failures::Any, broken: false };
    let faults = planned([(When::At(at(crash_at)), crash(Target::Node(0), Some(ms(500)), None))]);
    WorldSpec { model, faults, ..spec }
}

#[test]
fn fs3_is_violated_when_a_crashed_process_returns() {
    let (outcome, decisions) = run(returns(50, 5), 0);
    assert_eq!(violated(&outcome), ["FS3"]);
    assert_eq!(decisions, [(1, 1), (2, 1), (0, 5)]);
}

#[test]
fn fs2_is_violated_when_a_process_returns_that_had_decided() {
    let (outcome, decisions) = run(returns(250, 1), 0);
    assert_eq!(violated(&outcome), ["FS2"]);
    assert_eq!(decisions, [(0, 1), (1, 1), (2, 1), (0, 1)]);
}

#[test]
fn fs4_is_violated_when_a_process_stands_still() {
    let spec = synchronous::<Rounds<FloodSet>>(3, 2, one_zero(3), Rule::Least);
    let faults =
        planned([(When::At(at(50)), Fault::from(faults::Pause(Target::Node(2), First::Oldest)))]);
    let (outcome, decisions) = run(WorldSpec { faults, ..spec }, 0);
    assert_eq!(violated(&outcome), ["FS4"]);
    assert_eq!(decisions, [(0, 0), (1, 0)]);
    assert_eq!(outcome.findings[0].node, Some(NodeId::new(2)));
}

/// Crashes cannot violate FS1, only a wrong algorithm can: the test makes a process decide.
#[test]
fn fs1_notices_decisions_out_of_nowhere() {
    type Suite = Checked<Validity>;
    fn violated<N: Consensus<Config = sim_node::RoundConfig<consensus::Config>>>(
        rule: Rule,
        inputs: &[u64],
        decision: u64,
    ) -> bool {
        let n = u32::try_from(inputs.len()).expect("a few");
        let inputs = Inputs::Given(inputs.iter().copied().map(Value).collect());
        let spec = std::sync::Arc::new(synchronous::<N>(n, 2, inputs, rule));
        let mut world: World<N, ConsensusClaims> = World::new(std::sync::Arc::clone(&spec), 0);
        world.run_until(at(50));
        let view = View {
            time: world.now(),
            step: world.steps(),
            servers: n,
            config: &*spec.config,
            states: world.states(),
            core: None,
            byzantine: None,
        };
        let mut suite = <Suite as Properties<N>>::new(&spec.config, n);
        for node in (0..n).map(NodeId::new) {
            Properties::<N>::after(&mut suite, &view, node, &[]);
        }
        Properties::<N>::indicated(&mut suite, &view, NodeId::new(0), &Decide(Value(decision)));
        Properties::<N>::violated(&suite)
    }
    assert!(!violated::<Rounds<FloodSet>>(Rule::Least, &[4, 2, 3], 3));
    assert!(violated::<Rounds<FloodSet>>(Rule::Least, &[4, 2, 3], 9));
    assert!(violated::<Rounds<FloodSet>>(Rule::Least, &[4, 4, 4], 0));
    assert!(
        !violated::<Rounds<FloodSet>>(LYNCH, &[4, 2, 3], 0),
        "the default, with several inputs"
    );
    assert!(violated::<Rounds<FloodSet>>(LYNCH, &[4, 4, 4], 0), "the default, with one input");
    assert!(violated::<Rounds<OptFloodSet>>(LYNCH, &[4, 2, 3], 9));
    assert!(!violated::<Rounds<OptFloodSet>>(LYNCH, &[4, 4, 4], 4));
}
