//! [`Narrator`]: puts chains into sentences, with what happened in between.

use std::collections::{BTreeMap, BTreeSet};

use sim_node::NodeId;
use sim_scenario::{Happening, Seen};

use super::Subject;
use super::around;
use super::cause::Causes;
use super::chain::Part;
use super::outline::{Outline, Root};
use super::phrases;
use super::plan::{Aside, Planned, Planner};
use crate::impairment::Impairment;
use crate::trace::{Event, Loss, Replay, Texts, Trace};
use crate::undelivered::Undelivered;
use crate::vain::Vain;
use crate::words;

/// How many kinds of losses are told, and how many clocks.
const UNDELIVERED: usize = 6;
const CLOCKS: usize = 6;

/// What a sentence of the chain and one about what happened besides begin with.
const CHAIN: &str = "  * ";
const ASIDE: &str = "      | ";

pub(super) struct Narrator<'a> {
    subject: &'a Subject<'a>,
    trace: &'a Trace,
    plans: BTreeMap<u64, Vec<Planned>>,
    texts: Texts,
    /// By the step that sent them, those that are told with it.
    losses: BTreeMap<u64, Vec<&'a Loss>>,
    /// Those that are told for themselves, the most important first.
    undelivered: Vec<Undelivered>,
    /// What was repeated to the end, when something never happened.
    vain: Option<Vain>,
    causes: Causes,
    told: BTreeSet<u64>,
}

impl<'a> Narrator<'a> {
    pub(super) fn new(
        subject: &'a Subject<'a>,
        trace: &'a Trace,
        outline: &Outline,
        replay: &mut Replay<'_>,
    ) -> Self {
        let mut planner = Planner {
            trace,
            outline,
            known: BTreeSet::new(),
            incidents: BTreeSet::new(),
            silent: BTreeSet::new(),
        };
        let mut plans = BTreeMap::new();
        let mut wanted = BTreeSet::new();
        // The chain tells what was lost of its own steps.
        let mut linked = BTreeSet::new();
        let mut cast: BTreeSet<NodeId> = outline.focus.into_iter().collect();
        let mut since = u64::MAX;
        // The roots are told where they occur, so no chain runs through another's end.
        planner.known.extend(outline.roots.iter().map(|root| root.step));
        for root in &outline.roots {
            let plan = planner.plan(root.step);
            for planned in &plan {
                linked.extend(planned.part.wanted());
                wanted.extend(planned.asides.iter().flat_map(Aside::steps));
                since = since.min(planned.part.earliest());
                for step in planned.part.wanted() {
                    cast.extend(trace.step(step).map(|step| step.node));
                }
            }
            plans.insert(root.step, plan);
        }
        let end = outline.roots.first().map_or(u64::MAX, |root| root.step);
        let due = outline.obligation.then_some(subject.facts.deadline);
        let down: BTreeSet<NodeId> = trace
            .impairments(outline.roots.first().map(|root| root.step))
            .iter()
            .filter_map(|impairment| match impairment {
                Impairment::Down { node, .. } => Some(*node),
                Impairment::Paused { .. } | Impairment::Faulty { .. } => None,
            })
            .collect();
        let undelivered = Undelivered::of(trace, outline.focus, due, |sending| {
            // For an obligation every message counts that never arrived, but to those who were
            // down in the end; otherwise those between nodes that take part and were up in the
            // end, unless the chain tells them.
            let part = cast.contains(&sending.from) && cast.contains(&sending.to);
            let part = part && !down.contains(&sending.to);
            let in_time = (since..=end).contains(&sending.step);
            let is_dead = down.contains(&sending.to);
            outline.obligation && !is_dead || part && in_time && !linked.contains(&sending.step)
        });
        let causes = match outline.obligation {
            true => Causes::of_obligation(trace),
            false => {
                let plans = || plans.values().flatten();
                let silent = plans().flat_map(|planned: &Planned| planned.asides.iter());
                cast.extend(silent.flat_map(|aside| aside.cast(trace)));
                Causes::of_violation(trace, &cast, end)
            }
        };
        let vain = outline.obligation.then(|| Vain::of(trace, subject.facts));
        wanted.extend(vain.iter().flat_map(Vain::wanted));
        wanted.extend(&linked);
        let mut told_losses = BTreeSet::new();
        for undelivered in undelivered.iter().take(UNDELIVERED) {
            wanted.extend(undelivered.wanted());
            told_losses.extend(undelivered.messages());
        }
        let texts = Texts::of(wanted, replay);
        let mut losses: BTreeMap<u64, Vec<&Loss>> = BTreeMap::new();
        let untold = |loss: &&Loss| !told_losses.contains(&loss.sending.message);
        for loss in trace.losses.iter().filter(untold) {
            losses.entry(loss.sending.step).or_default().push(loss);
        }
        let told = BTreeSet::new();
        Self { subject, trace, plans, texts, losses, undelivered, vain, causes, told }
    }

