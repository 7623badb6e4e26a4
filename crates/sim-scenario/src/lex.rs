//! The words of a RON text with their places. Values come from the `ron` crate; the words serve
//! positions, bounds and the plain form of a fault.

use std::ops::Range;

use crate::words::clip;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `(`, `[` or `{`.
    Open(char),
    /// `)`, `]` or `}`.
    Close(char),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// A name: `Isolate`, `who`, `true`.
    Name,
    /// A number, with whatever sticks to it: `5`, `-1.5e3`, `500ms`.
    Number,
    /// A text in quotes, of any of RON's forms.
    Text,
    /// A character in single quotes.
    Character,
}

/// A word of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it stands.
    pub(crate) span: Range<usize>,
}

/// Something that is no word of RON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Garbage {
    /// Where it stands.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) what: &'static str,
    /// What would be right.
    pub(crate) help: Option<String>,
}

/// Reads words one by one; whitespace and comments lie between them. After garbage there is nothing
/// more to read.
pub(crate) struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        // A byte order mark, as some editors leave it, is no word.
        Self { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// How many bytes of the rest, from `from` on, are made of such characters.
    fn run(&self, from: usize, fits: impl Fn(char) -> bool) -> usize {
        let rest = &self.rest()[from..];
        rest.find(|c| !fits(c)).unwrap_or(rest.len())
    }

    fn garbage(&mut self, length: usize, what: &'static str) -> Garbage {
        let span = self.at..self.text.ceil_char_boundary((self.at + length).min(self.text.len()));
        self.at = self.text.len();
        Garbage { span, what, help: None }
    }

    fn skip_blank(&mut self) -> Result<(), Garbage> {
        loop {
            self.at += self.run(0, is_blank);
            if self.rest().starts_with("//") {
                self.at += self.run(0, |c| c != '\n');
            } else if self.rest().starts_with("/*") {
                match block_comment(self.rest()) {
                    Some(length) => self.at += length,
                    None => return Err(self.garbage(2, "a comment that is never closed")),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn word(&mut self) -> Result<Option<Word>, Garbage> {
        self.skip_blank()?;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let (kind, length) = match first {
            '(' | '[' | '{' => (Kind::Open(first), 1),
            ')' | ']' | '}' => (Kind::Close(first), 1),
            ',' => (Kind::Comma, 1),
            ':' => (Kind::Colon, 1),
            '"' => (Kind::Text, self.quoted(0)?),
            '\'' => (Kind::Character, self.character(0)?),
            'b' if rest.starts_with("b\"") => (Kind::Text, self.quoted(1)?),
            'b' if rest.starts_with("b'") => (Kind::Character, self.character(1)?),
            'b' | 'r' if raw_start(rest).is_some() => (Kind::Text, self.raw()?),
            'r' if rest.starts_with("r#") => (Kind::Name, 2 + self.run(2, is_raw_name)),
            _ if is_name_start(first) => (Kind::Name, self.run(0, is_name)),
            '0'..='9' | '+' | '-' | '.' => (Kind::Number, self.number()?),
            '#' => return Err(self.garbage(1, "`#`, which scenarios do not use")),
            _ => {
                return Err(self.garbage(first.len_utf8(), "an unexpected character"));
            }
        };
        let span = self.at..self.at + length;
        self.at = span.end;
        Ok(Some(Word { kind, span }))
    }

    /// The length of a number. What sticks to it must belong to it.
    fn number(&mut self) -> Result<usize, Garbage> {
        let length = self.run(0, is_number);
        let number = self.rest()[..length].trim_start_matches(['+', '-']);
        let unit =
            number.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '_' | '.'));
        let is_unit = unit.ends_with('%') || UNITS.contains(&unit);
        if is_unit {
            let quantity = clip(&self.rest()[..length]);
            let help = Some(format!("quantities are written in quotes: `\"{quantity}\"`"));
            return Err(Garbage { help, ..self.garbage(length, "a quantity without its quotes") });
        }
        Ok(length)
    }

    /// The length of a text in quotes that begins `before` bytes from here.
    fn quoted(&mut self, before: usize) -> Result<usize, Garbage> {
        let mut escaped = false;
        for (index, c) in self.rest()[before + 1..].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return Ok(before + 1 + index + 1),
                _ => {}
            }
        }
        let line = self.run(0, |c| c != '\n');
        let help = Some("a text in quotes ends on the line on which it begins".to_owned());
        Err(Garbage { help, ..self.garbage(line, "a text whose closing quote is missing") })
    }

    fn raw(&mut self) -> Result<usize, Garbage> {
        let opening = raw_start(self.rest()).expect("asked only at a raw text");
        let hashes = self.rest()[..opening].matches('#').count();
        let closing = format!("\"{}", "#".repeat(hashes));
        match self.rest()[opening..].find(&closing) {
            Some(end) => Ok(opening + end + closing.len()),
            None => Err(self.garbage(opening, "a text whose closing quote is missing")),
        }
    }

    fn character(&mut self, before: usize) -> Result<usize, Garbage> {
        // The longest is '\u{10FFFF}'.
        let mut escaped = false;
        for (index, c) in self.rest()[before + 1..].char_indices().take(12) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\'' if index > 0 => return Ok(before + 1 + index + 1),
                '\n' => break,
                _ => {}
            }
        }
        Err(self.garbage(before + 1, "a lone single quote; texts are written in double quotes"))
    }
}

impl Iterator for Words<'_> {
    type Item = Result<Word, Garbage>;

    fn next(&mut self) -> Option<Self::Item> {
        self.word().transpose()
    }
}

/// Units that are no part of a number of RON.
const UNITS: [&str; 12] =
    ["ns", "us", "ms", "s", "sec", "min", "h", "ppm", "KiB", "MiB", "GiB", "TiB"];

/// The length of the comment that the text begins with; comments may lie in comments.
fn block_comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
    None
}

/// The length of `r#"`, `br"` and the like, when the text begins with one.
fn raw_start(text: &str) -> Option<usize> {
    let after = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let quote = after.trim_start_matches('#').strip_prefix('"')?;
    Some(text.len() - quote.len())
}

fn is_blank(c: char) -> bool {
    // What RON calls whitespace.
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_raw_name(c: char) -> bool {
    is_name(c) || matches!(c, '.' | '+' | '-')
}

fn is_number(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '-' | '%')
}
