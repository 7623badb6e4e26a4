//! [`summary`]: a run at a glance.

use std::io::{self, Write};

use sim_check::{Found, Kind, SimTime, Verdict};
use sim_scenario::{Expectation, PropertyReport, Report, ScenarioFacts, ViolationReport};

use crate::fates;
use crate::paint::{self, BOLD, BROKEN, DIM, FAULT, Painted};
use crate::past::past;
use crate::plain;
use crate::timeline::timeline;
use crate::trace::Replay;
use crate::words;

/// How wide the names of the rows are.
pub(crate) const LABEL: usize = 12;
/// How wide the text of a row is at least.
pub(crate) const ROOM: usize = 20;
/// How many lines the Byzantine nodes take.
const BYZANTINE_LINES: usize = 3;

/// Writes what became of a run: verdicts, messages, faults, warnings, and when a property was
/// violated, the steps that led to it, for which the run is replayed. The text contains ANSI
/// colours.
///
/// # Errors
/// The writer's.
pub fn summary(
    out: &mut dyn Write,
    facts: &ScenarioFacts,
    report: &Report,
    width: usize,
    replay: &mut Replay<'_>,
) -> io::Result<()> {
    head(out, facts, report, width)?;
    properties(out, report, width)?;
    row_in(out, "time", &time(report), width, paint::PLAIN)?;
    messages(out, report, width)?;
    faults(out, report, width)?;
    let byzantine = fates::byzantine(report);
    if !byzantine.is_empty() {
        let more = |more| format!("{} more", words::grouped(more));
        let text = words::fitting(&byzantine, 0, (room(width), BYZANTINE_LINES), more);
        row_in(out, "byzantine", &text, width, FAULT)?;
    }
    requests(out, report, width)?;
    if let Some(marks) = fates::marks(report) {
        row_in(out, "marks", &marks, width, paint::PLAIN)?;
    }
    for demand in &report.reaches {
        let (text, got_there) = fates::reached(demand);
        let style = if got_there { paint::PLAIN } else { FAULT };
        row_in(out, "must reach", &text, width, style)?;
    }
    for (number, cost) in report.costs.iter().enumerate() {
        let style = if cost.is_within { paint::PLAIN } else { FAULT };
        row_in(out, &format!("cost {number}"), &fates::cost(cost), width, style)?;
    }
    for unmet in &report.unmet {
        let detail = plain::sentence(&unmet.detail);
        let text = format!("{}, which the scenario does not demand: {detail}", unmet.code);
        row_in(out, "unmet", &text, width, FAULT)?;
    }
    timeline(out, facts, report, width)?;
    for warning in &report.warnings {
        row_in(out, "warning", warning, width, FAULT)?;
    }
    if let Some(why) = &report.undecided {
        row_in(out, "undecided", why, width, FAULT)?;
    }
    if let Some(what) = &report.assumption_broken {
        row_in(out, "assumption", what, width, FAULT)?;
    }
    violations(out, facts, report, width, replay)?;
    if report.violations.is_empty() && report.as_expected {
        return row_in(out, "digest", &format!("{:016x}", report.digest), width, paint::PLAIN);
    }
    writeln!(out, "\nreproduce: {}", Painted(BOLD, &report.reproduce))?;
    writeln!(out, "digest: {:016x}", report.digest)
}

fn head(
    out: &mut dyn Write,
    facts: &ScenarioFacts,
    report: &Report,
    width: usize,
) -> io::Result<()> {
    let (title, protocol, seed) = (&report.title, &report.protocol, report.seed);
    let wanted = match &facts.expect {
        Expectation::Holds => "every property holds".to_owned(),
        Expectation::Safe => "every safety property holds".to_owned(),
        Expectation::Violates(code) => format!("only {code} is violated"),
        Expectation::Sometimes { code, of } => {
            let seeds = words::count(*of, "seed");
            format!("only {code} is violated, with at least one of {seeds}")
        }
    };
    let expected = match (report.verdict, report.as_expected) {
        (Verdict::Unknown, _) => format!("undecided: the scenario expects that {wanted}"),
        (_, true) => format!("as expected: {wanted}"),
        (_, false) => format!("not as expected: the scenario expects that {wanted}"),
    };
    let style = if report.as_expected { DIM } else { BROKEN };
    let verdict = report.verdict.as_str();
    let what = format!("{title} ({protocol}, {}, seed {seed})", nodes(facts));
    let indent = verdict.len() + 2;
    for (number, line) in words::wrap(&what, width.saturating_sub(indent)).iter().enumerate() {
        match number {
            0 => write!(out, "{}  ", Painted(paint::of(report.verdict), verdict))?,
            _ => write!(out, "{:indent$}", "")?,
        }
        writeln!(out, "{}", Painted(BOLD, line))?;
    }
    row_in(out, "expectation", &expected, width, style)
}