    /// The faults that had a part in the story, and the clocks that run wrong.
    pub(super) fn causes(&self) -> Vec<String> {
        let mut lines = self.causes.lines.clone();
        let clocks = &self.subject.facts.clocks;
        lines.extend(clocks.iter().take(CLOCKS).cloned());
        if clocks.len() > CLOCKS {
            lines.push(format!("{} more clocks run wrong.", clocks.len() - CLOCKS));
        }
        lines
    }

    /// What was repeated to the end and led nowhere.
    pub(super) fn in_vain(&self) -> Vec<String> {
        let told = |vain: &Vain| vain.told(self.trace, &self.texts);
        self.vain.as_ref().map(told).unwrap_or_default()
    }

    /// The chain's sentences, each with the mark that it begins with.
    pub(super) fn chain(&mut self, root: &Root) -> Vec<(&'static str, String)> {
        let plan = self.plans.remove(&root.step).unwrap_or_default();
        let mut lines = Vec::new();
        for planned in &plan {
            let mut sentence = self.part(&planned.part, planned.effect);
            self.told.extend(planned.part.wanted());
            if let (None, Some(conclusion)) = (planned.effect, &root.conclusion) {
                sentence = format!("{sentence} {conclusion}");
            }
            lines.push((CHAIN, sentence));
            for aside in &planned.asides {
                lines.push((ASIDE, self.aside(aside)));
                self.told.extend(aside.steps());
            }
        }
        lines
    }

    fn part(&mut self, part: &Part, effect: Option<u64>) -> String {
        match part {
            Part::Known(step) => {
                let place = if self.told.contains(step) { "above" } else { "below" };
                format!("{} That step is explained {place}.", self.linked(*step, effect))
            }
            Part::Again { first, cycle, times } => self.again(*first, *cycle, *times),
            Part::Hops(steps) => self.hops(steps, effect),
            Part::More { steps, first } => {
                let story = match (self.trace.step(*first), self.texts.step(*first)) {
                    (Some(row), Some(Seen::Step { what, .. })) => {
                        let at = words::instant(row.at);
                        format!("{} {} at {at}", row.who(), phrases::happened(what))
                    }
                    _ => "the beginning".to_owned(),
                };
                let verb = if *steps == 1 { "leads" } else { "lead" };
                let steps = words::count(*steps as u64, "more step");
                format!("{steps} {verb} back to step {first}: {story}.")
            }
            Part::Step(step) => match effect {
                None => self.opening(*step),
                Some(_) => {
                    let mut sentence = self.linked(*step, effect);
                    let except = effect.and_then(|effect| self.receiver(effect));
                    let actions =
                        self.texts.step(*step).and_then(|seen| phrases::actions(seen, except));
                    let crashed = self.trace.step(*step).is_some_and(|row| row.crashed);
                    match actions {
                        Some(actions) if crashed => sentence.push_str(&format!(
                            " In that step it also {actions}, and crashed during the step."
                        )),
                        Some(actions) => {
                            sentence.push_str(&format!(" In that step it also {actions}."));
                        }
                        None if crashed => sentence.push_str(" It crashed during that step."),
                        None => {}
                    }
                    sentence + &self.lost_in(*step)
                }
            },
        }
    }

