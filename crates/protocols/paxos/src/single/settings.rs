//! What a scenario can set, and the protocol as the tools see it.

use failure_detectors::OmegaConfig;
use serde::Deserialize;
use sim_node::{Duration, NodeId, Role, Span};
use sim_protocol::{Ask, Core, Field, MUTANT, Mutant as _, Protocol, SettingsError, Setup};

use super::{Config, Learn, Mutant, Process, Request, SendTo, Start, Suite};
use crate::Quorums;

/// Single-decree Paxos.
#[derive(Clone, Copy, Debug)]
pub enum Paxos {}

/// The fields of `Paxos(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "`Paxos::FIELDS` says what each is")]
pub struct Settings {
    pub nodes: u32,
    #[serde(default)]
    pub proposers: Proposers,
    #[serde(default)]
    pub start: Start,
    #[serde(default)]
    pub quorums: Quorums,
    #[serde(default)]
    pub unsafe_quorums: bool,
    #[serde(default)]
    pub send_to: SendTo,
    #[serde(default)]
    pub learn: Learn,
    #[serde(default)]
    pub leader: Option<Trusted>,
    #[serde(default)]
    pub prepare_ahead: bool,
    #[serde(default = "backoff")]
    pub backoff: Span,
    #[serde(default = "resend")]
    pub resend: Duration,
    #[serde(default = "ask")]
    pub ask: Duration,
    #[serde(default = "yes")]
    pub barrier: bool,
    #[serde(default)]
    pub mutant: Option<String>,
}

/// Which processes propose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Proposers {
    /// The acceptors.
    #[default]
    Acceptors,
    /// So many others, which follow the acceptors in number.
    Separate(u32),
}

/// Who is trusted to propose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as with the detector, `failure_detectors::Settings`")]
pub enum Trusted {
    /// Whom the detector Omega of the crate `failure-detectors` trusts.
    Omega {
        #[serde(default = "period")]
        period: Duration,
        #[serde(default = "timeout")]
        timeout: Duration,
        #[serde(default = "increase")]
        increase: Duration,
    },
}

fn backoff() -> Span {
    Span::between(Duration::from_millis(20), Duration::from_millis(200))
}

fn resend() -> Duration {
    Duration::from_millis(100)
}

fn ask() -> Duration {
    Duration::from_millis(500)
}

fn period() -> Duration {
    Duration::from_millis(100)
}

fn timeout() -> Duration {
    Duration::from_millis(250)
}

fn increase() -> Duration {
    Duration::from_millis(100)
}

fn yes() -> bool {
    true
}

impl Protocol for Paxos {
    const NAME: &'static str = "Paxos";
    const FAMILY: &'static str = "paxos";
    const SUMMARY: &'static str =
        "Chooses one value by two phases of numbered proposals, with quorums of acceptors.";
    const SOURCE: &'static str = "Lamport 2001, Paxos Made Simple, section 2; Howard, Malkhi, Spiegelman 2016, Flexible Paxos";
    const MODEL: &'static str =
        "asynchronous for safety, partially synchronous for liveness; crash-recovery, lossy links";
    const ROLES: &'static [&'static str] = &[Role::LEADER, "proposer"];
    const MARKS: &'static [&'static str] = &["prepared", "abandoned", "learned", "trusts itself"];
    const REQUESTS: &'static [Ask] =
        &[Ask::new("Propose(10)", "propose this value; the first one stands")];
    const SERVERS_MAX: u32 = 99;
    const FIELDS: &'static [Field] = FIELDS;

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = Request;
    type Properties = Suite;

    fn servers(settings: &Settings) -> u32 {
        settings.nodes
    }

    fn may_ask(settings: &Settings, node: NodeId, _: &Request) -> Result<(), String> {
        let separate = matches!(settings.proposers, Proposers::Separate(_));
        if separate && node.number() < settings.nodes {
            return Err(format!(
                "{node} is an acceptor, and the proposers are parties of their own"
            ));
        }
        Ok(())
    }

    fn setup(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        let config = config(settings)?;
        let (others, core) = (config.separate, Core::AtLeast(config.prepare.max(config.accept)));
        Ok(Setup { config, others, core })
    }
}

