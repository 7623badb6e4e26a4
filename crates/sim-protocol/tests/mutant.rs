//! The setting `mutant`: known bugs by their codes.

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

#[test]
fn a_bug_is_read_by_its_code_and_another_is_told_which_there_are() {
    assert_eq!(read("X-other"), Ok(Bug::Other));
    let refused = read("X-two").expect_err("there is no such bug");
    assert_eq!(refused, "there is no such bug; there are X-one, X-other");
}
