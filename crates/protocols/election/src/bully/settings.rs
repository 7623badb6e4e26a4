//! What a scenario can set, and the protocol as the tools see it.

use sim_node::{Duration, Node, NodeId};
use sim_protocol::{Ask, Core, Protocol, SettingsError, Setup};

use super::{Elections, Mark, Mutant, Part, Process, Properties, Request};

/// The Bully algorithm.
#[derive(Clone, Copy, Debug)]
pub enum Bully {}

/// The fields of `Bully(...)` in a scenario.
///
/// What may take a year can be added up without an overflow.
#[derive(Clone, Debug, PartialEq, Eq, sim_protocol::Settings)]
pub struct Settings {
    /// Number of processes; their identifiers are their numbers.
    #[setting(range = 1..=1_000)]
    pub nodes: u32,
    /// Assumed upper bound on message delay; all timeouts are derived from it.
    #[setting(default = "10ms", range = ..="8760h")]
    pub bound: Duration,
    /// Added to each timeout, so that a message that arrives exactly at the bound is still in time.
    #[setting(default = "1ms", positive, range = ..="8760h")]
    pub slack: Duration,
    /// Time from the coordinator's reply to the next ping.
    #[setting(default = "100ms", positive, range = ..="8760h")]
    pub period: Duration,
    /// `OnSuspicion`: elections start at a process's start and when its detector suspects the
    /// coordinator; `OnRequest`: only on the request `Elect`, without a detector.
    #[setting(default = Elections::OnSuspicion)]
    pub elections: Elections,
    /// Whether election messages also go to suspected processes (request `Suspect`); false needs
    /// `elections: OnRequest`.
    #[setting(default = true)]
    pub contact_suspected: bool,
    /// The mutant to run.
    #[setting(mutant)]
    pub mutant: Option<Mutant>,
}

impl Protocol for Bully {
    const NAME: &'static str = "Bully";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str =
        "Elects the live process with the highest identifier, again after each crash.";
    const SOURCE: &'static str =
        "Garcia-Molina 1982, IEEE TC C-31(1); Coulouris et al., Distributed Systems, 15.3";
    const MODEL: &'static str = "synchronous, crash-recovery, perfect links, not FIFO";
    const ROLES: &'static [&'static str] = Part::ALL;
    const HEADLINE: Option<&'static str> = Some(Part::Leader.name());
    const RANK: Option<&'static str> = Some("identifier");
    const MARKS: &'static [&'static str] = Mark::ALL;
    const REQUESTS: &'static [Ask] = Request::ASKS;

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        // A process recovers without a word to those below it, which would pass it over for ever.
        if !settings.contact_suspected && settings.elections == Elections::OnSuspicion {
            let message = "only with `elections: OnRequest`: otherwise processes that suspect a \
                           recovered process would never contact it";
            return Err(SettingsError::new("contact_suspected", message));
        }
        Ok(Setup::new(settings.clone(), Core::Live))
    }

    fn may_ask(settings: &Settings, node: NodeId, request: &Request) -> Result<(), String> {
        let last = settings.nodes - 1;
        match request {
            Request::Suspect(process) if process.number() > last => {
                let number = process.number();
                Err(format!("there is no process {number}; processes are 0 to {last}"))
            }
            Request::Suspect(process) if *process == node => {
                Err("a process does not suspect itself; name another one".to_owned())
            }
            Request::Suspect(_) | Request::Elect => Ok(()),
        }
    }
}
