//! [`Placed`]: which operations are placed, in a form that is small to remember.

use smallvec::SmallVec;

use super::Spec;
use super::part::Part;

/// A configuration to remember: the operations that are placed, and the number of the state.
pub(super) type Configuration = SmallVec<[u64; 4]>;

/// The set of operations that are placed.
///
/// Those that have answered are placed almost in the order of invocation, so their set is
/// everything below a low mark, and a few words of bits up to a high mark. Those without a response
/// may stay behind for ever; they have bits of their own, so that they do not hold the low mark
/// back.
pub(super) struct Placed {
    answered: Vec<u64>,
    open: Vec<u64>,
    /// All words of `answered` below this one are full.
    low: usize,
    /// All words of `answered` from this one on are empty.
    high: usize,
}

impl Placed {
    pub(super) fn new<S: Spec>(part: &Part<'_, S>) -> Self {
        let words = |operations: usize| vec![0; operations.div_ceil(64)];
        let open = part.len() - part.answered;
        Self { answered: words(part.answered), open: words(open), low: 0, high: 0 }
    }

    pub(super) fn insert(&mut self, number: u32, has_answered: bool) {
        let (word, bit) = split(number);
        if !has_answered {
            self.open[word] |= bit;
            return;
        }
        self.answered[word] |= bit;
        self.high = self.high.max(word + 1);
        while self.answered.get(self.low) == Some(&u64::MAX) {
            self.low += 1;
        }
    }

    pub(super) fn remove(&mut self, number: u32, has_answered: bool) {
        let (word, bit) = split(number);
        if !has_answered {
            self.open[word] &= !bit;
            return;
        }
        self.answered[word] &= !bit;
        self.low = self.low.min(word);
        while self.high > 0 && self.answered[self.high - 1] == 0 {
            self.high -= 1;
        }
    }

    pub(super) fn contains(&self, number: u32, has_answered: bool) -> bool {
        let (word, bit) = split(number);
        let words = if has_answered { &self.answered } else { &self.open };
        words[word] & bit != 0
    }

    /// The configuration of this set with a state. Two are equal only if both are: the low mark
    /// says how many words are left out, and the open ones always take the same number.
    pub(super) fn with(&self, state: u32) -> Configuration {
        let low = u64::try_from(self.low).expect("fewer words than 2^64");
        let mut configuration = Configuration::new();
        configuration.push(u64::from(state) << 32 | low);
        configuration.extend_from_slice(&self.answered[self.low..self.high]);
        configuration.extend_from_slice(&self.open);
        configuration
    }
}

fn split(number: u32) -> (usize, u64) {
    (number as usize / 64, 1 << (number % 64))
}
