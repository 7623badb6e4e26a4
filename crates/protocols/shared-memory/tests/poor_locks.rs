//! Every claim can be violated: locks that are poorer than Peterson's and the bakery, and a process
//! that stands still for good.

#[path = "support/explore.rs"]
mod explore;
#[path = "support/links.rs"]
mod links;
#[path = "support/odometer.rs"]
mod odometer;
#[path = "support/worlds.rs"]
mod worlds;

use std::collections::BTreeSet;
use std::sync::Arc;

use explore::{Orders, explore};
use links::{ms, perfect_links, span};
use serde::Serialize;
use shared_memory::{
    Access, Bakery, BakerySettings, Claims, Domain, Life, Lock, MemoryConfig, ProcessConfig,
    RegisterConfig, Section, Semantics, World as Party,
};
use sim_check::{SimTime, Verdict};
use sim_engine::{Fault, First, Occasion, PlannedFault, Target, Trigger, When, WorldSpec, faults};
use sim_node::{Node, NodeId, Parties};
use worlds::{codes, sweep, world};

/// Locks for two with a flag each and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
enum Flags {
    Remainder,
    Raise,
    Look,
    Lower,
    Wait,
    RaiseAgain,
    Critical,
    Release,
}

/// What a process does when it sees the other's flag up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manners {
    /// It looks again and never gives way.
    None,
    /// Process 1 gives way: the one-bit algorithm (Lamport, *The mutual exclusion problem*, part
    /// II, 1986). Nobody is deadlocked, but process 1 may be overtaken for ever.
    OneGivesWay,
}

impl Lock for Flags {
    type Name = u32;
    type Config = Manners;

    fn new() -> Self {
        Self::Remainder
    }

    fn registers(_: &Manners) -> Vec<(u32, RegisterConfig)> {
        let bit = RegisterConfig { semantics: Semantics::Safe, domain: Domain::UpTo(1) };
        vec![(0, bit), (1, bit)]
    }

    fn section(&self) -> Section {
        match self {
            Self::Remainder => Section::Remainder,
            Self::Raise => Section::Doorway,
            Self::Look | Self::Lower | Self::Wait | Self::RaiseAgain => Section::Waiting,
            Self::Critical => Section::Critical,
            Self::Release => Section::Exit,
        }
    }

    fn enter(&mut self, _: u32, _: &Manners) {
        *self = Self::Raise;
    }

    fn access(&self, me: u32) -> Option<Access<u32>> {
        match self {
            Self::Raise | Self::RaiseAgain => Some(Access::Write(me, 1)),
            Self::Lower | Self::Release => Some(Access::Write(me, 0)),
            Self::Look | Self::Wait => Some(Access::Read(1 - me)),
            Self::Remainder | Self::Critical => None,
        }
    }

    fn advance(&mut self, value: u64, me: u32, manners: &Manners) {
        *self = match self {
            Self::Raise | Self::RaiseAgain => Self::Look,
            Self::Look if value == 0 => Self::Critical,
            Self::Look if me == 1 && *manners == Manners::OneGivesWay => Self::Lower,
            Self::Look => Self::Look,
            Self::Lower => Self::Wait,
            Self::Wait if value == 0 => Self::RaiseAgain,
            Self::Wait => Self::Wait,
            Self::Release => Self::Remainder,
            Self::Remainder | Self::Critical => unreachable!("no access is under way"),
        };
    }

    fn leave(&mut self) {
        *self = Self::Release;
    }
}

fn config(manners: Manners, entries: u32) -> <Party<Flags> as Node>::Config {
    let process = ProcessConfig { entries, think: span(0, 5), critical: span(1, 9), lock: manners };
    let registers = Flags::registers(&manners).into_iter().collect();
    let memory = MemoryConfig { registers, read: span(1, 9), write: span(1, 9) };
    Parties { servers: 2, server: process, client: memory }
}

fn spec(manners: Manners) -> Arc<WorldSpec<Party<Flags>>> {
    let deadline = SimTime::from(ms(5_000));
    let mut spec = WorldSpec::new(config(manners, 6), 2, perfect_links(1, 5), deadline);
    spec.others = 1;
    Arc::new(spec)
}

/// ME2, and ME3 with it: both flags are up, and nobody gives way.
#[test]
fn flags_without_manners_deadlock() {
    let mut deadlocks = 0;
    for (seed, outcome) in sweep::<_, Claims>(&spec(Manners::None), 50) {
        match codes(&outcome, Verdict::Violated).as_slice() {
            [] => {}
            violated => {
                assert_eq!(violated, ["ME2", "ME3"], "seed {seed}");
                deadlocks += 1;
            }
        }
    }
    assert!(deadlocks > 10, "{deadlocks} seeds");

    let found = explore::<Flags>(&config(Manners::None, 2), Orders::All);
    assert!(found.violations.is_empty(), "{:?}", found.violations);
    assert!(found.traps > 0, "there is no way out of a deadlock");
}

/// ME4 and ME5: the one that gives way is overtaken, by one who came later and more than once.
#[test]
fn good_manners_lose_first_come_first_served_and_bounded_waiting() {
    let mut violated = BTreeSet::new();
    for (_, outcome) in sweep::<_, Claims>(&spec(Manners::OneGivesWay), 50) {
        violated.extend(codes(&outcome, Verdict::Violated));
        for finding in &outcome.findings {
            assert_eq!(finding.node, Some(NodeId::new(0)), "who overtakes: {}", finding.detail);
            assert_eq!(finding.witnesses.len(), 1, "{}", finding.detail);
        }
    }
    assert_eq!(violated, BTreeSet::from(["ME4", "ME5"]));

    let found = explore::<Flags>(&config(Manners::OneGivesWay, 2), Orders::All);
    assert_eq!(found.codes(), ["ME4", "ME5"]);
    assert_eq!(found.traps, 0, "it is free of deadlock");
}

/// ME3 alone: somebody is inside, so ME2 asks for nothing; but it stands still, and the others
/// wait.
#[test]
fn a_process_that_never_comes_out_locks_the_others_out() {
    let settings = BakerySettings {
        nodes: 3,
        registers: Semantics::Safe,
        choosing: true,
        life: Life {
            entries: 3,
            think: span(0, 5),
            critical: span(1, 9),
            read: span(1, 5),
            write: span(1, 5),
        },
    };
    let on = Occasion::Role("critical".to_owned());
    let pause = PlannedFault {
        lasts: None,
        id: 0,
        label: "pause inside".to_owned(),
        when: When::On(Trigger { nth: 2, ..Trigger::new(on) }),
        fault: Fault::from(faults::Pause(Target::Trigger, First::Oldest)),
    };
    let spec = world::<Bakery>(&settings, perfect_links(1, 5), 1, vec![pause]);
    for (seed, outcome) in sweep::<_, Claims>(&spec, 50) {
        assert_eq!(codes(&outcome, Verdict::Violated), ["ME3"], "seed {seed}");
    }
}
