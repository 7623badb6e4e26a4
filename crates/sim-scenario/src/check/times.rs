//! Times: windows that end before they start, a calm before the last fault, a deadline before the
//! calm.

use sim_node::{Bytes, Duration};

use crate::Diagnostic;
use crate::draft::Draft;
use crate::fault::FaultText;
use crate::language::Plan;
use crate::outline::Item;
use crate::sheet::Sheet;
use crate::words::count;

/// The greatest time and the greatest duration in a scenario: a year.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(365 * 24 * 3600);

/// How often a fault may strike that strikes again and again.
const TURNS_MAX: u64 = 10_000;

/// A time or a duration of the scenario has a bound.
pub(crate) fn check_time(sheet: &mut Sheet<'_>, time: Duration, item: &Item) {
    if time > TIME_MAX {
        sheet.push(
            Diagnostic::error(item.span.clone(), "the time is longer than a year")
                .label("too long")
                .help("times and durations of a scenario are at most `\"8760h\"`"),
        );
    }
}

pub(crate) fn check(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    let whole =
        [(draft.calm, "calm"), (draft.calm_bound, "calm_bound"), (draft.deadline, "deadline")];
    for (time, name) in whole {
        if let Some(time) = time {
            check_time(sheet, time, sheet.field(name));
        }
    }
    check_deadline(sheet, draft);
    if draft.calm_bound.is_some() && draft.calm.is_none() {
        let place = sheet.field("calm_bound").span.clone();
        sheet.push(
            Diagnostic::warning(place, "`calm_bound` without `calm` has no effect")
                .label("bounds nothing")
                .help("say when the storm ends: `calm: \"10s\"`"),
        );
    }
    let bandwidth = draft.network.as_ref().and_then(|network| network.bandwidth());
    if draft.calm.is_some() && draft.calm_bound.is_none() && bandwidth.is_some() {
        let place = sheet.field("calm").span.clone();
        let message = "the calm lifts the `bandwidth`: each message arrives within ten mean delays";
        sheet.push(
            Diagnostic::warning(place, message)
                .label("from here on no queue is longer")
                .help("say how long a message may take then: `calm_bound: \"2s\"`"),
        );
    }
    for fault in &draft.faults {
        check_window(sheet, fault);
        check_against_calm(sheet, fault, draft);
    }
}

fn check_deadline(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    let Some(deadline) = draft.deadline else { return };
    let place = sheet.field("deadline").span.clone();
    if deadline.is_zero() {
        sheet.push(
            Diagnostic::error(place, "the deadline is at the beginning")
                .label("nothing could happen")
                .help("say when the run ends: `deadline: \"20s\"`"),
        );
    } else if let Some(calm) = draft.calm
        && deadline <= calm
    {
        let message =
            format!("the deadline {deadline} is not after the calm, which begins at {calm}");
        sheet.push(
            Diagnostic::error(place, message)
                .label("it leaves liveness no time")
                .context(sheet.field("calm").span.clone(), "the calm begins here")
                .help("obligations must be met between the calm and the deadline"),
        );
    }
}

/// A run makes at least one step, and not more than a run can make.
pub(crate) fn check_budget(sheet: &mut Sheet<'_>, draft: &Draft<'_>, steps_max: u64) {
    let Some(budget) = draft.budget else { return };
    if budget == 0 || budget > steps_max {
        let place = sheet.field("budget").span.clone();
        let budget = count(budget, "step");
        sheet.push(
            Diagnostic::error(place, format!("a budget of {budget} is out of range"))
                .label("not a number of steps that a run can make")
                .help(format!("a budget is from 1 to {steps_max} steps")),
        );
    }
}

/// A run needs some memory, and no machine has more than that.
pub(crate) fn check_memory(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    let (least, most) = (Bytes::from_mib(1), Bytes::from_mib(1 << 20));
    if let Some(memory) = draft.memory
        && !(least..=most).contains(&memory)
    {
        let place = sheet.field("memory").span.clone();
        sheet.push(
            Diagnostic::error(place, format!("a memory of {memory} is out of range"))
                .label("not an amount that a run can be given")
                .help(format!("`memory` is from {least} to {most}")),
        );
    }
}

/// A window begins before it ends, and both ends are times that a scenario may have.
fn check_window(sheet: &mut Sheet<'_>, fault: &FaultText<'_>) {
    match &fault.plan {
        Some(Plan::At(at, ..)) => check_time(sheet, *at, fault.item.at_index(0)),
        Some(Plan::Between(from, to, _)) => {
            check_time(sheet, *from, fault.item.at_index(0));
            check_time(sheet, *to, fault.item.at_index(1));
            if to <= from {
                let ends = if to < from { "ends before it starts" } else { "is empty" };
                let end = fault.item.at_index(1).span.clone();
                sheet.push(
                    Diagnostic::error(end, format!("the window from {from} to {to} {ends}"))
                        .label("the end")
                        .context(fault.item.at_index(0).span.clone(), "the start")
                        .help("the first time comes before the second; for one instant use `At`"),
                );
            }
        }
        Some(Plan::When(trigger, ..)) => {
            let after = fault.item.at_index(0).at_field(sheet.text, "after");
            check_time(sheet, trigger.after.unwrap_or_default(), after);
        }
        Some(Plan::Every(period, ..)) => {
            check_time(sheet, period.longest(), fault.item.at_index(0))
        }
        None => {}
    }
    check_length(sheet, fault);
    check_is_not_cut_short(sheet, fault);
}

