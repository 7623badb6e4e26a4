//! Compares the assumed model with what the scenario itself does. An error names what certainly can
//! break an assumption; the rest is reported when a run breaks it.

use std::ops::Range;

use sim_check::Core;
use sim_engine::{Delay, Failures, Late, Part, Timing};
use sim_node::{Drift, Duration, Ratio};

use super::Cast;
use crate::Diagnostic;
use crate::draft::Draft;
use crate::language::{NetworkText, Plan, WorkText};
use crate::sheet::Sheet;

/// Something in the scenario that an assumption rules out.
struct Breach {
    /// Where it stands.
    span: Range<usize>,
    /// Which assumption it breaks: the field of the model.
    field: &'static str,
    what: String,
    why: String,
}

const TIMING: &str = "timing";
const FAILURES: &str = "failures";
const RULED_OUT: &str = "the assumed failure model rules this out";

pub(crate) fn check(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) {
    let (Some(network), Some(deadline)) = (&draft.network, draft.deadline) else { return };
    let faults_are_read = draft.faults.iter().all(|fault| fault.plan.is_some());
    let model = sheet.field("model");
    if let Timing::PartiallySynchronous { after, .. } = draft.model.timing
        && after >= deadline
    {
        let place = model.at_field(sheet.text, "timing").span.clone();
        sheet.push(
            Diagnostic::warning(place, "the assumed bound holds for no message")
                .label(format!("it holds from {after} on, but the deadline is at {deadline}"))
                .help("assume the bound from an earlier time on, or set a later deadline"),
        );
    }
    let greatest = network.greatest_delay();
    let mut search = Search { sheet, draft, cast, deadline, greatest, breaches: Vec::new() };
    search.timing();
    search.failures();
    let breaches = search.breaches;
    let assumed = &draft.model;
    if assumed.broken {
        if breaches.is_empty() && faults_are_read {
            let place = model.at_field(sheet.text, "broken").span.clone();
            sheet.push(
                Diagnostic::warning(
                    place,
                    "nothing in the scenario can break an assumption of its model",
                )
                .label("no assumption is broken")
                .help("leave `broken: true` out, or let the scenario break an assumption"),
            );
        }
        return;
    }
    for breach in breaches {
        let Breach { span, field, what, why } = breach;
        let assumed = model.at_field(sheet.text, field).span.clone();
        let message = format!("the scenario breaks an assumption of its own model: {what}");
        let mut diagnostic = Diagnostic::error(span.clone(), message)
            .label(why)
            .help("when that is the purpose of the scenario, set `broken: true` in its model");
        if span != assumed {
            diagnostic = diagnostic.context(assumed, "assumed here");
        }
        sheet.push(diagnostic);
    }
}

struct Search<'s, 'a> {
    sheet: &'s Sheet<'a>,
    draft: &'s Draft<'a>,
    cast: &'s Cast<'s>,
    deadline: Duration,
    /// The greatest delay of the network, faults apart.
    greatest: Option<Duration>,
    breaches: Vec<Breach>,
}

impl Search<'_, '_> {
    fn breach(
        &mut self,
        field: &'static str,
        span: &Range<usize>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        let (what, why) = (what.into(), why.into());
        self.breaches.push(Breach { span: span.clone(), field, what, why });
    }

    /// The assumed bound on delays, and from when on it holds.
    fn bound(&self) -> Option<(Duration, Duration)> {
        match self.draft.model.timing {
            Timing::Asynchronous => None,
            Timing::Synchronous { bound } => Some((bound, Duration::ZERO)),
            Timing::PartiallySynchronous { bound, after } => Some((bound, after)),
        }
    }

    fn timing(&mut self) {
        let Some((bound, after)) = self.bound() else { return };
        self.network_delays(bound, after);
        self.service_times(bound);
        if matches!(self.draft.model.timing, Timing::Synchronous { .. }) {
            self.drifts();
        }
        let draft = self.draft;
        for fault in &draft.faults {
            if let Some(plan) = &fault.plan {
                self.late_messages(plan, &fault.item.span, bound, after);
            }
        }
    }

