//! BL2 no-rivals.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Event, NodeId};

use super::{Census, Config, Process};

/// Two coordinators exist at an instant only within [`Config::rivalry_time`] of a crash or
/// recovery.
#[derive(Clone, Debug)]
pub struct NoRivals {
    census: Census,
}

impl NoRivals {
    /// The states are those since the step before, up to now.
    fn judge(&self, view: &View<'_, Process>, judge: &mut Judge) {
        if !self.census.quiet_for(view.config.rivalry_time(), view.time) {
            return;
        }
        judge.judged();
        if self.census.coordinators() < 2 {
            return;
        }
        let mut rivals = self.census.who(|process, named| named == Some(process));
        if let (Some((lower, _)), Some((higher, _))) = (rivals.next(), rivals.next()) {
            let detail = format!(
                "{lower} and {higher} both hold themselves for the coordinator; the last crash or \
                 recovery was at {}, which is longer ago than {}",
                self.census.disturbed(),
                view.config.rivalry_time(),
            );
            judge.violate(lower, detail, &[]);
        }
    }
}

impl Property<Process> for NoRivals {
    const CLAIM: Claim = Claim {
        code: "BL2",
        name: "no-rivals",
        kind: Kind::Safety,
        meaning: "Two coordinators exist at an instant only within the rivalry time of a crash or \
                  recovery.",
        source: super::PAPER,
    };

    fn new(_: &Config, servers: u32) -> Self {
        Self { census: Census::new(servers) }
    }

    fn before(
        &mut self,
        view: &View<'_, Process>,
        _: NodeId,
        _: &Event<Process>,
        judge: &mut Judge,
    ) {
        self.judge(view, judge);
    }

    fn after(
        &mut self,
        view: &View<'_, Process>,
        node: NodeId,
        _: &[Effect<Process>],
        _: &mut Judge,
    ) {
        self.census.stepped(view, node);
    }

    fn crash(&mut self, view: &View<'_, Process>, node: NodeId, judge: &mut Judge) {
        self.judge(view, judge);
        self.census.disturb(view, node);
    }

    fn restart(&mut self, view: &View<'_, Process>, node: NodeId, judge: &mut Judge) {
        self.judge(view, judge);
        self.census.disturb(view, node);
    }

    fn end(&mut self, view: &View<'_, Process>, judge: &mut Judge) {
        self.judge(view, judge);
    }
}
