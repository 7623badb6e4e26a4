//! A swizzle: nodes are cut off one after the other and come back in another order.

use serde::Deserialize;
use sim_check::Properties;
use sim_node::{Duration, Node, NodeId};

use super::{Behaviour, Fault};
use crate::chance::between;
use crate::fault::{
    Argument, Arguments, Ender, FaultFacts, FaultKind, FaultTime, Idle, InCalm, InStep, Late, Part,
    Place, Sides, Victims,
};
use crate::world::{Pending, World};
use crate::{Cut, Failures, Observer, Target};

/// Lasting: each of the nodes is cut from all servers, the others among them too, at an instant
/// drawn from the first half of a length of time, and connected again at one drawn from the second
/// half. It is over when the last is back.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swizzle {
    /// Who.
    pub who: Target,
    /// Within which time from when it strikes.
    pub within: Duration,
    /// What becomes of messages in flight.
    #[serde(default)]
    pub cut: Cut,
}

impl Behaviour for Swizzle {
    const KIND: FaultKind = FaultKind {
        name: "Swizzle",
        example: "Swizzle(who: Random(2), within: \"4s\")",
        time: FaultTime::Lasting { until: Some(Ender::Heal), calm: InCalm::Ends },
        victims: Victims::AsTheyWere,
        draws: Some("when each node is cut off, and when it comes back"),
    };

    fn facts(&self) -> FaultFacts<'_> {
        let Self { who, within, cut } = self;
        let place = Place::Field("within");
        FaultFacts {
            arguments: Arguments::none()
                .field("who", Argument::Target(who))
                .field("within", Argument::Within(*within))
                .field("cut", Argument::Cut(*cut)),
            // Even all servers are cut from each other.
            sides: Sides::None,
            part: Part::Reach,
            failure: Some((Failures::Omission, "a partition loses messages")),
            late: Late::Never,
            step: InStep::After,
            idle: within
                .is_zero()
                .then_some(Idle::Useless(place, "each node is back when it is cut off")),
        }
    }

    fn begin<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &mut O,
    ) -> Option<Vec<NodeId>> {
        let victims = world.find(fault, &self.who)?;
        let (start, whole) = (world.now, self.within.as_nanos());
        let state = &mut world.faults[fault as usize];
        let draws = state.chance.targets();
        let mut turns = Vec::new();
        for node in victims {
            // Both are drawn from words of their own, so a longer swizzle keeps its orders.
            let cut = between(draws.word(), 0, whole / 2);
            let back = between(draws.word(), whole / 2, whole);
            turns.push(Turn { at: start.saturating_add(cut), comes_back: false, node });
            turns.push(Turn { at: start.saturating_add(back), comes_back: true, node });
        }
        // The last comes first, to be taken from the end.
        turns.sort_unstable_by(|one, other| other.cmp(one));
        state.turns = turns;
        world.plan_next_of_swizzle(fault);
        // Each is struck when it is cut off.
        Some(Vec::new())
    }

    fn end<N: Node, P: Properties<N>, O: Observer<N> + ?Sized>(
        &self,
        world: &mut World<N, P>,
        fault: u32,
        _: &[NodeId],
        _: &mut O,
    ) {
        world.faults[fault as usize].turns.clear();
        world.end_cut(fault);
    }

    fn idle_in_run<N: Node, P: Properties<N>>(
        &self,
        world: &World<N, P>,
        fault: u32,
    ) -> Option<String> {
        world.no_message_met_the_cut(fault)
    }
}

/// What a swizzle is going to do to a node, in order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::world) struct Turn {
    at: u64,
    comes_back: bool,
    node: NodeId,
}

impl<N: Node, P: Properties<N>> World<N, P> {
    fn plan_next_of_swizzle(&mut self, fault: u32) {
        if let Some(turn) = self.faults[fault as usize].turns.last() {
            self.plan_first(turn.at, Pending::FaultGoesOn(fault));
        }
    }

    /// A swizzle cuts off its next node, or lets one come back.
    pub(in crate::world) fn go_on<O: Observer<N> + ?Sized>(&mut self, fault: u32, watch: &mut O) {
        let spec = std::sync::Arc::clone(&self.spec);
        let Fault::Swizzle(swizzle) = &spec.faults[fault as usize].fault else { return };
        let state = &mut self.faults[fault as usize];
        // What was planned for a strike that has ended since is nobody's turn.
        let Some(turn) = state.turns.pop_if(|turn| turn.at == self.now) else { return };
        if turn.comes_back && state.turns.is_empty() {
            return self.end_fault(fault, watch);
        }
        match turn.comes_back {
            true => state.targets.retain(|node| *node != turn.node),
            false => state.targets.push(turn.node),
        }
        let groups: Vec<Vec<NodeId>> = state.targets.iter().map(|node| vec![*node]).collect();
        self.end_cut(fault);
        if !groups.is_empty() {
            self.partition(fault, &groups, swizzle.cut);
        }
        match turn.comes_back {
            true => self.tell_of_fault(fault, false, &[turn.node], watch),
            false => self.note_strike(fault, &[turn.node], watch),
        }
        self.plan_next_of_swizzle(fault);
    }
}
