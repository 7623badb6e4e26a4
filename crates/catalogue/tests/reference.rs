//! The reference of the language, docs/SCENARIOS.md and docs/IMAGES.md: every example loads, and no
//! name is left out.

use std::path::PathBuf;

use sim_scenario::{
    Construct, Ender, Expectation, Fault, FaultKind, FaultTime, InCalm, RunOptions, edit,
    load_text, vocabulary, with_files,
};

/// The pages of the reference, one behind the other.
fn reference() -> String {
    let page = |name: &str| {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        std::fs::read_to_string(path).expect("the reference is there")
    };
    page("SCENARIOS.md") + &page("IMAGES.md")
}

/// Where the files are that examples name.
fn beside() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/raft"))
}

/// An example: what stands behind ` ```ron `, the line that it begins at, and its text.
struct Example {
    kind: String,
    protocol: String,
    line: usize,
    text: String,
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Example> = None;
    for (index, line) in reference().lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some("")) => examples.extend(open.take()),
            (Some(example), _) => example.text += &format!("{line}\n"),
            (None, Some(fence)) => {
                let mut words = fence.splitn(3, ' ');
                let is_ron = words.next() == Some("ron");
                let kind = if is_ron { words.next().unwrap_or("nothing") } else { "" };
                let protocol = words.next().unwrap_or("Bully(nodes: 5)").to_owned();
                let kind = kind.to_owned();
                open = Some(Example { kind, protocol, line: index + 2, text: String::new() });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "an example has no end");
    examples.retain(|example| !example.kind.is_empty());
    examples
}

/// A whole scenario around fields. A field that is given replaces the usual one.
fn around(fields: &str, protocol: &str) -> String {
    let usual = [
        ("title", "\"an example\"".to_owned()),
        ("protocol", protocol.to_owned()),
        ("deadline", "\"20s\"".to_owned()),
        ("expect", "Holds".to_owned()),
    ];
    let is_given = |name: &str| fields.lines().any(|line| line.starts_with(&format!("{name}:")));
    let missing = usual.into_iter().filter(|(name, _)| !is_given(name));
    let missing: String = missing.map(|(name, value)| format!("{name}: {value},\n")).collect();
    let racks = match (fields.contains("rack a"), fields.contains("rack b")) {
        _ if is_given("sets") => "",
        _ if fields.contains("five-regions") => {
            "sets: {\"virginia\": Node(0), \"ireland\": Node(1), \"tokyo\": Node(2), \"sydney\": \
             Node(3), \"saopaulo\": Node(4)},\n"
        }
        (false, _) => "",
        (true, false) => "sets: {\"rack a\": Nodes([0, 1])},\n",
        (true, true) => "sets: {\"rack a\": Nodes([0, 1]), \"rack b\": Nodes([2, 3, 4])},\n",
    };
    format!("Scenario(\n{racks}{fields}{missing})\n")
}

fn around_target(target: &str, protocol: &str) -> String {
    let fault = match target {
        "Trigger" => format!("When((on: Role(\"leader\")), Pause({target}))"),
        _ => format!("At(\"1s\", Pause({target}))"),
    };
    around(&format!("faults: [{fault}],\n"), protocol)
}

/// The scenarios that an example stands for: most often one, for lists by the line one each.
fn scenarios(example: &Example) -> Vec<String> {
    let Example { kind, protocol, line, text } = example;
    let each = |wrap: &dyn Fn(&str) -> String| text.lines().map(wrap).collect();
    match kind.as_str() {
        "scenario" => vec![text.clone()],
        "fields" => vec![around(text, protocol)],
        "fault" => vec![around(&format!("faults: [\n{text}],\n"), protocol)],
        "delay" => {
            each(&|delay| around(&format!("network: Datagram(delay: {delay}),\n"), protocol))
        }
        "target" => each(&|target| around_target(target, protocol)),
        "nodes" => {
            each(&|nodes| around(&format!("clocks: [(who: {nodes}, offset: \"1s\")],\n"), protocol))
        }
        "set" => each(&|change| changed(change, protocol)),
        other => panic!("line {line}: `{other}` is no kind of example"),
    }
}

