//! One event handled by one node, with its effects.

use sim_check::{Properties, SimTime, View};
use sim_node::{
    Context, Effect, Event, Message, Node, NodeId, RequestId, RequestOutcome, Sink, StepDetails,
};

use super::memory::ASKED;
use super::nodes::Status;
use super::requests::Told;
use super::triggers::Occasions;
use super::{World, view};
use crate::chance::{Chance, Purpose, below};
use crate::digest::Digest;
use crate::fault::InStep;
use crate::record::StepClass;
use crate::{DiskLoss, Observer, StepBegins, StepEnds};

/// Gathers a handler's effects and makes its choices.
struct StepSink<'a, N: Node> {
    effects: &'a mut Vec<Effect<N>>,
    told: &'a mut Vec<Told>,
    chance: &'a mut Chance,
    node: NodeId,
}

impl<N: Node> Sink<N> for StepSink<'_, N> {
    #[inline]
    fn emit(&mut self, effect: Effect<N>) {
        self.effects.push(effect);
    }

    #[inline]
    fn send(&mut self, to: NodeId, message: N::Message, resend: bool) {
        self.effects.push(Effect::Send { to, message, resend, at_once: false });
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        below(self.chance.word(Purpose::Choice, self.node), alternatives)
    }

    #[cold]
    fn outcome(&mut self, request: RequestId, outcome: RequestOutcome) {
        self.told.push(Told { place: self.effects.len(), request, outcome });
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node that is up handles an event: `cause` is the step that caused it, `id` names the
    /// message.
    pub(super) fn handle<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        event: Event<N>,
        cause: Option<u64>,
        id: Option<u64>,
        watch: &mut O,
    ) {
        let (index, who) = (node.index(), self.identity(node));
        let step = self.steps;
        self.steps += 1;
        let class = match &event {
            Event::Start => StepClass::Start,
            Event::Message { .. } if id.is_none() => StepClass::Own,
            Event::Message { .. } => StepClass::Message,
            Event::Timer(_) => StepClass::Timer,
            Event::Request(_) => StepClass::Request,
        };
        let head = u64::from(node.number()) | (class as u64) << 32;
        self.digest.pair(self.now, head ^ id.map_or(0, |id| (id + 1) << 36));
        match &event {
            Event::Timer(timer) => self.digest.value_of(timer),
            Event::Request(request) => self.digest.value_of(request),
            // A message's content enters once, when it is sent.
            Event::Start | Event::Message { .. } => {}
        }
        self.record.push(self.now, who, class, cause);
        if self.is_watched {
            let time = SimTime::from_nanos(self.now);
            let (twin, event, state) = (who != node, &event, self.states[index].as_ref());
            let configured_by = self.configs.get(index).and_then(|own| own.by);
            watch.step_begins(&StepBegins {
                step,
                time,
                node: who,
                twin,
                event,
                state,
                cause,
                message: id,
                configured_by,
            });
        }
        let is_seen = !self.status[index].has(Status::UNSEEN);
        if is_seen {
            self.properties.before(&view!(self, step), node, &event);
        }
        let alerts = !self.alerts.is_empty() || self.status[index].has(Status::CRASH_PENDING);
        // A second instance sets nothing off and has no role: the first one is struck.
        let alerts = alerts && who == node;
        let received = if alerts { kind_of(&event) } else { None };

        self.acting = Some(who);
        self.run_handler(node, who, event, is_seen);
        let role_changed = self.plan.asks_roles && who == node && self.note_role(node);
        // A crash inside the step takes the state, and not what the node was until then.
        let watched = self.states[index].as_ref().filter(|_| self.is_watched);
        let role = watched.and_then(Node::role);
        self.acting = None;

        let mut occasions = None;
        if alerts {
            let starts = class == StepClass::Start;
            occasions = Some(self.occasions(node, starts, received, role_changed));
        }
        for effect in &self.effects {
            digest_effect(&mut self.digest, effect);
        }
        if is_seen {
            self.properties.after(&view!(self, step), node, &self.effects);
        }
        if self.is_watched {
            let (effects, state) = (&self.effects[..], self.states[index].as_ref());
            watch.step_ends(&StepEnds { step, effects, state, role });
        }
        let strikes = occasions.as_ref().map_or_else(Vec::new, Occasions::between);
        if strikes.is_empty() {
            self.perform(node, step, watch);
        } else {
            self.perform_between(node, step, strikes, watch);
        }

        if !self.told.is_empty() {
            self.note_outcomes(who);
        }
        if let Some(occasions) = occasions {
            self.follow_up(node, occasions, watch);
        }
        if role_changed && !self.waiting.is_empty() {
            self.retry_waiting(watch);
        }
        if step == self.look_after {
            self.look_around();
        }
    }

    /// What is due once in many steps.
    #[cold]
    fn look_around(&mut self) {
        if self.look_after == self.checkpoint {
            self.checkpoint += self.plan.checkpoint;
            self.digest_states();
            self.look_at_states();
        } else {
            self.look_at_properties();
        }
        self.look_after = (self.look_after + ASKED).min(self.checkpoint);
    }

    /// An instance of the node `who` handles an event; whether its state is then checked.
    #[inline]
    fn run_handler(&mut self, node: NodeId, who: NodeId, event: Event<N>, is_checked: bool) {
        let index = node.index();
        // Only `start` is told of damage.
        let damaged = matches!(event, Event::Start) && self.cells[index].disk.is_damaged();
        let request = matches!(event, Event::Request(_)).then_some(self.requests.handled);
        let details = StepDetails { request, ..self.details(node, who, damaged) };
        let own = self.configs.get(index).map(|own| &own.config);
        let config = &**own.unwrap_or(&self.spec.config);
        let (effects, told) = (&mut self.effects, &mut self.told);
        let mut sink = StepSink { effects, told, chance: &mut self.chance, node };
        let mut cx = Context::new(config, details, &mut sink);
        let state = &mut self.states[index];
        match (event, state.as_mut()) {
            (Event::Start, _) => {
                *state = Some(N::start(&self.cells[index].disk, &mut cx));
            }
            (Event::Message { from, message }, Some(state)) => {
                state.on_message(from, message, &mut cx);
            }
            (Event::Timer(timer), Some(state)) => state.on_timer(timer, &mut cx),
            (Event::Request(request), Some(state)) => state.on_request(request, &mut cx),
            (_, None) => unreachable!("a node that is up has a state"),
        }
        let used = cx.clocks_used();
        if is_checked && let Some(state) = &self.states[index] {
            state.check(config);
        }
        if !self.clocks.is_empty() {
            self.note_clocks(node, used);
        }
    }

    #[inline]
    fn details(&self, node: NodeId, id: NodeId, damaged: bool) -> StepDetails {
        let servers = self.spec.servers;
        let Some(clock) = self.clocks.get(node.index()) else {
            let now = sim_node::LocalTime::from_nanos(self.now);
            let wall = sim_node::WallTime::from_nanos(i64::try_from(self.now).unwrap_or(i64::MAX));
            return StepDetails { id, servers, now, wall, damaged, request: None };
        };
        StepDetails {
            id,
            servers,
            now: clock.monotonic(self.now),
            wall: clock.wall(self.now),
            damaged,
            request: None,
        }
    }

    /// Notes a node's role after its step; returns whether it has another name or rank than before.
    fn note_role(&mut self, node: NodeId) -> bool {
        let role = self.states[node.index()].as_ref().and_then(Node::role);
        let changed = std::mem::replace(&mut self.roles[node.index()], role) != role;
        if changed && !self.reached.is_empty() {
            self.note_role_reached(node);
        }
        changed
    }

    /// Mixes every node's state into the digest.
    pub(super) fn digest_states(&mut self) {
        for state in &self.states {
            match state {
                Some(state) => {
                    self.digest.word(1);
                    self.digest.value_of(state);
                }
                None => self.digest.word(0),
            }
        }
    }

    /// What triggers, mobile faults and a fault that waits for this step make of it. Where the node
    /// crashes inside it, the rest of the effects and its state are gone.
    #[cold]
    fn occasions(
        &mut self,
        node: NodeId,
        starts: bool,
        received: Option<(usize, NodeId)>,
        role_changed: bool,
    ) -> Occasions {
        let effects = std::mem::take(&mut self.effects);
        let crashes = match self.status[node.index()].has(Status::CRASH_PENDING) {
            true => self.take_pending_crash(node, effects.len()),
            false => None,
        };
        let mut occasions = self.watch_for(node, starts, received, role_changed, &effects);
        self.effects = effects;
        occasions.crashes = crashes.or(occasions.crashes);
        if let Some((place, _, _)) = occasions.crashes {
            self.effects.truncate(place);
            self.told.retain(|told| told.place <= place);
            self.states[node.index()] = None;
        }
        occasions
    }

    /// What a step's occasions lead to once its effects have taken place.
    #[cold]
    fn follow_up<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        occasions: Occasions,
        watch: &mut O,
    ) {
        for fault in occasions.fired {
            self.fire(fault, node, watch);
        }
    }

    /// A node crashes inside the step that it has just made.
    pub(super) fn crash_in_step<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        fault: u32,
        (loss, down): (DiskLoss, Option<u64>),
        watch: &mut O,
    ) {
        self.note_strike(fault, &[node], watch);
        self.crash(node, loss, fault, watch);
        self.configure(node, fault);
        self.pass_on(fault, node);
        if let Some(down) = down {
            self.restart_at(self.now.saturating_add(down), node);
        }
        if let InStep::Crashes(_) | InStep::CrashesAfter(_) =
            self.spec.faults[fault as usize].fault.facts().step
        {
            self.arm_again(fault);
        }
    }
}