    fn network_delays(&mut self, bound: Duration, after: Duration) {
        let (draft, sheet) = (self.draft, self.sheet);
        let Some(network) = &draft.network else { return };
        let calm_bound = draft.calm_bound.or(self.greatest);
        let calm_keeps_it = draft.calm.is_some_and(|calm| calm <= after)
            && calm_bound.is_some_and(|calm_bound| calm_bound <= bound);
        if calm_keeps_it {
            return;
        }
        let item = sheet.field("network");
        if network.bandwidth().is_some() {
            let span = &item.at_field(sheet.text, "bandwidth").span;
            let what = "messages wait for each other on their link, without a bound";
            self.breach(TIMING, span, what, format!("the assumed timing allows {bound}"));
        }
        if item.span == sheet.outline.span {
            // The network is not written down, so the error points at the assumption itself.
            let timing = &sheet.field("model").at_field(sheet.text, TIMING).span;
            return self.delay(network.delay(), timing, bound);
        }
        self.delay(network.delay(), &item.at_field(sheet.text, "delay").span, bound);
        for (index, link) in network.links().iter().enumerate() {
            if let Some(delay) = &link.delay {
                let entry = item.at_field(sheet.text, "links").at_index(index);
                self.delay(delay, &entry.at_field(sheet.text, "delay").span, bound);
            }
        }
    }

    fn delay(&mut self, delay: &Delay, span: &Range<usize>, bound: Duration) {
        let why = format!("the assumed timing allows {bound}");
        let latency = self.draft.network.as_ref().map(NetworkText::greatest_latency);
        let latency = latency.unwrap_or_default();
        match delay.greatest().map(|most| most.saturating_add(latency)) {
            None => self.breach(TIMING, span, "the delays have no bound", why),
            Some(most) if most > bound => {
                self.breach(TIMING, span, format!("messages may take up to {most}"), why);
            }
            Some(_) => {}
        }
    }

    /// A message is in time when it is handled in time, so service counts.
    fn service_times(&mut self, bound: Duration) {
        let (draft, sheet) = (self.draft, self.sheet);
        let Some(greatest) = self.greatest else { return };
        for (index, service) in draft.service.iter().enumerate() {
            let of_messages =
                matches!(service.what, WorkText::Any | WorkText::Messages | WorkText::Kind(_));
            let entry = sheet.field("service").at_index(index);
            let total = service.time.greatest().map(|time| greatest + time);
            if of_messages && total.is_none_or(|total| total > bound) {
                let why = format!("the assumed timing allows {bound}");
                let what = match total {
                    Some(total) => format!("a message and its service may take up to {total}"),
                    None => "the service times have no bound".to_owned(),
                };
                self.breach(TIMING, &entry.span, what, why);
            }
        }
    }

    fn drifts(&mut self) {
        let (draft, sheet) = (self.draft, self.sheet);
        let why = "the assumed timing needs clocks that run at the rate of true time";
        for (index, clock) in draft.clocks.iter().enumerate() {
            if clock.drift != Drift::default() || clock.drift_within != Drift::default() {
                let entry = sheet.field("clocks").at_index(index);
                self.breach(TIMING, &entry.span, "a clock drifts", why);
            }
        }
        for fault in &draft.faults {
            let Some(plan) = &fault.plan else { continue };
            if let Part::ClockRate(drift) = plan.fault().facts().part
                && drift != Drift::default()
            {
                self.breach(TIMING, &fault.item.span, "a clock drifts", why);
            }
        }
    }

    /// A fault that makes messages late.
    fn late_messages(
        &mut self,
        plan: &Plan,
        span: &Range<usize>,
        bound: Duration,
        after: Duration,
    ) {
        let (from, to) = self.window(plan);
        if to <= after {
            return;
        }
        let window = to - from.max(after);
        let lasts = plan.lasts().map_or(window, |lasts| lasts.min(window));
        let why = format!("the assumed timing allows {bound}");
        let total = |more: Option<Duration>| Some(self.greatest? + more?);
        match plan.fault().facts().late {
            Late::Never => {}
            Late::Travel(delay) => self.delay(delay, span, bound),
            Late::Kept if lasts > bound => {
                self.breach(TIMING, span, format!("messages are held for up to {lasts}"), why);
            }
            Late::Unhandled if total(Some(lasts)).is_none_or(|total| total > bound) => {
                self.breach(TIMING, span, format!("a node handles nothing for up to {lasts}"), why);
            }
            Late::Longer(time) if total(time.greatest()).is_none_or(|total| total > bound) => {
                self.breach(TIMING, span, "a node handles its messages more slowly", why);
            }
            Late::Kept | Late::Unhandled | Late::Longer(_) => {}
        }
    }

