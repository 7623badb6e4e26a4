//! [`plain`]: Rust's debug form in plain words.
//!
//! `Vote(VoteReply { term: Term(3), vote_granted: true, hint: None })` becomes `Vote (term 3, vote
//! granted true, no hint)`. A text that a protocol's author wrote for people stays as it is, and so
//! does what is no debug form at all.

use sim_node::Duration;

/// How deep values may lie in each other; deeper ones stay as they are.
const DEPTH: usize = 32;
/// How many values of a list are told.
const ITEMS: usize = 4;

/// A debug form in plain words; any other text as it is.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut reader = Reader { rest: text, depth: 0 };
    match reader.phrase() {
        Some(phrase) if reader.rest.is_empty() => phrase.told(Place::Alone),
        _ => text.to_owned(),
    }
}

/// The text with every instant of a clock left out, so that two that differ in instants alone are
/// equal.
pub(crate) fn timeless(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = CLOCKS.iter().filter_map(|clock| rest.find(clock)).min() {
        let (before, clock) = rest.split_at(at);
        let Some(end) = clock.find(')') else { break };
        kept.push_str(before);
        rest = &clock[end + 1..];
    }
    kept + rest
}

/// How a node's clock shows an instant, in nanoseconds.
const CLOCKS: [&str; 2] = ["LocalTime(", "WallTime("];

/// Values side by side, as in `get k2`; one of them most often.
struct Phrase(Vec<Value>);

enum Value {
    /// A name, a number, or a text in quotes.
    Word(String),
    /// `Name(...)`, or `(...)` with an empty name.
    Tuple(String, Vec<Phrase>),
    /// `Name { field: ... }`.
    Struct(String, Vec<(String, Phrase)>),
    /// `[...]` or `{...}`, with its brackets.
    List(char, char, Vec<Phrase>),
    /// `{key: ...}`.
    Map(Vec<(Phrase, Phrase)>),
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    /// Behind the name of its field.
    Field,
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
            Some('[') if word.is_empty() => {
                Some(Value::List('[', ']', self.list(']', Self::phrase)?))
            }
            Some('{') if word.is_empty() => self.braces(),
            Some(' ') if is_name(&word) && self.rest.starts_with(" { ") => {
                self.rest = &self.rest[1..];
                Some(Value::Struct(word, self.list('}', Self::field)?))
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
        let before = self.rest;
        if let Some(entries) = self.list('}', Self::entry)
            && !entries.is_empty()
        {
            return Some(Value::Map(entries));
        }
        self.rest = before;
        Some(Value::List('{', '}', self.list('}', Self::phrase)?))
    }

    fn entry(&mut self) -> Option<(Phrase, Phrase)> {
        let key = self.phrase()?;
        self.rest = self.rest.strip_prefix(": ")?;
        Some((key, self.phrase()?))
    }

    fn field(&mut self) -> Option<(String, Phrase)> {
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

impl Phrase {
    fn told(&self, place: Place) -> String {
        let told: Vec<String> = self.0.iter().map(|value| value.told(place)).collect();
        told.join(" ")
    }

    /// The value, if there is only one.
    fn single(&self) -> Option<&Value> {
        match self.0.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Whether it says that there is nothing.
    fn is_nothing(&self) -> bool {
        match self.single() {
            Some(Value::Word(word)) => word == "None",
            Some(Value::List(_, _, items)) => items.is_empty(),
            _ => false,
        }
    }
}

impl Value {
    fn told(&self, place: Place) -> String {
        match self {
            Self::Word(word) if word == "None" => "none".to_owned(),
            Self::Word(word) => word.clone(),
            Self::Tuple(name, items) => tuple(name, items, place),
            Self::Struct(name, fields) => format!("{name} ({})", told_fields(fields)),
            Self::List(open, close, items) => {
                let told: Vec<String> =
                    items.iter().take(ITEMS).map(|item| item.told(Place::Field)).collect();
                format!("{open}{}{close}", with_more(told, items.len()))
            }
            Self::Map(entries) => {
                let entry = |(key, value): &(Phrase, Phrase)| {
                    format!("{}: {}", key.told(Place::Field), value.told(Place::Field))
                };
                let told: Vec<String> = entries.iter().take(ITEMS).map(entry).collect();
                format!("{{{}}}", with_more(told, entries.len()))
            }
        }
    }
}

fn tuple(name: &str, items: &[Phrase], place: Place) -> String {
    let inner = match items {
        [item] => item.single(),
        _ => None,
    };
    match (name, inner) {
        ("Some", _) if items.len() == 1 => items[0].told(place),
        ("LocalTime" | "WallTime", Some(Value::Word(nanos))) if nanos.parse::<u64>().is_ok() => {
            crate::words::duration(Duration::from_nanos(nanos.parse().unwrap_or_default()))
        }
        // The struct inside has no more to say with its name.
        (_, Some(Value::Struct(_, fields))) if !name.is_empty() => {
            format!("{name} ({})", told_fields(fields))
        }
        // A number's type is told by its field.
        (_, Some(Value::Word(word))) if place == Place::Field && is_number(word) => word.clone(),
        _ => {
            let told: Vec<String> = items.iter().map(|item| item.told(Place::Field)).collect();
            format!("{name}({})", told.join(", "))
        }
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// "term 3, no entries".
fn told_fields(fields: &[(String, Phrase)]) -> String {
    let field = |(name, value): &(String, Phrase)| match value.is_nothing() {
        true => format!("no {name}"),
        false => format!("{name} {}", value.told(Place::Field)),
    };
    fields.iter().map(field).collect::<Vec<String>>().join(", ")
}

fn with_more(mut told: Vec<String>, all: usize) -> String {
    if all > told.len() {
        told.push(format!("and {} more", all - told.len()));
    }
    told.join(", ")
}
