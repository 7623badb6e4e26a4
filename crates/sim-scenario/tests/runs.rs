//! What becomes of a scenario that is right: it runs as its file says.

mod pinging;
mod toy;

use std::collections::{BTreeMap, BTreeSet};

use sim_check::{SimTime, Verdict};
use sim_node::NodeId;
use sim_scenario::{
    Expectation, Fate, Happening, Loaded, Prepared, Report, RunOptions, Seen, State, load_file,
};

use pinging::{load, pinging, pinging_and, run, watch, watched};

/// When each fault began or struck first, by its place in the list.
fn strikes(seen: &[Seen]) -> BTreeMap<usize, (SimTime, Vec<NodeId>)> {
    let mut strikes = BTreeMap::new();
    for one in seen {
        if let Seen::Fault { at, fault, begins: true, victims, .. } = one {
            strikes.entry(*fault).or_insert((*at, victims.clone()));
        }
    }
    strikes
}

/// How long messages of a kind from a node were under way, in nanoseconds.
fn delays(seen: &[Seen], sender: u32, word: &str) -> Vec<u64> {
    let delay = |one: &Seen| match one {
        Seen::Sent { at, from, kind, arrives: Some(arrives), .. }
            if from.number() == sender && *kind == word =>
        {
            Some((*arrives - *at).as_nanos())
        }
        _ => None,
    };
    seen.iter().filter_map(delay).collect()
}

#[test]
fn facts_say_what_the_file_says() {
    let loaded = load(include_str!("scenarios/storm.ron"));
    let facts = loaded.prepared.facts();
    assert_eq!(facts.title, "a storm in a toy");
    assert_eq!((facts.servers, facts.others), (5, 2));
    assert_eq!(facts.expect, Expectation::Sometimes { code: "PI2", of: 200 });
    assert_eq!(facts.calm.map(|calm| calm.to_string()), Some("10s".to_owned()));
    assert_eq!(facts.deadline.to_string(), "20s");
    assert_eq!(facts.faults.len(), 32);
    assert_eq!(facts.faults[1], "At(\"600ms\", Isolate(Role(\"idle\"), cut: AtDelivery))");
    assert_eq!(facts.protocol.kinds, ["Ping", "Pong"]);
    assert_eq!(loaded.name, "toy.ron");
    assert!(loaded.text.starts_with("// Every kind of fault"));
}

#[test]
fn properties_go_by_code_or_name_in_any_case() {
    for name in ["PI1", "pi1", "no-strangers", "No-Strangers"] {
        let loaded = pinging_and("", &format!("Violates(\"{name}\")"));
        assert_eq!(loaded.prepared.facts().expect, Expectation::Violates("PI1"), "{name}");
    }
}

#[test]
fn a_file_loads_as_its_text_does() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("small.ron");
    // With a byte order mark and Windows line ends, as some editors save it.
    let text = include_str!("scenarios/assumption.ron").replace('\n', "\r\n");
    std::fs::write(&path, format!("\u{feff}{text}")).expect("written");
    let loaded = load_file(&path, &toy::catalogue()).unwrap_or_else(|error| panic!("{error}"));
    let same = load(include_str!("scenarios/assumption.ron"));
    assert_eq!(run(&loaded, 3), run(&same, 3));
}

#[test]
fn the_usual_network_takes_1_to_10_ms() {
    let seen = watched(&pinging(""));
    let delays = delays(&seen, 0, "Ping");
    assert!(delays.len() >= 4);
    assert!(delays.iter().all(|delay| (1_000_000..=10_000_000).contains(delay)), "{delays:?}");
}

