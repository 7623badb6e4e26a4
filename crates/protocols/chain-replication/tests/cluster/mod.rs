//! Chains with a master and clients, made for tests.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use chain_replication::{
    Config, Message, Party, PartyConfig, PartyIndication, Reads, Settings, Suite,
};
use service::{ClientConfig, ClientIndication, Command, KeyValue, Loop, Mix, Operation, Routing};
use sim_check::{SimTime, Verdict};
use sim_engine::{
    Delay, Fault, Link, LinkOverride, Network, Observer, Outcome, PlannedFault, StepBegins,
    StepEnds, Target, Transport, When, World, WorldSpec, faults,
};
use sim_node::{Duration, Effect, Event, Message as _, NodeId, Ratio, Share, Span};

pub(crate) const PUTS: Mix = Mix { get: 0, put: 1, append: 0, cas: 0, delete: 0 };
pub(crate) const GETS: Mix = Mix { get: 1, put: 0, append: 0, cas: 0, delete: 0 };

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> SimTime {
    SimTime::from(ms(millis))
}

/// A chain of all these replicas, in the paper's model.
pub(crate) fn config(replicas: u32) -> Config {
    let settings = Settings { retry: ms(1_000), chunk: 4, ..Settings::new(replicas) };
    Config { settings, reads: Reads::Tail, clients: 0..0 }
}

/// The same, but for some of the settings.
pub(crate) fn with(config: Config, change: impl FnOnce(&mut Settings)) -> Config {
    let mut config = config;
    change(&mut config.settings);
    config
}

/// Clients that wait for each answer, and then think for 47ms.
pub(crate) fn clients(clients: u32, operations: u32, mix: Mix) -> KeyValue {
    KeyValue {
        clients,
        operations,
        keys: 1,
        mix,
        arrivals: Loop::Closed { think: Span::exactly(ms(47)) },
        timeout: ms(60_000),
        ..KeyValue::default()
    }
}

/// A world in which each message takes a millisecond.
pub(crate) fn spec(config: Config, workload: KeyValue) -> WorldSpec<Party> {
    let link = Link {
        delay: Delay::Constant(ms(1)),
        loss: Ratio::ZERO,
        duplication: Ratio::ZERO,
        fifo: false,
    };
    let network = Network::new(Transport::Datagram, link);
    let servers = config.nodes;
    let first = servers + 1;
    let config = Config { clients: first..first + workload.clients, ..config };
    let client = ClientConfig { workload, first, routing: Routing::Split };
    let config = PartyConfig {
        replica: Share { count: servers, config: config.clone() },
        master: Share { count: 1, config },
        client: Share { count: client.clients(), config: client },
    };
    let others = config.nodes() - servers;
    WorldSpec { others, ..WorldSpec::new(config, servers, network, at(20_000)) }
}

/// Acknowledgements take longer than the run: what is written stays dirty.
pub(crate) fn without_acks(mut spec: WorldSpec<Party>) -> WorldSpec<Party> {
    let kind = Message::KINDS.iter().position(|(name, _)| *name == "Ack");
    spec.network.overrides.push(LinkOverride {
        kind,
        delay: Some(Delay::Constant(ms(100_000))),
        ..LinkOverride::default()
    });
    spec
}

/// This replica crashes for good.
pub(crate) fn crash(spec: &mut WorldSpec<Party>, node: u32, millis: u64) {
    let fault = Fault::from(faults::Crash {
        who: Target::Node(node),
        down: None,
        disk: Default::default(),
        inside: None,
        settings: None,
    });
    let label = format!("{fault:?}");
    spec.faults.push(PlannedFault { lasts: None, id: 1, label, when: When::At(at(millis)), fault });
}

/// What happened when, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    now: u64,
    node: NodeId,
    /// Marks, and who emitted them.
    pub(crate) marks: Vec<(u64, NodeId, &'static str)>,
    /// Messages that were handled, by kind.
    pub(crate) handled: Vec<(u64, NodeId, &'static str)>,
    /// Operations: who asked for what, when, and when it was answered.
    pub(crate) operations: Vec<Asked>,
}

/// An operation of a client.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    pub(crate) command: Command,
    pub(crate) at: u64,
    pub(crate) answered: Option<u64>,
}

impl Asked {
    /// How many message delays it took.
    pub(crate) fn delays(&self) -> u64 {
        self.answered.expect("it was answered") - self.at
    }
}

impl Observer<Party> for Trace {
    fn step_begins(&mut self, step: &StepBegins<'_, Party>) {
        self.now = step.time.as_nanos() / 1_000_000;
        self.node = step.node;
        if let Event::Message { message, .. } = step.event {
            let kind = Message::KINDS[message.kind()].0;
            self.handled.push((self.now, step.node, kind));
        }
    }

    fn step_ends(&mut self, ends: &StepEnds<'_, Party>) {
        let effects = ends.effects;
        for effect in effects {
            match effect {
                Effect::Mark(name) => self.marks.push((self.now, self.node, name)),
                Effect::Indicate(PartyIndication::Client(told)) => self.record(told),
                _ => {}
            }
        }
    }
}

impl Trace {
    fn record(&mut self, told: &ClientIndication) {
        match told {
            ClientIndication::Invoked { operation, command } => self.operations.push(Asked {
                operation: *operation,
                command: command.clone(),
                at: self.now,
                answered: None,
            }),
            ClientIndication::Answered { operation, .. } => {
                let mut all = self.operations.iter_mut();
                let asked = all.find(|asked| asked.operation == *operation);
                asked.expect("it was asked").answered = Some(self.now);
            }
            ClientIndication::GivenUp { .. } => {}
        }
    }

    /// When somebody emitted this mark first.
    pub(crate) fn marked(&self, mark: &str) -> u64 {
        let found = self.marks.iter().find(|(_, _, name)| *name == mark);
        found.map(|(at, _, _)| *at).expect("the mark was emitted")
    }

    /// When a node first handled a message of this kind after an instant.
    pub(crate) fn first(&self, kind: &str, node: u32, after: u64) -> u64 {
        let mut all = self.handled.iter();
        let found =
            all.find(|(at, by, name)| *name == kind && *by == NodeId::new(node) && *at >= after);
        found.map(|(at, _, _)| *at).expect("it was handled")
    }

    /// The operation that was under way at an instant.
    pub(crate) fn under_way(&self, at: u64) -> &Asked {
        let mut all = self.operations.iter();
        let found = all.find(|asked| asked.at <= at && asked.answered.is_none_or(|end| end >= at));
        found.expect("an operation is under way")
    }
}

/// Runs it; all claims hold.
pub(crate) fn run(spec: WorldSpec<Party>) -> (Outcome, Trace) {
    let mut world = World::<Party, Suite>::new(Arc::new(spec), 0);
    let mut trace = Trace::default();
    let outcome = world.run_watched(None, &mut trace);
    assert_eq!(outcome.verdict, Verdict::Held, "{:#?} {:?}", outcome.findings, outcome.undecided);
    (outcome, trace)
}

/// How many messages of a kind were sent.
pub(crate) fn sent(outcome: &Outcome, kind: &str) -> u64 {
    let found = outcome.counts.by_kind.iter().find(|(name, _)| *name == kind);
    found.map(|(_, count)| *count).expect("a kind of message")
}
