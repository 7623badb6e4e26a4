//! The differences between two values, as a JSON Patch.

mod apply;

use apply::apply;
use proptest::prelude::*;
use serde_json::{Value, json};
use sim_scenario::{Json, patch};

fn operations(before: &Value, after: &Value) -> Vec<Value> {
    let before = Json::of(before).expect("JSON");
    let alone = Json::of(after).expect("JSON");
    let after = Json::beside(&before, after).expect("JSON");
    let operations = patch(&before, &after);
    let same = patch(&before, &alone);
    assert_eq!(format!("{operations:?}"), format!("{same:?}"), "whether or not they share parts");
    operations.iter().map(|one| serde_json::to_value(one).expect("JSON")).collect()
}

/// The operations of two values, which make the second of the first.
fn applied(before: &Value, after: &Value) -> Vec<Value> {
    let operations = operations(before, after);
    let mut made = before.clone();
    apply(&mut made, &operations);
    assert_eq!(&made, after, "{operations:?}");
    operations
}

#[test]
fn what_is_the_same_is_no_operation() {
    let state = json!({"term": 3, "log": [1, 2, 3]});
    assert_eq!(applied(&state, &state), Vec::<Value>::new());
}

#[test]
fn an_entry_that_is_appended_is_added() {
    let entry = |term: u64| json!({"term": term, "command": {"Put": ["k", "v".repeat(20)]}});
    let log = |terms: &[u64]| json!({"term": 1, "log": {"entries": terms.iter().copied().map(entry).collect::<Vec<Value>>()}});
    assert_eq!(
        applied(&log(&[1, 1, 2]), &log(&[1, 1, 2, 5])),
        [json!({"op": "add", "path": "/log/entries/3", "value": entry(5)})]
    );
    // What is cut off and what is put in between, likewise.
    assert_eq!(
        applied(&log(&[1, 1, 2]), &log(&[1])),
        [(); 2].map(|()| json!({"op": "remove", "path": "/log/entries/1", "value": null}))
    );
    assert_eq!(
        applied(&log(&[1, 3]), &log(&[1, 2, 3])),
        [json!({"op": "add", "path": "/log/entries/1", "value": entry(2)})]
    );
}

#[test]
fn a_field_has_its_path() {
    let state = |votes: Value, hint: Value| json!({"role": {"Candidate": {"a/b~c": votes}}, "hint": hint, "log": vec![0; 60]});
    assert_eq!(
        applied(&state(json!([0]), json!(null)), &state(json!([0, 4]), json!(null))),
        [json!({"op": "add", "path": "/role/Candidate/a~1b~0c/1", "value": 4})]
    );
    assert_eq!(
        applied(&state(json!([0]), json!(null)), &state(json!([0]), json!(7))),
        [json!({"op": "replace", "path": "/hint", "value": 7})]
    );
}

/// Another variant is another value, and not one field less and one more.
#[test]
fn another_variant_replaces_the_first() {
    let state = |role: Value| json!({"role": role, "rest": "r".repeat(200)});
    assert_eq!(
        applied(&state(json!({"Follower": {"of": 1}})), &state(json!({"Leader": [2, 3]}))),
        [json!({"op": "replace", "path": "/role", "value": {"Leader": [2, 3]}})]
    );
}

#[test]
fn a_patch_is_never_much_longer_than_what_it_makes() {
    let all = |shift: u64| json!((0..100).map(|number| number + shift).collect::<Vec<u64>>());
    assert_eq!(
        applied(&json!({"a": all(0)}), &json!({"a": all(1)})),
        [json!({"op": "replace", "path": "/a", "value": all(1)})]
    );
}

#[test]
fn numbers_of_any_length_are_compared() {
    let one = Json::of(&[u128::MAX - 1]).expect("JSON");
    let other = Json::beside(&one, &[u128::MAX]).expect("JSON");
    let changed = patch(&one, &other);
    let value = changed[0].value.expect("a value").to_string();
    assert!(value.ends_with("455"), "{changed:?}");
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4_u64).prop_map(Value::from),
        "[a/~é\"]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("[a/~]{0,2}", inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    })]

    #[test]
    fn a_patch_makes_the_second_of_the_first(before in value(), after in value()) {
        applied(&before, &after);
    }

    /// Long values that differ in little.
    #[test]
    fn a_patch_of_a_small_change_is_small(mut items in proptest::collection::vec(value(), 20..30),
        place in 0..20_usize, new in value())
    {
        let before = Value::from(items.clone());
        items[place] = new.clone();
        let changed = applied(&before, &Value::from(items));
        let length: usize = changed.iter().map(|one| one.to_string().len()).sum();
        prop_assert!(length <= new.to_string().len() + 200, "{changed:?}");
    }
}
