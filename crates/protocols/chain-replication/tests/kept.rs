//! What the claims keep for the rest of a run is told, and grows with the run.

mod cluster;

use std::collections::BTreeMap;
use std::sync::Arc;

use chain_replication::{CraqSuite, Party};
use cluster::{clients, config, spec};
use service::Mix;
use sim_engine::{World, WorldSpec};

const APPENDS: Mix = Mix { get: 0, put: 0, append: 1, cas: 0, delete: 0 };

/// What each property keeps after a run, in bytes.
fn kept(spec: WorldSpec<Party>) -> BTreeMap<&'static str, u64> {
    let mut world = World::<Party, CraqSuite>::new(Arc::new(spec), 0);
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
fn histories_and_versions_are_counted() {
    let after = |operations| kept(spec(config(3), clients(3, operations, APPENDS)));
    let (some, more) = (after(400), after(800));
    let codes = ["CH1", "CH2", "CH3", "CR1", "CR2", "KV1"];
    assert_eq!(more.keys().copied().collect::<Vec<_>>(), codes);
    // Each version of the value shares its beginning with the one before.
    grow(&some, &more, &codes);
}
