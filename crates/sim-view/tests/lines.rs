//! A run as lines of JSON: what they say of states is enough to have every state whole.

#[path = "../../sim-scenario/tests/apply/mod.rs"]
mod apply;
#[path = "../../sim-scenario/tests/toy/mod.rs"]
mod toy;

use std::collections::BTreeMap;

use apply::worked_out;
use serde_json::Value;
use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Loaded, RunOptions, load_text};
use sim_view::{JsonLines, States, Window};

const SEED: u64 = 3;

fn storm() -> Loaded {
    let text = include_str!("../../sim-scenario/tests/scenarios/storm.ron");
    load_text("storm.ron", text, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"))
}

fn window(set: impl FnOnce(&mut Window)) -> Window {
    let mut window = Window::default();
    set(&mut window);
    window
}

fn lines(storm: &Loaded, window: Window, states: States) -> Vec<Value> {
    let mut lines = JsonLines::within(Vec::new(), window, states);
    storm.prepared.watch(SEED, &RunOptions::default(), &mut lines);
    let text = String::from_utf8(lines.finish().expect("memory takes everything")).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("an object on each line")).collect()
}

fn windows(storm: &Loaded) -> Vec<(&'static str, Window)> {
    let from = |ms: u64| Some(SimTime::from_nanos(ms * 1_000_000));
    let around = window(|it| it.nodes = [NodeId::new(1)].into()).around(60, &mut |watcher| {
        storm.prepared.watch(SEED, &RunOptions::default(), watcher);
    });
    vec![
        ("everything", Window::default()),
        ("from", window(|it| it.from = from(1_500))),
        ("node", window(|it| it.nodes = [NodeId::new(0), NodeId::new(3)].into())),
        ("kind", window(|it| it.kinds = ["Pong"].into())),
        ("kind and from", window(|it| (it.kinds, it.from) = (["Ping"].into(), from(700)))),
        ("around", around),
    ]
}

#[test]
fn the_state_at_the_beginning_and_its_changes_give_every_state() {
    let storm = storm();
    for (name, window) in windows(&storm) {
        let full = lines(&storm, window.clone(), States::Full);
        let whole: BTreeMap<u64, Value> = full
            .iter()
            .filter(|line| line["type"] == "step" && !line["state"].is_null())
            .map(|line| (line["step"].as_u64().expect("a step"), line["state"].clone()))
            .collect();
        assert!(whole.len() > 3, "{name}: {}", whole.len());
        assert_eq!(worked_out(&lines(&storm, window, States::Changes)), whole, "{name}");
    }
}

/// A step whose node was seen before tells its own changes and not those of steps in between.
#[test]
fn changes_are_those_of_the_step_itself() {
    let storm = storm();
    let step_lines = |window: Window| -> BTreeMap<u64, Value> {
        let lines = lines(&storm, window, States::Changes);
        let steps = lines.into_iter().filter(|line| line["type"] == "step");
        steps.map(|line| (line["step"].as_u64().expect("a step"), line)).collect()
    };
    let all = step_lines(Window::default());
    let mut compared = 0;
    for (name, window) in windows(&storm).into_iter().skip(1) {
        for (step, line) in step_lines(window) {
            assert_eq!(line["changes"], all[&step]["changes"], "{name}, step {step}");
            compared += usize::from(line["changes"].as_array().is_some_and(|it| !it.is_empty()));
        }
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn what_changes_nothing_has_no_changes() {
    let storm = storm();
    let lines = lines(&storm, Window::default(), States::Changes);
    let steps = || lines.iter().filter(|line| line["type"] == "step");
    assert!(steps().any(|line| line["changes"] == Value::Array(vec![])));
    assert!(lines.iter().all(|line| line["type"] != "state"), "every step is shown");
    // A whole state comes with a start, and only with a start.
    for line in steps().filter(|line| !line["state"].is_null()) {
        assert_eq!(line["event"]["type"], "start", "{line}");
    }
}

#[test]
fn without_states_there_are_none() {
    let storm = storm();
    for line in lines(&storm, Window::default(), States::Nothing) {
        assert!(line.get("state").is_none_or(Value::is_null), "{line}");
        assert!(line.get("changes").is_none_or(Value::is_null), "{line}");
    }
    let full = lines(&storm, Window::default(), States::Full);
    assert!(full.iter().all(|line| line.get("changes").is_none_or(Value::is_null)));
}

/// A long log that grows is not told again with every entry.
#[test]
fn a_long_state_is_told_once() {
    use sim_scenario::{Detail, Glance, Happening, Json, Seen, State, Watcher as _};
    let mut lines = JsonLines::within(Vec::new(), Window::default(), States::Changes);
    let state = |length: usize| {
        let entries: Vec<BTreeMap<&str, usize>> =
            (0..length).map(|index| BTreeMap::from([("index", index)])).collect();
        Json::of(&BTreeMap::from([("log", entries)])).expect("JSON")
    };
    let node = NodeId::new(0);
    for step in 0..1_000_u64 {
        let at = SimTime::from_nanos(step);
        let glance = Glance {
            step,
            at,
            node,
            twin: false,
            peer: None,
            kind: None,
            is_send: false,
            is_lost: false,
        };
        let wanted = if step == 0 { Detail::Passage } else { Detail::States };
        assert_eq!(lines.wants(&glance), wanted, "the state before is known");
        let what = match step {
            0 => Happening::Start { again: false, settings: None },
            _ => Happening::Timer { text: "\"Tick\"".to_owned(), print: 0 },
        };
        let length = 1_000 + usize::try_from(step).expect("small");
        lines.see(Seen::Step {
            step,
            at,
            node,
            twin: false,
            what,
            cause: None,
            effects: vec![],
            role: None,
            role_changed: false,
            before: None,
            state: Some(State::Json(state(length))),
        });
    }
    let bytes = lines.finish().expect("room").len();
    assert!(bytes < 400 * 1_000, "{bytes} bytes");
    assert!(bytes > state(1_000).to_string().len(), "{bytes} bytes");
}

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
    let mut lines = JsonLines::within(Closed, Window::default(), States::Changes);
    storm().prepared.watch(SEED, &RunOptions::default(), &mut lines);
    let error = lines.finish().err().expect("the writer fails");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}
