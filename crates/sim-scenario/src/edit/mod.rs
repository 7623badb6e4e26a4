//! [`Change`]: one thing of a scenario set to another value, as an edit of its text:
//! `protocol.barrier=true`, `network.loss=5%`.
//!
//! What was edited is read as if its author had written it so: whatever is wrong with the path or
//! the value is told by the loader, with its place in the edited text. An edit adds no line, so
//! lines keep their numbers.

mod path;
mod value;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::{Diagnostic, LoadError, tree};

/// One thing of a scenario set to another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The names and numbers that lead to it: `network`, `loss`.
    path: Vec<String>,
    /// The value, as it was given.
    value: String,
}

impl FromStr for Change {
    type Err = String;

    /// Reads `path=value`. The names of the path are separated by dots, and may contain blanks, as
    /// those of sets do; entries of lists and values
    /// without names go by their numbers, from 0, also in brackets: `faults[0]`.
    ///
    /// # Errors
    /// In one sentence, when there is no path or no value.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "a change is written as in `network.loss=5%`";
        let (path, value) = text.split_once('=').ok_or_else(|| EXAMPLE.to_owned())?;
        if value.trim().is_empty() {
            return Err(format!("there is no value behind `{}=`; {EXAMPLE}", path.trim()));
        }
        let dotted = path.trim().replace('[', ".").replace(']', "").replace('-', "_");
        let is_word = |c: char| matches!(c, '_' | ' ') || c.is_alphanumeric();
        let path: Vec<String> = dotted.split('.').map(|step| step.trim().to_owned()).collect();
        if path.iter().any(|step| step.is_empty() || !step.chars().all(is_word)) {
            return Err(format!("`{dotted}` is not a path of names and dots; {EXAMPLE}"));
        }
        Ok(Self { path, value: value.trim().to_owned() })
    }
}

/// As it is written on a command line.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path.join("."), self.value)
    }
}

/// The text of a scenario with these changes, made one after the other. `name` stands in errors
/// where the file's name would.
///
/// # Errors
/// When the text or a value cannot be read, when a path leads into something that has no parts or
/// to an entry that is not there, or when a change would undo an earlier one. Names that a scenario
/// does not know are added like any other: the loader refuses them, and suggests what was meant.
pub fn edit(name: &str, text: &str, changes: &[Change]) -> Result<String, LoadError> {
    let refused = |text: String, diagnostic: Diagnostic| LoadError {
        name: name.to_owned(),
        text,
        diagnostics: vec![diagnostic],
    };
    let mut edited = text.to_owned();
    for (number, change) in changes.iter().enumerate() {
        if let Some(undone) =
            changes[..number].iter().find(|one| one.path.starts_with(&change.path))
        {
            let message = format!("`{change}` would undo `{undone}`, which was set before");
            return Err(refused(edited, Diagnostic::about_the_file(message)));
        }
        edited = match change.made_in(&edited) {
            Ok(changed) => changed,
            Err(Refused { text, diagnostic }) => {
                return Err(refused(text.unwrap_or(edited), *diagnostic));
            }
        };
    }
    Ok(edited)
}

/// Why a change cannot be made.
struct Refused {
    /// The text with the change, when the error is about that.
    text: Option<String>,
    diagnostic: Box<Diagnostic>,
}

impl From<Box<Diagnostic>> for Refused {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self { text: None, diagnostic }
    }
}

impl Change {
    fn made_in(&self, text: &str) -> Result<String, Refused> {
        let outline = tree::read(text)?;
        let place = path::place(text, &outline, &self.path)?;
        let quoted = value::quoted(&self.value);
        let read = tree::read(&quoted);
        let value = read.as_ref().map_or(&*quoted, |item| &quoted[item.span.clone()]);
        let Place { span, before, after } = place;
        let edited = [&text[..span.start], &before, value, &after, &text[span.end..]].concat();
        if read.is_ok() {
            return Ok(edited);
        }
        let start = span.start + before.len();
        let diagnostic = self.wrong(&edited, start..start + value.len(), read.err());
        Err(Refused { text: Some(edited), diagnostic })
    }

    /// What is wrong with a value that is none, where it stands in the edited text. `alone` is what
    /// is wrong with it by itself.
    fn wrong(
        &self,
        edited: &str,
        place: Range<usize>,
        alone: Option<Box<Diagnostic>>,
    ) -> Box<Diagnostic> {
        let is_inside = |span: &Range<usize>| place.start <= span.start && span.end <= place.end;
        match (tree::read(edited), alone) {
            // It is more than one value, and would set something else besides.
            (Ok(_), _) | (Err(_), None) => {
                let message = format!("`{}` is set to one value", self.path.join("."));
                Diagnostic::error(place, message).label("more than one value").into()
            }
            (Err(wrong), _) if wrong.span.as_ref().is_some_and(is_inside) => wrong,
            // Such as a quote that is never closed, which is noticed further down.
            (Err(_), Some(mut alone)) => {
                let spans = alone.span.iter_mut().chain(alone.context.iter_mut().map(|c| &mut c.0));
                for span in spans {
                    *span = span.start + place.start..span.end + place.start;
                }
                alone
            }
        }
    }
}

/// Where a value goes: instead of what stands there, between these texts.
struct Place {
    span: Range<usize>,
    before: String,
    after: String,
}
