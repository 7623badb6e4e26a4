//! Locks in the simulator: one test per claim, with delays, spans and faults.
//!
//! `LOCK_SEEDS` sets how many seeds each test runs.

#[path = "support/links.rs"]
mod links;
#[path = "support/worlds.rs"]
mod worlds;

use links::{ms, perfect_links, span};
use shared_memory::{
    Bakery, BakerySettings, Claims, Life, Peterson, PetersonSettings, Section, Semantics,
};
use sim_check::{Kind, Verdict};
use sim_engine::{
    Delay, DiskLoss, Fault, First, LinkOverride, Occasion, PlannedFault, Target, Trigger, When,
    faults,
};
use sim_node::{Either, NodeId};
use sim_protocol::Protocol;
use worlds::{codes, sweep, world};

use Semantics::{Atomic, Regular, Safe};

fn seeds() -> u64 {
    let text = std::env::var("LOCK_SEEDS").unwrap_or_else(|_| "200".to_owned());
    text.parse().expect("LOCK_SEEDS is a number")
}

fn peterson(flags: Semantics, turn: Semantics) -> PetersonSettings {
    PetersonSettings {
        flags,
        turn,
        life: Life {
            entries: 10,
            think: span(0, 10),
            critical: span(1, 20),
            read: span(1, 3),
            write: span(1, 30),
        },
    }
}

fn bakery(nodes: u32, registers: Semantics) -> BakerySettings {
    BakerySettings {
        nodes,
        registers,
        choosing: true,
        life: Life {
            entries: 4,
            think: span(0, 20),
            critical: span(1, 10),
            read: span(1, 5),
            write: span(1, 20),
        },
    }
}

/// Whatever an asynchronous world may do without a crash: nodes stand still, handle events slowly,
/// and some messages take long.
fn storm() -> Vec<PlannedFault> {
    let window = |from, to| When::Between(ms(from).into(), ms(to).into());
    let on = |name: &str, nth| {
        let on = Occasion::Role(name.to_owned());
        When::On(Trigger { nth, ..Trigger::new(on) })
    };
    let slow_messages = Fault::from(faults::Links {
        from: None,
        to: None,
        both: false,
        kind: None,
        delay: Some(Delay::Exponential { mean: ms(30), min: ms(1) }),
        loss: None,
        duplication: None,
    });
    let faults = vec![
        (window(50, 150), Fault::from(faults::Pause(Target::Random(1), First::Oldest))),
        (on("doorway", 2), Fault::from(faults::Pause(Target::Trigger, First::Oldest))),
        (on("waiting", 3), Fault::from(faults::Pause(Target::Trigger, First::Oldest))),
        (on("critical", 2), Fault::from(faults::Pause(Target::Trigger, First::Oldest))),
        (
            window(300, 450),
            Fault::from(faults::Slow(Target::Random(1), Delay::Uniform(ms(1), ms(20)))),
        ),
        (When::At(ms(500).into()), Fault::from(faults::Resume(Target::All))),
        (window(500, 900), slow_messages),
        (window(700, 800), Fault::from(faults::Pause(Target::Others, First::Oldest))),
        (window(1000, 1100), Fault::from(faults::Pause(Target::Majority, First::Oldest))),
        (When::At(ms(2000).into()), Fault::from(faults::Resume(Target::All))),
        (When::At(ms(3000).into()), Fault::from(faults::Resume(Target::All))),
    ];
    let plan = |(id, (when, fault)): (u64, (When, Fault))| PlannedFault {
        lasts: None,
        id,
        label: format!("{fault:?}"),
        when,
        fault,
    };
    (0..).zip(faults).map(plan).collect()
}

/// The n-th process that enters crashes in the critical section.
fn crash_inside(nth: u32) -> Vec<PlannedFault> {
    vec![PlannedFault {
        lasts: None,
        id: 0,
        label: "crash in the critical section".to_owned(),
        when: When::On(Trigger { nth, ..Trigger::new(Occasion::Role("critical".to_owned())) }),
        fault: Fault::from(faults::Crash {
            who: Target::Trigger,
            down: None,
            disk: DiskLoss::default(),
            inside: None,
            settings: None,
        }),
    }]
}

/// Runs all seeds; every claim is held in each and every claim is judged in some.
fn holds<P: Protocol<Properties = Claims>>(settings: &P::Settings, faults: &[PlannedFault])
where
    Claims: sim_check::Properties<P::Node>,
{
    let spec = world::<P>(settings, perfect_links(1, 5), 20, faults.to_vec());
    let mut judged = [false; 5];
    for (seed, outcome) in sweep::<P::Node, Claims>(&spec, seeds()) {
        let verdict = outcome.verdict;
        assert_eq!(verdict, Verdict::Held, "{settings:?}, seed {seed}: {:#?}", outcome.findings);
        for (judged, (_, verdict)) in judged.iter_mut().zip(&outcome.properties) {
            *judged |= *verdict == Verdict::Held;
        }
    }
    assert_eq!(judged, [true; 5], "{settings:?}: every claim is judged");
}

