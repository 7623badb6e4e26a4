//! How each construct of the language is written: for the help of errors.

use sim_engine::Fault;
use sim_node::Role;

use crate::ProtocolFacts;

/// An example of a variant, by the enum of the language that it belongs to, as `serde` calls it.
pub(crate) fn of(family: &str, variant: &str) -> Option<&'static str> {
    if family == "Fault" {
        return Fault::kind_named(variant).map(|kind| kind.example);
    }
    table(family).iter().find(|(name, _)| *name == variant).map(|(_, example)| *example)
}

/// An example of some variant of an enum of the language.
pub(crate) fn first(family: &str) -> Option<&'static str> {
    match family {
        "Fault" => of("Fault", "Isolate"),
        family => table(family).first().map(|(_, example)| *example),
    }
}

/// An example of the construct of the language that has this name. Only what the language reads may
/// be looked up: a protocol may give the names to what it likes.
pub(crate) fn example(name: Option<&str>) -> Option<&'static str> {
    let families = [
        "Plan",
        "Fault",
        "Target",
        "Delay",
        "Occasion",
        "Timing",
        "Transport",
        "Workload",
        "RequestLine",
        "Work",
        "Reach",
        "Inside",
        "Expect",
    ];
    families.iter().find_map(|family| of(family, name?))
}

/// An example of a field of the scenario, or of an entry of it where it is a list.
pub(crate) fn field(name: &str) -> Option<&'static str> {
    let example = FIELDS.iter().find(|(field, _)| *field == name);
    example.map(|(_, example)| *example)
}

/// An example of a request of this name, as the protocol gives it.
pub(crate) fn request<'f>(name: &str, facts: Option<&'f ProtocolFacts>) -> Option<&'f str> {
    let examples = facts?.requests.iter().map(|ask| ask.example);
    examples.into_iter().find(|example| {
        example.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
    })
}

/// An example with names that the protocol has.
pub(crate) fn fitted(example: &str, facts: Option<&ProtocolFacts>) -> String {
    let Some(facts) = facts else { return example.to_owned() };
    let mut fitted = example.to_owned();
    let mut replace = |placeholder: &str, name: Option<String>| {
        if let Some(name) = name {
            fitted = fitted.replace(placeholder, &name);
        }
    };
    let quoted = |name: &&str| format!("\"{name}\"");
    let kind = facts.kinds.first().map(quoted);
    replace("\"LE1\"", facts.properties.first().map(|claim| format!("\"{}\"", claim.code)));
    replace("\"decided\"", facts.marks.first().map(quoted));
    replace("\"Election\"", kind.clone());
    replace("\"Query\"", kind);
    replace("TheRequest", facts.requests.first().map(|ask| ask.example.to_owned()));
    if !facts.roles.contains(&Role::LEADER) {
        replace("\"leader\"", facts.roles.first().map(quoted));
        replace("Leader", Some("Node(0)".to_owned()));
    }
    fitted
}

/// The noun for the variants of an enum of the language.
pub(crate) fn noun(family: &str) -> &'static str {
    match family {
        "Plan" => "time of a fault",
        "Fault" => "fault",
        "Target" => "target",
        "NodeSet" => "set of nodes",
        "Delay" => "distribution",
        "Occasion" => "occasion",
        "Inside" => "place inside a step",
        "Strike" => "strike",
        "First" => "order after a pause",
        "Cut" => "kind of cut",
        "DiskLoss" => "loss of a disk",
        "Timing" => "timing model",
        "Failures" => "failure model",
        "Ties" => "order of ties",
        "Order" => "order of messages",
        "Transport" => "network",
        "Latency" => "latency",
        "Workload" => "workload",
        "RequestLine" => "time of a request",
        "Work" => "work",
        "Reach" => "situation",
        "Cost" => "cost",
        "Class" => "class of messages",
        "Expect" => "expectation",
        _ => "name",
    }
}

