//! [`Mishap`]: one thing that happens to a file.

use std::ops::Range;

use super::tokens;
use crate::Draw;

/// One thing that happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// A byte becomes another one.
    Flip,
    /// Some bytes are gone.
    Delete,
    /// Some bytes stand there twice.
    Double,
    /// The file ends early.
    Truncate,
    /// A word is gone.
    DropWord,
    /// A word stands there twice.
    DoubleWord,
    /// Two words change places.
    SwapWords,
    /// A word is replaced by a word of some file.
    OtherWord,
    /// A number becomes another one.
    Number,
    /// Brackets are opened, again and again.
    Nest,
    /// A piece of another file is put in.
    Splice,
    /// Something that is hardly ever written is put in.
    Insert,
}

const ALL: [Mishap; 12] = [
    Mishap::Flip,
    Mishap::Delete,
    Mishap::Double,
    Mishap::Truncate,
    Mishap::DropWord,
    Mishap::DoubleWord,
    Mishap::SwapWords,
    Mishap::OtherWord,
    Mishap::Number,
    Mishap::Nest,
    Mishap::Splice,
    Mishap::Insert,
];

/// Numbers at which something may give way.
const NUMBERS: [&str; 25] = [
    "0",
    "1",
    "2",
    "-1",
    "99",
    "100",
    "4095",
    "10000",
    "65536",
    "1000000",
    "1000001",
    "2147483648",
    "4294967295",
    "4294967296",
    "1000000000000000",
    "9223372036854775808",
    "18446744073709551614",
    "18446744073709551615",
    "99999999999999999999999999",
    "1e400",
    "NaN",
    "0x10",
    "1_000",
    "0.1",
    "8760h",
];

const BRACKETS: [&str; 8] = ["(", "[", "{", "Some(", "Mixture([(1,", "/*", "\"", "r#\""];

const ODDITIES: [&str; 24] = [
    ",",
    ":",
    "\u{feff}",
    "\u{0}",
    "\u{1b}[31m",
    "é",
    "𝕊",
    "\\",
    "'",
    "#",
    "//",
    "*/",
    "Trigger",
    "Random(2)",
    "\"1ns\"",
    "\"8760h\"",
    "\"100%\"",
    "None",
    "()",
    "cut: AtDelivery,",
    "of: 3",
    "broken: true,",
    "ties: Drawn,",
    "\u{2028}",
];

impl Mishap {
    /// One of all, words more often than bytes.
    pub(super) fn draw(draw: &mut Draw) -> Self {
        let words = [Self::DropWord, Self::DoubleWord, Self::SwapWords, Self::OtherWord];
        match draw.below(10) {
            0..4 => draw.pick(&ALL),
            4..6 => Self::Number,
            _ => draw.pick(&words),
        }
    }

    /// It happens to these bytes.
    pub(super) fn befall(
        self,
        bytes: &mut Vec<u8>,
        other: &str,
        known: &[String],
        draw: &mut Draw,
    ) {
        if bytes.is_empty() {
            return;
        }
        let at = below(draw, bytes.len());
        let range = at..(at + 1 + below(draw, 60)).min(bytes.len());
        match self {
            Self::Flip => bytes[at] = u8::try_from(draw.below(256)).expect("a byte"),
            Self::Delete => drop(bytes.drain(range)),
            Self::Double => {
                let again = bytes[range].to_vec();
                put(bytes, at, &again);
            }
            Self::Truncate => bytes.truncate(at),
            Self::Nest => {
                let depth = 1 + below(draw, 300);
                put(bytes, at, draw.pick(&BRACKETS).repeat(depth).as_bytes());
            }
            Self::Splice => {
                let start = other.floor_char_boundary(below(draw, other.len().max(1)));
                let end = other.ceil_char_boundary((start + below(draw, 400)).min(other.len()));
                put(bytes, at, &other.as_bytes()[start..end]);
            }
            Self::Insert => put(bytes, at, draw.pick(&ODDITIES).as_bytes()),
            Self::DropWord
            | Self::DoubleWord
            | Self::SwapWords
            | Self::OtherWord
            | Self::Number => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                *bytes = self.befall_words(&text, known, draw).into_bytes();
            }
        }
    }

    fn befall_words(self, text: &str, known: &[String], draw: &mut Draw) -> String {
        let mut words = tokens::of(text);
        if self == Self::Number {
            words.retain(|word| text[word.clone()].starts_with(|c: char| c.is_ascii_digit()));
        }
        if words.is_empty() {
            return text.to_owned();
        }
        let word = words[below(draw, words.len())].clone();
        let own = &text[word.clone()];
        let with = |new: &str| replaced(text, &word, new);
        match self {
            Self::DropWord => with(""),
            Self::DoubleWord => with(&format!("{own} {own}")),
            Self::Number => with(draw.pick(&NUMBERS)),
            Self::OtherWord => with(&known[below(draw, known.len())]),
            _ => {
                let second = words[below(draw, words.len())].clone();
                if second.start <= word.start {
                    return with(&text[second]);
                }
                // The later one first, so that the earlier one stays where it is.
                replaced(&replaced(text, &second, own), &word, &text[second.clone()])
            }
        }
    }
}

fn replaced(text: &str, place: &Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..place.start], &text[place.end..])
}

fn put(bytes: &mut Vec<u8>, at: usize, what: &[u8]) {
    bytes.splice(at..at, what.iter().copied());
}

fn below(draw: &mut Draw, limit: usize) -> usize {
    usize::try_from(draw.below(limit as u64)).expect("below a length")
}
