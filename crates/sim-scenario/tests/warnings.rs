//! What loads, but probably does not do what its author thinks. `INSTA_UPDATE=always cargo test`
//! writes the golden file anew.

mod toy;

use std::fmt::Write;

use sim_scenario::{Level, RunOptions, load_text};

fn with(fields: &str) -> String {
    format!(
        "Scenario(\n    title: \"a toy\",\n    protocol: Ping(nodes: 5),\n    {fields},\n    \
         deadline: \"20s\",\n    expect: Holds,\n)\n"
    )
}

#[test]
fn what_has_no_effect() {
    let fault = |fault: &str| with(&format!("faults: [{fault}]"));
    let looks = |looks: &str, fault: &str| {
        let rounds = format!("workload: Rounds(players: 2, looks: [{looks}])");
        with(&format!("{rounds},\n    faults: [At(\"1500ms\", {fault})]"))
    };
    let safe = with("bytes: true").replace("Ping(nodes: 5)", "Mute").replace("Holds", "Safe");
    let cases = [
        ("a bound of a calm that never comes", with("calm_bound: \"1s\"")),
        (
            "a calm that lifts a bandwidth",
            with("network: Stream(bandwidth: \"1KiB/s\"),\n    calm: \"5s\""),
        ),
        ("a fault after the deadline", fault("At(\"30s\", Heal)")),
        ("a request after the deadline", with("workload: Requests([At(\"21s\", 0, Everybody)])")),
        ("what a client is to do after the deadline", looks("(\"21s\", 0)", "Heal")),
        (
            "what a client is to do while it is down",
            looks(
                "(\"1s\", 1), (\"2s\", 0), (\"2s\", 1), (\"3s\", 1)",
                "Crash(who: Node(6), down: \"1500ms\")",
            ),
        ),
        (
            "what a client is to do after a crash for good",
            looks("(\"2s\", 0)", "Crash(who: Nodes([4, 5]))"),
        ),
        (
            "what a client is to do while it may be down",
            looks("(\"2s\", 0)", "Heal), Every(\"1s\", Crash(who: All, down: \"10ms\")"),
        ),
        ("an omission of nothing", fault("At(\"1s\", OmitSends(Node(0), \"0%\"))")),
        ("a corruption of nothing", fault("At(\"1s\", Corrupt(share: \"0%\"))")),
        ("a rot of nothing", fault("At(\"1s\", Crash(who: Node(0), down: \"1s\", disk: Rot(0)))")),
        (
            "a copy of this instant",
            fault("At(\"1s\", Crash(who: Node(0), down: \"1s\", disk: OldCopy(\"0s\")))"),
        ),
        ("a node that is slow by nothing", fault("At(\"1s\", Slow(Node(0), Constant(\"0s\")))")),
        (
            "lying disks of nodes that write nothing",
            fault("At(\"1s\", LyingDisk(Node(0)))").replace("Ping(nodes: 5)", "Mute"),
        ),
        ("a loss of no messages", fault("At(\"1s\", Lose(times: 0))")),
        ("a period after the deadline", fault("Every(\"21s\", Heal)")),
        ("every time, of a fault that nothing ends", fault("Every(\"5s\", Isolate(Node(0)))")),
        (
            "a swizzle that is ended early",
            fault("At(\"1s\", Swizzle(who: Servers, within: \"4s\"), for: \"3s\")"),
        ),
        (
            "a swizzle of a window that is too short",
            fault("Between(\"1s\", \"2s\", Swizzle(who: Servers, within: \"4s\"))"),
        ),
        ("a set that nobody asks for", with("sets: {\"rack a\": Node(0)}")),
        ("a jump to nowhere", fault("At(\"1s\", Jump(Node(0), \"0s\"))")),
        ("an isolation of all", fault("At(\"1s\", Isolate(Servers))")),
        ("a bridge without banks", fault("At(\"1s\", Bridge(Nodes([0, 1, 2, 3])))")),
        ("a partition of one group", fault("At(\"1s\", Partition([Servers]))")),
        (
            "disks of nodes that write nothing",
            with("disks: [(sync: Constant(\"1ms\"))]").replace("Ping(nodes: 5)", "Mute"),
        ),
        (
            "slow disks of nodes that write nothing",
            fault("At(\"1s\", SlowDisk(Node(0), Constant(\"1ms\")))")
                .replace("Ping(nodes: 5)", "Mute"),
        ),
        (
            "stalled disks of nodes that write nothing",
            fault("At(\"1s\", StallDisk(Node(0)))").replace("Ping(nodes: 5)", "Mute"),
        ),
        (
            "an assumption that nothing can break",
            with("model: (failures: CrashStop, broken: true)"),
        ),
        ("a broken assumption of nothing", with("model: (broken: true)")),
        (
            "an assumption for after the deadline",
            with("model: (timing: PartiallySynchronous(bound: \"10ms\", after: \"20s\"))"),
        ),
        ("a liveness that is not demanded of a protocol without properties", safe),
        (
            "every time, of a fault that stays",
            fault("When((on: Write, every: true), Isolate(Trigger))"),
        ),
        ("a trigger after the deadline", fault("When((on: Write, after: \"21s\"), Heal)")),
        (
            "a setting without another one that it needs",
            with("bytes: true").replace("Ping(nodes: 5", "Ping(nodes: 5, margin: \"1ms\""),
        ),
        (
            "a setting without the value of another one that it needs",
            with("bytes: true").replace("Ping(nodes: 5", "Ping(nodes: 5, clients: 1, notes: 3"),
        ),
        ("settings of a node that it has anyway", with("nodes: {1: (slow: false)}")),
        ("no settings of a node", with("nodes: {1: ()}")),
        (
            "settings of a node without another one that they need",
            with("nodes: {1: (rest: \"20ms\"), 2: (slow: true)}"),
        ),
        (
            "a setting that no node has a use for",
            with("nodes: {1: (patience: \"20ms\")}")
                .replace("Ping(nodes: 5", "Ping(nodes: 5, rest: \"5ms\""),
        ),
        (
            "settings of a restart that the node has anyway",
            fault("At(\"1s\", Crash(who: Node(0), down: \"1s\", settings: (slow: false)))"),
        ),
        (
            "settings of a node that never starts again",
            fault("At(\"1s\", Crash(who: Node(0), settings: (slow: true)))"),
        ),
        ("a resume of nobody", fault("At(\"1s\", Resume(All))")),
    ];
    let mut told = String::new();
    for (what, text) in cases {
        let loaded = load_text("toy.ron", &text, &toy::catalogue());
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.warnings.len(), 1, "{what}: {}", loaded.render_warnings(false));
        assert_eq!(loaded.warnings[0].level, Level::Warning);
        writeln!(told, "# {what}\n{}\n", loaded.render_warnings(false)).expect("a text takes it");
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("warnings", told);
    });
}

