//! [`Phrase::read`]: Rust's debug form, taken apart.

/// How deep values may lie in each other; deeper ones stay as they are.
const DEPTH: usize = 32;
/// What stands for fields that are not told.
const MORE: &str = "..";

/// Values side by side, as in `get k2`; one of them most often.
pub(super) struct Phrase(pub(super) Vec<Value>);

pub(super) enum Value {
    /// A name, a number, or a text in quotes.
    Word(String),
    /// `Name(...)`, or `(...)` with an empty name.
    Tuple(String, Vec<Phrase>),
    /// `Name { field: ... }`, and whether it has more fields than it tells.
    Struct(String, Vec<(String, Phrase)>, bool),
    /// `[...]`.
    List(Vec<Phrase>),
    /// `{...}`.
    Set(Vec<Phrase>),
    /// `{key: ...}`.
    Map(Vec<(Phrase, Phrase)>),
}

impl Phrase {
    /// A whole text; `None` where it is no debug form.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text, depth: 0 };
        reader.phrase().filter(|_| reader.rest.is_empty())
    }

    /// The value with a name, `Name(...)` or `Name { ... }`, that a text begins with, and the rest
    /// of the text.
    pub(super) fn read_named(text: &str) -> Option<(Self, &str)> {
        let mut reader = Reader { rest: text, depth: 0 };
        match reader.value()? {
            value @ (Value::Tuple(..) | Value::Struct(..)) => {
                Some((Self(vec![value]), reader.rest))
            }
            _ => None,
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn phrase(&mut self) -> Option<Phrase> {
        let mut values = vec![self.value()?];
        while self.rest.starts_with(' ') && !self.rest.starts_with(" }") {
            self.rest = &self.rest[1..];
            values.push(self.value()?);
        }
        Some(Phrase(values))
    }

    fn value(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let value = self.value_within();
        self.depth -= 1;
        value
    }

    fn value_within(&mut self) -> Option<Value> {
        if self.rest.starts_with('"') {
            return self.quoted().map(Value::Word);
        }
        let end = self.rest.find([' ', ',', ':', '(', ')', '[', ']', '{', '}', '"']);
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let word = word.to_owned();
        self.rest = rest;
        match self.rest.chars().next() {
            Some('(') => Some(Value::Tuple(word, self.list(')', Self::phrase)?)),
            Some('[') if word.is_empty() => Some(Value::List(self.list(']', Self::phrase)?)),
            Some('{') if word.is_empty() => self.braces(),
            Some(' ') if is_name(&word) && self.rest.starts_with(" { ") => {
                self.rest = &self.rest[1..];
                let mut fields = self.list('}', Self::field)?;
                let is_part = fields.pop_if(|(name, _)| name == MORE).is_some();
                Some(Value::Struct(word, fields, is_part))
            }
            _ => (!word.is_empty()).then_some(Value::Word(word)),
        }
    }

    /// A text in quotes, with them.
    fn quoted(&mut self) -> Option<String> {
        let mut escaped = false;
        let inside = self.rest.char_indices().skip(1);
        let end = inside.into_iter().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        })?;
        let (text, rest) = self.rest.split_at(end.0 + 1);
        self.rest = rest;
        Some(text.to_owned())
    }

    /// A set or a map.
    fn braces(&mut self) -> Option<Value> {
        let items = self.list('}', Self::entry)?;
        if items.is_empty() || items.iter().any(|(_, value)| value.is_none()) {
            let is_set = items.iter().all(|(_, value)| value.is_none());
            let items = items.into_iter().map(|(item, _)| item).collect();
            return is_set.then_some(Value::Set(items));
        }
        let entries = items.into_iter().filter_map(|(key, value)| Some((key, value?)));
        Some(Value::Map(entries.collect()))
    }

    /// An item of a set, or an entry of a map.
    fn entry(&mut self) -> Option<(Phrase, Option<Phrase>)> {
        let key = self.phrase()?;
        let Some(rest) = self.rest.strip_prefix(": ") else { return Some((key, None)) };
        self.rest = rest;
        Some((key, Some(self.phrase()?)))
    }

    fn field(&mut self) -> Option<(String, Phrase)> {
        if let Some(rest) = self.rest.strip_prefix(MORE) {
            self.rest = rest;
            return Some((MORE.to_owned(), Phrase(vec![])));
        }
        let (name, rest) = self.rest.split_once(": ")?;
        if !is_name(name) {
            return None;
        }
        let name = name.replace('_', " ");
        self.rest = rest;
        Some((name, self.phrase()?))
    }

    /// What stands between brackets, the opening one first.
    fn list<T>(&mut self, end: char, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.rest = &self.rest[1..];
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
            if let Some(rest) = self.rest.strip_prefix(end) {
                self.rest = rest;
                return Some(items);
            }
            if !items.is_empty() {
                self.rest = self.rest.strip_prefix(',')?.strip_prefix(' ')?;
            }
            items.push(read(self)?);
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
