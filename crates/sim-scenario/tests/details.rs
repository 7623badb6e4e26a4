//! A watcher is told as much as it wants, and what it wants changes nothing in the run.

mod toy;

use std::cell::RefCell;
use std::collections::BTreeMap;

use sim_scenario::{
    Detail, Done, Form, Glance, Happening, Report, RunOptions, Seen, State, Watcher, load_text,
};

/// Keeps what it sees, in as much detail as it asked for.
struct Keen {
    detail: Detail,
    form: Form,
    glances: RefCell<Vec<Glance>>,
    seen: Vec<Seen>,
}

impl Watcher for Keen {
    fn wants(&self, glance: &Glance) -> Detail {
        self.glances.borrow_mut().push(*glance);
        self.detail
    }

    fn form(&self) -> Form {
        self.form
    }

    fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
    }
}

fn watched(detail: Detail) -> (Report, Vec<Seen>) {
    let (report, keen) = kept(detail, Form::Text);
    (report, keen.seen)
}

fn kept(detail: Detail, form: Form) -> (Report, Keen) {
    let catalogue = toy::catalogue();
    let loaded = load_text("toy.ron", include_str!("scenarios/storm.ron"), &catalogue)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut keen = Keen { detail, form, glances: RefCell::default(), seen: Vec::new() };
    let report = loaded.prepared.watch(3, &RunOptions::default(), &mut keen);
    (report, keen)
}

/// What was seen in full without what this detail leaves out.
fn thinned(mut seen: Seen, detail: Detail) -> Option<Seen> {
    let bare = |text: &mut String| {
        if detail < Detail::Contents {
            text.clear();
        }
    };
    match &mut seen {
        Seen::Step { .. } | Seen::Sent { .. } if detail == Detail::Nothing => return None,
        Seen::Step { what, effects, before, state, .. } => {
            match what {
                Happening::Start { .. } => {}
                Happening::Message { text, .. }
                | Happening::Timer { text, .. }
                | Happening::Request { text } => bare(text),
            }
            if detail == Detail::Skeleton {
                effects.retain(|one| matches!(one, Done::Indicate { .. } | Done::Mark { .. }));
                for effect in effects {
                    if let Done::Indicate { text } = effect {
                        text.clear();
                    }
                }
            }
            for state in [before, state].into_iter().flatten() {
                *state = State::Text(String::new());
            }
        }
        Seen::Sent { text, .. } => bare(text),
        _ => {}
    }
    Some(seen)
}

#[test]
fn less_detail_leaves_texts_out_and_nothing_else() {
    let (report, all) = watched(Detail::States);
    assert!(all.iter().any(|seen| matches!(seen, Seen::Step { .. })));
    for detail in [Detail::Nothing, Detail::Skeleton, Detail::Contents] {
        let (same, seen) = watched(detail);
        assert_eq!(report, same, "{detail:?}");
        let thin: Vec<Seen> =
            all.iter().cloned().filter_map(|seen| thinned(seen, detail)).collect();
        assert!(seen == thin, "{detail:?}");
    }
}

/// A watcher decides by what it is told first: that must be what it sees then.
#[test]
fn a_glance_says_what_is_seen() {
    let (_, keen) = kept(Detail::Skeleton, Form::Text);
    let mut glances = keen.glances.borrow().clone().into_iter();
    let mut sends: Vec<Glance> = Vec::new();
    let mut compared = 0;
    for seen in &keen.seen {
        let glance = match seen {
            Seen::Step { step, at, node, twin, what, .. } => {
                let (peer, kind) = match what {
                    Happening::Message { from, kind, .. } => (Some(*from), Some(*kind)),
                    _ => (None, None),
                };
                let (step, at, node, twin) = (*step, *at, *node, *twin);
                Glance { step, at, node, twin, peer, kind, is_send: false, is_lost: false }
            }
            Seen::Sent { step, at, from, twin, to, kind, lost, .. } => Glance {
                step: *step,
                at: *at,
                node: *from,
                twin: *twin,
                peer: Some(*to),
                kind: Some(kind),
                is_send: true,
                is_lost: lost.is_some(),
            },
            _ => continue,
        };
        assert_eq!(glances.next(), Some(glance));
        sends.extend(glance.is_send.then_some(glance));
        compared += 1;
    }
    assert!(compared > 100 && sends.iter().any(|glance| glance.is_lost), "{compared}");
}

/// Whatever a protocol is made of, its contents and states are JSON in the JSON of a trace.
#[test]
fn contents_and_states_are_json() {
    let (report, keen) = kept(Detail::States, Form::Json);
    assert_eq!(report, watched(Detail::States).0, "the form changes nothing in the run");
    let mut states = 0;
    for seen in &keen.seen {
        let line = serde_json::to_value(seen).expect("JSON");
        let Seen::Step { state: Some(_), .. } = seen else { continue };
        states += 1;
        assert!(line["state"]["asked"].is_u64(), "{line}");
        assert!(line["state"]["waiting"].is_array(), "{line}");
        if line["event"]["type"] == "message" {
            let kind = line["event"]["kind"].as_str().expect("a kind");
            assert!(line["event"]["content"][kind].is_u64(), "{line}");
        }
    }
    assert!(states > 100, "{states}");
}

/// A state that did not change is not written once more: what is told of it is the same value.
#[test]
fn a_state_that_did_not_change_is_the_one_that_was_told() {
    let (_, keen) = kept(Detail::Passage, Form::Json);
    let (mut told, mut same) = (BTreeMap::new(), 0);
    for seen in keen.seen {
        let Seen::Step { node, before, state, .. } = seen else { continue };
        for state in [before, state].into_iter().flatten() {
            let State::Json(state) = state else { panic!("JSON was asked for: {state:?}") };
            if let Some(last) = told.get(&node).filter(|last| **last == state) {
                assert!(state.is(last), "{state}");
                same += 1;
            }
            told.insert(node, state);
        }
    }
    assert!(same > 100, "{same}");
}