    /// The first sentence of a chain: its last step.
    fn opening(&mut self, step: u64) -> String {
        let (Some(row), Some(seen)) = (self.trace.step(step), self.texts.step(step)) else {
            return format!("Step {step}.");
        };
        let Seen::Step { state, .. } = seen else { return String::new() };
        let (at, whole) = (words::instant(row.at), phrases::decisive(seen));
        let crashed = match state {
            Some(_) => "",
            None => phrases::cut_short(self.subject.report, step),
        };
        let node = row.who();
        format!("At {at}, in step {step}, {node} {whole}{crashed}.") + &self.lost_in(step)
    }

    /// A step as the cause of the one told before.
    fn linked(&self, step: u64, effect: Option<u64>) -> String {
        let Some(row) = self.trace.step(step) else { return String::new() };
        let effect = effect.and_then(|effect| self.trace.step(effect));
        let at = words::instant(row.at);
        let earlier = match effect.map(|effect| effect.at - row.at) {
            Some(gap) if !gap.is_zero() => format!("{} earlier, at {at}", words::duration(gap)),
            _ => format!("at {at}"),
        };
        let node = row.who();
        if effect.is_some_and(|effect| effect.cause != Some(step))
            && let Some(Seen::Step { what, .. }) = self.texts.step(step)
        {
            // It gave the step its information, but did not cause it.
            let happened = phrases::happened(what);
            return format!(
                "Before that timer fired, {node} had {happened}, {earlier} (step {step})."
            );
        }
        let action = match effect.map(|effect| effect.event) {
            Some(Event::Timer(_)) => "had set that timer",
            Some(Event::Message { from, .. })
                if effect.is_some_and(|effect| effect.node == from) =>
            {
                "had sent itself that"
            }
            _ => "had sent it",
        };
        let when = match self.texts.step(step) {
            Some(Seen::Step { what, .. }) => format!(", {}", phrases::when(what)),
            _ => String::new(),
        };
        format!("{node} {action} {earlier}{when} (step {step}).")
    }

    /// What was told just now had happened before.
    fn again(&self, first: u64, cycle: usize, times: usize) -> String {
        let Some(row) = self.trace.step(first) else { return String::new() };
        let since = words::instant(row.at);
        let often = words::times(times as u64);
        if let (1, Event::Timer(_)) = (cycle, row.event) {
            let node = row.who();
            return format!(
                "{node} sets that timer whenever it fires, and had done so {often} since {since} \
                 (step {first})."
            );
        }
        match times {
            1 => {
                format!("The same steps had been made once before, from {since} on (step {first}).")
            }
            _ => format!(
                "The same steps had been made {often} before, since {since} (step {first})."
            ),
        }
    }

    fn hops(&self, steps: &[u64], effect: Option<u64>) -> String {
        const SHOWN: usize = 16;
        let first = *steps.last().expect("hops are several steps");
        let mut path: Vec<String> =
            steps.iter().rev().filter_map(|step| Some(self.trace.step(*step)?.who())).collect();
        path.extend(effect.and_then(|effect| Some(self.trace.step(effect)?.who())));
        let hidden = path.len().saturating_sub(SHOWN);
        let names = &path[hidden..];
        let before = if hidden > 0 { "… → " } else { "" };
        let Some((row, Seen::Step { what, .. })) =
            self.trace.step(first).zip(self.texts.step(first))
        else {
            return String::new();
        };
        let Happening::Message { kind, .. } = what else { return String::new() };
        let at = words::instant(row.at);
        let hops = words::count(steps.len() as u64 + u64::from(effect.is_some()), "node");
        let (path, node, when) = (names.join(" → "), row.who(), phrases::happened(what));
        format!(
            "A chain of {kind} messages had come through {hops}, {before}{path}; at its beginning \
             {node} {when} at {at} (step {first})."
        )
    }