/// A scenario of which one thing is changed.
fn changed(change: &str, protocol: &str) -> String {
    let text = around(
        "network: Datagram(delay: Uniform(\"1ms\", \"10ms\")),\n\
         workload: [KeyValue(operations: 10), Requests([At(\"1s\", 0, Transfer(1))])],\n\
         faults: [At(\"2s\", Isolate(Leader)), At(\"3s\", Heal)],\n",
        protocol,
    );
    let changes = [change.parse().unwrap_or_else(|why| panic!("{change}: {why}"))];
    edit("docs/SCENARIOS.md", &text, &changes).unwrap_or_else(|error| panic!("{change}: {error}"))
}

fn assert_loads(text: &str, what: &str) {
    let text =
        with_files("docs/SCENARIOS.md", text, &beside()).unwrap_or_else(|why| panic!("{why}"));
    match load_text("docs/SCENARIOS.md", &text, &catalogue::catalogue()) {
        Ok(loaded) => {
            let warnings = loaded.render_warnings(false);
            assert!(warnings.is_empty(), "{what}: {warnings}");
        }
        Err(error) => panic!("{what}: {error}"),
    }
}

#[test]
fn every_example_loads() {
    let examples = examples();
    assert!(examples.len() > 30, "only {} examples were found", examples.len());
    for example in &examples {
        for scenario in scenarios(example) {
            assert_loads(&scenario, &format!("the example at line {} of both pages", example.line));
        }
    }
}

/// Whole scenarios do what they say they do.
#[test]
fn every_scenario_does_what_it_expects() {
    for example in examples().iter().filter(|example| example.kind == "scenario") {
        let loaded = load_text("docs/SCENARIOS.md", &example.text, &catalogue::catalogue());
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        for seed in 0..20 {
            let report = loaded.prepared.run(seed, &RunOptions::default());
            let (line, violated) = (example.line, &report.violations);
            assert!(
                report.as_expected,
                "line {line}, seed {seed}: {:?} {violated:?}",
                report.verdict
            );
        }
        if let Expectation::Sometimes { of, .. } = loaded.prepared.facts().expect {
            let violated =
                |seed| !loaded.prepared.run(seed, &RunOptions::default()).violations.is_empty();
            assert!(
                (0..of).any(violated),
                "line {}: nothing was violated in {of} seeds",
                example.line
            );
        }
    }
}

/// The whole word, so that `Role` is not found in `Roles`.
fn contains_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

#[test]
fn every_name_has_an_example() {
    let shown: String = examples().into_iter().map(|example| example.text).collect();
    let mut missing = Vec::new();
    for Construct { family, name, fields, .. } in vocabulary() {
        missing.extend(name.filter(|name| !contains_word(&shown, name)).map(|n| (family, n)));
        let shows =
            |field: &&str| contains_word(&shown, field) && shown.contains(&format!("{field}:"));
        missing.extend(fields.into_iter().filter(|field| !shows(field)).map(|f| (family, f)));
    }
    assert!(missing.is_empty(), "docs/SCENARIOS.md has no example of {missing:?}");
}

/// The row of a kind in the table of all faults.
fn row(kind: &FaultKind) -> String {
    let (time, until, calm) = match kind.time {
        FaultTime::Momentary { .. } => ("momentary", "", ""),
        FaultTime::Lasting { until, calm } => (
            "lasting",
            match until {
                Some(Ender::Heal) => "`Heal`",
                Some(Ender::Resume) => "`Resume`",
                None => "",
            },
            match calm {
                InCalm::Ends => "ends",
                InCalm::Stays => "stays, but not for the core",
                InCalm::EndsInCore => "ends in the core",
                InCalm::Stops => "strikes nobody any more",
            },
        ),
    };
    format!("| `{}` | {time} | {until} | {calm} | {} |", kind.name, kind.draws.unwrap_or_default())
}

/// The table of all faults says what the kinds say of themselves.
#[test]
fn every_fault_has_its_row() {
    let rows: Vec<String> = Fault::KINDS.iter().map(row).collect();
    let table = rows.join("\n");
    assert!(reference().contains(&table), "docs/SCENARIOS.md lacks this table:\n{table}");
}

