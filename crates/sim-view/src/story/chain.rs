//! [`told`]: which steps of a causal chain are worth a sentence.

use std::collections::BTreeSet;

use crate::trace::{Event, Trace};

/// How many sentences one chain has at most; and the last steps before something that never
/// happened, of which most often none is the cause.
pub(super) const SENTENCES: usize = 9;
pub(super) const FEW_SENTENCES: usize = 4;
/// The longest cycle that is told once and then counted, such as a ping, a pong and a timer.
const CYCLE: usize = 6;
/// From how many hops on they are told as one.
const HOPS: usize = 3;

/// A part of a chain, told in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One step.
    Step(u64),
    /// So many steps that were told just now had happened so often before; `first` is the earliest.
    Again { first: u64, cycle: usize, times: usize },
    /// Messages of one kind went from node to node; the latest hop first.
    Hops(Vec<u64>),
    /// A step that was told before.
    Known(u64),
    /// So many more steps, back to the first of the chain.
    More { steps: usize, first: u64 },
}

impl Part {
    /// The step at which the part begins.
    pub(super) fn earliest(&self) -> u64 {
        match self {
            Self::Step(step) | Self::Known(step) => *step,
            Self::Again { first, .. } | Self::More { first, .. } => *first,
            Self::Hops(steps) => *steps.last().expect("hops are several steps"),
        }
    }

    /// The steps whose text is needed.
    pub(super) fn wanted(&self) -> Vec<u64> {
        match self {
            Self::Step(step) => vec![*step],
            Self::Known(_) => vec![],
            Self::Again { first, .. } | Self::More { first, .. } => vec![*first],
            Self::Hops(steps) => vec![*steps.last().expect("hops are several steps")],
        }
    }
}

/// The parts of the chain that ends at this step, the latest first, at most so many. It ends where
/// a step was told before.
pub(super) fn told(trace: &Trace, step: u64, known: &BTreeSet<u64>, most: usize) -> Vec<Part> {
    let chain = trace.path(step);
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(&step) = chain.get(at) {
        if at > 0 && known.contains(&step) {
            parts.push(Part::Known(step));
            break;
        }
        if parts.len() + 1 == most && at + 1 < chain.len() {
            let first = *chain.last().expect("it has steps");
            parts.push(Part::More { steps: chain.len() - at, first });
            break;
        }
        let rest = &chain[at..];
        let again = repeated(trace, &chain, at, &parts);
        let hops = if at > 0 { same_kind(trace, chain[at - 1], rest) } else { 0 };
        if let Some((cycle, times)) = again {
            at += cycle * times;
            parts.push(Part::Again { first: chain[at - 1], cycle, times });
        } else if hops >= HOPS {
            parts.push(Part::Hops(chain[at..at + hops].to_vec()));
            at += hops;
        } else {
            parts.push(Part::Step(step));
            at += 1;
        }
    }
    parts
}

/// How long a cycle was told just now that goes on from here, and how often it does.
fn repeated(trace: &Trace, chain: &[u64], at: usize, parts: &[Part]) -> Option<(usize, usize)> {
    let told = parts.iter().rev().take_while(|part| matches!(part, Part::Step(_))).count();
    let alike = |one: u64, other: u64| match (trace.step(one), trace.step(other)) {
        (Some(one), Some(other)) => one.node == other.node && one.event == other.event,
        _ => false,
    };
    (1..=CYCLE.min(told)).find_map(|cycle| {
        let same = (at..chain.len()).take_while(|place| alike(chain[*place], chain[place - cycle]));
        let times = same.count() / cycle;
        // One step twice in a row is told faster than counted.
        (times > usize::from(cycle == 1)).then_some((cycle, times))
    })
}

/// How many steps in a row handle a message of the same kind as the step after them.
fn same_kind(trace: &Trace, after: u64, rest: &[u64]) -> usize {
    let kind_of = |step: u64| match trace.step(step)?.event {
        Event::Message { kind, .. } => Some(kind),
        _ => None,
    };
    let Some(kind) = kind_of(after) else { return 0 };
    rest.iter().take_while(|step| kind_of(**step) == Some(kind)).count()
}
