//! [`Draft`]: a scenario as far as it can be read without knowing its protocol.

use std::collections::BTreeMap;
use std::ops::Range;

use ron::value::RawValue;
use serde::Deserialize;
use sim_engine::{ClockSpec, DiskSpec, Model, NodeSet, Ties};
use sim_node::{Bytes, Duration};

use crate::Diagnostic;
use crate::costs::CostText;
use crate::fault::FaultText;
use crate::language::{ExpectText, NetworkText, ServiceText};
use crate::outline::{Item, Shape};
use crate::renamed::{self, Within};
use crate::sheet::Sheet;
use crate::words::{clip, list, unknown};

/// A scenario as far as it can be read without knowing its protocol. What does not depend on
/// another part is read even when that other part is wrong, so that several errors are reported at
/// once.
pub struct Draft<'a> {
    pub(crate) title: Option<String>,
    pub(crate) protocol: Option<ProtocolText<'a>>,
    /// Settings of single nodes, which the protocol reads.
    pub(crate) nodes: Option<&'a str>,
    /// Sets of nodes by name.
    pub(crate) sets: BTreeMap<String, NodeSet>,
    pub(crate) network: Option<NetworkText>,
    pub(crate) disks: Vec<DiskSpec>,
    pub(crate) clocks: Vec<ClockSpec>,
    pub(crate) service: Vec<ServiceText>,
    /// The disks at the first start, which the protocol reads.
    pub(crate) images: Option<&'a str>,
    /// The workload, which the protocol reads.
    pub(crate) workload: Option<&'a str>,
    pub(crate) faults: Vec<FaultText<'a>>,
    pub(crate) model: Model,
    pub(crate) ties: Ties,
    pub(crate) calm: Option<Duration>,
    pub(crate) calm_bound: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) budget: Option<u64>,
    pub(crate) memory: Option<Bytes>,
    pub(crate) bytes: bool,
    /// What must be reached, which is read once nodes and names are known.
    pub(crate) reaches: Option<&'a str>,
    /// What a run may cost.
    pub(crate) costs: Vec<CostText>,
    pub(crate) expect: Option<ExpectText>,
}

/// The protocol's name and settings.
pub(crate) struct ProtocolText<'a> {
    /// The name.
    pub(crate) name: &'a str,
    /// Where the name stands.
    pub(crate) name_span: Range<usize>,
    /// The settings with their parentheses; `None` when there are none.
    pub(crate) settings: Option<&'a str>,
    /// The whole.
    pub(crate) item: &'a Item,
}

/// The fields of a scenario, unread.
#[derive(Default, Deserialize)]
#[serde(rename = "Scenario", default)]
struct Outer<'a> {
    #[serde(borrow)]
    title: Option<&'a RawValue>,
    protocol: Option<&'a RawValue>,
    nodes: Option<&'a RawValue>,
    sets: Option<&'a RawValue>,
    network: Option<&'a RawValue>,
    disks: Option<&'a RawValue>,
    clocks: Option<&'a RawValue>,
    service: Option<&'a RawValue>,
    images: Option<&'a RawValue>,
    workload: Option<&'a RawValue>,
    faults: Option<&'a RawValue>,
    model: Option<&'a RawValue>,
    ties: Option<&'a RawValue>,
    calm: Option<&'a RawValue>,
    calm_bound: Option<&'a RawValue>,
    deadline: Option<&'a RawValue>,
    budget: Option<&'a RawValue>,
    memory: Option<&'a RawValue>,
    bytes: Option<&'a RawValue>,
    reaches: Option<&'a RawValue>,
    costs: Option<&'a RawValue>,
    expect: Option<&'a RawValue>,
}

/// The fields of a scenario, in the order of the reference, and whether they must be given.
pub(crate) const FIELDS: [(&str, bool); 22] = [
    ("title", true),
    ("protocol", true),
    ("nodes", false),
    ("sets", false),
    ("network", false),
    ("disks", false),
    ("clocks", false),
    ("service", false),
    ("images", false),
    ("workload", false),
    ("faults", false),
    ("model", false),
    ("ties", false),
    ("calm", false),
    ("calm_bound", false),
    ("deadline", true),
    ("budget", false),
    ("memory", false),
    ("bytes", false),
    ("reaches", false),
    ("costs", false),
    ("expect", true),
];

