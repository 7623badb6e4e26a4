//! The memory as a node: accesses begin when their message comes and end when their time is over.

#[path = "support/links.rs"]
mod links;

use std::collections::BTreeSet;

use links::{ms, perfect_links, span};
use serde::Serialize;
use shared_memory::{
    Access, Cell, Domain, Lock, Mark, Memory, MemoryConfig, Message, ProcessConfig, RegisterConfig,
    Section, Semantics, Served, World as Party,
};
use sim_check::SimTime;
use sim_engine::{World, WorldSpec};
use sim_node::{Effect, Either, Harness, NodeId, Parties, Span};

fn config(semantics: Semantics) -> MemoryConfig<u8> {
    let register = RegisterConfig { semantics, domain: Domain::Growing };
    MemoryConfig { registers: [(7, register)].into(), read: span(1, 2), write: span(3, 4) }
}

/// The memory of two processes, in a test harness. It always chooses the first alternative.
fn memory(semantics: Semantics) -> Harness<Memory<u8>> {
    Harness::new(config(semantics), NodeId::new(2), 2).0
}

const P: NodeId = NodeId::new(0);
const Q: NodeId = NodeId::new(1);

fn timer(process: NodeId, span: Span) -> Effect<Memory<u8>> {
    Effect::SetTimer { timer: Served(process), span }
}

fn reply(to: NodeId, message: Message<u8>) -> Effect<Memory<u8>> {
    Effect::Send { to, message, resend: false, at_once: false }
}

#[test]
fn an_access_lasts_from_its_message_to_its_timer() {
    let mut memory = memory(Semantics::Atomic);

    memory.receive(P, Message::Write(7, 5));
    assert_eq!(memory.effects, [timer(P, memory.config.write)]);
    assert_eq!(memory.node.under_way(P), Some(Access::Write(7, 5)));
    assert_eq!(memory.node.held(7), Some(0), "it has not taken effect");

    memory.receive(Q, Message::Read(7));
    assert_eq!(memory.effects, [timer(Q, memory.config.read)]);

    memory.fire(Served(P));
    assert_eq!(memory.effects, [reply(P, Message::Written(7))]);
    assert_eq!(memory.node.held(7), Some(5));

    memory.fire(Served(Q));
    assert_eq!(memory.effects, [reply(Q, Message::Value(7, 5))]);
    assert_eq!(memory.node.under_way(Q), None);
}

#[test]
fn overlaps_that_leave_a_choice_are_marked() {
    let mut memory = memory(Semantics::Safe);
    memory.receive(P, Message::Write(7, 5));
    memory.receive(Q, Message::Read(7));
    memory.fire(Served(Q));
    let flicker = Effect::Mark(Mark::FlickeringRead.name());
    assert_eq!(memory.effects, [flicker, reply(Q, Message::Value(7, 0))]);

    memory.receive(Q, Message::Write(7, 6));
    memory.fire(Served(P));
    memory.fire(Served(Q));
    assert_eq!(
        memory.effects,
        [Effect::Mark(Mark::ClashingWrites.name()), reply(Q, Message::Written(7))]
    );
    assert_eq!(memory.node.held(7), Some(0), "the first of all values");
}

/// A new incarnation begins with an access of its own; nobody waits for the old one.
#[test]
fn an_access_of_a_new_incarnation_ends_the_old_one() {
    let mut memory = memory(Semantics::Atomic);
    memory.receive(P, Message::Write(7, 5));
    memory.receive(P, Message::Read(7));
    assert_eq!(memory.effects, [timer(P, memory.config.read)]);
    assert_eq!(memory.node.held(7), Some(5));
    memory.fire(Served(P));
    assert_eq!(memory.effects, [reply(P, Message::Value(7, 5))]);
}

#[test]
fn an_access_to_no_register_is_marked_and_not_answered() {
    let mut memory = memory(Semantics::Atomic);
    for message in [Message::Read(8), Message::Write(8, 1)] {
        memory.receive(P, message);
        assert_eq!(memory.effects, [Effect::Mark(Mark::AccessToNoRegister.name())]);
        assert_eq!(memory.node.under_way(P), None);
    }
}