/// Assumptions that the scenario keeps, or breaks on purpose: nothing to say.
#[test]
fn assumptions_that_are_kept() {
    let timing = "PartiallySynchronous(bound: \"10ms\", after: \"5s\")";
    let cases = [
        "model: (timing: Synchronous(bound: \"10ms\"), failures: None)".to_owned(),
        "model: (timing: Synchronous(bound: \"10ms\")), faults: [Between(\"1s\", \"1010ms\", \
         Hold(Node(0), Node(1)))]"
            .to_owned(),
        "model: (timing: Synchronous(bound: \"20ms\")), faults: [Between(\"1s\", \"1010ms\", \
         Pause(Node(0)))]"
            .to_owned(),
        "model: (timing: Synchronous(bound: \"10ms\")), clocks: [(who: Node(0), offset: \"1h\")]"
            .to_owned(),
        "model: (timing: Synchronous(bound: \"1ms\"), broken: true)".to_owned(),
        "model: (failures: CrashStop), faults: [At(\"1s\", Crash(who: Random(1)))]".to_owned(),
        "model: (failures: CrashRecovery), faults: [At(\"1s\", Crash(who: Node(0), down: \"1s\"))]"
            .to_owned(),
        "model: (failures: Omission), network: Datagram(loss: \"1%\", duplication: \"1%\")"
            .to_owned(),
        "model: (failures: Omission), faults: [At(\"1s\", Isolate(Leader))]".to_owned(),
        "model: (failures: None), faults: [At(\"1s\", Pause(Leader))]".to_owned(),
        // What comes before the stabilisation does not count.
        format!("model: (timing: {timing}), faults: [Between(\"1s\", \"5s\", Pause(Node(0)))]"),
        format!(
            "model: (timing: {timing}), faults: [At(\"1s\", Pause(Node(0))), \
             At(\"4s\", Resume(Node(0)))]"
        ),
        format!(
            "model: (timing: {timing}, failures: CrashStop), \
             faults: [Between(\"1s\", \"5s\", Isolate(Node(0)))]"
        ),
        format!(
            "model: (timing: {timing}, failures: CrashStop), \
             faults: [At(\"1s\", Isolate(Node(0))), At(\"5s\", Heal)]"
        ),
        format!(
            "model: (timing: {timing}), network: Datagram(delay: Exponential(mean: \"1s\")), \
                 calm: \"5s\", calm_bound: \"10ms\""
        ),
    ];
    for fields in cases {
        let loaded = load_text("toy.ron", &with(&fields), &toy::catalogue());
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.render_warnings(false), "", "{fields}");
    }
}