/// "5 servers and 3 clients", "4 servers, 1 master and 3 clients".
fn nodes(facts: &ScenarioFacts) -> String {
    let parties = [("server", facts.servers)].into_iter().chain(facts.parties.iter().copied());
    let counted: Vec<String> =
        parties.map(|(name, count)| words::count(u64::from(count), name)).collect();
    words::list(&counted)
}

/// A table of the properties, or where that is too wide an entry for each.
fn properties(out: &mut dyn Write, report: &Report, width: usize) -> io::Result<()> {
    let widest = |text: fn(&PropertyReport) -> &str| {
        report.properties.iter().map(|property| text(property).chars().count()).max().unwrap_or(0)
    };
    let (code, name) = (widest(|property| property.code), widest(|property| property.name));
    let verdict = widest(|property| property.verdict.as_str());
    let is_table = 4 + code + 2 + name + 2 + 8 + 2 + verdict <= width;
    for property in &report.properties {
        let sign = match property.verdict {
            Verdict::Held => '✓',
            Verdict::Violated => '✗',
            Verdict::Vacuous => '-',
            Verdict::Unknown => '?',
        };
        let kind = match property.kind {
            Kind::Safety => "safety",
            Kind::Liveness => "liveness",
        };
        let is_unmet = report.unmet.iter().any(|unmet| unmet.code == property.code);
        let style = if is_unmet { FAULT } else { paint::of(property.verdict) };
        let sign = Painted(style, sign);
        let verdict = if is_unmet { "unmet" } else { property.verdict.as_str() };
        if is_table {
            writeln!(
                out,
                "  {sign} {:code$}  {:name$}  {kind:8}  {}",
                property.code,
                property.name,
                Painted(style, verdict),
            )?;
            continue;
        }
        let text = format!("{} {}: {verdict} ({kind})", property.code, property.name);
        for (number, line) in words::wrap(&text, width.saturating_sub(4)).iter().enumerate() {
            match number {
                0 => writeln!(out, "  {sign} {line}")?,
                _ => writeln!(out, "    {line}")?,
            }
        }
    }
    Ok(())
}

fn time(report: &Report) -> String {
    let time = words::instant(SimTime::from_nanos(report.ended_at_ns));
    format!("{time} of virtual time, {}", words::count(report.steps, "step"))
}

fn messages(out: &mut dyn Write, report: &Report, width: usize) -> io::Result<()> {
    let messages = &report.messages;
    row_in(out, "messages", &fates::messages(messages), width, paint::PLAIN)?;
    let kinds = messages.by_kind.iter().map(|(kind, number)| (*kind, *number));
    match fates::by_kind(kinds) {
        Some(kinds) => row_in(out, "by kind", &kinds, width, paint::PLAIN),
        None => Ok(()),
    }
}

fn requests(out: &mut dyn Write, report: &Report, width: usize) -> io::Result<()> {
    let all = &report.requests;
    // One line for a single one more would be no shorter.
    let shown = if all.len() > fates::REQUESTS + 1 { fates::REQUESTS } else { all.len() };
    for (number, asked) in all[..shown].iter().enumerate() {
        let ended = SimTime::from_nanos(report.ended_at_ns);
        let (text, is_done) = fates::request(asked, ended);
        let style = if is_done { paint::PLAIN } else { FAULT };
        row_in(out, &format!("request {number}"), &text, width, style)?;
    }
    if shown < all.len() {
        row_in(out, "requests", &fates::more_requests(&all[shown..]), width, paint::PLAIN)?;
    }
    Ok(())
}

