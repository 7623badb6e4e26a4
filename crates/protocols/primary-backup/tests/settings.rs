//! What a scenario may set, and what it is told when that makes no sense.

use primary_backup::{PrimaryBackup, Settings};
use sim_check::Core;
use sim_protocol::Protocol;

fn settings(text: &str) -> Settings {
    ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .from_str(text)
        .unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// The view service is a node between the replicas and the clients; all come back in the calm.
#[test]
fn the_view_service_follows_the_replicas() {
    let workload = service::KeyValue { clients: 4, ..service::KeyValue::default() };
    let setup = PrimaryBackup::setup(&settings("(nodes: 3)"), Some(&workload)).expect("good");
    assert_eq!((setup.others, setup.core), (5, Core::All));
    assert_eq!(setup.config.client.config.first, 4);
    assert_eq!(setup.config.replica.config.view_service().number(), 3);
    assert_eq!(setup.config.replica.config.backups(), 2);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (field, text) in [
        ("backups", "(nodes: 3, backups: 3)"),
        ("ping", "(nodes: 3, ping: \"0s\")"),
        ("ping", "(nodes: 3, ping: \"150ms\")"),
        ("timeout", "(nodes: 3, timeout: \"25h\")"),
        ("ping", "(nodes: 3, ping: \"1ns\")"),
        ("retry", "(nodes: 3, retry: \"0s\")"),
        ("retry", "(nodes: 3, retry: \"99us\")"),
        ("drop_after", "(nodes: 3, drop_after: \"40ms\")"),
        ("drop_after", "(nodes: 3, drop_after: \"25h\")"),
        ("lease", "(nodes: 3, lease: \"0s\")"),
        ("lease_drift", "(nodes: 3, lease_drift: \"100%\")"),
        ("chunk", "(nodes: 3, chunk: 0)"),
        ("batch", "(nodes: 3, batch: 0)"),
        ("bound", "(nodes: 3, bound: \"120ms\")"),
    ] {
        let why = PrimaryBackup::setup(&settings(text), None).expect_err(text);
        assert_eq!(why.field, field, "{text}: {why:?}");
    }
}

/// A bound is nothing to rely on unless the scenario's model assumes it.
#[test]
fn a_bound_has_to_be_assumed() {
    let relies_on = |text| PrimaryBackup::relies_on(&settings(text));
    assert_eq!(relies_on("(nodes: 3)"), None);
    let bound = sim_node::Duration::from_millis(20);
    assert_eq!(relies_on("(nodes: 3, bound: \"20ms\")"), Some(("bound", bound)));
}
