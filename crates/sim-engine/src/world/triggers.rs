//! What happens in the protocol and sets a fault off, seen at the step in which it happens.

use sim_check::Properties;
use sim_node::{Effect, Message, Node, NodeId};

use super::World;
use super::alerts::{Happening, Waiter};
use super::between::Between;
use super::nodes::Status;
use crate::chance::below;
use crate::fault::{CrashInStep, InStep};
use crate::{DiskLoss, Inside, Observer, Occasion, Strike, When};

/// How a step ends for a node that crashes in it: after so many effects, by which fault, what
/// becomes of its disk, and for how long it is down.
pub(super) type CrashPlace = (usize, u32, (DiskLoss, Option<u64>));

/// What a step has set off.
#[derive(Default)]
pub(super) struct Occasions {
    /// The node crashes inside this step.
    pub(super) crashes: Option<CrashPlace>,
    /// A mobile fault isolates the node after so many effects: the place, and the fault.
    pub(super) mobile: Option<(usize, u32)>,
    /// Faults that strike between its effects, after so many of them: the place, and the fault.
    between: Vec<(usize, u32)>,
    /// Faults that strike after this step.
    pub(super) fired: Vec<u32>,
}

impl Occasions {
    /// What strikes between the effects of the step, and behind which of them, in order. Nothing
    /// comes behind a crash.
    pub(super) fn between(&self) -> Vec<(usize, Between)> {
        let end = self.crashes.map_or(usize::MAX, |(place, ..)| place);
        let mobile = self.mobile.map(|(place, fault)| (place.min(end), Between::Isolates(fault)));
        let fired = self.between.iter().filter(|(place, _)| *place <= end);
        let fired = fired.map(|(place, fault)| (*place, Between::Fires(*fault)));
        let mut strikes: Vec<_> = mobile.into_iter().chain(fired).collect();
        strikes.sort_by_key(|(place, _)| *place);
        if let Some((place, fault, (loss, down))) = self.crashes {
            strikes.push((place, Between::Crashes(fault, loss, down)));
        }
        strikes
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// Holds a step against the triggers and mobile faults that are waiting for what happens in it.
    pub(super) fn watch_for(
        &mut self,
        node: NodeId,
        starts: bool,
        received: Option<(usize, NodeId)>,
        role_changed: bool,
        effects: &[Effect<N>],
    ) -> Occasions {
        let mut occasions = Occasions::default();
        let met = self.met(node, received, role_changed, effects);
        if met.is_empty() {
            return occasions;
        }
        let spec = std::sync::Arc::clone(&self.spec);
        for Waiter { fault, is_mobile, .. } in met {
            if !is_mobile && !self.goes_off(fault) {
                continue;
            }
            let planned = &spec.faults[fault as usize];
            let step = planned.fault.facts().step;
            let place = match (step, &planned.when) {
                (InStep::Each { on, .. }, _) if is_mobile => self.place_after(on, node, effects),
                (_, When::On(trigger)) => self.place_after(&trigger.on, node, effects),
                _ => None,
            };
            match (step, place) {
                (InStep::Each { inside, strike, .. }, place) if is_mobile => {
                    // A victim that is given back starts. If that were an occasion, two nodes that
                    // write when they start would strike each other for ever, at one instant.
                    let passes = starts && strike == Strike::Crash;
                    if passes || self.faults[fault as usize].victim == Some(node) {
                        continue;
                    }
                    let inside = place.unwrap_or_else(|| self.inside(fault, inside, effects.len()));
                    match strike {
                        Strike::Isolate => occasions.mobile = Some((inside, fault)),
                        Strike::Crash => {
                            let rest = (DiskLoss::Prefix, None);
                            occasions.crashes.get_or_insert((inside, fault, rest));
                        }
                    }
                }
                (InStep::Crashes(crash) | InStep::CrashesAfter(crash), Some(place)) => {
                    occasions.crashes.get_or_insert((place, fault, rest_of(crash)));
                }
                (InStep::Crashes(crash), None) => {
                    let crash = self.crash_after(fault, crash, effects.len());
                    occasions.crashes.get_or_insert(crash);
                }
                (InStep::After, Some(place)) => occasions.between.push((place, fault)),
                // A mobile fault begins to wait for its own occasion.
                (InStep::After | InStep::CrashesAfter(_), None) | (InStep::Each { .. }, _) => {
                    occasions.fired.push(fault);
                }
            }
        }
        occasions
    }

    /// Who waited for something that happens in a step, in the order in which they began to wait.
    fn met(
        &mut self,
        node: NodeId,
        received: Option<(usize, NodeId)>,
        role_changed: bool,
        effects: &[Effect<N>],
    ) -> Vec<Waiter> {
        let mut met = Vec::new();
        if self.alerts.is_empty() {
            return met;
        }
        let role = self.roles.get(node.index()).copied().flatten().filter(|_| role_changed);
        let role = role.and_then(|role| self.alerts.role(role.name));
        let role = role.map(|role| (role, None));
        let received = received.map(|(kind, from)| (Happening::Receive(Some(kind)), Some(from)));
        let emitted = effects.iter().filter_map(|effect| match effect {
            Effect::Mark(name) => Some((self.alerts.mark(name)?, None)),
            Effect::Send { to, message, .. } if *to != node => {
                Some((Happening::Send(Some(message.kind())), Some(*to)))
            }
            Effect::Write(_) => Some((Happening::Write, None)),
            _ => None,
        });
        let mut happened: Vec<(Happening, Option<NodeId>, u32)> = Vec::new();
        let mut count = |happening, peer| match happened
            .iter_mut()
            .find(|(one, of, _)| (*one, *of) == (happening, peer))
        {
            Some((.., times)) => *times += 1,
            None => happened.push((happening, peer, 1)),
        };
        for (happening, peer) in role.into_iter().chain(received).chain(emitted) {
            count(happening, None);
            if peer.is_some() && self.alerts.ask_for_peers() {
                count(happening, peer);
            }
        }
        for (happening, peer, times) in happened {
            self.alerts.happened(happening, (node, peer), times, &mut met);
            if let (Happening::Send(kind), None) = (happening, peer)
                && self.alerts.wait_between_effects()
            {
                for count in 1..=times {
                    self.alerts.happened(Happening::After(kind, count), (node, None), 1, &mut met);
                }
            }
        }
        met.sort_unstable();
        met
    }

    /// The place behind the message that an occasion waits for, in a step that sends it.
    fn place_after(&self, on: &Occasion, node: NodeId, effects: &[Effect<N>]) -> Option<usize> {
        let Occasion::After(name, count) = on else { return None };
        let sends = |effect: &Effect<N>| match effect {
            Effect::Send { to, message, .. } => {
                *to != node && N::Message::KINDS[message.kind()].0 == name
            }
            _ => false,
        };
        let places = effects.iter().enumerate().filter(|(_, effect)| sends(effect));
        let mut places = places.map(|(place, _)| place + 1);
        places.nth(count.checked_sub(1)? as usize)
    }

    /// A node is going to crash inside its next step.
    pub(super) fn plan_crash_in_step(&mut self, node: NodeId, fault: u32, crash: CrashInStep) {
        self.cells[node.index()].pending_crash = Some((fault, crash));
        self.status[node.index()].set(Status::CRASH_PENDING);
    }

    /// A node that was to crash inside its next step makes it.
    pub(super) fn take_pending_crash(
        &mut self,
        node: NodeId,
        effects: usize,
    ) -> Option<CrashPlace> {
        let (fault, crash) = self.cells[node.index()].pending_crash.take()?;
        self.status[node.index()].clear(Status::CRASH_PENDING);
        Some(self.crash_after(fault, crash, effects))
    }

    fn crash_after(&mut self, fault: u32, crash: CrashInStep, effects: usize) -> CrashPlace {
        (self.inside(fault, crash.inside, effects), fault, rest_of(crash))
    }

    /// How many of a step's effects take place.
    fn inside(&mut self, fault: u32, inside: Inside, effects: usize) -> usize {
        match inside {
            Inside::First(some) => effects.min(some as usize),
            Inside::Drawn => {
                let word = self.faults[fault as usize].chance.places().word();
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
        if self.is_engaged(fault) {
            return self.misfire(fault, node);
        }
        let state = &mut self.faults[fault as usize];
        state.trigger = Some(node);
        state.chance.next_turn();
        self.strike(fault, watch);
    }
}

/// What becomes of the disk of a node that crashes, and for how long it is down.
fn rest_of(crash: CrashInStep) -> (DiskLoss, Option<u64>) {
    (crash.disk, crash.down.map(sim_node::Duration::as_nanos))
}
