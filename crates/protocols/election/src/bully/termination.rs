//! BL3 termination.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};

use super::{Process, Settings};

/// Every live process eventually knows a live coordinator: a process that knows itself as
/// coordinator.
#[derive(Clone, Debug, Default)]
pub struct Termination;

impl Property<Process> for Termination {
    const CLAIM: Claim = Claim {
        code: "BL3",
        name: "termination",
        kind: Kind::Liveness,
        meaning: "every live process eventually knows a live coordinator",
        source: super::PAPER,
    };

    fn new(_: &Settings, _: u32) -> Self {
        Self
    }

    fn end(&mut self, _: &View<'_, Process>, judge: &mut Judge) {
        judge.judged();
    }

    fn unmet(&self, view: &View<'_, Process>) -> Option<Obligation> {
        let led = |process: &Process| {
            let leader = process.leader().and_then(|leader| view.state(leader));
            leader.is_some_and(Process::is_coordinator)
        };
        let (node, process) = view.correct().find(|(_, process)| !led(process))?;
        let detail = match process.leader() {
            None => format!("{node} knows no coordinator"),
            Some(leader) => {
                format!("{node} knows {leader} as coordinator, which is not a live one")
            }
        };
        Some(Obligation { node: Some(node), detail })
    }
}
