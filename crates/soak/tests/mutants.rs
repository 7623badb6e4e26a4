//! Storms find known bugs, each by the property that it violates. `cargo xtask check` runs this in
//! the build for release; without optimisation it would take too long.

#![cfg(not(debug_assertions))]

use soak::{FAMILIES, Family, find, hunt};

/// Storms find the bug within this many seeds.
fn found(family: &Family, code: &str, within: u64) {
    let mutant = family.mutants.iter().find(|mutant| mutant.code == code).expect("a known bug");
    let catch = hunt(family, *mutant, &catalogue::catalogue(), 0..within, None).expect("threads");
    assert!(catch.named.is_some(), "{code}: nothing was violated in {within} storms");
}

#[test]
fn known_bugs_of_raft_are_found() {
    let raft = find("raft").expect("a family");
    for (code, within) in [
        ("R-vote2", 400),
        ("R-forget-vote", 4_000),
        ("R-one-ack", 400),
        ("R-readindex-noquorum", 1_000),
        ("R-read-before-commit", 200),
        ("R-learner-no-vote", 4_000),
        ("R-keep-conflict", 100),
        ("R-snapshot-mixed", 100),
        ("R-snapshot-no-retry", 400),
        ("R-snapshot-merge", 100),
        ("R-truncate-always", 600),
        ("R-readindex-retry", 600),
        ("R-read-joins-round", 1_200),
        ("R-lease-from-answer", 400),
        ("R-lease-transfer", 600),
        ("R-lease-no-withhold", 600),
        ("R-lease-restart", 600),
        ("R-single-change", 200),
        ("R-leader-not-counted", 100),
    ] {
        found(raft, code, within);
    }
}

#[test]
fn known_bugs_of_chains_are_found() {
    for family in ["chain-replication", "craq"] {
        let family = find(family).expect("a family");
        for (code, within) in [
            ("C-head-ack", 100),
            ("C-no-resend", 100),
            ("C-no-epoch", 1_500),
            ("C-joined-twice", 1_500),
            ("C-complete-anyway", 100),
            ("C-first-keeps", 200),
        ] {
            found(family, code, within);
        }
    }
    for (code, within) in
        [("C-dirty-read", 100), ("C-newest-read", 100), ("C-read-before-lease", 500)]
    {
        found(find("craq").expect("a family"), code, within);
    }
}

#[test]
fn known_bugs_of_paxos_are_found() {
    let paxos = find("paxos").expect("a family");
    for (code, within) in [
        ("P-anyval", 200),
        ("P-promise-crash", 400),
        ("P-no2bcheck", 400),
        ("P-reuse", 1_000),
        ("P-stale-promise", 400),
        ("FP-quorums", 400),
    ] {
        found(paxos, code, within);
    }
}

#[test]
fn known_bugs_of_bully_are_found() {
    found(find("bully").expect("a family"), "B-no-wait", 400);
}

#[test]
fn known_bugs_of_the_detector_are_found() {
    found(find("eventually-perfect").expect("a family"), "FD-no-restore", 20);
}