const FIELDS: &[Field] = &[
    Field { name: "nodes", kind: "number", default: None, meaning: "how many acceptors, 1 to 99" },
    Field {
        name: "proposers",
        kind: "Acceptors or Separate(number)",
        default: Some("Acceptors"),
        meaning: "which processes may propose: every acceptor, or so many others, 1 to 99, which \
                  follow the acceptors in number",
    },
    Field {
        name: "start",
        kind: "Everybody, Nobody or Given({number: number, ...})",
        default: Some("Everybody"),
        meaning: "what proposers propose without being asked: each its own number, nothing, or these \
                  proposers these values",
    },
    Field {
        name: "quorums",
        kind: "Majority or Flexible(prepare: number, accept: number)",
        default: Some("Majority"),
        meaning: "how many promises phase 1 needs, and how many acceptances phase 2; together more \
                  than there are acceptors",
    },
    Field {
        name: "unsafe_quorums",
        kind: "true or false",
        default: Some("false"),
        meaning: "whether quorums of different phases may miss each other; then nothing is safe",
    },
    Field {
        name: "send_to",
        kind: "Everybody or Quorum",
        default: Some("Everybody"),
        meaning: "whom a proposer sends its requests to at first: all acceptors, or as many as the \
                  phase needs; what is repeated goes to all",
    },
    Field {
        name: "learn",
        kind: "FromProposer or FromAcceptors",
        default: Some("FromProposer"),
        meaning: "whether the proposer tells everybody what is chosen, or acceptors tell everybody \
                  what they accept (section 2.3)",
    },
    Field {
        name: "leader",
        kind: "None or Omega(period:, timeout:, increase:)",
        default: Some("None"),
        meaning: "who proposes: everybody that has a value, or only the process that a failure \
                  detector trusts (section 2.4), whose fields are those of `Omega`. It is for \
                  proposers that are acceptors",
    },
    Field {
        name: "prepare_ahead",
        kind: "true or false",
        default: Some("false"),
        meaning: "whether the trusted process does phase 1 before there is a value; needs a leader",
    },
    Field {
        name: "backoff",
        kind: "span",
        default: Some("\"20ms..200ms\""),
        meaning: "how long a proposer waits after it abandoned a proposal, before it tries again with \
                  a higher number, at most a day; with one constant duration duels may never end",
    },
    Field {
        name: "resend",
        kind: "duration",
        default: Some("\"100ms\""),
        meaning: "how long a proposer waits for answers before it repeats a request; more than zero",
    },
    Field {
        name: "ask",
        kind: "duration",
        default: Some("\"500ms\""),
        meaning: "how often a process that has not learned asks the others; more than zero",
    },
    Field {
        name: "barrier",
        kind: "true or false",
        default: Some("true"),
        meaning: "whether a process makes its writes durable before it speaks; without it nothing is \
                  safe",
    },
    MUTANT,
];

/// What every process knows.
fn config(settings: &Settings) -> Result<Config, SettingsError> {
    let wrong = |field, message: &str| Err(SettingsError::new(field, message));
    let separate = match settings.proposers {
        Proposers::Acceptors => 0,
        Proposers::Separate(0) => {
            return wrong("proposers", "there must be a proposer; give at least 1");
        }
        Proposers::Separate(many) if many > Paxos::SERVERS_MAX => {
            return wrong("proposers", "there may be at most 99");
        }
        Proposers::Separate(many) => many,
    };
    let times = [("resend", settings.resend), ("ask", settings.ask)];
    if let Some((field, _)) = times.into_iter().find(|(_, time)| time.is_zero()) {
        return wrong(field, "it must be more than nothing");
    }
    if settings.backoff.longest() > Duration::from_secs(24 * 3_600) {
        return wrong("backoff", "it is longer than a day; give less");
    }
    let leader = leader(settings)?;
    if leader.is_some() && separate > 0 {
        let message = "the detector watches the acceptors, and only one of them can be trusted; leave \
                       it out where proposers are separate";
        return wrong("leader", message);
    }
    if settings.prepare_ahead && leader.is_none() {
        let message = "only a leader prepares ahead of values; give `leader: Omega()`";
        return wrong("prepare_ahead", message);
    }
    let mutant = Mutant::of_setting(settings.mutant.as_deref(), cfg!(feature = "mutants"))?;
    let (prepare, mut accept) = quorums(settings)?;
    if mutant == Some(Mutant::MissingQuorums) {
        accept = settings.nodes.saturating_sub(prepare).max(1);
    }
    let config = Config {
        acceptors: settings.nodes,
        separate,
        start: settings.start.clone(),
        prepare,
        accept,
        send_to: settings.send_to,
        learn: settings.learn,
        leader,
        prepare_ahead: settings.prepare_ahead,
        backoff: settings.backoff,
        resend: settings.resend,
        ask: settings.ask,
        barrier: settings.barrier,
        mutant,
    };
    start(&config)?;
    Ok(config)
}

fn quorums(settings: &Settings) -> Result<(u32, u32), SettingsError> {
    let n = settings.nodes;
    let (prepare, accept) = (settings.quorums.prepare(n), settings.quorums.accept(n));
    let wrong = |message: String| Err(SettingsError::new("quorums", message));
    for (name, size) in [("prepare", prepare), ("accept", accept)] {
        if size == 0 || size > n {
            return wrong(format!("`{name}` is {size}; with {n} acceptors it must be 1 to {n}"));
        }
    }
    if !settings.quorums.are_safe(n) && !settings.unsafe_quorums {
        return wrong(format!(
            "a quorum of {prepare} and one of {accept} may miss each other among {n} acceptors; \
             together they must be more than {n} (or write `unsafe_quorums: true` to see what \
             happens)"
        ));
    }
    Ok((prepare, accept))
}

fn leader(settings: &Settings) -> Result<Option<OmegaConfig>, SettingsError> {
    let Some(Trusted::Omega { period, timeout, increase }) = settings.leader else {
        return Ok(None);
    };
    if period.is_zero() || timeout.is_zero() {
        let message = "the detector's period and timeout must be more than zero";
        return Err(SettingsError::new("leader", message));
    }
    let detector = failure_detectors::Config { period, timeout, increase, mutant: None };
    Ok(Some(OmegaConfig { detector }))
}

/// Whether every process that is given a value at the start exists and is a proposer.
fn start(config: &Config) -> Result<(), SettingsError> {
    let Start::Given(values) = &config.start else { return Ok(()) };
    let there = config.acceptors + config.separate;
    for number in values.keys() {
        let wrong = |message: String| Err(SettingsError::new("start", message));
        if *number >= there {
            return wrong(format!("there is no process {number}; they are 0 to {}", there - 1));
        }
        if !config.is_proposer(NodeId::new(*number)) {
            let first = config.acceptors;
            return wrong(format!("process {number} is no proposer; those begin with {first}"));
        }
    }
    Ok(())
}
