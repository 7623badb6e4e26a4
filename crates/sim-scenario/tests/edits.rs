//! One thing of a scenario set to another value. `INSTA_UPDATE=always cargo test` writes the golden
//! file anew.

mod toy;

use std::fmt::Write;

use sim_scenario::{Change, edit, load_text};

const TEXT: &str = "// A toy.
Scenario(
    title: \"a toy\",
    protocol: Ping(nodes: 5), // five of them
    network: Datagram(
        delay: Uniform(\"1ms\", \"10ms\"),
        links: [(to: Node(1), loss: \"5%\"), (kind: \"Ping\", loss: \"2%\")],
    ),
    images: {0: (asked: 3)},
    workload: [Rounds(players: 2), Requests([At(\"100ms\", 0, Everybody)])],
    faults: [
        At(\"1s\", Isolate(Leader)),
        At(\"2s\", Heal),
    ],
    calm: Some(\"10s\"),
    deadline: \"20s\",
    expect: Sometimes(\"PI2\", of: 20),
)
";

fn change(text: &str) -> Change {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

fn edited(changes: &[&str]) -> String {
    let changes: Vec<Change> = changes.iter().map(|text| change(text)).collect();
    edit("toy.ron", TEXT, &changes).unwrap_or_else(|error| panic!("{error}"))
}

/// The one line that differs, without its margin.
fn line(one: &str) -> String {
    let edited = edited(&[one]);
    load_text("toy.ron", &edited, &toy::catalogue()).unwrap_or_else(|why| panic!("{one}: {why}"));
    assert_eq!(edited.lines().count(), TEXT.lines().count(), "{one} adds no line");
    let lines = edited.lines().zip(TEXT.lines());
    let changed: Vec<&str> = lines.filter(|(new, old)| new != old).map(|(new, _)| new).collect();
    let [one] = changed.as_slice() else { panic!("{one} changes {changed:?}") };
    one.trim().to_owned()
}

#[test]
fn what_is_in_the_file_is_replaced() {
    for (one, expected) in [
        ("protocol.nodes=3", "protocol: Ping(nodes: 3), // five of them"),
        ("Protocol.NODES=3", "protocol: Ping(nodes: 3), // five of them"),
        ("protocol=Ping(nodes: 4) /* fewer */", "protocol: Ping(nodes: 4), // five of them"),
        ("network.delay.1=50ms", "delay: Uniform(\"1ms\", \"50ms\"),"),
        ("network.delay=Constant(1ms)", "delay: Constant(\"1ms\"),"),
        ("faults[1].0=2500ms", "At(\"2500ms\", Heal),"),
        ("faults.0.1=Isolate(Node(0))", "At(\"1s\", Isolate(Node(0))),"),
        ("images.0.asked=9", "images: {0: (asked: 9)},"),
        ("calm=9s", "calm: \"9s\","),
        ("expect.of=30", "expect: Sometimes(\"PI2\", of: 30),"),
        ("expect=Holds", "expect: Holds,"),
        ("title=\"5ms, \\\"5ms\\\"\"", "title: \"5ms, \\\"5ms\\\"\","),
        (
            "workload.rounds.players=3",
            "workload: [Rounds(players: 3), Requests([At(\"100ms\", 0, Everybody)])],",
        ),
        (
            "workload.1.0.0.1=4",
            "workload: [Rounds(players: 2), Requests([At(\"100ms\", 4, Everybody)])],",
        ),
        (
            "network.links.1.loss=0.5%",
            "links: [(to: Node(1), loss: \"5%\"), (kind: \"Ping\", loss: \"0.5%\")],",
        ),
        (
            "network.bandwidth=1KiB/s",
            "links: [(to: Node(1), loss: \"5%\"), (kind: \"Ping\", loss: \"2%\")], bandwidth: \
             \"1KiB/s\",",
        ),
    ] {
        assert_eq!(line(one), expected, "{one}");
    }
}

#[test]
fn what_is_not_in_the_file_is_added() {
    let last = "expect: Sometimes(\"PI2\", of: 20)";
    for (one, expected) in [
        (
            "protocol.patience=60ms..90ms",
            "protocol: Ping(nodes: 5, patience: \"60ms..90ms\"), // five of them",
        ),
        ("budget=1000", &*format!("{last}, budget: 1000,")),
        ("calm-bound=1s", &format!("{last}, calm_bound: \"1s\",")),
        ("model.failures=Omission", &format!("{last}, model: (failures: Omission),")),
        ("images.4.asked=1", "images: {0: (asked: 3), 4: (asked: 1)},"),
        ("nodes.2.slow=true", &format!("{last}, nodes: {{2: (slow: true)}},")),
    ] {
        assert_eq!(line(one), expected, "{one}");
    }
    let small = "Scenario(protocol: Mute, title: \"t\", deadline: \"1s\", expect: Holds)";
    let added = |one| edit("toy.ron", small, &[change(one)]).expect("it can be added");
    assert_eq!(added("protocol.nodes=3"), small.replace("Mute", "Mute(nodes: 3)"));
    let differing = small.replace("Holds", "Holds, nodes: {2: (a: 1)}");
    assert_eq!(added("nodes.2.a=1"), differing);
    let more = edit("toy.ron", &differing, &[change("nodes.2.b=2"), change("nodes.3.a=3")]);
    let with_more = differing.replace("{2: (a: 1)}", "{2: (a: 1, b: 2), 3: (a: 3)}");
    assert_eq!(more.expect("they can be added"), with_more);
    let lossy = small.replace("Holds", "Holds, network: Datagram(loss: \"5%\")");
    assert_eq!(added("network.loss=5%"), lossy);
    assert_eq!(
        edit("toy.ron", "Scenario()", &[change("a.b.c=1")]).expect("added"),
        "Scenario(a: (b: (c: 1)))"
    );
}

#[test]
fn changes_are_made_one_after_the_other() {
    let both = edited(&["network=Stream()", "network.delay=Constant(1ms)", "network.loss=+5%"]);
    assert!(both.contains("network: Stream(delay: Constant(\"1ms\"), loss: \"+5%\"),"), "{both}");
    assert_eq!(edited(&[]), TEXT);
}

#[test]
fn a_change_is_shown_as_it_is_written() {
    for text in ["network.loss=5%", "expect=Violates(\"PI1\")", "faults.0.1=Heal"] {
        assert_eq!(change(text).to_string(), text);
    }
    assert_eq!(change(" faults[0].calm-bound = 5s ").to_string(), "faults.0.calm_bound=5s");
    for (text, why) in [
        ("network.loss", "a change is written as in `network.loss=5%`"),
        ("network.loss= ", "no value behind `network.loss=`"),
        ("=5%", "is not a path"),
        ("network..loss=5%", "`network..loss` is not a path"),
    ] {
        let error = text.parse::<Change>().expect_err(text);
        assert!(error.contains(why), "{text}: {error}");
    }
}

/// Refused by the edit, or by the loader as if it stood in the file.
#[test]
fn what_cannot_be_changed() {
    let cases: [&[&str]; 21] = [
        &["protocl.nodes=3"],
        &["protocol.node=3"],
        &["network.los=5%"],
        &["network.loss.more=5%"],
        &["network.loss=0.05"],
        &["network.loss=5 %"],
        &["costs=[Messages(at_most: 4*n)]"],
        &["network.loss=5kg"],
        &["network.delay=Unifrom(1ms, 5ms)"],
        &["network.delay.mean=5ms"],
        &["network.delay.2=5ms"],
        &["network.links.2.loss=5%"],
        &["faults.Crash.0=1s"],
        &["faults.At.0=1s"],
        &["workload.Request.0=1s"],
        &["deadline.min=1s"],
        &["deadline=5s, budget: 3"],
        &["title=two words"],
        &["title=\"open"],
        &["deadline=5s", "deadline=6s"],
        &["network.loss=5%", "network=Stream()"],
    ];
    let mut told = String::new();
    for changes in cases {
        let parsed: Vec<Change> = changes.iter().map(|text| change(text)).collect();
        let edited = edit("toy.ron", TEXT, &parsed);
        let error =
            edited.and_then(|text| load_text("toy.ron", &text, &toy::catalogue()).map(|_| ()));
        let error = error.expect_err(changes[0]).render(false);
        writeln!(told, "# --set {}\n{error}\n", changes.join(" --set ")).expect("a text takes it");
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("edits", told);
    });
}

/// A text that is no scenario is refused with its own error.
#[test]
fn a_text_that_cannot_be_read_is_not_changed() {
    let error = edit("toy.ron", "Scenario(", &[change("deadline=5s")]).expect_err("it is not RON");
    assert!(error.render(false).contains("`(` is never closed"), "{error}");
    let error = edit("toy.ron", "7", &[change("deadline=5s")]).expect_err("a number");
    assert!(error.render(false).contains("the file has no part `deadline`"), "{error}");
}

#[test]
fn an_entry_of_a_map_goes_by_its_name() {
    let text = TEXT
        .replace("calm:", "sets: {\"rack a\": Node(0)},\n    calm:")
        .replace("Isolate(Leader)", "Isolate(OneOf([\"rack a\", \"rack b\"]))");
    let changes = ["sets.rack a=Nodes([0, 1])", "sets . rack b = Nodes([3])"].map(change);
    let edited = edit("toy.ron", &text, &changes).unwrap_or_else(|error| panic!("{error}"));
    let sets = "sets: {\"rack a\": Nodes([0, 1]), \"rack b\": Nodes([3])},";
    assert!(edited.contains(sets), "{edited}");
    load_text("toy.ron", &edited, &toy::catalogue()).unwrap_or_else(|why| panic!("{why}"));
}