/// Runs all seeds; in each, every property holds or only this one is violated. Returns in how many
/// it is.
fn violated<P: Protocol>(settings: &P::Settings, code: &str) -> u64 {
    let spec = world::<P>(settings, perfect_links(1, 5), 20, Vec::new());
    let mut violated = 0;
    for (seed, outcome) in sweep::<P::Node, P::Properties>(&spec, seeds()) {
        match outcome.verdict {
            Verdict::Held => {}
            Verdict::Violated => {
                violated += 1;
                assert_eq!(codes(&outcome, Verdict::Violated), [code], "seed {seed}");
            }
            verdict => panic!("seed {seed}: {verdict:?}"),
        }
    }
    violated
}

/// Peterson 1981; Lynch 1996, section 10.5.1.
#[test]
fn peterson_holds_with_an_atomic_turn_and_any_flags() {
    for flags in [Safe, Regular, Atomic] {
        holds::<Peterson>(&peterson(flags, Atomic), &[]);
        holds::<Peterson>(&peterson(flags, Atomic), &storm());
    }
}

/// `turn` has two writers, and overlapping writes of a register that is not atomic may leave either
/// value.
#[test]
fn peterson_loses_exclusion_with_a_turn_that_is_less_than_atomic() {
    for turn in [Safe, Regular] {
        for flags in [Safe, Atomic] {
            let settings = PetersonSettings {
                life: Life {
                    think: span(0, 50),
                    critical: span(20, 60),
                    read: span(1, 2),
                    write: span(1, 60),
                    ..peterson(flags, turn).life
                },
                ..peterson(flags, turn)
            };
            let violated = violated::<Peterson>(&settings, "ME1");
            assert!(violated > seeds() / 5, "flags {flags:?}, turn {turn:?}: {violated} seeds");
        }
    }
}

/// Lamport 1974: any number of processes, safe registers.
#[test]
fn the_bakery_holds_with_safe_registers() {
    for nodes in [2, 3, 5] {
        holds::<Bakery>(&bakery(nodes, Safe), &[]);
        holds::<Bakery>(&bakery(nodes, Safe), &storm());
    }
}

/// Lamport 1974: what holds with safe registers holds with better ones.
#[test]
fn the_bakery_holds_with_regular_and_atomic_registers() {
    for registers in [Regular, Atomic] {
        holds::<Bakery>(&bakery(3, registers), &storm());
    }
}

/// Without `choosing` two processes may take one number, and the one with the lower name may be
/// slow to show it.
#[test]
fn the_bakery_loses_exclusion_without_choosing() {
    for registers in [Safe, Atomic] {
        let settings = BakerySettings { choosing: false, ..bakery(3, registers) };
        let violated = violated::<Bakery>(&settings, "ME1");
        assert!(violated > seeds() / 20, "{registers:?}: {violated} seeds");
    }
}

/// The same as a story: process 0 has looked, and its write takes long; process 1 looks, sees
/// nobody, and is inside when the write arrives.
#[test]
fn a_slow_write_breaks_the_bakery_without_choosing_in_every_seed() {
    let mut network = perfect_links(1, 2);
    network.overrides.push(LinkOverride {
        from: Some(vec![NodeId::new(0)]),
        kind: Some(1),
        delay: Some(Delay::Constant(ms(100))),
        ..LinkOverride::default()
    });
    let settings = BakerySettings {
        choosing: false,
        life: Life {
            think: span(0, 0),
            critical: span(200, 300),
            read: span(1, 2),
            write: span(1, 2),
            ..bakery(2, Atomic).life
        },
        ..bakery(2, Atomic)
    };
    let spec = world::<Bakery>(&settings, network, 20, Vec::new());
    for (seed, outcome) in sweep::<_, Claims>(&spec, seeds()) {
        assert_eq!(codes(&outcome, Verdict::Violated), ["ME1"], "seed {seed}");
        let finding = &outcome.findings[0];
        assert_eq!(finding.node, Some(NodeId::new(0)), "seed {seed}");
        assert_eq!(finding.witnesses.len(), 1, "the other's entry belongs to the story");
    }
}

/// Lynch 1996, section 10.2, assumes that a process inside comes out. Without that no process
/// enters any more: progress violated, lockout-freedom is not claimed, safety holds.
#[test]
fn a_crash_in_the_critical_section_takes_progress_away() {
    let locks =
        [world::<Peterson>(&peterson(Atomic, Atomic), perfect_links(1, 5), 2, crash_inside(3))
            .clone()];
    for spec in &locks {
        stops_for_good(sweep::<_, Claims>(spec, seeds()));
    }
    let spec = world::<Bakery>(&bakery(3, Safe), perfect_links(1, 5), 2, crash_inside(3));
    stops_for_good(sweep::<_, Claims>(&spec, seeds()));
}

