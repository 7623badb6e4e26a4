//! Faults: when they begin, what they do, and how they end.

use sim_check::{Properties, SimTime};
use sim_node::{Drift, Node, NodeId, Ratio};

use super::links::{CutRule, HoldInForce, LinkFault};
use super::nodes::{Omission, Slowness, Status};
use super::targets::Among;
use super::{Pending, World};
use crate::chance::{Stream, between};
use crate::plan::{LinkMatch, kind_named, members, window_end};
use crate::{Cut, Fault, Observer, PlannedFault, Strike, Struck, Target, When};

/// How a planned fault fares.
#[derive(Clone, Debug)]
pub(super) struct FaultState {
    pub(super) stream: Stream,
    /// How often its trigger's occasion has come up.
    pub(super) seen: u32,
    /// The node whose step triggered it.
    pub(super) trigger: Option<NodeId>,
    /// Whether it is a lasting fault that holds now.
    pub(super) in_force: bool,
    /// Whom it struck when it began to hold.
    targets: Vec<NodeId>,
    /// The present victim of a mobile fault.
    pub(super) victim: Option<NodeId>,
    pub(super) struck: u64,
    pub(super) first: Option<u64>,
    pub(super) victims: Vec<NodeId>,
}

impl FaultState {
    pub(super) fn new(planned: &PlannedFault, seed: u64) -> Self {
        Self {
            stream: Stream::of_fault(seed, planned.id),
            seen: 0,
            trigger: None,
            in_force: false,
            targets: Vec::new(),
            victim: None,
            struck: 0,
            first: None,
            victims: Vec::new(),
        }
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Puts a fault on the agenda, or on the list of those that wait for a trigger.
    pub(super) fn plan_fault(&mut self, index: usize, planned: &PlannedFault) {
        let fault = u32::try_from(index).expect("a scenario has fewer faults");
        match &planned.when {
            When::At(time) => self.plan_first(time.as_nanos(), Pending::FaultBegins(fault)),
            When::Between(from, to) if planned.fault.is_momentary() => {
                let (from, to) = (from.as_nanos(), to.as_nanos());
                let word = self.faults[index].stream.word();
                let time = between(word, from, to.max(from));
                self.plan_first(time, Pending::FaultBegins(fault));
            }
            When::Between(from, to) => {
                self.plan_first(from.as_nanos(), Pending::FaultBegins(fault));
                self.plan_first(to.as_nanos(), Pending::FaultEnds(fault));
            }
            When::On(_) => self.alert.push(fault),
        }
    }

    /// A fault strikes, or waits until somebody fits its target.
    pub(super) fn strike<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        if self.links.calm.is_some() {
            return;
        }
        let planned = &self.spec.faults[fault as usize];
        let end = window_end(&self.spec, &planned.when);
        match self.apply(fault, watch) {
            Some(victims) if !victims.is_empty() => self.note_strike(fault, &victims, watch),
            Some(_) => {}
            None if SimTime::from_nanos(self.now) < end => self.waiting.push(fault),
            None => {}
        }
    }

