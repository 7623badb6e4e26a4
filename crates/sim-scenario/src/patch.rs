//! [`patch`]: what is different between two values, as a JSON Patch (RFC 6902).
//!
//! A value that was made beside the other shares with it what is the same, which is then never
//! looked into.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::json::{Json, Shape};

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
    pub value: Option<&'a Json>,
}

/// The operations that make the second value of the first, in the order in which they are to be
/// applied. What would take more room than the second value itself is a single operation that
/// replaces the whole.
#[must_use]
pub fn patch<'a>(before: &'a Json, after: &'a Json) -> Vec<Operation<'a>> {
    let mut patch = Patch { operations: Vec::new(), path: String::new(), length: 0 };
    patch.differ(before, after);
    patch.operations
}

/// A patch under way.
struct Patch<'a> {
    operations: Vec<Operation<'a>>,
    /// Where it is at work.
    path: String,
    /// How long the operations are, roughly.
    length: usize,
}

/// The fields of an object, in order.
type Fields = [(Json, Json)];

impl<'a> Patch<'a> {
    fn differ(&mut self, before: &'a Json, after: &'a Json) {
        if before == after {
            return;
        }
        let (operations, length) = (self.operations.len(), self.length);
        match (&before.0, &after.0) {
            (Shape::Object(before), Shape::Object(after))
                if share_a_name(&before.fields, &after.fields) =>
            {
                self.differ_in_fields(&before.fields, &after.fields);
            }
            (Shape::List(before), Shape::List(after)) => {
                self.differ_in_items(&before.items, &after.items);
            }
            _ => return self.push("replace", Some(after)),
        }
        if self.length - length > self.path.len() + after.length() + FRAME {
            self.operations.truncate(operations);
            self.length = length;
            self.push("replace", Some(after));
        }
    }

    fn differ_in_fields(&mut self, before: &'a Fields, after: &'a Fields) {
        let mut known: BTreeMap<Cow<'_, str>, &Json> =
            before.iter().map(|(name, value)| (name.as_key(), value)).collect();
        let named = after.iter().map(|(name, value)| (name.as_key(), value));
        let after: Vec<_> =
            named.map(|(name, value)| (known.remove(&*name), name, value)).collect();
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
    fn differ_in_items(&mut self, before: &'a [Json], after: &'a [Json]) {
        let same = |(one, other): &(&Json, &Json)| one == other;
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

    fn push(&mut self, op: &'static str, value: Option<&'a Json>) {
        self.length += FRAME + self.path.len() + value.map_or(0, Json::length);
        self.operations.push(Operation { op, path: self.path.clone(), value });
    }
}

fn share_a_name(before: &Fields, after: &Fields) -> bool {
    let names: BTreeSet<Cow<'_, str>> = before.iter().map(|(name, _)| name.as_key()).collect();
    names.is_empty()
        || after.is_empty()
        || after.iter().any(|(name, _)| names.contains(&name.as_key()))
}