    fn failures(&mut self) {
        let assumed = self.draft.model.failures;
        if assumed == Failures::Any {
            return;
        }
        self.network_losses(assumed);
        let draft = self.draft;
        for fault in &draft.faults {
            let Some(plan) = &fault.plan else { continue };
            let Some((least, what)) = plan.fault().facts().failure else { continue };
            // Before the network is stable, a partially synchronous one may lose any message.
            let is_loss = least == Failures::Omission;
            let before_it_counts =
                is_loss && self.bound().is_some_and(|(_, after)| self.window(plan).1 <= after);
            if least > assumed && !before_it_counts {
                self.breach(FAILURES, &fault.item.span, what, RULED_OUT);
            }
        }
        self.calm(assumed);
    }

    fn network_losses(&mut self, assumed: Failures) {
        let (draft, sheet) = (self.draft, self.sheet);
        let Some(network) = &draft.network else { return };
        let over_before_it_counts =
            self.bound().is_some_and(|(_, after)| draft.calm.is_some_and(|calm| calm <= after));
        if assumed >= Failures::Omission || over_before_it_counts {
            return;
        }
        let (text, item) = (sheet.text, sheet.field("network"));
        let why = RULED_OUT;
        let mut ratio = |ratio: Ratio, span: &Range<usize>, what: &str| {
            if ratio != Ratio::ZERO {
                self.breach(FAILURES, span, what, why);
            }
        };
        ratio(network.loss(), &item.at_field(text, "loss").span, "the network loses messages");
        let packets = &item.at_field(text, "packet_loss").span;
        ratio(network.packet_loss(), packets, "the network loses packets");
        let duplicated = &item.at_field(text, "duplication").span;
        ratio(network.duplication(), duplicated, "the network duplicates messages");
        for (index, link) in network.links().iter().enumerate() {
            let entry = item.at_field(text, "links").at_index(index);
            let lost = &entry.at_field(text, "loss").span;
            ratio(link.loss.unwrap_or_default(), lost, "the network loses messages");
            let duplicated = &entry.at_field(text, "duplication").span;
            ratio(
                link.duplication.unwrap_or_default(),
                duplicated,
                "the network duplicates messages",
            );
        }
    }

    /// A calm that brings a core of its own choice back may restart servers that crashed for good.
    fn calm(&mut self, assumed: Failures) {
        let for_good = |plan: &Plan| {
            let failure = plan.fault().facts().failure;
            failure.is_some_and(|(least, _)| least == Failures::CrashStop)
        };
        let mut plans = self.draft.faults.iter().filter_map(|fault| fault.plan.as_ref());
        let crashes = plans.any(for_good);
        let calm = self.draft.calm.is_some() && self.cast.core != Core::Live;
        if assumed == Failures::CrashStop && crashes && calm {
            let span = self.sheet.field("calm").span.clone();
            self.breach(FAILURES, &span, "the calm may start a crashed server again", RULED_OUT);
        }
    }

    /// When a fault may be in force. A lasting fault ends at the first event that could end it.
    fn window(&self, plan: &Plan) -> (Duration, Duration) {
        let storm_ends = self.draft.calm.unwrap_or(self.deadline).min(self.deadline);
        match plan {
            Plan::Between(from, to, _) => (*from, *to),
            Plan::When(trigger, ..) => (trigger.after.unwrap_or_default(), storm_ends),
            Plan::Every(period, ..) => (period.shortest(), storm_ends),
            Plan::At(from, fault, lasts) => {
                let until = fault.kind().until();
                let ends = |other: &Plan| match other {
                    Plan::At(at, other, _) if until.is_some() && other.kind().ends() == until => {
                        (at >= from).then_some(*at)
                    }
                    Plan::At(..) | Plan::Between(..) | Plan::When(..) | Plan::Every(..) => None,
                };
                let plans = self.draft.faults.iter().filter_map(|other| other.plan.as_ref());
                let ended = plans.filter_map(ends).min().unwrap_or(storm_ends);
                (*from, lasts.map_or(ended, |lasts| ended.min(*from + lasts)))
            }
        }
    }
}