/// What a run warns of, but for vacuous properties and nodes that did nothing.
fn warned(fields: &str) -> Vec<String> {
    let text = with(&format!("workload: Requests([At(\"1s\", 0, One(1))]), {fields}"));
    let loaded = load_text("toy.ron", &text, &toy::catalogue());
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    let warnings = loaded.prepared.run(0, &RunOptions::default()).warnings;
    let of_others = |one: &String| !one.contains("vacuous") && !one.contains("did nothing");
    warnings.into_iter().filter(of_others).collect()
}

#[test]
fn faults_that_cannot_matter() {
    let cases = [
        (
            "faults: [At(\"2s\", Jump(Node(0), \"-5s\"))]",
            "the fault `At(\"2s\", Jump(Node(0), \"-5s\"))` changed nothing: the wall clock of n0 \
             jumped, but no node ever read its wall clock",
        ),
        (
            "faults: [At(\"2s\", Drift(Node(3), \"1%\"))]",
            "the fault `At(\"2s\", Drift(Node(3), \"1%\"))` changed nothing: no clock of n3 was ever \
             read, and no timer set",
        ),
        (
            "faults: [At(\"2s\", SlowDisk(Node(0), Constant(\"1s\")))]",
            "the fault `At(\"2s\", SlowDisk(Node(0), Constant(\"1s\")))` changed nothing: n0 began no \
             sync meanwhile",
        ),
        (
            "faults: [At(\"2s\", Links(kind: \"Pong\", loss: \"100%\"))]",
            "the fault `At(\"2s\", Links(kind: \"Pong\", loss: \"100%\"))` changed nothing: no message \
             was sent over these links",
        ),
        (
            "clocks: [(who: Node(3), drift: \"5%\")]",
            "the clock of n3 runs 5% too fast, but no such clock was read, and no timer set by it",
        ),
    ];
    for (fields, warning) in cases {
        assert_eq!(warned(fields), [warning], "{fields}");
    }
}

#[test]
fn faults_that_matter_are_not_warned_of() {
    for fields in [
        "faults: [At(\"0s\", Drift(Node(0), \"1%\"))]",
        "faults: [At(\"0s\", SlowDisk(Node(0), Constant(\"1s\")))]",
        "faults: [At(\"0s\", Links(kind: \"Pong\", delay: Constant(\"1ms\")))]",
        "faults: [At(\"0s\", Isolate(Node(0))), At(\"2s\", Heal)]",
        "clocks: [(drift: \"5%\")]",
    ] {
        assert_eq!(warned(fields), [""; 0], "{fields}");
    }
}

#[test]
fn a_trigger_that_never_has_enough_is_told() {
    let warned = |more: &str| {
        let fields = format!(
            "workload: Requests([At(\"1s\", 0, One(1))]), faults: [At(\"0s\", Isolate(Node(1))), \
             When((on: Send(\"Ping\"), every: true{more}), Pause(Trigger), for: \"1us\")]"
        );
        let text = with(&fields).replace("nodes: 5", "nodes: 5, patience: \"1ms\"");
        let loaded = load_text("toy.ron", &text, &toy::catalogue());
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
        let warnings = loaded.prepared.run(0, &RunOptions::default()).warnings;
        warnings.into_iter().find(|one| one.contains("took effect"))
    };
    let often = warned("").expect("a warning");
    assert!(often.contains(" times: it may bring about what its trigger waits for"), "{often}");
    assert_eq!(warned(", limit: 2000"), None, "it is meant");
}

#[test]
fn of_very_many_warnings_the_first_are_shown() {
    let faults = "At(\"1s\", OmitSends(Node(0), \"0%\")), ".repeat(5_000);
    let loaded = load_text("toy.ron", &with(&format!("faults: [{faults}]")), &toy::catalogue());
    let loaded = loaded.unwrap_or_else(|why| panic!("{why}"));
    let told = loaded.render_warnings(false);
    assert_eq!(loaded.warnings.len(), 5_000);
    assert_eq!(told.matches("warning: ").count(), 20);
    assert!(told.ends_with("and 4,980 more warnings"), "{}", &told[told.len() - 200..]);
}
