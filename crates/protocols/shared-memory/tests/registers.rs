//! Registers against their definitions: Lamport, *On interprocess communication*, part II, 1986.
//!
//! Every order of a few invocations and responses, and every choice in it, is run through a
//! [`Cell`]; what comes out is compared with what the definitions allow for the intervals of the
//! accesses.

#[path = "support/odometer.rs"]
mod odometer;

use std::collections::BTreeSet;

use odometer::every_choice;
use shared_memory::{Cell, Domain, RegisterConfig, Semantics};
use sim_node::NodeId;

use Kind::{Read, Write};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read,
    Write(u64),
}

/// An access with its place in the order of all invocations and responses.
#[derive(Clone, Copy, Debug)]
struct Access {
    process: usize,
    kind: Kind,
    begins: usize,
    ends: usize,
}

impl Access {
    fn precedes(&self, other: &Self) -> bool {
        self.ends < other.begins
    }

    fn overlaps(&self, other: &Self) -> bool {
        !self.precedes(other) && !other.precedes(self)
    }

    fn written(&self) -> Option<u64> {
        match self.kind {
            Write(value) => Some(value),
            Read => None,
        }
    }
}

/// Accesses in the order of their invocations.
type History = Vec<Access>;

/// What the reads returned, by their place in the history, and what the register held in the end.
type Result = (Vec<Option<u64>>, u64);

const LAST: u64 = 4;

/// All histories of processes that each make these accesses, one after the other.
fn histories(programs: &[&[Kind]]) -> Vec<History> {
    fn extend(
        programs: &[&[Kind]],
        done: &mut Vec<(usize, Option<usize>)>,
        history: &mut History,
        time: usize,
        all: &mut Vec<History>,
    ) {
        let mut over = true;
        for process in 0..programs.len() {
            let (next, under_way) = done[process];
            if let Some(access) = under_way {
                over = false;
                history[access].ends = time;
                done[process] = (next, None);
                extend(programs, done, history, time + 1, all);
                history[access].ends = usize::MAX;
            } else if let Some(kind) = programs[process].get(next) {
                over = false;
                history.push(Access { process, kind: *kind, begins: time, ends: usize::MAX });
                done[process] = (next + 1, Some(history.len() - 1));
                extend(programs, done, history, time + 1, all);
                history.pop();
            }
            done[process] = (next, under_way);
        }
        if over {
            all.push(history.clone());
        }
    }
    let mut all = Vec::new();
    let mut done = vec![(0, None); programs.len()];
    extend(programs, &mut done, &mut Vec::new(), 0, &mut all);
    all
}

/// Everything that may come out of a history.
fn results(history: &History, semantics: Semantics) -> BTreeSet<Result> {
    let config = RegisterConfig { semantics, domain: Domain::UpTo(LAST) };
    let mut results = BTreeSet::new();
    every_choice(|choose| {
        let mut cell = Cell::new(0);
        let mut returned = vec![None; history.len()];
        for time in 0..2 * history.len() {
            for (place, access) in history.iter().enumerate() {
                let process = NodeId::new(u32::try_from(access.process).unwrap());
                match access.kind {
                    Read if access.begins == time => cell.begin_read(process, semantics),
                    Write(value) if access.begins == time => {
                        cell.begin_write(process, value, semantics);
                    }
                    Read if access.ends == time => {
                        let ended = cell.end_read(process, config, 0, &mut *choose);
                        returned[place] = Some(ended.value);
                    }
                    Write(_) if access.ends == time => {
                        cell.end_write(process, config, 0, &mut *choose);
                    }
                    _ => {}
                }
            }
        }
        results.insert((returned, cell.held()));
    });
    results
}

/// What has been written by accesses that ended before an instant and that no other such write
/// follows; the initial value when nothing has.
fn left_before(history: &History, instant: usize) -> BTreeSet<u64> {
    let ended = || history.iter().filter(|a| a.written().is_some() && a.ends < instant);
    let last = ended().filter(|write| !ended().any(|other| write.precedes(other)));
    let left: BTreeSet<u64> = last.filter_map(Access::written).collect();
    if left.is_empty() { BTreeSet::from([0]) } else { left }
}

fn anything() -> BTreeSet<u64> {
    (0..=LAST).collect()
}

