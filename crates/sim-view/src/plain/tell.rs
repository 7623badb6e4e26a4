//! [`Phrase`] in plain words: all of it, or as much as there is room for.

use sim_node::Duration;

use super::read::{Phrase, Value};
use crate::words;

/// How many values of a list are told where not all of them need be.
const ITEMS: usize = 4;
/// Room for ", and 1,024 more".
const MORE: usize = 14;
/// In less room than this a value is not begun.
const LEAST: usize = 24;

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Alone,
    /// Behind the name of its field.
    Field,
}

/// Something in brackets, or side by side.
struct Group<'v> {
    open: String,
    parts: Vec<Part<'v>>,
    /// Between two parts.
    gap: &'static str,
    close: &'static str,
    /// Whether it is a list, of which the first few values are enough.
    is_list: bool,
}

/// A value, and what stands before it.
struct Part<'v> {
    before: String,
    /// `None` when `before` says it all.
    phrase: Option<&'v Phrase>,
    place: Place,
    /// The name that its type need not repeat.
    field: Option<&'v str>,
}

impl Phrase {
    /// Nothing left out.
    pub(super) fn whole(&self) -> String {
        self.told(Place::Alone, None, usize::MAX)
    }

    /// Of every list the first few values.
    pub(super) fn brief(&self) -> String {
        self.told(Place::Alone, None, ITEMS)
    }

    /// In about so many characters.
    pub(super) fn within(&self, width: usize) -> String {
        self.fitted(Place::Alone, None, width)
    }

    fn told(&self, place: Place, field: Option<&str>, items: usize) -> String {
        let told: Vec<String> =
            self.0.iter().map(|value| value.told(place, field, items)).collect();
        told.join(" ")
    }

    fn fitted(&self, place: Place, field: Option<&str>, room: usize) -> String {
        let text = self.told(place, field, ITEMS);
        if text.chars().count() <= room {
            return text;
        }
        let [value] = self.0.as_slice() else { return words::cut(&text, room).into_owned() };
        match value.group(place, field) {
            Some(group) => group.fitted(room),
            None => words::cut(&text, room).into_owned(),
        }
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
            Some(Value::List(items) | Value::Set(items)) => items.is_empty(),
            _ => false,
        }
    }
}

impl Value {
    fn told(&self, place: Place, field: Option<&str>, items: usize) -> String {
        match self {
            Self::Word(word) if word == "None" => "none".to_owned(),
            Self::Word(word) => word.clone(),
            _ => match self.group(place, field) {
                Some(group) => group.told(items),
                None => self.instant().unwrap_or_default(),
            },
        }
    }

    /// What it consists of; `None` where it is told as one.
    fn group<'v>(&'v self, place: Place, field: Option<&str>) -> Option<Group<'v>> {
        let group = |open: &str, parts, close| Group {
            open: open.to_owned(),
            parts,
            gap: ", ",
            close,
            is_list: false,
        };
        let items = |items: &'v [Phrase]| items.iter().map(Part::item).collect();
        Some(match self {
            Self::Word(_) => return None,
            Self::Struct(name, fields, is_part) => {
                let open = match field.is_some_and(|field| is_same(field, name)) {
                    true => "(".to_owned(),
                    false => format!("{name} ("),
                };
                group(&open, fields_of(fields, *is_part), ")")
            }
            Self::List(values) => Group { is_list: true, ..group("[", items(values), "]") },
            Self::Set(values) => Group { is_list: true, ..group("{", items(values), "}") },
            Self::Map(entries) => {
                let entry = |(key, value): &'v (Phrase, Phrase)| Part {
                    before: format!("{}: ", key.told(Place::Field, None, ITEMS)),
                    ..Part::item(value)
                };
                let entries = entries.iter().map(entry).collect();
                Group { is_list: true, ..group("{", entries, "}") }
            }
            Self::Tuple(..) if self.instant().is_some() => return None,
            Self::Tuple(name, values) => {
                let inner = match values.as_slice() {
                    [value] => value.single(),
                    _ => None,
                };
                match (name.as_str(), inner, values.as_slice()) {
                    ("Some", _, [value]) => {
                        let value = Part { place, field: None, ..Part::item(value) };
                        group("", vec![value], "")
                    }
                    // The struct inside has no more to say with its name.
                    (name, Some(Value::Struct(_, fields, is_part)), _) if !name.is_empty() => {
                        group(&format!("{name} ("), fields_of(fields, *is_part), ")")
                    }
                    // A number's type is told by its field.
                    (_, Some(Value::Word(word)), [value])
                        if place == Place::Field && is_number(word) =>
                    {
                        group("", vec![Part::item(value)], "")
                    }
                    (name, ..) => group(&format!("{name}("), items(values), ")"),
                }
            }
        })
    }

    /// An instant of a clock.
    fn instant(&self) -> Option<String> {
        let Self::Tuple(name, items) = self else { return None };
        let ("LocalTime" | "WallTime", [item]) = (name.as_str(), items.as_slice()) else {
            return None;
        };
        let Some(Self::Word(nanos)) = item.single() else { return None };
        Some(words::duration(Duration::from_nanos(nanos.parse().ok()?)))
    }
}

