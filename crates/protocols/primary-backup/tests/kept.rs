//! What the claims keep for the rest of a run is told, and grows with the run.

mod cluster;

use std::collections::BTreeMap;
use std::sync::Arc;

use cluster::{PUTS, at, config, one_client, spec};
use primary_backup::{Party, Reads, Suite};
use sim_engine::{World, WorldSpec};

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
fn histories_are_counted() {
    let after = |operations| {
        kept(spec(config(3, Reads::Forward), one_client(operations, PUTS, 5), at(20_000)))
    };
    let (some, more) = (after(400), after(800));
    let codes = ["KV1", "PB1", "PB2", "PB3", "PB4"];
    assert_eq!(more.keys().copied().collect::<Vec<_>>(), codes);
    grow(&some, &more, &["KV1", "PB2"]);
}
