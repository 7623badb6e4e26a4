//! FM3 termination.

use sim_check::{Claim, Judge, Kind, Obligation, Property, View};
use sim_node::{NodeId, Rounds};

use super::{Indication, Process};

/// Every process decides, and one is elected.
#[derive(Clone, Debug, Default)]
pub struct Termination {
    /// Whether somebody has been elected.
    elected: bool,
}

impl Property<Rounds<Process>> for Termination {
    const CLAIM: Claim = Claim {
        code: "FM3",
        name: "termination",
        kind: Kind::Liveness,
        meaning: "every process decides, and one process is elected",
        source: super::PAPER,
    };

    fn new(_: &<Rounds<Process> as sim_node::Node>::Config, _: u32) -> Self {
        Self::default()
    }

    fn indicated(
        &mut self,
        _: &View<'_, Rounds<Process>>,
        _: NodeId,
        indication: &Indication,
        _: &mut Judge,
    ) {
        self.elected |= matches!(indication, Indication::Leader(_));
    }

    fn end(&mut self, view: &View<'_, Rounds<Process>>, judge: &mut Judge) {
        if view.correct().next().is_some() {
            judge.judged();
        }
    }

    fn unmet(&self, view: &View<'_, Rounds<Process>>) -> Option<Obligation> {
        let undecided = |process: &Process| process.leads().is_none();
        if let Some((node, _)) = view.correct().find(|(_, state)| undecided(state.process())) {
            return Some(Obligation {
                node: Some(node),
                detail: format!("{node} has not decided"),
            });
        }
        let somebody = view.correct().next().is_some();
        let nobody = "all have decided, and nobody is elected";
        (somebody && !self.elected).then(|| Obligation { node: None, detail: nobody.to_owned() })
    }
}
