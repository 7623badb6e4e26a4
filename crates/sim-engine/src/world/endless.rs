//! Why a run stops before its end: time stands still, what is pending grows, or it is simply long.
//!
//! A world looks at itself from time to time, so that a run that gets nowhere is found before its
//! budget is spent. It is stopped early only where all of this is so: an eighth of the budget went
//! by at one instant, or a node set itself so many timers, or a fault itself off so often, in so
//! little time that it will never see the deadline; what happened was caused by itself over and
//! over, at few nodes; and no client was served meanwhile, as a workload without pauses on a
//! network without delay may take its time at one instant. Faults are looked at in
//! [`super::strikes`], what is pending in [`super::growth`].

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{Properties, SimTime};
use sim_node::{Duration, Message, Node, NodeId, counted, grouped};

use super::agenda::Head;
use super::pace::by_then;
use super::{End, Pending, Phase, World};
use crate::record::{StepClass, StepRecord};

/// How often a world looks at itself until its budget is spent.
const LOOKS: u64 = 64;
/// So many links of cause and effect at one instant among so few nodes are a loop.
const LOOP: u64 = 10_000;
const LOOP_NODES: usize = 64;
/// So many timers and messages to itself, one the cause of the next, are a row.
const ROW: u64 = 1 << 16;
/// A row whose links take longer than this is none, in nanoseconds.
const LINK: u64 = 1_000;
/// A row that would need so many budgets until the deadline never sees it.
const BUDGETS: u64 = 16;
/// Of so many of the last steps each is asked whether it ends a loop or a row.
const TAILS: u64 = 16;

/// What a world remembers between two looks at itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    /// The step before which it looks next.
    pub(super) next: u64,
    /// How many messages of clients there had been at the last look.
    clients: u64,
    /// The step of the look at which there were more of them than before.
    served: u64,
}

/// A node causes its own steps, without a message of another: so many, in so many nanoseconds.
struct Row {
    node: NodeId,
    links: u64,
    span: u64,
}

