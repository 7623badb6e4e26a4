//! The setting `mutant`: a build without known bugs takes none.

#![allow(unexpected_cfgs, reason = "this crate has no feature `mutants`")]

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use sim_protocol::{KnownBug, Mutant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Mutant)]
enum Bug {
    /// It does this wrong.
    #[mutant("X-one")]
    One,
    /// It does that wrong.
    #[mutant("X-other")]
    Other,
}

fn read(code: &str) -> Result<Bug, String> {
    let code: StrDeserializer<'_, Error> = code.into_deserializer();
    Bug::deserialize(code).map_err(|error| error.to_string())
}

#[test]
fn bugs_have_codes_and_meanings() {
    let one = KnownBug { code: "X-one", bug: Bug::One, meaning: "It does this wrong." };
    assert_eq!(Bug::ALL[0], one);
    assert_eq!((Bug::ALL.len(), Bug::ALL[1].bug), (2, Bug::Other));
}

/// This test's crate has no feature `mutants`.
#[test]
fn a_build_without_bugs_takes_none() {
    for code in ["X-one", "X-two"] {
        let refused = read(code).expect_err("no bugs in this build");
        assert!(refused.contains("feature `mutants`"), "{refused}");
    }
}
