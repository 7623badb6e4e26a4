//! A small exhaustive explorer of locks: every order of events, every choice, and no time.
//!
//! Any message under way may arrive next and any timer that is set may fire next, so what holds
//! here holds whatever the delays and spans. It drives the nodes that the simulator drives and
//! judges them with the same properties.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use shared_memory::{
    BoundedWaiting, FirstComeFirstServed, Lock, MutualExclusion, Section, World as Party,
};
use sim_check::{Judge, Property, SimTime, View};
use sim_node::{Context, Effect, Either, Event, Node, NodeId, Sink, StepDetails};

use crate::odometer::every_choice;

type Config<L> = <Party<L> as Node>::Config;
type Message<L> = <Party<L> as Node>::Message;
type Timer<L> = <Party<L> as Node>::Timer;

/// What an exploration found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Distinct worlds.
    pub(crate) worlds: usize,
    /// The safety claims that were violated somewhere, by code, each with one of its shortest
    /// stories.
    pub(crate) violations: BTreeMap<&'static str, Vec<String>>,
    /// Worlds from which no order of events and no choice leads to the end, in which every process
    /// has entered as often as it wants. Without any, nobody is ever locked out under a scheduler
    /// that gives every event and choice a chance.
    pub(crate) traps: usize,
}

impl Found {
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.violations.keys().copied().collect()
    }
}

/// Which orders to explore.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orders {
    /// All.
    All,
    /// Those in which messages take no time. That is enough for mutual exclusion: an access that
    /// lasts from its sending to its receiving overlaps whatever a shorter one overlaps, and being
    /// inside earlier ends nobody's stay.
    PromptMessages,
}

/// Explores every world that can be reached, breadth first, also beyond the violation of a claim.
pub(crate) fn explore<L: Lock>(config: &Config<L>, orders: Orders) -> Found {
    let mut found = Found::default();
    let mut index: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let mut ends: Vec<usize> = Vec::new();
    let mut frontier = VecDeque::from([(0, World::<L>::new(config))]);
    index.insert(frontier[0].1.identity(), 0);
    while let Some((place, world)) = frontier.pop_front() {
        let all = world.next(orders);
        if all.is_empty() || world.is_over(config) {
            ends.extend(world.is_over(config).then_some(place));
            continue;
        }
        for next in all {
            let (before, node, event) = world.take(next);
            for after in before.steps(config, node, &event) {
                let count = index.len();
                let number = *index.entry(after.identity()).or_insert(count);
                edges.push((number, place));
                if number < count {
                    continue;
                }
                for code in &after.violated {
                    found.violations.entry(*code).or_insert_with(|| after.story());
                }
                frontier.push_back((number, after));
            }
        }
    }
    found.worlds = index.len();
    found.traps = index.len() - reach(&mut edges, &ends, index.len());
    found
}

/// How many worlds can be reached from these along the edges.
fn reach(edges: &mut [(usize, usize)], from: &[usize], worlds: usize) -> usize {
    edges.sort_unstable();
    let mut reached = vec![false; worlds];
    let mut frontier = from.to_vec();
    let mut count = 0;
    while let Some(world) = frontier.pop() {
        if std::mem::replace(&mut reached[world], true) {
            continue;
        }
        count += 1;
        let first = edges.partition_point(|(start, _)| *start < world);
        let out = edges[first..].iter().take_while(|(start, _)| *start == world);
        frontier.extend(out.map(|(_, end)| *end));
    }
    count
}

/// All nodes and everything under way.
#[derive(Clone)]
struct World<L: Lock> {
    states: Vec<Option<Party<L>>>,
    /// Sender, receiver and message. Nobody has two equal messages under way.
    messages: BTreeSet<(NodeId, NodeId, Message<L>)>,
    timers: BTreeSet<(NodeId, Timer<L>)>,
    exclusion: MutualExclusion,
    waiting: BoundedWaiting,
    order: FirstComeFirstServed,
    /// The claims that were violated in the last step.
    violated: Vec<&'static str>,
    last: Option<Rc<Happened>>,
}

/// The last thing that happened, and what had happened before.
struct Happened {
    text: String,
    before: Option<Rc<Happened>>,
}

enum Next<L: Lock> {
    Message(NodeId, NodeId, Message<L>),
    Timer(NodeId, Timer<L>),
}

impl<L: Lock> World<L> {
    fn new(config: &Config<L>) -> Self {
        let servers = config.servers;
        let mut world = Self {
            states: vec![None; servers as usize + 1],
            messages: BTreeSet::new(),
            timers: BTreeSet::new(),
            exclusion: Property::<Party<L>>::new(config, servers),
            waiting: Property::<Party<L>>::new(config, servers),
            order: Property::<Party<L>>::new(config, servers),
            violated: Vec::new(),
            last: None,
        };
        for number in 0..=servers {
            let outcomes = world.steps(config, NodeId::new(number), &Event::Start);
            world = outcomes.into_iter().next().expect("a step has an outcome");
        }
        world
    }