/// What a register may hold once everybody is done.
fn allowed_in_the_end(history: &History, semantics: Semantics) -> BTreeSet<u64> {
    let left = left_before(history, usize::MAX);
    if semantics == Semantics::Safe && left.len() > 1 { anything() } else { left }
}

/// What a read may return.
fn allowed(history: &History, read: &Access, semantics: Semantics) -> BTreeSet<u64> {
    let overlapping: BTreeSet<u64> =
        history.iter().filter(|access| access.overlaps(read)).filter_map(Access::written).collect();
    let left = left_before(history, read.begins);
    match semantics {
        Semantics::Safe if !overlapping.is_empty() || left.len() > 1 => anything(),
        Semantics::Safe => left,
        Semantics::Regular => &left | &overlapping,
        Semantics::Atomic => unreachable!("an atomic register is defined by its whole history"),
    }
}

/// Whether some order of all accesses that keeps to the order of the intervals explains the result
/// (Herlihy and Wing, *Linearizability*, 1990).
fn is_linearizable(history: &History, (returned, held): &Result) -> bool {
    fn place(history: &History, returned: &[Option<u64>], left: &[usize], value: u64) -> Vec<u64> {
        if left.is_empty() {
            return vec![value];
        }
        let mut ends = Vec::new();
        for next in left {
            if left.iter().any(|other| history[*other].precedes(&history[*next])) {
                continue;
            }
            let after = match history[*next].kind {
                Write(written) => written,
                Read if returned[*next] == Some(value) => value,
                Read => continue,
            };
            let rest: Vec<usize> = left.iter().copied().filter(|other| other != next).collect();
            ends.extend(place(history, returned, &rest, after));
        }
        ends
    }
    let all: Vec<usize> = (0..history.len()).collect();
    place(history, returned, &all, 0).contains(held)
}

/// Whether a read returns an older value than a read that precedes it; one writer writes 1, 2, 3...
fn has_inversion(history: &History, (returned, _): &Result) -> bool {
    let read = |first: usize, second: usize| {
        history[first].precedes(&history[second])
            && returned[first].is_some()
            && returned[second].is_some()
            && returned[second] < returned[first]
    };
    (0..history.len()).any(|second| (0..history.len()).any(|first| read(first, second)))
}

/// One writer, two readers.
const ONE_WRITER: &[&[Kind]] = &[&[Write(1), Write(2)], &[Read, Read], &[Read]];
/// Two writers, one of which writes twice, and a reader.
const TWO_WRITERS: &[&[Kind]] = &[&[Write(1), Write(2)], &[Write(3)], &[Read, Read]];
/// Three writers.
const THREE_WRITERS: &[&[Kind]] = &[&[Write(1)], &[Write(2), Write(4)], &[Write(3)]];

/// Part II: with one writer, the reads of a safe and of a regular register are free of each other,
/// so what may come out is the product of what each may return, no less and no more.
#[test]
fn safe_and_regular_registers_of_one_writer_return_what_their_definitions_allow() {
    for semantics in [Semantics::Safe, Semantics::Regular] {
        for history in histories(ONE_WRITER) {
            let mut expected = BTreeSet::from([Vec::new()]);
            for access in &history {
                let values: Vec<Option<u64>> = match access.kind {
                    Read => allowed(&history, access, semantics).into_iter().map(Some).collect(),
                    Write(_) => vec![None],
                };
                let with = |prefix: &Vec<Option<u64>>| {
                    let prefix = prefix.clone();
                    values.clone().into_iter().map(move |v| [prefix.clone(), vec![v]].concat())
                };
                expected = expected.iter().flat_map(with).collect();
            }
            let results = results(&history, semantics);
            assert!(results.iter().all(|(_, held)| *held == 2), "{history:?}");
            let returned: BTreeSet<_> = results.into_iter().map(|(returned, _)| returned).collect();
            assert_eq!(returned, expected, "{semantics:?}: {history:?}");
        }
    }
}

