//! What a scenario may set, and what it is told when that makes no sense.

use consensus::{Config, FloodSet, FloodSetSettings, Inputs, OptFloodSet, Rule, Value};
use serde::de::DeserializeOwned;
use sim_check::Core;
use sim_node::Duration;
use sim_protocol::Protocol;

fn read<S: DeserializeOwned>(text: &str) -> Result<S, String> {
    ron::from_str(text).map_err(|why| why.to_string())
}

#[test]
fn settings_become_a_configuration() {
    let settings = read("(nodes: 3, f: 1)").expect("good settings");
    let setup = FloodSet::setup(&settings, None).expect("it makes sense");
    let expected = Config { rounds: 2, inputs: Inputs::Drawn(2), rule: Rule::Least };
    assert_eq!(setup.config.process, expected);
    assert_eq!(setup.config.length, Duration::from_millis(100));
    assert_eq!((setup.others, setup.core, FloodSet::servers(&settings)), (0, Core::Live, 3));

    let text = "(nodes: 3, f: 2, rounds: Some(2), inputs: Given([3, 1, 2]), decide: OnlyOr(9), \
                round_length: \"1s\")";
    let setup = FloodSet::setup(&read(text).expect("good settings"), None).expect("it makes sense");
    let inputs = Inputs::Given(vec![Value(3), Value(1), Value(2)]);
    assert_eq!(setup.config.process, Config { rounds: 2, inputs, rule: Rule::OnlyOr(Value(9)) });
    assert_eq!(setup.config.length, Duration::from_secs(1));

    let settings = read("(nodes: 3, f: 1, default: 7)").expect("good settings");
    let setup = OptFloodSet::setup(&settings, None).expect("it makes sense");
    assert_eq!(setup.config.process.rule, Rule::OnlyOr(Value(7)));
}

#[test]
fn nonsense_is_refused_by_name() {
    for (text, field) in [
        ("(nodes: 3, f: 3)", "f"),
        ("(nodes: 0, f: 0)", "nodes"),
        ("(nodes: 3, f: 4294967295)", "f"),
        ("(nodes: 3, f: 1, rounds: Some(0))", "rounds"),
        ("(nodes: 3, f: 1, inputs: Given([1, 2]))", "inputs"),
        ("(nodes: 3, f: 1, inputs: Drawn(0))", "inputs"),
        ("(nodes: 3, f: 1, round_length: \"0s\")", "round_length"),
    ] {
        let settings = read(text).expect("well formed");
        assert_eq!(FloodSet::setup(&settings, None).expect_err(text).field, field, "{text}");
        let settings = read(text).expect("well formed");
        assert_eq!(OptFloodSet::setup(&settings, None).expect_err(text).field, field, "{text}");
    }
    for malformed in ["()", "(nodes: 3)", "(nodes: 3, f: 1, k: 2)", "(nodes: 3, f: -1)"] {
        assert!(read::<FloodSetSettings>(malformed).is_err(), "{malformed}");
    }
}
