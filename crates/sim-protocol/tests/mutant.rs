//! The setting `mutant`.

use sim_protocol::{MUTANT, Mutant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bug {
    One,
    Other,
}

impl Mutant for Bug {
    const ALL: &'static [(&'static str, Self)] = &[("X-one", Self::One), ("X-other", Self::Other)];
}

#[test]
fn a_bug_is_asked_for_by_its_code() {
    assert_eq!(Bug::of_setting(None, true), Ok(None));
    assert_eq!(Bug::of_setting(None, false), Ok(None));
    assert_eq!(Bug::of_setting(Some("X-other"), true), Ok(Some(Bug::Other)));
    let unknown = Bug::of_setting(Some("X-two"), true).expect_err("no such code");
    assert_eq!(unknown.field, MUTANT.name);
    assert_eq!(unknown.message, "there is no such bug; there are X-one, X-other");
}

#[test]
fn a_build_without_bugs_takes_none() {
    for code in ["X-one", "X-two"] {
        let refused = Bug::of_setting(Some(code), false).expect_err("no bugs in this build");
        assert!(refused.message.contains("feature `mutants`"), "{}", refused.message);
    }
}
