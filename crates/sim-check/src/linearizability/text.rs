//! [`Text`]: a text that shares its beginning with others; [`TextRecorder`] makes it of whole ones.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A text that shares its beginning with those that it was made from.
///
/// A value that clients append to and read again and again is in the history of a run once and not
/// once a read: an append adds a piece to the text before it, whatever the length of that text.
///
/// Two texts are equal if their characters are, however they were made. That is exact: a length and
/// a hash, which each text keeps, only tell most different ones apart at once, so no accident of a
/// hash makes two values one and a wrong answer right. Texts with the same beginning are compared
/// from their ends to where they begin to share. The order of texts is by length, and then any, but
/// always the same.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Text(Option<Arc<Piece>>);

/// The end of a text, which is never empty, and what comes before it.
struct Piece {
    before: Text,
    end: Box<str>,
    /// Of the whole text, in bytes.
    len: usize,
    /// Of the bytes of the whole text, wherever its pieces begin.
    hash: u64,
}

impl Text {
    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |piece| piece.len)
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// This text with `more` at its end. It costs the length of `more`.
    #[must_use]
    pub fn with(&self, more: &str) -> Self {
        if more.is_empty() {
            return self.clone();
        }
        let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FACTOR);
        let hash = more.bytes().fold(self.hash_of_all(), add);
        let len = self.len() + more.len();
        Self(Some(Arc::new(Piece { before: self.clone(), end: more.into(), len, hash })))
    }

    /// Whether both are one in memory, so that comparing them again costs nothing.
    #[must_use]
    pub fn is_shared_with(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    fn hash_of_all(&self) -> u64 {
        self.0.as_ref().map_or(SEED, |piece| piece.hash)
    }

    /// Its pieces, the last one first.
    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        std::iter::successors(self.0.as_deref(), |piece| piece.before.0.as_deref())
    }

    /// Whether the characters are the same, of two texts of the same length.
    fn has_same_characters(&self, other: &Self) -> bool {
        let (mut one, mut other) = (self, other);
        // What is left to compare of the last pieces of both.
        let (mut one_end, mut other_end): (&[u8], &[u8]) = (&[], &[]);
        loop {
            if one_end.is_empty() && other_end.is_empty() && one.is_shared_with(other) {
                return true;
            }
            for (text, end) in [(&mut one, &mut one_end), (&mut other, &mut other_end)] {
                if end.is_empty()
                    && let Some(piece) = &text.0
                {
                    (*text, *end) = (&piece.before, piece.end.as_bytes());
                }
            }
            let both = one_end.len().min(other_end.len());
            let (one_rest, one_last) = one_end.split_at(one_end.len() - both);
            let (other_rest, other_last) = other_end.split_at(other_end.len() - both);
            if one_last != other_last {
                return false;
            }
            (one_end, other_end) = (one_rest, other_rest);
        }
    }
}

/// The numbers of FNV-1a, in 64 bits.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const FACTOR: u64 = 0x0000_0100_0000_01b3;

/// One piece after the other: left to itself, the end of a text would drop what is before it within
/// its own drop, and a long row of pieces would overflow the stack.
impl Drop for Piece {
    fn drop(&mut self) {
        let mut before = self.before.0.take();
        while let Some(mut piece) = before.and_then(Arc::into_inner) {
            before = piece.before.0.take();
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.hash_of_all() == other.hash_of_all()
            && self.has_same_characters(other)
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        let rest = self.pieces().try_fold(other, |rest, piece| rest.strip_suffix(&*piece.end));
        rest == Some("")
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash_of_all());
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        let quick = |text: &Self| (text.len(), text.hash_of_all());
        quick(self).cmp(&quick(other)).then_with(|| match self == other {
            true => Ordering::Equal,
            false => self.to_string().cmp(&other.to_string()),
        })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::default().with(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.to_string()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pieces: Vec<&Piece> = self.pieces().collect();
        let whole: String = pieces.iter().rev().map(|piece| &*piece.end).collect();
        f.pad(&whole)
    }
}

/// As a string's.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

/// What a piece takes in memory beside its characters, about: with what an allocator adds.
const PIECE: u64 = 80;
/// So many bytes are compared at once.
const CHUNK: usize = 256;

/// Makes texts of strings, each of which shares what it has in common with the beginning of the one
/// before. So it is used for the values of one key, as they are told in the course of a run.
#[derive(Clone, Debug, Default)]
pub struct TextRecorder {
    last: Text,
    /// The characters of `last`.
    whole: String,
    /// What all its texts take.
    kept: u64,
}

impl TextRecorder {
    /// The text of these characters. It costs a comparison with the one before, and a copy of what
    /// is new.
    pub fn record(&mut self, text: &str) -> Text {
        let common = text.floor_char_boundary(in_common(&self.whole, text));
        // A text of the row must end where the new one still is as it was.
        while self.last.len() > common
            && let Some(piece) = self.last.0.take()
        {
            self.last = piece.before.clone();
        }
        let (begin, end) = (self.last.len(), text.len());
        self.whole.truncate(begin);
        if end > begin {
            let more = &text[begin..];
            self.whole.push_str(more);
            self.last = self.last.with(more);
            self.kept += PIECE + (end - begin) as u64;
        }
        self.last.clone()
    }

    /// About how many bytes it and its texts take.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.kept + self.whole.len() as u64
    }
}

/// How many bytes two texts have in common at their beginnings.
fn in_common(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let chunks = one.chunks(CHUNK).zip(other.chunks(CHUNK));
    let whole = chunks.take_while(|(one, other)| one == other).map(|(one, _)| one.len()).sum();
    let rest = one[whole..].iter().zip(&other[whole..]);
    whole + rest.take_while(|(one, other)| one == other).count()
}
