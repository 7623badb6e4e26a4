//! [`impairments`]: which nodes were down or paused at some point of a run, and which faults
//! were in force.

use std::collections::BTreeMap;

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Ender, FaultKind, FaultTime, InCalm, Victims};

use crate::trace::{Disturbance, Event, Trace};

/// A node that was down or paused, or a fault that was in force.
#[derive(Clone)]
pub(crate) enum Impairment {
    /// The node had crashed and not started again.
    Down { node: NodeId, since: SimTime },
    /// The node was paused by this fault.
    Paused { node: NodeId, since: SimTime, fault: usize },
    /// This fault was in force.
    Faulty { fault: usize, label: String, since: SimTime, victims: Vec<NodeId> },
}

/// Whether its last victim is given back when it strikes the next.
fn is_mobile(kind: &FaultKind) -> bool {
    matches!(kind.time, FaultTime::Lasting { calm: InCalm::Stops, .. })
}

/// The impairments before the step of this index, or at the end.
pub(crate) fn impairments(trace: &Trace, end: usize) -> Vec<Impairment> {
    let mut down = BTreeMap::new();
    let mut paused: BTreeMap<(NodeId, usize), SimTime> = BTreeMap::new();
    let mut faulty: BTreeMap<usize, (&str, SimTime, Vec<NodeId>)> = BTreeMap::new();
    let mut calm = None;
    for incident in trace.incidents.iter().filter(|incident| incident.after <= end) {
        let at = incident.at;
        match &incident.what {
            Disturbance::Crash { node, .. } => {
                down.insert(*node, (at, incident.after));
            }
            Disturbance::Calm(core) => calm = Some(core),
            Disturbance::Fault { fault, kind, label, begins, victims } => {
                match (kind.time, *begins) {
                    (FaultTime::Momentary { ends: Some(Ender::Resume) }, _) => {
                        paused.retain(|(node, _), _| !victims.contains(node));
                    }
                    // Whom a crash brings down is told by itself, and a heal ends other faults,
                    // which tell of their end.
                    (FaultTime::Momentary { ends: Some(Ender::Heal) | None }, _) => {}
                    (FaultTime::Lasting { .. }, true) if kind.victims == Victims::Paused => {
                        paused.extend(victims.iter().map(|node| ((*node, *fault), at)));
                    }
                    (FaultTime::Lasting { .. }, true) => {
                        let now = faulty.entry(*fault).or_insert_with(|| (label, at, Vec::new()));
                        if is_mobile(kind) {
                            *now = (label, at, Vec::new());
                        }
                        now.2.extend(victims);
                    }
                    (FaultTime::Lasting { .. }, false) => {
                        paused.retain(|(_, known), _| known != fault);
                        if let Some((.., left)) = faulty.get_mut(fault) {
                            // One that strikes nodes one after the other may free one alone.
                            left.retain(|node| !victims.is_empty() && !victims.contains(node));
                            if left.is_empty() {
                                faulty.remove(fault);
                            }
                        }
                    }
                }
            }
        }
    }
    if let Some(core) = calm {
        // The calm frees its core of everything.
        paused.retain(|(node, _), _| !core.contains(node));
    }
    let came_back = |node: NodeId, after: usize| {
        let steps = trace.steps.get(after..end).unwrap_or_default();
        steps.iter().any(|step| step.node == node && step.event == Event::Start)
    };
    down.retain(|node, (_, after)| !came_back(*node, *after));
    let down = down.into_iter().map(|(node, (since, _))| Impairment::Down { node, since });
    let paused =
        paused.into_iter().map(|((node, fault), since)| Impairment::Paused { node, since, fault });
    let faulty = faulty.into_iter().map(|(fault, (label, since, victims))| Impairment::Faulty {
        fault,
        label: label.to_owned(),
        since,
        victims,
    });
    down.chain(paused).chain(faulty).collect()
}
