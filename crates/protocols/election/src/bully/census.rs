//! [`Census`]: the ghost state of BL1 and BL2.

use sim_check::{SimTime, View};
use sim_node::{Duration, NodeId};

use super::Process;

/// Who is up and names whom, and when a process last crashed or recovered. Kept up to date process
/// by process, so that a step costs the same whatever their number; only a crash or a start counts
/// them all.
#[derive(Clone, Debug)]
pub struct Census {
    /// What every process names; `None` while it is down.
    named: Vec<Option<Option<NodeId>>>,
    /// The step since which it does.
    since: Vec<u64>,
    /// The highest process that is up.
    highest: Option<NodeId>,
    /// How many live processes name another process than the highest, or none.
    mistaken: u32,
    /// How many live processes name themselves.
    coordinators: u32,
    /// The last crash or recovery.
    disturbed: Option<SimTime>,
}

impl Census {
    /// The census before any process has started.
    #[must_use]
    pub fn new(servers: u32) -> Self {
        Self {
            named: vec![None; servers as usize],
            since: vec![0; servers as usize],
            highest: None,
            mistaken: 0,
            coordinators: 0,
            disturbed: None,
        }
    }

    /// The highest process that is up.
    #[must_use]
    pub fn highest(&self) -> Option<NodeId> {
        self.highest
    }

    /// How many live processes name another process than the highest live one, or none.
    #[must_use]
    pub fn mistaken(&self) -> u32 {
        self.mistaken
    }

    /// How many live processes are coordinators.
    #[must_use]
    pub fn coordinators(&self) -> u32 {
        self.coordinators
    }

    /// The last crash or recovery; where there was none, the beginning.
    #[must_use]
    pub fn disturbed(&self) -> SimTime {
        self.disturbed.unwrap_or(SimTime::ZERO)
    }

    /// The last crash or recovery in words, more than an allowed time ago.
    #[must_use]
    pub fn disturbance(&self, allowed: Duration) -> String {
        match self.disturbed {
            Some(at) => format!(
                "the last crash or recovery was at {at}, more than the allowed {allowed} ago"
            ),
            None => format!(
                "no process has crashed or recovered, and the run began more than the allowed \
                 {allowed} ago"
            ),
        }
    }

    /// Whether, at this time, no process has crashed or recovered for longer than `time`.
    #[must_use]
    pub fn quiet_for(&self, time: Duration, now: SimTime) -> bool {
        now > self.disturbed() + time
    }

    /// The step since which a live process names whom it names.
    #[must_use]
    pub fn since(&self, process: NodeId) -> u64 {
        self.since[process.index()]
    }

    /// The live processes that fit, with what they name: looks at all of them, to report a
    /// violation.
    pub fn who(
        &self,
        fits: impl Fn(NodeId, Option<NodeId>) -> bool,
    ) -> impl Iterator<Item = (NodeId, Option<NodeId>)> {
        let all = (0u32..).map(NodeId::new).zip(&self.named);
        all.filter_map(|(process, named)| Some((process, (*named)?)))
            .filter(move |(process, named)| fits(*process, *named))
    }

    /// A process made a step, its first one perhaps. A crash inside the step is reported to
    /// [`Census::disturb`], as any other: until then the process counts with what it named before.
    pub fn stepped(&mut self, view: &View<'_, Process>, process: NodeId) {
        let Some(state) = view.state(process) else { return };
        let now = Some(state.leader());
        let before = std::mem::replace(&mut self.named[process.index()], now);
        if before != now {
            self.since[process.index()] = view.step;
        }
        if before.is_none() {
            self.count();
        } else if before != now {
            self.mistaken -= u32::from(self.is_mistaken(before));
            self.mistaken += u32::from(self.is_mistaken(now));
            self.coordinators -= u32::from(before == Some(Some(process)));
            self.coordinators += u32::from(now == Some(Some(process)));
        }
    }

    /// A process crashed or is about to recover.
    pub fn disturb(&mut self, view: &View<'_, Process>, process: NodeId) {
        self.disturbed = Some(view.time);
        self.named[process.index()] = None;
        self.count();
    }

    fn is_mistaken(&self, named: Option<Option<NodeId>>) -> bool {
        named.is_some_and(|named| named != self.highest)
    }

    fn count(&mut self) {
        self.highest = self.who(|_, _| true).map(|(process, _)| process).last();
        let mistaken = self.named.iter().filter(|named| self.is_mistaken(**named)).count();
        let coordinators = self.who(|process, named| named == Some(process)).count();
        let count = |number: usize| u32::try_from(number).expect("node numbers are 32 bits");
        (self.mistaken, self.coordinators) = (count(mistaken), count(coordinators));
    }
}
