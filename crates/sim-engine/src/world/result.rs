//! What became of the run, free of the protocol's types.

use std::collections::BTreeSet;

use sim_check::{Found, Judged, Kind, Properties, SimTime, Verdict};
use sim_node::{Class, Message, Node, NodeId};

use super::{End, Phase, World};
use crate::record::StepClass;
use crate::{Counts, FaultReport, Finding, Outcome, PANIC};

impl<N: Node, P: Properties<N>> World<N, P> {
    pub(super) fn result(&self) -> Outcome {
        let (findings, unmet) = self.findings();
        let undecided = self.undecided();
        let verdict = if !findings.is_empty() {
            Verdict::Violated
        } else if undecided.is_some() {
            Verdict::Unknown
        } else {
            Verdict::Held
        };
        Outcome {
            verdict,
            properties: self.verdicts(findings.iter().chain(&unmet)),
            findings,
            unmet,
            undecided,
            digest: self.final_digest(),
            steps: self.steps,
            ended: self.now(),
            counts: self.counts(),
            faults: self.fault_reports(),
            crashes: self.crashes.clone(),
            byzantine: self.byzantine.reports.clone(),
            requests: self.request_reports(),
            marks: self.mark_reports(),
            reached: self.reach_reports(),
            overrides_used: self.network.overrides_used().to_vec(),
            clocks_used: self.clocks_used(),
            idle: self.idle(),
            assumption_broken: self.assumption_broken.clone(),
        }
    }

