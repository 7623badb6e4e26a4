//! ELD1: in the end everybody trusts somebody correct.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Effect, NodeId};

use super::lasting::{Lasting, until, verb};
use super::outputs::Outputs;
use crate::{Omega, OmegaConfig};

/// ELD1: there is a time after which every correct process trusts some correct process.
#[derive(Clone, Debug)]
pub struct EventualAccuracy {
    trusted: Outputs<NodeId>,
    /// Broken by a process and the one it trusts in vain.
    accurate: Lasting<(NodeId, NodeId)>,
}

/// The first process that trusts one that is not correct, and that one.
fn misplaced(view: &View<'_, Omega>) -> Option<(NodeId, NodeId)> {
    let mut trust = view.correct().map(|(process, state)| (process, state.trusted()));
    trust.find(|(_, leader)| {
        view.state(*leader).is_none() || view.core.is_some_and(|core| !core.contains(leader))
    })
}

impl Property<Omega> for EventualAccuracy {
    const CLAIM: Claim = Claim {
        code: "ELD1",
        name: "eventual-accuracy",
        kind: Kind::Liveness,
        meaning: "eventually every correct process trusts some correct process",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 2.9",
    };

    fn new(_: &OmegaConfig, servers: u32) -> Self {
        Self { trusted: Outputs::new(servers), accurate: Lasting::new() }
    }

    fn after(&mut self, view: &View<'_, Omega>, node: NodeId, _: &[Effect<Omega>], _: &mut Judge) {
        let trusted = view.state(node).map(Omega::trusted);
        if self.trusted.update(node, trusted.as_ref()) {
            self.accurate.observe(view.time, misplaced(view));
        }
    }

    fn crash(&mut self, view: &View<'_, Omega>, node: NodeId, _: &mut Judge) {
        self.trusted.update(node, None);
        self.accurate.observe(view.time, misplaced(view));
    }

    fn calm(&mut self, view: &View<'_, Omega>, _: &mut Judge) {
        self.accurate.calm(view.time);
        self.accurate.observe(view.time, misplaced(view));
    }

    fn end(&mut self, view: &View<'_, Omega>, judge: &mut Judge) {
        if view.correct().next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Omega>) -> Option<Obligation> {
        let ((process, leader), mended) = self.accurate.unmet(view.time)?;
        let trusts = verb("trusts", "trusted", mended);
        let detail = format!("{process} {trusts} {leader}, which is not correct{}", until(mended));
        Some(Obligation { node: Some(process), detail })
    }
}
