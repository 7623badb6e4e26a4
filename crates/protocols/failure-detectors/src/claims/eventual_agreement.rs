//! ELD2: in the end all trust the same.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{Effect, NodeId};

use super::lasting::{Lasting, until, verb};
use super::outputs::Outputs;
use crate::{Omega, OmegaConfig};

/// ELD2: there is a time after which no two correct processes trust different processes.
#[derive(Clone, Debug)]
pub struct EventualAgreement {
    trusted: Outputs<NodeId>,
    /// Broken by two processes, each with the one it trusts.
    agreed: Lasting<[(NodeId, NodeId); 2]>,
}

/// The first process and the first that trusts another than it does.
fn disagreement(view: &View<'_, Omega>) -> Option<[(NodeId, NodeId); 2]> {
    let mut trust = view.correct().map(|(process, state)| (process, state.trusted()));
    let first = trust.next()?;
    let other = trust.find(|(_, leader)| *leader != first.1)?;
    Some([first, other])
}

impl Property<Omega> for EventualAgreement {
    const CLAIM: Claim = Claim {
        code: "ELD2",
        name: "eventual-agreement",
        kind: Kind::Liveness,
        meaning: "eventually no two correct processes trust different processes",
        source: "Cachin, Guerraoui, Rodrigues 2011, module 2.9",
    };

    fn new(_: &OmegaConfig, servers: u32) -> Self {
        Self { trusted: Outputs::new(servers), agreed: Lasting::new() }
    }

    fn after(&mut self, view: &View<'_, Omega>, node: NodeId, _: &[Effect<Omega>], _: &mut Judge) {
        let trusted = view.state(node).map(Omega::trusted);
        if self.trusted.update(node, trusted.as_ref()) {
            self.agreed.observe(view.time, disagreement(view));
        }
    }

    fn crash(&mut self, view: &View<'_, Omega>, node: NodeId, _: &mut Judge) {
        self.trusted.update(node, None);
        self.agreed.observe(view.time, disagreement(view));
    }

    fn calm(&mut self, view: &View<'_, Omega>, _: &mut Judge) {
        self.agreed.calm(view.time);
        self.agreed.observe(view.time, disagreement(view));
    }

    fn end(&mut self, view: &View<'_, Omega>, judge: &mut Judge) {
        if view.correct().nth(1).is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Omega>) -> Option<Obligation> {
        let ([(one, first), (other, second)], mended) = self.agreed.unmet(view.time)?;
        let trusts = verb("trusts", "trusted", mended);
        let detail =
            format!("{one} {trusts} {first} while {other} {trusts} {second}{}", until(mended));
        Some(Obligation { node: Some(other), detail })
    }
}
