//! What `rehearse list` prints of settings is what they are, for every protocol and workload: a
//! default that is written out changes nothing, and a value beyond its range is an error.

use sim_scenario::setting::{Default, Range};
use sim_scenario::{Field, LoadError, Loaded, ProtocolFacts, RunOptions, load_text};

/// What must be given, where a protocol asks for it.
fn required(fields: &[Field]) -> Vec<(&'static str, String)> {
    let needed = fields.iter().filter(|field| field.is_required());
    needed
        .map(|field| {
            let value = match field.name {
                "nodes" => "3",
                "f" => "1",
                "graph" => "Ring",
                name => panic!("a value for `{name}`, so that it is tested"),
            };
            (field.name, value.to_owned())
        })
        .collect()
}

/// These fields with their values, and those that must be given besides.
fn group(name: &str, fields: &[Field], set: &[(&'static str, String)]) -> String {
    let mut all = required(fields);
    all.retain(|(name, _)| set.iter().all(|(other, _)| name != other));
    all.extend(set.iter().cloned());
    let all: Vec<String> = all.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{name}({})", all.join(", "))
}

/// A scenario of a protocol; its workload when it has one.
fn load(protocol: &str, workload: Option<&str>) -> Result<Loaded, LoadError> {
    let workload = workload.map(|it| format!("workload: {it}, ")).unwrap_or_default();
    let text = format!(
        "Scenario(title: \"settings\", protocol: {protocol}, {workload}deadline: \"1s\", expect: \
         Holds)"
    );
    load_text("settings.ron", &text, &catalogue::catalogue())
}

/// The configuration and the digest of a scenario that must load.
fn outcome(protocol: &str, workload: Option<&str>) -> (String, u64) {
    match load(protocol, workload) {
        Ok(loaded) => {
            let digest = loaded.prepared.run(0, &RunOptions::default()).digest;
            (loaded.prepared.configuration(), digest)
        }
        Err(error) => panic!("{}", error.render(false)),
    }
}

/// The protocol and its workload as they are written with a field set in one of them.
fn with(
    facts: &ProtocolFacts,
    at: Place,
    field: &Field,
    value: String,
) -> (String, Option<String>) {
    let set = [(field.name, value)];
    let (of_protocol, of_workload): (&[_], &[_]) = match at {
        Place::Protocol => (&set, &[]),
        Place::Workload => (&[], &set),
    };
    let workload = facts.workload.map(|it| group(it.name, it.fields, of_workload));
    (group(facts.name, facts.fields, of_protocol), workload)
}

/// Where a field stands.
#[derive(Clone, Copy)]
enum Place {
    Protocol,
    Workload,
}

/// Every field of every protocol and of its workload.
fn every_field(mut check: impl FnMut(&ProtocolFacts, Place, &Field)) {
    for facts in catalogue::catalogue().protocols() {
        facts.fields.iter().for_each(|field| check(facts, Place::Protocol, field));
        let of_workload = facts.workload.iter().flat_map(|workload| workload.fields);
        of_workload.for_each(|field| check(facts, Place::Workload, field));
    }
}

#[test]
fn a_default_that_is_written_out_changes_nothing() {
    let mut seen = 0;
    let mut plain = ("", (String::new(), 0));
    every_field(|facts, place, field| {
        if plain.0 != facts.name {
            let protocol = group(facts.name, facts.fields, &[]);
            let workload = facts.workload.map(|it| group(it.name, it.fields, &[]));
            plain = (facts.name, outcome(&protocol, workload.as_deref()));
        }
        match field.default {
            Default::Required => {}
            Default::Value(value) => {
                let (protocol, workload) = with(facts, place, field, value.to_owned());
                let spelt = outcome(&protocol, workload.as_deref());
                assert_eq!(spelt, plain.1, "`{}` of {}: {value}", field.name, facts.name);
                seen += 1;
            }
            // Words that are a value as well mean the same.
            Default::Words(words) => {
                let (protocol, workload) = with(facts, place, field, words.to_owned());
                if load(&protocol, workload.as_deref()).is_ok() {
                    let (_, digest) = outcome(&protocol, workload.as_deref());
                    assert_eq!(digest, plain.1.1, "`{}` of {}: {words}", field.name, facts.name);
                }
            }
        }
    });
    assert!(seen > 100, "only {seen} defaults were written out");
}

/// A value of this kind in base units, as a scenario writes it.
fn written(kind: &str, value: u64) -> String {
    match kind {
        "number" => value.to_string(),
        "duration" | "span" => format!("\"{value}ns\""),
        "ratio" => format!("\"{}.{:07}%\"", value / 10_000_000, value % 10_000_000),
        kind => panic!("how is a {kind} written?"),
    }
}

#[test]
fn a_value_beyond_its_range_is_refused_by_name() {
    let mut seen = 0;
    every_field(|facts, place, field| {
        let Some(Range { least, most, text }) = field.range else { return };
        let beyond = [least.checked_sub(1), most.checked_add(1)].into_iter().flatten();
        for value in beyond {
            let value = written(field.kind, value);
            let (protocol, workload) = with(facts, place, field, value.clone());
            let told = match load(&protocol, workload.as_deref()) {
                Ok(_) => panic!("`{}: {value}` of {} is not {text}", field.name, facts.name),
                Err(error) => error.render(false),
            };
            let is_told = match field.name {
                "nodes" => told.contains("cannot run with") && told.contains(" nodes"),
                name => told.contains(&format!("`{name}` of")) && told.contains(text),
            };
            assert!(is_told, "`{}: {value}` of {}: {told}", field.name, facts.name);
            seen += 1;
        }
    });
    assert!(seen > 60, "only {seen} values were beyond a range");
}

#[test]
fn every_field_says_what_it_means() {
    every_field(|facts, _, field| {
        let name = facts.name;
        assert!(!field.meaning.is_empty() && !field.kind.is_empty(), "{name}: {field:?}");
        assert!(!field.meaning.ends_with('.'), "{name}: {field:?}");
    });
}

/// A known bug is a code of the protocol's own.
#[test]
fn an_unknown_bug_is_refused() {
    let mut seen = 0;
    every_field(|facts, place, field| {
        if field.name != "mutant" {
            return;
        }
        let (protocol, workload) = with(facts, place, field, "\"X-none\"".to_owned());
        let error = load(&protocol, workload.as_deref()).map(|_| ()).expect_err("no such bug");
        let told = error.render(false);
        assert!(told.contains("there is no such bug; there are"), "{}: {told}", facts.name);
        seen += 1;
    });
    assert!(seen >= 8, "only {seen} protocols have known bugs");
}

/// A server far beyond all is refused like one just beyond: nothing is made of the settings before.
#[test]
fn members_that_no_set_of_servers_holds_are_refused() {
    for protocol in ["Raft", "MultiPaxos"] {
        for unknown in [3_u32, 64, 127, 128, 65_536, u32::MAX] {
            let text = format!("{protocol}(nodes: 3, members: [0, {unknown}])");
            let error = load(&text, None).err().expect("it is refused").render(false);
            let why = format!("there is no server {unknown}; servers are 0 to 2");
            assert!(error.contains(&why), "{error}");
        }
    }
}

/// What is warned of as this scenario of three servers of Raft loads, and when it has run.
fn warned(settings: &str, gets: u32) -> (usize, Vec<String>) {
    let text = format!(
        "Scenario(title: \"t\", protocol: Raft(nodes: 3, {settings}), workload: \
         KeyValue(operations: 300, mix: (get: {gets}, put: 1, append: 0, cas: 0, delete: 0)), \
         faults: [At(\"2s\", Jump(All, \"1s\"))], deadline: \"20s\", expect: Safe)"
    );
    let loaded = load_text("t.ron", &text, &catalogue::catalogue());
    let loaded = loaded.unwrap_or_else(|error| panic!("{}", error.render(false)));
    let warnings = loaded.prepared.run(0, &RunOptions::default()).warnings;
    let of_jumps = |warning: &String| warning.contains("jumped");
    (loaded.warnings.len(), warnings.into_iter().filter(of_jumps).collect())
}

/// Heartbeats carry stamps of the clock that leases are measured by; only a read by lease holds
/// them against it.
#[test]
fn a_jump_of_a_clock_that_no_lease_read_asks_is_told() {
    assert_eq!(warned("reads: Lease, lease_clock: Wall", 9), (0, Vec::new()));
    let never = "but no node ever read its wall clock";
    for (settings, gets, idle) in [
        ("reads: Lease, lease_clock: Wall", 0, 0),
        ("reads: Lease", 9, 0),
        ("reads: Log, lease_clock: Wall", 9, 1),
        ("lease_clock: Wall, lease_drift: \"2%\"", 9, 2),
    ] {
        let (at_load, in_run) = warned(settings, gets);
        assert_eq!((at_load, in_run.len()), (idle, 1), "{settings}: {in_run:?}");
        assert!(in_run[0].contains(never), "{settings}: {in_run:?}");
    }
}

/// Settings in which nodes may differ are read by node, and mean the same there; all others are
/// refused there.
#[test]
fn nodes_differ_in_what_is_marked_and_in_nothing_else() {
    let (mut own, mut shared) = (0, 0);
    for facts in catalogue::catalogue().protocols() {
        let protocol = group(facts.name, facts.fields, &[]);
        let text = |nodes: &str| {
            format!(
                "Scenario(title: \"t\", protocol: {protocol}, {nodes} deadline: \"1s\", expect: \
                 Safe)"
            )
        };
        let load = |nodes: &str| load_text("t.ron", &text(nodes), &catalogue::catalogue());
        let digest = |loaded: Loaded| loaded.prepared.run(0, &RunOptions::default()).digest;
        let plain = digest(load("").unwrap_or_else(|error| panic!("{}", error.render(false))));
        for field in facts.fields {
            let value = match field.default {
                Default::Value(value) => value,
                Default::Required | Default::Words(_) => "1",
            };
            let nodes = format!("nodes: {{0: ({}: {value})}},", field.name);
            match (field.per_node, field.default, load(&nodes)) {
                (true, Default::Value(_), Ok(loaded)) => {
                    assert_eq!(digest(loaded), plain, "{}: {nodes}", facts.name);
                    own += 1;
                }
                (true, Default::Words(_), _) => {}
                (true, _, Err(error)) => panic!("{}", error.render(false)),
                (false, _, Err(error)) => {
                    let error = error.render(false);
                    assert!(error.contains("is the same for all nodes of"), "{error}");
                    shared += 1;
                }
                (_, _, Ok(_)) => panic!("{}: {nodes} is not to be read", facts.name),
            }
        }
    }
    assert!(own > 40 && shared > 60, "{own} and {shared}");
}
