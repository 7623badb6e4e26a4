//! [`Record`]: who did what when, and because of which step, in 16 bytes a step. Contents, text and
//! pictures come from running again.

use std::sync::Arc;

use sim_check::SimTime;
use sim_node::NodeId;

/// What a step handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepClass {
    /// A start or restart.
    Start,
    /// A message from another node.
    Message,
    /// A message from the node itself.
    Own,
    /// A timer.
    Timer,
    /// A request of the workload.
    Request,
}

/// One step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRecord {
    /// When.
    pub time: SimTime,
    /// Who.
    pub node: NodeId,
    /// What it handled.
    pub class: StepClass,
    /// The step that caused it: that sent the message or set the timer.
    pub cause: Option<u64>,
}

/// All steps of a run so far, in order. A clone shares what was recorded before.
#[derive(Clone, Debug, Default)]
pub struct Record {
    full: Vec<Arc<Vec<Entry>>>,
    tail: Vec<Entry>,
}

/// Time, then node (20 bits), class (4) and cause plus one (40).
#[derive(Clone, Copy, Debug)]
struct Entry {
    time: u64,
    rest: u64,
}

const CHUNK: usize = 1 << 12;
const CAUSE_BITS: u32 = 40;
const NODE_SHIFT: u32 = 44;

impl Record {
    #[inline]
    pub(crate) fn push(&mut self, time: u64, node: NodeId, class: StepClass, cause: Option<u64>) {
        let cause = cause.map_or(0, |step| step + 1);
        let rest = u64::from(node.number()) << NODE_SHIFT | (class as u64) << CAUSE_BITS | cause;
        if self.tail.len() == self.tail.capacity() {
            self.make_room();
        }
        self.tail.push(Entry { time, rest });
    }

    #[cold]
    fn make_room(&mut self) {
        if self.tail.len() < CHUNK {
            let twice = (2 * self.tail.len()).clamp(CHUNK / 64, CHUNK);
            self.tail.reserve_exact(twice - self.tail.len());
        } else {
            let full = std::mem::replace(&mut self.tail, Vec::with_capacity(CHUNK));
            self.full.push(Arc::new(full));
        }
    }

    /// How many steps there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.full.len() * CHUNK + self.tail.len()
    }

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The step with this index.
    #[must_use]
    pub fn get(&self, step: u64) -> Option<StepRecord> {
        let index = usize::try_from(step).ok()?;
        let chunk = self.full.get(index / CHUNK).map_or(&self.tail, |chunk| chunk);
        let start = self.full.len().min(index / CHUNK) * CHUNK;
        let entry = chunk.get(index - start)?;
        Some(StepRecord {
            time: SimTime::from_nanos(entry.time),
            node: NodeId::new((entry.rest >> NODE_SHIFT) as u32),
            class: match entry.rest >> CAUSE_BITS & 0xf {
                0 => StepClass::Start,
                1 => StepClass::Message,
                2 => StepClass::Own,
                3 => StepClass::Timer,
                _ => StepClass::Request,
            },
            cause: (entry.rest & ((1 << CAUSE_BITS) - 1)).checked_sub(1),
        })
    }

    /// All steps, in order.
    pub fn iter(&self) -> impl Iterator<Item = StepRecord> + '_ {
        (0..self.len() as u64).filter_map(|step| self.get(step))
    }
}
