//! What a scenario assumes by its model, and what people read when it does not keep that, or when a
//! setting relies on an assumption that the model does not make. `INSTA_UPDATE=always cargo test`
//! writes the golden files anew.

mod refused;
mod toy;

use sim_scenario::load_text;

use refused::{golden, with};

#[test]
fn assumptions_that_the_scenario_breaks() {
    let sync = |fields: &str| {
        with(&format!("model: (timing: Synchronous(bound: \"10ms\")),\n    {fields}"))
    };
    let partial = |fields: &str| {
        let timing = "PartiallySynchronous(bound: \"10ms\", after: \"5s\")";
        with(&format!("model: (timing: {timing}, failures: CrashStop),\n    {fields}"))
    };
    let failures =
        |model: &str, fields: &str| with(&format!("model: (failures: {model}),\n    {fields}"));
    golden(
        "assumptions",
        [
            (
                "a network slower than the bound",
                sync("network: Datagram(delay: Constant(\"11ms\"))"),
            ),
            (
                "a network without a bound",
                sync("network: Datagram(delay: Exponential(mean: \"1ms\"))"),
            ),
            (
                "one slow link",
                sync("network: Datagram(links: [(to: Node(1), delay: Constant(\"1s\"))])"),
            ),
            (
                "the usual network, slower than the bound",
                sync("ties: Drawn").replace("10ms", "9ms"),
            ),
            (
                "a fault that slows links",
                sync("faults: [At(\"1s\", Links(delay: Constant(\"1s\")))]"),
            ),
            ("a hold", sync("faults: [Between(\"1s\", \"2s\", Hold(Node(0), Node(1)))]")),
            ("a pause", sync("faults: [Between(\"1s\", \"2s\", Pause(Node(0)))]")),
            (
                "a slow node",
                sync("faults: [Between(\"1s\", \"2s\", Slow(Node(0), Constant(\"1ms\")))]"),
            ),
            ("service times", sync("service: [(time: Constant(\"1ms\"))]")),
            ("a clock that drifts", sync("clocks: [(who: Node(0), drift: \"+200ppm\")]")),
            ("a clock that begins to drift", sync("faults: [At(\"1s\", Drift(Node(0), \"1%\"))]")),
            (
                "a pause beyond the stabilisation",
                partial("faults: [Between(\"4s\", \"6s\", Pause(Node(0)))]"),
            ),
            ("a cut beyond the stabilisation", partial("faults: [At(\"1s\", Isolate(Node(0)))]")),
            (
                "a crash where nothing fails",
                failures("None", "faults: [At(\"1s\", Crash(who: Node(0)))]"),
            ),
            (
                "a return where the crashed stay down",
                failures("CrashStop", "faults: [At(\"1s\", Crash(who: Node(0), down: \"1s\"))]"),
            ),
            ("a restart", failures("CrashStop", "faults: [At(\"1s\", Restart(Node(0)))]")),
            (
                "a calm that restarts",
                failures(
                    "CrashStop",
                    "faults: [At(\"1s\", Crash(who: Node(0)))],\n    calm: \"9s\"",
                ),
            ),
            (
                "a mobile fault that crashes",
                failures("CrashStop", "faults: [At(\"1s\", Mobile(on: Write, strike: Crash))]"),
            ),
            (
                "a lost disk",
                failures(
                    "CrashRecovery",
                    "faults: [At(\"1s\", Crash(who: Node(0), down: \"1s\", disk: Everything))]",
                ),
            ),
            ("loss", failures("CrashRecovery", "network: Stream(loss: \"1%\")")),
            ("duplication", failures("None", "network: Datagram(duplication: \"1%\")")),
            (
                "loss on one link",
                failures("None", "network: Datagram(links: [(from: Node(0), loss: \"1%\")])"),
            ),
            ("a fault that loses", failures("None", "faults: [At(\"1s\", Links(loss: \"1%\"))]")),
            (
                "a fault that doubles",
                failures("None", "faults: [At(\"1s\", Links(duplication: \"1%\"))]"),
            ),
            ("a cut", failures("CrashStop", "faults: [At(\"1s\", Partition([Majority]))]")),
            (
                "an omission",
                failures("CrashStop", "faults: [At(\"1s\", OmitSends(Node(0), \"1%\"))]"),
            ),
        ],
    );
}

/// A `Ping` that relies on messages within 20ms, in a scenario with this model.
fn relying(model: &str) -> String {
    let model =
        if model.is_empty() { "ties: Drawn".to_owned() } else { format!("model: ({model})") };
    with(&model).replace("nodes: 5", "nodes: 5, within: \"20ms\"")
}

#[test]
fn settings_that_rely_on_what_is_not_assumed() {
    let sync = "timing: Synchronous(bound: \"20ms\")";
    golden(
        "reliance",
        [
            ("no model", relying("")),
            ("a model of failures alone", relying("failures: CrashStop")),
            ("a greater bound", relying(&sync.replace("20ms", "21ms"))),
            (
                "a bound that comes later",
                relying(
                    "timing: PartiallySynchronous(bound: \"20ms\", after: \"5s\"), \
                     failures: CrashStop",
                ),
            ),
            ("a bound, and any failure", relying(sync)),
            ("a bound, and lost messages", relying(&format!("{sync}, failures: Omission"))),
        ],
    );
}

/// The very bound and a shorter one, and an assumption that is broken on purpose. The settings do
/// not matter to who does not rely on them.
#[test]
fn settings_that_rely_on_what_is_assumed_load() {
    let sync = "timing: Synchronous(bound: \"20ms\")";
    for text in [
        relying(&format!("{sync}, failures: CrashRecovery")),
        relying(&format!("{sync}, failures: None")),
        relying(&format!("{}, failures: CrashStop", sync.replace("20ms", "10ms"))),
        relying(&format!("{sync}, failures: CrashStop, broken: true"))
            .replace("model:", "network: Datagram(delay: Constant(\"1s\")),\n    model:"),
        with("model: (failures: Any)"),
    ] {
        let loaded = load_text("toy.ron", &text, &toy::catalogue());
        assert!(
            loaded.is_ok(),
            "{text}\n{}",
            loaded.err().map_or(String::new(), |e| e.to_string())
        );
    }
}
