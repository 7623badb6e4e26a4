//! Same specification, same seed, same history; another seed, another history.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sim_check::SimTime;
use sim_engine::{Delay, Link, Network, Transport, World, WorldSpec};
use sim_node::{Class, Context, Duration, Message, Never, Node, NodeId, Ratio, Span};

/// Passes a token round and round, each time after a random rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Rover {
    seen: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Token(u64);

impl Message for Token {
    const KINDS: &'static [(&'static str, Class)] = &[("Token", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
}

impl Node for Rover {
    type Config = ();
    type Message = Token;
    type Timer = u8;
    type Request = Never;
    type Indication = u64;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        if cx.id() == NodeId::new(0) {
            cx.set_timer(0, Duration::ZERO);
        }
        Self { seen: 0 }
    }

    fn on_message(&mut self, _: NodeId, token: Token, cx: &mut Context<'_, Self>) {
        self.seen = token.0;
        let rest = Span::between(Duration::from_millis(1), Duration::from_millis(2));
        cx.set_timer(0, rest);
    }

    fn on_timer(&mut self, _: u8, cx: &mut Context<'_, Self>) {
        let others = u64::from(cx.servers()) - 1;
        let step = 1 + cx.choose(others);
        let next = (u64::from(cx.id().number()) + step) % u64::from(cx.servers());
        cx.send(NodeId::new(u32::try_from(next).unwrap()), Token(self.seen + 1));
        cx.indicate(self.seen);
    }

    fn on_request(&mut self, request: Never, _: &mut Context<'_, Self>) {
        match request {}
    }
}

fn world(seed: u64) -> World<Rover, ()> {
    let link = Link {
        delay: Delay::Uniform(Duration::from_millis(1), Duration::from_millis(10)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    let network = Network::new(Transport::Datagram, link);
    let spec = WorldSpec::new((), 5, network, SimTime::from(Duration::from_secs(10)));
    World::new(Arc::new(spec), seed)
}

#[test]
fn one_seed_gives_one_history() {
    let outcome = world(7).run();
    assert!(outcome.steps > 1_000, "{} steps", outcome.steps);
    assert_eq!(outcome, world(7).run());
    assert_ne!(outcome.digest, world(8).run().digest);
}

#[test]
fn a_clone_runs_on_as_the_original_would_have() {
    let whole = world(3).run();
    let mut half = world(3);
    half.run_until(SimTime::from(Duration::from_secs(5)));
    let mut fork = half.clone();
    assert_eq!(fork.run(), whole);
    assert_eq!(half.run(), whole);
}

#[test]
fn stepping_and_running_are_the_same() {
    let mut world_stepped = world(11);
    while world_stepped.step() {}
    assert_eq!(world_stepped.outcome(), world(11).run());
}
