//! A watcher is told as much as it wants, and what it wants changes nothing in the run.

mod toy;

use sim_scenario::{Detail, Done, Happening, Report, RunOptions, Seen, Watcher, load_text};

/// Keeps what it sees, in as much detail as it asked for.
struct Keen {
    detail: Detail,
    seen: Vec<Seen>,
}

impl Watcher for Keen {
    fn wants(&self, _: u64) -> Detail {
        self.detail
    }

    fn see(&mut self, seen: Seen) {
        self.seen.push(seen);
    }
}

fn watched(detail: Detail) -> (Report, Vec<Seen>) {
    let catalogue = toy::catalogue();
    let loaded = load_text("toy.ron", include_str!("scenarios/storm.ron"), &catalogue)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut keen = Keen { detail, seen: Vec::new() };
    let report = loaded.prepared.watch(3, &RunOptions::default(), &mut keen);
    (report, keen.seen)
}

/// What was seen in full without what this detail leaves out.
fn thinned(seen: Seen, detail: Detail) -> Option<Seen> {
    let bare = |text: String| if detail < Detail::Contents { String::new() } else { text };
    Some(match seen {
        Seen::Step { .. } | Seen::Sent { .. } if detail == Detail::Nothing => return None,
        Seen::Step { step, at, node, what, cause, mut effects, role, role_changed, state } => {
            let what = match what {
                Happening::Start { again } => Happening::Start { again },
                Happening::Message { message, from, kind, text, print } => {
                    Happening::Message { message, from, kind, text: bare(text), print }
                }
                Happening::Timer { text, print } => Happening::Timer { text: bare(text), print },
                Happening::Request { text } => Happening::Request { text: bare(text) },
            };
            if detail == Detail::Skeleton {
                effects.retain(|one| matches!(one, Done::Indicate { .. } | Done::Mark { .. }));
                for effect in &mut effects {
                    if let Done::Indicate { text } = effect {
                        text.clear();
                    }
                }
            }
            let state = state.map(|_| String::new());
            Seen::Step { step, at, node, what, cause, effects, role, role_changed, state }
        }
        Seen::Sent { message, at, step, from, to, kind, text, print, arrives, lost, copy } => {
            let text = bare(text);
            Seen::Sent { message, at, step, from, to, kind, text, print, arrives, lost, copy }
        }
        other => other,
    })
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
