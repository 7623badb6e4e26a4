//! [`Lasting`]: "there is a time after which, for ever", judged on a run that ends.

use sim_check::SimTime;

/// Whether something has come to be so, to all appearance for good.
///
/// A run ends, so "for ever" cannot be seen. What can: it is so now, and it has lasted for at least
/// as long, since the calm (or the beginning, without one), as it took to come about. Something
/// that keeps going wrong, however rarely, is caught by that; and the measure needs no knowledge of
/// any timeout.
///
/// `W` is what shows that it is not so, such as the two processes concerned.
#[derive(Clone, Debug)]
pub(crate) struct Lasting<W> {
    since: SimTime,
    broken: Option<W>,
    mended: Option<(SimTime, W)>,
}

impl<W: Copy> Lasting<W> {
    pub(crate) fn new() -> Self {
        Self { since: SimTime::ZERO, broken: None, mended: None }
    }

    /// The storm is over: from here on it counts how long it took.
    pub(crate) fn calm(&mut self, time: SimTime) {
        self.since = time;
    }

    /// Something has changed: what shows that it is not so, or `None` when it is so.
    pub(crate) fn observe(&mut self, time: SimTime, broken: Option<W>) {
        if let (Some(was), None) = (self.broken, &broken) {
            self.mended = Some((time, was));
        }
        self.broken = broken;
    }

    /// What is wrong now, or was until too short a time ago, and then until when.
    pub(crate) fn unmet(&self, now: SimTime) -> Option<(W, Option<SimTime>)> {
        if let Some(wrong) = self.broken {
            return Some((wrong, None));
        }
        let (mended, wrong) = self.mended?;
        let took = mended - self.since;
        let lasted = now - mended.max(self.since);
        (lasted < took).then_some((wrong, Some(mended)))
    }
}

/// The verb of an obligation, in the present or in the past.
pub(crate) fn verb(
    present: &'static str,
    past: &'static str,
    mended: Option<SimTime>,
) -> &'static str {
    if mended.is_none() { present } else { past }
}

/// The end of an obligation's sentence: until when something was wrong, if it is not any longer.
pub(crate) fn until(mended: Option<SimTime>) -> String {
    mended.map_or_else(String::new, |time| {
        format!(", until {time}: too late to tell whether it will last")
    })
}
