//! [`ByCensus`]: a claim about who names whom, kept up to date for BL1 and BL2 in one way.

use std::marker::PhantomData;

use sim_check::{Claim, Judge, Property, View};
use sim_node::{Effect, Event, NodeId};

use super::{Census, Process, Settings};

/// A claim about the census of the live processes.
pub trait CensusClaim: Clone + 'static {
    /// The claim.
    const CLAIM: Claim;

    /// Judges the states that there were since the step before, up to now.
    fn judge(census: &Census, view: &View<'_, Process>, judge: &mut Judge);
}

/// A claim that is judged before every step, crash and restart, for the time up to it, and at the
/// end.
#[derive(Clone, Debug)]
pub struct ByCensus<C> {
    census: Census,
    claim: PhantomData<C>,
}

impl<C: CensusClaim> Property<Process> for ByCensus<C> {
    const CLAIM: Claim = C::CLAIM;

    fn new(_: &Settings, servers: u32) -> Self {
        Self { census: Census::new(servers), claim: PhantomData }
    }

    fn before(
        &mut self,
        view: &View<'_, Process>,
        _: NodeId,
        _: &Event<Process>,
        judge: &mut Judge,
    ) {
        C::judge(&self.census, view, judge);
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        _: &mut Judge,
    ) {
        self.census.stepped(view, node);
    }

    fn crash(&mut self, view: &View<'_, Process>, node: NodeId, judge: &mut Judge) {
        C::judge(&self.census, view, judge);
        self.census.disturb(view, node);
    }

    fn restart(&mut self, view: &View<'_, Process>, node: NodeId, judge: &mut Judge) {
        C::judge(&self.census, view, judge);
        self.census.disturb(view, node);
    }

    fn end(&mut self, view: &View<'_, Process>, judge: &mut Judge) {
        C::judge(&self.census, view, judge);
    }
}