impl<'v> Part<'v> {
    fn item(phrase: &'v Phrase) -> Self {
        Self { before: String::new(), phrase: Some(phrase), place: Place::Field, field: None }
    }

    fn told(&self, items: usize) -> String {
        let value = self.phrase.map(|phrase| phrase.told(self.place, self.field, items));
        format!("{}{}", self.before, value.unwrap_or_default())
    }

    fn fitted(&self, room: usize) -> String {
        let room = room.saturating_sub(self.before.chars().count());
        let value = self.phrase.map(|phrase| phrase.fitted(self.place, self.field, room));
        format!("{}{}", self.before, value.unwrap_or_default())
    }
}

impl Group<'_> {
    fn told(&self, items: usize) -> String {
        let most = if self.is_list { items } else { usize::MAX };
        let mut told: Vec<String> =
            self.parts.iter().take(most).map(|part| part.told(items)).collect();
        if self.parts.len() > told.len() {
            told.push(format!("and {} more", self.parts.len() - told.len()));
        }
        format!("{}{}{}", self.open, told.join(self.gap), self.close)
    }

    /// As many parts as there is room for. The first is always told, if only in part.
    fn fitted(&self, room: usize) -> String {
        let mut left = room.saturating_sub(self.open.chars().count() + self.close.chars().count());
        let mut told: Vec<String> = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            let behind = if place + 1 < self.parts.len() { MORE } else { 0 };
            let text = part.told(ITEMS);
            let length = text.chars().count() + self.gap.len();
            if length + behind <= left && !(self.is_list && place >= ITEMS) {
                left -= length;
                told.push(text);
                continue;
            }
            if told.is_empty() || left >= LEAST + MORE && !self.is_list {
                told.push(part.fitted(left.saturating_sub(behind).max(LEAST)));
            }
            break;
        }
        if self.parts.len() > told.len() {
            told.push(format!("and {} more", self.parts.len() - told.len()));
        }
        format!("{}{}{}", self.open, told.join(self.gap), self.close)
    }
}

/// "term 3, no entries".
fn fields_of(fields: &[(String, Phrase)], is_part: bool) -> Vec<Part<'_>> {
    let words = |before: String| Part { before, phrase: None, place: Place::Field, field: None };
    let field = |(name, value): &'_ (String, Phrase)| match value.is_nothing() {
        true => Err(format!("no {name}")),
        false => Ok(format!("{name} ")),
    };
    let mut parts: Vec<Part<'_>> = fields
        .iter()
        .map(|one| match field(one) {
            Err(nothing) => words(nothing),
            Ok(before) => Part { before, field: Some(&one.0), ..Part::item(&one.1) },
        })
        .collect();
    if is_part {
        parts.push(words("and more".to_owned()));
    }
    parts
}

/// Whether a type has the name of its field: `view: View { .. }`.
fn is_same(field: &str, name: &str) -> bool {
    let letters = |text: &str| text.replace([' ', '_'], "").to_lowercase();
    letters(field) == letters(name)
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}
