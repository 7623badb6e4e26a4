//! [`Trace`]: the skeleton of a run. Who did what when and why, without texts, which come from
//! running again: so that a run of a million steps can be looked back upon.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Done, Happening, Seen, Watcher};

/// Runs the scenario once more and shows it to the watcher. Every call shows the same.
pub type Replay<'a> = dyn FnMut(&mut dyn Watcher) + 'a;

/// The skeleton of a run.
#[derive(Default)]
pub(crate) struct Trace {
    /// By index.
    pub(crate) steps: Vec<Step>,
    /// In order of time.
    pub(crate) losses: Vec<Loss>,
    /// Faults, crashes and the calm, in order of time.
    pub(crate) incidents: Vec<Incident>,
    under_way: BTreeMap<u64, Loss>,
}

#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) at: SimTime,
    pub(crate) node: NodeId,
    pub(crate) cause: Option<u64>,
    pub(crate) event: Event,
    /// Whether it stands out: a change of role, a mark, an indication, a restart.
    pub(crate) notable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Start,
    /// A message of this kind; not from itself if `from` is another node.
    Message {
        from: NodeId,
        kind: &'static str,
    },
    /// A timer; a fingerprint of its key.
    Timer(u64),
    Request,
}

/// A message that was lost.
#[derive(Clone, Copy)]
pub(crate) struct Loss {
    pub(crate) message: u64,
    /// When it was sent, and in which step.
    pub(crate) sent: SimTime,
    pub(crate) step: u64,
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) kind: &'static str,
    pub(crate) why: &'static str,
}

/// Something that happened to the world rather than in the protocol.
#[derive(Clone)]
pub(crate) struct Incident {
    pub(crate) at: SimTime,
    /// How many steps there had been.
    pub(crate) after: usize,
    pub(crate) what: Disturbance,
}

#[derive(Clone)]
pub(crate) enum Disturbance {
    Fault { fault: usize, label: String, begins: bool, victims: Vec<NodeId> },
    Crash(NodeId),
    Calm(Vec<NodeId>),
}

impl Incident {
    /// Whether it is a fault by which nodes crash.
    pub(crate) fn is_crash_fault(&self) -> bool {
        matches!(&self.what, Disturbance::Fault { label, begins: true, .. } if label.contains("Crash"))
    }

    /// Whether it is about this node.
    pub(crate) fn touches(&self, node: NodeId) -> bool {
        match &self.what {
            Disturbance::Fault { victims, .. } => victims.contains(&node),
            Disturbance::Crash(who) => *who == node,
            Disturbance::Calm(_) => true,
        }
    }
}

impl Trace {
    pub(crate) fn of(replay: &mut Replay<'_>) -> Self {
        let mut trace = Self::default();
        replay(&mut trace);
        trace
    }

    pub(crate) fn step(&self, step: u64) -> Option<&Step> {
        self.steps.get(usize::try_from(step).ok()?)
    }

    /// Whether the incident is a crash that the fault beside it, which brought it about, tells of.
    pub(crate) fn is_told_by_its_fault(&self, index: usize) -> bool {
        let Some(Incident { at, what: Disturbance::Crash(node), .. }) = self.incidents.get(index)
        else {
            return false;
        };
        let mut together = self.incidents.iter().filter(|other| other.at == *at);
        together.any(|other| other.is_crash_fault() && other.touches(*node))
    }

    /// The step and what caused it, and what caused that, back to where it began.
    pub(crate) fn chain(&self, step: u64) -> Vec<u64> {
        let mut chain = Vec::new();
        let mut next = Some(step);
        while let Some(step) = next {
            let Some(row) = self.step(step) else { break };
            chain.push(step);
            // A cause comes before its effect; anything else would make a circle.
            next = row.cause.filter(|cause| *cause < step);
        }
        chain
    }

    /// What the node of a step that its timer caused had heard since `after`: the latest of each
    /// kind from each other node, at most so many, the latest first.
    pub(crate) fn heard(&self, after: u64, step: u64, most: usize) -> Vec<u64> {
        let Some(waited) = self.step(step) else { return vec![] };
        let Event::Timer(_) = waited.event else { return vec![] };
        let mut from_whom = Vec::new();
        let mut heard = Vec::new();
        for (index, row) in self.rows(after, step) {
            let Event::Message { from, .. } = row.event else { continue };
            if row.node != waited.node || from == row.node || from_whom.contains(&row.event) {
                continue;
            }
            from_whom.push(row.event);
            heard.push(index);
            if heard.len() == most {
                break;
            }
        }
        heard
    }

