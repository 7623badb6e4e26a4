//! From the engine's outcome to the report: whether it is as expected, and the warnings.

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{Found, Kind, SimTime, Verdict};
use sim_engine::{
    ByzantineReport, COST, Counts, FaultReport, Finding, Outcome, PANIC, PlannedFault, ReachReport,
    RequestReport, When,
};
use sim_node::counted;

use crate::costs::{Cost, CostReport, judge};
use crate::words::clip;
use crate::{
    Asked, Byzantine, Crash, Expectation, Messages, PropertyReport, Reached, Report, ScenarioFacts,
    UnmetReport, ViolationReport,
};

/// The facts about the scenario that the warnings after a run need.
pub(crate) struct Lints<'a> {
    /// All faults of the scenario.
    pub(crate) faults: &'a [PlannedFault],
    /// The places of those that were left out on purpose.
    pub(crate) left_out: &'a BTreeSet<usize>,
    /// The overrides of the network as they stand in the file.
    pub(crate) overrides: &'a [String],
    /// What a run may cost.
    pub(crate) costs: &'a [Cost],
    /// Whether the scenario breaks an assumption of its model on purpose.
    pub(crate) broken_on_purpose: bool,
}

/// The report of a run. The outcome has a row for every fault of the scenario.
pub(crate) fn report(
    facts: &ScenarioFacts,
    seed: u64,
    outcome: Outcome,
    lints: &Lints<'_>,
) -> Report {
    let is_whole = outcome.verdict == Verdict::Held;
    let costs = judge(lints.costs, (facts.servers, facts.others), &outcome, is_whole);
    let mut warnings = warnings(facts, &outcome, lints);
    warnings.extend(costs.iter().filter_map(unbound));
    let costs_too_much = costs.iter().any(|cost| !cost.is_within);
    let verdict = if costs_too_much { Verdict::Violated } else { outcome.verdict };
    let assumption_broken = outcome
        .assumption_broken
        .as_ref()
        .map(|broken| format!("at {}: {}", broken.at, broken.what));
    Report {
        title: facts.title.clone(),
        protocol: facts.protocol.name.to_owned(),
        seed,
        verdict,
        as_expected: as_expected(&facts.expect, verdict, &outcome, costs_too_much),
        digest: outcome.digest,
        steps: outcome.steps,
        ended_at_ns: outcome.ended.as_nanos(),
        messages: messages(&outcome.counts),
        properties: properties(&outcome, &costs),
        violations: violations(&outcome, &costs),
        warnings,
        reproduce: String::new(),
        undecided: outcome.undecided.filter(|_| verdict == Verdict::Unknown),
        assumption_broken,
        faults: outcome.faults,
        crashes: outcome.crashes.into_iter().map(Crash::of).collect(),
        byzantine: byzantine(lints, &outcome.byzantine),
        requests: requests(facts, outcome.requests),
        marks: outcome.marks,
        reaches: reaches(facts, &outcome.reached),
        costs,
        unmet: outcome.unmet.iter().map(unmet).collect(),
        timeline: None,
        history: None,
    }
}

/// Whether a single run came out as the scenario expects.
fn as_expected(
    expect: &Expectation,
    verdict: Verdict,
    outcome: &Outcome,
    costs_too_much: bool,
) -> bool {
    let mut violated: BTreeSet<&str> =
        outcome.findings.iter().map(|finding| finding.code).collect();
    violated.extend(costs_too_much.then_some(COST));
    match (verdict, expect) {
        (Verdict::Unknown, _) => false,
        // With `Safe`, obligations that are unmet are not among the findings.
        (_, Expectation::Holds | Expectation::Safe) => violated.is_empty(),
        (_, Expectation::Violates(code)) => violated == BTreeSet::from([*code]),
        // Only some seeds violate it, so a single run may come out either way.
        (_, Expectation::Sometimes { code, .. }) => violated.iter().all(|other| other == code),
    }
}

