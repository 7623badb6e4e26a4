//! Which lock stands on which registers, by exhaustion: every order of events and every choice.
//!
//! The counts of worlds are there to show that an exploration does not shrink unnoticed.

#[path = "support/explore.rs"]
mod explore;
#[path = "support/odometer.rs"]
mod odometer;

use Semantics::{Atomic, Regular, Safe};
use explore::{Found, Orders, explore};
use shared_memory::{
    Bakery, BakeryLock, BakerySettings, Life, Peterson, PetersonLock, PetersonSettings, Semantics,
};
use sim_node::{Duration, Span};
use sim_protocol::Protocol;

const ALL: [Semantics; 3] = [Safe, Regular, Atomic];

fn peterson(flags: Semantics, turn: Semantics, entries: u32) -> Found {
    let time = Span::exactly(Duration::from_millis(1));
    let settings = PetersonSettings {
        flags,
        turn,
        life: Life { entries, think: time, critical: time, read: time, write: time },
    };
    let setup = Peterson::setup(&settings, None).expect("the settings make sense");
    explore::<PetersonLock>(&setup.config, Orders::All)
}

fn bakery(nodes: u32, registers: Semantics, choosing: bool, entries: u32, orders: Orders) -> Found {
    let time = Span::exactly(Duration::from_millis(1));
    let settings = BakerySettings {
        nodes,
        registers,
        choosing,
        life: Life { entries, think: time, critical: time, read: time, write: time },
    };
    let setup = Bakery::setup(&settings, None).expect("the settings make sense");
    explore::<BakeryLock>(&setup.config, orders)
}

fn holds(found: &Found) -> bool {
    found.violations.is_empty() && found.traps == 0
}

/// Peterson 1981; Lynch 1996, section 10.5.1: exclusion, no lockout. Bounded waiting and, for two,
/// first come first served besides. Safe flags are enough: a flag is read by one who has written
/// `turn` since, and what it must not miss was raised before that.
#[test]
fn peterson_stands_on_an_atomic_turn_whatever_the_flags() {
    for flags in ALL {
        let found = peterson(flags, Atomic, 3);
        assert!(holds(&found), "{flags:?}: {found:#?}");
        assert!(found.worlds > 6_000, "{flags:?}: {} worlds", found.worlds);
    }
}

/// Overlapping writes of `turn` may leave either value. Nothing but exclusion violated: nobody is
/// locked out, nobody overtaken twice.
#[test]
fn peterson_is_violated_by_a_turn_that_is_less_than_atomic() {
    for turn in [Safe, Regular] {
        for flags in ALL {
            let found = peterson(flags, turn, 2);
            assert_eq!(found.codes(), ["ME1"], "flags {flags:?}, turn {turn:?}");
            assert_eq!(found.traps, 0, "flags {flags:?}, turn {turn:?}");
            assert!(found.worlds > 4_000, "{} worlds", found.worlds);
        }
    }
}

/// The shortest way to break it has both writes of `turn` under way at once.
#[test]
fn the_story_of_petersons_violation_begins_with_overlapping_writes_of_turn() {
    let found = peterson(Atomic, Regular, 1);
    let story = &found.violations["ME1"];
    let position = |text: &str| {
        let at = story.iter().position(|step| step.contains(text));
        at.unwrap_or_else(|| panic!("{text} is not in {story:#?}"))
    };
    let begun = ["Write(Turn, 0)", "Write(Turn, 1)"].map(position);
    assert!(begun.into_iter().all(|begun| begun < position("Written(Turn)")), "{story:#?}");
}

/// Lamport 1974, for two processes: safe registers are enough for exclusion and first come first
/// served, and nobody is locked out.
#[test]
fn the_bakery_of_two_stands_on_safe_registers() {
    for registers in ALL {
        let found = bakery(2, registers, true, 2, Orders::All);
        assert!(holds(&found), "{registers:?}: {found:#?}");
        assert!(found.worlds > 8_000, "{registers:?}: {} worlds", found.worlds);
    }
}

/// Lamport 1974, for three processes, one entry each.
#[test]
fn the_bakery_of_three_stands_on_safe_registers() {
    let found = bakery(3, Safe, true, 1, Orders::PromptMessages);
    assert!(holds(&found), "{found:#?}");
    assert!(found.worlds > 400_000, "{} worlds", found.worlds);
}

/// Without `choosing`, a process may take a number and be slow to show it. Even atomic registers do
/// not help; what the number guarantees about order still holds.
#[test]
fn the_bakery_is_violated_without_choosing() {
    for registers in ALL {
        let found = bakery(2, registers, false, 2, Orders::All);
        assert_eq!(found.codes(), ["ME1"], "{registers:?}");
        assert_eq!(found.traps, 0, "{registers:?}");
    }
}
