//! A protocol's part of a scenario: its settings, disks and requests, read with its own types.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use sim_check::{Properties as _, SimTime};
use sim_engine::WorldSpec;
use sim_protocol::{Protocol, Settings as _, SettingsError, Setup};

use crate::check::{self, Cast};
use crate::costs::costs;
use crate::draft::{Draft, ProtocolText};
use crate::images::images;
use crate::outline::Item;
use crate::per_node::{PerNode, per_node};
use crate::reach::reaches;
use crate::run::Scenario;
use crate::sheet::{Sheet, options};
use crate::words::{clock_in_words, count, line, list};
use crate::workload::WorkloadParts;
use crate::world::{override_labels, spec};
use crate::{Diagnostic, Prepared, ProtocolFacts, ScenarioFacts};

/// Reads the protocol's part of a scenario, checks the whole and makes it ready to run. What is
/// wrong is told to the sheet.
pub(crate) fn prepare<'a, P: Protocol>(
    facts: &ProtocolFacts,
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
) -> Option<Box<dyn Prepared>> {
    let protocol = draft.protocol.as_ref()?;
    let settings = settings::<P>(sheet, facts, protocol)?;
    let servers = servers::<P>(sheet, protocol, &settings)?;
    let workloads = WorkloadParts::read(sheet, draft, facts)?;
    let own = workloads.own::<P>(sheet, servers)?;
    let setup = set_up::<P>(sheet, protocol, &settings, own.as_ref(), servers)?;
    check_properties::<P>(sheet, protocol, &setup, servers)?;
    let cast = Cast {
        facts,
        servers,
        others: setup.others,
        sets: &draft.sets,
        core: setup.core,
        has_disk: facts.has_disks,
        steps_max: WorldSpec::<P::Node>::STEPS_MAX,
        relies_on: P::relies_on(&settings),
    };
    check::check_cast(sheet, draft, &cast);
    let appointments = workloads.appointments::<P>(sheet.text, own.as_ref());
    check::check_appointments(sheet, draft, &cast, &appointments);
    let configs = per_node::<P>(sheet, draft, &cast, (&settings, own.as_ref()), &setup);
    let requests = workloads.requests::<P>(sheet, draft, &cast, &settings);
    let reaches = reaches(sheet, draft, &cast);
    let costs = costs(sheet, draft, &cast);
    let PerNode { first: configs, new: new_configs, said } = configs?;
    let images = images::<P>(sheet, draft, &cast, &configs);
    let expect = check::resolve_expectation(sheet, draft, facts)?;
    if sheet.is_wrong() {
        return None;
    }
    let (requests, request_labels) = requests?;
    let scenario_facts = ScenarioFacts {
        title: draft.title.clone()?,
        protocol: facts.clone(),
        expect,
        servers,
        others: setup.others,
        parties: setup.parties.clone(),
        faults: draft.faults.iter().map(|fault| fault.label.clone()).collect(),
        requests: request_labels,
        reaches: reaches.iter().map(|reach| reach.label.clone()).collect(),
        settings: said,
        clocks: draft.clocks.iter().map(clock_in_words).collect(),
        calm: draft.calm.map(SimTime::from),
        deadline: SimTime::from(draft.deadline?),
    };
    let overrides = override_labels(sheet);
    let spec = spec::<P>(draft, facts, servers, setup, requests, images?)?;
    let spec = WorldSpec { reaches, own_configs: configs.own, new_configs, ..spec };
    Some(Box::new(Scenario::<P>::new(scenario_facts, Arc::new(spec), overrides, costs)))
}

fn settings<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    facts: &ProtocolFacts,
    protocol: &ProtocolText<'a>,
) -> Option<P::Settings> {
    match protocol.settings {
        Some(text) => sheet.read_with_fields(text, &format!("`{}`", facts.name), facts.fields),
        None => {
            let settings = options().from_str("()").ok();
            if settings.is_none() {
                let required: Vec<&str> = required_fields(facts);
                sheet.push(
                    Diagnostic::error(
                        protocol.item.span.clone(),
                        format!("`{}` needs its settings", facts.name),
                    )
                    .label("nothing is set")
                    .help(format!("it needs at least {}", list(&required))),
                );
            }
            settings
        }
    }
}