/// Mixes an effect with its content into the digest.
#[inline]
fn digest_effect<N: Node>(digest: &mut Digest, effect: &Effect<N>) {
    match effect {
        Effect::Send { to, message, resend, at_once } => {
            let head = u64::from(to.number()) | u64::from(*resend) << 32;
            digest.pair(if *at_once { SEND_AT_ONCE } else { SEND }, head);
            digest.value_of(message);
        }
        Effect::SetTimer { timer, span } => {
            digest.pair(span.shortest().as_nanos() ^ SET_TIMER, span.longest().as_nanos());
            digest.value_of(timer);
        }
        Effect::CancelTimer(timer) => {
            digest.word(CANCEL_TIMER);
            digest.value_of(timer);
        }
        Effect::Write(record) => {
            digest.word(WRITE);
            digest.value_of(record);
        }
        Effect::Barrier => digest.word(BARRIER),
        Effect::Indicate(indication) => {
            digest.word(INDICATE);
            digest.value_of(indication);
        }
        Effect::Mark(name) => {
            digest.word(MARK);
            digest.text(name);
        }
    }
}

/// The kind and the sender of the message that an event is about.
fn kind_of<N: Node>(event: &Event<N>) -> Option<(usize, NodeId)> {
    match event {
        Event::Message { message, from } => Some((message.kind(), *from)),
        _ => None,
    }
}

// What an effect begins with in the digest; the values matter to nobody, but must differ.
const SEND: u64 = 0x73656e64;
const SEND_AT_ONCE: u64 = 0x7365_6e64_6e6f_7700;
const SET_TIMER: u64 = 0x7365_7474_0000_0000;
const CANCEL_TIMER: u64 = 0x63616e63;
const WRITE: u64 = 0x77726974;
const BARRIER: u64 = 0x62617272;
const INDICATE: u64 = 0x696e6469;
const MARK: u64 = 0x6d61726b;