/// Only a lasting fault has a length of time, and it is one.
fn check_length(sheet: &mut Sheet<'_>, fault: &FaultText<'_>) {
    let Some(plan) = &fault.plan else { return };
    let Some(lasts) = plan.lasts() else { return };
    let item = fault.item.at_index(plan.place_of_fault() + 1);
    check_time(sheet, lasts, item);
    let name = plan.fault().kind().name;
    if plan.fault().kind().is_momentary() {
        let message = format!("`{name}` takes effect once: it has no length of time");
        sheet.push(
            Diagnostic::error(item.span.clone(), message)
                .label("nothing lasts so long")
                .help("leave `for` out; only faults that stay in force take it"),
        );
    } else if lasts.is_zero() {
        sheet.push(
            Diagnostic::error(item.span.clone(), "the fault ends when it begins")
                .label("no time at all")
                .help("say for how long it is in force, as in `for: \"2s\"`"),
        );
    }
}

/// A fault that ends by itself has the time to do so.
fn check_is_not_cut_short(sheet: &mut Sheet<'_>, fault: &FaultText<'_>) {
    let Some(plan) = &fault.plan else { return };
    let Some(within) = plan.fault().facts().ends_within() else { return };
    let (lasts, place) = match plan {
        Plan::Between(from, to, _) if to > from => (*to - *from, 1),
        Plan::Between(..) => return,
        _ => match plan.lasts() {
            Some(lasts) => (lasts, plan.place_of_fault() + 1),
            None => return,
        },
    };
    if lasts < within && !lasts.is_zero() {
        let message = format!("the fault is ended after {lasts}, though it takes up to {within}");
        sheet.push(
            Diagnostic::warning(fault.item.at_index(place).span.clone(), message)
                .label("ends it early")
                .help(format!("let it hold for {within}, or leave its end to itself")),
        );
    }
}

/// A fault strikes no more often than a scenario may have faults.
fn check_turns(sheet: &mut Sheet<'_>, period: Duration, item: &Item, draft: &Draft<'_>) {
    let Some(end) = draft.calm.or(draft.deadline) else { return };
    let turns = end.as_nanos() / period.as_nanos().max(1);
    if turns > TURNS_MAX {
        let help =
            format!("a fault takes effect at most {TURNS_MAX} times; make the period longer");
        let message = format!("up to {end} the fault takes effect {}", count(turns, "time"));
        sheet.push(
            Diagnostic::error(item.span.clone(), message).label("too short a period").help(help),
        );
    }
}

/// No fault is in force when the calm begins, and a fault after the deadline never strikes.
fn check_against_calm(sheet: &mut Sheet<'_>, fault: &FaultText<'_>, draft: &Draft<'_>) {
    let start = fault.item.at_index(0);
    let (first, last, start, end) = match &fault.plan {
        Some(Plan::At(at, what, None)) => {
            let lasts = what.facts().ends_within().unwrap_or_default();
            (*at, *at + lasts, start, start)
        }
        Some(Plan::At(at, _, Some(lasts))) => (*at, *at + *lasts, start, fault.item.at_index(2)),
        Some(Plan::Between(from, to, _)) => (*from, *to, start, fault.item.at_index(1)),
        Some(Plan::When(trigger, ..)) => {
            let Some(after) = trigger.after else { return };
            let start = start.at_field(sheet.text, "after");
            (after, after, start, start)
        }
        Some(Plan::Every(period, ..)) => {
            let first = period.shortest();
            check_turns(sheet, first, start, draft);
            (first, first, start, start)
        }
        None => return,
    };
    if let Some(calm) = draft.calm
        && (first >= calm || last > calm)
    {
        let message = if first >= calm {
            format!("the calm at {calm} is before the last fault: this one comes at {first}")
        } else {
            format!("the calm at {calm} is before the last fault: this one lasts until {last}")
        };
        let place = if first >= calm { start } else { end };
        sheet.push(
            Diagnostic::error(place.span.clone(), message)
                .label("the storm is over by then")
                .context(sheet.field("calm").span.clone(), "the calm begins here")
                .help("begin the calm after the last fault, or end the fault before the calm"),
        );
    } else if let Some(deadline) = draft.deadline
        && first > deadline
        && draft.calm.is_none()
    {
        let message = format!("the fault at {first} comes after the deadline at {deadline}");
        sheet.push(
            Diagnostic::warning(start.span.clone(), message).label("the run is over by then"),
        );
    }
}