/// The least that shows it: the scenario that holds without the bug.
#[test]
fn without_waiting_bully_has_two_coordinators() {
    let scenario = include_str!("../../../scenarios/election/bully-waits-for-the-higher.ron");
    let violated = |text: &str| {
        let loaded = sim_scenario::load_text("bully.ron", text, &catalogue::catalogue());
        let prepared = loaded.unwrap_or_else(|error| panic!("{error}")).prepared;
        let report = prepared.run(0, &sim_scenario::RunOptions::default());
        report.violations.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(violated(scenario), Vec::<&str>::new());
    let buggy = scenario.replace("Bully(", "Bully(mutant: \"B-no-wait\", ");
    assert_eq!(violated(&buggy), ["BL2"]);
}

#[test]
fn known_bugs_of_multi_paxos_are_found() {
    let multi_paxos = find("multi-paxos").expect("a family");
    for (code, within) in [
        ("P-anyval", 100),
        ("P-promise-crash", 100),
        ("P-lowest", 100),
        ("MP-hole", 100),
        ("P-reuse", 600),
        ("P-no2bcheck", 400),
        ("FP-quorums", 400),
    ] {
        found(multi_paxos, code, within);
    }
}

#[test]
fn known_bugs_of_rings_are_found() {
    found(find("rings").expect("a family"), "CR-no-participant", 64);
}

#[test]
fn known_bugs_of_primary_backup_are_found() {
    let primary_backup = find("primary-backup").expect("a family");
    for (code, within) in [
        ("PB-split", 100),
        ("PB-unsynced", 400),
        ("PB-old-view", 200),
        ("PB-old-ack", 100),
        ("PB-old-chunk", 800),
    ] {
        found(primary_backup, code, within);
    }
}

/// With the bug, a property is violated in one of the first seeds of a scenario of the corpus, and
/// nothing else does. The corpus runs it without the bug.
fn violated_in(scenario: &str, protocol: &str, code: &str, property: &str, seeds: u64) {
    let path = format!("{}/../../scenarios/{scenario}.ron", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
    let with = format!("{protocol}(mutant: \"{code}\", ");
    let buggy = text.replace(&format!("{protocol}("), &with);
    let loaded = sim_scenario::load_text(&path, &buggy, &catalogue::catalogue());
    let prepared = loaded.unwrap_or_else(|error| panic!("{error}")).prepared;
    let runs = (0..seeds).map(|seed| prepared.run(seed, &sim_scenario::RunOptions::default()));
    let violated: Vec<&str> =
        runs.flat_map(|run| run.violations.into_iter().map(|one| one.code)).collect();
    assert!(!violated.is_empty(), "{scenario}: nothing is violated by {code}");
    assert!(
        violated.iter().all(|one| *one == property),
        "{scenario}: {code} violates {violated:?}"
    );
}

/// The situations that Raft's rules on reads and on changes of membership are for.
#[test]
fn scenarios_of_raft_show_what_a_rule_is_for() {
    for (name, code, property, seeds) in [
        ("answers-of-an-older-term", "R-readindex-retry", "KV1", 5),
        ("read-begins-a-round-of-its-own", "R-read-joins-round", "KV1", 5),
        ("lease-counts-from-the-sending", "R-lease-from-answer", "KV1", 2),
        ("lease-and-a-transfer-that-comes-too-late", "R-lease-transfer", "KV1", 5),
        ("lease-and-a-campaign-within-it", "R-lease-no-withhold", "KV1", 5),
        ("lease-and-a-campaign-within-it", "R-lease-restart", "KV1", 5),
        ("lease-one-follower-misses-heartbeats", "R-lease-no-withhold", "KV1", 40),
        ("changes-of-a-minority", "R-single-change", "RF4", 2),
    ] {
        violated_in(&format!("raft/{name}"), "Raft", code, property, seeds);
    }
}

/// What a primary and a recruit must know after a crash.
#[test]
fn scenarios_of_primary_backup_show_what_a_crash_must_leave() {
    for (name, code, property, seeds) in [
        ("old-view-after-a-crash", "PB-old-view", "PB3", 20),
        ("old-acknowledgement-after-a-crash", "PB-old-ack", "PB3", 20),
        ("old-chunk-in-the-next-incarnation", "PB-old-chunk", "KV2", 40),
    ] {
        violated_in(&format!("primary-backup/{name}"), "PrimaryBackup", code, property, seeds);
    }
}

/// What a disk must not say of a history that it does not hold.
#[test]
fn scenarios_of_chains_show_what_a_disk_must_not_say() {
    for (name, code, property, seeds) in [
        ("joined-twice-in-one-incarnation", "C-joined-twice", "CH3", 20),
        ("crash-as-it-catches-up", "C-complete-anyway", "CH3", 20),
        ("crash-keeps-updates-of-no-incarnation", "C-first-keeps", "KV1", 200),
    ] {
        violated_in(
            &format!("chain-replication/{name}"),
            "ChainReplication",
            code,
            property,
            seeds,
        );
    }
}

/// A bug that no setting reaches would be found by nobody.
#[test]
fn a_build_with_bugs_takes_all_their_codes() {
    let catalogue = catalogue::catalogue();
    for family in FAMILIES {
        for mutant in family.mutants {
            let storm = soak::Storm::of(family, 0, Some(mutant.code));
            let loaded = sim_scenario::load_text("storm.ron", &storm.text, &catalogue);
            assert!(loaded.is_ok(), "{}", mutant.code);
        }
    }
}
