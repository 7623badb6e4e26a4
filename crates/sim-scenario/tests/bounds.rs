//! What people read when the sets of a scenario, its distances or its costs are wrong.

mod refused;
mod toy;

use refused::{golden, with, with_fault};

#[test]
fn wrong_sets() {
    golden(
        "sets",
        [
            ("a union of nobody", with_fault("At(\"1s\", Isolate(And([])))")),
            ("a complement of everybody", with_fault("At(\"1s\", Isolate(Not(Servers)))")),
            ("a set that nobody declared", with_fault("At(\"1s\", Isolate(Set(\"rack a\")))")),
            (
                "a set with another name",
                with("sets: {\"rack a\": Node(0)}, faults: [At(\"1s\", Isolate(Set(\"rack b\")))]"),
            ),
            (
                "a set of a node that does not exist",
                with("sets: {\"rack a\": Node(9)}, faults: [At(\"1s\", Isolate(Set(\"rack a\")))]"),
            ),
            ("a set of a set", with("sets: {\"a\": Set(\"b\"), \"b\": Node(0)}")),
            ("one of no sets", with_fault("At(\"1s\", Isolate(OneOf([])))")),
        ],
    );
}

#[test]
fn wrong_distances() {
    golden(
        "distances",
        [
            (
                "a latency of too few rows",
                with(
                    "sets: {\"a\": All}, network: Stream(latency: \
                     Regions(sets: [\"a\"], table: []))",
                ),
            ),
            (
                "a latency of a wrong row",
                with(
                    "sets: {\"a\": All}, network: Stream(latency: \
                     Regions(sets: [\"a\"], table: [[\"1ms\", \"2ms\"]]))",
                ),
            ),
            (
                "a latency of no region",
                with(
                    "sets: {\"a\": Node(0)}, network: Stream(latency: \
                     Regions(sets: [\"a\"], table: [[\"1ms\"]]))",
                ),
            ),
            (
                "a latency of an unknown region",
                with("network: Stream(latency: Regions(sets: [\"a\"], table: [[\"1ms\"]]))"),
            ),
            (
                "a node in two regions",
                with(
                    "sets: {\"a\": All, \"b\": Node(0)}, network: Stream(latency: \
                     Regions(sets: [\"a\", \"b\"], table: [[\"1ms\", \"1ms\"], [\"1ms\", \
                     \"1ms\"]]))",
                ),
            ),
            ("a bandwidth without its second", with("network: Stream(bandwidth: \"10MiB\")")),
        ],
    );
}

#[test]
fn wrong_costs() {
    golden(
        "costs",
        [
            ("a cost without a bound", with("costs: [Messages(kind: \"Ping\")]")),
            ("a cost of bytes that nobody counts", with("costs: [Bytes(at_most: \"9\")]")),
            (
                "a cost of a kind and a class",
                with("costs: [Messages(kind: \"Ping\", class: Client, at_most: \"9\")]"),
            ),
            (
                "a cost of an unknown kind",
                with("costs: [Messages(kind: \"Pang\", at_most: \"9\")]"),
            ),
            ("a formula with an unknown name", with("costs: [Messages(at_most: \"4*m\")]")),
            ("a formula with an unknown mark", with("costs: [Messages(at_most: \"4*'pang'\")]")),
            ("a formula that does not end", with("costs: [Messages(at_most: \"4*(n-1\")]")),
            ("a bound that is no text", with("costs: [Messages(at_most: 4)]")),
            (
                "a violated cost without costs",
                with("ties: Drawn").replace("Holds", "Violates(\"COST\")"),
            ),
        ],
    );
}

/// What is meant is a formula, and nothing else in the file is wrong.
#[test]
fn formulas_without_quotes() {
    let bound = |formula: &str| with(&format!("costs: [Messages(at_most: {formula})]"));
    golden(
        "formulas",
        [
            ("a product", bound("4*n")),
            ("a product with parentheses", bound("4*(n-1)")),
            ("parentheses first", bound("(n-1)*4")),
            ("a quotient", bound("n/2")),
            ("a sum", bound("n+1")),
            ("a difference", bound("n-1")),
            ("a mark", bound("4*'pong'")),
            ("a mark alone", bound("'pong'")),
            ("a function", bound("max(n, 4)*2")),
            ("a function alone", bound("max(n, 4)")),
            ("a name", bound("n")),
            ("two bounds", with("costs: [Messages(at_least: \"n\", at_most: 4 * n)]")),
            ("two bounds, the first", with("costs: [Messages(at_least: 2*n, at_most: \"4*n\")]")),
            (
                "a formula on a line of its own",
                with("costs: [\n        Messages(\n            at_most: 4*n\n        ),\n    ]"),
            ),
            ("another mistake behind a formula", with("costs: [Messages(at_most: \"n\" *)]")),
        ],
    );
}
