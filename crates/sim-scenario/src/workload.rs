//! The workload of a scenario, read with the protocol's own types.

use ron::value::RawValue;
use serde::Deserialize;
use sim_check::SimTime;
use sim_node::{Duration, Node, NodeId};
use sim_protocol::{Appointment, Protocol, Settings as _, Workload};

use crate::check::{Cast, check_needs, check_node, check_time};
use crate::draft::Draft;
use crate::fault::{plain_form, shortened};
use crate::outline::{Item, Shape};
use crate::sheet::{Sheet, options};
use crate::words::{list, unknown};
use crate::{Diagnostic, ProtocolFacts};

/// The name of the plain workload.
const PLAIN: &str = "Requests";

/// What a bare name stands for.
const NOTHING: &str = "()";

/// How the plain workload is written.
const REQUESTS_EXAMPLE: &str = "write it as in `Requests([At(\"1s\", 0, TheRequest)])`";

/// The most requests of a plain workload.
const REQUESTS_MAX: usize = 100_000;

/// The values of a plain workload, its requests unread.
#[derive(Deserialize)]
struct RequestList<'a>(#[serde(borrow)] Vec<&'a RawValue>);

/// A request, what it asks for unread.
#[derive(Deserialize)]
#[serde(rename = "RequestLine")]
enum RequestLine<'a> {
    At(Duration, u32, #[serde(borrow)] &'a RawValue),
}

/// Requests of nodes, in the order of the file, and what they ask for as it is written there.
pub(crate) type Labelled<N> = (Requests<N>, Vec<String>);
/// Requests of nodes, in the order of the file.
pub(crate) type Requests<N> = Vec<(SimTime, NodeId, <N as Node>::Request)>;

/// What the workload of a scenario consists of: `Requests([...])`, one that the protocol's own
/// clients make, or both in a list.
pub(crate) struct WorkloadParts<'a> {
    /// The plain requests, with their place.
    requests: Option<Named<'a>>,
    /// The protocol's own.
    own: Option<Named<'a>>,
}

/// A workload: its place, and its values with their parentheses; `None` for a bare name.
struct Named<'a> {
    item: &'a Item,
    values: Option<&'a str>,
}

