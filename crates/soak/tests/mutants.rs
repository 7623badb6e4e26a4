//! The storms bite: known bugs fall, each with the property that is to fall. `cargo xtask check`
//! runs this; it needs `--features mutants`.

use soak::{FAMILIES, Family, find, hunt};

/// A bug falls within so many seeds.
fn falls(family: &Family, code: &str, within: u64) {
    let mutant = family.mutants.iter().find(|mutant| mutant.code == code).expect("a known bug");
    let catch = hunt(family, *mutant, &catalogue::catalogue(), 0..within, None).expect("threads");
    assert!(catch.named.is_some(), "{code}: nothing fell in {within} storms");
}

#[test]
fn known_bugs_of_raft_fall() {
    let raft = find("raft").expect("a family");
    for (code, within) in [
        ("R-vote2", 400),
        ("R-forget-vote", 4_000),
        ("R-one-ack", 400),
        ("R-readindex-noquorum", 1_000),
        ("R-snapshot-merge", 100),
    ] {
        falls(raft, code, within);
    }
}

#[test]
fn known_bugs_of_primary_backup_fall() {
    let primary_backup = find("primary-backup").expect("a family");
    for (code, within) in [("PB-split", 100), ("PB-unsynced", 400)] {
        falls(primary_backup, code, within);
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
