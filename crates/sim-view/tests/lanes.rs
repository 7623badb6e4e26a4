//! The lanes of a run that the test invents.

mod support;

use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Glance, Happening, Seen, Watcher};
use sim_view::{Lanes, Window};
use support::{Fate, Tape, at, crashed, cut_off, facts, receives, report};

fn drawn(nodes: u32, width: usize) -> String {
    let mut lanes = Lanes::new(Vec::new(), &facts(nodes), 7, width);
    cut_off().play(&mut lanes);
    let bytes = lanes.finish(&report()).expect("memory takes everything");
    anstream::adapter::strip_str(&String::from_utf8(bytes).expect("text")).to_string()
}

#[test]
fn five_nodes_have_lanes_in_120_columns() {
    let picture = drawn(5, 120);
    assert!(picture.starts_with("the leader is cut off"), "{picture}");
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
    let starts = |again| Happening::Start { again, settings: None };
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
    assert!(line(4).contains("n1 has restarted since"), "{}", line(4));
    assert!(!line(4).contains("overtaken"), "{}", line(4));
    assert!(line(5).contains("including 500us waiting at n1"), "{}", line(5));
    assert!(line(5).contains("overtaken by a later message"), "{}", line(5));
    assert!(line(5).contains("its sender has crashed since"), "{}", line(5));
}

/// A message that a fault keeps has a row when it is sent, and one when the fault lets it go.
#[test]
fn a_message_that_is_held_is_sent_when_its_sender_sent_it() {
    let mut tape = Tape::new();
    let starts = || Happening::Start { again: false, settings: None };
    tape.step(0, 0, starts(), None);
    tape.step(0, 1, starts(), None);
    tape.sent(4, 1_000, 0, (0, 1), Fate::Held(2));
    tape.push(Seen::Released { message: 4, at: at(6_000), fault: 2, arrives: at(7_000) });
    tape.step(7_000, 1, receives(4, 0), Some(0));
    let mut lanes = Lanes::new(Vec::new(), &facts(2), 7, 200);
    tape.play(&mut lanes);
    let bytes = lanes.finish(&report()).expect("memory takes everything");
    let text = anstream::adapter::strip_str(&String::from_utf8(bytes).expect("text")).to_string();
    let row = |at: &str| {
        let found = text.lines().find(|line| line.trim_start().starts_with(at));
        found.unwrap_or_else(|| panic!("a row at {at}:\n{text}")).to_owned()
    };
    assert!(row("1.000ms").contains("to n1; fault 2 holds it"), "{text}");
    assert!(row("6.000ms").contains("fault 2 lets Coordinator from n0 to n1 go"), "{text}");
    assert!(row("7.000ms").contains("6ms in flight, 5ms of it held by fault 2"), "{text}");
}

/// Both instances of a node have one lane, and what each of them does is told apart.
#[test]
fn a_second_instance_has_a_sign_and_a_name_of_its_own() {
    let mut tape = Tape::new();
    let starts = || Happening::Start { again: false, settings: None };
    tape.step(0, 0, starts(), None);
    tape.step(0, 1, starts(), None);
    tape.twin(1_000, 0, starts());
    tape.sent_by_twin(4, 1_000, 2, (0, 1), 7_000);
    tape.step(7_000, 1, receives(4, 0), Some(2));
    let mut lanes = Lanes::new(Vec::new(), &facts(2), 7, 200);
    tape.play(&mut lanes);
    let bytes = lanes.finish(&report()).expect("memory takes everything");
    let text = anstream::adapter::strip_str(&String::from_utf8(bytes).expect("text")).to_string();
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("n0'")).collect();
    let [start, sends, receives] = rows[..] else { panic!("three rows:\n{text}") };
    assert!(
        start.contains("○") && start.contains("n0' starts, the second instance of n0"),
        "{text}"
    );
    assert!(sends.contains("n0' sends Coordinator"), "{text}");
    assert!(
        receives.contains("n1 receives Coordinator") && receives.contains("from n0'"),
        "{text}"
    );
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

fn window(set: impl FnOnce(&mut Window)) -> Window {
    let mut window = Window::default();
    set(&mut window);
    window
}

/// The picture of a window of the run that is cut off.
fn part(window: Window) -> String {
    let mut lanes = Lanes::within(Vec::new(), &facts(5), 7, 120, window);
    cut_off().play(&mut lanes);
    let bytes = lanes.finish(&report()).expect("memory takes everything");
    anstream::adapter::strip_str(&String::from_utf8(bytes).expect("text")).to_string()
}

/// The numbers of the steps that a picture shows.
fn steps(picture: &str) -> Vec<u64> {
    let column = |line: &str| line.get(8..18)?.split_whitespace().last()?.parse().ok();
    let mut steps: Vec<u64> = picture.lines().filter_map(column).collect();
    // The step that violated a property is named once more at the end.
    steps.dedup();
    steps
}

#[test]
fn a_node_is_shown_with_what_it_does_and_what_it_never_got() {
    let picture = part(window(|it| it.nodes = [NodeId::new(3)].into()));
    insta::assert_snapshot!(picture);
}

#[test]
fn a_window_begins_at_its_time() {
    let picture = part(window(|it| it.from = Some(at(10_000))));
    assert!(picture.contains("n3 handles timer Patience"), "{picture}");
    assert!(!picture.contains("starts\n") && !picture.contains("Isolate"), "{picture}");
    // What was sent before is known all the same.
    assert!(picture.contains("15.5ms in flight"), "{picture}");
}

