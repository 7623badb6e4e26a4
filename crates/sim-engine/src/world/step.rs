//! One event handled by one node, with its effects.

use sim_check::{Properties, SimTime, View};
use sim_node::{Context, Effect, Event, Message, Moment, Node, NodeId, Sink};

use super::nodes::Status;
use super::{World, view};
use crate::chance::{Chance, Purpose, below};
use crate::record::StepClass;
use crate::{DiskLoss, Observer, StepBegins};

/// Gathers a handler's effects and makes its choices.
struct StepSink<'a, N: Node> {
    effects: &'a mut Vec<Effect<N>>,
    chance: &'a mut Chance,
    node: NodeId,
}

impl<N: Node> Sink<N> for StepSink<'_, N> {
    #[inline]
    fn emit(&mut self, effect: Effect<N>) {
        self.effects.push(effect);
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        below(self.chance.word(Purpose::Choice, self.node), alternatives)
    }
}

impl<N: Node, P: Properties<N>> World<N, P> {
    /// A node that is up handles an event: `cause` is the step that caused it, `id` names the message.
    pub(super) fn handle<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        event: Event<N>,
        cause: Option<u64>,
        id: Option<u64>,
        watch: &mut O,
    ) {
        let index = node.index();
        let step = self.steps;
        self.steps += 1;
        let class = match &event {
            Event::Start => StepClass::Start,
            Event::Message { .. } if id.is_none() => StepClass::Own,
            Event::Message { .. } => StepClass::Message,
            Event::Timer(_) => StepClass::Timer,
            Event::Request(_) => StepClass::Request,
        };
        let who = u64::from(node.number()) | (class as u64) << 32;
        self.digest.pair(self.now, who ^ id.map_or(0, |id| (id + 1) << 36));
        match &event {
            Event::Timer(timer) => self.digest.value_of(timer),
            Event::Request(request) => self.digest.value_of(request),
            // A message's content enters once, when it is sent.
            Event::Start | Event::Message { .. } => {}
        }
        self.record.push(self.now, node, class, cause);
        let time = SimTime::from_nanos(self.now);
        watch.step_begins(&StepBegins { step, time, node, event: &event, cause, message: id });
        self.properties.before(&view!(self, step), node, &event);
        let received = if self.alert.is_empty() {
            None
        } else if let Event::Message { message, .. } = &event {
            Some(message.kind())
        } else {
            None
        };

        let mut effects = std::mem::take(&mut self.effects);
        self.acting = Some((node, step));
        self.run_handler(node, event, &mut effects);
        self.acting = None;

        let role_changed = self.plan.asks_roles && self.note_role(node);
        let mut dies = None;
        let mut fired = Vec::new();
        let mut relay = None;
        if self.status[index].has(Status::DOOMED) {
            dies = self.doom(node, effects.len());
        }
        if !self.alert.is_empty() {
            let occasions = self.watch_for(node, received, role_changed, &effects);
            (dies, relay) = (dies.or(occasions.dies), occasions.relay);
            fired = occasions.fired;
        }
        if let Some((place, _, _)) = dies {
            effects.truncate(place);
            self.states[index] = None;
        }

        for effect in &effects {
            self.digest_effect(effect);
        }
        self.properties.after(&view!(self, step), node, &effects);
        watch.step_ends(step, &effects, self.states[index].as_ref());
        if let Some((place, fault)) = relay {
            let rest = effects.split_off(place.min(effects.len()));
            self.perform(node, step, &mut effects, watch);
            self.strike_by_relay(fault, node, watch);
            effects.extend(rest);
        }
        self.perform(node, step, &mut effects, watch);
        self.effects = effects;

        if let Some((_, fault, loss)) = dies {
            self.die(node, fault, loss, watch);
        }
        for fault in fired {
            self.fire(fault, node, watch);
        }
        if role_changed && !self.waiting.is_empty() {
            self.retry_waiting(watch);
        }
        if step % self.plan.checkpoint == self.plan.checkpoint - 1 {
            self.digest_states();
        }
    }

    fn run_handler(&mut self, node: NodeId, event: Event<N>, effects: &mut Vec<Effect<N>>) {
        let index = node.index();
        let moment = self.moment(node);
        let config = &self.spec.config;
        let mut sink = StepSink { effects, chance: &mut self.chance, node };
        let mut cx = Context::new(config, moment, &mut sink);
        let state = &mut self.states[index];
        match (event, state.as_mut()) {
            (Event::Start, _) => {
                let durable = &self.cells[index].disk.durable;
                *state = Some(N::start(durable, &mut cx));
            }
            (Event::Message { from, message }, Some(state)) => {
                state.on_message(from, message, &mut cx);
            }
            (Event::Timer(timer), Some(state)) => state.on_timer(timer, &mut cx),
            (Event::Request(request), Some(state)) => state.on_request(request, &mut cx),
            (_, None) => unreachable!("a node that is up has a state"),
        }
        if let Some(state) = &self.states[index] {
            state.check(config);
        }
    }

    #[inline]
    fn moment(&self, node: NodeId) -> Moment {
        let servers = self.spec.servers;
        let Some(clock) = self.clocks.get(node.index()) else {
            let now = sim_node::LocalTime::from_nanos(self.now);
            let wall = sim_node::WallTime::from_nanos(i64::try_from(self.now).unwrap_or(i64::MAX));
            return Moment { id: node, servers, now, wall, damaged: self.damaged(node) };
        };
        Moment {
            id: node,
            servers,
            now: clock.monotonic(self.now),
            wall: clock.wall(self.now),
            damaged: self.damaged(node),
        }
    }

    /// Only `start` hears of damage, and only then is there a state missing.
    #[inline]
    fn damaged(&self, node: NodeId) -> bool {
        self.states[node.index()].is_none() && self.cells[node.index()].disk.damaged
    }

    /// Notes a node's role after its step; returns whether it has another name or rank than before.
    fn note_role(&mut self, node: NodeId) -> bool {
        let role = self.states[node.index()].as_ref().and_then(Node::role);
        std::mem::replace(&mut self.roles[node.index()], role) != role
    }

    #[inline]
    fn digest_effect(&mut self, effect: &Effect<N>) {
        match effect {
            Effect::Send { to, message, resend } => {
                let head = u64::from(to.number()) | u64::from(*resend) << 32;
                self.digest.pair(SEND, head);
                self.digest.value_of(message);
            }
            Effect::SetTimer { timer, span } => {
                self.digest.pair(span.shortest().as_nanos() ^ SET_TIMER, span.longest().as_nanos());
                self.digest.value_of(timer);
            }
            Effect::CancelTimer(timer) => {
                self.digest.word(CANCEL_TIMER);
                self.digest.value_of(timer);
            }
            Effect::Write(record) => {
                self.digest.word(WRITE);
                self.digest.value_of(record);
            }
            Effect::Barrier => self.digest.word(BARRIER),
            Effect::Indicate(indication) => {
                self.digest.word(INDICATE);
                self.digest.value_of(indication);
            }
            Effect::Mark(name) => {
                self.digest.word(MARK);
                self.digest.text(name);
            }
        }
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

    /// A node dies inside the step that it has just made.
    fn die<O: Observer<N> + ?Sized>(
        &mut self,
        node: NodeId,
        fault: u32,
        (loss, down): (DiskLoss, Option<u64>),
        watch: &mut O,
    ) {
        self.note_strike(fault, &[node], watch);
        self.crash(node, loss, fault, watch);
        self.pass_on(fault, node, watch);
        if let Some(down) = down {
            self.restart_at(self.now.saturating_add(down), node);
        }
    }
}

// What an effect begins with in the digest; the values matter to nobody, but must differ.
const SEND: u64 = 0x73656e64;
const SET_TIMER: u64 = 0x7365_7474_0000_0000;
const CANCEL_TIMER: u64 = 0x63616e63;
const WRITE: u64 = 0x77726974;
const BARRIER: u64 = 0x62617272;
const INDICATE: u64 = 0x696e6469;
const MARK: u64 = 0x6d61726b;
