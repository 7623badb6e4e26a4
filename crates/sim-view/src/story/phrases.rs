//! Steps in words: what happened to the node, and what it did.

use sim_node::NodeId;
use sim_scenario::{Done, Happening, Report, Seen, ViolationReport};

use crate::words;

/// How much of a message, a timer or a request is told.
pub(super) const CONTENT: usize = 120;
/// How many actions of one step are told.
const ACTIONS: usize = 6;

/// "received Election from n1", "started", "saw its timer Wait fire".
pub(crate) fn happened(what: &Happening) -> String {
    happened_within(what, CONTENT)
}

fn happened_within(what: &Happening, content: usize) -> String {
    match what {
        Happening::Start { again: false, settings } => format!("started{}", with(settings)),
        Happening::Start { again: true, settings } => format!("started again{}", with(settings)),
        Happening::Message { message: None, kind, text, .. } => {
            format!("received its own {}", words::content(kind, text, content))
        }
        Happening::Message { from, kind, text, .. } => {
            format!("received {} from {from}", words::content(kind, text, content))
        }
        Happening::Timer { text, .. } => {
            format!("handled timer {}", words::said(text, content))
        }
        Happening::Request { text } => {
            format!("received the request {} from the workload", words::said(text, content))
        }
    }
}

/// " with pre_vote: true"; nothing without settings of its own.
pub(crate) fn with(settings: &Option<String>) -> String {
    settings.as_ref().map(|settings| format!(" with {settings}")).unwrap_or_default()
}

/// "on receiving Election from n1", "as it started", "when its timer Wait fired".
pub(crate) fn when(what: &Happening) -> String {
    match what {
        Happening::Start { again: false, settings } => format!("as it started{}", with(settings)),
        Happening::Start { again: true, settings } => {
            format!("as it started again{}", with(settings))
        }
        Happening::Message { message: None, kind, text, .. } => {
            format!("on receiving its own {}", words::content(kind, text, CONTENT))
        }
        Happening::Message { from, kind, text, .. } => {
            format!("on receiving {} from {from}", words::content(kind, text, CONTENT))
        }
        Happening::Timer { text, .. } => {
            format!("when its timer {} fired", words::said(text, CONTENT))
        }
        Happening::Request { text } => {
            format!("on receiving the request {} from the workload", words::said(text, CONTENT))
        }
    }
}

/// "received Election from n1, became leader and indicated Leader(4)".
pub(crate) fn whole(seen: &Seen) -> String {
    whole_of(seen, CONTENT)
}

/// Why a step came to no end: its node crashed in it, its handler panicked, or a property did.
pub(crate) fn cut_short(report: &Report, step: u64) -> &'static str {
    let mut panics = report.violations.iter().filter(|one| one.code == "PANIC");
    match panics.find(|one| one.step == Some(step)) {
        Some(ViolationReport { node: Some(_), .. }) => ", and its handler panicked",
        Some(_) => ", and a property panicked",
        None => ", and crashed during the step",
    }
}

/// The same of the step that the story is about, of which nothing is cut.
pub(crate) fn decisive(seen: &Seen) -> String {
    whole_of(seen, words::WHOLE)
}

fn whole_of(seen: &Seen, content: usize) -> String {
    let Seen::Step { what, .. } = seen else { return String::new() };
    let mut all = vec![happened_within(what, content)];
    all.extend(actions_of(seen, None, content));
    words::list(&all)
}

/// "became leader, indicated Leader(4) and sent Coordinator to n0 and n1". Nothing when the step
/// did nothing notable. A message to `except` is told elsewhere.
pub(crate) fn actions(seen: &Seen, except: Option<NodeId>) -> Option<String> {
    let actions = actions_of(seen, except, CONTENT);
    (!actions.is_empty()).then(|| words::list(&actions))
}

fn actions_of(seen: &Seen, except: Option<NodeId>, content: usize) -> Vec<String> {
    let Seen::Step { node, effects, role, role_changed, .. } = seen else { return vec![] };
    let mut actions = Vec::new();
    if *role_changed {
        actions.push(match role {
            Some((name, _)) => format!("became {name}"),
            None => "lost its role".to_owned(),
        });
    }
    for effect in effects {
        match effect {
            Done::Indicate { text } => {
                actions.push(format!("indicated {}", words::said(text, content)))
            }
            Done::Mark { name } => actions.push(format!("emitted the mark \"{name}\"")),
            Done::Write { text } => {
                actions.push(format!("wrote {} to its disk", words::said(text, content)));
            }
            _ => {}
        }
    }
    actions.extend(sends(*node, effects, except));
    if actions.len() > ACTIONS && content != words::WHOLE {
        let more = actions.len() - (ACTIONS - 1);
        actions.truncate(ACTIONS - 1);
        actions.push(format!("did {more} more things"));
    }
    actions
}

/// "sent Coordinator to n0 and n1", one for each kind.
fn sends(node: NodeId, effects: &[Done], except: Option<NodeId>) -> Vec<String> {
    let mut kinds: Vec<(&str, Vec<NodeId>)> = Vec::new();
    for effect in effects {
        let Done::Send { to, kind, .. } = effect else { continue };
        if *to == node || Some(*to) == except {
            continue;
        }
        match kinds.iter_mut().find(|(known, _)| known == kind) {
            Some((_, receivers)) if receivers.contains(to) => {}
            Some((_, receivers)) => receivers.push(*to),
            None => kinds.push((kind, vec![*to])),
        }
    }
    kinds.into_iter().map(|(kind, to)| format!("sent {kind} to {}", words::nodes(&to))).collect()
}