#[test]
fn only_messages_of_a_kind_are_shown() {
    let picture = part(window(|it| it.kinds = ["Election"].into()));
    assert!(picture.contains("receives its own Election"), "{picture}");
    assert!(!picture.contains("Coordinator"), "{picture}");
}

#[test]
fn around_a_step_five_before_and_five_after_are_shown() {
    let tape = cut_off();
    let around = |window: Window, step| window.around(step, &mut |watcher| tape.play(watcher));
    let all = part(around(Window::default(), 8));
    assert_eq!(steps(&all), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], "{all}");
    let node = window(|it| it.nodes = [NodeId::new(4)].into());
    // The last is named since it violated a property.
    let of_four = part(around(node, 5));
    assert_eq!(steps(&of_four), [4, 5, 11, 12, 13], "{of_four}");
}

#[test]
fn a_window_in_which_nothing_happens_says_so() {
    let picture = part(window(|it| it.from = Some(at(1_000_000))));
    assert!(picture.contains("Nothing happened in this window."), "{picture}");
}

/// Of the steps that matter nothing is cut.
#[test]
fn what_a_decisive_step_says_is_not_cut() {
    let long = format!("Patience({})", "and more of it, ".repeat(60));
    let mut tape = Tape::new();
    tape.step(0, 0, Happening::Start { again: false, settings: None }, None);
    for us in [1_000, 2_000] {
        tape.step(us, 0, Happening::Timer { text: long.clone(), print: 1 }, Some(0));
    }
    let mut lanes = Lanes::new(Vec::new(), &facts(2), 7, 120).with_whole([2].into());
    tape.play(&mut lanes);
    let text = String::from_utf8(lanes.finish(&report()).expect("room")).expect("text");
    let plain = anstream::adapter::strip_str(&text).to_string();
    let words: Vec<&str> = plain.split_whitespace().filter(|it| *it != "│" && *it != "·").collect();
    let flat = words.join(" ");
    let (usual, decisive) = flat.split_once("2.000ms").expect("both steps");
    assert_eq!(decisive.matches("and more of it").count(), 60, "{flat}");
    assert!(usual.trim_end().ends_with("and 231 more words"), "{flat}");
}

/// Elsewhere whole values and whole words are left out, and counted.
#[test]
fn what_is_cut_is_cut_between_values() {
    let entries: Vec<String> = (1..=9)
        .map(|index| {
            format!("Entry {{ term: Term({index}), payload: Command(\"value-{index}\") }}")
        })
        .collect();
    let text = format!(
        "Append(Append {{ term: Term(3), entries: [{}], commit: Index(7), hint: None, .. }})",
        entries.join(", ")
    );
    let mut tape = Tape::new();
    tape.step(0, 0, Happening::Start { again: false, settings: None }, None);
    for us in [1_000, 2_000] {
        tape.step(us, 0, Happening::Timer { text: text.clone(), print: 1 }, Some(0));
    }
    let mut lanes = Lanes::new(Vec::new(), &facts(2), 7, 200).with_whole([2].into());
    tape.play(&mut lanes);
    let text = String::from_utf8(lanes.finish(&report()).expect("room")).expect("text");
    let plain = anstream::adapter::strip_str(&text).to_string();
    let words: Vec<&str> = plain.split_whitespace().filter(|it| *it != "│" && *it != "·").collect();
    let flat = words.join(" ");
    let (usual, decisive) = flat.split_once("2.000ms").expect("both steps");
    let told = "Append (term 3, entries [Entry (term 1, and 1 more), and 8 more], and 3 more)";
    assert!(usual.contains(told), "{usual}");
    assert!(decisive.contains("Entry (term 9, payload Command(\"value-9\"))]"), "{decisive}");
    assert!(decisive.contains("commit 7, no hint, and more)"), "{decisive}");
}

/// Who writes to nobody any more is told nothing.
#[test]
fn a_writer_that_fails_ends_the_writing() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lanes = Lanes::new(Closed, &facts(2), 7, 120);
    let glance = Glance {
        step: 0,
        at: at(0),
        node: NodeId::new(0),
        twin: false,
        peer: None,
        kind: None,
        is_send: false,
        is_lost: false,
    };
    assert_eq!(lanes.wants(&glance), Detail::Nothing);
    assert!(lanes.finish(&report()).is_err());
}

#[test]
fn nodes_that_are_no_servers_are_named_with_what_they_are() {
    let mut facts = facts(3);
    (facts.others, facts.parties) = (2, vec![("master", 1), ("client", 1)]);
    let mut lanes = Lanes::new(Vec::new(), &facts, 7, 120);
    cut_off().play(&mut lanes);
    let text = String::from_utf8(lanes.finish(&report()).expect("room")).expect("text");
    assert!(text.contains("n0 to n2 are servers, n3 is a master and n4 is a client."), "{text}");
    let plain = anstream::adapter::strip_str(&text).to_string();
    let words: Vec<&str> = plain.split_whitespace().filter(|it| *it != "│" && *it != "·").collect();
    let flat = words.join(" ");
    for words in ["client n4 sends Coordinator(4) to n0, n1, n2 and master n3", "from client n4"] {
        assert!(flat.contains(words), "{flat}");
    }
}