fn required_fields(facts: &ProtocolFacts) -> Vec<&'static str> {
    facts.fields.iter().filter(|field| field.is_required()).map(|field| field.name).collect()
}

/// Whether the properties can be made. A run makes them without looking, as they are the same with
/// every seed.
fn check_properties<P: Protocol>(
    sheet: &mut Sheet<'_>,
    protocol: &ProtocolText<'_>,
    setup: &Setup<P::Node>,
    servers: u32,
) -> Option<()> {
    let make = AssertUnwindSafe(|| drop(P::Properties::new(&setup.config, servers)));
    let Err(panic) = catch_unwind(make) else { return Some(()) };
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    let message = format!("a property of `{}` panicked as it was made: {}", P::NAME, line(text));
    let diagnostic = Diagnostic::error(protocol.item.span.clone(), message);
    sheet.push(diagnostic.label("not with these settings").help(
        "other settings may do; what panics is the `new` of a property, which is a bug of its own",
    ));
    None
}

/// How many servers the settings ask for: within the protocol's limits, before anything is made of
/// them.
fn servers<P: Protocol>(
    sheet: &mut Sheet<'_>,
    protocol: &ProtocolText<'_>,
    settings: &P::Settings,
) -> Option<u32> {
    let servers = P::servers(settings);
    let (least, most) = P::SERVERS;
    let (least, most) = (least.max(1), most.min(WorldSpec::<P::Node>::NODES_MAX));
    if (least..=most).contains(&servers) {
        return Some(servers);
    }
    let message = if servers == 0 {
        format!("`{}` cannot run without nodes", P::NAME)
    } else if servers < least {
        format!("`{}` cannot run with {}", P::NAME, count(servers, "node"))
    } else {
        format!("`{}` cannot run with {}: it takes at most {most}", P::NAME, count(servers, "node"))
    };
    let place = protocol.item.at_field(sheet.text, "nodes").span.clone();
    let label = if servers < least { "too few" } else { "too many" };
    let most = count(most, "node");
    let help = match least {
        1 if most.starts_with("1 ") => format!("`{}` runs with {most}", P::NAME),
        _ => format!("`{}` runs with {least} to {most}", P::NAME),
    };
    sheet.push(Diagnostic::error(place, message).label(label).help(help));
    None
}

/// What is wrong with settings, where they stand.
pub(crate) fn wrong_settings<P: Protocol>(
    sheet: &Sheet<'_>,
    item: &Item,
    error: &SettingsError,
) -> Diagnostic {
    let place = item.at_field(sheet.text, error.field).span.clone();
    let message = format!("`{}` of `{}`: {}", error.field, P::NAME, error.message);
    let diagnostic = Diagnostic::error(place, message).label("invalid value");
    match P::Settings::FIELDS.iter().find(|one| one.name == error.field) {
        Some(field) => diagnostic.help(format!("`{}`: {}", error.field, field.meaning)),
        None => diagnostic,
    }
}

fn set_up<P: Protocol>(
    sheet: &mut Sheet<'_>,
    protocol: &ProtocolText<'_>,
    settings: &P::Settings,
    workload: Option<&P::Workload>,
    servers: u32,
) -> Option<Setup<P::Node>> {
    let setup = match P::setup(settings, workload) {
        Ok(setup) => setup,
        Err(error) => {
            let diagnostic = wrong_settings::<P>(sheet, protocol.item, &error);
            sheet.push(diagnostic);
            return None;
        }
    };
    let most = WorldSpec::<P::Node>::NODES_MAX;
    if servers.checked_add(setup.others).is_none_or(|nodes| nodes > most) {
        let (servers, others) = (count(servers, "server"), count(setup.others, "other node"));
        let message = format!("{servers} and {others} are too many");
        sheet.push(
            Diagnostic::error(protocol.item.span.clone(), message)
                .label("too many nodes")
                .help(format!("a world has at most {}", count(most, "node"))),
        );
        return None;
    }
    Some(setup)
}