#[test]
fn special_links_are_for_their_nodes_and_kinds() {
    let network = "network: Datagram(delay: Constant(\"1ms\"), links: [
        (from: Servers, to: Node(1), kind: \"Ping\", delay: Constant(\"3ms\")),
        (to: Nodes([2]), both: true, delay: Constant(\"5ms\")),
    ]),";
    let seen = watched(&pinging(network));
    assert_eq!(delays(&seen, 0, "Ping"), [3_000_000, 5_000_000, 1_000_000, 1_000_000]);
    assert_eq!(delays(&seen, 1, "Pong"), [1_000_000]);
    assert_eq!(delays(&seen, 2, "Pong"), [5_000_000]);
}

#[test]
fn images_are_the_first_disks() {
    let seen = watched(&pinging("images: {1: (asked: 7)},"));
    let state_of = |wanted: u32| {
        seen.iter().find_map(|one| match one {
            Seen::Step { node, what: Happening::Start { again: false, .. }, state, .. }
                if node.number() == wanted =>
            {
                state.clone()
            }
            _ => None,
        })
    };
    let text = |state: &str| Some(State::Text(state.to_owned()));
    assert_eq!(state_of(1), text("PingNode { asked: 7, waiting: {}, requests: {} }"));
    assert_eq!(state_of(0), text("PingNode { asked: 0, waiting: {}, requests: {} }"));
}

#[test]
fn without_a_bound_the_calm_takes_the_networks() {
    // In the calm no message travels longer than the network's greatest delay, or ten times its
    // mean.
    let loaded = load(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5),
         network: Datagram(delay: Exponential(mean: \"1ms\", min: \"1ms\")),
         workload: Requests([At(\"2s\", 0, Everybody)]),
         calm: \"1s\", deadline: \"20s\", expect: Holds)",
    );
    for seed in 0..50 {
        let (_, seen) = watch(&*loaded.prepared, seed, &RunOptions::default());
        assert!(delays(&seen, 0, "Ping").iter().all(|delay| *delay <= 20_000_000));
    }
}

#[test]
fn another_fault_shifts_no_draw() {
    let crash = "Between(\"1s\", \"2s\", Crash(who: Random(1), down: \"500ms\"))";
    let alone = strikes(&watched(&pinging(&format!("faults: [{crash}],"))));
    let second =
        strikes(&watched(&pinging(&format!("faults: [At(\"1s\", Pause(Random(2))), {crash}],"))));
    assert_eq!(alone[&0], second[&1]);
    // Comments and blanks are no words.
    let spaced = crash.replace(", ", ",  /* so */\n").replace("))", ",))");
    assert_eq!(alone, strikes(&watched(&pinging(&format!("faults: [{spaced}],")))));
    // Equal faults draw each for itself.
    let twice = strikes(&watched(&pinging(&format!("faults: [{crash}, {crash}],"))));
    assert_eq!(alone[&0], twice[&0]);
    assert_ne!(twice[&0].0, twice[&1].0);
}

#[test]
fn faults_left_out_leave_the_others_as_they_were() {
    let faults = "faults: [
        Between(\"1s\", \"2s\", Crash(who: Random(1), down: \"500ms\")),
        At(\"3s\", Pause(Random(2))),
        Between(\"4s\", \"5s\", Crash(who: Random(1), down: \"500ms\")),
    ],";
    let loaded = pinging(faults);
    let all = strikes(&watched(&loaded));
    let options = RunOptions { without: BTreeSet::from([1]), ..RunOptions::default() };
    let (report, seen) = watch(&*loaded.prepared, 0, &options);
    let rest = strikes(&seen);
    assert_eq!(rest.keys().copied().collect::<Vec<_>>(), [0, 2]);
    assert_eq!((&rest[&0], &rest[&2]), (&all[&0], &all[&2]));
    assert_eq!(report.faults.iter().map(|fault| fault.struck).collect::<Vec<_>>(), [1, 0, 1]);
    assert_eq!(report.warnings, [""; 0]);
    // Without nothing, it is the same run.
    assert_eq!(run(&loaded, 0), watch(&*loaded.prepared, 0, &RunOptions::default()).0);
}

#[test]
fn watching_changes_nothing() {
    let loaded = load(include_str!("scenarios/storm.ron"));
    for seed in 0..20 {
        let (report, seen) = watch(&*loaded.prepared, seed, &RunOptions::default());
        assert_eq!(report, run(&loaded, seed));
        let steps = seen.iter().filter(|one| matches!(one, Seen::Step { .. })).count();
        assert_eq!(steps as u64, report.steps);
    }
}

/// What a run has reached and what is told of a message that a fault keeps are one.
#[test]
fn a_message_that_is_held_is_sent_when_it_is_reached() {
    let loaded = pinging(
        "faults: [Between(\"50ms\", \"5s\", Hold(Node(0), Node(1)))], reaches: [Sent(\"Ping\")],",
    );
    let (report, seen) = watch(&*loaded.prepared, 0, &RunOptions::default());
    let sent = seen.iter().find_map(|one| match one {
        Seen::Sent { message, at, to, held, .. } if to.number() == 1 => {
            Some((*message, at.as_nanos(), *held))
        }
        _ => None,
    });
    let (id, at, held) = sent.expect("it is sent");
    assert_eq!((Some(at), held), (report.reaches[0].at_ns, Some(0)));
    let released = seen.iter().find_map(|one| match one {
        Seen::Released { message, at, fault, .. } if *message == id => {
            Some((at.as_nanos(), *fault))
        }
        _ => None,
    });
    assert_eq!(released, Some((5_000_000_000, 0)));
}

/// A message that a fault of the scenario loses is not taken for one that the link has lost.
#[test]
fn what_a_fault_loses_names_the_fault() {
    let heal = "At(\"1s\", Heal), At(\"50ms\", Lose(from: Node(0), nth: 2))";
    let (_, seen) =
        watch(&*pinging(&format!("faults: [{heal}],")).prepared, 0, &RunOptions::default());
    let lost = seen.iter().find_map(|one| match one {
        Seen::Sent { lost, .. } => *lost,
        _ => None,
    });
    assert_eq!(lost.expect("one is lost").to_string(), "fault 1 dropped it");
}

#[test]
fn roles_change_at_their_steps() {
    let seen = watched(&pinging(""));
    let changes: Vec<_> = seen
        .iter()
        .filter_map(|one| match one {
            Seen::Step { node, role, role_changed: true, .. } => {
                Some((node.number(), role.map(|r| r.0)))
            }
            _ => None,
        })
        .collect();
    let starts = (0..5).map(|node| (node, Some("idle")));
    let expected: Vec<_> = starts.chain([(0, Some("leader")), (0, Some("idle"))]).collect();
    assert_eq!(changes, expected);
}

#[test]
fn a_panic_is_told_to_its_last_step() {
    let loaded = load(
        "Scenario(title: \"t\", protocol: Mute, workload: Requests([At(\"1s\", 1, ())]),
         deadline: \"2s\", expect: Violates(\"panic\"))",
    );
    let (report, seen) = watch(&*loaded.prepared, 0, &RunOptions::default());
    assert!(report.as_expected);
    assert_eq!(report.verdict, Verdict::Violated);
    assert_eq!(
        report.properties.last().map(|last| (last.code, last.name)),
        Some(("PANIC", "panic"))
    );
    assert_eq!(report.violations[0].detail, "n1 panicked: a mute node is not to be asked");
    let Some(Seen::Step { step, node, state: None, .. }) = seen.last() else {
        panic!("the run ends in the step that panicked: {:?}", seen.last());
    };
    assert_eq!((Some(*step), Some(*node)), (report.violations[0].step, report.violations[0].node));
}

#[test]
fn a_run_is_held_against_what_is_expected() {
    // Cut off for good, node 0 never receives a pong: PI2 is violated in every run.
    let cut = "faults: [At(\"0s\", Isolate(Node(0)))],";
    let as_expected = |expect: &str| run(&pinging_and(cut, expect), 0).as_expected;
    assert!(!as_expected("Holds"));
    assert!(as_expected("Violates(\"answered\")"));
    assert!(!as_expected("Violates(\"no-strangers\")"));
    assert!(as_expected("Sometimes(\"answered\", of: 3)"));
    assert!(!as_expected("Sometimes(\"no-strangers\", of: 3)"));
    let held = |expect: &str| run(&pinging_and("", expect), 0).as_expected;
    assert!(held("Holds"));
    assert!(!held("Violates(\"answered\")"));
    assert!(held("Sometimes(\"answered\", of: 3)"));
    // A run that is stopped is undecided, which nothing expects.
    let options = RunOptions { until: Some(SimTime::from_nanos(1)), ..RunOptions::default() };
    let stopped = pinging("").prepared.run(0, &options);
    assert_eq!((stopped.verdict, stopped.as_expected), (Verdict::Unknown, false));
    assert!(stopped.undecided.is_some());
}

#[test]
fn warnings_tell_what_did_nothing() {
    let loaded = pinging(
        "network: Datagram(links: [
             (from: Node(1), to: Node(2), loss: \"50%\"),
             (from: Node(0), loss: \"0%\"),
         ]),
         faults: [
             At(\"30ms\", Isolate(Leader)),
             When((on: Send(\"Ping\"), nth: 99), Pause(Trigger)),
             At(\"40ms\", Heal),
             At(\"45ms\", Pause(Node(4))),
         ],
         calm: \"50ms\",",
    );
    let report = run(&loaded, 0);
    assert_eq!(
        report.warnings,
        [
            "the fault `At(\"30ms\", Isolate(Leader))` never took effect",
            "the fault `When((on: Send(\"Ping\"), nth: 99), Pause(Trigger))` never took effect",
            "the fault `At(\"40ms\", Heal)` never took effect",
            "no message used the special links `(from: Node(1), to: Node(2), loss: \"50%\")` \
             (line 2)",
        ]
    );
    let idle = load("Scenario(title: \"t\", protocol: Mute, deadline: \"1s\", expect: Holds)");
    assert_eq!(run(&idle, 0).warnings, ["the nodes n0, n1 did nothing"]);
    let quiet =
        load("Scenario(title: \"t\", protocol: Ping(nodes: 2), deadline: \"1s\", expect: Holds)");
    assert_eq!(
        run(&quiet, 0).warnings,
        [
            "the property PI1 no-strangers is vacuous: the run contained nothing that it judges",
            "the property PI2 answered is vacuous: the run contained nothing that it judges",
            "the nodes n0, n1 did nothing",
        ]
    );
}

#[test]
fn a_broken_assumption_is_told() {
    // Two messages a millisecond apart wait in one queue, which no file can tell in advance.
    let loaded = load(
        "Scenario(title: \"t\", protocol: Ping(nodes: 3),
         network: Datagram(delay: Constant(\"1ms\")),
         service: [(time: Constant(\"5ms\"))], model: (timing: Synchronous(bound: \"6ms\")),
         workload: Requests([At(\"1s\", 0, One(2)), At(\"1s\", 1, One(2))]),
         deadline: \"9s\", expect: Holds)",
    );
    let report = run(&loaded, 0);
    assert_eq!((report.verdict, report.as_expected), (Verdict::Unknown, false));
    let broken = report.assumption_broken.expect("the assumption was broken");
    assert!(broken.contains("but the model says at most 6ms"), "{broken}");
    assert!(
        report.warnings.iter().any(|warning| warning.contains(&broken[3..])),
        "{:?}",
        report.warnings
    );
}

#[test]
fn the_report_has_its_stable_json_form() {
    let loaded = pinging("bytes: true, faults: [At(\"1s\", Pause(Node(3)))],");
    let json = serde_json::to_value(run(&loaded, 7)).expect("a report is JSON");
    let names = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(
        names(&json),
        [
            "title",
            "protocol",
            "seed",
            "verdict",
            "as_expected",
            "digest",
            "steps",
            "ended_at_ns",
            "messages",
            "properties",
            "violations",
            "warnings",
            "reproduce",
            "undecided",
            "assumption_broken",
            "faults",
            "crashes",
            "byzantine",
            "requests",
            "marks",
            "reaches",
            "costs",
            "unmet",
            "timeline",
        ]
    );
    assert_eq!(
        names(&json["messages"]),
        [
            "total",
            "protocol",
            "client",
            "heartbeat",
            "retransmission",
            "lost",
            "in_flight",
            "by_kind",
            "bytes",
        ]
    );
    assert_eq!(names(&json["properties"][0]), ["code", "name", "kind", "verdict"]);
    assert_eq!(json["properties"][1]["kind"], "liveness");
    assert_eq!(json["verdict"], "held");
    let digest = json["digest"].as_str().expect("a text");
    assert!(digest.len() == 16 && digest.bytes().all(|b| b.is_ascii_hexdigit()), "{digest}");
    assert_eq!(json["messages"]["by_kind"]["Ping"], json["messages"]["by_kind"]["Pong"]);
    assert_eq!(names(&json["faults"][0]), ["label", "struck", "first_at_ns", "victims"]);
}

#[test]
fn a_scenario_runs_on_many_threads() {
    let loaded = load(include_str!("scenarios/storm.ron"));
    let prepared: &(dyn Prepared + Sync) = &*loaded.prepared;
    let reports = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..2).map(|_| scope.spawn(|| prepared.run(5, &RunOptions::default()))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    assert_eq!(reports[0], reports[1]);
}

/// A scenario of five nodes with these requests, and with these fields besides.
fn asking(requests: &str, fields: &str) -> Loaded {
    load(&format!(
        "Scenario(title: \"t\", protocol: Ping(nodes: 5), workload: Requests([{requests}]), \
         {fields} deadline: \"20s\", expect: Holds)"
    ))
}

#[test]
fn every_request_has_a_line_with_what_became_of_it() {
    let loaded = asking(
        "At(\"1s\", 0, One( 1 )), At(\"2s\", 0, One(0)), At(\"3s\", 0, Everybody), \
         At(\"4s\", 3, One(1)), At(\"20s\", 1, One(2))",
        "faults: [At(\"3.5s\", Crash(who: Node(3)))],",
    );
    let report = run(&loaded, 0);
    let fates: Vec<_> = report.requests.iter().map(|one| (&*one.label, one.outcome())).collect();
    assert_eq!(
        fates,
        [
            ("One(1)", Fate::Done),
            ("One(0)", Fate::Refused),
            ("Everybody", Fate::Taken),
            ("One(1)", Fate::Lost),
            ("One(2)", Fate::Done),
        ]
    );
    let refused = report.requests[1].fate.refused.as_ref().expect("it was refused");
    assert_eq!((refused.by, &*refused.why), (NodeId::new(0), "it pings nobody but others"));
    let json = serde_json::to_value(&report.requests[1]).expect("JSON");
    assert_eq!(json["outcome"], "refused");
    assert_eq!(json["refused_because"], "it pings nobody but others");
    assert_eq!(json["done_at_ns"], serde_json::Value::Null);
}

#[test]
fn a_run_that_does_not_reach_what_is_demanded_is_undecided() {
    let demands = "reaches: [Mark(\"pong\", times: 4), Role(\"leader\", at: 0), \
                   Role(\"leader\", at: 2, times: 2), Sent(\"Ping\", times: 3, at: 0), \
                   Fault(\"Pause(Node( 4 ))\")],";
    let faults = "faults: [At(\"1s\", Pause(Node(4))), At(\"2s\", Heal)],";
    let asked = asking("At(\"100ms\", 0, Everybody)", &format!("{faults} {demands}"));
    let report = run(&asked, 0);
    assert_eq!((report.verdict, report.as_expected), (Verdict::Unknown, false));
    assert_eq!(
        report.undecided.as_deref(),
        Some("the run did not reach `Role(\"leader\", at: 2, times: 2)` (0 of 2 times)")
    );
    let reached: Vec<bool> = report.reaches.iter().map(|reach| reach.at_ns.is_some()).collect();
    assert_eq!(reached, [true, true, false, true, true]);
    assert_eq!(report.reaches[0].label, "Mark(\"pong\", times: 4)");
    assert_eq!((report.reaches[0].wanted, report.reaches[0].times), (4, 4));
    let both = "At(\"100ms\", 0, Everybody), At(\"5s\", 2, One(0)), At(\"6s\", 2, One(0))";
    let report = run(&asking(both, &format!("{faults} {demands}")), 0);
    assert_eq!((report.verdict, report.as_expected), (Verdict::Held, true));
    // A fault that is left out strikes nobody.
    let options = RunOptions { without: BTreeSet::from([0]), ..RunOptions::default() };
    let without = asked.prepared.run(0, &options);
    assert!(without.undecided.expect("undecided").contains("`Fault(\"Pause(Node( 4 ))\")`"));
}

#[test]
fn a_crash_names_its_fault_by_its_place_in_the_file() {
    let faults = "faults: [At(\"1s\", Pause(Node(4))), At(\"2s\", Crash(who: Node(0)))],";
    let loaded = asking("At(\"100ms\", 0, Everybody)", faults);
    let options = RunOptions { without: BTreeSet::from([0]), ..RunOptions::default() };
    let (report, seen) = watch(&*loaded.prepared, 0, &options);
    assert_eq!(report.crashes[0].fault, 1);
    let told = seen.iter().find_map(|one| match one {
        Seen::Crashed { fault, loss, .. } => Some((*fault, *loss)),
        _ => None,
    });
    assert_eq!(told, Some((1, sim_scenario::CrashLoss::default())));
}

#[test]
fn what_a_crash_lost_is_told_in_words() {
    use sim_scenario::{CrashLoss, crash_loss_in_words as words};
    let nothing = CrashLoss::default();
    let (one, two) = (["A(1)".to_owned()], ["A(1)".to_owned(), "B(2)".to_owned()]);
    assert_eq!(words(&nothing, &[]), "nothing but its memory");
    assert_eq!(words(&CrashLoss { writes: 1, ..nothing }, &one), "1 unsynced write (A(1))");
    let some = CrashLoss { writes: 4, survived: 2, held: 1, disk: false, durable: 0, lied: 0 };
    assert_eq!(
        words(&some, &two),
        "4 of 6 unsynced writes (A(1), B(2) and 2 more) and 1 message that waited for its disk"
    );
    let all = CrashLoss { writes: 2, survived: 0, held: 3, disk: true, durable: 0, lied: 0 };
    assert_eq!(words(&all, &two), "its whole disk and 3 messages that waited for its disk");
}

#[test]
fn a_run_keeps_to_what_it_may_cost() {
    // Node 0 pings four others, and each answers once: eight messages, of which four are pings.
    let costs = |costs: &str| {
        let report = run(&pinging(&format!("bytes: true, costs: [{costs}],")), 0);
        let rows: Vec<_> = report.costs.iter().map(|cost| (cost.counted, cost.is_within)).collect();
        (report.verdict, rows)
    };
    let total = run(&pinging(""), 0).messages;
    assert_eq!((total.total, total.by_kind["Ping"]), (8, 4));
    let within = "Messages(at_most: \"2*(n-1)\", at_least: \"2*(n-1)\"), \
                  Messages(kind: \"Ping\", at_most: \"n - requests\"), \
                  Messages(class: Client, at_most: \"0\"), Bytes(at_least: \"1\", at_most: \"1000\")";
    let (verdict, rows) = costs(within);
    assert_eq!(verdict, Verdict::Held);
    assert_eq!((rows[0], rows[1], rows[2]), ((8, true), (4, true), (0, true)));
    assert!(rows[3].0 > 0 && rows[3].1);
    for beyond in ["Messages(at_most: \"2*n-3\")", "Messages(kind: \"Ping\", at_least: \"n\")"] {
        let (verdict, rows) = costs(beyond);
        assert_eq!((verdict, rows[0].1), (Verdict::Violated, false), "{beyond}");
    }
}

#[test]
fn a_bound_that_has_no_value_in_a_run_is_none() {
    // Nobody is pinged, so nobody answers and emits the mark.
    let run = |costs: &str| {
        let quiet = load(&format!(
            "Scenario(title: \"t\", protocol: Ping(nodes: 5), costs: [{costs}], \
             deadline: \"20s\", expect: Holds)"
        ));
        run(&quiet, 0)
    };
    let report = run("Messages(at_most: \"100/'pong'\")");
    let [cost] = report.costs.as_slice() else { panic!("{:?}", report.costs) };
    assert_eq!((cost.at_most, cost.at_least, cost.is_within), (None, None, true));
    let why = "`at_most` divides by zero in this run";
    assert_eq!(cost.no_bound.as_deref(), Some(why));
    let told = format!("was not held against a bound: {why}");
    assert!(report.warnings.iter().any(|warning| warning.ends_with(&told)), "{report:?}");
    let verdict_of = |report: &Report| report.properties.last().map(|cost| cost.verdict);
    assert_eq!(verdict_of(&report), Some(Verdict::Vacuous));
    // The other bound stays one.
    let report = run("Messages(at_least: \"log2('pong')\", at_most: \"9\")");
    assert_eq!((report.costs[0].at_most, report.costs[0].at_least), (Some(9), None));
    assert_eq!(verdict_of(&report), Some(Verdict::Held));
}

#[test]
fn a_cost_beyond_its_bound_can_be_expected() {
    let costs = "costs: [Messages(at_most: \"7\")],";
    assert!(!run(&pinging(costs), 0).as_expected);
    let report = run(&pinging_and(costs, "Violates(\"COST\")"), 0);
    assert!(report.as_expected);
    let [violation] = report.violations.as_slice() else { panic!("{:?}", report.violations) };
    assert_eq!(violation.code, "COST");
    assert!(
        violation.detail.contains("counted 8, and at most 7 were allowed: 1 too many"),
        "{violation:?}"
    );
    // A bound that was kept is no such violation.
    let kept = pinging_and("costs: [Messages(at_most: \"8\")],", "Violates(\"COST\")");
    assert!(!run(&kept, 0).as_expected);
}

/// Two instances of one node have one number, and are told apart.
#[test]
fn a_second_instance_is_told_from_the_first() {
    let loaded = pinging("faults: [At(\"50ms\", Twins(who: Node(0), to: Node(4)))],");
    let seen = watched(&loaded);
    let starts: Vec<bool> = seen
        .iter()
        .filter_map(|one| match one {
            Seen::Step { node, twin, what: Happening::Start { again: false, .. }, .. }
                if node.number() == 0 =>
            {
                Some(*twin)
            }
            _ => None,
        })
        .collect();
    assert_eq!(starts, [false, true], "each of them starts once");
    let sent = seen.iter().filter_map(|one| match one {
        Seen::Sent { from, twin, kind, .. } if from.number() == 0 => Some((*kind, *twin)),
        _ => None,
    });
    assert!(sent.clone().any(|sent| sent == ("Ping", false)), "the first instance is asked");
    assert!(!sent.clone().any(|sent| sent == ("Ping", true)));
}
