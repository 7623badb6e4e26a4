//! Section 2.1: the problem.

use paxos::single::{Learn, Process, Proposers, SendTo, Settings, Start, Suite, Value};
use sim_check::Verdict;
use sim_engine::{Delay, Transport, World, WorldSpec};
use sim_node::{Ratio, Span};

use crate::harness::{config, ms};
use crate::world::{at, spec};

/// "If no value is proposed, then no value should be chosen."
#[test]
fn without_a_proposal_nothing_is_chosen() {
    let outcome = crate::world::run(spec(config(3)), 0);
    assert!(outcome.properties.iter().all(|(_, verdict)| *verdict == Verdict::Vacuous));
    assert_eq!(outcome.counts.total(), 0);
}

/// "If a value has been chosen, then processes should be able to learn the chosen value": all learn
/// the same one of those proposed, from links that lose, double and reorder, whatever is set.
#[test]
fn all_processes_learn_the_same_proposed_value() {
    for (proposers, learn, send_to) in [
        (Proposers::Acceptors, Learn::FromProposer, SendTo::Everybody),
        (Proposers::Acceptors, Learn::FromAcceptors, SendTo::Quorum),
        (Proposers::Separate(2), Learn::FromProposer, SendTo::Quorum),
        (Proposers::Separate(2), Learn::FromAcceptors, SendTo::Everybody),
    ] {
        let backoff = Span::between(ms(5), ms(200));
        let config =
            Settings { proposers, learn, send_to, backoff, start: Start::Everybody, ..config(5) };
        for seed in 0..50 {
            let proposed: Vec<Value> =
                config.everybody().filter_map(|process| config.start_value(process)).collect();
            let mut world = WorldSpec { deadline: at(20_000), ..spec(config.clone()) };
            world.network.transport = Transport::Datagram;
            world.network.link.delay = Delay::Exponential { mean: ms(10), min: ms(1) };
            world.network.link.loss = Ratio::from_percent(20);
            world.network.link.duplication = Ratio::from_percent(10);
            let mut world: World<Process, Suite> = World::new(world.into(), seed);
            world.run_until(at(19_000));
            let learned: Vec<_> = world.states().iter().flatten().map(Process::learned).collect();
            assert_eq!(learned.len(), 5 + config.separate() as usize);
            assert!(learned.iter().all(|value| *value == learned[0]), "{seed}: {learned:?}");
            assert!(proposed.contains(&learned[0].expect("a value")), "{seed}");
            assert_eq!(world.run().verdict, Verdict::Held, "{seed}");
        }
    }
}