fn stops_for_good(outcomes: impl Iterator<Item = (u64, sim_engine::Outcome)>) {
    for (seed, outcome) in outcomes {
        assert_eq!(codes(&outcome, Verdict::Violated), ["ME2"], "seed {seed}");
        assert!(codes(&outcome, Verdict::Vacuous).contains(&"ME3"), "seed {seed}");
        assert!(codes(&outcome, Verdict::Held).starts_with(&["ME1"]), "seed {seed}");
    }
}

/// Lamport 1974 lets a process stop outside the algorithm; nobody waits for it.
#[test]
fn a_crash_in_the_remainder_harms_nobody() {
    let settings = BakerySettings {
        life: Life { think: span(50, 60), ..bakery(3, Safe).life },
        ..bakery(3, Safe)
    };
    let fault = PlannedFault {
        lasts: None,
        id: 0,
        label: "crash before it wants in".to_owned(),
        when: When::At(ms(10).into()),
        fault: Fault::from(faults::Crash {
            who: Target::Node(1),
            down: None,
            disk: DiskLoss::default(),
            inside: None,
            settings: None,
        }),
    };
    let spec = world::<Bakery>(&settings, perfect_links(1, 5), 20, vec![fault]);
    for (seed, outcome) in sweep::<_, Claims>(&spec, seeds()) {
        assert_eq!(outcome.verdict, Verdict::Held, "seed {seed}: {:#?}", outcome.findings);
        assert!(codes(&outcome, Verdict::Held).contains(&"ME3"), "seed {seed}");
    }
}

/// A process that crashes in the protocol and restarts finds an access of its last incarnation at
/// the memory; nothing panics, and the memory serves on.
#[test]
fn a_crash_with_return_leaves_the_model_but_breaks_no_assertion() {
    let mut faults = crash_inside(2);
    for (id, name) in [(1, "doorway"), (2, "waiting")] {
        let on = Occasion::Role(name.to_owned());
        faults.push(PlannedFault {
            lasts: None,
            id,
            label: format!("crash in the {name}"),
            when: When::On(Trigger { nth: 3, ..Trigger::new(on) }),
            fault: Fault::from(faults::Crash {
                who: Target::Trigger,
                down: Some(ms(1)),
                disk: DiskLoss::default(),
                inside: None,
                settings: None,
            }),
        });
    }
    if let Fault::Crash(faults::Crash { down, .. }) = &mut faults[0].fault {
        *down = Some(ms(1));
    }
    let spec = world::<Bakery>(&bakery(3, Safe), perfect_links(1, 5), 20, faults);
    for (seed, outcome) in sweep::<_, Claims>(&spec, seeds()) {
        assert!(outcome.findings.iter().all(|f| f.code != sim_engine::PANIC), "seed {seed}");
        assert!(codes(&outcome, Verdict::Violated).iter().all(|code| *code != "ME3"));
    }
}

/// At the end everybody has been in as often as it wanted, and every access was a message and a
/// reply.
#[test]
fn every_access_is_a_round_trip() {
    let settings = bakery(3, Safe);
    let spec = world::<Bakery>(&settings, perfect_links(1, 5), 20, Vec::new());
    for seed in 0..20 {
        let mut world = sim_engine::World::<_, Claims>::new(spec.clone(), seed);
        let outcome = world.run();
        for number in 0..3 {
            let Some(Either::Server(process)) = world.state(NodeId::new(number)) else {
                panic!("node {number} is a process and up");
            };
            assert_eq!(process.entries(), settings.life.entries, "seed {seed}");
            assert_eq!(process.section(), Section::Remainder, "seed {seed}");
        }
        let counts = &outcome.counts;
        assert_eq!(counts.total(), counts.protocol, "seed {seed}");
        let of = |kind| counts.by_kind.iter().find(|(name, _)| *name == kind).unwrap().1;
        assert_eq!((of("Read"), of("Write")), (of("Value"), of("Written")), "seed {seed}");
        // choosing up, number, choosing down, number back: four writes an entry.
        assert_eq!(of("Write"), 3 * 4 * u64::from(settings.life.entries), "seed {seed}");
        // At least each other's number, choosing and number again.
        assert!(of("Read") >= 3 * 6 * u64::from(settings.life.entries), "seed {seed}");
    }
}

/// The claims as the tools list them.
#[test]
fn claims_have_their_codes_and_kinds() {
    let claims = <Claims as sim_check::Properties<<Bakery as Protocol>::Node>>::claims();
    let codes: Vec<_> = claims.iter().map(|claim| (claim.code, claim.kind)).collect();
    let (safety, liveness) = (Kind::Safety, Kind::Liveness);
    let expected =
        [("ME1", safety), ("ME2", liveness), ("ME3", liveness), ("ME4", safety), ("ME5", safety)];
    assert_eq!(codes, expected);
}