/// Several writers: every single read may return just what is allowed, and overlapping writes leave
/// one of their values in a regular register, anything in a safe one.
#[test]
fn overlapping_writes_leave_one_of_their_values_or_anything() {
    for semantics in [Semantics::Safe, Semantics::Regular] {
        let both = [TWO_WRITERS, THREE_WRITERS].into_iter().flat_map(histories);
        for history in both {
            let results = results(&history, semantics);
            let held: BTreeSet<u64> = results.iter().map(|(_, held)| *held).collect();
            assert_eq!(held, allowed_in_the_end(&history, semantics), "{semantics:?}: {history:?}");
            for (place, access) in history.iter().enumerate() {
                if access.kind == Read {
                    let returned: BTreeSet<u64> =
                        results.iter().filter_map(|(returned, _)| returned[place]).collect();
                    let allowed = allowed(&history, access, semantics);
                    assert_eq!(returned, allowed, "{semantics:?}: {history:?}");
                }
            }
        }
    }
}

/// What overlapping writes have left stays: reads that overlap no write agree, until the next
/// write.
#[test]
fn what_overlapping_writes_leave_is_drawn_once() {
    let mut drawn = BTreeSet::new();
    let programs: &[&[Kind]] = &[&[Write(1)], &[Write(2)], &[Read, Read]];
    for semantics in [Semantics::Safe, Semantics::Regular] {
        for history in histories(programs) {
            let after = |access: &Access| {
                access.kind != Read || history.iter().all(|w| w.kind == Read || w.precedes(access))
            };
            if !history.iter().all(after) {
                continue;
            }
            for (returned, held) in results(&history, semantics) {
                assert!(returned.into_iter().flatten().all(|value| value == held), "{history:?}");
                drawn.insert((semantics, held));
            }
        }
    }
    assert_eq!(drawn.len(), 5 + 2, "anything, or one of the two");
}

/// Part II: atomic registers behave as if accesses happened one at a time.
#[test]
fn atomic_registers_are_linearizable() {
    for history in [ONE_WRITER, TWO_WRITERS, THREE_WRITERS].into_iter().flat_map(histories) {
        for result in results(&history, Semantics::Atomic) {
            assert!(is_linearizable(&history, &result), "{history:?}: {result:?}");
        }
    }
}

/// Part II: a regular register that never shows an older value after a newer one is atomic. So
/// inversions, and nothing else, tell the two apart.
#[test]
fn new_old_inversion_tells_regular_from_atomic() {
    let mut inversions = 0;
    for history in histories(ONE_WRITER) {
        for result in results(&history, Semantics::Regular) {
            let inverted = has_inversion(&history, &result);
            inversions += u64::from(inverted);
            assert_eq!(is_linearizable(&history, &result), !inverted, "{history:?}: {result:?}");
        }
        for result in results(&history, Semantics::Atomic) {
            assert!(!has_inversion(&history, &result), "{history:?}: {result:?}");
        }
    }
    assert!(inversions > 0, "some regular history is inverted");
}

/// Each kind of register may do what the stronger kinds may, and more.
#[test]
fn safe_allows_more_than_regular_and_regular_more_than_atomic() {
    let all = |semantics| {
        let both = [ONE_WRITER, TWO_WRITERS].into_iter().flat_map(histories);
        both.map(|history| results(&history, semantics)).collect::<Vec<_>>()
    };
    let (safe, regular) = (all(Semantics::Safe), all(Semantics::Regular));
    let atomic = all(Semantics::Atomic);
    assert!(safe.iter().zip(&regular).all(|(safe, regular)| safe.is_superset(regular)));
    assert!(regular.iter().zip(&atomic).all(|(regular, atomic)| regular.is_superset(atomic)));
    assert_ne!(safe, regular);
    assert_ne!(regular, atomic);
}

/// The bakery's numbers: a safe read draws from 0 to the highest written + 1 (Lamport 1974 lets it
/// be any natural number).
#[test]
fn a_growing_domain_reaches_one_beyond_the_highest_value_written() {
    assert_eq!(Domain::UpTo(1).size(7), 2);
    assert_eq!(Domain::Growing.size(0), 2);
    assert_eq!(Domain::Growing.size(7), 9);

    let (reader, writer) = (NodeId::new(0), NodeId::new(1));
    let config = RegisterConfig { semantics: Semantics::Safe, domain: Domain::Growing };
    let mut drawn = BTreeSet::new();
    every_choice(|choose| {
        let mut cell = Cell::new(0);
        cell.begin_read(reader, Semantics::Safe);
        cell.begin_write(writer, 2, Semantics::Safe);
        drawn.insert(cell.end_read(reader, config, 2, choose).value);
    });
    assert_eq!(drawn, BTreeSet::from([0, 1, 2, 3]));
}
