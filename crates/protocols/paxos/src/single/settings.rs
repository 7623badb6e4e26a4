//! What a scenario can set, and the protocol as the tools see it.

use std::collections::BTreeMap;

use serde::Deserialize;
use sim_node::{Duration, NodeId, Span};
use sim_protocol::{
    Ask, Core, ImageExample, Protocol, SettingValue, SettingsError, Setup, WrongImage,
};

use super::image::{IMAGES, check_together};
use super::{Config, Disk, Learn, Mark, Mutant, Process, Request, RoleName, SendTo, Start, Suite};
use crate::Quorums;

/// Single-decree Paxos.
#[derive(Clone, Copy, Debug)]
pub enum Paxos {}

/// The fields of `Paxos(...)` in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// How many acceptors.
    #[setting(range = 1..=99)]
    pub nodes: u32,
    /// Which processes may propose: every acceptor, or so many others, 1 to 99, which follow the
    /// acceptors in number.
    #[setting(default = Proposers::Acceptors)]
    pub proposers: Proposers,
    /// What proposers propose without being asked: each its own number, nothing, or these proposers
    /// these values.
    #[setting(default = Start::Everybody)]
    pub start: Start,
    /// How many promises phase 1 needs, and how many acceptances phase 2; together more than there
    /// are acceptors.
    #[setting(default = Quorums::Majority)]
    pub quorums: Quorums,
    /// Whether quorums of different phases may miss each other; then nothing is safe.
    #[setting(default = false)]
    pub unsafe_quorums: bool,
    /// Whom a proposer sends its requests to at first: all acceptors, or as many as the phase
    /// needs; what is repeated goes to all.
    #[setting(default = SendTo::Everybody, per_node)]
    pub send_to: SendTo,
    /// Whether the proposer tells everybody what is chosen, or acceptors tell everybody what they
    /// accept (section 2.3).
    #[setting(default = Learn::FromProposer)]
    pub learn: Learn,
    /// Who proposes: everybody that has a value, or only the process that a failure detector trusts
    /// (section 2.4), whose fields are those of `Omega`. It is for proposers that are acceptors.
    #[setting(none = "None")]
    pub leader: Option<Trusted>,
    /// Whether the trusted process does phase 1 before there is a value (section 3); needs a
    /// leader.
    #[setting(default = false)]
    pub prepare_ahead: bool,
    /// How long a proposer waits after it abandoned a proposal, before it tries again with a higher
    /// number; with one constant duration duels may never end.
    #[setting(default = "20ms..200ms", range = ..="24h", per_node)]
    pub backoff: Span,
    /// How long a proposer waits for answers before it repeats a request.
    #[setting(default = "100ms", positive, per_node)]
    pub resend: Duration,
    /// How often a process that has not learned asks the others.
    #[setting(default = "500ms", positive, per_node)]
    pub ask: Duration,
    /// Whether a process makes its writes durable before it sends messages that depend on them;
    /// false is unsafe.
    #[setting(default = true, per_node)]
    pub barrier: bool,
    /// The mutant to run.
    #[setting(mutant, per_node)]
    pub mutant: Option<Mutant>,
}

/// Which processes propose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, SettingValue)]
pub enum Proposers {
    /// The acceptors.
    Acceptors,
    /// So many others, which follow the acceptors in number.
    Separate(u32),
}

/// Who is trusted to propose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, SettingValue)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "as with the detector, `failure_detectors::Config`")]
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

fn period() -> Duration {
    failure_detectors::Config::default().period
}

fn timeout() -> Duration {
    failure_detectors::Config::default().timeout
}

fn increase() -> Duration {
    failure_detectors::Config::default().increase
}

