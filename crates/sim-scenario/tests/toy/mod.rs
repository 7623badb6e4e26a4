//! Two small protocols for the tests of the language: `Ping` shows everything that a protocol can
//! show, `Mute` next to nothing.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sim_check::{Checked, Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Class, Context, Duration, Event, Message, Node, NodeId, Role, Span, Stable};
use sim_protocol::{Core, Field, Protocol, SettingsError, Setup, Workload};
use sim_scenario::{Catalogue, entry};

pub fn catalogue() -> Catalogue {
    Catalogue::new(vec![entry::<Ping>(), entry::<Mute>()])
}

/// The leader pings whom it is asked to ping, until a pong comes.
pub enum Ping {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    nodes: u32,
    #[serde(default)]
    clients: u32,
    #[serde(default = "usual_patience")]
    patience: Span,
    #[serde(default)]
    within: Option<Duration>,
}

/// The workload of a toy: nodes that watch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounds {
    players: u32,
    #[serde(default = "usual_pause")]
    pause: Duration,
}

fn usual_pause() -> Duration {
    Duration::from_millis(10)
}

impl Workload for Rounds {
    const NAME: Option<&'static str> = Some("Rounds");
    const FIELDS: &'static [Field] = &[
        Field {
            name: "players",
            kind: "number",
            default: None,
            meaning: "how many nodes watch, 1 to 9",
        },
        Field {
            name: "pause",
            kind: "duration",
            default: Some("\"10ms\""),
            meaning: "how long they wait, above zero",
        },
    ];

    fn validate(&self) -> Result<(), SettingsError> {
        if !(1..=9).contains(&self.players) {
            return Err(SettingsError::new("players", "there are 1 to 9 of them"));
        }
        if self.pause.is_zero() {
            return Err(SettingsError::new("pause", "it is more than nothing"));
        }
        Ok(())
    }
}

fn usual_patience() -> Span {
    Span::between(Duration::from_millis(50), Duration::from_millis(80))
}

