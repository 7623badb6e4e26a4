//! EPFD1: the crashed are found out.

use std::collections::BTreeSet;

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Effect, NodeId};

use super::Detects;
use super::lasting::{Lasting, until, verb};
use super::outputs::Outputs;

/// EPFD1: eventually every crashed process is suspected by every correct process, for good.
#[derive(Clone, Debug)]
pub struct StrongCompleteness {
    suspected: Outputs<BTreeSet<NodeId>>,
    /// Broken by a process and a crashed one that it does not suspect.
    complete: Lasting<(NodeId, NodeId)>,
}

/// The first process, and the first crashed one that it does not suspect.
fn undetected<N: Detects>(view: &View<'_, N>) -> Option<(NodeId, NodeId)> {
    let down = || (0..view.servers).map(NodeId::new).filter(|node| view.state(*node).is_none());
    view.correct().find_map(|(process, state)| {
        let crashed = down().find(|node| !state.suspected().contains(node))?;
        Some((process, crashed))
    })
}

impl<N: Detects> Property<N> for StrongCompleteness {
    const CLAIM: Claim = Claim {
        code: "EPFD1",
        name: "strong-completeness",
        kind: Kind::Liveness,
        meaning: "eventually every correct process permanently suspects every crashed process",
        source: "Chandra and Toueg 1996, section 2.1; Cachin, Guerraoui, Rodrigues 2011, module 2.8",
    };

    fn new(_: &N::Config, servers: u32) -> Self {
        Self { suspected: Outputs::new(servers), complete: Lasting::new() }
    }

    fn after(&mut self, view: &View<'_, N>, node: NodeId, _: &[Effect<N>], _: &mut Judge) {
        if self.suspected.update(node, view.state(node).map(N::suspected)) {
            self.complete.observe(view.time, undetected(view));
        }
    }

    fn crash(&mut self, view: &View<'_, N>, node: NodeId, _: &mut Judge) {
        self.suspected.update(node, None);
        self.complete.observe(view.time, undetected(view));
    }

    fn calm(&mut self, view: &View<'_, N>, _: &mut Judge) {
        self.complete.calm(view.time);
        self.complete.observe(view.time, undetected(view));
    }

    fn end(&mut self, view: &View<'_, N>, judge: &mut Judge) {
        let somebody_down = view.up().count() < view.servers as usize;
        if somebody_down && view.correct().next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, N>) -> Option<Obligation> {
        let ((process, crashed), mended) = self.complete.unmet(view.time)?;
        let suspects = verb("does not suspect", "did not suspect", mended);
        let detail = format!("{process} {suspects} {crashed}, which has crashed{}", until(mended));
        Some(Obligation { node: Some(process), detail })
    }
}
