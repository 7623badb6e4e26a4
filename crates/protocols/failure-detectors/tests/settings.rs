//! What a scenario may set, and what it is told when that makes no sense.

use failure_detectors::{Config, EventuallyPerfect, Omega, Settings};
use sim_check::{Core, Properties};
use sim_node::Duration;
use sim_protocol::Protocol;

fn settings(text: &str) -> Result<Settings, String> {
    ron::from_str(text).map_err(|why| why.to_string())
}

#[test]
fn settings_become_a_configuration() {
    let text = "(nodes: 5, period: \"50ms\", timeout: \"1s\", increase: \"0s\")";
    let settings = settings(text).expect("good settings");
    let expected = Config {
        period: Duration::from_millis(50),
        timeout: Duration::from_secs(1),
        increase: Duration::ZERO,
        mutant: None,
    };
    assert_eq!(EventuallyPerfect::servers(&settings), 5);
    let setup = EventuallyPerfect::setup(&settings, None).expect("it makes sense");
    assert_eq!((*setup.config, setup.others, setup.core), (expected, 0, Core::Live));
    let setup = Omega::setup(&settings, None).expect("it makes sense");
    assert_eq!((setup.config.detector, setup.others), (expected, 0));
}

#[test]
fn nonsense_is_refused_by_name() {
    for (text, field) in
        [("(nodes: 5, period: \"0s\")", "period"), ("(nodes: 5, timeout: \"0s\")", "timeout")]
    {
        let settings = settings(text).expect("well formed");
        assert_eq!(EventuallyPerfect::setup(&settings, None).expect_err(text).field, field);
        assert_eq!(Omega::setup(&settings, None).expect_err(text).field, field);
    }
    for malformed in ["()", "(nodes: -1)", "(nodes: 5, beat: \"1s\")", "(nodes: 5, period: 100)"] {
        assert!(settings(malformed).is_err(), "{malformed}");
    }
}

#[test]
fn claims_have_codes_and_names_of_their_own() {
    let mut claims = <EventuallyPerfect as Protocol>::Properties::claims();
    assert_eq!(claims.iter().map(|one| one.code).collect::<Vec<_>>(), ["EPFD1", "EPFD2", "EPFD3"]);
    claims.extend(<<Omega as Protocol>::Properties as Properties<Omega>>::claims());
    let mut names: Vec<_> = claims.iter().map(|one| one.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 5);
}