/// The workloads that protocols' own clients make: each field has an example, and is told in words.
#[test]
fn every_field_of_every_workload_is_shown() {
    let reference = reference();
    let shown: String = examples().into_iter().map(|example| example.text).collect();
    let mut seen = 0;
    for facts in catalogue::catalogue().protocols() {
        let Some(workload) = facts.workload else { continue };
        let name = workload.name;
        assert!(shown.contains(&format!("{name}(")), "docs/SCENARIOS.md has no example of {name}");
        for field in workload.fields {
            let (field, default) = (field.name, field.default.text().unwrap_or("must be given"));
            let example = contains_word(&shown, field) && shown.contains(&format!("{field}:"));
            assert!(example, "docs/SCENARIOS.md has no example of `{field}` of {name}");
            let told = reference
                .lines()
                .any(|line| line.starts_with(&format!("| `{field}` |")) && line.contains(default));
            assert!(told, "docs/SCENARIOS.md has no row for `{field}` of {name}, {default}");
            seen += 1;
        }
    }
    assert!(seen >= 8, "only {seen} fields were found");
}

/// Names are also told in words: in a table or a sentence, between backquotes.
#[test]
fn every_name_is_explained() {
    let reference = reference();
    let prose: String = reference.split("```").step_by(2).collect();
    let codes: String =
        prose.split('`').skip(1).step_by(2).map(|code| format!("{code}\n")).collect();
    let names = vocabulary().into_iter().flat_map(|one| one.fields.into_iter().chain(one.name));
    let untold: Vec<&str> =
        names.filter(|name| *name != "Scenario" && !contains_word(&codes, name)).collect();
    assert!(untold.is_empty(), "docs/SCENARIOS.md does not mention {untold:?}");
}

/// What errors show as an example is right.
#[test]
fn the_examples_in_errors_load() {
    let mut seen = 0;
    for Construct { family, name, example, .. } in vocabulary() {
        let (Some(name), Some(example)) = (name, example) else { continue };
        let protocol = if example == "Others" { "Peterson()" } else { "ChangRoberts(nodes: 5)" };
        let fault = |fault: &str| around(&format!("faults: [{fault}],\n"), protocol);
        let text = match family {
            "time of a fault" => fault(example),
            // A node that is resumed was paused before.
            "fault" if name == "Resume" => {
                fault(&format!("At(\"1s\", Pause(All)), At(\"2s\", {example})"))
            }
            "fault" => fault(&format!("At(\"1s\", {example})")),
            "target" => around_target(example, protocol),
            "occasion" => {
                fault(&format!("When((on: {example}), Heal)")).replace("decided", "elected")
            }
            "place inside a step" => {
                fault(&format!("At(\"1s\", Crash(who: Leader, inside: {example}))"))
            }
            "loss of a disk" => {
                fault(&format!("At(\"1s\", Crash(who: Node(0), down: \"1s\", disk: {example}))"))
            }
            "distribution" => around(&format!("network: Stream(delay: {example}),\n"), protocol),
            "set of nodes" => {
                around(&format!("clocks: [(who: {example}, offset: \"1s\")],\n"), protocol)
            }
            "latency" => around(&format!("network: Stream(latency: {example}),\n"), protocol),
            "order after a pause" => {
                fault(&format!("At(\"1s\", Pause(Node(0), first: {example}))"))
            }
            "network" => around(&format!("network: {example},\n"), protocol),
            "workload" => {
                let example = example.replace("TheRequest", "Elect");
                around(&format!("workload: {example},\n"), protocol)
            }
            "work" => {
                let example = example.replace("Query", "Election");
                around(
                    &format!("service: [(what: {example}, time: Constant(\"1us\"))],\n"),
                    protocol,
                )
            }
            "timing model" => around(
                &format!(
                    "network: Stream(delay: Constant(\"1ms\")),\nmodel: (timing: {example}),\n"
                ),
                protocol,
            ),
            "situation" => {
                let example = example.replace("decided", "elected");
                let text =
                    format!("faults: [At(\"1s\", Isolate(Leader))],\nreaches: [{example}],\n");
                around(&text, protocol)
            }
            "failure model" => around(&format!("model: (failures: {example}),\n"), protocol),
            "time of a request" => {
                let example = example.replace("TheRequest", "Elect");
                around(&format!("workload: Requests([{example}]),\n"), protocol)
            }
            "cost" => around(&format!("bytes: true,\ncosts: [{example}],\n"), protocol),
            "class of messages" => {
                around(&format!("costs: [Messages(class: {example}, at_most: \"9\")],\n"), protocol)
            }
            "expectation" => around(&format!("expect: {example},\n"), protocol),
            other => panic!("{other} {name} has an example that no scenario is made of"),
        };
        assert_loads(&text, &format!("the example of {family} {name}"));
        seen += 1;
    }
    assert!(seen > 50, "only {seen} examples were found");
}