    /// The steps from `after` up to, but not including, `until`, the latest first.
    pub(crate) fn rows(&self, after: u64, until: u64) -> impl Iterator<Item = (u64, &Step)> {
        let place = |step: u64| {
            usize::try_from(step).map_or(self.steps.len(), |at| at.min(self.steps.len()))
        };
        let (from, to) = (place(after), place(until));
        let rows = self.steps[from.min(to)..to].iter().enumerate().rev();
        rows.map(move |(index, row)| ((from + index) as u64, row))
    }

    /// The steps of one node, the latest first, among those with an index below `before`.
    pub(crate) fn steps_of(&self, node: NodeId, before: u64) -> impl Iterator<Item = (u64, &Step)> {
        let end = usize::try_from(before).map_or(self.steps.len(), |end| end.min(self.steps.len()));
        let steps = self.steps[..end].iter().enumerate().rev();
        steps.filter(move |(_, step)| step.node == node).map(|(index, step)| (index as u64, step))
    }
}

impl Watcher for Trace {
    fn wants(&self, _: u64) -> Detail {
        Detail::Skeleton
    }

    fn see(&mut self, seen: Seen) {
        match seen {
            Seen::Step { at, node, what, cause, effects, role_changed, .. } => {
                let again = matches!(what, Happening::Start { again: true });
                let event = match what {
                    Happening::Start { .. } => Event::Start,
                    Happening::Timer { print, .. } => Event::Timer(print),
                    Happening::Request { .. } => Event::Request,
                    Happening::Message { from, kind, message, .. } => {
                        if let Some(message) = message {
                            self.under_way.remove(&message);
                        }
                        Event::Message { from, kind }
                    }
                };
                let tells =
                    |effect: &Done| matches!(effect, Done::Indicate { .. } | Done::Mark { .. });
                let notable = role_changed || again || effects.iter().any(tells);
                self.steps.push(Step { at, node, cause, event, notable });
            }
            Seen::Sent { message, at, step, from, to, kind, lost, .. } => {
                let row = Loss { message, sent: at, step, from, to, kind, why: lost.unwrap_or("") };
                match lost {
                    Some(_) => self.losses.push(row),
                    None => {
                        self.under_way.insert(message, row);
                    }
                }
            }
            Seen::Lost { message, why, .. } => {
                if let Some(row) = self.under_way.remove(&message) {
                    self.losses.push(Loss { why, ..row });
                }
            }
            Seen::Fault { at, fault, label, begins, victims } => {
                let what = Disturbance::Fault { fault, label, begins, victims };
                self.incidents.push(Incident { at, after: self.steps.len(), what });
            }
            Seen::Crashed { at, node } => {
                let what = Disturbance::Crash(node);
                self.incidents.push(Incident { at, after: self.steps.len(), what });
            }
            Seen::Calm { at, core } => {
                let what = Disturbance::Calm(core);
                self.incidents.push(Incident { at, after: self.steps.len(), what });
            }
        }
    }
}

/// The full text of some steps.
pub(crate) struct Texts {
    wanted: BTreeSet<u64>,
    found: BTreeMap<u64, Seen>,
}

impl Texts {
    pub(crate) fn of(wanted: BTreeSet<u64>, replay: &mut Replay<'_>) -> Self {
        let mut texts = Self { wanted, found: BTreeMap::new() };
        replay(&mut texts);
        texts
    }

    pub(crate) fn step(&self, step: u64) -> Option<&Seen> {
        self.found.get(&step)
    }
}

impl Watcher for Texts {
    fn wants(&self, step: u64) -> Detail {
        if self.wanted.contains(&step) { Detail::Contents } else { Detail::Nothing }
    }

    fn see(&mut self, seen: Seen) {
        match &seen {
            Seen::Step { step, .. } if self.wanted.contains(step) => {
                self.found.insert(*step, seen);
            }
            _ => {}
        }
    }
}
