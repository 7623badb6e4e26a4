//! What a scenario may set, and what it is told when that makes no sense.

use broadcast::{Bracha, BrachaSettings, Config};
use sim_check::Core;
use sim_protocol::Protocol;

fn read(text: &str) -> BrachaSettings {
    ron::from_str(text).expect("well formed")
}

#[test]
fn quorums_are_those_of_the_book() {
    for (n, f, echoes, amplify, readies) in
        [(4, 1, 3, 2, 3), (5, 1, 4, 2, 3), (7, 2, 5, 3, 5), (10, 3, 7, 4, 7), (1, 0, 1, 1, 1)]
    {
        let settings = read(&format!("(nodes: {n}, f: {f})"));
        let setup = Bracha::setup(&settings, None).expect("it makes sense");
        assert_eq!(*setup.config, Config { echoes, amplify, readies }, "n = {n}, f = {f}");
        // More than (n+f)/2, and none more than needed.
        assert!(2 * echoes > n + f && 2 * (echoes - 1) <= n + f);
        assert_eq!(setup.core, Core::AtLeast(n - f));
    }
    let settings = read("(nodes: 3, f: 1, echoes: Some(2), readies: Some(1))");
    let setup = Bracha::setup(&settings, None).expect("it makes sense");
    assert_eq!(*setup.config, Config { echoes: 2, amplify: 2, readies: 1 });
}

#[test]
fn nonsense_is_refused_by_name() {
    for (text, field) in [
        ("(nodes: 3, f: 3)", "f"),
        ("(nodes: 0, f: 0)", "nodes"),
        ("(nodes: 3, f: 1, echoes: Some(4))", "echoes"),
        ("(nodes: 3, f: 1, echoes: Some(0))", "echoes"),
        ("(nodes: 3, f: 1, readies: Some(4))", "readies"),
    ] {
        assert_eq!(Bracha::setup(&read(text), None).expect_err(text).field, field, "{text}");
    }
}
