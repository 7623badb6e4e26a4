use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::{Json, Shape};

#[derive(Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Index(u64);

#[derive(Serialize)]
enum Word {
    Plain,
    Number(Index),
    Pair(u8, u8),
    Named { index: Index, more: Option<u8> },
}

fn written(value: &impl Serialize) -> String {
    let json = Json::of(value).expect("it can be serialised");
    let text = json.to_string();
    serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON");
    assert_eq!(json.length(), text.len(), "{text}");
    text
}

/// What `serde_json` can write is written as it does.
#[test]
fn common_values_are_as_usual() {
    fn same(value: &impl Serialize) {
        assert_eq!(written(value), serde_json::to_string(value).expect("JSON"));
    }
    same(&Word::Plain);
    same(&Word::Number(Index(u64::MAX)));
    same(&Word::Pair(1, 2));
    same(&Word::Named { index: Index(1), more: None });
    same(&vec![Some(1), None]);
    same(&BTreeMap::from([("a b \u{7f}", 1.5), ("é", -0.0)]));
    same(&BTreeMap::from([(-1, true), (2, false)]));
    same(&BTreeMap::from([(Index(3), BTreeSet::from(["x"]))]));
    same(&(1_u8, 'c', "text", ()));
    same(&(u128::MAX, i128::MIN, f64::NAN, 0.1));
    same(&BTreeMap::<u8, u8>::new());
    let text = "a \"b\" \\ \u{1}\n";
    assert_eq!(Json::text(text).to_string(), serde_json::to_string(text).expect("JSON"));
}

#[test]
fn a_map_with_larger_keys_is_a_list_of_pairs() {
    let map = BTreeMap::from([((1, "a"), 10), ((2, "b"), 20)]);
    assert_eq!(written(&map), r#"[[[1,"a"],10],[[2,"b"],20]]"#);
    let map = BTreeMap::from([(None, 1), (Some(2), 3)]);
    assert_eq!(written(&map), "[[null,1],[2,3]]");
}

/// The items of the list in a field.
fn items<'j>(json: &'j Json, field: &str) -> &'j [Json] {
    let Shape::Object(object) = &json.0 else { panic!("an object: {json}") };
    let found = object.fields.iter().find(|(name, _)| name.as_key() == field);
    match &found.expect("the field").1.0 {
        Shape::List(list) => &list.items,
        _ => panic!("a list: {json}"),
    }
}

fn is_shared(one: &Json, other: &Json) -> bool {
    match (&one.0, &other.0) {
        (Shape::Object(one), Shape::Object(other)) => Arc::ptr_eq(one, other),
        (Shape::List(one), Shape::List(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}

#[derive(Clone, Serialize)]
struct State {
    term: u64,
    log: Vec<BTreeMap<Index, String>>,
    votes: BTreeMap<(u8, u8), Vec<u8>>,
    peers: BTreeMap<u8, Vec<u8>>,
}

fn state() -> State {
    State {
        term: 3,
        log: (0..4).map(|index| BTreeMap::from([(Index(index), "put".to_owned())])).collect(),
        votes: BTreeMap::from([((1, 1), vec![1]), ((2, 2), vec![2])]),
        peers: BTreeMap::from([(1, vec![1]), (3, vec![3]), (5, vec![5])]),
    }
}

#[test]
fn what_is_the_same_is_taken_over_from_the_earlier_value() {
    let earlier = Json::of(&state()).expect("JSON");
    let again = Json::beside(&earlier, &state()).expect("JSON");
    assert!(is_shared(&earlier, &again), "nothing changed");

    let mut longer = state();
    longer.log.push(BTreeMap::from([(Index(4), "delete".to_owned())]));
    longer.term = 4;
    let longer = Json::beside(&earlier, &longer).expect("JSON");
    let (before, after) = (items(&earlier, "log"), items(&longer, "log"));
    assert_eq!((before.len(), after.len()), (4, 5));
    assert!(before.iter().zip(after).all(|(one, other)| is_shared(one, other)));
}

/// Whatever it is made beside, a value is the same.
#[test]
fn a_value_does_not_depend_on_what_it_is_made_beside() {
    let mut states = vec![state()];
    let mut with = |change: &dyn Fn(&mut State)| {
        let mut other = state();
        change(&mut other);
        states.push(other);
    };
    with(&|state| state.log.truncate(1));
    with(&|state| state.log.clear());
    with(&|state| drop(state.log.remove(0)));
    with(&|state| drop(state.votes.remove(&(1, 1))));
    with(&|state| state.votes.clear());
    with(&|state| drop(state.votes.insert((1, 2), vec![9])));
    with(&|state| drop(state.peers.remove(&3)));
    with(&|state| drop(state.peers.insert(2, vec![2])));
    with(&|state| drop(state.peers.insert(5, vec![6])));
    let mut all: Vec<(Json, String)> = states
        .iter()
        .map(|state| (Json::of(state).expect("JSON"), serde_json::to_string(&state.term)))
        .map(|(json, _)| (json.clone(), json.to_string()))
        .collect();
    let words = [Word::Plain, Word::Number(Index(1)), Word::Number(Index(2)), Word::Pair(1, 2)];
    all.extend(words.iter().map(|word| {
        let json = Json::of(word).expect("JSON");
        (json.clone(), json.to_string())
    }));
    for (earlier, _) in &all {
        for (state, (alone, text)) in states.iter().zip(&all) {
            let beside = Json::beside(earlier, state).expect("JSON");
            assert_eq!(beside.to_string(), *text, "beside {earlier}");
            assert_eq!(&beside, alone);
        }
        for (word, (alone, text)) in words.iter().zip(&all[states.len()..]) {
            let beside = Json::beside(earlier, word).expect("JSON");
            assert_eq!((beside.to_string(), &beside), (text.clone(), alone), "beside {earlier}");
        }
    }
}
