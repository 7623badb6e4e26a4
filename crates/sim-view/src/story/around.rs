//! What happened around the chain: faults and crashes in between, messages that never arrived, and
//! the conditions at the end.

use std::collections::BTreeMap;

use sim_node::NodeId;
use sim_scenario::Reason;

use crate::causes::Silence;
use crate::impairment::Impairment;
use crate::trace::{Disturbance, Incident, Loss, Sending, Trace};
use crate::words;

/// A fault, a crash or the calm with its time, without a full stop. Of a fault that is `known` only
/// its number is told.
pub(super) fn incident(
    trace: &Trace,
    incident: &Incident,
    known: impl Fn(usize) -> bool,
) -> String {
    let at = words::instant(incident.at);
    if let Disturbance::Fault { fault, begins, victims, .. } = &incident.what
        && known(*fault)
    {
        let whom = match victims.as_slice() {
            victims if *begins && !victims.is_empty() => format!(" on {}", words::nodes(victims)),
            _ => String::new(),
        };
        let verb = if *begins { "took effect" } else { "ended" };
        return format!("at {at}, fault {fault} {verb}{whom}");
    }
    format!("at {at}, {}", incident_without_time(trace, incident))
}

/// A fault, a crash or the calm, without a full stop.
pub(crate) fn incident_without_time(trace: &Trace, incident: &Incident) -> String {
    match &incident.what {
        Disturbance::Fault { fault, label, begins, victims, .. } => {
            let label = words::as_written(label);
            let whom = match victims.as_slice() {
                [] => String::new(),
                victims => format!(" on {}", words::nodes(victims)),
            };
            match begins {
                true => {
                    let lost = trace.lost_by(incident);
                    let lost = lost.map(|lost| format!(": {lost}")).unwrap_or_default();
                    format!("fault {fault}, {label}, took effect{whom}{lost}")
                }
                false => format!("fault {fault}, {label}, ended"),
            }
        }
        Disturbance::Crash { node, lost } => format!("{node} crashed and lost {lost}"),
        Disturbance::Calm(core) => {
            let core = words::nodes(core);
            format!("all faults ended (calm); from then on {core} stayed up and connected")
        }
    }
}

/// Losses of one step: "Its Coordinator to n3 and n4 never arrived: cut off by a partition."
pub(super) fn losses_of_step(losses: &[&Loss]) -> Vec<String> {
    let mut alike: Vec<((&str, Reason), Vec<NodeId>)> = Vec::new();
    for loss in losses {
        let key = (loss.sending.kind, loss.why);
        match alike.iter_mut().find(|(known, _)| *known == key) {
            Some((_, to)) => to.push(loss.sending.to),
            None => alike.push((key, vec![loss.sending.to])),
        }
    }
    let sentence = |((kind, why), to): ((&str, Reason), Vec<NodeId>)| {
        format!("Its {kind} to {} never arrived: {why}.", words::nodes(&to))
    };
    alike.into_iter().map(sentence).collect()
}

/// Why nothing came from some nodes: "n0 (down since 0s) and n1 (its Values, sent at 5ms, was lost:
/// the link dropped it)".
pub(crate) fn silences(silent: &[(NodeId, Silence)]) -> String {
    let reasons: Vec<String> = silent
        .iter()
        .map(|(node, silence)| {
            let why = match silence {
                Silence::Down(since) => format!("down since {}", words::instant(*since)),
                Silence::Paused(since) => {
                    format!("paused since {}", words::instant(*since))
                }
                Silence::Late(Sending { kind, sent, held: Some(fault), .. }) => {
                    format!("fault {fault} held its {kind}, sent at {}", words::instant(*sent))
                }
                Silence::Late(Sending { kind, sent, arrives, .. }) => {
                    let sent = words::instant(*sent);
                    let due = arrives.map(|at| format!(", due at {}", words::instant(at)));
                    let due = due.unwrap_or_default();
                    format!("its {kind}, sent at {sent}, was still in flight{due}")
                }
                Silence::Lost(Loss { sending: Sending { kind, sent, .. }, why, .. }) => {
                    format!("its {kind}, sent at {}, was lost: {why}", words::instant(*sent))
                }
            };
            format!("{node} ({why})")
        })
        .collect();
    words::list(&reasons)
}

/// What was impaired, a sentence each: nodes, then clocks, then other faults. At most `most` of
/// each. `lost` says of nodes that were down what was lost on its way to them.
pub(crate) fn conditions(
    impairments: &[Impairment],
    lost: &BTreeMap<NodeId, String>,
    clocks: &[String],
    most: usize,
) -> Vec<String> {
    let (mut nodes, mut faults) = (Vec::new(), Vec::new());
    for impairment in impairments {
        match impairment {
            Impairment::Down { node, since } => {
                let lost = lost.get(node).map(|lost| format!("; {lost}")).unwrap_or_default();
                let since = words::instant(*since);
                nodes.push(format!("{node} had been down since {since}{lost}."));
            }
            Impairment::Paused { node, since, fault } => {
                let since = words::instant(*since);
                nodes.push(format!("{node} had been paused since {since}, by fault {fault}."));
            }
            Impairment::Faulty { fault, label, since, victims } => {
                let whom = match victims.as_slice() {
                    [] => String::new(),
                    victims => format!(" on {}", words::nodes(victims)),
                };
                let (label, since) = (words::as_written(label), words::instant(*since));
                faults.push(format!(
                    "Fault {fault}, {label}, had been in force{whom} since {since}."
                ));
            }
        }
    }
    let mut clocks = clocks.to_vec();
    for (kind, lines) in [("nodes", &mut nodes), ("clocks", &mut clocks), ("faults", &mut faults)] {
        if lines.len() > most {
            let more = lines.len() - most;
            lines.truncate(most);
            lines.push(format!("{more} more {kind} are not shown."));
        }
    }
    [nodes, clocks, faults].concat()
}
