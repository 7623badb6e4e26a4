//! [`Trace`]: the skeleton of a run. Who did what when and why, without texts, which come from
//! running again: so that a run of a million steps can be looked back upon.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;
use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Done, FaultKind, Glance, Happening, Reason, Seen, Victims, Watcher};

use crate::words;

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
    /// When which node took which role.
    pub(crate) roles: Vec<(SimTime, NodeId, &'static str)>,
    /// What was sent and neither handled nor lost, by message.
    pub(crate) under_way: BTreeMap<u64, Sending>,
    /// How many messages each node sent, by kind.
    pub(crate) sent: BTreeMap<NodeId, BTreeMap<&'static str, u64>>,
    /// Kinds of messages, by the number that steps name them with.
    kinds: Vec<&'static str>,
    /// Which node has sent or handled which content.
    known: FxHashSet<(NodeId, u64)>,
    /// The losses of the same content between the same nodes, until that content gets through.
    missing: BTreeMap<(NodeId, NodeId, u64), Vec<usize>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) at: SimTime,
    pub(crate) node: NodeId,
    /// Whether it is the second instance of a node that is split in twins.
    pub(crate) twin: bool,
    pub(crate) cause: Option<u64>,
    pub(crate) event: Event,
    /// Whether it is notable: a change of role, a mark, an indication, a restart.
    pub(crate) notable: bool,
    /// Whether it handled a message that says what its node had neither received nor sent before.
    pub(crate) news: bool,
    /// Whether the node crashed or panicked inside it.
    pub(crate) crashed: bool,
}

impl Step {
    /// Who made it: "n3", or "n3'" of a second instance.
    pub(crate) fn who(&self) -> String {
        words::who(self.node, self.twin)
    }

    /// Whether both are notable steps of one node that handle the same kind of event.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let key = |step: &Self| (step.node, step.twin, step.event, step.notable);
        key(self) == key(other)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    Start,
    /// A message of a kind; not from itself if `from` is another node.
    Message {
        from: NodeId,
        kind: u16,
    },
    /// A timer; a fingerprint of its key.
    Timer(u64),
    Request,
}

/// A message that left a node.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    pub(crate) message: u64,
    /// When it was sent, and in which step.
    pub(crate) sent: SimTime,
    pub(crate) step: u64,
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) kind: &'static str,
    /// When it should arrive.
    pub(crate) arrives: Option<SimTime>,
    /// The fault that keeps it.
    pub(crate) held: Option<usize>,
    print: u64,
}

/// A message that was lost.
#[derive(Clone, Copy)]
pub(crate) struct Loss {
    pub(crate) sending: Sending,
    pub(crate) why: Reason,
    /// Whether its receiver knew already what it says.
    pub(crate) no_news: bool,
    /// Whether the same got through from the same sender later.
    pub(crate) made_up_for: bool,
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
    Fault {
        fault: usize,
        kind: &'static FaultKind,
        label: String,
        begins: bool,
        victims: Vec<NodeId>,
    },
    Crash {
        node: NodeId,
        /// In words that follow "lost ".
        lost: String,
    },
    Calm(Vec<NodeId>),
}

impl Incident {
    /// Whether it is a fault by which nodes crash.
    pub(crate) fn is_crash_fault(&self) -> bool {
        matches!(&self.what, Disturbance::Fault { kind, begins: true, .. }
            if kind.victims == Victims::Down)
    }

    /// Whether it is about this node.
    pub(crate) fn touches(&self, node: NodeId) -> bool {
        match &self.what {
            Disturbance::Fault { victims, .. } => victims.contains(&node),
            Disturbance::Crash { node: who, .. } => *who == node,
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
        let Some(Incident { at, what: Disturbance::Crash { node, .. }, .. }) =
            self.incidents.get(index)
        else {
            return false;
        };
        let mut together = self.incidents.iter().filter(|other| other.at == *at);
        together.any(|other| other.is_crash_fault() && other.touches(*node))
    }

    /// What the crashes lost that a fault of this time brought about: "n0 lost its whole disk".
    pub(crate) fn lost_by(&self, fault: &Incident) -> Option<String> {
        if !fault.is_crash_fault() {
            return None;
        }
        let lost = self.incidents.iter().filter(|other| other.at == fault.at);
        let lost = lost.filter_map(|other| match &other.what {
            Disturbance::Crash { node, lost } if fault.touches(*node) => {
                Some(format!("{node} lost {lost}"))
            }
            _ => None,
        });
        let lost: Vec<String> = lost.collect();
        (!lost.is_empty()).then(|| lost.join(", "))
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

impl Trace {
    /// Takes a step. Returns what happened in it and whether it says news.
    fn happened(&mut self, node: NodeId, what: &Happening) -> (Event, bool) {
        match what {
            Happening::Start { .. } => (Event::Start, false),
            Happening::Timer { print, .. } => (Event::Timer(*print), false),
            Happening::Request { .. } => (Event::Request, false),
            Happening::Message { from, kind, message, print, .. } => {
                if let Some(message) = message {
                    self.under_way.remove(message);
                }
                if !self.missing.is_empty()
                    && let Some(losses) = self.missing.remove(&(*from, node, *print))
                {
                    losses.iter().for_each(|loss| self.losses[*loss].made_up_for = true);
                }
                let news = self.known.insert((node, *print));
                (Event::Message { from: *from, kind: self.kind(kind) }, news)
            }
        }
    }

    /// The name of a kind of message.
    pub(crate) fn kind_name(&self, kind: u16) -> &'static str {
        self.kinds.get(usize::from(kind)).copied().unwrap_or("message")
    }

    fn kind(&mut self, kind: &'static str) -> u16 {
        let known = self.kinds.iter().position(|known| *known == kind);
        let number = known.unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        });
        u16::try_from(number).expect("a protocol has few kinds of messages")
    }

