//! What the claims keep for the rest of a run is told, and grows with the run.

mod cluster;

use std::collections::BTreeMap;
use std::sync::Arc;

use cluster::{at, config, link, ms, spec, workload};
use raft::{Party, Suite};
use sim_engine::{Delay, World, WorldSpec};

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
fn histories_and_logs_are_counted() {
    let after = |operations| {
        kept(spec(3, config(3), workload(operations), link(Delay::Constant(ms(1))), at(20_000)))
    };
    let (some, more) = (after(400), after(800));
    assert_eq!(more.keys().copied().collect::<Vec<_>>(), ["KV1", "RF1", "RF3", "RF4", "RF5"]);
    grow(&some, &more, &["KV1", "RF3", "RF4", "RF5"]);
}
