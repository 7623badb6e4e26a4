//! BL1 highest.

use sim_check::{Claim, Judge, Kind, Property, View};
use sim_node::{Effect, Event, NodeId};

use super::{Census, Config, Process};

/// When no crash or recovery happened for [`Config::settling_time`], all live processes name the
/// highest live one.
#[derive(Clone, Debug)]
pub struct Highest {
    census: Census,
}

impl Highest {
    /// The states are those since the step before, up to now.
    fn judge(&self, view: &View<'_, Process>, judge: &mut Judge) {
        if !self.census.quiet_for(view.config.settling_time(), view.time) {
            return;
        }
        judge.judged();
        if self.census.mistaken() == 0 {
            return;
        }
        let highest = self.census.highest();
        if let Some((process, named)) = self.census.who(|_, named| named != highest).next() {
            let highest = highest.map_or_else(String::new, |highest| highest.to_string());
            let named = named.map_or_else(|| "nobody".to_string(), |named| named.to_string());
            let detail = format!(
                "{process} names {named}, and {highest} is the highest live process; the last crash \
                 or recovery was at {}, which is longer ago than {}",
                self.census.disturbed(),
                view.config.settling_time(),
            );
            judge.violate(process, detail, &[]);
        }
    }
}

impl Property<Process> for Highest {
    const CLAIM: Claim = Claim {
        code: "BL1",
        name: "highest",
        kind: Kind::Safety,
        meaning: "When no crash or recovery happened for the settling time, all live processes name \
                  the highest live one.",
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