fn byzantine(lints: &Lints<'_>, struck: &[ByzantineReport]) -> Vec<Byzantine> {
    let kind = |fault: usize| lints.faults.get(fault).map_or("?", |one| one.fault.kind().name);
    let told = struck.iter().map(|&ByzantineReport { node, fault, from, to }| Byzantine {
        node,
        kind: kind(fault),
        fault,
        from,
        to,
    });
    told.collect()
}

fn requests(facts: &ScenarioFacts, requests: Vec<RequestReport>) -> Vec<Asked> {
    let labelled = facts.requests.iter().zip(requests);
    labelled.map(|(label, fate)| Asked { label: label.clone(), fate }).collect()
}

fn reaches(facts: &ScenarioFacts, reached: &[ReachReport]) -> Vec<Reached> {
    let labelled = facts.reaches.iter().zip(reached);
    let report = |(label, reach): (&String, &ReachReport)| Reached {
        label: label.clone(),
        wanted: reach.wanted,
        times: reach.times,
        at_ns: reach.reached.map(SimTime::as_nanos),
    };
    labelled.map(report).collect()
}

fn messages(counts: &Counts) -> Messages {
    Messages {
        total: counts.total(),
        protocol: counts.protocol,
        client: counts.client,
        heartbeat: counts.heartbeat,
        retransmission: counts.retransmission,
        lost: counts.lost,
        in_flight: counts.in_flight,
        by_kind: counts.by_kind.iter().copied().collect::<BTreeMap<_, _>>(),
        bytes: counts.bytes,
    }
}

fn properties(outcome: &Outcome, costs: &[CostReport]) -> Vec<PropertyReport> {
    let report = |(claim, verdict): &(&'static sim_check::Claim, Verdict)| PropertyReport {
        code: claim.code,
        name: claim.name,
        kind: claim.kind,
        verdict: *verdict,
    };
    let mut properties: Vec<PropertyReport> = outcome.properties.iter().map(report).collect();
    if outcome.findings.iter().any(|finding| finding.code == PANIC) {
        properties.push(PropertyReport {
            code: PANIC,
            name: "panic",
            kind: Kind::Safety,
            verdict: Verdict::Violated,
        });
    }
    if !costs.is_empty() {
        let verdict = match costs.iter().all(|cost| cost.is_within) {
            false => Verdict::Violated,
            true if outcome.verdict == Verdict::Unknown => Verdict::Unknown,
            true if costs.iter().all(CostReport::is_vacuous) => Verdict::Vacuous,
            true => Verdict::Held,
        };
        properties.push(PropertyReport { code: COST, name: "cost", kind: Kind::Safety, verdict });
    }
    properties
}

fn violations(outcome: &Outcome, costs: &[CostReport]) -> Vec<ViolationReport> {
    let findings = outcome.findings.iter();
    let beyond = costs.iter().filter(|cost| !cost.is_within);
    let beyond = beyond.map(|cost| ViolationReport {
        code: COST,
        at_ns: outcome.ended.as_nanos(),
        node: None,
        detail: cost.detail(),
        step: None,
        found: Found::AtEnd,
        witnesses: Vec::new(),
    });
    findings
        .map(|finding| ViolationReport {
            code: finding.code,
            at_ns: finding.at.as_nanos(),
            node: finding.node,
            detail: finding.detail.clone(),
            step: finding.step,
            found: finding.found,
            witnesses: finding.witnesses.clone(),
        })
        .chain(beyond)
        .collect()
}

fn unmet(obligation: &Finding) -> UnmetReport {
    UnmetReport {
        code: obligation.code,
        at_ns: obligation.at.as_nanos(),
        node: obligation.node,
        detail: obligation.detail.clone(),
    }
}

