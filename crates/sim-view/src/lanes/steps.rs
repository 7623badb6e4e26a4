//! The rows of a step: what happened to the node, and what stands out of what it did.

use std::io::Write;

use anstyle::Style;
use sim_check::SimTime;
use sim_node::NodeId;
use sim_scenario::{Done, Happening, Seen};

use super::strokes::HANDLED_ARROW;
use super::{Lanes, Step, dot};
use crate::paint::{BOLD, HANDLED, PLAIN, ROLE, SENT, TOLD};
use crate::story::phrases;
use crate::words;

impl<W: Write> Lanes<W> {
    /// Takes note of a step that is not shown.
    pub(super) fn pass_over(&mut self, seen: &Seen) {
        let Seen::Step { at, node, twin, what, .. } = seen else { return };
        match what {
            Happening::Start { again, .. } => self.note_start((*node, *twin), *at, *again),
            Happening::Message { message: Some(message), .. } => {
                self.flights.handled(*message, *at);
            }
            _ => {}
        }
    }

    /// A lane is that of the first instance of its node.
    fn note_start(&mut self, (node, twin): (NodeId, bool), at: SimTime, again: bool) {
        if twin {
            return;
        }
        self.set_up(node, true);
        if again {
            self.flights.restarted(node, at);
        }
    }

    /// The row of a step: what happened to the node, and what it did besides speaking.
    pub(super) fn step(&mut self, seen: Seen) {
        let Seen::Step { step, at, node, twin, what, effects, role, role_changed, .. } = seen
        else {
            return;
        };
        self.page.set_whole(self.whole.contains(&step));
        let content = self.content(step);
        let who = self.names.instance((node, twin));
        let text = match &what {
            Happening::Start { again, settings } => {
                self.note_start((node, twin), at, *again);
                let again = if *again { " again" } else { "" };
                let second = match twin {
                    true => format!(", the second instance of {}", self.names.whole(node)),
                    false => String::new(),
                };
                format!("{who} starts{again}{}{second}", phrases::with(settings))
            }
            Happening::Timer { text, .. } => {
                format!("{who} handles timer {}", words::said(text, content))
            }
            Happening::Request { text } => {
                format!("{who} receives request {}", words::said(text, content))
            }
            Happening::Message { message: None, kind, text, .. } => {
                format!("{who} receives its own {}", words::content(kind, text, content))
            }
            Happening::Message { message: Some(message), from, kind, text, .. } => {
                let is_of_twin = self.flights.is_of_twin(*message);
                let from = self.names.instance((*from, is_of_twin));
                format!("{who} receives {} from {from}", words::content(kind, text, content))
            }
        };
        let mut picture = self.at_rest();
        let mut remarks = String::new();
        if let Happening::Message { message: Some(message), from, kind, .. } = &what {
            let labels = self.labels(kind, *message);
            picture.arrow(*from, node, HANDLED_ARROW, &labels);
            picture.mark(*from, if from < &node { '├' } else { '┤' }, HANDLED);
            remarks = self.flights.handled(*message, at);
            if !self.page.layout.has_room_for_numbers() {
                remarks.push_str(&format!(" (#{message})"));
            }
        }
        picture.mark(node, dot(twin), BOLD);
        let asides = asides(node, &effects, content);
        self.show((Some(at), Some(step)), &picture, PLAIN, &format!("{text}{remarks}{asides}"));
        self.highlights((node, &who), &effects, role_changed.then_some(role), content);
        self.step = Some(Step { number: step, at, node, twin, effects, departures: Vec::new() });
    }

    /// What stands out of a step has a row of its own.
    fn highlights(
        &mut self,
        (node, who): (NodeId, &str),
        effects: &[Done],
        role: Option<Option<(&'static str, u64)>>,
        content: usize,
    ) {
        if let Some(role) = role {
            let name = role.map_or("no role", |(name, _)| name);
            let text = match role {
                Some((name, rank)) => format!("{who} becomes {name} ({} {rank})", self.rank),
                None => format!("{who} loses its role"),
            };
            self.highlight(node, '◆', name, ROLE, &text);
        }
        for effect in effects {
            match effect {
                Done::Indicate { text } => {
                    let what = words::said(text, content);
                    self.highlight(node, '▲', &what, TOLD, &format!("{who} indicates {what}"));
                }
                Done::Mark { name } => {
                    self.highlight(
                        node,
                        '★',
                        name,
                        SENT,
                        &format!("{who} emits the mark \"{name}\""),
                    );
                }
                _ => {}
            }
        }
    }

    fn highlight(&mut self, node: NodeId, sign: char, word: &str, style: Style, text: &str) {
        let mut picture = self.at_rest();
        picture.label(node, sign, word, style);
        self.show((None, None), &picture, style, text);
    }
}

/// What else a step did, in few words: timers, writes, messages to itself.
fn asides(node: NodeId, effects: &[Done], content: usize) -> String {
    let mut text = String::new();
    for effect in effects {
        let aside = match effect {
            Done::SetTimer { text, min, max } if min == max => {
                format!("sets {} {}", words::said(text, content), words::duration(*min))
            }
            Done::SetTimer { text, min, max } => format!(
                "sets {} {}..{}",
                words::said(text, content),
                words::duration(*min),
                words::duration(*max)
            ),
            Done::CancelTimer { text } => format!("cancels {}", words::said(text, content)),
            Done::Write { text } => format!("writes {}", words::said(text, content)),
            Done::Barrier => "waits for its disk".to_owned(),
            Done::Send { to, kind, text, .. } if *to == node => {
                format!("sends itself {}", words::content(kind, text, content))
            }
            Done::Send { .. } | Done::Indicate { .. } | Done::Mark { .. } => continue,
        };
        text.push_str("; ");
        text.push_str(&aside);
    }
    text
}
