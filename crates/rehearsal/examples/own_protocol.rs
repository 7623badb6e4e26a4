//! A crate's own protocol with the whole command line: two nodes pass a number back and forth and
//! count it down.
//!
//! `cargo run -p rehearsal --example own_protocol -- run crates/rehearsal/tests/own/countdown.ron`
//!
//! With `fragile: true` the node that receives zero subtracts one from it and panics, which is the
//! finding `PANIC` of the run. With `hasty: true` it is the property that panics.

use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use sim_check::{Claim, Judge, Kind, Property, View, suite};
use sim_node::{Context, Effect, Message, Never, Node, NodeId};
use sim_protocol::{Core, Protocol, SettingsError, Setup};
use sim_scenario::{Catalogue, entry};

fn main() -> ExitCode {
    rehearsal::main(Catalogue::new(vec![entry::<Countdown>()]))
}

/// The protocol as the tools see it.
enum Countdown {}

/// What a scenario can set, `Countdown(from: 9)`, and what all nodes know.
#[derive(Clone, Debug, sim_protocol::Settings)]
struct Settings {
    /// The first number.
    from: u32,
    /// Whether to go on below zero.
    #[setting(default = false)]
    fragile: bool,
    /// Whether the property divides by what is sent, and so by zero in the end.
    #[setting(default = false)]
    hasty: bool,
}

impl Protocol for Countdown {
    const NAME: &'static str = "Countdown";
    const FAMILY: &'static str = "examples";
    const SUMMARY: &'static str = "Two nodes count a number down in turns.";
    const SOURCE: &'static str = "this file";
    const MODEL: &'static str = "asynchronous, nothing fails";
    const SERVERS: (u32, u32) = (2, 2);

    type Settings = Settings;
    type Workload = ();
    type Node = Counter;
    type Request = Never;
    type Properties = suite![NeverRises];

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Counter>, SettingsError> {
        Ok(Setup::new(settings.clone(), Core::All))
    }
}

/// The number that was seen last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Counter(u32);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message)]
struct Count(u32);

/// Zero was reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Done;

impl Node for Counter {
    type Config = Settings;
    type Message = Count;
    type Timer = Never;
    type Request = Never;
    type Indication = Done;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let from = cx.config().from;
        if cx.id() == NodeId::new(0) {
            cx.send(NodeId::new(1), Count(from));
        }
        Self(from)
    }

    fn on_message(&mut self, from: NodeId, Count(number): Count, cx: &mut Context<'_, Self>) {
        self.0 = number;
        if number > 0 || cx.config().fragile {
            let less = number.checked_sub(1).expect("there is nothing below zero");
            cx.send(from, Count(less));
        } else {
            cx.indicate(Done);
        }
    }
}

/// No number that is sent is larger than one that was sent before.
#[derive(Clone)]
struct NeverRises {
    last: u32,
    hasty: bool,
}

impl Property<Counter> for NeverRises {
    const CLAIM: Claim = Claim {
        code: "CD1",
        name: "never-rises",
        kind: Kind::Safety,
        meaning: "No node sends a larger number than one that was sent before.",
        source: "this file",
    };

    fn new(config: &Settings, _: u32) -> Self {
        Self { last: config.from, hasty: config.hasty }
    }

    fn after(
        &mut self,
        _: &View<'_, Counter>,
        node: NodeId,
        effects: &[Effect<Counter>],
        judge: &mut Judge,
    ) {
        for effect in effects {
            let Effect::Send { message: Count(number), .. } = effect else { continue };
            judge.judged();
            let rises = match self.hasty {
                true => self.last / *number == 0,
                false => *number > self.last,
            };
            if rises {
                judge.violate(node, format!("{number} was sent after {}", self.last), &[]);
            }
            self.last = *number;
        }
    }
}
