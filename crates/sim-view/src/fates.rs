//! What became of a run's messages, requests, marks and demands, and what its crashes lost: the
//! rows of the summary.

use sim_check::SimTime;
use sim_scenario::{
    Asked, Byzantine, CostReport, Crash, CrashLoss, Fate, Messages, Reached, Report,
};

use crate::words;

/// How many requests have a row of their own.
pub(crate) const REQUESTS: usize = 12;
/// How many crashes of one fault are told one by one without their sum, and how many lines they
/// take with it.
const CRASHES: usize = 3;
const CRASH_LINES: usize = 5;

/// What became of a request: "Remove(2) at n0: done at 1.2s", and whether it was done. The run ended
/// at `ended`.
pub(crate) fn request(asked: &Asked, ended: SimTime) -> (String, bool) {
    let fate = &asked.fate;
    let (label, node) = (words::as_written(&asked.label), fate.node);
    let at = words::instant;
    let by = |who| if who == node { String::new() } else { format!(" by {who}") };
    let what = match (asked.outcome(), &fate.refused, fate.done, fate.taken, fate.lost) {
        (Fate::Done, _, Some((time, who)), ..) => format!("done{} at {}", by(who), at(time)),
        (Fate::Refused, Some(refused), ..) => {
            format!("refused{} at {}: {}", by(refused.by), at(refused.at), refused.why)
        }
        (Fate::Taken, _, _, Some(time), _) => {
            format!("taken at {}, and neither done nor refused", at(time))
        }
        (Fate::Lost, .., Some(time)) => format!("lost at {}, as {node} was down", at(time)),
        _ if fate.at > ended => "waiting, as the run ended before it was submitted".to_owned(),
        _ => format!("waiting since {}, and not taken until the run ended", at(fate.at)),
    };
    (format!("{label} at {node}: {what}"), asked.outcome() == Fate::Done)
}

/// The requests that have no row of their own, in one line.
pub(crate) fn more_requests(rest: &[Asked]) -> String {
    let count = |fate: Fate| rest.iter().filter(|asked| asked.outcome() == fate).count();
    let fates = [
        (Fate::Done, "done"),
        (Fate::Refused, "refused"),
        (Fate::Taken, "taken"),
        (Fate::Lost, "lost"),
        (Fate::Waiting, "waiting"),
    ];
    let fates = fates.into_iter().map(|(fate, name)| (count(fate), name));
    let fates: Vec<String> = fates
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", words::grouped(count as u64)))
        .collect();
    format!("{} more: {}", words::grouped(rest.len() as u64), words::list(&fates))
}

/// The marks that nodes emitted: "elected 2 (first n4 at 30ms)".
pub(crate) fn marks(report: &Report) -> Option<String> {
    let marks: Vec<String> = report
        .marks
        .iter()
        .map(|mark| {
            let (times, at) = (words::grouped(mark.times), words::instant(mark.first));
            format!("{} {times} (first {} at {at})", mark.name, mark.node)
        })
        .collect();
    (!marks.is_empty()).then(|| marks.join(", "))
}

/// How far the run came with something that the scenario demands, and whether it got there.
pub(crate) fn reached(reached: &Reached) -> (String, bool) {
    let label = words::as_written(&reached.label);
    let (wanted, times) = (reached.wanted, reached.times);
    match reached.at_ns {
        Some(at) => {
            let at = words::instant(SimTime::from_nanos(at));
            (format!("{label}: reached at {at}"), true)
        }
        None if wanted == 1 => (format!("{label}: not reached"), false),
        None => {
            let (times, wanted) = (words::grouped(times), words::grouped(wanted));
            (format!("{label}: not reached, {times} of {wanted} times"), false)
        }
    }
}

/// What a run cost, and what it may cost.
pub(crate) fn cost(cost: &CostReport) -> String {
    let label = words::as_written(&cost.label);
    let (least, most) = (cost.at_least.map(words::grouped), cost.at_most.map(words::grouped));
    let mut told: Vec<String> = match (least, most) {
        (None, None) => vec![],
        (None, Some(most)) => vec![format!("at most {most}")],
        (Some(least), None) => vec![format!("at least {least}")],
        (Some(least), Some(most)) => vec![format!("from {least} to {most}")],
    };
    told.extend(cost.no_bound.as_ref().map(|why| format!("not held against a bound ({why})")));
    let beyond = if cost.is_within { "" } else { ": beyond the bound" };
    format!("{label}: {}, {}{beyond}", words::grouped(cost.counted), told.join(", "))
}

