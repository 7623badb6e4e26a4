//! Whether a scenario makes sense: what the types alone cannot say.

mod appointments;
mod assumption;
mod delays;
mod expect;
mod faults;
mod latency;
mod needs;
mod network;
mod nodes;
mod reliance;
mod sets;
mod times;
mod trigger;

use std::collections::BTreeMap;

use sim_check::Core;
use sim_engine::NodeSet;
use sim_node::Duration;

pub(crate) use appointments::check as check_appointments;
pub(crate) use expect::resolve as resolve_expectation;
pub(crate) use faults::settings_of;
pub(crate) use needs::check_needs;
pub(crate) use nodes::{check_kind, check_mark, check_node, check_role, members};
pub(crate) use times::check_time;

use crate::draft::Draft;
use crate::sheet::Sheet;
use crate::words::count;
use crate::{Diagnostic, ProtocolFacts};

/// Who plays: what the checks need to know of the protocol.
pub(crate) struct Cast<'f> {
    /// Its names.
    pub(crate) facts: &'f ProtocolFacts,
    /// How many servers there are.
    pub(crate) servers: u32,
    /// How many other nodes there are.
    pub(crate) others: u32,
    /// Sets of nodes by name.
    pub(crate) sets: &'f BTreeMap<String, NodeSet>,
    /// Which servers the calm brings back.
    pub(crate) core: Core,
    /// Whether its nodes write to their disks.
    pub(crate) has_disk: bool,
    /// The most steps that a run may make.
    pub(crate) steps_max: u64,
    /// The setting that relies on a bound on message delays.
    pub(crate) relies_on: Option<(&'static str, Duration)>,
}

impl Cast<'_> {
    /// How many nodes there are.
    pub(crate) fn nodes(&self) -> u32 {
        self.servers + self.others
    }

    /// `the scenario has 5 servers, nodes 0 to 4`.
    pub(crate) fn in_words(&self) -> String {
        let numbers = |from: u32, to: u32| match to - from {
            1 => format!("node {from}"),
            _ => format!("nodes {from} to {}", to - 1),
        };
        let servers = count(self.servers, "server");
        let mut words = format!("the scenario has {servers}, {}", numbers(0, self.servers));
        if self.others > 0 {
            let others = numbers(self.servers, self.nodes());
            words += &format!(", and {}, {others}", count(self.others, "other node"));
        }
        words
    }
}

/// What can be checked without knowing the protocol.
pub(crate) fn check_draft(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    check_title(sheet, draft);
    times::check(sheet, draft);
    network::check_quantities(sheet, draft);
    for fault in &draft.faults {
        faults::check_quantities(sheet, fault);
    }
}

/// What can be checked once the nodes and names are known.
pub(crate) fn check_cast(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) {
    times::check_budget(sheet, draft, cast.steps_max);
    times::check_memory(sheet, draft);
    sets::check(sheet, draft, cast);
    network::check(sheet, draft, cast);
    for fault in &draft.faults {
        faults::check(sheet, fault, cast);
    }
    faults::check_resumes(sheet, draft);
    trigger::check_again(sheet, draft);
    assumption::check(sheet, draft, cast);
    reliance::check(sheet, draft, cast);
}

fn check_title(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    const LONGEST: usize = 200;
    let Some(title) = &draft.title else { return };
    let wrong = if title.trim().is_empty() {
        "the title is empty"
    } else if title.chars().count() > LONGEST {
        "the title is longer than 200 characters"
    } else if title.chars().any(char::is_control) {
        "the title contains control characters"
    } else {
        return;
    };
    let place = sheet.field("title").span.clone();
    sheet.push(
        Diagnostic::error(place, wrong)
            .label("not a title")
            .help("say in a few words on one line what happens"),
    );
}
