//! [`Sheet`]: the text of a scenario, its tree, and what has been found wrong with it so far.

use ron::extensions::Extensions;
use serde::Deserialize;
use sim_protocol::Field;

use crate::explain::{Region, Source, Whose, explain};
use crate::outline::Item;
use crate::reader::{self, Unread};
use crate::tree::DEPTH_MAX;
use crate::{Diagnostic, Level, ProtocolFacts};

/// The text of a scenario, its tree, and what has been found wrong with it so far.
pub struct Sheet<'a> {
    /// The text as its author wrote it.
    pub(crate) text: &'a str,
    /// The text as `ron` reads it, byte for byte in the same places: see
    /// [`crate::mixed::unmixed`].
    pub(crate) plain: &'a str,
    /// The tree.
    pub(crate) outline: &'a Item,
    /// The protocol, where the catalogue has the one that the scenario names.
    pub(crate) facts: Option<&'a ProtocolFacts>,
    /// What has been found.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Sheet<'a> {
    /// Adds what was found.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether an error was found.
    pub(crate) fn is_wrong(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// The value of a field of the scenario; the whole scenario's when it is not given.
    pub(crate) fn field(&self, name: &str) -> &'a Item {
        self.outline.at_field(self.text, name)
    }

    /// Reads a part of the plain text with a type of the language. `noun` is what people call it.
    pub(crate) fn read<T: Deserialize<'a>>(&mut self, part: &'a str, noun: &str) -> Option<T> {
        self.read_as(part, noun, Whose::Language, &[])
    }

    /// As [`Sheet::read`], with a type of the protocol.
    pub(crate) fn read_own<T: Deserialize<'a>>(&mut self, part: &'a str, noun: &str) -> Option<T> {
        self.read_as(part, noun, Whose::Protocol, &[])
    }

    /// As [`Sheet::read_own`], for the settings of a protocol, whose fields are known.
    pub(crate) fn read_with_fields<T: Deserialize<'a>>(
        &mut self,
        part: &'a str,
        noun: &str,
        fields: &[Field],
    ) -> Option<T> {
        self.read_as(part, noun, Whose::Protocol, fields)
    }

    /// As [`Sheet::read`], where unknown fields were told of already.
    pub(crate) fn read_known_fields<T: Deserialize<'a>>(
        &mut self,
        part: &'a str,
        noun: &str,
    ) -> Option<T> {
        let read = options().from_str(part).map_err(Unread::of);
        self.told(read, part, noun, Whose::Language, &[])
    }

    fn read_as<T: Deserialize<'a>>(
        &mut self,
        part: &'a str,
        noun: &str,
        whose: Whose,
        fields: &[Field],
    ) -> Option<T> {
        let read = reader::read(part, &options());
        self.told(read, part, noun, whose, fields)
    }

    /// What was read of a part of the plain text; what was wrong with it is told.
    fn told<T>(
        &mut self,
        read: Result<T, Box<Unread>>,
        part: &'a str,
        noun: &str,
        whose: Whose,
        fields: &[Field],
    ) -> Option<T> {
        let unread = match read {
            Ok(value) => return Some(value),
            Err(unread) => unread,
        };
        // Both are slices of one text, so the distance of their beginnings is an offset in it.
        let offset = part.as_ptr() as usize - self.plain.as_ptr() as usize;
        let region = Region { offset, text: part, noun, whose, fields };
        let source = Source { text: self.text, outline: self.outline, facts: self.facts };
        self.push(explain(&unread, &region, &source));
        None
    }
}

/// How scenarios are read: `Some(..)` may be left out, and nesting has a bound.
pub(crate) fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .with_recursion_limit(DEPTH_MAX * 2)
}
