//! The lanes of a run written by hand.

mod support;

use sim_check::SimTime;
use sim_view::Lanes;
use support::{cut_off, facts, report};

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
