//! [`Json`]: a value as JSON, whatever its keys are.
//!
//! JSON takes texts as keys alone. A map whose keys are texts, numbers or names of variants becomes
//! an object; any other becomes a list of pairs, each a key and its value. The rest is as
//! `serde_json` writes it.
//!
//! A value may be made beside an earlier one, of which it takes over every part that is the same.
//! So a long state that changes a little is made at the cost of reading it, and what of it did not
//! change is known without looking into it.

mod grow;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use grow::Grow;

/// A value as JSON. A clone costs nothing.
#[derive(Clone)]
pub struct Json(pub(crate) Shape);

/// What a value is.
#[derive(Clone)]
pub(crate) enum Shape {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    LongUnsigned(u128),
    LongSigned(i128),
    Decimal(f64),
    Text(Text),
    List(Arc<List>),
    Object(Arc<Object>),
}

#[derive(Clone)]
pub(crate) enum Text {
    Name(&'static str),
    Own(Arc<str>),
}

pub(crate) struct List {
    pub(crate) items: Vec<Json>,
    /// How long it is when it is written.
    length: usize,
}

/// Fields in order. Keys are texts, numbers or truth values, and written as texts.
pub(crate) struct Object {
    pub(crate) fields: Vec<(Json, Json)>,
    /// How long it is when it is written.
    length: usize,
}

impl Json {
    /// The value as JSON. `None` when the value refuses to be serialised.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Option<Self> {
        value.serialize(Grow { beside: None }).ok()
    }

    /// The same, and every part that is the same in the earlier value is that part.
    pub fn beside(earlier: &Self, value: &(impl Serialize + ?Sized)) -> Option<Self> {
        value.serialize(Grow { beside: Some(earlier) }).ok()
    }

    /// A text as JSON.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(Shape::Text(Text::Own(text.into())))
    }

    fn name(name: &'static str) -> Self {
        Self(Shape::Text(Text::Name(name)))
    }

    fn list(items: Vec<Self>) -> Self {
        let inside: usize = items.iter().map(|item| item.length() + 1).sum();
        let length = 2 + inside.saturating_sub(1);
        Self(Shape::List(Arc::new(List { items, length })))
    }

    /// An object, or a list of pairs where a key is none of an object.
    fn map(fields: Vec<(Self, Self)>) -> Self {
        if fields.iter().any(|(key, _)| !key.is_key()) {
            return Self::list(
                fields.into_iter().map(|(key, value)| Self::list(vec![key, value])).collect(),
            );
        }
        let one = |(key, value): &(Self, Self)| {
            let quotes = if matches!(key.0, Shape::Text(_)) { 0 } else { 2 };
            key.length() + quotes + value.length() + 2
        };
        let inside: usize = fields.iter().map(one).sum();
        let length = 2 + inside.saturating_sub(1);
        Self(Shape::Object(Arc::new(Object { fields, length })))
    }

    /// Whether an object may have it as a key.
    fn is_key(&self) -> bool {
        !matches!(self.0, Shape::Null | Shape::List(_) | Shape::Object(_))
    }

    /// As a key of an object.
    pub(crate) fn as_key(&self) -> Cow<'_, str> {
        match &self.0 {
            Shape::Text(text) => Cow::Borrowed(text.as_str()),
            _ => Cow::Owned(self.to_string()),
        }
    }

    /// Whether it is the other one, or as short a value and equal. Of two long values that are
    /// equal and were not made beside each other it says no.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Shape::List(one), Shape::List(other)) => Arc::ptr_eq(one, other),
            (Shape::Object(one), Shape::Object(other)) => Arc::ptr_eq(one, other),
            (Shape::Null, Shape::Null) => true,
            (Shape::Bool(one), Shape::Bool(other)) => one == other,
            (Shape::Unsigned(one), Shape::Unsigned(other)) => one == other,
            (Shape::Signed(one), Shape::Signed(other)) => one == other,
            (Shape::LongUnsigned(one), Shape::LongUnsigned(other)) => one == other,
            (Shape::LongSigned(one), Shape::LongSigned(other)) => one == other,
            (Shape::Decimal(one), Shape::Decimal(other)) => one.to_bits() == other.to_bits(),
            (Shape::Text(one), Shape::Text(other)) => {
                let (one, other) = (one.as_str(), other.as_str());
                // Names of fields most often are the same text in memory.
                std::ptr::eq(one, other) || one == other
            }
            _ => false,
        }
    }

    /// How long it is when it is written, in bytes; what texts need for escapes is not counted.
    pub(crate) fn length(&self) -> usize {
        match &self.0 {
            Shape::Null => 4,
            Shape::Bool(truth) => 5 - usize::from(*truth),
            Shape::Unsigned(number) => digits(*number),
            Shape::Signed(number) => usize::from(*number < 0) + digits(number.unsigned_abs()),
            Shape::Text(text) => text.as_str().len() + 2,
            Shape::LongUnsigned(_) | Shape::LongSigned(_) | Shape::Decimal(_) => {
                self.to_string().len()
            }
            Shape::List(list) => list.length,
            Shape::Object(object) => object.length,
        }
    }
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Own(text) => text,
        }
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        let both = || match (&self.0, &other.0) {
            (Shape::List(one), Shape::List(other)) => one.items == other.items,
            (Shape::Object(one), Shape::Object(other)) => one.fields == other.fields,
            _ => false,
        };
        self.is(other) || both()
    }
}

impl Eq for Json {}

/// As it is written.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Shape::Null => serializer.serialize_unit(),
            Shape::Bool(truth) => serializer.serialize_bool(*truth),
            Shape::Unsigned(number) => serializer.serialize_u64(*number),
            Shape::Signed(number) => serializer.serialize_i64(*number),
            Shape::LongUnsigned(number) => serializer.serialize_u128(*number),
            Shape::LongSigned(number) => serializer.serialize_i128(*number),
            Shape::Decimal(number) => serializer.serialize_f64(*number),
            Shape::Text(text) => serializer.serialize_str(text.as_str()),
            Shape::List(list) => serializer.collect_seq(&list.items),
            Shape::Object(object) => {
                let fields = object.fields.iter().map(|(key, value)| (key.as_key(), value));
                serializer.collect_map(fields)
            }
        }
    }
}
