//! [`Clients`]: how the clients of a run fared.

use serde::Serialize;
use sim_check::{SimTime, Wait};
use sim_node::Duration;

/// How many outages are kept, the longest.
const OUTAGES: usize = 16;
/// By how much an outage is longer than what usually passes between two answers.
const LONGER: u64 = 10;

/// How the clients of a run fared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Clients {
    /// How many operations they began.
    pub operations: u64,
    /// How many had an answer.
    pub answered: u64,
    /// For how many they waited no longer.
    pub given_up: u64,
    /// How many had no answer when the run ended.
    pub open: u64,
    /// When clients waited and none had an answer for much longer than usual: the longest, in order
    /// of time.
    pub outages: Vec<Outage>,
    /// When an operation was answered, in order.
    #[serde(skip)]
    pub answers: Vec<SimTime>,
    /// When clients waited for answers, from when to when, in order and apart from each other.
    #[serde(skip)]
    pub busy: Vec<(SimTime, SimTime)>,
}

/// A time in which clients waited and none had an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Outage {
    /// Since when.
    #[serde(rename = "from_ns")]
    pub from: SimTime,
    /// When the next one had an answer; `None` when none had until the end of the run.
    #[serde(rename = "to_ns")]
    pub to: Option<SimTime>,
}

impl Clients {
    /// How clients fared whose operations, in the order of their invocations, were under way so
    /// long, in a run that ended at this time. `None` without operations.
    pub(super) fn of(waits: &[Wait], ended: SimTime) -> Option<Self> {
        if waits.is_empty() {
            return None;
        }
        let mut answers: Vec<SimTime> =
            waits.iter().filter(|wait| wait.answered).filter_map(|wait| wait.to).collect();
        answers.sort_unstable();
        let open = waits.iter().filter(|wait| wait.to.is_none()).count() as u64;
        let (operations, answered) = (waits.len() as u64, answers.len() as u64);
        let mut clients = Self {
            operations,
            answered,
            given_up: operations - answered - open,
            open,
            outages: Vec::new(),
            busy: busy(waits, ended),
            answers,
        };
        clients.outages = clients.find_outages(ended);
        Some(clients)
    }

    fn find_outages(&self, ended: SimTime) -> Vec<Outage> {
        let mut gaps = Vec::new();
        let mut answers = self.answers.iter().copied().peekable();
        for &(from, to) in &self.busy {
            let mut since = from;
            while let Some(answer) = answers.next_if(|answer| *answer <= to) {
                gaps.push(Outage { from: since, to: Some(answer) });
                since = answer;
            }
            if since < to {
                let lasts = to == ended && self.open > 0;
                gaps.push(Outage { from: since, to: (!lasts).then_some(to) });
            }
        }
        let length = |gap: &Outage| gap.to.unwrap_or(ended) - gap.from;
        let mut lengths: Vec<Duration> = gaps.iter().map(length).collect();
        lengths.sort_unstable();
        let usual = lengths.get(lengths.len() / 2).copied().unwrap_or(Duration::ZERO);
        let is_long = |gap: &Outage| {
            length(gap).as_nanos() > usual.as_nanos().saturating_mul(LONGER)
                || gap.to.is_none() && self.answered == 0
        };
        gaps.retain(is_long);
        gaps.sort_by_key(|gap| std::cmp::Reverse(length(gap)));
        gaps.truncate(OUTAGES);
        gaps.sort_by_key(|gap| gap.from);
        gaps
    }
}

/// When at least one of them was under way.
fn busy(waits: &[Wait], ended: SimTime) -> Vec<(SimTime, SimTime)> {
    let mut busy: Vec<(SimTime, SimTime)> = Vec::new();
    for wait in waits {
        let to = wait.to.unwrap_or(ended);
        match busy.last_mut() {
            Some((_, last)) if wait.from <= *last => *last = (*last).max(to),
            _ => busy.push((wait.from, to)),
        }
    }
    busy
}
