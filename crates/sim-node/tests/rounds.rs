//! Synchronous rounds (Lynch 1996, chapter 2) made of timers: who receives what, in which round.

mod common;

use std::collections::BTreeMap;

use common::{Recorder, details, step};
use serde::{Deserialize, Serialize};
use sim_node::{
    Class, Duration, Effect, LATE_MESSAGE, Message, Node, NodeId, Role, RoundConfig, RoundContext,
    RoundMessage, RoundNode, RoundTimer, Rounds, Span, StepDetails,
};

const LENGTH: u64 = 100;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Say(String);

impl Message for Say {
    const KINDS: &'static [(&'static str, Class)] = &[("Say", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
}

/// Sends its number and the round to all, records what it receives, and halts after some rounds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Listener {
    received: BTreeMap<u32, BTreeMap<NodeId, Say>>,
}

impl RoundNode for Listener {
    type Config = u32;
    type Message = Say;
    type Indication = u32;

    fn start(cx: &mut RoundContext<'_, '_, Self>) -> Self {
        assert!(cx.id().number() < cx.servers());
        Self { received: BTreeMap::new() }
    }

    fn send(&self, round: u32, cx: &mut RoundContext<'_, '_, Self>) {
        cx.broadcast(&Say(format!("{} in {round}", cx.id())));
    }

    fn receive(
        &mut self,
        round: u32,
        messages: BTreeMap<NodeId, Say>,
        cx: &mut RoundContext<'_, '_, Self>,
    ) -> bool {
        self.received.insert(round, messages);
        cx.indicate(round);
        round < *cx.config()
    }

    fn role(&self) -> Option<Role> {
        Some(Role::new("listener", 1))
    }

    fn check(&self, config: &u32) {
        assert!(self.received.len() as u32 <= *config, "received more rounds than there are");
    }
}

type Process = Rounds<Listener>;

/// A process of three, in a test harness.
struct Driven {
    config: RoundConfig<u32>,
    sink: Recorder<Process>,
    node: Process,
}

impl Driven {
    fn start(rounds: u32, now: u64) -> Self {
        let config = RoundConfig { length: Duration::from_nanos(LENGTH), process: rounds };
        let mut sink = Recorder::new();
        let node = step(&config, Self::at(now), &mut sink, |cx| Process::start(&(), cx));
        Self { config, sink, node }
    }

    fn at(now: u64) -> StepDetails {
        details(0, 3, now)
    }

    fn receive(&mut self, from: u32, round: u32, now: u64) {
        let from = NodeId::new(from);
        let message = RoundMessage { round, message: Say(format!("{from} in {round}")) };
        step(&self.config, Self::at(now), &mut self.sink, |cx| {
            self.node.on_message(from, message, cx);
        });
        self.node.check(&self.config);
    }

    fn end_round(&mut self, now: u64) -> Vec<Effect<Process>> {
        self.sink.effects.clear();
        step(&self.config, Self::at(now), &mut self.sink, |cx| self.node.on_timer(RoundTimer, cx));
        self.node.check(&self.config);
        self.sink.take()
    }

    /// The senders of the messages that were received in a round.
    fn received(&self, round: u32) -> Vec<u32> {
        self.node.process().received[&round].keys().map(|node| node.number()).collect()
    }
}

/// What a process does at the beginning of a round: says it to both others, and waits so long.
fn begins(round: u32, wait: u64) -> [Effect<Process>; 3] {
    let message = RoundMessage { round, message: Say(format!("n0 in {round}")) };
    let send = |to| Effect::Send {
        to: NodeId::new(to),
        message: message.clone(),
        resend: false,
        at_once: false,
    };
    let span = Span::exactly(Duration::from_nanos(wait));
    [send(1), send(2), Effect::SetTimer { timer: RoundTimer, span }]
}

/// Section 2.1: in each round first msgs, then trans on everything that came in this round.
#[test]
fn a_round_is_send_then_receive() {
    let mut process = Driven::start(2, 0);
    assert_eq!(process.sink.take(), begins(1, LENGTH));
    process.receive(2, 1, 10);
    process.receive(1, 1, 90);
    let [told, then @ ..] = &process.end_round(LENGTH)[..] else { panic!("nothing was done") };
    assert_eq!(told, &Effect::Indicate(1));
    assert_eq!(then, begins(2, LENGTH));
    assert_eq!(process.received(1), [1, 2]);
    assert_eq!(process.node.round(), Some(2));

    process.receive(1, 2, 110);
    assert_eq!(process.end_round(2 * LENGTH), [Effect::Indicate(2)], "it halts and says no more");
    assert_eq!(process.received(2), [1]);
    assert_eq!(process.node.round(), None);
}

#[test]
fn a_late_message_is_reported_and_dropped() {
    let mut process = Driven::start(2, 0);
    process.end_round(LENGTH);
    process.receive(1, 1, 150);
    assert_eq!(process.sink.take(), [Effect::Mark(LATE_MESSAGE)]);
    process.receive(2, 2, 160);
    process.end_round(2 * LENGTH);
    assert_eq!(process.received(1), Vec::<u32>::new());
    assert_eq!(process.received(2), [2]);
}

#[test]
fn a_message_of_a_later_round_waits_for_it() {
    let mut process = Driven::start(3, 0);
    process.receive(1, 2, 99);
    process.receive(2, 3, 99);
    process.end_round(LENGTH);
    process.end_round(2 * LENGTH);
    process.end_round(3 * LENGTH);
    assert_eq!(process.received(1), Vec::<u32>::new());
    assert_eq!(process.received(2), [1]);
    assert_eq!(process.received(3), [2]);
}

#[test]
fn a_duplicate_is_received_once() {
    let mut process = Driven::start(1, 0);
    process.receive(1, 1, 10);
    process.receive(1, 1, 20);
    process.end_round(LENGTH);
    assert_eq!(process.node.process().received[&1].len(), 1);
}

#[test]
fn a_halted_process_does_nothing() {
    let mut process = Driven::start(1, 0);
    process.end_round(LENGTH);
    let halted = process.node.clone();
    process.receive(1, 1, 150);
    process.receive(1, 2, 150);
    assert_eq!(process.sink.take(), []);
    assert_eq!(process.end_round(2 * LENGTH), []);
    assert_eq!(process.node, halted);
}

/// Rounds are measured from the start on the node's own clock, wherever that clock began: a process
/// that was held up in round 1 until late in round 3 hurries through to be in step again.
#[test]
fn a_process_that_was_held_up_catches_up() {
    let mut process = Driven::start(4, 5_000);
    assert_eq!(process.sink.take(), begins(1, LENGTH));
    assert_eq!(process.end_round(5_230)[1..], begins(2, 0));
    assert_eq!(process.end_round(5_230)[1..], begins(3, 70));
    assert_eq!(process.end_round(5_300)[1..], begins(4, LENGTH));
}

#[test]
fn roles_and_invariants_are_those_of_the_process() {
    let process = Driven::start(1, 0);
    assert_eq!(process.node.role(), Some(Role::new("listener", 1)));
    let wrong = RoundConfig { process: 0, ..process.config };
    let mut ran = Driven::start(1, 0);
    ran.end_round(LENGTH);
    let broken = std::panic::catch_unwind(|| ran.node.check(&wrong));
    assert!(broken.is_err(), "the process's own invariants are checked");
}