fn faults(out: &mut dyn Write, report: &Report, width: usize) -> io::Result<()> {
    for (number, fault) in report.faults.iter().enumerate() {
        let label = words::as_written(&fault.label);
        let whom = match fault.victims.as_slice() {
            [] => String::new(),
            victims => format!(" on {}", words::nodes(victims)),
        };
        let (text, style) = match fault.first {
            None => (format!("{label}: never took effect"), DIM),
            Some(at) => {
                let at = words::instant(at);
                let text = match fault.struck {
                    1 => format!("{label}: took effect{whom} at {at}"),
                    struck => {
                        let times = words::times(struck);
                        format!("{label}: took effect {times}, first{whom} at {at}")
                    }
                };
                let lost = fates::crashes_of(report, number, room(width));
                let lost = lost.map(|lost| format!("; {lost}")).unwrap_or_default();
                (text + &lost, FAULT)
            }
        };
        row_in(out, &format!("fault {number}"), &text, width, style)?;
    }
    Ok(())
}

fn violations(
    out: &mut dyn Write,
    facts: &ScenarioFacts,
    report: &Report,
    width: usize,
    replay: &mut Replay<'_>,
) -> io::Result<()> {
    for violation in &report.violations {
        let property = report.properties.iter().find(|property| property.code == violation.code);
        let name = property.map_or("", |property| property.name);
        let at = words::instant(SimTime::from_nanos(violation.at_ns));
        let node = violation.node.map(|node| format!(" (node concerned: {node})"));
        let node = node.unwrap_or_default();
        let obligation = property.is_some_and(|property| property.kind == Kind::Liveness);
        let deadline = words::instant(facts.deadline);
        let what = match obligation {
            false => format!("was violated at {at}{}", found(violation)),
            true if violation.at_ns < facts.deadline.as_nanos() => {
                format!("was not met by {at}, when the run ended before its deadline, {deadline}")
            }
            true => format!("was not met by the deadline, {deadline}"),
        };
        let title = format!("{} {name} {what}{node}:", violation.code);
        writeln!(out)?;
        for line in words::wrap(&title, width) {
            writeln!(out, "{}", Painted(BROKEN, line))?;
        }
        for line in words::paragraphs(&plain::sentence(&violation.detail), width.saturating_sub(2))
        {
            writeln!(out, "  {line}")?;
        }
    }
    if !report.violations.is_empty() {
        past(out, facts, report, width, replay)?;
    }
    Ok(())
}

/// Where a violation was found: ", found at step 9".
fn found(violation: &ViolationReport) -> String {
    let Some(step) = violation.step else { return String::new() };
    match violation.found {
        Found::AtStep => format!(", found at step {step}"),
        Found::BeforeStep => format!(", found just before step {step}"),
        Found::BetweenSteps => format!(", found after step {step}"),
        Found::AtEnd => ", found at the end of the run".to_owned(),
    }
}

/// A row of the summary: a label, and text that may take several lines.
pub(crate) fn row_in(
    out: &mut dyn Write,
    label: &str,
    text: &str,
    width: usize,
    style: anstyle::Style,
) -> io::Result<()> {
    for (number, line) in words::wrap(text, room(width)).iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        writeln!(
            out,
            "  {} {}",
            Painted(DIM, format_args!("{label:LABEL$}")),
            Painted(style, line)
        )?;
    }
    Ok(())
}

/// How wide the text of a row is.
fn room(width: usize) -> usize {
    width.saturating_sub(LABEL + 3).max(ROOM)
}

/// The verdict in a few words, for comparing runs.
pub(crate) fn ending(report: &Report) -> String {
    let verdict = report.verdict.as_str();
    let codes: Vec<&str> = report.violations.iter().map(|violation| violation.code).collect();
    let codes =
        if codes.is_empty() { String::new() } else { format!(" ({})", words::list(&codes)) };
    format!("{verdict}{codes} after {}", time(report))
}
