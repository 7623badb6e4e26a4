//! What a scenario lets a run cost: `costs: [Messages(kind: "Accept", at_most: "4*(n-1)")]`.

use serde::Deserialize;
use sim_engine::Outcome;

use crate::Diagnostic;
use crate::check::{Cast, check_kind};
use crate::draft::Draft;
use crate::fault::{plain_form, shortened};
use crate::formula::{Formula, Values};
use crate::outline::Item;
use crate::sheet::Sheet;
use crate::words::list;

/// A bound on what a run costs, as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "Cost", deny_unknown_fields)]
pub(crate) enum CostText {
    /// Messages that are sent to other nodes.
    Messages {
        /// Only those of the kind of this name.
        #[serde(default)]
        kind: Option<String>,
        /// Only those of this class.
        #[serde(default)]
        class: Option<ClassText>,
        #[serde(default)]
        at_most: Option<Formula>,
        #[serde(default)]
        at_least: Option<Formula>,
    },
    /// Bytes of all messages.
    Bytes {
        #[serde(default)]
        at_most: Option<Formula>,
        #[serde(default)]
        at_least: Option<Formula>,
    },
}

/// A class of messages; each message is of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "Class")]
pub(crate) enum ClassText {
    /// Between servers, sent for the first time.
    Protocol,
    /// From and to clients, sent for the first time.
    Client,
    /// Heartbeats and their replies, sent for the first time.
    Heartbeat,
    /// Sent again, of any kind.
    Retransmission,
}

/// A bound on what a run costs, checked.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    /// As it stands in the scenario.
    pub(crate) label: String,
    text: CostText,
}

/// How a run kept to a bound.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CostReport {
    /// The bound as it stands in the scenario.
    pub label: String,
    /// What was counted.
    pub counted: u64,
    /// The greatest number that was allowed, where there is a bound; below zero it is zero.
    pub at_most: Option<u64>,
    /// The least number that was demanded, where there is one.
    pub at_least: Option<u64>,
    /// Why a bound of the scenario is none in this run: its formula has no value here.
    pub no_bound: Option<String>,
    /// Whether the count lies within.
    pub is_within: bool,
}

/// What the names of formulas stand for: in a run, or before it, when marks count as one.
struct Names<'a> {
    servers: u32,
    others: u32,
    requests: u64,
    /// Whether `f` would mean two things, as the protocol has a setting of this name.
    has_own_f: bool,
    marks: &'a dyn Fn(&str) -> Option<u64>,
}

/// The names, and what they stand for.
const NAMES: [&str; 4] = ["n", "f", "others", "requests"];

impl Values for Names<'_> {
    fn name(&self, name: &str) -> Option<i128> {
        let number = match name {
            "n" => u64::from(self.servers),
            "f" if !self.has_own_f => u64::from(self.servers.saturating_sub(1) / 2),
            "others" => u64::from(self.others),
            "requests" => self.requests,
            _ => return None,
        };
        Some(i128::from(number))
    }

    fn mark(&self, name: &str) -> Option<i128> {
        (self.marks)(name).map(i128::from)
    }
}

impl CostText {
    fn at_most(&self) -> Option<&Formula> {
        match self {
            Self::Messages { at_most, .. } | Self::Bytes { at_most, .. } => at_most.as_ref(),
        }
    }

    fn at_least(&self) -> Option<&Formula> {
        match self {
            Self::Messages { at_least, .. } | Self::Bytes { at_least, .. } => at_least.as_ref(),
        }
    }

    fn count(&self, outcome: &Outcome) -> u64 {
        let counts = &outcome.counts;
        match self {
            Self::Bytes { .. } => counts.bytes.unwrap_or_default(),
            Self::Messages { kind: Some(kind), .. } => {
                let of_kind = counts.by_kind.iter().find(|(name, _)| name == kind);
                of_kind.map_or(0, |(_, count)| *count)
            }
            Self::Messages { class, .. } => match class {
                None => counts.total(),
                Some(ClassText::Protocol) => counts.protocol,
                Some(ClassText::Client) => counts.client,
                Some(ClassText::Heartbeat) => counts.heartbeat,
                Some(ClassText::Retransmission) => counts.retransmission,
            },
        }
    }
}

/// The bounds of the scenario, checked. What is wrong is told to the sheet.
pub(crate) fn costs(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) -> Vec<Cost> {
    let list = sheet.field("costs");
    let mut costs = Vec::with_capacity(draft.costs.len());
    for (index, text) in draft.costs.iter().enumerate() {
        let item = list.at_index(index);
        check(sheet, text, item, draft, cast);
        let label = shortened(plain_form(&sheet.text[item.span.clone()]));
        costs.push(Cost { label, text: text.clone() });
    }
    costs
}

