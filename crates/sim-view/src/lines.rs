//! [`JsonLines`]: a run, or a window of it, as lines of JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Detail, Form, Glance, Happening, Json, Operation, Seen, State, Watcher, patch};

use crate::window::Window;

/// What the lines tell of the states of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum States {
    /// The whole state once, and from then on what every step changes of it.
    #[default]
    Changes,
    /// The whole state after every step.
    Full,
    /// Nothing.
    Nothing,
}

/// Writes what happens as lines of JSON while it happens. It keeps one state of each node that was
/// up, and nothing else of the run. Once the writer fails, nothing is written out any more.
pub struct JsonLines<W> {
    out: W,
    window: Window,
    states: States,
    /// The state of each node, and of the second instance of one that is split in twins, as far as
    /// the lines have told it.
    told: BTreeMap<(NodeId, bool), Told>,
    failed: Option<io::Error>,
}

/// A state that follows from the lines so far.
struct Told {
    state: Json,
    /// Whether the node made steps since that are not shown.
    is_behind: bool,
}

/// A step, and what it changed.
#[derive(Serialize)]
struct StepLine<'a> {
    #[serde(flatten)]
    step: &'a Seen,
    changes: Option<Vec<Operation<'a>>>,
}

/// The state of a node before a step, as far as the lines so far do not tell it.
#[derive(Serialize)]
#[serde(tag = "type", rename = "state")]
struct StateLine<'a> {
    #[serde(rename = "at_ns")]
    at: SimTime,
    step: u64,
    node: NodeId,
    twin: bool,
    state: Option<&'a Json>,
    changes: Option<Vec<Operation<'a>>>,
}

impl<W: Write> JsonLines<W> {
    /// The lines of a window.
    pub fn within(out: W, window: Window, states: States) -> Self {
        Self { out, window, states, told: BTreeMap::new(), failed: None }
    }

    /// Hands back the writer.
    ///
    /// # Errors
    /// The first error of the writer, if it had one.
    pub fn finish(self) -> io::Result<W> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok(self.out),
        }
    }

    fn write(&mut self, line: &impl Serialize) {
        if self.failed.is_some() {
            return;
        }
        // As a whole: a writer may look at every write.
        let line = serde_json::to_vec(line).map_err(io::Error::from);
        let written = line.and_then(|mut line| {
            line.push(b'\n');
            self.out.write_all(&line)
        });
        self.failed = written.err();
    }

    /// A step whose changes are told.
    fn step(&mut self, mut seen: Seen) {
        let Seen::Step { node, twin, before, what, state, .. } = &mut seen else { return };
        let (who, before) = ((*node, *twin), before.take());
        let starts = matches!(what, Happening::Start { .. });
        let told = self.told.remove(&who).filter(|_| !starts);
        let after = match state.take() {
            Some(State::Json(after)) => after,
            other => {
                *state = other;
                return self.write(&StepLine { step: &seen, changes: None });
            }
        };
        let before = match told {
            Some(told) if !told.is_behind => Some(told.state),
            told => match before {
                Some(State::Json(before)) => {
                    self.catch_up(&seen, told.as_ref(), &before);
                    Some(before)
                }
                _ => None,
            },
        };
        match &before {
            Some(before) => {
                let changes = Some(patch(before, &after));
                self.write(&StepLine { step: &seen, changes });
            }
            None => {
                if let Seen::Step { state, .. } = &mut seen {
                    *state = Some(State::Json(after.clone()));
                }
                self.write(&StepLine { step: &seen, changes: None });
            }
        }
        self.told.insert(who, Told { state: after, is_behind: false });
    }

    /// Tells what a state had become before a step, where steps before it are not shown.
    fn catch_up(&mut self, step: &Seen, told: Option<&Told>, before: &Json) {
        let &Seen::Step { step, at, node, twin, .. } = step else { return };
        let changes = told.map(|told| patch(&told.state, before));
        if changes.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
        let state = changes.is_none().then_some(before);
        self.write(&StateLine { at, step, node, twin, state, changes });
    }
}

impl<W: Write> Watcher for JsonLines<W> {
    fn wants(&self, glance: &Glance) -> Detail {
        if self.failed.is_some() {
            return Detail::Nothing;
        }
        let detail = match self.states {
            States::Nothing => Detail::Contents,
            States::Full => Detail::States,
            States::Changes => match self.told.get(&(glance.node, glance.twin)) {
                Some(told) if !told.is_behind => Detail::States,
                _ => Detail::Passage,
            },
        };
        self.window.wants(glance, detail)
    }

    fn form(&self) -> Form {
        Form::Json
    }

    fn see(&mut self, mut seen: Seen) {
        let is_shown = self.window.sees(&seen);
        match &mut seen {
            Seen::Step { node, twin, .. } if !is_shown => {
                if let Some(told) = self.told.get_mut(&(*node, *twin)) {
                    told.is_behind = true;
                }
            }
            Seen::Step { .. } if self.states == States::Changes => return self.step(seen),
            Seen::Step { state, .. } => {
                if self.states == States::Nothing {
                    *state = None;
                }
                return self.write(&StepLine { step: &seen, changes: None });
            }
            Seen::Crashed { node, .. } => {
                self.told.remove(&(*node, false));
            }
            _ => {}
        }
        if is_shown {
            self.write(&seen);
        }
    }
}
