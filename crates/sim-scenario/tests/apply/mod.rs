//! Applies JSON Patches (RFC 6902), as a reader of a trace would.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::collections::BTreeMap;

use serde_json::Value;

/// Every whole state that the lines tell of, as a reader would work it out: by step.
pub(crate) fn worked_out(lines: &[Value]) -> BTreeMap<u64, Value> {
    let mut states: BTreeMap<(u64, bool), Value> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for line in lines {
        let kind = line["type"].as_str().expect("a type");
        if !matches!(kind, "step" | "state") {
            assert!(line.get("changes").is_none(), "{line}");
            continue;
        }
        let (node, step) = (line["node"].as_u64(), line["step"].as_u64().expect("a step"));
        // Two instances of one node have a state each.
        let node = (node.expect("a node"), line["twin"].as_bool().expect("whether it is a twin"));
        match (&line["state"], &line["changes"]) {
            (Value::Null, Value::Null) => {
                states.remove(&node);
            }
            (Value::Null, Value::Array(changes)) => {
                let state = states.get_mut(&node);
                apply(state.unwrap_or_else(|| panic!("a state to change: {line}")), changes);
            }
            (state, Value::Null) => {
                states.insert(node, state.clone());
            }
            _ => panic!("a state and its changes: {line}"),
        }
        if kind == "step" {
            found.extend(states.get(&node).map(|state| (step, state.clone())));
        }
    }
    found
}

/// Applies the operations to the value, in order.
pub(crate) fn apply(value: &mut Value, operations: &[Value]) {
    for operation in operations {
        let path = operation["path"].as_str().expect("a pointer");
        let changed = operation["value"].clone();
        let Some((parent, name)) = path.rsplit_once('/') else {
            assert_eq!((&operation["op"], path), (&Value::from("replace"), ""), "{operation}");
            *value = changed;
            continue;
        };
        let name = name.replace("~1", "/").replace("~0", "~");
        let parent = value.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {operation}"));
        match (operation["op"].as_str(), parent) {
            (Some("add"), Value::Object(fields)) => {
                assert!(fields.insert(name, changed).is_none(), "{operation}");
            }
            (Some("replace"), Value::Object(fields)) => {
                assert!(fields.insert(name, changed).is_some(), "{operation}");
            }
            (Some("remove"), Value::Object(fields)) => {
                assert!(fields.remove(&name).is_some(), "{operation}");
            }
            (Some(op), Value::Array(items)) => {
                let place = name.parse().expect("a place in a list");
                match op {
                    "add" => items.insert(place, changed),
                    "replace" => items[place] = changed,
                    _ => drop(items.remove(place)),
                }
            }
            (_, parent) => panic!("{operation} of {parent}"),
        }
    }
}
