//! What happened around the chain: faults and crashes in between, and messages that never arrived.

use std::collections::BTreeMap;

use sim_node::NodeId;

use crate::trace::{Disturbance, Incident, Loss};
use crate::words;

/// A fault, a crash or the calm with its time, without a full stop.
pub(super) fn incident(incident: &Incident) -> String {
    format!("at {} {}", words::instant(incident.at), incident_without_time(incident))
}

/// A fault, a crash or the calm, without a full stop.
pub(crate) fn incident_without_time(incident: &Incident) -> String {
    let crashed = if incident.is_crash_fault() { ": a crash, in which memory is lost" } else { "" };
    match &incident.what {
        Disturbance::Fault { fault, label, begins, victims } => {
            let label = words::clip(label, 80);
            let whom = match victims.as_slice() {
                [] => String::new(),
                victims => format!(" {}", words::nodes(victims)),
            };
            match begins {
                true => format!("fault {fault}, {label}, struck{whom}{crashed}"),
                false => format!("fault {fault}, {label}, ended"),
            }
        }
        Disturbance::Crash(node) => format!("{node} crashed and lost what it had in memory"),
        Disturbance::Calm(core) => {
            let core = words::nodes(core);
            format!("the storm ended; {core} stayed up and connected from then on")
        }
    }
}

/// Losses of one step: "Its Coordinator to n3 and n4 never arrived: cut off by a partition."
pub(super) fn losses_of_step(losses: &[&Loss]) -> Vec<String> {
    let mut alike: Vec<((&str, &str), Vec<NodeId>)> = Vec::new();
    for loss in losses {
        let key = (loss.kind, loss.why);
        match alike.iter_mut().find(|(known, _)| *known == key) {
            Some((_, to)) => to.push(loss.to),
            None => alike.push((key, vec![loss.to])),
        }
    }
    let sentence = |((kind, why), to): ((&str, &str), Vec<NodeId>)| {
        format!("Its {kind} to {} never arrived: {why}.", words::nodes(&to))
    };
    alike.into_iter().map(sentence).collect()
}

/// Many losses, summed up: one line for each sender, receiver and cause, the most frequent first,
/// and at most so many lines.
pub(crate) fn losses_summed(losses: &[&Loss], most: usize) -> Vec<String> {
    struct Sum {
        kinds: Vec<&'static str>,
        messages: Vec<u64>,
        latest: sim_check::SimTime,
    }
    let mut sums: BTreeMap<(NodeId, NodeId, &str), Sum> = BTreeMap::new();
    for loss in losses {
        let sum = sums.entry((loss.from, loss.to, loss.why)).or_insert_with(|| Sum {
            kinds: vec![],
            messages: vec![],
            latest: loss.sent,
        });
        if !sum.kinds.contains(&loss.kind) {
            sum.kinds.push(loss.kind);
        }
        sum.messages.push(loss.message);
        sum.latest = sum.latest.max(loss.sent);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.messages.len()));
    let hidden = sums.len().saturating_sub(most);
    let mut lines: Vec<String> = sums
        .iter()
        .take(most)
        .map(|((from, to, why), sum)| {
            let messages = words::count(sum.messages.len() as u64, "message");
            let kinds = words::list(&sum.kinds);
            let last = if sum.messages.len() > 1 { "the last sent" } else { "sent" };
            let at = words::instant(sum.latest);
            format!("{messages} from {from} to {to} ({kinds}), {last} at {at}: {why}.")
        })
        .collect();
    if hidden > 0 {
        lines.push(format!("and others, on {}.", words::count(hidden as u64, "other link")));
    }
    lines
}
