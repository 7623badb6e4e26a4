//! A crate's own protocol with the whole command line: two nodes pass a number back and forth and
//! count it down.
//!
//! `cargo run -p rehearsal --example own_protocol -- run crates/rehearsal/tests/own/countdown.ron`
//!
//! With `fragile: true` the node that receives zero subtracts one from it and panics, which is the
//! finding `PANIC` of the run.

use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use sim_check::{Checked, Claim, Judge, Kind, Property, View};
use sim_node::{Class, Context, Effect, Message, Never, Node, NodeId};
use sim_protocol::{Core, Field, Protocol, SettingsError, Setup};
use sim_scenario::{Catalogue, entry};

fn main() -> ExitCode {
    rehearsal::main(Catalogue::new(vec![entry::<Countdown>()]))
}

/// The protocol as the tools see it.
enum Countdown {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    from: u32,
    #[serde(default)]
    fragile: bool,
}

impl Protocol for Countdown {
    const NAME: &'static str = "Countdown";
    const FAMILY: &'static str = "examples";
    const SUMMARY: &'static str = "Two nodes count a number down in turns.";
    const SOURCE: &'static str = "this file";
    const MODEL: &'static str = "asynchronous, nothing fails";
    const SERVERS_MAX: u32 = 2;
    const FIELDS: &'static [Field] = &[
        Field { name: "from", kind: "number", default: None, meaning: "the first number" },
        Field {
            name: "fragile",
            kind: "true or false",
            default: Some("false"),
            meaning: "whether it goes on below zero",
        },
    ];

    type Settings = Settings;
    type Workload = ();
    type Node = Counter;
    type Request = <Counter as Node>::Request;
    type Properties = Checked<NeverRises>;

    fn servers(_: &Settings) -> u32 {
        2
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Counter>, SettingsError> {
        let config = Config { from: settings.from, fragile: settings.fragile };
        Ok(Setup { config, others: 0, core: Core::All })
    }
}

#[derive(Debug)]
struct Config {
    from: u32,
    fragile: bool,
}

/// The number that was seen last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Counter(u32);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Count(u32);

impl Message for Count {
    const KINDS: &'static [(&'static str, Class)] = &[("Count", Class::Protocol)];

    fn kind(&self) -> usize {
        0
    }
}

/// Zero was reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Done;

impl Node for Counter {
    type Config = Config;
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

    fn on_timer(&mut self, timer: Never, _: &mut Context<'_, Self>) {
        match timer {}
    }

    fn on_request(&mut self, request: Never, _: &mut Context<'_, Self>) {
        match request {}
    }
}

/// No number that is sent is larger than one that was sent before.
#[derive(Clone)]
struct NeverRises {
    last: u32,
}

impl Property<Counter> for NeverRises {
    const CLAIM: Claim = Claim {
        code: "CD1",
        name: "never-rises",
        kind: Kind::Safety,
        meaning: "No node sends a larger number than one that was sent before.",
        source: "this file",
    };

    fn new(config: &Config, _: u32) -> Self {
        Self { last: config.from }
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
            if *number > self.last {
                judge.violate(node, format!("{number} was sent after {}", self.last), &[]);
            }
            self.last = *number;
        }
    }
}
