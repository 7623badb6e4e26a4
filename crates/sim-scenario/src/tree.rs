//! Reads the tree of a RON text, and says what is wrong with a text that is none.

use std::ops::Range;

use crate::Diagnostic;
use crate::lex::{Garbage, Kind, Word, Words};
use crate::outline::{Item, Part, Shape};
use crate::quotes::suspect_formula;
use crate::words::clip;

/// The deepest nesting of brackets in a scenario.
pub(crate) const DEPTH_MAX: usize = 64;
/// The most values, of any sort, in a scenario.
pub(crate) const VALUES_MAX: usize = 200_000;

/// Why a text has no tree.
pub(crate) type Wrong = Box<Diagnostic>;

/// Reads the tree of a text that is one value.
pub(crate) fn read(text: &str) -> Result<Item, Wrong> {
    read_value(text).map_err(|wrong| suspect_formula(text, *wrong).into())
}

fn read_value(text: &str) -> Result<Item, Wrong> {
    let mut reader = Reader { text, words: Words::new(text), ahead: None, values: 0 };
    if reader.peek()?.is_none() {
        return Err(Diagnostic::error(reader.end(), "the file contains no scenario")
            .label("nothing to run")
            .help("a scenario file contains one `Scenario(title: ..., protocol: ..., ...)`")
            .into());
    }
    let item = reader.value(0)?;
    match reader.next()? {
        None => Ok(item),
        Some(word) => Err(Diagnostic::error(
            word.span.clone(),
            format!("unexpected {} after the end of the scenario", reader.describe(&word)),
        )
        .label("not part of the scenario")
        .context(
            text.floor_char_boundary(item.span.end - 1)..item.span.end,
            "the scenario ends here",
        )
        .into()),
    }
}

struct Reader<'a> {
    text: &'a str,
    words: Words<'a>,
    ahead: Option<Word>,
    values: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<Word>, Wrong> {
        match self.ahead.take() {
            Some(word) => Ok(Some(word)),
            None => self.words.next().transpose().map_err(not_ron),
        }
    }

    fn peek(&mut self) -> Result<Option<&Word>, Wrong> {
        if self.ahead.is_none() {
            self.ahead = self.words.next().transpose().map_err(not_ron)?;
        }
        Ok(self.ahead.as_ref())
    }

    fn peek_is(&mut self, kind: Kind) -> Result<bool, Wrong> {
        Ok(self.peek()?.is_some_and(|word| word.kind == kind))
    }

    fn describe(&self, word: &Word) -> String {
        format!("`{}`", clip(&self.text[word.span.clone()]))
    }

    fn end(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        self.text.floor_char_boundary(end.saturating_sub(1))..end
    }

    fn value(&mut self, depth: usize) -> Result<Item, Wrong> {
        let Some(word) = self.next()? else {
            return Err(Diagnostic::error(self.end(), "the file ends where a value is expected")
                .label("nothing follows")
                .into());
        };
        self.values += 1;
        if self.values > VALUES_MAX {
            let message = format!("the scenario has more than {VALUES_MAX} values");
            return Err(Diagnostic::error(word.span, message).label("too many").into());
        }
        let leaf = |shape| Item { span: word.span.clone(), name: None, shape };
        match word.kind {
            Kind::Number => Ok(leaf(Shape::Number)),
            Kind::Text => Ok(leaf(Shape::Text)),
            Kind::Character => Ok(leaf(Shape::Character)),
            Kind::Open(bracket) => self.group(bracket, word.span, None, depth),
            Kind::Name if self.peek_is(Kind::Open('('))? => {
                let open = self.next()?.expect("it was seen").span;
                self.group('(', open, Some(word.span), depth)
            }
            Kind::Name => {
                let name = Some(word.span.clone());
                Ok(Item { span: word.span, name, shape: Shape::Name })
            }
            Kind::Close(_) | Kind::Comma | Kind::Colon => {
                let found = self.describe(&word);
                Err(Diagnostic::error(word.span, format!("expected a value, found {found}"))
                    .label("expected a value here")
                    .into())
            }
        }
    }

    fn group(
        &mut self,
        bracket: char,
        open: Range<usize>,
        name: Option<Range<usize>>,
        depth: usize,
    ) -> Result<Item, Wrong> {
        if depth >= DEPTH_MAX {
            let message = format!("the scenario is nested more than {DEPTH_MAX} brackets deep");
            return Err(Diagnostic::error(open, message).label("one too many").into());
        }
        let mut parts = Vec::new();
        loop {
            if let Some(end) = self.close(bracket, &open)? {
                let start = name.as_ref().map_or(open.start, |name| name.start);
                return Ok(Item { span: start..end, name, shape: Shape::Group(bracket, parts) });
            }
            if !parts.is_empty() {
                self.comma(&parts)?;
                if let Some(end) = self.close(bracket, &open)? {
                    let start = name.as_ref().map_or(open.start, |name| name.start);
                    return Ok(Item {
                        span: start..end,
                        name,
                        shape: Shape::Group(bracket, parts),
                    });
                }
            }
            parts.push(self.part(bracket, depth + 1)?);
        }
    }

    fn part(&mut self, bracket: char, depth: usize) -> Result<Part, Wrong> {
        let first = self.value(depth)?;
        if bracket == '[' || !self.peek_is(Kind::Colon)? {
            return Ok(Part { key: None, value: first });
        }
        self.next()?;
        let value = self.value(depth)?;
        Ok(Part { key: Some(Box::new(first)), value })
    }

    /// The end of the group, if it ends here.
    fn close(&mut self, bracket: char, open: &Range<usize>) -> Result<Option<usize>, Wrong> {
        let closing = match bracket {
            '(' => ')',
            '[' => ']',
            _ => '}',
        };
        let missing = |place, found: &str| -> Wrong {
            let message =
                format!("`{bracket}` is never closed: expected `{closing}`, found {found}");
            Diagnostic::error(place, message)
                .label(format!("expected `{closing}` here"))
                .context(open.clone(), "opened here")
                .into()
        };
        let end = self.end();
        match self.peek()?.cloned() {
            None => Err(missing(end, "the end of the file")),
            Some(Word { kind: Kind::Close(found), span }) if found == closing => {
                self.next()?;
                Ok(Some(span.end))
            }
            Some(Word { kind: Kind::Close(found), span }) => {
                Err(missing(span, &format!("`{found}`")))
            }
            Some(_) => Ok(None),
        }
    }

    fn comma(&mut self, parts: &[Part]) -> Result<(), Wrong> {
        let Some(word) = self.next()? else { return Ok(()) };
        if word.kind == Kind::Comma {
            return Ok(());
        }
        let before = parts.last().map_or(word.span.start, |part| part.value.span.end);
        let found = self.describe(&word);
        let is_colon = word.kind == Kind::Colon;
        let names = "the values here have no names: leave the name and its colon out";
        let help = |wrong: Diagnostic| if is_colon { wrong.help(names) } else { wrong };
        Err(help(Diagnostic::error(word.span, format!("expected a comma, found {found}")))
            .label("unexpected")
            .context(before..before, "a comma is missing here")
            .into())
    }
}

fn not_ron(garbage: Garbage) -> Wrong {
    let message = format!("found {}", garbage.what);
    let diagnostic = Diagnostic::error(garbage.span, message).label("cannot be read");
    match garbage.help {
        Some(help) => diagnostic.help(help).into(),
        None => diagnostic.into(),
    }
}