/// Which enum of the language a name belongs to, when it stands where another one should.
pub(crate) fn family_of(variant: &str) -> Option<&'static str> {
    let families = ["Plan", "Fault", "Target", "Delay", "Occasion", "Timing", "Failures"];
    families.into_iter().find(|family| of(family, variant).is_some())
}

fn table(family: &str) -> Table {
    match family {
        "Plan" => PLANS,
        "Target" => TARGETS,
        "NodeSet" => NODE_SETS,
        "Delay" => DELAYS,
        "Occasion" => OCCASIONS,
        "Inside" => INSIDES,
        "DiskLoss" => DISK_LOSSES,
        "First" => FIRSTS,
        "Timing" => TIMINGS,
        "Failures" => FAILURES,
        "Transport" => NETWORKS,
        "Latency" => LATENCIES,
        "Workload" => WORKLOADS,
        "RequestLine" => REQUEST_LINES,
        "Work" => WORKS,
        "Reach" => REACHES,
        "Cost" => COSTS,
        "Class" => CLASSES,
        "Expect" => EXPECTS,
        _ => &[],
    }
}

type Table = &'static [(&'static str, &'static str)];

const FIELDS: Table = &[
    ("title", "title: \"leader isolated by a partition\""),
    ("nodes", "nodes: {2: (field: value)}"),
    ("network", "network: Datagram(delay: Uniform(\"1ms\", \"10ms\"), loss: \"1%\")"),
    ("disks", "disks: [(who: Node(1), sync: Constant(\"5ms\"))]"),
    ("clocks", "clocks: [(who: Node(1), offset: \"+5s\", drift: \"+200ppm\")]"),
    ("service", "service: [(who: Servers, what: Messages, time: Constant(\"1ms\"))]"),
    ("images", "images: {0: (...)}"),
    ("workload", "workload: Requests([At(\"1s\", 0, TheRequest)])"),
    ("faults", "faults: [At(\"2s\", Isolate(Leader))]"),
    ("model", "model: (timing: Synchronous(bound: \"10ms\"), failures: CrashStop)"),
    ("ties", "ties: Drawn"),
    ("calm", "calm: \"10s\""),
    ("calm_bound", "calm_bound: \"20ms\""),
    ("deadline", "deadline: \"20s\""),
    ("budget", "budget: 1000000"),
    ("memory", "memory: \"64MiB\""),
    ("bytes", "bytes: true"),
    ("reaches", "reaches: [Role(\"leader\", times: 2)]"),
    ("expect", "expect: Holds"),
];

const PLANS: Table = &[
    ("At", "At(\"2s\", Isolate(Leader))"),
    ("Between", "Between(\"3s\", \"4s\", Isolate(Leader))"),
    ("When", "When((on: Role(\"leader\"), nth: 2), Pause(Trigger))"),
    ("Every", "Every(\"5s\", Isolate(Leader), for: \"2s\")"),
];

const TARGETS: Table = &[
    ("Node", "Node(0)"),
    ("Nodes", "Nodes([0, 1])"),
    ("Leader", "Leader"),
    ("Role", "Role(\"leader\")"),
    ("Holders", "Holders(\"candidate\")"),
    ("Random", "Random(1)"),
    ("RandomOf", "RandomOf(1, Not(Leader))"),
    ("Majority", "Majority"),
    ("Minority", "Minority"),
    ("Servers", "Servers"),
    ("Others", "Others"),
    ("All", "All"),
    ("Trigger", "Trigger"),
    ("And", "And([Leader, Random(1)])"),
    ("InAll", "InAll([Set(\"rack a\"), Not(Leader)])"),
    ("Not", "Not(Leader)"),
    ("Set", "Set(\"rack a\")"),
    ("OneOf", "OneOf([\"rack a\", \"rack b\"])"),
];

const NODE_SETS: Table = &[
    ("All", "All"),
    ("Servers", "Servers"),
    ("Others", "Others"),
    ("Node", "Node(0)"),
    ("Nodes", "Nodes([0, 1])"),
    ("Set", "Set(\"rack a\")"),
];

