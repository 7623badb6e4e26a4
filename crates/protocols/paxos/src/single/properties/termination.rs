//! PX7 termination.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};

use crate::single::{Config, Process};

/// Once a correct process has a value to propose, or has learned one, every correct process learns.
/// What is learned is what is logged: the indication of it may be lost in a crash, and then it is
/// not given again.
#[derive(Clone, Debug)]
pub struct Termination;

/// Whether processes have to learn: not where none has a value to propose.
fn is_due(view: &View<'_, Process>) -> bool {
    view.correct().any(|(_, process)| process.own().is_some() || process.learned().is_some())
}

impl Property<Process> for Termination {
    const CLAIM: Claim = Claim {
        code: "PX7",
        name: "termination",
        kind: Kind::Liveness,
        meaning: "once a correct process has a value to propose, or has learned one, every correct \
                  process learns",
        source: "Lamport 2001, Paxos Made Simple, section 2.4",
    };

    fn new(_: &Config, _: u32) -> Self {
        Self
    }

    fn end(&mut self, view: &View<'_, Process>, judge: &mut Judge) {
        if is_due(view) {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Process>) -> Option<Obligation> {
        let (node, _) = view.correct().find(|(_, process)| process.learned().is_none())?;
        let detail = format!("{node} is correct and has not learned what is chosen");
        is_due(view).then_some(Obligation { node: Some(node), detail })
    }
}
