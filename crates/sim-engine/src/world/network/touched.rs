//! Which faults have met a message.

/// Which faults have met a message, by their place in the scenario's list.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched(Vec<bool>);

impl Touched {
    /// A fault has met a message.
    #[inline]
    pub(super) fn note(&mut self, fault: u32) {
        match self.0.get_mut(fault as usize) {
            Some(touched) => *touched = true,
            None => self.grow(fault),
        }
    }

    #[cold]
    fn grow(&mut self, fault: u32) {
        self.0.resize(fault as usize + 1, false);
        self.0[fault as usize] = true;
    }

    pub(super) fn has(&self, fault: u32) -> bool {
        self.0.get(fault as usize).copied().unwrap_or(false)
    }
}
