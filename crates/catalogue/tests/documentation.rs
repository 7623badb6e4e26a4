//! `docs/SCENARIOS.md` tells the truth: every example is read, and every construct stands in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sim_scenario::load_text;

fn read(path: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The examples of the reference: what each is an example of, and its text.
fn examples() -> Vec<(String, String)> {
    let page = read("docs/SCENARIOS.md");
    let mut examples = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let kind = kind.strip_prefix("ron ").unwrap_or_else(|| panic!("an example of {kind:?}"));
        examples.push((kind.to_owned(), text.join("\n")));
    }
    examples
}

/// A whole scenario around a part of one.
fn scenario_with(kind: &str, text: &str) -> String {
    let (field, value) = match kind {
        "scenario" => return text.to_owned(),
        "delay" => ("network", format!("Datagram(delay: {text})")),
        "fault" => ("faults", format!("[{text}]")),
        "network" | "disks" | "clocks" | "service" | "workload" | "model" | "expect" => {
            (kind, text.to_owned())
        }
        other => panic!("no scenario can be made around an example of `{other}`"),
    };
    let expect = if kind == "expect" { "" } else { "expect: Holds,\n" };
    // A promise needs a network that can keep it.
    let network =
        if kind == "model" { "network: Datagram(delay: Constant(\"5ms\")),\n" } else { "" };
    format!(
        "Scenario(\ntitle: \"an example\",\nprotocol: Bully(nodes: 5),\n{network}{field}: {value},\n\
         deadline: \"9s\",\n{expect})"
    )
}

#[test]
fn every_example_is_read() {
    let catalogue = catalogue::catalogue();
    let examples = examples();
    let mut count = BTreeMap::new();
    for (kind, text) in &examples {
        let scenario = scenario_with(kind, text);
        if let Err(error) = load_text("docs/SCENARIOS.md", &scenario, &catalogue) {
            panic!("an example of `{kind}` cannot be read:\n{}", error.render(false));
        }
        *count.entry(kind.as_str()).or_insert(0) += 1;
    }
    for (kind, least) in [("scenario", 1), ("fault", 20), ("network", 4), ("delay", 5)] {
        assert!(count[kind] >= least, "{count:?}");
    }
}

/// The variants of an enumeration in a source file.
fn variants(source: &str, name: &str) -> Vec<String> {
    let head = format!("pub enum {name} {{");
    let start = source.find(&head).unwrap_or_else(|| panic!("no `{head}`")) + head.len();
    let body = &source[start..start + source[start..].find("\n}").expect("it ends")];
    let is_variant = |line: &&str| line.starts_with("    ") && !line.starts_with("     ");
    let names = body.lines().filter(is_variant).map(|line| {
        let line = line.trim_start();
        line.chars().take_while(char::is_ascii_alphanumeric).collect::<String>()
    });
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())).collect()
}

#[test]
fn every_construct_is_documented() {
    let page = read("docs/SCENARIOS.md");
    let words: Vec<&str> = page.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let mut seen = 0;
    for (file, names) in [
        ("fault.rs", &["Fault", "Target", "Cut", "DiskLoss", "Inside", "Occasion", "Strike"][..]),
        ("delay.rs", &["Delay"]),
        ("network.rs", &["Transport"]),
        ("spec.rs", &["NodeSet", "Work", "Ties", "Timing", "Failures"]),
    ] {
        let source = read(&format!("crates/sim-engine/src/{file}"));
        for name in names {
            let variants = variants(&source, name);
            assert!(variants.len() >= 2, "{name} has variants: {variants:?}");
            for variant in variants {
                assert!(words.contains(&variant.as_str()), "{name}::{variant} is not documented");
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "{seen} constructs");
}

#[test]
fn every_fault_has_an_example() {
    let examples = examples();
    let faults = examples.iter().filter(|(kind, _)| kind == "fault" || kind == "scenario");
    let text: String = faults.map(|(_, text)| text.as_str()).collect();
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for fault in variants(&read("crates/sim-engine/src/fault.rs"), "Fault") {
        assert!(words.contains(&fault.as_str()), "{fault} has no example");
    }
}
