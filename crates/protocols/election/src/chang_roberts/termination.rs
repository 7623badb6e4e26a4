//! LE3 termination.

use sim_check::{Claim, Debt, Judge, Kind, Property, View};

use super::{Config, Process};

/// Every process names a leader; in a ring without announcement, some process is elected.
#[derive(Clone, Debug, Default)]
pub struct Termination;

impl Property<Process> for Termination {
    const CLAIM: Claim = Claim {
        code: "LE3",
        name: "termination",
        kind: Kind::Liveness,
        meaning: "Every process names a leader (without announcement: some process is elected).",
        source: super::PAPER,
    };

    fn new(_: &Config, _: u32) -> Self {
        Self
    }

    fn end(&mut self, _: &View<'_, Process>, judge: &mut Judge) {
        judge.judged();
    }

    fn owes(&self, view: &View<'_, Process>) -> Option<Debt> {
        if view.config.announce {
            let (node, _) = view.owed().find(|(_, process)| process.leader().is_none())?;
            return Some(Debt { node: Some(node), detail: format!("{node} names no leader") });
        }
        let elected = view.up().any(|(_, process)| process.is_elected());
        (!elected).then(|| Debt { node: None, detail: "no process is elected".into() })
    }
}