/// How many messages were sent, by class, and what became of them: "9 sent: 9 protocol; 3 lost".
pub(crate) fn messages(messages: &Messages) -> String {
    let Messages {
        total,
        protocol,
        client,
        heartbeat,
        retransmission,
        lost,
        in_flight,
        by_kind: _,
        bytes,
    } = messages;
    let mut text = format!("{} sent", words::grouped(*total));
    let classes: Vec<String> = [
        (protocol, "protocol"),
        (client, "client"),
        (heartbeat, "heartbeat"),
        (retransmission, "retransmitted"),
    ]
    .into_iter()
    .filter(|(number, _)| **number > 0)
    .map(|(number, name)| format!("{} {name}", words::grouped(*number)))
    .collect();
    if !classes.is_empty() {
        text.push_str(&format!(": {}", words::list(&classes)));
    }
    text.push_str(&format!("; {} lost", words::grouped(*lost)));
    if *in_flight > 0 {
        text.push_str(&format!(", {} still in flight", words::grouped(*in_flight)));
    }
    if let Some(bytes) = bytes {
        text.push_str(&format!("; {}", words::count(*bytes, "byte")));
    }
    text
}

/// How many messages were sent of each kind: "Coordinator 8, Election 1".
pub(crate) fn by_kind<'k>(kinds: impl IntoIterator<Item = (&'k str, u64)>) -> Option<String> {
    let kinds: Vec<String> = kinds
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(kind, number)| format!("{kind} {}", words::grouped(number)))
        .collect();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}

/// What the crashes of a fault lost: "n0 lost 1 unsynced write (Append(17))"; of many of them the
/// sum, and as many one by one as fit into a few lines of this width.
pub(crate) fn crashes_of(report: &Report, fault: usize, width: usize) -> Option<String> {
    let crashes: Vec<&Crash> = report.crashes.iter().filter(|it| it.fault == fault).collect();
    if crashes.is_empty() {
        return None;
    }
    let lost_something: Vec<&Crash> =
        crashes.iter().copied().filter(|it| it.loss.is_anything()).collect();
    if lost_something.is_empty() {
        return Some("nothing but memory was lost".to_owned());
    }
    let one = |crash: &&Crash| {
        let writes: Vec<String> = crash.writes.iter().map(|write| write.text.clone()).collect();
        format!("{} lost {}", crash.node, words::crash_loss(&crash.loss, &writes))
    };
    if crashes.len() <= CRASHES {
        return Some(crashes.iter().map(one).collect::<Vec<_>>().join(", "));
    }
    let items: Vec<String> = lost_something.iter().map(one).collect();
    let one_by_one =
        words::fitting(&items, 0, (width, CRASH_LINES), |more| words::count(more, "more crash"));
    let count = words::grouped(crashes.len() as u64);
    Some(format!("{count} crashes lost {}: {one_by_one}", sum_of(&crashes)))
}

/// What many crashes lost together.
fn sum_of(crashes: &[&Crash]) -> String {
    let mut sum = CrashLoss::default();
    let mut disks = 0_u64;
    for Crash { loss, .. } in crashes {
        sum.writes += loss.writes;
        sum.survived += loss.survived;
        sum.held += loss.held;
        sum.durable += loss.durable;
        sum.lied += loss.lied;
        disks += u64::from(loss.disk);
    }
    let mut lost = Vec::new();
    if disks > 0 {
        lost.push(words::count(disks, "whole disk"));
    }
    if sum.is_anything() {
        lost.push(words::crash_loss(&sum, &[]));
    }
    lost.join(" and ")
}

/// Who was Byzantine, what it did and since when: "n3 Mute since 2s (fault 0)", each once for a
/// fault.
pub(crate) fn byzantine(report: &Report) -> Vec<String> {
    let mut told: Vec<(&Byzantine, u64)> = Vec::new();
    for one in &report.byzantine {
        let alike =
            |other: &&mut (&Byzantine, u64)| (other.0.node, other.0.fault) == (one.node, one.fault);
        match told.iter_mut().find(alike) {
            Some((_, times)) => *times += 1,
            None => told.push((one, 1)),
        }
    }
    let told = told.into_iter().map(|(one, times)| {
        let Byzantine { node, kind, fault, from, to } = one;
        let from = words::instant(*from);
        let when = match (times, to) {
            (1, None) => format!("since {from}"),
            (1, Some(to)) => format!("from {from} to {}", words::instant(*to)),
            (times, _) => format!("{}, first at {from}", words::times(times)),
        };
        format!("{node} {kind} {when} (fault {fault})")
    });
    told.collect()
}
