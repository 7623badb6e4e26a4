//! The run: event by event to the deadline, or beyond it while an obligation is unmet.

use std::any::Any;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use sim_check::{Found, Judged, Kind, Properties, SimTime, View};
use sim_node::Node;

use super::agenda::{Head, Parcel};
use super::inbox::{Arrival, What};
use super::nodes::Status;
use super::{End, Panicked, Pending, Phase, World, view};
use crate::timers::Due;
use crate::{Observer, Outcome};

/// How many times longer than to the deadline a run goes on while an obligation is unmet.
const PATIENCE: u64 = 10;

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Runs to the end: the deadline, the first safety violation, or an exhausted budget. A panic
    /// in a handler or in a property is a violation of the run and not of the caller.
    pub fn run(&mut self) -> Outcome {
        self.run_watched(None, &mut ())
    }

    /// Runs up to and including an instant; the run can go on from there.
    pub fn run_until(&mut self, until: SimTime) -> Outcome {
        self.run_watched(Some(until), &mut ())
    }

    /// Runs as [`World::run`] or [`World::run_until`] does, and tells an observer what happens.
    /// Watching changes nothing in the run.
    ///
    /// # Panics
    /// When the observer or the engine panics; a panic in a handler or a property does not get out.
    pub fn run_watched<O: Observer<N> + ?Sized>(
        &mut self,
        until: Option<SimTime>,
        watch: &mut O,
    ) -> Outcome {
        let until = until.map_or(u64::MAX, SimTime::as_nanos);
        self.is_watched = watch.watches();
        let run = AssertUnwindSafe(|| while self.advance(until, watch) {});
        if let Err(panic) = catch_unwind(run) {
            self.panicked(panic);
        }
        self.result()
    }

    /// Handles what comes next, up to and including one step. Returns false once the run is over.
    pub fn step(&mut self) -> bool {
        let before = self.steps;
        self.is_watched = false;
        while self.steps == before {
            let advance = AssertUnwindSafe(|| self.advance(u64::MAX, &mut ()));
            match catch_unwind(advance) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(panic) => {
                    self.panicked(panic);
                    return false;
                }
            }
        }
        true
    }

    /// Asks the properties for something, once the run has stopped. A panic there is a finding of
    /// the run, too, unless one of them has panicked before; then there is no answer.
    pub fn ask<T: Default>(&mut self, what: impl FnOnce(&P) -> T) -> T {
        let before = self.properties.panicked().is_some();
        let asked = AssertUnwindSafe(|| what(&self.properties));
        catch_unwind(asked).unwrap_or_else(|panic| {
            if !before {
                self.panicked(panic);
            }
            T::default()
        })
    }

    /// The run ends with the panic of a property or of a handler. Any other is passed on.
    fn panicked(&mut self, panic: Box<dyn Any + Send>) {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let message = message.unwrap_or("a panic without a message");
        let (node, found, detail) = match (self.properties.panicked(), self.acting.take()) {
            (Some((claim, found)), _) => {
                let (code, name) = (claim.code, claim.name);
                (None, found, format!("the property {code} ({name}) panicked: {message}"))
            }
            (None, Some(node)) => {
                (Some(node), Found::AtStep, format!("{node} panicked: {message}"))
            }
            (None, None) => resume_unwind(panic),
        };
        let step = self.steps.checked_sub(1);
        self.phase = Phase::Over(End::Panicked(Panicked { node, step, found, detail }));
    }

    /// Handles the next thing that happens, unless it happens after `until`. Returns false when
    /// there is no such thing or the run is over.
    fn advance<O: Observer<N> + ?Sized>(&mut self, until: u64, watch: &mut O) -> bool {
        if let Phase::Over(_) = self.phase {
            return false;
        }
        let limit = self.limit();
        let head = self.agenda.head();
        let time = head.map_or(u64::MAX, Head::time);
        if time > limit || head.is_none() {
            if limit > until {
                self.now = self.now.max(until.min(time));
                return false;
            }
            return self.at_limit(head.is_none());
        }
        if time > until {
            self.now = self.now.max(until);
            return false;
        }
        if self.steps >= self.looks.next && self.look(head) {
            return false;
        }
        (self.now, self.happened) = (time, time);
        match head {
            Some(Head::Event(key)) => {
                let (pending, parcel) = self.agenda.take_event(key);
                if self.agenda.is_large() {
                    self.look_ahead();
                }
                self.happen(pending, parcel, watch);
            }
            Some(Head::Timer(_)) => self.timer_due(watch),
            None => {}
        }
        if self.agenda.most() >= self.memory.next {
            self.look_at_pending();
        }
        // Once an event, so that what falls between steps, as in a crash, ends the run as well.
        if self.properties.violated() {
            self.end_violated();
        } else if matches!(self.phase, Phase::Late(_)) {
            self.check_late();
        }
        true
    }

    #[cold]
    fn end_violated(&mut self) {
        if !matches!(self.phase, Phase::Over(_)) {
            self.phase = Phase::Over(End::Violated { step: self.steps.saturating_sub(1) });
        }
    }

    /// Reads early what the next events will read, while there is something to do in between: in
    /// a large world nothing of it is in the cache. First the payload of an event, then what it
    /// says is going to be needed.
    #[inline(never)]
    fn look_ahead(&self) {
        if let Some(Pending::Message(envelope)) = self.agenda.soon() {
            let index = envelope.to.index();
            black_box(self.states.get(index).is_some_and(Option::is_some));
            black_box(self.status.get(index));
            self.chance.look_ahead(envelope.to);
        }
    }

    #[inline(always)]
    fn happen<O: Observer<N> + ?Sized>(&mut self, pending: Pending, parcel: Parcel, watch: &mut O) {
        match pending {
            Pending::Message(envelope) => self.deliver(&envelope, parcel, watch),
            Pending::Own { node, incarnation, step } => {
                if self.incarnations[node.index()] == incarnation {
                    let what = What::Own(parcel);
                    self.arrive(node, Arrival { what, step: Some(step) }, watch);
                } else {
                    self.agenda.take_message(parcel);
                }
            }
            Pending::Start { node, incarnation } => self.start(node, incarnation, watch),
            Pending::Request(index) => {
                let node = self.asked(self.spec.requests[index as usize].1);
                self.arrive(node, Arrival { what: What::Request(index), step: None }, watch);
            }
            Pending::Synced { node, incarnation } => self.synced(node, incarnation, watch),
            Pending::Halts { node, incarnation } => self.halt(node, incarnation, watch),
            Pending::Served { node, incarnation } => self.served(node, incarnation, watch),
            Pending::Next { node, incarnation } => self.next(node, incarnation, watch),
            Pending::FaultBegins(fault) => self.take_turn(fault, watch),
            Pending::FaultWaits(fault) => self.arm(fault),
            Pending::FaultGoesOn(fault) => self.go_on(fault, watch),
            Pending::FaultEnds(fault) => {
                // In the calm, nobody outside the core comes back by the end of a window.
                if self.core.is_none() && self.is_due_to_end(fault) {
                    self.end_fault(fault, watch);
                }
            }
            Pending::Calm => self.begin_calm(watch),
        }
    }

    #[inline]
    fn timer_due<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) {
        let Some(due) = self.agenda.take_timer() else { return };
        let Due { node, timer, incarnation, step } = due;
        let up = self.status[node.index()].has(Status::UP);
        if up && self.incarnations[node.index()] == incarnation {
            let what = What::Timer(timer);
            self.arrive(node, Arrival { what, step: Some(step) }, watch);
        }
    }

    fn limit(&self) -> u64 {
        let deadline = self.spec.deadline.as_nanos();
        match self.phase {
            Phase::Late(_) => deadline.saturating_mul(PATIENCE),
            _ => deadline,
        }
    }

    /// The deadline has come, or the end of patience, or nothing is going to happen any more.
    /// Returns whether the run goes on.
    fn at_limit(&mut self, quiet: bool) -> bool {
        // A world in which nothing happens any more stays as it is: it is judged as it will be at
        // its deadline.
        let deadline = self.spec.deadline.as_nanos();
        self.now = if quiet { self.happened.max(deadline) } else { self.limit() };
        self.digest_states();
        let obligations = self.obligations();
        let unmet: BTreeSet<&'static str> = obligations.iter().map(|(claim, _)| *claim).collect();
        let late = match &mut self.phase {
            Phase::Due if unmet.is_empty() => BTreeSet::new(),
            Phase::Due if quiet || !self.spec.demands_liveness => BTreeSet::new(),
            Phase::Due => {
                self.phase = Phase::Late(unmet);
                return true;
            }
            Phase::Late(late) => std::mem::take(late),
            Phase::Over(_) => return false,
        };
        self.conclude(if unmet.is_empty() {
            End::Settled { late }
        } else {
            End::Unmet { obligations, late: late.difference(&unmet).copied().collect() }
        });
        if quiet {
            self.ended_quietly();
        }
        false
    }

    /// Beyond the deadline: has every obligation been met?
    fn check_late(&mut self) {
        if self.obligations().is_empty()
            && let Phase::Late(late) = &mut self.phase
        {
            let late = std::mem::take(late);
            self.conclude(End::Settled { late });
        }
    }

    /// The run has ended in its own time, whether or not an obligation is unmet.
    fn conclude(&mut self, end: End) {
        self.phase = Phase::Over(end);
        let last = self.steps.saturating_sub(1);
        self.properties.end(&view!(self, last));
        self.digest_states();
    }

    /// The run has ended before its deadline, since nothing was going to happen any more.
    fn ended_quietly(&mut self) {
        if !self.properties.violated() {
            // It is told when the last thing happened.
            self.now = self.happened;
            return;
        }
        // Had anything happened since, a claim of safety would have been violated there and ended
        // the run: an obligation beside it is not told.
        let violated =
            |one: &Judged<'_>| one.claim.kind == Kind::Safety && one.judge.violation().is_some();
        if self.judged().iter().any(violated) {
            self.phase = Phase::Over(End::Settled { late: BTreeSet::new() });
        }
    }

    fn obligations(&self) -> Vec<(&'static str, sim_check::Obligation)> {
        let mut obligations = Vec::new();
        let last = self.steps.saturating_sub(1);
        self.properties.unmet(&view!(self, last), &mut obligations);
        obligations.into_iter().map(|(claim, obligation)| (claim.code, obligation)).collect()
    }
}
