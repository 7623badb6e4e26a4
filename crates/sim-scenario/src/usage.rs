//! How each construct of the language is written: for the help of errors.

use sim_engine::Fault;

/// An example of a variant, by the enum that it belongs to.
pub(crate) fn of(family: &str, variant: &str) -> Option<&'static str> {
    let table = match family {
        "Plan" => PLANS,
        "Fault" => return Fault::kind_named(variant).map(|kind| kind.example),
        "Target" => TARGETS,
        "NodeSet" => NODE_SETS,
        "Delay" => DELAYS,
        "Occasion" => OCCASIONS,
        "Inside" => INSIDES,
        "Timing" => TIMINGS,
        "Transport" => NETWORKS,
        "Workload" => WORKLOADS,
        "Work" => WORKS,
        "Expect" => EXPECTS,
        _ => return None,
    };
    table.iter().find(|(name, _)| *name == variant).map(|(_, example)| *example)
}

/// An example of the construct of this name, whichever enum it belongs to.
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
        "Expect",
    ];
    families.iter().find_map(|family| of(family, name?))
}

/// The noun for the variants of an enum.
pub(crate) fn noun(family: Option<&str>) -> &'static str {
    match family {
        Some("Plan") => "time of a fault",
        Some("Fault") => "fault",
        Some("Target") => "target",
        Some("NodeSet") => "set of nodes",
        Some("Delay") => "distribution",
        Some("Occasion") => "occasion",
        Some("Inside") => "place inside a step",
        Some("Strike") => "strike",
        Some("Cut") => "kind of cut",
        Some("DiskLoss") => "loss of a disk",
        Some("Timing") => "timing model",
        Some("Failures") => "failure model",
        Some("Ties") => "order of ties",
        Some("Order") => "order of messages",
        Some("Transport") => "network",
        Some("Workload") => "workload",
        Some("RequestLine") => "time of a request",
        Some("Work") => "work",
        Some("Expect") => "expectation",
        _ => "variant",
    }
}

/// Which enum a name belongs to, when it stands where another one should.
pub(crate) fn family_of(variant: &str) -> Option<&'static str> {
    let families = ["Plan", "Fault", "Target", "Delay", "Occasion", "Timing"];
    families.into_iter().find(|family| of(family, variant).is_some())
}

type Table = &'static [(&'static str, &'static str)];

const PLANS: Table = &[
    ("At", "At(\"2s\", Isolate(Leader))"),
    ("Between", "Between(\"3s\", \"4s\", Isolate(Leader))"),
    ("When", "When((on: Role(\"leader\"), nth: 2), Pause(Trigger))"),
];

const TARGETS: Table = &[
    ("Node", "Node(0)"),
    ("Nodes", "Nodes([0, 1])"),
    ("Leader", "Leader"),
    ("Role", "Role(\"leader\")"),
    ("Random", "Random(1)"),
    ("Majority", "Majority"),
    ("Minority", "Minority"),
    ("Servers", "Servers"),
    ("Others", "Others"),
    ("All", "All"),
    ("Trigger", "Trigger"),
];

const NODE_SETS: Table = &[
    ("All", "All"),
    ("Servers", "Servers"),
    ("Others", "Others"),
    ("Node", "Node(0)"),
    ("Nodes", "Nodes([0, 1])"),
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
    ("Receive", "Receive(\"Election\")"),
    ("Write", "Write"),
];

const INSIDES: Table = &[("First", "First(1)"), ("Drawn", "Drawn")];

const TIMINGS: Table = &[
    ("Asynchronous", "Asynchronous"),
    ("PartiallySynchronous", "PartiallySynchronous(bound: \"10ms\", after: \"5s\")"),
    ("Synchronous", "Synchronous(bound: \"10ms\")"),
];

const NETWORKS: Table = &[
    ("Datagram", "Datagram(delay: Uniform(\"1ms\", \"10ms\"), loss: \"1%\")"),
    ("Stream", "Stream(delay: Uniform(\"1ms\", \"10ms\"))"),
];

const WORKLOADS: Table = &[("Requests", "Requests([At(\"1s\", 0, TheRequest)])")];

const WORKS: Table = &[
    ("Any", "Any"),
    ("Messages", "Messages"),
    ("Kind", "Kind(\"Query\")"),
    ("Timers", "Timers"),
    ("Requests", "Requests"),
    ("Disk", "Disk"),
];

const EXPECTS: Table = &[
    ("Holds", "Holds"),
    ("Violates", "Violates(\"LE1\")"),
    ("Sometimes", "Sometimes(\"LE1\", of: 200)"),
];