const DELAYS: Table = &[
    ("Constant", "Constant(\"5ms\")"),
    ("Uniform", "Uniform(\"1ms\", \"10ms\")"),
    ("Exponential", "Exponential(mean: \"5ms\", min: \"1ms\")"),
    ("Pareto", "Pareto(min: \"1ms\", shape: 1.5, max: \"2s\")"),
    ("Mixture", "Mixture([(99, Uniform(\"1ms\", \"2ms\")), (1, Constant(\"200ms\"))])"),
];

const OCCASIONS: Table = &[
    ("Role", "Role(\"leader\")"),
    ("Mark", "Mark(\"decided\")"),
    ("Send", "Send(\"Election\")"),
    ("After", "After(\"Election\", 1)"),
    ("Receive", "Receive(\"Election\")"),
    ("Write", "Write"),
];

const FIRSTS: Table = &[("Oldest", "Oldest"), ("Timers", "Timers")];

const DISK_LOSSES: Table = &[
    ("Prefix", "Prefix"),
    ("Subset", "Subset"),
    ("Unsynced", "Unsynced"),
    ("Everything", "Everything"),
    ("Torn", "Torn"),
    ("Rot", "Rot(2)"),
    ("OldCopy", "OldCopy(\"5s\")"),
];

const INSIDES: Table = &[("First", "First(1)"), ("Drawn", "Drawn")];

const TIMINGS: Table = &[
    ("Asynchronous", "Asynchronous"),
    ("PartiallySynchronous", "PartiallySynchronous(bound: \"10ms\", after: \"5s\")"),
    ("Synchronous", "Synchronous(bound: \"10ms\")"),
];

const FAILURES: Table = &[
    ("None", "None"),
    ("CrashStop", "CrashStop"),
    ("CrashRecovery", "CrashRecovery"),
    ("Omission", "Omission"),
    ("Any", "Any"),
];

const NETWORKS: Table = &[
    ("Datagram", "Datagram(delay: Uniform(\"1ms\", \"10ms\"), loss: \"1%\")"),
    ("Stream", "Stream(delay: Uniform(\"1ms\", \"10ms\"))"),
];

const LATENCIES: Table = &[
    ("Csv", "Csv(file: \"five-regions.csv\")"),
    ("Drawn", "Drawn(\"10ms..80ms\")"),
    (
        "Regions",
        "Regions(sets: [\"rack a\", \"rack b\"], table: [[\"1ms\", \"40ms\"], [\"40ms\", \"1ms\"]])",
    ),
];

const WORKLOADS: Table = &[("Requests", "Requests([At(\"1s\", 0, TheRequest)])")];

const REQUEST_LINES: Table = &[("At", "At(\"1s\", 0, TheRequest)")];

const WORKS: Table = &[
    ("Any", "Any"),
    ("Messages", "Messages"),
    ("Kind", "Kind(\"Query\")"),
    ("Timers", "Timers"),
    ("Requests", "Requests"),
    ("Disk", "Disk"),
];

const REACHES: Table = &[
    ("Mark", "Mark(\"decided\", times: 2)"),
    ("Role", "Role(\"leader\", at: 2)"),
    ("Sent", "Sent(\"Election\", times: 3)"),
    ("Fault", "Fault(\"Isolate(Leader)\")"),
];

const COSTS: Table =
    &[("Messages", "Messages(at_most: \"4*(n-1)\")"), ("Bytes", "Bytes(at_most: \"1000*n\")")];

const CLASSES: Table = &[
    ("Protocol", "Protocol"),
    ("Client", "Client"),
    ("Heartbeat", "Heartbeat"),
    ("Retransmission", "Retransmission"),
];

const EXPECTS: Table = &[
    ("Holds", "Holds"),
    ("Safe", "Safe"),
    ("Violates", "Violates(\"LE1\")"),
    ("Sometimes", "Sometimes(\"LE1\", of: 200)"),
];
