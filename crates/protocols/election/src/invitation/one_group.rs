//! IV4 one-group.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};

use super::{Process, Settings};

/// All live processes are members of one group with a live coordinator, once message delays stay
/// within the bound.
#[derive(Clone, Debug, Default)]
pub struct OneGroup;

impl Property<Process> for OneGroup {
    const CLAIM: Claim = Claim {
        code: "IV4",
        name: "one-group",
        kind: Kind::Liveness,
        meaning: "all live processes are members of one group with a live coordinator, once \
                  message delays stay within the bound",
        source: super::PAPER,
    };

    fn new(_: &Settings, _: u32) -> Self {
        Self
    }

    fn end(&mut self, view: &View<'_, Process>, judge: &mut Judge) {
        if view.correct().next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Process>) -> Option<Obligation> {
        let (first, group) =
            view.correct().map(|(node, process)| (node, process.group())).next()?;
        for (node, process) in view.correct() {
            let coordinator = process.coordinator();
            let leads = view
                .state(coordinator)
                .is_some_and(|it| it.is_coordinator() && it.group() == process.group());
            let detail = if !process.is_ready() {
                format!("{node} is between two groups")
            } else if !leads {
                format!("{node} is in {}, which {coordinator} does not coordinate", process.group())
            } else if process.group() != group {
                format!("{node} is in {}, and {first} is in {group}", process.group())
            } else {
                continue;
            };
            return Some(Obligation { node: Some(node), detail });
        }
        None
    }
}
