//! The course of a fault: it is planned, strikes or waits for its target, and ends.

use sim_check::{Properties, SimTime};
use sim_node::{Message, Node, NodeId, Span};

use crate::chance::{FaultChance, between};
use crate::fault::{Ender, InStep};
use crate::plan::{LinkMatch, kind_named, members, window_end};
use crate::world::faults::swizzle::Turn;
use crate::world::pace::Way;
use crate::world::targets::Among;
use crate::world::{Pending, World};
use crate::{Observer, PlannedFault, Strike, Struck, Target, When};

/// How a planned fault fares.
#[derive(Clone, Debug)]
pub(in crate::world) struct FaultState {
    pub(in crate::world) chance: FaultChance,
    /// The node whose step triggered it.
    pub(in crate::world) trigger: Option<NodeId>,
    /// How often its trigger has set it off.
    pub(in crate::world) fired: u32,
    /// Whether it is a lasting fault that holds now.
    pub(in crate::world) in_force: bool,
    /// When it ends by itself, if it holds for a length of time.
    ends: Option<u64>,
    /// Whom it struck when it began to hold.
    pub(super) targets: Vec<NodeId>,
    /// What it is going to do one after the other while it holds, the next at the end.
    pub(super) turns: Vec<Turn>,
    /// The present victim of a mobile fault.
    pub(in crate::world) victim: Option<NodeId>,
    pub(in crate::world) struck: u64,
    /// How far the run had come when its strikes were looked at last.
    pub(in crate::world) counted: Way,
    pub(in crate::world) first: Option<u64>,
    pub(in crate::world) victims: Vec<NodeId>,
    /// Whether it has changed anything that the network does not know of.
    pub(in crate::world) touched: bool,
    /// Whether a crash has made a loss of it.
    pub(in crate::world) has_harmed: bool,
}

impl FaultState {
    pub(in crate::world) fn new(planned: &PlannedFault, seed: u64) -> Self {
        Self {
            chance: FaultChance::new(seed, planned.id),
            trigger: None,
            fired: 0,
            in_force: false,
            ends: None,
            targets: Vec::new(),
            turns: Vec::new(),
            victim: None,
            struck: 0,
            counted: Way::default(),
            first: None,
            victims: Vec::new(),
            touched: false,
            has_harmed: false,
        }
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Puts a fault on the agenda, or on the list of those that wait for a trigger.
    pub(in crate::world) fn plan_fault(&mut self, index: usize, planned: &PlannedFault) {
        let fault = u32::try_from(index).expect("a scenario has fewer faults");
        match &planned.when {
            When::At(time) => self.plan_first(time.as_nanos(), Pending::FaultBegins(fault)),
            When::Between(from, to) if planned.kind().is_momentary() => {
                let (from, to) = (from.as_nanos(), to.as_nanos());
                let word = self.faults[index].chance.times().word();
                let time = between(word, from, to.max(from));
                self.plan_first(time, Pending::FaultBegins(fault));
            }
            When::Between(from, to) => {
                self.plan_first(from.as_nanos(), Pending::FaultBegins(fault));
                self.plan_first(to.as_nanos(), Pending::FaultEnds(fault));
            }
            When::On(trigger) => self.plan_trigger(fault, trigger),
            When::Every(period) => self.plan_next_turn(fault, *period),
        }
    }

    /// A fault that strikes again and again is going to, once more.
    fn plan_next_turn(&mut self, fault: u32, period: Span) {
        let (shortest, longest) = (period.shortest().as_nanos(), period.longest().as_nanos());
        let pause = match shortest == longest {
            true => shortest,
            false => between(self.faults[fault as usize].chance.times().word(), shortest, longest),
        };
        let time = self.now.saturating_add(pause.max(1));
        if time <= self.spec.deadline.as_nanos() {
            self.plan_first(time, Pending::FaultBegins(fault));
        }
    }

    /// The time of a fault has come.
    pub(in crate::world) fn take_turn<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        watch: &mut O,
    ) {
        self.faults[fault as usize].chance.next_turn();
        if let When::Every(period) = self.spec.faults[fault as usize].when {
            if self.network.is_calm() {
                return;
            }
            self.plan_next_turn(fault, period);
            // An end that is due at this instant comes before the next beginning.
            let state = &self.faults[fault as usize];
            if state.in_force && state.ends == Some(self.now) {
                self.end_fault(fault, watch);
            }
            if self.is_engaged(fault) {
                return;
            }
        }
        self.strike(fault, watch);
    }