    fn aside(&self, aside: &Aside) -> String {
        match aside {
            Aside::Incident(index) => {
                let incident = &self.trace.incidents[*index];
                let known = |fault| self.causes.faults.contains(&fault);
                format!("Meanwhile, {}.", around::incident(self.trace, incident, known))
            }
            Aside::Received(steps) => self.received(steps),
            Aside::Silent(silent) => {
                format!("Meanwhile nothing arrived from {}.", around::silences(silent))
            }
            Aside::Step { step, times, first } => {
                let (Some(row), Some(seen)) = (self.trace.step(*step), self.texts.step(*step))
                else {
                    return String::new();
                };
                let (at, whole) = (words::instant(row.at), phrases::whole(seen));
                let node = row.who();
                if *times == 1 {
                    return format!("Before that, at {at} in step {step}, {node} {whole}.");
                }
                let since = self.trace.step(*first).map_or(row.at, |row| row.at);
                let (times, since) = (words::times(*times as u64), words::instant(since));
                format!(
                    "Before that, {times} since {since}, the last time at {at} in step {step}, \
                     {node} {whole}."
                )
            }
        }
    }

    fn received(&self, steps: &[u64]) -> String {
        let mut node = None;
        let received: Vec<String> = steps
            .iter()
            .filter_map(|step| {
                let Some(Seen::Step { what, node: who, .. }) = self.texts.step(*step) else {
                    return None;
                };
                node = Some(*who);
                let Happening::Message { from, kind, text, .. } = what else { return None };
                let content = words::content(kind, text, phrases::CONTENT);
                Some(format!("{content} from {from} (step {step})"))
            })
            .collect();
        let Some(node) = node else { return String::new() };
        let order = if received.len() > 1 { ", the latest first," } else { "" };
        format!("Meanwhile {node} received{order} {}.", words::list(&received))
    }

    /// Who handled the message whose handling this step is, when another node sent it.
    fn receiver(&self, step: u64) -> Option<NodeId> {
        let row = self.trace.step(step)?;
        matches!(row.event, Event::Message { .. }).then_some(row.node)
    }

    fn lost_in(&self, step: u64) -> String {
        let Some(losses) = self.losses.get(&step) else { return String::new() };
        around::losses_of_step(losses).iter().map(|sentence| format!(" {sentence}")).collect()
    }

    /// Messages that never arrived and are not told of with the step that sent them.
    pub(super) fn losses(&self) -> Vec<String> {
        Undelivered::told(&self.undelivered, &self.texts, UNDELIVERED)
    }

    /// Whether these are as many as all faults of the scenario.
    pub(super) fn has_all_faults(&self, faults: &[String]) -> bool {
        faults.len() == self.subject.report.faults.len()
    }

    /// The faults of the scenario that are not told among the causes, each with its number, for
    /// `--without`.
    pub(super) fn other_faults(&self) -> Vec<String> {
        let reports = self.subject.report.faults.iter().enumerate();
        reports
            .filter(|(number, _)| !self.causes.faults.contains(number))
            .map(|(number, fault)| {
                let label = words::as_written(&fault.label);
                let whom = match fault.victims.as_slice() {
                    [] => String::new(),
                    victims => format!(" on {}", words::nodes(victims)),
                };
                match fault.first {
                    None => format!("{number}  {label}: never took effect."),
                    Some(at) if fault.struck > 1 => {
                        let (times, at) = (words::times(fault.struck), words::instant(at));
                        format!("{number}  {label}: took effect {times}, first{whom} at {at}.")
                    }
                    Some(at) => {
                        format!("{number}  {label}: took effect{whom} at {}.", words::instant(at))
                    }
                }
            })
            .collect()
    }
}
