//! Two small protocols for the tests of the language: `Ping` shows everything that a protocol can
//! show, `Mute` next to nothing.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_check::{Claim, Judge, Kind, Obligation, Property, View, suite};
use sim_node::{Context, Duration, Event, Message, Node, NodeId, RequestId, Role, Span, Stable};
use sim_protocol::{Appointment, Core, Protocol, SettingsError, Setup, Workload};
use sim_scenario::{Catalogue, entry};

pub fn catalogue() -> Catalogue {
    Catalogue::new(vec![entry::<Ping>(), entry::<Mute>()])
}

/// The leader pings whom it is asked to ping, until a pong comes.
pub enum Ping {}

#[derive(Clone, Debug, sim_protocol::Settings)]
pub struct Settings {
    /// How many servers.
    #[setting(range = 2..=9)]
    nodes: u32,
    /// How many other nodes, at most 100.
    #[setting(default = 0)]
    clients: u32,
    /// How long a ping waits before it is sent again.
    #[setting(default = "50ms..80ms", positive, per_node)]
    patience: Span,
    /// Relies on messages that take at most so long, and on nothing but crashes.
    #[setting(none = "none")]
    within: Option<Duration>,
    /// How much earlier a message is to be there.
    #[setting(default = "0s", needs(within))]
    margin: Duration,
    /// How often it says so.
    #[setting(default = 0, needs(clients = 2))]
    notes: u32,
    /// Whether it takes its time before it sends a ping again.
    #[setting(default = false, per_node)]
    slow: bool,
    /// How much longer it waits then.
    #[setting(default = "10ms", range = ..="1s", per_node, needs(slow))]
    rest: Duration,
}

/// The workload of a toy: nodes that watch.
#[derive(Debug, sim_protocol::Settings)]
pub struct Rounds {
    /// How many nodes watch.
    #[setting(range = 1..=9)]
    players: u32,
    /// How long they wait.
    #[setting(default = "10ms", positive)]
    pause: Duration,
    /// When they look, and which of them.
    #[setting(kind = "list", default = [])]
    looks: Vec<(Duration, u32)>,
}

impl Workload for Rounds {
    const NAME: Option<&'static str> = Some("Rounds");

    fn validate(&self, _: u32) -> Result<(), SettingsError> {
        match self.looks.iter().position(|(_, player)| *player >= self.players) {
            Some(entry) => {
                Err(SettingsError::new("looks", "there is no such player").in_entry(entry))
            }
            None => Ok(()),
        }
    }

    fn appointments(&self) -> Vec<Appointment> {
        let all = self.looks.iter().enumerate().map(|(place, (at, player))| Appointment {
            entry: ("looks", place),
            at: *at,
            from_last: self.players - player,
        });
        all.collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message)]
pub enum Word {
    Ping(u32),
    #[message(Heartbeat)]
    Pong(u32),
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
    /// The requests for one ping each.
    #[serde(skip)]
    requests: BTreeMap<(NodeId, u32), RequestId>,
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
    type Config = Settings;
    type Message = Word;
    type Timer = (NodeId, u32);
    type Request = Ask;
    type Indication = NodeId;
    type Stable = Ledger;

    fn start(stable: &Ledger, _: &mut Context<'_, Self>) -> Self {
        Self { asked: stable.asked, waiting: BTreeSet::new(), requests: BTreeMap::new() }
    }

    fn on_message(&mut self, from: NodeId, message: Word, cx: &mut Context<'_, Self>) {
        match message {
            Word::Ping(number) => cx.send(from, Word::Pong(number)),
            Word::Pong(number) => {
                if self.waiting.remove(&(from, number)) {
                    cx.cancel_timer((from, number));
                    cx.mark("pong");
                    cx.done(self.requests.remove(&(from, number)));
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
            Ask::One(peer) if peer == cx.id() => {
                cx.refuse(cx.request(), "it pings nobody but others")
            }
            Ask::One(peer) => {
                self.ask(peer, cx);
                self.requests.extend(cx.request().map(|one| ((peer, self.asked), one)));
            }
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
        meaning: "no node receives a message before it was asked to send a ping",
        source: "tests",
    };
    fn new(settings: &Settings, _: u32) -> Self {
        assert!(settings.notes < 1_000, "more than a thousand notes");
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
    fn new(_: &Settings, _: u32) -> Self {
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
    const HEADLINE: Option<&'static str> = Some(Role::LEADER);
    const RESTING: Option<&'static str> = Some("idle");
    const MARKS: &'static [&'static str] = &["pong"];
    type Settings = Settings;
    type Workload = Rounds;
    type Node = PingNode;
    type Request = <PingNode as Node>::Request;
    type Properties = suite![NoStrangers, Answered];

    fn configure(
        settings: &Settings,
        workload: Option<&Rounds>,
    ) -> Result<Setup<PingNode>, SettingsError> {
        if settings.slow && settings.rest > settings.patience.longest() {
            return Err(SettingsError::new("rest", "it must be at most the patience"));
        }
        let players = workload.map_or(0, |rounds| rounds.players);
        let setup = Setup::new(settings.clone(), Core::All);
        Ok(setup.with_others("client", settings.clients).with_others("player", players))
    }

    fn relies_on(settings: &Settings) -> Option<(&'static str, Duration)> {
        settings.within.map(|within| ("within", within))
    }
}

/// Nodes that say and keep nothing.
pub enum Mute {}

#[derive(Debug, sim_protocol::Settings)]
pub struct MuteSettings {
    /// How many servers.
    #[setting(default = 2, range = 1..=1_000)]
    nodes: u32,
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
    type Settings = MuteSettings;
    type Workload = ();
    type Node = MuteNode;
    type Request = <MuteNode as Node>::Request;
    type Properties = ();

    fn configure(_: &MuteSettings, _: Option<&()>) -> Result<Setup<MuteNode>, SettingsError> {
        Ok(Setup::new((), Core::Live))
    }
}
