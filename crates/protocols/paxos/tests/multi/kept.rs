//! What the claims keep for the rest of a run is told, and grows with the run.

use std::collections::BTreeMap;
use std::sync::Arc;

use paxos::multi::{Party, Suite};
use service::{KeyValue, Loop};
use sim_engine::{World, WorldSpec};
use sim_node::Span;

use crate::cluster::{at, config, ms, spec};

/// What each property keeps after a run, in bytes.
fn kept(spec: WorldSpec<Party>) -> BTreeMap<&'static str, u64> {
    let mut world = World::<Party, Suite>::new(Arc::new(spec), 0);
    world.run();
    world.kept()
}

/// With twice the operations, these keep about twice as much.
#[track_caller]
fn grow(some: &BTreeMap<&'static str, u64>, more: &BTreeMap<&'static str, u64>, codes: &[&str]) {
    for code in codes {
        let (some, more) = (some[code], more[code]);
        assert!(more * 10 >= some * 16 && more * 10 <= some * 24, "{code}: {some}, then {more}");
    }
}

#[test]
fn votes_and_histories_are_counted() {
    let arrivals = Loop::Closed { think: Span::exactly(ms(20)) };
    let after = |operations| {
        let workload = KeyValue { operations, keys: 2, arrivals, ..KeyValue::default() };
        kept(spec(config(3), workload, at(20_000)))
    };
    let (some, more) = (after(400), after(800));
    let codes = ["KV1", "MP1", "MP2", "MP3", "MP4", "MP5"];
    assert_eq!(more.keys().copied().collect::<Vec<_>>(), codes);
    grow(&some, &more, &codes);
}