impl Protocol for Paxos {
    const NAME: &'static str = "Paxos";
    const FAMILY: &'static str = "paxos";
    const SUMMARY: &'static str =
        "Chooses one value by two phases of numbered proposals, with quorums of acceptors.";
    const SOURCE: &'static str = "Lamport 2001, Paxos Made Simple, section 2; Howard, Malkhi, Spiegelman 2016, Flexible Paxos";
    const MODEL: &'static str = "asynchronous for safety, partially synchronous for liveness; crash-recovery, fair-loss links";
    const ROLES: &'static [&'static str] = RoleName::ALL;
    const HEADLINE: Option<&'static str> = Some(RoleName::Leader.name());
    const MARKS: &'static [&'static str] = Mark::ALL;
    const REQUESTS: &'static [Ask] = Request::ASKS;
    const IMAGES: &'static [ImageExample] = IMAGES;

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = Request;
    type Properties = Suite;

    fn may_ask(settings: &Settings, node: NodeId, _: &Request) -> Result<(), String> {
        let separate = matches!(settings.proposers, Proposers::Separate(_));
        if separate && node.number() < settings.nodes {
            return Err(format!(
                "{node} is an acceptor, and the proposers are parties of their own"
            ));
        }
        Ok(())
    }

    fn check_images(images: &BTreeMap<NodeId, Disk>, config: &Config) -> Result<(), WrongImage> {
        check_together(images, config)
    }

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        settings.validate()?;
        let core = Core::AtLeast(settings.prepare().max(settings.accept()));
        let setup = Setup::new(Config::from(settings.clone()), core);
        Ok(setup.with_others("proposer", settings.separate()))
    }
}

impl Settings {
    fn validate(&self) -> Result<(), SettingsError> {
        let wrong = |field, message: &str| Err(SettingsError::new(field, message));
        match self.proposers {
            Proposers::Separate(0) => {
                return wrong("proposers", "there must be a proposer; give at least 1");
            }
            Proposers::Separate(100..) => return wrong("proposers", "there may be at most 99"),
            Proposers::Acceptors | Proposers::Separate(_) => {}
        }
        if let Some(Trusted::Omega { period, timeout, .. }) = self.leader {
            if period.is_zero() || timeout.is_zero() {
                let message = "the detector's period and timeout must be more than zero";
                return wrong("leader", message);
            }
            if self.separate() > 0 {
                let message = "the detector watches the acceptors, and only one of them can be \
                               trusted; leave it out where proposers are separate";
                return wrong("leader", message);
            }
        }
        if self.prepare_ahead && self.leader.is_none() {
            let message = "only a leader prepares ahead of values; give `leader: Omega()`";
            return wrong("prepare_ahead", message);
        }
        self.validate_quorums()?;
        self.validate_start()
    }

    fn validate_quorums(&self) -> Result<(), SettingsError> {
        let n = self.nodes;
        let (prepare, accept) = (self.prepare(), self.quorums.accept(n));
        let wrong = |message: String| Err(SettingsError::new("quorums", message));
        for (name, size) in [("prepare", prepare), ("accept", accept)] {
            if size == 0 || size > n {
                return wrong(format!(
                    "`{name}` is {size}; with {n} acceptors it must be 1 to {n}"
                ));
            }
        }
        if !self.quorums.are_safe(n) && !self.unsafe_quorums {
            return wrong(format!(
                "a quorum of {prepare} and one of {accept} may miss each other among {n} \
                 acceptors; together they must be more than {n} (or write `unsafe_quorums: true` \
                 to see what happens)"
            ));
        }
        Ok(())
    }

    /// Whether every process that is given a value at the start exists and is a proposer.
    fn validate_start(&self) -> Result<(), SettingsError> {
        let Start::Given(values) = &self.start else { return Ok(()) };
        let there = self.nodes + self.separate();
        for number in values.keys() {
            let wrong = |message: String| Err(SettingsError::new("start", message));
            if *number >= there {
                return wrong(format!("there is no process {number}; they are 0 to {}", there - 1));
            }
            if !self.is_proposer(NodeId::new(*number)) {
                let first = self.nodes;
                return wrong(format!("process {number} is no proposer; those begin with {first}"));
            }
        }
        Ok(())
    }
}