impl<'a> WorkloadParts<'a> {
    /// Tells the workloads of a scenario apart by their names. What is wrong is told to the sheet.
    pub(crate) fn read(
        sheet: &mut Sheet<'a>,
        draft: &Draft<'a>,
        facts: &ProtocolFacts,
    ) -> Option<Self> {
        let mut parts = Self { requests: None, own: None };
        if draft.workload.is_none() {
            return Some(parts);
        }
        let field = sheet.field("workload");
        let items: Vec<&'a Item> = match &field.shape {
            Shape::Group('[', parts) => parts.iter().map(|part| &part.value).collect(),
            _ => vec![field],
        };
        let own = facts.workload.map(|workload| workload.name);
        let known: Vec<&str> = [PLAIN].into_iter().chain(own).collect();
        for item in items {
            let name = item.name(sheet.text);
            let place = match name {
                Some(PLAIN) => &mut parts.requests,
                Some(name) if Some(name) == own => &mut parts.own,
                _ => {
                    sheet.push(unknown_workload(sheet.text, item, facts, &known));
                    return None;
                }
            };
            let values = match (&item.name, &item.shape) {
                (Some(name), Shape::Group('(', _)) => {
                    Some(sheet.plain[name.end..item.span.end].trim_start())
                }
                _ => None,
            };
            if place.replace(Named { item, values }).is_some() {
                let message = format!("the workload `{}` is given twice", name.unwrap_or_default());
                let span = item.span.clone();
                sheet.push(Diagnostic::error(span, message).label("the second time"));
                return None;
            }
        }
        Some(parts)
    }

    /// The protocol's own workload, checked; the outer `None` when it is wrong.
    pub(crate) fn own<P: Protocol>(
        &self,
        sheet: &mut Sheet<'a>,
        servers: u32,
    ) -> Option<Option<P::Workload>> {
        let Some(Named { item, values }) = &self.own else { return Some(None) };
        let name = P::Workload::NAME.unwrap_or_default();
        let noun = format!("`{name}`");
        let fields = P::Workload::FIELDS;
        let workload: P::Workload = match values {
            Some(values) => sheet.read_with_fields(values, &noun, fields)?,
            None => match options().from_str(NOTHING) {
                Ok(workload) => workload,
                Err(_) => {
                    let required = fields.iter().filter(|field| field.is_required());
                    let required: Vec<&str> = required.map(|field| field.name).collect();
                    let message = format!("{noun} needs its fields");
                    sheet.push(
                        Diagnostic::error(item.span.clone(), message)
                            .label("nothing is set")
                            .help(format!("it needs at least {}", list(&required))),
                    );
                    return None;
                }
            },
        };
        if let Err(error) = workload.check_ranges().and_then(|()| workload.validate(servers)) {
            let field = item.at_field(sheet.text, error.field);
            let place = error.entry.map_or(field, |entry| field.at_index(entry)).span.clone();
            let message = format!("`{}` of `{name}`: {}", error.field, error.message);
            let mut diagnostic = Diagnostic::error(place, message).label("invalid value");
            if let Some(field) = fields.iter().find(|field| field.name == error.field) {
                diagnostic = diagnostic.help(format!("`{}` is {}", field.name, field.meaning));
            }
            sheet.push(diagnostic);
            return None;
        }
        check_needs(sheet, item, &[&workload]);
        Some(Some(workload))
    }

    /// What the protocol's own workload has clients do at given times, and where it stands.
    pub(crate) fn appointments<P: Protocol>(
        &self,
        text: &str,
        own: Option<&P::Workload>,
    ) -> Vec<(Appointment, &'a Item)> {
        let (Some(own), Some(Named { item, .. })) = (own, &self.own) else { return Vec::new() };
        let place = |appointment: Appointment| {
            let (field, entry) = appointment.entry;
            (appointment, item.at_field(text, field).at_index(entry))
        };
        own.appointments().into_iter().map(place).collect()
    }

    /// The plain requests.
    pub(crate) fn requests<P: Protocol>(
        &self,
        sheet: &mut Sheet<'a>,
        draft: &Draft<'a>,
        cast: &Cast<'_>,
        settings: &P::Settings,
    ) -> Option<Labelled<P::Node>> {
        let Some(Named { item, values }) = &self.requests else { return Some(Default::default()) };
        let Some(values) = values else {
            let message = format!("`{PLAIN}` needs its list of requests");
            sheet.push(
                Diagnostic::error(item.span.clone(), message)
                    .label("nothing is asked for")
                    .help(REQUESTS_EXAMPLE),
            );
            return None;
        };
        let list = item.at_index(0);
        let length = list.parts().len();
        if length > REQUESTS_MAX {
            let message =
                format!("the workload has {length} requests; at most {REQUESTS_MAX} are allowed");
            let place = list.at_index(REQUESTS_MAX).span.clone();
            sheet.push(Diagnostic::error(place, message).label("one too many"));
            return None;
        }
        let RequestList(raws) = sheet.read(values, "the workload")?;
        let mut requests = Vec::with_capacity(raws.len());
        let mut labels = Vec::with_capacity(raws.len());
        let mut all_read = true;
        for (index, raw) in raws.into_iter().enumerate() {
            let item = list.at_index(index);
            let line = sheet.read::<RequestLine<'_>>(raw.get_ron(), "the request");
            let Some(RequestLine::At(at, node, request)) = line else {
                all_read = false;
                continue;
            };
            check_time(sheet, at, item.at_index(0));
            check_node(sheet, node, &item.at_index(1).span, cast);
            if draft.deadline.is_some_and(|deadline| at > deadline) {
                let message = format!("the request at {at} comes after the deadline");
                let place = item.at_index(0).span.clone();
                sheet.push(Diagnostic::warning(place, message).label("the run is over by then"));
            }
            let Some(request) = sheet.read_own::<P::Request>(request.get_ron(), "the request")
            else {
                all_read = false;
                continue;
            };
            let node = NodeId::new(node);
            if let Err(why) = P::may_ask(settings, node, &request) {
                let place = item.span.clone();
                sheet.push(Diagnostic::error(place, why).label("cannot be asked for"));
            }
            labels.push(shortened(plain_form(&sheet.text[item.at_index(2).span.clone()])));
            requests.push((SimTime::from(at), node, request.into()));
        }
        all_read.then_some((requests, labels))
    }
}

fn unknown_workload(text: &str, item: &Item, facts: &ProtocolFacts, known: &[&str]) -> Diagnostic {
    let Some(name) = item.name(text) else {
        let message = format!("expected a workload, found {}", item.describe(text));
        return Diagnostic::error(item.span.clone(), message)
            .label("not a workload")
            .help(REQUESTS_EXAMPLE);
    };
    let place = item.name.clone().unwrap_or_else(|| item.span.clone());
    let mut message = unknown("workload", name, known);
    if name == "KeyValue" {
        message = format!("`{}` has no clients of the key-value service", facts.name);
    }
    Diagnostic::error(place, message)
        .label("no such workload")
        .help(format!("the names allowed here are {}", list(known)))
}