impl Looks {
    pub(super) fn new(budget: u64) -> Self {
        Self { next: (budget / LOOKS).max(1).min(budget), clients: 0, served: 0 }
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Looks whether the run is to stop here, before what comes next. Returns whether it does.
    #[cold]
    pub(super) fn look(&mut self, head: Option<Head>) -> bool {
        let budget = self.spec.steps_max;
        let clients = self.sent_by_clients();
        if clients != self.looks.clients {
            (self.looks.clients, self.looks.served) = (clients, self.steps);
        }
        let why = if self.steps >= budget {
            let (budget, why) = (counted(budget, "step"), self.why_spent(head));
            Some(format!("the budget of {budget} is used up: {why}"))
        } else {
            self.gets_nowhere(head)
        };
        match why {
            Some(why) => self.phase = Phase::Over(End::Budget(why)),
            None => self.looks.next = (self.steps + (budget / LOOKS).max(1)).min(budget),
        }
        matches!(self.phase, Phase::Over(_))
    }

    /// Why the run will not get to its end, if that is certain enough.
    fn gets_nowhere(&self, head: Option<Head>) -> Option<String> {
        let budget = self.spec.steps_max;
        let some = budget / 8;
        let unserved = self.steps - self.looks.served;
        let still = self.steps_at_this_instant(some);
        if still >= some && unserved >= some && self.tails().any(|step| self.is_loop(step)) {
            return Some(self.stood_still(still, head));
        }
        let row = self.tails().find_map(|step| self.row(step, ROW.min(some).max(LOOKS)))?;
        if row.span == 0 && unserved >= row.links {
            return Some(self.stood_still(self.steps_at_this_instant(budget), head));
        }
        let never = self.never_ends(row.links, row.span);
        (never && unserved >= row.links).then(|| self.hardly_passed(&row, head))
    }

    /// Whether the run never gets to its deadline, by far, if it takes so many steps in so long.
    pub(super) fn never_ends(&self, steps: u64, span: u64) -> bool {
        let left = self.spec.deadline.as_nanos().saturating_sub(self.now);
        by_then(steps, span, left) > u128::from(self.spec.steps_max) * u128::from(BUDGETS)
    }

    /// Why the budget is spent.
    fn why_spent(&self, head: Option<Head>) -> String {
        let budget = self.spec.steps_max;
        let some = (budget / 8).max(LOOKS);
        let pending = self.agenda.pending();
        if pending as u64 >= some
            && let Some((_, most)) = self.most_pending()
        {
            let pending = grouped(pending as u64);
            return format!("{pending} messages and events are pending, {most}");
        }
        let still = self.steps_at_this_instant(budget);
        if still >= some {
            return self.stood_still(still, head);
        }
        let row = self.tails().find_map(|step| self.row(step, ROW.min(some)));
        if let Some(row) = row {
            return self.hardly_passed(&row, head);
        }
        let (now, deadline) = (self.happened, self.spec.deadline);
        let (steps, whole) = (u128::from(self.steps), u128::from(deadline.as_nanos()));
        let needed = steps * whole / u128::from(now.max(1));
        let mut why = format!("the run is long, and has got to {}", SimTime::from_nanos(now));
        if now < deadline.as_nanos() && now > 0 {
            why += &format!(" of {deadline}; at this pace it takes about {needed} steps");
        }
        why
    }

    /// More is pending than there is room for, and what it is.
    #[cold]
    pub(super) fn too_much_pending(&self, most: usize) -> String {
        let (most, holders) = (grouped(most as u64), self.holders());
        format!("more than {most} messages and events are pending: {holders}")
    }

    fn stood_still(&self, steps: u64, head: Option<Head>) -> String {
        let now = SimTime::from_nanos(self.happened);
        let next = self.in_words(head);
        format!(
            "time stood still at {now}: {steps} steps were made at this instant, and next comes \
             {next}"
        )
    }

    fn hardly_passed(&self, row: &Row, head: Option<Head>) -> String {
        let Row { node, links, span } = row;
        let (now, span) = (SimTime::from_nanos(self.happened), Duration::from_nanos(*span));
        let next = self.in_words(head);
        format!(
            "time hardly passed at {now}: {node} caused {links} steps of its own within {span}, \
             and next comes {next}"
        )
    }

    /// How many of the last steps were made at one instant, counted up to `most`.
    fn steps_at_this_instant(&self, most: u64) -> u64 {
        let at = |step: u64| self.record.get(step).map(|one| one.time);
        let Some(last) = self.steps.checked_sub(1) else { return 0 };
        let now = at(last);
        // Time only grows from step to step.
        let (mut low, mut high) = (self.steps.saturating_sub(most), last);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle) == now {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        self.steps - low
    }

    /// The last steps, the latest first.
    fn tails(&self) -> impl Iterator<Item = u64> {
        (self.steps.saturating_sub(TAILS)..self.steps).rev()
    }

    /// Whether a step ends a long row of causes at one instant among few nodes.
    fn is_loop(&self, last: u64) -> bool {
        let now = self.record.get(last).map(|one| one.time);
        self.chain(last, LOOP, |_, one| Some(one.time) == now) >= LOOP
    }

    /// How long the row of causes is that a step ends, among few nodes and as far as the steps are
    /// such: counted up to `most`. A start that the world causes is put down to the step before it.
    pub(super) fn chain(
        &self,
        last: u64,
        most: u64,
        such: impl Fn(u64, &StepRecord) -> bool,
    ) -> u64 {
        let mut nodes = BTreeSet::new();
        let (mut step, mut links) = (last, 0);
        while links < most {
            let Some(one) = self.record.get(step).filter(|one| such(step, one)) else { break };
            nodes.insert(one.node);
            let cause = match one.class {
                StepClass::Start => step.checked_sub(1),
                _ => one.cause,
            };
            let Some(cause) = cause.filter(|_| nodes.len() <= LOOP_NODES) else { break };
            (step, links) = (cause, links + 1);
        }
        links
    }

    /// The row of timers and messages to itself that a step ends, if it is that long.
    fn row(&self, last: u64, long: u64) -> Option<Row> {
        let end = self.record.get(last)?;
        let mut row = Row { node: end.node, links: 0, span: 0 };
        let mut step = last;
        while row.links < ROW {
            let one = self.record.get(step)?;
            if !matches!(one.class, StepClass::Timer | StepClass::Own) {
                break;
            }
            let Some(cause) = one.cause.and_then(|cause| self.record.get(cause)) else { break };
            let span = end.time.as_nanos() - cause.time.as_nanos();
            if span >= LINK.saturating_mul(row.links + 1) {
                break;
            }
            (row.links, row.span) = (row.links + 1, span);
            step = one.cause?;
        }
        (row.links >= long).then_some(row)
    }

    /// What comes next.
    fn in_words(&self, head: Option<Head>) -> String {
        match head {
            None => "nothing".to_owned(),
            Some(Head::Timer(_)) => match self.agenda.next_timer() {
                Some((node, timer)) => format!("{node}'s timer {timer:?}"),
                None => "a timer".to_owned(),
            },
            Some(Head::Event(key)) => {
                let (event, message) = self.agenda.look(key);
                let kind = message.map_or("?", |message| N::Message::KINDS[message.kind()].0);
                match event {
                    Some(Pending::Message(envelope)) => {
                        format!("{kind} from {} to {}", envelope.from, envelope.to)
                    }
                    Some(Pending::Own { node, .. }) => format!("{kind} of {node} to itself"),
                    Some(Pending::Start { node, .. }) => format!("another start of {node}"),
                    Some(Pending::Request(_)) => "a request of the workload".to_owned(),
                    Some(Pending::Synced { node, .. }) => format!("the end of a sync of {node}"),
                    Some(Pending::Halts { node, .. }) => format!("the halt of {node}"),
                    Some(Pending::Served { node, .. } | Pending::Next { node, .. }) => {
                        format!("the next event in the queue of {node}")
                    }
                    Some(
                        Pending::FaultBegins(fault)
                        | Pending::FaultWaits(fault)
                        | Pending::FaultGoesOn(fault)
                        | Pending::FaultEnds(fault),
                    ) => {
                        format!("the fault {}", self.spec.faults[fault as usize].label)
                    }
                    Some(Pending::Calm) => "the calm".to_owned(),
                    None => "an event".to_owned(),
                }
            }
        }
    }

    /// Most of what is pending, and how many they are: "4000 of them A from n0 to n1".
    pub(super) fn most_pending(&self) -> Option<(u64, String)> {
        let mut counts: BTreeMap<(NodeId, NodeId, usize), u64> = BTreeMap::new();
        for (event, message) in self.agenda.all() {
            let ends = match event {
                Pending::Message(envelope) => (envelope.from, envelope.to),
                Pending::Own { node, .. } => (node, node),
                _ => continue,
            };
            if let Some(message) = message {
                *counts.entry((ends.0, ends.1, message.kind())).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(key, count)| (*count, std::cmp::Reverse(*key)));
        let ((from, to, kind), count) = most?;
        let kind = N::Message::KINDS[kind].0;
        let told = match from == to {
            true => format!("{} of them {kind} of {from} to itself", grouped(count)),
            false => format!("{} of them {kind} from {from} to {to}", grouped(count)),
        };
        Some((count, told))
    }
}
