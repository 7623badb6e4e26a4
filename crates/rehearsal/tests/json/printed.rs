//! What was seen of printed objects.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::page::Section;

/// What was seen of the fields of a section.
#[derive(Default)]
pub(crate) struct Printed {
    fields: BTreeMap<String, Seen>,
    /// How many objects there were at a path.
    objects: BTreeMap<String, usize>,
}

#[derive(Default)]
struct Seen {
    /// How often it was printed.
    times: usize,
    /// The types that it had, `null` among them.
    types: BTreeSet<String>,
}

impl Printed {
    /// Takes in one printed object.
    pub(crate) fn see(&mut self, section: &Section, object: &Map<String, Value>) {
        self.object(section, "", object);
    }

    fn object(&mut self, section: &Section, path: &str, object: &Map<String, Value>) {
        *self.objects.entry(path.to_owned()).or_default() += 1;
        let any_name = section.contains_key(&below(path, "*"));
        for (name, value) in object {
            let path = below(path, if any_name { "*" } else { name });
            let seen = self.fields.entry(path.clone()).or_default();
            seen.times += 1;
            // What is the protocol's own may be anything, and null where the page says so.
            if let Some(row) = section.get(&path).filter(|row| row.types.contains("any")) {
                let name = if value.is_null() && row.null { "null" } else { "any" };
                seen.types.insert(name.to_owned());
                continue;
            }
            seen.types.extend(type_of(value));
            match value {
                Value::Object(object) => self.object(section, &path, object),
                Value::Array(list) => {
                    for object in list.iter().filter_map(Value::as_object) {
                        self.object(section, &format!("{path}[]"), object);
                    }
                }
                _ => {}
            }
        }
    }

    /// Where this differs from what the page says.
    pub(crate) fn differences(&self, section: &Section) -> Vec<String> {
        let mut wrong = Vec::new();
        for field in self.fields.keys().filter(|field| !section.contains_key(*field)) {
            wrong.push(format!("`{field}` is printed and not in the page"));
        }
        for (field, row) in section {
            let Some(seen) = self.fields.get(field) else {
                wrong.push(format!("`{field}` is in the page and not printed"));
                continue;
            };
            let mut said = row.types.clone();
            said.extend(row.null.then(|| "null".to_owned()));
            if seen.types != said {
                let types = &seen.types;
                wrong.push(format!("`{field}` is printed as {types:?}, the page says {said:?}"));
            }
            let parent = field.rsplit_once('.').map_or("", |(parent, _)| parent);
            let objects = self.objects.get(parent).copied().unwrap_or_default();
            if !field.ends_with('*') && seen.times != objects {
                let times = seen.times;
                wrong.push(format!("`{field}` is not always there: {times} of {objects} times"));
            }
        }
        wrong
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The type of a value in the words of the page; none of an empty list, which fits any.
fn type_of(value: &Value) -> Option<String> {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "decimal",
        Value::Number(_) => "integer",
        Value::String(_) => "text",
        Value::Object(_) => "object",
        Value::Array(list) => {
            let first = list.iter().find(|item| !item.is_null())?;
            let item = type_of(first)?;
            let mixed = list.iter().any(|one| !one.is_null() && type_of(one) != type_of(first));
            assert!(!mixed, "a list of several types: {value}");
            return Some(format!("list of {item}s"));
        }
    };
    Some(name.to_owned())
}
