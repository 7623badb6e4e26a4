//! Where in the whole file an error of `ron` in a part of it is.

use std::ops::Range;

use ron::error::{Position, SpannedError};

use super::Region;

/// The place in the file of an error in one of its parts.
pub(super) fn in_file(error: &SpannedError, region: &Region<'_>, text: &str) -> Range<usize> {
    let start = region.offset + byte_offset(region.text, error.span.start);
    let end = region.offset + byte_offset(region.text, error.span.end);
    trimmed(text, start..end.max(start))
}

/// The byte at a line and column of a text, both counted from 1 and in characters.
fn byte_offset(text: &str, position: Position) -> usize {
    let mut line_start = 0;
    for _ in 1..position.line {
        match text[line_start..].find('\n') {
            Some(end) => line_start += end + 1,
            None => return text.len(),
        }
    }
    let mut characters = text[line_start..].char_indices();
    characters.nth(position.col.saturating_sub(1)).map_or(text.len(), |(at, _)| line_start + at)
}

/// The place without the blanks that it begins with.
fn trimmed(text: &str, place: Range<usize>) -> Range<usize> {
    let end = place.end.min(text.len());
    let start = place.start.min(end);
    let blanks = text[start..end].len() - text[start..end].trim_start().len();
    start + blanks..end
}
