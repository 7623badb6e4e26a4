//! Termination: somebody leads, and all know.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};

use super::RingElection;

/// Every process learns the leader; in a ring without announcement, some process is elected.
#[derive(Clone, Debug, Default)]
pub struct Termination;

impl<N: RingElection> Property<N> for Termination {
    const CLAIM: Claim = Claim {
        code: N::CODES.termination,
        name: "termination",
        kind: Kind::Liveness,
        meaning: "every process learns the leader (with `announce: false`: some process is elected)",
        source: N::PAPER,
    };

    fn new(_: &N::Config, _: u32) -> Self {
        Self
    }

    fn end(&mut self, _: &View<'_, N>, judge: &mut Judge) {
        judge.judged();
    }

    fn unmet(&self, view: &View<'_, N>) -> Option<Obligation> {
        if N::announces(view.config) {
            let (node, _) = view.correct().find(|(_, process)| !process.knows_leader())?;
            return Some(Obligation {
                node: Some(node),
                detail: format!("{node} knows no leader"),
            });
        }
        let elected = view.up().any(|(_, process)| process.is_elected());
        (!elected).then(|| Obligation { node: None, detail: "no process is elected".into() })
    }
}