    /// A fault strikes, or waits until somebody fits its target.
    pub(in crate::world) fn strike<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        if self.network.is_calm() {
            return;
        }
        let planned = &self.spec.faults[fault as usize];
        let end = window_end(&self.spec, &planned.when);
        let is_momentary = planned.kind().is_momentary();
        match self.begin_fault(fault, watch) {
            Some(victims) => {
                if !victims.is_empty() {
                    self.note_strike(fault, &victims, watch);
                }
                if is_momentary {
                    self.arm_again(fault);
                }
            }
            None if SimTime::from_nanos(self.now) < end => self.waiting.push(fault),
            None => {}
        }
    }

    /// Does what a fault does. Returns whom it struck, or `None` when nobody fits its target.
    fn begin_fault<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        watch: &mut O,
    ) -> Option<Vec<NodeId>> {
        let spec = std::sync::Arc::clone(&self.spec);
        let planned = &spec.faults[fault as usize];
        self.faults[fault as usize].chance.look_for_targets();
        let victims = planned.fault.begin(self, fault, watch)?;
        if !planned.kind().is_momentary() {
            let state = &mut self.faults[fault as usize];
            state.in_force = true;
            state.targets.clone_from(&victims);
            if let Some(lasts) = planned.lasts {
                let ends = self.now.saturating_add(lasts.as_nanos());
                state.ends = Some(ends);
                self.plan_first(ends, Pending::FaultEnds(fault));
            }
        }
        Some(victims)
    }

    /// Somebody has taken a role, come back or gone down: faults that wait may find their target
    /// now, unless their window is over.
    pub(in crate::world) fn retry_waiting<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) {
        for fault in std::mem::take(&mut self.waiting) {
            let end = window_end(&self.spec, &self.spec.faults[fault as usize].when);
            if self.now() <= end {
                self.strike(fault, watch);
            }
        }
    }

    /// Takes account of a strike.
    pub(in crate::world) fn note_strike<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        victims: &[NodeId],
        watch: &mut O,
    ) {
        self.digest.pair(self.spec.faults[fault as usize].id, self.now);
        let state = &mut self.faults[fault as usize];
        state.struck += 1;
        if state.first.is_none() {
            state.first = Some(self.now);
            state.victims = victims.to_vec();
        }
        if !self.reached.is_empty() {
            self.note_struck(fault);
        }
        self.look_at_strikes(fault);
        self.tell_of_fault(fault, true, victims, watch);
    }

    pub(super) fn tell_of_fault<O: Observer<N> + ?Sized>(
        &self,
        fault: u32,
        begins: bool,
        victims: &[NodeId],
        watch: &mut O,
    ) {
        let planned = &self.spec.faults[fault as usize];
        watch.fault(&Struck {
            time: SimTime::from_nanos(self.now),
            fault: fault as usize,
            kind: planned.kind(),
            label: &planned.label,
            begins,
            victims,
        });
    }

    /// Ends every fault that lasts until a heal, and the wait of those that have not found their
    /// target yet; a mobile fault gives back whom it has cut off. Returns everybody whom they were
    /// about.
    pub(super) fn heal<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) -> Vec<NodeId> {
        let spec = std::sync::Arc::clone(&self.spec);
        let heals = |fault: u32| spec.faults[fault as usize].kind().until() == Some(Ender::Heal);
        let (given_up, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|fault| heals(*fault));
        self.waiting = waiting;
        let given_up: Vec<u32> = given_up;
        given_up.into_iter().for_each(|fault| self.arm_again(fault));
        let mut healed = Vec::new();
        for fault in 0..u32::try_from(spec.faults.len()).expect("a scenario has fewer faults") {
            let state = &self.faults[fault as usize];
            if !state.in_force {
                continue;
            }
            if heals(fault) {
                healed.extend_from_slice(&state.targets);
                self.end_fault(fault, watch);
            } else if let InStep::Each { strike: Strike::Isolate, .. } =
                spec.faults[fault as usize].fault.facts().step
            {
                healed.extend(self.give_back(fault, Strike::Isolate));
            }
        }
        healed.sort_unstable();
        healed.dedup();
        healed
    }

    /// A lasting fault ends, or stops waiting for its target.
    pub(in crate::world) fn end_fault<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        watch: &mut O,
    ) {
        self.waiting.retain(|waiting| *waiting != fault);
        let state = &mut self.faults[fault as usize];
        if !std::mem::take(&mut state.in_force) {
            return;
        }
        let targets = std::mem::take(&mut state.targets);
        let spec = std::sync::Arc::clone(&self.spec);
        spec.faults[fault as usize].fault.end(self, fault, &targets, watch);
        self.tell_of_fault(fault, false, &targets, watch);
        self.arm_again(fault);
    }

    /// Whether the end that was planned for a fault is that of its present strike: it may have been
    /// ended before, and have struck again.
    pub(in crate::world) fn is_due_to_end(&self, fault: u32) -> bool {
        self.faults[fault as usize].ends.is_none_or(|ends| ends == self.now)
    }

    /// The nodes that a fault's target stands for now; drawn targets are drawn among servers that
    /// are up.
    pub(super) fn find(&mut self, fault: u32, target: &Target) -> Option<Vec<NodeId>> {
        self.find_among(fault, target, Among::Up)
    }

    /// As [`World::find`], among those that are up or those that are down.
    pub(super) fn find_among(
        &mut self,
        fault: u32,
        target: &Target,
        among: Among,
    ) -> Option<Vec<NodeId>> {
        let trigger = self.faults[fault as usize].trigger;
        self.resolve(fault, target, among, trigger)
    }

    /// Some links, and whom a fault about them strikes: senders, receivers or, without either,
    /// everybody.
    pub(super) fn find_links(
        &mut self,
        fault: u32,
        from: Option<&Target>,
        to: Option<&Target>,
        both: bool,
        kind: Option<&str>,
    ) -> Option<(Vec<NodeId>, LinkMatch)> {
        let from = from.map(|from| self.find(fault, from));
        let to = to.map(|to| self.find(fault, to));
        if from == Some(None) || to == Some(None) {
            return None;
        }
        let (from, to) = (from.flatten(), to.flatten());
        let victims = from.clone().or(to.clone()).unwrap_or_else(|| self.everybody().collect());
        let nodes = self.nodes();
        let table = |some: Option<Vec<NodeId>>| some.map(|some| members(some, nodes));
        let kind = self.kind_of_fault(kind);
        Some((victims, LinkMatch::of_fault(table(from), table(to), both, kind)))
    }

    /// The kind of message of this name. One that does not exist is that of no message.
    pub(super) fn kind_of_fault(&self, name: Option<&str>) -> Option<usize> {
        name.map(|name| kind_named::<N>(name).unwrap_or(N::Message::KINDS.len()))
    }
}