    /// Whether every process has entered as often as it wants and is back in its remainder.
    fn is_over(&self, config: &Config<L>) -> bool {
        self.states.iter().flatten().all(|state| match state {
            Either::Server(process) => {
                process.section() == Section::Remainder
                    && process.entries() == config.server.entries
            }
            Either::Client(_) => true,
        })
    }

    fn next(&self, orders: Orders) -> Vec<Next<L>> {
        let mut messages =
            self.messages.iter().map(|(from, to, message)| Next::Message(*from, *to, *message));
        if orders == Orders::PromptMessages
            && let Some(first) = messages.next()
        {
            return vec![first];
        }
        let timers = self.timers.iter().map(|(node, timer)| Next::Timer(*node, *timer));
        messages.chain(timers).collect()
    }

    fn take(&self, next: Next<L>) -> (Self, NodeId, Event<Party<L>>) {
        let mut world = self.clone();
        match next {
            Next::Message(from, to, message) => {
                world.messages.remove(&(from, to, message));
                (world, to, Event::Message { from, message })
            }
            Next::Timer(node, timer) => {
                world.timers.remove(&(node, timer));
                (world, node, Event::Timer(timer))
            }
        }
    }

    /// Every outcome of one step.
    fn steps(&self, config: &Config<L>, node: NodeId, event: &Event<Party<L>>) -> Vec<Self> {
        let mut outcomes = Vec::new();
        every_choice(|choose| {
            let mut after = Self { violated: Vec::new(), ..self.clone() };
            let mut step = Step { effects: Vec::new(), choose };
            let details =
                StepDetails { id: node, servers: config.servers, ..StepDetails::default() };
            let cx = &mut Context::new(config, details, &mut step);
            match (event.clone(), &mut after.states[node.index()]) {
                (Event::Start, slot) => *slot = Some(Node::start(&Default::default(), cx)),
                (Event::Message { from, message }, Some(state)) => {
                    state.on_message(from, message, cx);
                }
                (Event::Timer(timer), Some(state)) => state.on_timer(timer, cx),
                (Event::Request(request), Some(state)) => state.on_request(request, cx),
                (_, None) => unreachable!("every node is up"),
            }
            let effects = step.effects;
            after.apply(node, &effects);
            after.judge(config, node, &effects);
            let text = format!("{node} {event:?}");
            after.last = Some(Rc::new(Happened { text, before: self.last.clone() }));
            outcomes.push(after);
        });
        outcomes
    }

    fn apply(&mut self, node: NodeId, effects: &[Effect<Party<L>>]) {
        for effect in effects {
            match effect {
                Effect::Send { to, message, .. } => {
                    let new = self.messages.insert((node, *to, *message));
                    assert!(new, "a process makes one access at a time");
                }
                Effect::SetTimer { timer, .. } => {
                    self.timers.insert((node, *timer));
                }
                Effect::CancelTimer(timer) => {
                    self.timers.remove(&(node, *timer));
                }
                Effect::Write(_) | Effect::Barrier => unreachable!("these nodes have no disk"),
                Effect::Indicate(_) | Effect::Mark(_) => {}
            }
        }
    }

    fn judge(&mut self, config: &Config<L>, node: NodeId, effects: &[Effect<Party<L>>]) {
        let states = &self.states;
        states[node.index()].as_ref().expect("the node is up").check(config);
        // Time and steps stand still: they would tell apart worlds that are the same.
        let (time, servers) = (SimTime::ZERO, config.servers);
        let view = View { time, step: 0, servers, config, states, core: None, byzantine: None };
        let mut judge = |property: &mut dyn FnMut(&mut Judge), code| {
            let mut judge = Judge::default();
            property(&mut judge);
            if judge.violation().is_some() {
                self.violated.push(code);
            }
        };
        judge(&mut |judge| self.exclusion.after(&view, node, effects, judge), "ME1");
        judge(&mut |judge| self.waiting.after(&view, node, effects, judge), "ME4");
        judge(&mut |judge| self.order.after(&view, node, effects, judge), "ME5");
    }

    fn identity(&self) -> (u64, u64) {
        let nodes = (&self.states, &self.messages, &self.timers);
        let all = (nodes, &self.waiting, &self.order, &self.violated);
        let mut low = DefaultHasher::new();
        all.hash(&mut low);
        let mut high = DefaultHasher::new();
        (low.finish(), all).hash(&mut high);
        (low.finish(), high.finish())
    }

    fn story(&self) -> Vec<String> {
        let mut story = Vec::new();
        let mut last = self.last.as_ref();
        while let Some(happened) = last {
            story.push(happened.text.clone());
            last = happened.before.as_ref();
        }
        story.reverse();
        story
    }
}

/// The driver's side of one step.
struct Step<'c, L: Lock> {
    effects: Vec<Effect<Party<L>>>,
    choose: &'c mut dyn FnMut(u64) -> u64,
}

impl<L: Lock> Sink<Party<L>> for Step<'_, L> {
    fn emit(&mut self, effect: Effect<Party<L>>) {
        self.effects.push(effect);
    }

    fn choose(&mut self, alternatives: u64) -> u64 {
        (self.choose)(alternatives)
    }
}