/// Lists that have a greatest length, so that no file asks for more than it should.
const LENGTHS_MAX: [(&str, usize); 8] = [
    ("costs", 1_000),
    ("nodes", 1_000),
    ("sets", 1_000),
    ("disks", 10_000),
    ("clocks", 10_000),
    ("service", 1_000),
    ("faults", 10_000),
    ("reaches", 1_000),
];

impl<'a> Draft<'a> {
    /// Reads what can be read. Errors go to the sheet; `None` when not even the fields could be
    /// told apart.
    pub(crate) fn read(sheet: &mut Sheet<'a>) -> Option<Self> {
        if !check_fields(sheet) || !check_lengths(sheet) {
            return None;
        }
        let outer: Outer<'a> = sheet.read_known_fields(sheet.plain, "the scenario")?;
        let protocol = outer.protocol.and_then(|_| protocol(sheet));
        let sets = read(sheet, outer.sets, "the sets").unwrap_or_default();
        Some(Self {
            title: read(sheet, outer.title, "the title"),
            protocol,
            nodes: outer.nodes.map(RawValue::get_ron),
            network: match outer.network {
                None => Some(NetworkText::default()),
                some => read(sheet, some, "the network"),
            },
            disks: read(sheet, outer.disks, "the disks").unwrap_or_default(),
            clocks: read(sheet, outer.clocks, "the clocks").unwrap_or_default(),
            service: read(sheet, outer.service, "the service times").unwrap_or_default(),
            images: outer.images.map(RawValue::get_ron),
            workload: outer.workload.map(RawValue::get_ron),
            faults: FaultText::read_all(sheet, outer.faults, &sets),
            model: read(sheet, outer.model, "the model").unwrap_or_default(),
            ties: read(sheet, outer.ties, "`ties`").unwrap_or_default(),
            calm: read(sheet, outer.calm, "`calm`"),
            calm_bound: read(sheet, outer.calm_bound, "`calm_bound`"),
            deadline: read(sheet, outer.deadline, "`deadline`"),
            budget: read(sheet, outer.budget, "`budget`"),
            memory: read(sheet, outer.memory, "`memory`"),
            bytes: read(sheet, outer.bytes, "`bytes`").unwrap_or_default(),
            reaches: outer.reaches.map(RawValue::get_ron),
            costs: read(sheet, outer.costs, "the costs").unwrap_or_default(),
            expect: read(sheet, outer.expect, "`expect`"),
            sets,
        })
    }
}

fn read<'a, T: Deserialize<'a>>(
    sheet: &mut Sheet<'a>,
    raw: Option<&'a RawValue>,
    noun: &str,
) -> Option<T> {
    sheet.read(raw?.get_ron(), noun)
}