/// The warnings after a run. A run that ended early does not warn of what had no time to happen.
fn warnings(facts: &ScenarioFacts, outcome: &Outcome, lints: &Lints<'_>) -> Vec<String> {
    let whole = outcome.verdict == Verdict::Held || outcome.ended >= facts.deadline;
    let mut warnings = Vec::new();
    for (place, (fault, row)) in lints.faults.iter().zip(&outcome.faults).enumerate() {
        let had_time = whole || had_time(&fault.when, outcome.ended);
        if row.struck == 0 && had_time && !lints.left_out.contains(&place) {
            warnings.push(format!("the fault `{}` never took effect", clip(&fault.label)));
        }
        warnings.extend(again_and_again(fault, row));
    }
    if whole {
        warnings.extend(idle_faults(outcome, lints));
        warnings.extend(unread_clocks(facts, outcome));
        let unused = lints.overrides.iter().zip(&outcome.overrides_used);
        for (label, _) in unused.filter(|(_, used)| !**used) {
            warnings.push(format!("no message used the special links {label}"));
        }
        let vacuous = outcome.properties.iter().filter(|(_, v)| *v == Verdict::Vacuous);
        for (claim, _) in vacuous {
            let (code, name) = (claim.code, claim.name);
            warnings.push(format!(
                "the property {code} {name} is vacuous: the run contained nothing that it judges"
            ));
        }
        warnings.extend(unused_nodes(outcome));
    }
    if let Some(broken) = &outcome.assumption_broken
        && !lints.broken_on_purpose
    {
        let (at, what) = (broken.at, &broken.what);
        warnings.push(format!("the run broke an assumption of its model at {at}: {what}"));
    }
    warnings
}

/// A cost that was not held against a bound of its own.
fn unbound(cost: &CostReport) -> Option<String> {
    let why = cost.no_bound.as_ref()?;
    Some(format!("the cost `{}` was not held against a bound: {why}", cost.label))
}

/// Faults that struck and changed nothing.
fn idle_faults<'a>(outcome: &'a Outcome, lints: &'a Lints<'_>) -> impl Iterator<Item = String> {
    let rows = outcome.faults.iter().enumerate();
    let struck = rows.filter(|(place, _)| !lints.left_out.contains(place));
    struck.filter_map(|(_, row)| {
        let why = row.idle.as_ref()?;
        Some(format!("the fault `{}` changed nothing: {why}", clip(&row.label)))
    })
}

/// Clocks that are wrong, and at which nobody looked.
fn unread_clocks(facts: &ScenarioFacts, outcome: &Outcome) -> impl Iterator<Item = String> {
    let clocks = facts.clocks.iter().zip(&outcome.clocks_used);
    clocks.filter(|(_, used)| !**used).map(|(clock, _)| {
        let clock = clock.trim_end_matches('.').replacen("The clock", "the clock", 1);
        format!("{clock}, but no such clock was read, and no timer set by it")
    })
}

/// A fault that strikes so often may bring about what its trigger waits for.
fn again_and_again(fault: &PlannedFault, row: &FaultReport) -> Option<String> {
    const OFTEN: u64 = 1_000;
    let unbound = matches!(&fault.when, When::On(on) if on.every && on.limit.is_none());
    let (label, times) = (clip(&fault.label), counted(row.struck, "time"));
    (unbound && row.struck >= OFTEN).then(|| {
        format!(
            "the fault `{label}` took effect {times}: it may bring about what its trigger waits \
             for; `limit` bounds it"
        )
    })
}

/// Whether a run that ended at this time was long enough for a fault to strike.
fn had_time(when: &When, ended: SimTime) -> bool {
    match when {
        When::At(at) => *at < ended,
        When::Between(_, to) => *to < ended,
        When::Every(period) => SimTime::from(period.longest()) < ended,
        When::On(_) => false,
    }
}

fn unused_nodes(outcome: &Outcome) -> Option<String> {
    const MOST: usize = 8;
    let mut names: Vec<String> = outcome.idle.iter().take(MOST).map(ToString::to_string).collect();
    if outcome.idle.len() > MOST {
        names.push(format!("and {} more", outcome.idle.len() - MOST));
    }
    match outcome.idle.len() {
        0 => None,
        1 => Some(format!("the node {} did nothing", names[0])),
        _ => Some(format!("the nodes {} did nothing", names.join(", "))),
    }
}
