//! What happens in the protocol and sets a fault off, seen at the step in which it happens.

use sim_check::Properties;
use sim_node::{Effect, Message, Node, NodeId};

use super::World;
use super::nodes::Status;
use crate::chance::below;
use crate::fault::{Dying, InStep};
use crate::{DiskLoss, Inside, Observer, Occasion, Strike, When};

/// How a step ends for a node that dies in it: after so many effects, by which fault, what becomes
/// of its disk, and for how long it is down.
pub(super) type Death = (usize, u32, (DiskLoss, Option<u64>));

/// What a step has set off.
#[derive(Default)]
pub(super) struct Occasions {
    /// The node dies inside this step.
    pub(super) dies: Option<Death>,
    /// A mobile fault isolates the node after so many effects: the place, and the fault.
    pub(super) mobile: Option<(usize, u32)>,
    /// Faults that strike after this step.
    pub(super) fired: Vec<u32>,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Holds a step against every trigger and mobile fault that is waiting.
    pub(super) fn watch_for(
        &mut self,
        node: NodeId,
        starts: bool,
        received: Option<usize>,
        role_changed: bool,
        effects: &[Effect<N>],
    ) -> Occasions {
        let mut occasions = Occasions::default();
        let spec = std::sync::Arc::clone(&self.spec);
        for place in 0..self.alert.len() {
            let fault = self.alert[place];
            let planned = &spec.faults[fault as usize];
            let facts = planned.fault.facts();
            if let InStep::Each { on, inside, strike } = facts.step
                && self.faults[fault as usize].in_force
            {
                let victim = self.faults[fault as usize].victim;
                // A victim that is given back starts. If that were an occasion, two nodes that
                // write when they start would strike each other for ever, at one instant.
                let passes = starts && strike == Strike::Crash;
                if victim != Some(node)
                    && !passes
                    && self.times(on, node, received, role_changed, effects) > 0
                {
                    let inside = self.inside(fault, inside, effects.len());
                    match strike {
                        Strike::Isolate => occasions.mobile = Some((inside, fault)),
                        Strike::Crash => {
                            let rest = (DiskLoss::Prefix, None);
                            occasions.dies.get_or_insert((inside, fault, rest));
                        }
                    }
                }
                continue;
            }
            let When::On(trigger) = &planned.when else { continue };
            if trigger.at.is_some_and(|only| only != node.number()) {
                continue;
            }
            let times = self.times(&trigger.on, node, received, role_changed, effects);
            let seen = &mut self.faults[fault as usize].seen;
            let before = *seen;
            *seen = seen.saturating_add(times);
            if before < trigger.nth && *seen >= trigger.nth {
                match facts.step {
                    InStep::Dies(dying) => {
                        let death = self.death(fault, dying, effects.len());
                        occasions.dies.get_or_insert(death);
                    }
                    // A mobile fault begins to wait for its own occasion.
                    InStep::After | InStep::Each { .. } => occasions.fired.push(fault),
                }
            }
        }
        if occasions.dies.is_some() || !occasions.fired.is_empty() {
            let spent = |fault: &u32| {
                let by_trigger = matches!(spec.faults[*fault as usize].when, When::On(_));
                let is_mobile = self.faults[*fault as usize].in_force;
                let dies = occasions.dies.is_some_and(|(_, by, _)| by == *fault);
                by_trigger && !is_mobile && (dies || occasions.fired.contains(fault))
            };
            let left = self.alert.iter().copied().filter(|fault| !spent(fault)).collect();
            self.alert = left;
        }
        occasions
    }

    /// How often the occasion came up in a step.
    fn times(
        &self,
        on: &Occasion,
        node: NodeId,
        received: Option<usize>,
        role_changed: bool,
        effects: &[Effect<N>],
    ) -> u32 {
        let is_kind = |kind: usize, name: &str| N::Message::KINDS[kind].0 == name;
        let count = |fits: &dyn Fn(&Effect<N>) -> bool| {
            u32::try_from(effects.iter().filter(|effect| fits(effect)).count()).unwrap_or(u32::MAX)
        };
        match on {
            Occasion::Role(name) => {
                let role = self.roles.get(node.index()).copied().flatten();
                u32::from(role_changed && role.is_some_and(|role| role.name == name))
            }
            Occasion::Mark(name) => {
                count(&|effect| matches!(effect, Effect::Mark(mark) if mark == name))
            }
            Occasion::Send(name) => count(&|effect| {
                matches!(effect, Effect::Send { to, message, .. }
                    if *to != node && is_kind(message.kind(), name))
            }),
            Occasion::Receive(name) => u32::from(received.is_some_and(|kind| is_kind(kind, name))),
            Occasion::Write => count(&|effect| matches!(effect, Effect::Write(_))),
        }
    }

    /// A node is going to die inside its next step.
    pub(super) fn doom(&mut self, node: NodeId, fault: u32, dying: Dying) {
        self.cells[node.index()].doom = Some((fault, dying));
        self.status[node.index()].set(Status::DOOMED);
    }

    /// A node that was to die inside its next step makes it.
    pub(super) fn death_of_the_doomed(&mut self, node: NodeId, effects: usize) -> Option<Death> {
        let (fault, dying) = self.cells[node.index()].doom.take()?;
        self.status[node.index()].clear(Status::DOOMED);
        Some(self.death(fault, dying, effects))
    }

    fn death(&mut self, fault: u32, dying: Dying, effects: usize) -> Death {
        let Dying { inside, disk, down } = dying;
        let down = down.map(sim_node::Duration::as_nanos);
        (self.inside(fault, inside, effects), fault, (disk, down))
    }

    /// How many of a step's effects take place.
    fn inside(&mut self, fault: u32, inside: Inside, effects: usize) -> usize {
        match inside {
            Inside::First(some) => effects.min(some as usize),
            Inside::Drawn => {
                let word = self.faults[fault as usize].stream.word();
                usize::try_from(below(word, effects as u64 + 1)).expect("an index")
            }
        }
    }

    /// A fault that waited for a trigger strikes.
    pub(super) fn fire<O: Observer<N> + ?Sized>(
        &mut self,
        fault: u32,
        node: NodeId,
        watch: &mut O,
    ) {
        self.faults[fault as usize].trigger = Some(node);
        self.strike(fault, watch);
    }
}
