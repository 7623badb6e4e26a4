//! EPFD2: in the end nobody is wronged.

use std::collections::BTreeSet;

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Effect, NodeId};

use super::Detects;
use super::lasting::{Lasting, until, verb};
use super::outputs::Outputs;

/// EPFD2: eventually no correct process is suspected by any correct process.
#[derive(Clone, Debug)]
pub struct EventualStrongAccuracy {
    suspected: Outputs<BTreeSet<NodeId>>,
    /// Broken by a process and a correct one that it suspects.
    accurate: Lasting<(NodeId, NodeId)>,
}

/// The first process, and the first correct one that it suspects.
fn mistake<N: Detects>(view: &View<'_, N>) -> Option<(NodeId, NodeId)> {
    let correct = |node: &NodeId| {
        view.state(*node).is_some() && view.core.is_none_or(|core| core.contains(node))
    };
    view.correct().find_map(|(process, state)| {
        let wronged = state.suspected().iter().copied().find(correct)?;
        Some((process, wronged))
    })
}

impl<N: Detects> Property<N> for EventualStrongAccuracy {
    const CLAIM: Claim = Claim {
        code: "EPFD2",
        name: "eventual-strong-accuracy",
        kind: Kind::Liveness,
        meaning: "eventually no correct process suspects a correct process",
        source: "Chandra and Toueg 1996, section 2.2; Cachin, Guerraoui, Rodrigues 2011, module 2.8",
    };

    fn new(_: &N::Config, servers: u32) -> Self {
        Self { suspected: Outputs::new(servers), accurate: Lasting::new() }
    }

    fn after(&mut self, view: &View<'_, N>, node: NodeId, _: &[Effect<N>], _: &mut Judge) {
        if self.suspected.update(node, view.state(node).map(N::suspected)) {
            self.accurate.observe(view.time, mistake(view));
        }
    }

    fn crash(&mut self, view: &View<'_, N>, node: NodeId, _: &mut Judge) {
        self.suspected.update(node, None);
        self.accurate.observe(view.time, mistake(view));
    }

    fn calm(&mut self, view: &View<'_, N>, _: &mut Judge) {
        self.accurate.calm(view.time);
        self.accurate.observe(view.time, mistake(view));
    }

    fn end(&mut self, view: &View<'_, N>, judge: &mut Judge) {
        if view.correct().nth(1).is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, N>) -> Option<Obligation> {
        let ((process, wronged), mended) = self.accurate.unmet(view.time)?;
        let suspects = verb("suspects", "suspected", mended);
        let detail = format!("{process} {suspects} {wronged}, which is correct{}", until(mended));
        Some(Obligation { node: Some(process), detail })
    }
}
