//! Reads a part of a text with the type that it is for: strictly, and keeping track of what was
//! expected where. A field that a type does not know is an error, whether or not its author thought
//! of `deny_unknown_fields`: nothing that stands in a scenario is silently ignored.

mod access;
mod trace;

use std::collections::BTreeSet;

use ron::de::Deserializer;
use ron::error::SpannedError;
use serde::Deserialize;

use access::Strict;
pub(crate) use trace::Expected;
use trace::Trace;

/// Why a part of a text could not be read.
pub(crate) struct Unread {
    /// What `ron` says, with its place in the part.
    pub(crate) error: SpannedError,
    /// What was expected there: the innermost first.
    pub(crate) expected: Vec<Expected>,
}

impl Unread {
    /// An error of a reader that kept no track.
    pub(crate) fn of(error: SpannedError) -> Box<Self> {
        Box::new(Self { error, expected: Vec::new() })
    }
}

/// Reads a value that is all of this text.
pub(crate) fn read<'a, T: Deserialize<'a>>(
    text: &'a str,
    options: &ron::Options,
) -> Result<T, Box<Unread>> {
    let trace = Trace::default();
    let unread = |error| Box::new(Unread { error, expected: trace.expected() });
    let mut reader = Deserializer::from_str_with_options(text, options).map_err(unread)?;
    let read = T::deserialize(Strict::new(&mut reader, &trace));
    let value = read.map_err(|error| unread(reader.span_error(error)))?;
    reader.end().map_err(|error| unread(reader.span_error(error)))?;
    Ok(value)
}

/// The fields and variants of a type, and of all that it is made of as far as the texts show that,
/// that stand in none of these texts.
pub(crate) fn unshown<'a, T: Deserialize<'a>>(
    texts: &[&'a str],
    options: &ron::Options,
) -> Result<BTreeSet<String>, SpannedError> {
    let trace = Trace::of_names();
    for text in texts {
        let mut reader = Deserializer::from_str_with_options(text, options)?;
        let read = T::deserialize(Strict::new(&mut reader, &trace));
        read.map_err(|error| reader.span_error(error))?;
    }
    Ok(trace.unshown())
}
