//! [`patch`]: what is different between two values that are written as JSON, as a JSON Patch
//! (RFC 6902).
//!
//! Values stay texts: two that are equal are equal texts, so what did not change is never looked
//! into, and numbers of any length stay as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How much an operation takes besides its path and its value: `{"op":"replace","path":"",...},`.
const FRAME: usize = 40;

/// One operation of a JSON Patch.
#[derive(Clone, Debug, Serialize)]
pub struct Operation<'a> {
    /// `add`, `remove` or `replace`.
    pub op: &'static str,
    /// A JSON Pointer (RFC 6901): the place that is added, removed or replaced.
    pub path: String,
    /// What is there from now on; `None` where something is removed.
    pub value: Option<&'a RawValue>,
}

/// The operations that make the second value of the first, in the order in which they are to be
/// applied. What would take more room than the second value itself is a single operation that
/// replaces the whole. `None` when one of the texts is no JSON.
#[must_use]
pub fn patch<'a>(before: &'a str, after: &'a str) -> Option<Vec<Operation<'a>>> {
    let before = serde_json::from_str(before).ok()?;
    let after = serde_json::from_str(after).ok()?;
    let mut patch = Patch { operations: Vec::new(), path: String::new(), length: 0 };
    patch.differ(before, after);
    Some(patch.operations)
}

/// A patch under way.
struct Patch<'a> {
    operations: Vec<Operation<'a>>,
    /// Where it is at work.
    path: String,
    /// How long the operations are, roughly.
    length: usize,
}

impl<'a> Patch<'a> {
    fn differ(&mut self, before: &'a RawValue, after: &'a RawValue) {
        if before.get() == after.get() {
            return;
        }
        let (operations, length) = (self.operations.len(), self.length);
        match (Shape::of(before), Shape::of(after)) {
            (Shape::Object(before), Shape::Object(after)) if share_a_name(&before, &after) => {
                self.differ_in_fields(before, after);
            }
            (Shape::List(before), Shape::List(after)) => self.differ_in_items(&before, &after),
            _ => return self.push("replace", Some(after)),
        }
        if self.length - length > self.path.len() + after.get().len() + FRAME {
            self.operations.truncate(operations);
            self.length = length;
            self.push("replace", Some(after));
        }
    }

    fn differ_in_fields(&mut self, before: Fields<'a>, after: Fields<'a>) {
        let mut known: BTreeMap<String, &RawValue> = before.0.into_iter().collect();
        let after: Vec<_> =
            after.0.into_iter().map(|(name, value)| (known.remove(&name), name, value)).collect();
        for name in known.keys() {
            self.at(name, |patch| patch.push("remove", None));
        }
        for (before, name, value) in after {
            self.at(&name, |patch| match before {
                Some(before) => patch.differ(before, value),
                None => patch.push("add", Some(value)),
            });
        }
    }

    /// What both lists begin and end with stays; of what lies between, items are changed in pairs,
    /// and what one list has more than the other is added or removed.
    fn differ_in_items(&mut self, before: &[&'a RawValue], after: &[&'a RawValue]) {
        let same = |(one, other): &(&&RawValue, &&RawValue)| one.get() == other.get();
        let head = before.iter().zip(after).take_while(same).count();
        let (before, after) = (&before[head..], &after[head..]);
        let tail = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
        let (before, after) = (&before[..before.len() - tail], &after[..after.len() - tail]);
        let pairs = before.len().min(after.len());
        for (place, (before, after)) in (head..).zip(before.iter().zip(after)) {
            self.at(&place.to_string(), |patch| patch.differ(before, after));
        }
        for (place, item) in (head + pairs..).zip(&after[pairs..]) {
            self.at(&place.to_string(), |patch| patch.push("add", Some(item)));
        }
        for _ in &before[pairs..] {
            self.at(&(head + pairs).to_string(), |patch| patch.push("remove", None));
        }
    }

    /// Goes on below this name.
    fn at(&mut self, name: &str, differ: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        differ(self);
        self.path.truncate(length);
    }

    fn push(&mut self, op: &'static str, value: Option<&'a RawValue>) {
        self.length += FRAME + self.path.len() + value.map_or(0, |value| value.get().len());
        self.operations.push(Operation { op, path: self.path.clone(), value });
    }
}

fn share_a_name(before: &Fields<'_>, after: &Fields<'_>) -> bool {
    let names: BTreeSet<&str> = before.0.iter().map(|(name, _)| name.as_str()).collect();
    names.is_empty()
        || after.0.is_empty()
        || after.0.iter().any(|(name, _)| names.contains(&**name))
}

/// A value as far as it matters here.
enum Shape<'a> {
    Object(Fields<'a>),
    List(Vec<&'a RawValue>),
    Other,
}

impl<'a> Shape<'a> {
    fn of(value: &'a RawValue) -> Self {
        let text = value.get();
        let shape = match text.as_bytes().first() {
            Some(b'{') => Fields::of(text).map(Self::Object),
            Some(b'[') => serde_json::from_str(text).ok().map(Self::List),
            _ => None,
        };
        shape.unwrap_or(Self::Other)
    }
}

/// The fields of an object, in order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Fields<'a> {
    fn of(text: &'a str) -> Option<Self> {
        struct All;
        impl<'a> Visitor<'a> for All {
            type Value = Fields<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        serde_json::Deserializer::from_str(text).deserialize_map(All).ok()
    }
}
