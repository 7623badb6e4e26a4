//! [`FaultKind`]: what is to be known of a kind of fault, whatever its arguments.

/// What is to be known of a kind of fault, whatever its arguments. There is one for each, in the
/// module of the kind; code that needs to know something of faults asks here and keeps no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultKind {
    /// Its name in the language.
    pub name: &'static str,
    /// How it is written.
    pub example: &'static str,
    /// Whether it strikes once or holds.
    pub time: FaultTime,
    /// How its victims are while it holds, or after it struck.
    pub victims: Victims,
    /// What it draws from its own stream, targets apart, in words; `None` for nothing.
    pub draws: Option<&'static str>,
}

impl FaultKind {
    /// Whether the fault strikes once, rather than holding for a window.
    #[must_use]
    pub fn is_momentary(&self) -> bool {
        matches!(self.time, FaultTime::Momentary { .. })
    }

    /// What puts an end to the fault before its window or the storm is over.
    #[must_use]
    pub fn until(&self) -> Option<Ender> {
        match self.time {
            FaultTime::Momentary { .. } => None,
            FaultTime::Lasting { until, .. } => until,
        }
    }

    /// What the fault puts an end to.
    #[must_use]
    pub fn ends(&self) -> Option<Ender> {
        match self.time {
            FaultTime::Momentary { ends } => ends,
            FaultTime::Lasting { .. } => None,
        }
    }
}

/// Whether a fault strikes once or holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTime {
    /// It strikes once.
    Momentary {
        /// What it puts an end to: the faults that last until then.
        ends: Option<Ender>,
    },
    /// It holds for its window, at most to the end of the storm.
    Lasting {
        /// What ends it before.
        until: Option<Ender>,
        /// What the calm does with it.
        calm: InCalm,
    },
}

/// What puts an end to faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ender {
    /// A heal, which ends everything that keeps messages from their receivers.
    Heal,
    /// A resume, which ends pauses.
    Resume,
}

/// What the calm does with a lasting fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InCalm {
    /// It ends.
    Ends,
    /// It stays in force; the core is up and connected all the same.
    Stays,
    /// It ends for the nodes of the core and stays in force for the others.
    EndsInCore,
    /// It strikes nobody any more, and its victim stays as it is.
    Stops,
}

/// How the victims of a fault are while it holds, or after it struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victims {
    /// Up or down, as they were.
    AsTheyWere,
    /// Down, for a while or for good.
    Down,
    /// Paused: they make no step.
    Paused,
}
