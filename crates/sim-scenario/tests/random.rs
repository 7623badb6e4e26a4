//! Small scenarios put together by chance: one seed, one history.

mod toy;

use proptest::prelude::*;
use sim_scenario::{Loaded, RunOptions, load_text};

fn delay() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..20_u32).prop_map(|ms| format!("Constant(\"{ms}ms\")")),
        (1..5_u32, 0..20_u32)
            .prop_map(|(ms, more)| format!("Uniform(\"{ms}ms\", \"{}ms\")", ms + more)),
        (1..5_u32).prop_map(|ms| format!("Exponential(mean: \"{ms}ms\", min: \"1ms\")")),
        (2..30_u32).prop_map(|shape| {
            format!("Pareto(min: \"1ms\", shape: {}.{}, max: \"500ms\")", shape / 10, shape % 10)
        }),
        (1..9_u32).prop_map(|weight| {
            format!("Mixture([({weight}, Constant(\"1ms\")), (1, Uniform(\"5ms\", \"50ms\"))])")
        }),
    ]
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..5_u32).prop_map(|node| format!("Node({node})")),
        (0..4_u32).prop_map(|node| format!("Nodes([{node}, 4])")),
        (1..4_u32).prop_map(|some| format!("Random({some})")),
        prop::sample::select(vec![
            "Leader",
            "Role(\"idle\")",
            "Majority",
            "Minority",
            "Others",
            "All",
            "Not(Leader)",
            "And([Leader, Random(1)])",
            "And([Leader, RandomOf(1, Holders(\"idle\"))])",
            "InAll([Set(\"rack\"), Not(Leader)])",
            "Set(\"rack\")",
            "OneOf([\"rack\", \"rest\"])",
        ])
        .prop_map(str::to_owned),
    ]
}

fn occasion() -> impl Strategy<Value = &'static str> {
    let all =
        ["Role(\"leader\")", "Mark(\"pong\")", "Send(\"Ping\")", "Receive(\"Pong\")", "Write"];
    prop::sample::select(all.to_vec())
}

fn fault() -> impl Strategy<Value = String> {
    let with_target = prop::sample::select(vec![
        "Restart(@)",
        "Pause(@)",
        "Resume(@)",
        "Isolate(@)",
        "Isolate(@, cut: AtDelivery)",
        "Bridge(@)",
        "Partition([@])",
        "OneWay(@, All)",
        "Hold(All, @)",
        "Hold(@, All, kind: \"Ping\")",
        "Pause(@, first: Timers)",
        "Lose(from: @, nth: 3, times: 2)",
        "Lose(to: @, kind: \"Pong\")",
        "Slow(@, Constant(\"1ms\"))",
        "SlowDisk(@, Uniform(\"1ms\", \"9ms\"))",
        "OmitSends(@, \"30%\")",
        "OmitReceives(@, \"30%\")",
        "Drift(@, \"-5%\")",
        "Jump(@, \"-1s\")",
        "Crash(who: @)",
        "Crash(who: @, down: \"300ms\")",
        "Crash(who: @, down: \"1s\", disk: Subset, inside: Drawn)",
        "Crash(who: @, down: \"1s\", disk: Everything)",
        "Crash(who: @, down: \"1s\", disk: Torn)",
        "Crash(who: @, down: \"1s\", disk: Rot(1), inside: First(1))",
        "Crash(who: @, down: \"1s\", disk: OldCopy(\"500ms\"))",
        "LyingDisk(@)",
        "FullDisk(@)",
        "StallDisk(@)",
        "Links(from: @, both: true, loss: \"20%\", duplication: \"20%\")",
        "Links(to: @, delay: Constant(\"80ms\"))",
    ]);
    prop_oneof![
        8 => (with_target, target()).prop_map(|(fault, target)| fault.replace('@', &target)),
        1 => Just("Heal".to_owned()),
        1 => (occasion(), prop::sample::select(vec!["Crash", "Isolate"]))
            .prop_map(|(on, strike)| format!("Mobile(on: {on}, strike: {strike})")),
    ]
}

fn planned() -> impl Strategy<Value = String> {
    (fault(), 0..3_000_u32, 1..1_000_u32, occasion(), 0..6_u8).prop_map(
        |(fault, at, lasts, on, when)| match when {
            0 => format!("At(\"{at}ms\", {fault})"),
            1 => format!("Between(\"{at}ms\", \"{}ms\", {fault})", at + lasts),
            2 => format!("When((on: {on}, nth: {}), {fault})", 1 + lasts % 3),
            4 => format!("Every(\"{}ms..{}ms\", {fault})", 100 + at, 100 + at + lasts),
            3 => format!("When((on: {on}, after: \"{at}ms\", every: true, limit: 4), {fault})"),
            _ => format!("When((on: {on}, nth: 2, once_per_node: true), {fault})"),
        },
    )
}

fn scenario() -> impl Strategy<Value = String> {
    let network = (any::<bool>(), delay(), 0..3_u32).prop_map(|(stream, delay, loss)| {
        let kind = if stream { "Stream" } else { "Datagram" };
        format!(
            "{kind}(delay: {delay}, loss: \"{loss}%\", latency: Drawn(\"1ms..20ms\"), \
             bandwidth: \"100KiB/s\", packet_loss: \"{loss}%\")"
        )
    });
    let requests = prop::collection::vec((0..4_000_u32, 0..5_u32), 0..6);
    let faults = prop::collection::vec(planned(), 0..8);
    (network, requests, faults, any::<bool>(), any::<bool>()).prop_map(
        |(network, requests, faults, calm, drawn)| {
            let request = |(at, node): &(u32, u32)| format!("At(\"{at}ms\", {node}, Everybody)");
            let requests: Vec<String> = requests.iter().map(request).collect();
            format!(
                "Scenario(\n title: \"random\",\n protocol: Ping(nodes: 5, clients: 1),\n \
                 sets: {{\"rack\": Nodes([0, 1]), \"rest\": Nodes([2, 3, 5])}},\n \
                 network: {network},\n disks: [(sync: Uniform(\"0s\", \"2ms\"))],\n \
                 clocks: [(drift_within: \"1%\")],\n service: [(time: Constant(\"100us\"))],\n \
                 workload: Requests([{}]),\n faults: [\n  {}\n ],\n {} ties: {},\n \
                 deadline: \"8s\",\n budget: 20000,\n bytes: true,\n expect: Holds,\n)\n",
                requests.join(", "),
                faults.join(",\n  "),
                if calm { "calm: \"5s\",\n" } else { "" },
                if drawn { "Drawn" } else { "FirstIn" },
            )
        },
    )
}

fn load(text: &str) -> Loaded {
    load_text("random.ron", text, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn two_runs_are_one_history(text in scenario(), seed in any::<u64>()) {
        let loaded = load(&text);
        let options = RunOptions::default();
        let first = loaded.prepared.run(seed, &options);
        prop_assert_eq!(&first, &loaded.prepared.run(seed, &options));
        // Read again, and watched.
        let mut seen = Vec::new();
        prop_assert_eq!(&first, &load(&text).prepared.watch(seed, &options, &mut seen));
        prop_assert!(first.steps <= 20_000);
        let messages = &first.messages;
        let classes = messages.protocol
            + messages.client
            + messages.heartbeat
            + messages.retransmission;
        prop_assert_eq!(messages.total, classes);
        prop_assert_eq!(messages.total, messages.by_kind.values().sum::<u64>());
    }
}