fn check(sheet: &mut Sheet<'_>, cost: &CostText, item: &Item, draft: &Draft<'_>, cast: &Cast<'_>) {
    let text = sheet.text;
    let mut refuse = |place: &Item, message: String, help: String| {
        let diagnostic = Diagnostic::error(place.span.clone(), message).label("cannot be counted");
        sheet.push(diagnostic.help(help));
    };
    let example = || "write it as in `Messages(at_most: \"4*(n-1)\")`".to_owned();
    if cost.at_most().is_none() && cost.at_least().is_none() {
        refuse(item, "a cost without a bound".to_owned(), example());
    }
    let marks = |name: &str| cast.facts.marks.contains(&name).then_some(1);
    let has_own_f = cast.facts.fields.iter().any(|field| field.name == "f");
    let (servers, others) = (cast.servers, cast.others);
    let names = Names { servers, others, requests: 1, has_own_f, marks: &marks };
    for (field, formula) in [("at_most", cost.at_most()), ("at_least", cost.at_least())] {
        if let Some(Err(why)) = formula.map(|formula| formula.value(&names)) {
            let known = NAMES.into_iter().filter(|name| *name != "f" || !has_own_f);
            let mut help = format!("its names are {}", list(&known.collect::<Vec<_>>()));
            if has_own_f {
                let protocol = cast.facts.name;
                help += &format!("; for the setting `f` of `{protocol}` write its number");
            }
            if !cast.facts.marks.is_empty() {
                let marks: Vec<String> =
                    cast.facts.marks.iter().map(|mark| format!("'{mark}'")).collect();
                help += &format!("; the marks that it can count are {}", list(&marks));
            }
            refuse(item.at_field(text, field), format!("the formula {why}"), help);
        }
    }
    match cost {
        CostText::Bytes { .. } if !draft.bytes => {
            let help = "write `bytes: true`".to_owned();
            refuse(item, "the scenario counts no bytes".to_owned(), help);
        }
        CostText::Messages { kind: Some(_), class: Some(_), .. } => {
            let help = "leave one of them out".to_owned();
            let message = "a kind of message and a class: each kind is of one class";
            refuse(item.at_field(text, "class"), message.to_owned(), help);
        }
        CostText::Messages { kind: Some(kind), .. } => {
            check_kind(sheet, kind, &item.at_field(text, "kind").span, cast);
        }
        CostText::Messages { .. } | CostText::Bytes { .. } => {}
    }
}

/// How a run kept to its bounds. What it costs at least is judged of a run that came to its end.
pub(crate) fn judge(
    costs: &[Cost],
    (servers, others): (u32, u32),
    outcome: &Outcome,
    is_whole: bool,
) -> Vec<CostReport> {
    let marks = |name: &str| {
        let of_name = outcome.marks.iter().find(|mark| mark.name == name);
        Some(of_name.map_or(0, |mark| mark.times))
    };
    let requests = outcome.requests.iter().filter(|request| request.taken.is_some()).count();
    let requests = requests as u64;
    let names = Names { servers, others, requests, has_own_f: false, marks: &marks };
    let report = |cost: &Cost| {
        let counted = cost.text.count(outcome);
        let mut no_bound = None;
        let mut bound = |field: &str, formula: Option<&Formula>| match formula?.value(&names) {
            Ok(value) => Some(u64::try_from(value.max(0)).unwrap_or(u64::MAX)),
            // It made sense with a mark of each kind and a request, so one of them never came.
            Err(why) => {
                no_bound.get_or_insert(format!("`{field}` {why} in this run"));
                None
            }
        };
        let at_most = bound("at_most", cost.text.at_most());
        let at_least = bound("at_least", cost.text.at_least());
        let is_within = at_most.is_none_or(|most| counted <= most)
            && (!is_whole || at_least.is_none_or(|least| counted >= least));
        CostReport { label: cost.label.clone(), counted, at_most, at_least, no_bound, is_within }
    };
    costs.iter().map(report).collect()
}

impl CostReport {
    /// What is wrong, in one sentence.
    #[must_use]
    pub fn detail(&self) -> String {
        let counted = self.counted;
        let bound = match (self.at_most, self.at_least) {
            (Some(most), _) if counted > most => {
                format!("at most {most} were allowed: {} too many", counted - most)
            }
            (_, Some(least)) if counted < least => {
                format!("at least {least} were demanded: {} too few", least - counted)
            }
            _ => "that is within its bounds".to_owned(),
        };
        format!("`{}` counted {counted}, and {bound}", self.label)
    }

    /// Whether it bounds nothing in this run.
    pub(crate) fn is_vacuous(&self) -> bool {
        self.at_most.is_none() && self.at_least.is_none()
    }
}
