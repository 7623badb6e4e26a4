//! What clients are to do at given times: whether they are there to do it.

use std::collections::BTreeMap;

use sim_engine::{Argument, Victims};
use sim_node::Duration;
use sim_protocol::Appointment;

use super::Cast;
use super::nodes::members;
use crate::Diagnostic;
use crate::draft::Draft;
use crate::language::Plan;
use crate::outline::Item;
use crate::sheet::Sheet;

/// A time in which a node is down, or may be: from the first instant up to the second.
struct Absence<'a> {
    from: Duration,
    /// For good when there is none.
    until: Option<Duration>,
    /// Not all of the time, or not in every run.
    perhaps: bool,
    fault: &'a str,
}

impl Absence<'_> {
    fn contains(&self, at: Duration) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// Warns of what comes when the run is over, or when its client is down.
pub(crate) fn check(
    sheet: &mut Sheet<'_>,
    draft: &Draft<'_>,
    cast: &Cast<'_>,
    appointments: &[(Appointment, &Item)],
) {
    if appointments.is_empty() {
        return;
    }
    let absences = absences(draft, cast);
    for (appointment, item) in appointments {
        let at = appointment.at;
        let place = item.at_index(0).span.clone();
        if draft.deadline.is_some_and(|deadline| at > deadline) {
            let message = format!("the operation at {at} comes after the deadline");
            sheet.push(Diagnostic::warning(place, message).label("the run is over by then"));
            continue;
        }
        let node = cast.nodes().saturating_sub(appointment.from_last);
        let of_client = absences.get(&node).into_iter().flatten();
        let missed = of_client.filter(|absence| absence.contains(at));
        // What is sure is told before what may be.
        let Some(absence) = missed.min_by_key(|absence| absence.perhaps) else { continue };
        let is_down = if absence.perhaps { "may be down" } else { "is down" };
        let message = format!("its client, node {node}, {is_down} at {at}: `{}`", absence.fault);
        sheet.push(
            Diagnostic::warning(place, message)
                .label("a client that is down leaves it out")
                .help("move the operation or the crash"),
        );
    }
}

/// When nodes are down that the scenario itself names.
fn absences<'a>(draft: &'a Draft<'_>, cast: &Cast<'_>) -> BTreeMap<u32, Vec<Absence<'a>>> {
    let is_restart = |plan: &Plan| matches!(plan.fault().kind().name, "Restart" | "Heal");
    let plans = || draft.faults.iter().filter_map(|fault| Some((fault, fault.plan.as_ref()?)));
    let returns = draft.calm.is_some() || plans().any(|(_, plan)| is_restart(plan));
    let mut absences: BTreeMap<u32, Vec<Absence<'a>>> = BTreeMap::new();
    for (fault, plan) in plans() {
        if plan.fault().kind().victims != Victims::Down {
            continue;
        }
        let (mut who, mut down, mut is_inside) = (None, None, false);
        for (_, argument) in plan.fault().facts().arguments.iter() {
            match argument {
                Argument::Target(target) => who = members(target, cast),
                Argument::Duration(length) => down = Some(length),
                Argument::Inside(_) => is_inside = true,
                _ => {}
            }
        }
        let (from, last) = match plan {
            Plan::At(at, ..) => (*at, Some(*at)),
            Plan::Between(from, to, _) => (*from, Some(*to)),
            Plan::When(trigger, ..) => (trigger.after.unwrap_or(Duration::ZERO), None),
            Plan::Every(period, ..) => (period.shortest(), None),
        };
        let is_sure = matches!(plan, Plan::At(..)) && !is_inside;
        for node in who.into_iter().flatten() {
            absences.entry(node).or_default().push(Absence {
                from,
                until: last.and_then(|last| Some(last.saturating_add(down?))),
                perhaps: !is_sure || down.is_none() && returns,
                fault: &fault.label,
            });
        }
    }
    absences
}
