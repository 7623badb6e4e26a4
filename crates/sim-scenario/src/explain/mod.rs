//! Turns what could not be read into a diagnostic: the place in the whole file, what was found, and
//! what would be right.

mod correction;
mod fallback;
mod names;
mod place;
mod shape;

use std::ops::Range;

use ron::Error;
use sim_protocol::Field;

use crate::outline::Item;
use crate::reader::{Expected, Unread};
use crate::words::line;
use crate::{Diagnostic, ProtocolFacts, usage};

/// The file that an error is about.
pub(crate) struct Source<'a> {
    /// Its text.
    pub(crate) text: &'a str,
    /// Its tree.
    pub(crate) outline: &'a Item,
    /// Its protocol, where the catalogue has it: examples fit it.
    pub(crate) facts: Option<&'a ProtocolFacts>,
}

/// Whose types read a part of the file. A protocol may call its types as it likes, so the names of
/// the language mean nothing in its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The language's.
    Language,
    /// The protocol's: its settings, requests, workload and images.
    Protocol,
}

/// What is known of the part of the file that did not deserialise.
pub(crate) struct Region<'a> {
    /// Where the part begins in the file.
    pub(crate) offset: usize,
    /// Its text.
    pub(crate) text: &'a str,
    /// Its noun, when the error does not know a better name.
    pub(crate) noun: &'a str,
    /// Whose types read it.
    pub(crate) whose: Whose,
    /// The fields that may stand there, when it is the settings of a protocol.
    pub(crate) fields: &'a [Field],
}

/// The diagnostic for what could not be read in a part of the file.
pub(crate) fn explain(unread: &Unread, region: &Region<'_>, source: &Source<'_>) -> Diagnostic {
    let place = place::in_file(&unread.error, region, source.text);
    let scene = Scene { expected: &unread.expected, place, region, source };
    scene.helped(scene.diagnose(&unread.error.code))
}

/// What went wrong where.
struct Scene<'a> {
    /// What was expected: the innermost first.
    expected: &'a [Expected],
    /// Where, in the whole file.
    place: Range<usize>,
    region: &'a Region<'a>,
    source: &'a Source<'a>,
}

impl Scene<'_> {
    fn diagnose(&self, code: &Error) -> Diagnostic {
        let takes_names = matches!(self.expected.first(), Some(Expected::Struct { .. }));
        if let Some(diagnostic) = self.needless_name().filter(|_| !takes_names) {
            return diagnostic;
        }
        if let Some(diagnostic) = self.takes_no_requests() {
            return diagnostic;
        }
        match code {
            Error::NoSuchEnumVariant { expected, found, outer } => {
                self.variant(outer.as_deref(), found, expected)
            }
            Error::NoSuchStructField { expected, found, outer } => {
                self.unknown_field(outer.as_deref(), found, expected)
            }
            Error::MissingStructField { field, outer } => {
                self.missing_field(outer.as_deref(), field)
            }
            Error::DuplicateStructField { field, outer } => {
                let owner = self.owner(outer.as_deref(), self.group());
                let message = format!("the field `{field}` of {owner} is given twice");
                Diagnostic::error(self.place.clone(), message).label("the second time")
            }
            Error::Message(message) => self.custom(message),
            Error::IntegerOutOfBounds => self.out_of_range(),
            code => match self.expected.first() {
                Some(Expected::Enum { name, variants }) => self.no_name(name, variants),
                _ => self.shape(code),
            },
        }
    }

    /// The innermost value at the place.
    fn item(&self) -> &Item {
        self.source.outline.covering(&self.place)
    }

    /// The innermost value in brackets around the place.
    fn group(&self) -> &Item {
        self.source.outline.around(&self.place)
    }

    fn text(&self) -> &str {
        self.source.text
    }

    fn is_language(&self) -> bool {
        self.region.whose == Whose::Language
    }

    /// Where only the language's own names count: this one, if the language reads this part.
    fn in_language<'n>(&self, name: Option<&'n str>) -> Option<&'n str> {
        name.filter(|_| self.is_language())
    }

    /// How the construct of this name is written, in a scenario of this protocol.
    fn example(&self, name: Option<&str>) -> Option<String> {
        if self.is_language() && self.region.noun == "the request" && name == Some("At") {
            return usage::of("RequestLine", "At").map(|example| self.fitted(example));
        }
        if let Some(example) = usage::example(self.in_language(name)) {
            return Some(self.fitted(example));
        }
        // What a protocol says of its requests is all that is known of its constructs.
        usage::request(name?, self.source.facts).filter(|_| !self.is_language()).map(str::to_owned)
    }

    fn fitted(&self, example: &str) -> String {
        usage::fitted(example, self.source.facts)
    }

    /// An error in a value's own words, such as a duration without a unit.
    fn custom(&self, message: &str) -> Diagnostic {
        let item = self.item();
        let is_value = self.place.is_empty() || item.is_plain_value();
        let place = if is_value { item.span.clone() } else { self.place.clone() };
        Diagnostic::error(place, line(message)).label("here")
    }
}
