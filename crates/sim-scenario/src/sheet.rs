//! [`Sheet`]: the text of a scenario, its tree, and what has been found wrong with it so far.

use ron::extensions::Extensions;
use serde::Deserialize;
use sim_protocol::Field;

use crate::explain::{Region, Source, explain};
use crate::outline::Item;
use crate::tree::DEPTH_MAX;
use crate::{Diagnostic, Level};

/// The text of a scenario, its tree, and what has been found wrong with it so far.
pub struct Sheet<'a> {
    /// The text as its author wrote it.
    pub(crate) text: &'a str,
    /// The text as `ron` reads it, byte for byte in the same places: see
    /// [`crate::mixed::unmixed`].
    pub(crate) plain: &'a str,
    /// The tree.
    pub(crate) outline: &'a Item,
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

    /// Reads a part of the plain text. `noun` is what people call it.
    pub(crate) fn read<T: Deserialize<'a>>(&mut self, part: &'a str, noun: &str) -> Option<T> {
        self.read_with_fields(part, noun, &[])
    }

    /// As [`Sheet::read`], for the settings of a protocol, whose fields are known.
    pub(crate) fn read_with_fields<T: Deserialize<'a>>(
        &mut self,
        part: &'a str,
        noun: &str,
        fields: &[Field],
    ) -> Option<T> {
        match options().from_str(part) {
            Ok(value) => Some(value),
            Err(error) => {
                // Both are slices of one text, so the distance of their beginnings is an offset in
                // it.
                let offset = part.as_ptr() as usize - self.plain.as_ptr() as usize;
                let region = Region { offset, text: part, noun, fields };
                let source = Source { text: self.text, outline: self.outline };
                self.push(explain(&error, &region, &source));
                None
            }
        }
    }
}

/// How scenarios are read: `Some(..)` may be left out, and nesting has a bound.
pub(crate) fn options() -> ron::Options {
    ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .with_recursion_limit(DEPTH_MAX * 2)
}
