//! Why a step came about: what caused it, what its node had received, and what it had not.

use sim_check::SimTime;
use sim_node::NodeId;

use crate::impairment::{Impairment, impairments};
use crate::trace::{Event, Loss, Sending, Step, Trace};

impl Trace {
    /// The step and why it came about, and why that did, back to where it began.
    pub(crate) fn path(&self, step: u64) -> Vec<u64> {
        let mut path = Vec::new();
        let mut next = Some(step).filter(|step| self.step(*step).is_some());
        while let Some(step) = next {
            path.push(step);
            next = self.reason(step);
        }
        path
    }

    /// The step that tells most of why a step came about. Of a message and of a timer that is the
    /// step that sent or set it. A timer that its node sets again and again says nothing, though:
    /// if the node received something new while it waited, that tells more.
    fn reason(&self, step: u64) -> Option<u64> {
        // A cause comes before its effect; anything else would make a circle.
        self.fed_by(step).or_else(|| self.step(step)?.cause.filter(|cause| *cause < step))
    }

    /// What a node received while it waited for one of its regular timers, and what it had not
    /// known.
    fn fed_by(&self, step: u64) -> Option<u64> {
        let row = self.step(step)?;
        if !self.is_regular(row) {
            return None;
        }
        let received = self.waiting(step).filter(|(_, received)| received.news);
        // A sender that crashes while it sends reaches some receivers and not others, which splits
        // them: that counts first. Among the other messages the latest counts.
        let sender_crashed = |received: &Step| {
            received.cause.and_then(|cause| self.step(cause)).is_some_and(|cause| cause.crashed)
        };
        let best = received.max_by_key(|(index, received)| (sender_crashed(received), *index));
        best.map(|(index, _)| index)
    }

    /// Whether a timer was set by a start or when it had fired before.
    fn is_regular(&self, row: &Step) -> bool {
        let Event::Timer(_) = row.event else { return false };
        let set = row.cause.and_then(|cause| self.step(cause));
        set.is_some_and(|set| {
            set.node == row.node && (set.event == row.event || set.event == Event::Start)
        })
    }

    /// The messages from others that a node handled while it waited for a timer, the latest first;
    /// nothing of a step with another cause.
    fn waiting(&self, step: u64) -> impl Iterator<Item = (u64, &Step)> {
        let row = self.step(step).filter(|row| matches!(row.event, Event::Timer(_)));
        let after = row.map_or(step, |row| row.cause.map_or(0, |cause| cause + 1));
        self.rows(after, step).filter(move |(_, received)| {
            let from_others =
                matches!(received.event, Event::Message { from, .. } if from != received.node);
            from_others && row.is_some_and(|row| row.node == received.node)
        })
    }

    /// What a node received while it waited for the timer of a step: the latest of each kind from
    /// each other node, at most so many, the latest first.
    pub(crate) fn received(&self, step: u64, most: usize) -> Vec<u64> {
        let mut from_whom = Vec::new();
        let mut received = Vec::new();
        for (index, row) in self.waiting(step) {
            if received.len() == most {
                break;
            }
            if !from_whom.contains(&row.event) {
                from_whom.push(row.event);
                received.push(index);
            }
        }
        received
    }

    /// From whom a node received nothing while it waited for the timer of a step, and why; at most
    /// so many. Those of whom no reason is known had perhaps nothing to say.
    pub(crate) fn silent(&self, step: u64, most: usize) -> Vec<(NodeId, Silence)> {
        let Some(row) = self.step(step) else { return vec![] };
        let Event::Timer(_) = row.event else { return vec![] };
        let since =
            row.cause.and_then(|cause| self.step(cause)).map_or(SimTime::ZERO, |set| set.at);
        let mut silent: Vec<(NodeId, Silence)> = Vec::new();
        let mut add = |node: NodeId, silence: Silence| {
            if node != row.node && !silent.iter().any(|(known, _)| *known == node) {
                silent.push((node, silence));
            }
        };
        for impairment in self.impairments(Some(step)) {
            match impairment {
                Impairment::Down { node, since } => add(node, Silence::Down(since)),
                Impairment::Paused { node, since, .. } => add(node, Silence::Paused(since)),
                Impairment::Faulty { .. } => {}
            }
        }
        let late = |sending: &&Sending| sending.to == row.node && sending.step < step;
        for sending in self.under_way.values().filter(late) {
            add(sending.from, Silence::Late(*sending));
        }
        for loss in &self.losses {
            let Loss { sending, .. } = loss;
            if sending.to == row.node && sending.step < step && sending.sent >= since {
                add(sending.from, Silence::Lost(*loss));
            }
        }
        let received_from = |node: NodeId| {
            self.waiting(step)
                .any(|(_, row)| matches!(row.event, Event::Message { from, .. } if from == node))
        };
        silent.retain(|(node, _)| !received_from(*node));
        silent.truncate(most);
        silent
    }

    /// Which nodes were impaired before a step, or at the end, and which faults were in force.
    pub(crate) fn impairments(&self, step: Option<u64>) -> Vec<Impairment> {
        let all = self.steps.len();
        let end = step.and_then(|step| usize::try_from(step).ok());
        impairments(self, end.map_or(all, |end| end.min(all)))
    }
}

/// Why nothing arrived from a node.
#[derive(Clone, Copy)]
pub(crate) enum Silence {
    /// It was down, since then.
    Down(SimTime),
    /// It was paused, since then.
    Paused(SimTime),
    /// What it had sent was still in flight.
    Late(Sending),
    /// What it had sent was lost.
    Lost(Loss),
}