    /// Somebody has taken a role, come back or gone down: faults that wait may find their target
    /// now, unless their window is over.
    pub(super) fn retry_waiting<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) {
        for fault in std::mem::take(&mut self.waiting) {
            let end = window_end(&self.spec, &self.spec.faults[fault as usize].when);
            if self.now() <= end {
                self.strike(fault, watch);
            }
        }
    }

    /// Takes account of a strike.
    pub(super) fn note_strike<O: Observer<N> + ?Sized>(
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
        watch.fault(&Struck {
            time: SimTime::from_nanos(self.now),
            fault: fault as usize,
            label: &self.spec.faults[fault as usize].label,
            begins: true,
            victims,
        });
    }

    /// Does what a fault does. Returns whom it struck, or `None` when nobody fits its target.
    fn apply<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) -> Option<Vec<NodeId>> {
        let spec = std::sync::Arc::clone(&self.spec);
        let planned = &spec.faults[fault as usize];
        let trigger = self.faults[fault as usize].trigger;
        let mut find = |target: &Target| self.resolve(fault, target, Among::Up, trigger);
        let victims = match &planned.fault {
            Fault::Crash { who, down, disk, inside } => {
                let up = |world: &Self, node: NodeId| world.status[node.index()].has(Status::UP);
                let mut victims = find(who)?;
                victims.retain(|node| up(self, *node));
                for &node in &victims {
                    if let Some(inside) = inside {
                        self.cells[node.index()].doom = Some((fault, *inside));
                        self.status[node.index()].set(Status::DOOMED);
                    } else {
                        self.crash(node, *disk, fault, watch);
                        if let Some(down) = down {
                            self.restart_at(self.now.saturating_add(down.as_nanos()), node);
                        }
                    }
                }
                // A doomed node is struck when it dies.
                return Some(if inside.is_some() { Vec::new() } else { victims });
            }
            Fault::Restart(who) => {
                let mut victims = self.resolve(fault, who, Among::Down, trigger)?;
                victims.retain(|node| !self.status[node.index()].has(Status::UP));
                for &node in &victims {
                    self.restart_at(self.now, node);
                }
                return Some(victims);
            }
            Fault::Resume(who) => {
                let victims = find(who)?;
                for &node in &victims {
                    self.cells[node.index()].pauses.clear();
                    self.resume(node);
                }
                return Some(victims);
            }
            Fault::Heal => {
                return Some(self.heal(watch));
            }
            Fault::Jump(who, by) => {
                let victims = find(who)?;
                for &node in &victims {
                    self.clocks[node.index()].jump(*by);
                }
                return Some(victims);
            }
            Fault::Pause(who) => {
                let victims = find(who)?;
                for &node in &victims {
                    self.cells[node.index()].pauses.push(fault);
                    if self.status[node.index()].has(Status::UP) {
                        self.status[node.index()].set(Status::BUSY);
                    }
                }
                victims
            }
            Fault::Partition(groups, cut) => {
                let groups = self.resolve_groups(fault, groups, trigger)?;
                self.partition(fault, &groups, *cut)
            }
            Fault::Isolate(who, cut) => {
                let victims = find(who)?;
                self.cut_off(fault, &victims, *cut);
                victims
            }
            Fault::OneWay(from, to, cut) => {
                let (from, to) = (find(from)?, find(to)?);
                let nodes = self.nodes();
                let senders = members(from.iter().copied(), nodes);
                let rule = CutRule::OneWay(senders, members(to.iter().copied(), nodes));
                self.cut(fault, rule, *cut);
                from
            }
            Fault::Bridge(who, cut) => {
                let victims = find(who)?;
                self.bridge(fault, &victims, *cut);
                victims
            }
            Fault::Hold(from, to) => {
                let (from, to) = (find(from)?, find(to)?);
                let nodes = self.nodes();
                self.links.holds.push(HoldInForce {
                    fault,
                    from: members(from.iter().copied(), nodes),
                    to: members(to, nodes),
                    kept: Vec::new(),
                });
                from
            }
            Fault::Links { from, to, both, kind, delay, loss, duplication } => {
                let senders = from.as_ref().map(&mut find);
                let receivers = to.as_ref().map(&mut find);
                if senders == Some(None) || receivers == Some(None) {
                    return None;
                }
                let (senders, receivers) = (senders.flatten(), receivers.flatten());
                let victims = senders.clone().or(receivers.clone());
                let nodes = self.nodes();
                let table = |some: Option<Vec<NodeId>>| some.map(|some| members(some, nodes));
                let kind = kind.as_deref().map(|name| {
                    // A kind that does not exist matches nothing.
                    kind_named::<N>(name).unwrap_or(super::links::kinds::<N>())
                });
                let (senders, receivers) = (table(senders), table(receivers));
                self.links.changed.push(LinkFault {
                    fault,
                    links: LinkMatch::of_fault(senders, receivers, *both, kind),
                    delay: delay.clone(),
                    loss: *loss,
                    duplication: *duplication,
                });
                victims.unwrap_or_else(|| self.everybody().collect())
            }
            Fault::Slow(who, time) => {
                let victims = find(who)?;
                for &node in &victims {
                    let stream = self.stream_at(fault, node);
                    let slow = Slowness { fault, time: time.clone(), stream };
                    self.cells[node.index()].slowed.push(slow);
                    self.status[node.index()].set(Status::SERVES);
                }
                victims
            }
            Fault::SlowDisk(who, sync) => {
                let victims = find(who)?;
                for &node in &victims {
                    self.cells[node.index()].slow_disks.push((fault, sync.clone()));
                }
                victims
            }
            Fault::OmitSends(who, ratio) => {
                let victims = find(who)?;
                for &node in &victims {
                    let omission = self.omission(fault, node, *ratio);
                    self.cells[node.index()].omits_sends.push(omission);
                    self.note_omissions(node);
                }
                victims
            }
            Fault::OmitReceives(who, ratio) => {
                let victims = find(who)?;
                for &node in &victims {
                    let omission = self.omission(fault, node, *ratio);
                    self.cells[node.index()].omits_receives.push(omission);
                    self.note_omissions(node);
                }
                victims
            }
            Fault::Drift(who, drift) => {
                let victims = find(who)?;
                for &node in &victims {
                    self.cells[node.index()].drifts.push((fault, *drift));
                    self.set_drift(node);
                }
                victims
            }
            Fault::Mobile { .. } => {
                // It strikes when its occasion comes up.
                self.faults[fault as usize].in_force = true;
                if !self.alert.contains(&fault) {
                    self.alert.push(fault);
                }
                return Some(Vec::new());
            }
        };
        let state = &mut self.faults[fault as usize];
        state.in_force = true;
        state.targets.clone_from(&victims);
        self.links.refresh(&self.plan);
        Some(victims)
    }

    /// Ends every cut and every hold, and the wait of those that have not found their target yet.
    /// Returns everybody whom they were about.
    fn heal<O: Observer<N> + ?Sized>(&mut self, watch: &mut O) -> Vec<NodeId> {
        let spec = &self.spec;
        self.waiting.retain(|fault| !spec.faults[*fault as usize].fault.is_ended_by_heal());
        let mut healed = Vec::new();
        let in_force = self.links.cuts.iter().filter(|cut| cut.until.is_none());
        let mut faults: Vec<u32> = in_force.map(|cut| cut.fault).collect();
        faults.extend(self.links.holds.iter().map(|hold| hold.fault));
        faults.sort_unstable();
        faults.dedup();
        for fault in faults {
            if let Fault::Mobile { .. } = self.spec.faults[fault as usize].fault {
                healed.extend(self.give_back(fault));
                continue;
            }
            healed.extend_from_slice(&self.faults[fault as usize].targets);
            self.end_fault(fault, watch);
        }
        healed.sort_unstable();
        healed.dedup();
        healed
    }

    /// A lasting fault ends, or stops waiting for its target.
    pub(super) fn end_fault<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        self.waiting.retain(|waiting| *waiting != fault);
        let state = &mut self.faults[fault as usize];
        if !std::mem::take(&mut state.in_force) {
            return;
        }
        let targets = std::mem::take(&mut state.targets);
        let spec = std::sync::Arc::clone(&self.spec);
        match &spec.faults[fault as usize].fault {
            Fault::Partition(..) | Fault::Isolate(..) | Fault::OneWay(..) | Fault::Bridge(..) => {
                self.end_cut(fault);
            }
            Fault::Hold(..) => self.end_hold(fault, watch),
            Fault::Links { .. } => self.links.changed.retain(|one| one.fault != fault),
            Fault::Mobile { .. } => {
                self.alert.retain(|alert| *alert != fault);
                self.give_back(fault);
            }
            Fault::Pause(_) => {
                for &node in &targets {
                    self.cells[node.index()].pauses.retain(|pause| *pause != fault);
                    self.resume(node);
                }
            }
            Fault::Slow(..) => {
                for &node in &targets {
                    self.cells[node.index()].slowed.retain(|one| one.fault != fault);
                    let still = !self.cells[node.index()].slowed.is_empty()
                        || spec.service.iter().any(|one| one.who.contains(node, spec.servers));
                    self.status[node.index()].put(Status::SERVES, still);
                }
            }
            Fault::SlowDisk(..) => {
                for &node in &targets {
                    self.cells[node.index()].slow_disks.retain(|one| one.0 != fault);
                }
            }
            Fault::OmitSends(..) | Fault::OmitReceives(..) => {
                for &node in &targets {
                    self.cells[node.index()].omits_sends.retain(|one| one.fault != fault);
                    self.cells[node.index()].omits_receives.retain(|one| one.fault != fault);
                    self.note_omissions(node);
                }
            }
            Fault::Drift(..) => {
                for &node in &targets {
                    self.cells[node.index()].drifts.retain(|one| one.0 != fault);
                    self.set_drift(node);
                }
            }
            Fault::Crash { .. }
            | Fault::Restart(_)
            | Fault::Resume(_)
            | Fault::Heal
            | Fault::Jump(..) => {}
        }
        self.links.refresh(&self.plan);
        watch.fault(&Struck {
            time: SimTime::from_nanos(self.now),
            fault: fault as usize,
            label: &spec.faults[fault as usize].label,
            begins: false,
            victims: &targets,
        });
    }

    fn omission(&self, fault: u32, node: NodeId, ratio: Ratio) -> Omission {
        Omission { fault, ratio, stream: self.stream_at(fault, node) }
    }

    /// The numbers that a fault draws at a node.
    fn stream_at(&self, fault: u32, node: NodeId) -> Stream {
        Stream::of_fault_at(self.chance.seed(), self.spec.faults[fault as usize].id, node)
    }

    pub(super) fn note_omissions(&mut self, node: NodeId) {
        let cell = &self.cells[node.index()];
        let omits = !cell.omits_sends.is_empty() || !cell.omits_receives.is_empty();
        let status = &mut self.status[node.index()];
        match (status.has(Status::OMITS), omits) {
            (false, true) => self.links.omitting += 1,
            (true, false) => self.links.omitting -= 1,
            _ => {}
        }
        status.put(Status::OMITS, omits);
    }

    /// A node's clock runs at the rate of the latest fault in force, or its own; its timers move
    /// along.
    fn set_drift(&mut self, node: NodeId) {
        let cell = &self.cells[node.index()];
        let drift: Drift = cell.drifts.last().map_or(cell.own_drift, |(_, drift)| *drift);
        let clock = &mut self.clocks[node.index()];
        let before = clock.set_drift(self.now, drift);
        let (after, now) = (*clock, self.now);
        self.timers.reschedule(node, |due| {
            let left = before.monotonic(due) - before.monotonic(now);
            now.saturating_add(after.to_simulation(left.as_nanos()))
        });
    }

    /// A mobile fault isolates a node in the middle of its step.
    pub(super) fn strike_by_mobile<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        node: NodeId,
        watch: &mut O,
    ) {
        self.note_strike(fault, &[node], watch);
        self.pass_on(fault, node, watch);
    }

    /// A mobile fault's previous victim is given back, and this node is the next. Of other faults,
    /// nothing.
    pub(super) fn pass_on<O: Observer<N> + ?Sized>(&mut self, fault: u32, node: NodeId, _: &mut O) {
        let Fault::Mobile { strike, .. } = self.spec.faults[fault as usize].fault else { return };
        self.give_back(fault);
        self.faults[fault as usize].victim = Some(node);
        if strike == Strike::Isolate {
            self.cut_off(fault, &[node], Cut::AtSend);
            self.links.refresh(&self.plan);
        }
    }

    /// Gives a mobile fault's victim back. Returns who it was.
    fn give_back(&mut self, fault: u32) -> Option<NodeId> {
        let node = self.faults[fault as usize].victim.take()?;
        let Fault::Mobile { strike, .. } = self.spec.faults[fault as usize].fault else {
            return None;
        };
        match strike {
            Strike::Crash => self.restart_at(self.now, node),
            Strike::Isolate => self.end_cut(fault),
        }
        Some(node)
    }
}
