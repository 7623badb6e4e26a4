//! The lanes of a run that the test invents.

mod support;

use sim_check::SimTime;
use sim_scenario::Happening;
use sim_view::Lanes;
use support::{Fate, Tape, crashed, cut_off, facts, receives, report};

fn drawn(nodes: u32, width: usize) -> String {
    let mut lanes = Lanes::new(Vec::new(), &facts(nodes), 7, width);
    cut_off().play(&mut lanes);
    let bytes = lanes.finish(&report()).expect("memory takes everything");
    anstream::adapter::strip_str(&String::from_utf8(bytes).expect("text")).to_string()
}

#[test]
fn five_nodes_have_lanes_in_120_columns() {
    let picture = drawn(5, 120);
    assert!(picture.starts_with("sim-view"), "{picture}");
    assert!(picture.lines().all(|line| line.chars().count() <= 120), "{picture}");
    insta::assert_snapshot!(picture);
}

#[test]
fn twelve_nodes_have_narrow_lanes() {
    insta::assert_snapshot!(drawn(12, 120));
}

#[test]
fn forty_nodes_make_a_list_that_says_so() {
    let picture = drawn(40, 120);
    assert!(picture.contains("this is a list"), "{picture}");
    insta::assert_snapshot!(picture);
}

#[test]
fn late_messages_say_why_they_are_late() {
    let mut tape = Tape::new();
    let starts = |again| Happening::Start { again };
    tape.step(0, 0, starts(false), None);
    tape.step(0, 1, starts(false), None);
    for (message, arrives) in [(0, 9_000), (1, 3_000), (2, 6_000)] {
        tape.sent(message, 1_000 + message, 0, (0, 1), Fate::Arrives(arrives));
    }
    tape.step(3_000, 1, receives(1, 0), Some(0));
    tape.push(crashed(4_000, 1));
    tape.step(5_000, 1, starts(true), None);
    tape.step(6_000, 1, receives(2, 0), Some(0));
    tape.push(crashed(7_000, 0));
    tape.step(9_500, 1, receives(0, 0), Some(0));
    let mut lanes = Lanes::new(Vec::new(), &facts(2), 7, 400);
    tape.play(&mut lanes);
    let bytes = lanes.finish(&report()).expect("memory takes everything");
    let text = String::from_utf8(bytes).expect("text");
    let line = |step: u64| {
        let found = text.lines().find(|line| line.contains(&format!("{step:>6}\u{1b}")));
        found.expect("a line for the step").to_owned()
    };
    assert!(!line(2).contains("late"), "{}", line(2));
    assert!(line(4).contains("late: n1 has started again since"), "{}", line(4));
    assert!(!line(4).contains("overtaken"), "{}", line(4));
    assert!(line(5).contains("it waited 500us at n1"), "{}", line(5));
    assert!(line(5).contains("late: overtaken by a later one"), "{}", line(5));
    assert!(line(5).contains("late: its sender has crashed since"), "{}", line(5));
}

#[test]
fn a_narrow_page_is_not_overrun() {
    let mut lanes = Lanes::new(Vec::new(), &facts(5), 7, 40);
    cut_off().play(&mut lanes);
    let text = String::from_utf8(lanes.finish(&report()).expect("room")).expect("text");
    let text = anstream::adapter::strip_str(&text).to_string();
    for line in text.lines() {
        assert!(line.chars().count() <= 40, "{line}");
    }
}

#[test]
fn the_time_column_has_room_for_every_time() {
    let mut far = facts(2);
    far.deadline = SimTime::MAX;
    let lanes = Lanes::new(Vec::new(), &far, 7, 20);
    assert!(lanes.finish(&report()).is_ok());
}

#[test]
fn a_writer_that_fails_is_told_at_the_end() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut lanes = Lanes::new(Full, &facts(5), 7, 120);
    cut_off().play(&mut lanes);
    let error = lanes.finish(&report()).err().expect("the writer fails");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}