    pub(super) fn judged(&self) -> Vec<Judged<'_>> {
        let mut judged = Vec::new();
        self.properties.judged(&mut judged);
        judged
    }

    /// What was violated, and the obligations that were unmet and that nobody demands.
    fn findings(&self) -> (Vec<Finding>, Vec<Finding>) {
        let findings = self.all_findings();
        let in_time = matches!(self.phase, Phase::Over(End::Settled { .. } | End::Unmet { .. }));
        if self.spec.demands_liveness || !in_time {
            return (findings, Vec::new());
        }
        let judged = self.judged();
        let is_liveness = |code: &str| {
            judged.iter().any(|one| one.claim.code == code && one.claim.kind == Kind::Liveness)
        };
        findings.into_iter().partition(|finding| !is_liveness(finding.code))
    }

    fn all_findings(&self) -> Vec<Finding> {
        let at = self.now();
        let mut findings: Vec<Finding> = Vec::new();
        let step = match &self.phase {
            Phase::Over(End::Violated { step }) => Some(*step),
            // Told at the end.
            Phase::Over(End::Settled { .. } | End::Unmet { .. }) => self.steps.checked_sub(1),
            _ => None,
        };
        for one in self.judged() {
            if let Some(violation) = one.judge.violation() {
                findings.push(Finding {
                    code: one.claim.code,
                    at,
                    step,
                    found: violation.found,
                    node: violation.node,
                    detail: violation.detail.clone(),
                    witnesses: violation.witnesses.clone(),
                });
            }
        }
        match &self.phase {
            Phase::Over(End::Panicked(panicked)) => findings.push(Finding {
                code: PANIC,
                at,
                step: panicked.step,
                found: panicked.found,
                node: panicked.node,
                detail: panicked.detail.clone(),
                witnesses: Vec::new(),
            }),
            Phase::Over(End::Unmet { obligations, .. }) => {
                findings.extend(obligations.iter().map(|(code, obligation)| Finding {
                    code,
                    at: self.spec.deadline.min(at),
                    step: None,
                    found: Found::AtEnd,
                    node: obligation.node,
                    detail: obligation.detail.clone(),
                    witnesses: Vec::new(),
                }));
            }
            _ => {}
        }
        findings
    }

    /// Why the run is undecided, unless a property was violated.
    fn undecided(&self) -> Option<String> {
        match &self.phase {
            Phase::Due | Phase::Late(_) => {
                Some(format!("the run was stopped at {}, before its end", self.now()))
            }
            Phase::Over(End::Budget(why)) => Some(why.clone()),
            Phase::Over(End::Settled { late } | End::Unmet { late, .. }) if !late.is_empty() => {
                let late: Vec<&str> = late.iter().copied().collect();
                Some(format!(
                    "an obligation of {} was met late, at {}",
                    late.join(" and "),
                    self.now()
                ))
            }
            Phase::Over(_) => {
                let judged = self.judged();
                let reason = judged.iter().find_map(|one| {
                    let reason = one.judge.why_undecided()?;
                    Some(format!("{} is undecided: {reason}", one.claim.code))
                });
                if reason.is_some() {
                    return reason;
                }
                match &self.assumption_broken {
                    Some(broken) if !self.spec.model.broken => Some(format!(
                        "the run broke an assumption of its model at {}: {}",
                        broken.at, broken.what
                    )),
                    _ => self.missed(),
                }
            }
        }
    }

    fn verdicts<'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Vec<(&'static sim_check::Claim, Verdict)> {
        let violated: BTreeSet<&str> = findings.map(|finding| finding.code).collect();
        let none = BTreeSet::new();
        let (ended_well, late) = match &self.phase {
            Phase::Over(End::Settled { late } | End::Unmet { late, .. }) => (true, late),
            _ => (false, &none),
        };
        let broken = self.assumption_broken.is_some() && !self.spec.model.broken;
        let mut verdicts: Vec<(&'static sim_check::Claim, Verdict)> = Vec::new();
        for one in self.judged() {
            let is_due_at_end = one.claim.kind == Kind::Liveness || one.judge.is_due_at_end();
            let pending = is_due_at_end && !ended_well;
            let verdict = if violated.contains(one.claim.code) {
                Verdict::Violated
            } else if pending
                || broken
                || late.contains(one.claim.code)
                || one.judge.why_undecided().is_some()
            {
                Verdict::Unknown
            } else if one.judge.times_judged() == 0 {
                Verdict::Vacuous
            } else {
                Verdict::Held
            };
            verdicts.push((one.claim, verdict));
        }
        verdicts
    }

    fn final_digest(&self) -> u64 {
        let mut digest = self.digest;
        digest.pair(self.now, self.steps);
        digest.pair(self.tally.lost, self.tally.handled);
        digest.value()
    }

    fn counts(&self) -> Counts {
        let kinds = N::Message::KINDS.iter().zip(&self.tally.sent);
        let sent: u64 = self.tally.sent.iter().sum();
        Counts {
            protocol: self.first_sends(Class::Protocol),
            client: self.first_sends(Class::Client),
            heartbeat: self.first_sends(Class::Heartbeat),
            retransmission: self.tally.resent.iter().sum(),
            lost: self.tally.lost,
            in_flight: sent - self.tally.lost - self.tally.handled,
            by_kind: kinds.map(|((name, _), sent)| (*name, *sent)).collect(),
            bytes: self.spec.bytes.then_some(self.tally.bytes),
        }
    }

    fn fault_reports(&self) -> Vec<FaultReport> {
        let faults = self.spec.faults.iter().zip(&self.faults);
        faults
            .zip(0..)
            .map(|((planned, state), fault)| FaultReport {
                label: planned.label.clone(),
                struck: state.struck,
                first: state.first.map(SimTime::from_nanos),
                victims: state.victims.clone(),
                idle: (state.struck > 0).then(|| planned.fault.idle_in_run(self, fault)).flatten(),
            })
            .collect()
    }

    /// Nodes that did nothing after their start, caused nothing, and were struck by nothing: a node
    /// that is down all the time may be what the scenario is about.
    fn idle(&self) -> Vec<NodeId> {
        let mut idle = vec![true; self.nodes()];
        let mut left = idle.len();
        for victim in self.faults.iter().flat_map(|fault| &fault.victims) {
            left -= usize::from(std::mem::take(&mut idle[victim.index()]));
        }
        for step in self.record.iter() {
            if left == 0 {
                break;
            }
            let sender = (step.class == StepClass::Message)
                .then(|| step.cause.and_then(|cause| self.record.get(cause)))
                .flatten();
            let acted = (step.class != StepClass::Start).then_some(step.node);
            for node in sender.map(|cause| cause.node).into_iter().chain(acted) {
                left -= usize::from(std::mem::take(&mut idle[node.index()]));
            }
        }
        self.everybody().filter(|node| idle[node.index()]).collect()
    }
}