    fn lose(&mut self, sending: Sending, why: Reason) {
        let Sending { from, to, print, .. } = sending;
        self.missing.entry((from, to, print)).or_default().push(self.losses.len());
        let no_news = self.known.contains(&(to, print));
        self.losses.push(Loss { sending, why, no_news, made_up_for: false });
    }
}

impl Watcher for Trace {
    fn wants(&self, _: &Glance) -> Detail {
        Detail::Skeleton
    }

    fn see(&mut self, seen: Seen) {
        let after = self.steps.len();
        let mut incident = |at, what| self.incidents.push(Incident { at, after, what });
        match seen {
            Seen::Step {
                at, node, twin, what, cause, effects, role, role_changed, state, ..
            } => {
                let (event, news) = self.happened(node, &what);
                let again = matches!(what, Happening::Start { again: true, .. });
                let tells =
                    |effect: &Done| matches!(effect, Done::Indicate { .. } | Done::Mark { .. });
                let notable = role_changed || again || effects.iter().any(tells);
                let crashed = state.is_none();
                if let (true, false, Some((role, _))) = (role_changed, twin, role) {
                    self.roles.push((at, node, role));
                }
                self.steps.push(Step { at, node, twin, cause, event, notable, news, crashed });
            }
            Seen::Sent {
                message,
                at,
                step,
                from,
                to,
                kind,
                lost,
                arrives,
                held,
                print,
                copy,
                ..
            } => {
                if !copy {
                    *self.sent.entry(from).or_default().entry(kind).or_default() += 1;
                }
                self.known.insert((from, print));
                let sending =
                    Sending { message, sent: at, step, from, to, kind, arrives, held, print };
                match lost {
                    Some(why) => self.lose(sending, why),
                    None => {
                        self.under_way.insert(message, sending);
                    }
                }
            }
            Seen::Released { message, arrives, .. } => {
                if let Some(sending) = self.under_way.get_mut(&message) {
                    (sending.held, sending.arrives) = (None, Some(arrives));
                }
            }
            Seen::Lost { message, why, .. } => {
                if let Some(sending) = self.under_way.remove(&message) {
                    self.lose(sending, why);
                }
            }
            Seen::Fault { at, fault, kind, label, begins, victims } => {
                incident(at, Disturbance::Fault { fault, kind, label, begins, victims });
            }
            Seen::Crashed { at, node, loss, writes, .. } => {
                let lost = words::crash_loss(&loss, &writes);
                incident(at, Disturbance::Crash { node, lost });
            }
            Seen::Calm { at, core } => incident(at, Disturbance::Calm(core)),
        }
    }
}

/// The full text of some steps and of the messages that they sent.
pub(crate) struct Texts {
    wanted: BTreeSet<u64>,
    found: BTreeMap<u64, Seen>,
    messages: BTreeMap<u64, String>,
}

impl Texts {
    pub(crate) fn of(wanted: BTreeSet<u64>, replay: &mut Replay<'_>) -> Self {
        let mut texts = Self { wanted, found: BTreeMap::new(), messages: BTreeMap::new() };
        replay(&mut texts);
        texts
    }

    pub(crate) fn step(&self, step: u64) -> Option<&Seen> {
        self.found.get(&step)
    }

    /// What a message says that was sent in a step that was asked for.
    pub(crate) fn message(&self, message: u64) -> Option<&str> {
        self.messages.get(&message).map(String::as_str)
    }
}

impl Watcher for Texts {
    fn wants(&self, glance: &Glance) -> Detail {
        if self.wanted.contains(&glance.step) { Detail::Contents } else { Detail::Nothing }
    }

    fn see(&mut self, seen: Seen) {
        match seen {
            // The replay may show more than was asked for.
            Seen::Step { step, .. } if self.wanted.contains(&step) => {
                self.found.insert(step, seen);
            }
            Seen::Sent { step, message, text, .. } if self.wanted.contains(&step) => {
                self.messages.insert(message, text);
            }
            _ => {}
        }
    }
}
