//! What a scenario can set, and the protocol as the tools see it.

use sim_node::{Duration, Node};
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
    /// How many processes; their identifiers are their numbers.
    #[setting(range = 1..=1_000)]
    pub nodes: u32,
    /// The longest that a message may take, as assumed; all waits derive from it.
    #[setting(default = "10ms", range = ..="8760h")]
    pub bound: Duration,
    /// What each wait adds to the time that it waits for, since a timer may fire just before a
    /// message of the same instant.
    #[setting(default = "1ms", positive, range = ..="8760h")]
    pub slack: Duration,
    /// From the coordinator's reply to a ping to the next ping.
    #[setting(default = "100ms", positive, range = ..="8760h")]
    pub period: Duration,
    /// Whether elections begin at starts and when the detector suspects, or only when a process is
    /// asked to `Elect`, without a detector.
    #[setting(default = Elections::OnSuspicion)]
    pub elections: Elections,
    /// Whether a process that is known to be dead (`Suspect`) is asked all the same; false needs
    /// `elections: OnRequest`.
    #[setting(default = true)]
    pub address_known_dead: bool,
    /// The bug to have.
    #[setting(mutant)]
    pub mutant: Option<Mutant>,
}

impl Protocol for Bully {
    const NAME: &'static str = "Bully";
    const FAMILY: &'static str = "election";
    const SUMMARY: &'static str = "Elects the highest live process, again after each crash.";
    const SOURCE: &'static str =
        "Garcia-Molina 1982, IEEE TC C-31(1); Coulouris et al., Distributed Systems, 15.3";
    const MODEL: &'static str = "synchronous, crash-recovery, perfect links in any order";
    const ROLES: &'static [&'static str] = Part::ALL;
    const MARKS: &'static [&'static str] = Mark::ALL;
    const REQUESTS: &'static [Ask] = Request::ASKS;

    type Settings = Settings;
    type Workload = ();
    type Node = Process;
    type Request = <Process as Node>::Request;
    type Properties = Properties;

    fn configure(settings: &Settings, _: Option<&()>) -> Result<Setup<Process>, SettingsError> {
        // A process recovers without a word to those below it, which would pass it over for ever.
        if !settings.address_known_dead && settings.elections == Elections::OnSuspicion {
            let message = "only with `elections: OnRequest`: otherwise a process that has recovered \
                           would be passed over by those that knew it dead";
            return Err(SettingsError::new("address_known_dead", message));
        }
        Ok(Setup::new(settings.clone(), Core::Live))
    }
}
