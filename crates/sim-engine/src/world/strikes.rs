//! A fault that sets itself off, as what it does brings about what its trigger waits for.

use sim_check::{Properties, SimTime};
use sim_node::{Duration, Node};

use super::{End, Phase, World};
use crate::fault::InStep;
use crate::{Occasion, When};

/// So many strikes of one fault, each the cause of the next, are looked at.
const STRIKES: u64 = 1_024;

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A fault has struck once more. The run ends if the fault sets itself off, over and over, in
    /// so little time that the run never gets to its deadline.
    pub(super) fn look_at_strikes(&mut self, fault: u32) {
        let struck = self.faults[fault as usize].struck;
        if !struck.is_multiple_of(STRIKES) || matches!(self.phase, Phase::Over(_)) {
            return;
        }
        let way = self.way();
        let before = std::mem::replace(&mut self.faults[fault as usize].counted, way);
        let stretch = self.since(before);
        let last = self.steps.saturating_sub(1);
        let links = || self.chain(last, STRIKES, |step, _| step >= stretch.first);
        let never = self.never_ends(stretch.steps, stretch.span);
        if never && !stretch.served && links() >= STRIKES / 2 {
            self.phase = Phase::Over(End::Budget(self.sets_itself_off(fault, last, stretch.span)));
        }
    }

    fn sets_itself_off(&self, fault: u32, last: u64, span: u64) -> String {
        let planned = &self.spec.faults[fault as usize];
        let on = match (&planned.when, planned.fault.facts().step) {
            (When::On(trigger), _) => Some(&trigger.on),
            (_, InStep::Each { on, .. }) => Some(on),
            _ => None,
        };
        let node = self.record.get(last).map_or(String::new(), |one| one.node.to_string());
        let again = match on {
            Some(Occasion::Role(role)) => format!("{node} takes the role {role}"),
            Some(Occasion::Mark(mark)) => format!("{node} emits the mark \"{mark}\""),
            Some(Occasion::Send(kind) | Occasion::After(kind, _)) => format!("{node} sends {kind}"),
            Some(Occasion::Receive(kind)) => format!("{node} handles {kind}"),
            Some(Occasion::Write) => format!("{node} writes to its disk"),
            None => "it is due".to_owned(),
        };
        let now = SimTime::from_nanos(self.happened);
        let within = match span {
            0 => format!("at {now}"),
            span => format!("within {}, until {now}", Duration::from_nanos(span)),
        };
        format!(
            "the fault {} sets itself off: it struck {STRIKES} times {within}, and each time \
             {again} again",
            planned.label
        )
    }
}