/// Whether the text is `Scenario(field: value, ...)` with fields that exist, each given once.
fn check_fields(sheet: &mut Sheet<'_>) -> bool {
    let (text, outline) = (sheet.text, sheet.outline);
    let is_scenario =
        outline.name(text) == Some("Scenario") && matches!(outline.shape, Shape::Group(..));
    if !is_scenario {
        let place = outline.name.clone().unwrap_or(outline.span.start..outline.span.start + 1);
        let message = format!("expected `Scenario(...)`, found {}", outline.describe(text));
        sheet.push(
            Diagnostic::error(place, message)
                .label("not a scenario")
                .help("a scenario file contains one `Scenario(title: ..., protocol: ..., ...)`"),
        );
        return false;
    }
    let names = FIELDS.map(|(name, _)| name);
    let mut seen: Vec<(&str, Range<usize>)> = Vec::new();
    let mut readable = true;
    for part in outline.parts() {
        let key = part.key.as_deref().filter(|key| matches!(key.shape, Shape::Name));
        let Some(key) = key else {
            let found = part.value.describe(text);
            sheet.push(
                Diagnostic::error(part.span(), format!("expected `field: value`, found {found}"))
                    .label("a value without its field"),
            );
            readable = false;
            continue;
        };
        let name = &text[key.span.clone()];
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == name) {
            sheet.push(
                Diagnostic::error(key.span.clone(), format!("the field `{name}` is given twice"))
                    .label("the second time")
                    .context(first.clone(), "the first time"),
            );
            readable = false;
        } else if names.contains(&name) {
            seen.push((name, key.span.clone()));
        } else {
            let (message, label) = match renamed::new_name(Within::Language("Scenario"), name) {
                Some(new) => (renamed::message(name, new), renamed::LABEL),
                None => (unknown("field", name, &names), "no such field"),
            };
            sheet.push(
                Diagnostic::error(key.span.clone(), message)
                    .label(label)
                    .help(format!("the fields of a scenario are {}", list(&names))),
            );
        }
    }
    for (name, required) in FIELDS {
        let value = sheet.field(name);
        let is_given = seen.iter().any(|(known, _)| *known == name);
        // `deadline: None` says nothing either.
        let is_nothing = is_given && value.name(text) == Some("None");
        if required && (!is_given || is_nothing) {
            let head = || outline.name.clone().expect("it is called Scenario");
            let place = if is_nothing { value.span.clone() } else { head() };
            sheet.push(
                Diagnostic::error(place, format!("the scenario lacks its field `{name}`"))
                    .label(format!("`{name}` is missing"))
                    .help(missing_field_help(name)),
            );
        }
    }
    readable
}

fn missing_field_help(name: &str) -> &'static str {
    match name {
        "title" => "say in a few words what happens: `title: \"leader isolated by a partition\"`",
        "protocol" => "name a protocol with its settings: `protocol: Bully(nodes: 5)`",
        "deadline" => "say when the run ends and obligations must be met: `deadline: \"20s\"`",
        _ => "say which result is expected: `expect: Holds`, or `expect: Violates(\"code\")`",
    }
}

/// Whether every list is short enough to be read.
fn check_lengths(sheet: &mut Sheet<'_>) -> bool {
    let mut all_short = true;
    for (name, most) in LENGTHS_MAX {
        let item = sheet.field(name);
        let length = item.parts().len();
        if length > most && item.span != sheet.outline.span {
            let message = format!("`{name}` has {length} entries; at most {most} are allowed");
            let first_too_many = item.parts()[most].span();
            sheet.push(Diagnostic::error(first_too_many, message).label("one too many"));
            all_short = false;
        }
    }
    all_short
}

/// The protocol's name, and the slice that is its settings.
fn protocol<'a>(sheet: &mut Sheet<'a>) -> Option<ProtocolText<'a>> {
    let item = sheet.field("protocol");
    let Some(name_span) = item.name.clone() else {
        let message = format!("expected a protocol, found {}", item.describe(sheet.text));
        let place = item.span.clone();
        let name = sheet.text[place.clone()].trim_matches('"');
        let is_quoted = matches!(item.shape, Shape::Text) && !name.contains(['(', '"']);
        let name = if is_quoted { clip(name) } else { "Bully".to_owned() };
        sheet.push(
            Diagnostic::error(place, message)
                .label("not a protocol")
                .help(format!("write it as in `{name}(nodes: 5)`, its name without quotes")),
        );
        return None;
    };
    let has_settings = matches!(item.shape, Shape::Group(..));
    Some(ProtocolText {
        name: &sheet.text[name_span.clone()],
        settings: has_settings.then(|| sheet.plain[name_span.end..item.span.end].trim_start()),
        name_span,
        item,
    })
}

/// The name of a protocol that no catalogue has.
pub(crate) fn unknown_protocol(protocol: &ProtocolText<'_>, known: &[&str]) -> Diagnostic {
    let (message, label) = match renamed::new_name(Within::Language("Protocol"), protocol.name) {
        Some(new) => (renamed::message(protocol.name, new), renamed::LABEL),
        None => (unknown("protocol", protocol.name, known), "no such protocol"),
    };
    Diagnostic::error(protocol.name_span.clone(), message).label(label).help(if known.is_empty() {
        format!("the catalogue is empty; `{}` is not in it", clip(protocol.name))
    } else {
        format!("the protocols are {}", list(known))
    })
}