#[test]
#[should_panic(expected = "a process makes one access at a time")]
fn a_cell_takes_one_access_of_a_process_at_a_time() {
    let mut cell = Cell::new(0);
    cell.begin_read(P, Semantics::Safe);
    cell.begin_read(P, Semantics::Safe);
}

/// No lock at all: process 0 writes 1, 2, 3..., process 1 reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Script {
    section: Section,
    made: u64,
    returned: Vec<u64>,
}

const ACCESSES: u64 = 12;

impl Lock for Script {
    type Name = u8;
    type Config = Semantics;

    fn new() -> Self {
        Self { section: Section::Remainder, made: 0, returned: Vec::new() }
    }

    fn registers(semantics: &Semantics) -> Vec<(u8, RegisterConfig)> {
        config(*semantics).registers.into_iter().collect()
    }

    fn section(&self) -> Section {
        self.section
    }

    fn enter(&mut self, _: u32, _: &Semantics) {
        self.section = Section::Doorway;
    }

    fn access(&self, me: u32) -> Option<Access<u8>> {
        (self.section == Section::Doorway).then_some(match me {
            0 => Access::Write(7, self.made + 1),
            _ => Access::Read(7),
        })
    }

    fn advance(&mut self, value: u64, _: u32, _: &Semantics) {
        self.made += 1;
        self.returned.push(value);
        if self.made == ACCESSES {
            self.section = Section::Critical;
        }
    }

    fn leave(&mut self) {
        unreachable!("its stay is longer than the run")
    }
}

/// What the reader has read, for each seed.
fn readings(semantics: Semantics) -> impl Iterator<Item = Vec<u64>> {
    let process = ProcessConfig {
        entries: 1,
        think: span(0, 20),
        critical: Span::exactly(ms(1_000_000)),
        lock: semantics,
    };
    let memory = MemoryConfig { write: span(1, 30), ..config(semantics) };
    let config = Parties { servers: 2, server: process, client: memory };
    let deadline = SimTime::from(ms(10_000));
    let mut spec = WorldSpec::<Party<Script>>::new(config, 2, perfect_links(1, 3), deadline);
    spec.others = 1;
    let spec = std::sync::Arc::new(spec);
    (0..300).map(move |seed| {
        let mut world = World::<_, ()>::new(spec.clone(), seed);
        world.run();
        let Some(Either::Server(reader)) = world.state(Q) else { panic!("the reader is up") };
        assert_eq!(reader.lock().returned.len() as u64, ACCESSES, "seed {seed}");
        reader.lock().returned.clone()
    })
}

fn goes_back(readings: &[u64]) -> bool {
    readings.windows(2).any(|pair| pair[1] < pair[0])
}

/// Lamport 1986, part II: only an atomic register never shows an older value after a newer one. A
/// regular one goes back by one write at most, since only that write can be overlapped twice; a
/// safe one returns what nobody has written.
#[test]
fn new_old_inversion_shows_in_some_seed_of_a_regular_register_and_never_of_an_atomic_one() {
    assert!(readings(Semantics::Atomic).all(|readings| !goes_back(&readings)));

    let inverted: Vec<_> =
        readings(Semantics::Regular).filter(|readings| goes_back(readings)).collect();
    assert!(inverted.len() > 30, "{} seeds", inverted.len());
    let back = |pair: &[u64]| pair[0].saturating_sub(pair[1]);
    let steps: BTreeSet<u64> =
        inverted.iter().flat_map(|readings| readings.windows(2).map(back)).collect();
    assert_eq!(steps, BTreeSet::from([0, 1]));

    let leap = |pair: &[u64]| pair[0] > pair[1] + 1;
    let leaps = readings(Semantics::Safe).filter(|readings| readings.windows(2).any(leap)).count();
    assert!(leaps > 30, "{leaps} seeds");
}