#[derive(Debug)]
pub struct Config {
    patience: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Word {
    Ping(u32),
    Pong(u32),
}

impl Message for Word {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Ping", Class::Protocol), ("Pong", Class::Heartbeat)];
    fn kind(&self) -> usize {
        matches!(self, Self::Pong(_)).into()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Ask {
    Everybody,
    One(NodeId),
    Two { first: NodeId, second: NodeId },
}

/// How many pings a node has been asked for, ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    asked: u32,
}

impl Stable for Ledger {
    type Record = u32;
    fn apply(&mut self, more: &u32) {
        self.asked += more;
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PingNode {
    asked: u32,
    waiting: BTreeSet<(NodeId, u32)>,
}

impl PingNode {
    fn ask(&mut self, to: NodeId, cx: &mut Context<'_, Self>) {
        assert!(self.asked < 1_000, "nobody pings a thousand times");
        self.asked += 1;
        cx.write(1);
        cx.barrier();
        self.waiting.insert((to, self.asked));
        cx.send(to, Word::Ping(self.asked));
        cx.set_timer((to, self.asked), cx.config().patience);
    }
}

impl Node for PingNode {
    type Config = Config;
    type Message = Word;
    type Timer = (NodeId, u32);
    type Request = Ask;
    type Indication = NodeId;
    type Stable = Ledger;

    fn start(stable: &Ledger, _: &mut Context<'_, Self>) -> Self {
        Self { asked: stable.asked, waiting: BTreeSet::new() }
    }

    fn on_message(&mut self, from: NodeId, message: Word, cx: &mut Context<'_, Self>) {
        match message {
            Word::Ping(number) => cx.send(from, Word::Pong(number)),
            Word::Pong(number) => {
                if self.waiting.remove(&(from, number)) {
                    cx.cancel_timer((from, number));
                    cx.mark("pong");
                    cx.indicate(from);
                }
            }
        }
    }

    fn on_timer(&mut self, (to, number): (NodeId, u32), cx: &mut Context<'_, Self>) {
        cx.resend(to, Word::Ping(number));
        cx.set_timer((to, number), cx.config().patience);
    }

    fn on_request(&mut self, request: Ask, cx: &mut Context<'_, Self>) {
        match request {
            Ask::Everybody => cx.peers().for_each(|peer| self.ask(peer, cx)),
            Ask::One(peer) => self.ask(peer, cx),
            Ask::Two { first, second } => {
                self.ask(first, cx);
                self.ask(second, cx);
            }
        }
    }

    fn role(&self) -> Option<Role> {
        Some(if self.waiting.is_empty() { Role::new("idle", 0) } else { Role::leader(1) })
    }
}

/// A pong answers a ping.
#[derive(Clone)]
pub struct NoStrangers;

impl Property<PingNode> for NoStrangers {
    const CLAIM: Claim = Claim {
        code: "PI1",
        name: "no-strangers",
        kind: Kind::Safety,
        meaning: "no node hears from another before it was asked to ping anybody",
        source: "tests",
    };
    fn new(_: &Config, _: u32) -> Self {
        Self
    }
    fn before(
        &mut self,
        view: &View<'_, PingNode>,
        node: NodeId,
        event: &Event<PingNode>,
        judge: &mut Judge,
    ) {
        if let Event::Message { message: Word::Pong(_), .. } = event {
            judge.judged();
            if view.state(node).is_some_and(|state| state.asked == 0) {
                judge.violate(node, "a pong came to a node that never asked", &[]);
            }
        }
    }
}

/// Every ping is answered.
#[derive(Clone)]
pub struct Answered;

impl Property<PingNode> for Answered {
    const CLAIM: Claim = Claim {
        code: "PI2",
        name: "answered",
        kind: Kind::Liveness,
        meaning: "every ping is answered in the end",
        source: "tests",
    };
    fn new(_: &Config, _: u32) -> Self {
        Self
    }
    fn indicated(&mut self, _: &View<'_, PingNode>, _: NodeId, _: &NodeId, judge: &mut Judge) {
        judge.judged();
    }
    fn unmet(&self, view: &View<'_, PingNode>) -> Option<Obligation> {
        let waits = view.correct().find(|(_, state)| !state.waiting.is_empty());
        waits.map(|(node, _)| Obligation {
            node: Some(node),
            detail: format!("{node} waits for a pong"),
        })
    }
}

impl Protocol for Ping {
    const NAME: &'static str = "Ping";
    const FAMILY: &'static str = "toys";
    const SUMMARY: &'static str = "pings whom it is asked to ping";
    const SOURCE: &'static str = "tests";
    const MODEL: &'static str = "asynchronous, crash-recovery";
    const ROLES: &'static [&'static str] = &["leader", "idle"];
    const MARKS: &'static [&'static str] = &["pong"];
    const SERVERS_MIN: u32 = 2;
    const SERVERS_MAX: u32 = 9;
    const FIELDS: &'static [Field] = &[
        Field { name: "nodes", kind: "number", default: None, meaning: "how many servers, 2 to 9" },
        Field {
            name: "clients",
            kind: "number",
            default: Some("0"),
            meaning: "how many other nodes, at most 100",
        },
        Field {
            name: "patience",
            kind: "span",
            default: Some("\"50ms..80ms\""),
            meaning: "how long a ping waits before it is sent again, above zero",
        },
        Field {
            name: "within",
            kind: "duration",
            default: Some("none"),
            meaning: "relies on messages that take at most so long, and on nothing but crashes",
        },
    ];
    type Settings = Settings;
    type Workload = Rounds;
    type Node = PingNode;
    type Request = <PingNode as Node>::Request;
    type Properties = (Checked<NoStrangers>, Checked<Answered>);

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn setup(
        settings: &Settings,
        workload: Option<&Rounds>,
    ) -> Result<Setup<PingNode>, SettingsError> {
        if settings.patience.shortest().is_zero() {
            return Err(SettingsError::new("patience", "a patience of zero would ping for ever"));
        }
        let config = Config { patience: settings.patience };
        let others = settings.clients + workload.map_or(0, |rounds| rounds.players);
        Ok(Setup { config, others, core: Core::All })
    }

    fn relies_on(settings: &Settings) -> Option<(&'static str, Duration)> {
        settings.within.map(|within| ("within", within))
    }
}

/// Nodes that say and keep nothing.
pub enum Mute {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MuteSettings {
    #[serde(default = "two")]
    nodes: u32,
}

fn two() -> u32 {
    2
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct MuteNode;

impl Node for MuteNode {
    type Config = ();
    type Message = Word;
    type Timer = ();
    type Request = ();
    type Indication = ();
    type Stable = ();

    fn start((): &(), _: &mut Context<'_, Self>) -> Self {
        Self
    }
    fn on_message(&mut self, _: NodeId, _: Word, _: &mut Context<'_, Self>) {}
    fn on_timer(&mut self, (): (), _: &mut Context<'_, Self>) {}
    fn on_request(&mut self, (): (), _: &mut Context<'_, Self>) {
        panic!("a mute node is not to be asked");
    }
}

impl Protocol for Mute {
    const NAME: &'static str = "Mute";
    const FAMILY: &'static str = "toys";
    const SUMMARY: &'static str = "says nothing";
    const SOURCE: &'static str = "tests";
    const MODEL: &'static str = "any";
    const SERVERS_MAX: u32 = 1_000;
    const FIELDS: &'static [Field] = &[Field {
        name: "nodes",
        kind: "number",
        default: Some("2"),
        meaning: "how many servers, up to 1000",
    }];
    type Settings = MuteSettings;
    type Workload = ();
    type Node = MuteNode;
    type Request = <MuteNode as Node>::Request;
    type Properties = ();

    fn servers(settings: &MuteSettings) -> u32 {
        settings.nodes
    }

    fn setup(_: &MuteSettings, _: Option<&()>) -> Result<Setup<MuteNode>, SettingsError> {
        Ok(Setup { config: (), others: 0, core: Core::Live })
    }
}
