//! [`blamed`]: the steps at which the chains of causes of a violation end.

use sim_check::Found;
use sim_scenario::ViolationReport;

use crate::trace::Trace;

/// The steps that a violation is traced back from, the most important first: the step that violated
/// the claim, if a step did; those that the property names; or, where there are none, the last step
/// of the node concerned before the violation was found. A step that panicked was not finished: the
/// one before it stands for it.
pub(crate) fn blamed(trace: &Trace, violation: &ViolationReport) -> Vec<u64> {
    let all = trace.steps.len() as u64;
    let Some(last) = all.checked_sub(1) else { return vec![] };
    let its_own = violation.step.filter(|_| violation.found == Found::AtStep);
    let mut steps: Vec<u64> = its_own.map(|step| step.min(last)).into_iter().collect();
    let named = violation.witnesses.iter().filter(|step| **step < all);
    for step in named {
        if !steps.contains(step) {
            steps.push(*step);
        }
    }
    if steps.is_empty() {
        let before = match (violation.found, violation.step) {
            (Found::BeforeStep, Some(step)) => step.min(all),
            _ => all,
        };
        let last_of = |node| trace.steps_of(node, before).next().map(|(step, _)| step);
        steps.extend(violation.node.and_then(last_of).or(before.checked_sub(1)));
    }
    steps
}
