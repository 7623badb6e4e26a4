//! Exit codes, and what is told where.

mod support;

use support::{code, command, json, output};

#[test]
fn as_expected_is_0() {
    assert_eq!(code("run scenarios/ring.ron"), 0);
    assert_eq!(code("run scenarios/cut-ring.ron"), 0);
    assert_eq!(code("explain scenarios/cut-ring.ron"), 0);
    assert_eq!(code("sweep scenarios/cut-ring.ron --seeds 0..3"), 0);
    assert_eq!(code("--help"), 0);
    assert_eq!(code("--version"), 0);
}

#[test]
fn not_as_expected_is_1() {
    assert_eq!(code("run scenarios/unexpected.ron"), 1);
    assert_eq!(code("run scenarios/unexpected.ron --json"), 1);
    assert_eq!(code("explain scenarios/unexpected.ron"), 1);
    assert_eq!(code("sweep scenarios/unexpected.ron --seeds 0..3"), 1);
}

#[test]
fn what_cannot_run_is_2() {
    for line in [
        "",
        "dance",
        "run",
        "run broken/misspelt.ron",
        "run scenarios/nowhere.ron",
        "run scenarios",
        "run /dev/null",
        "sweep scenarios/ring.ron",
        "sweep scenarios/ring.ron --seeds 0..3 --jobs 0",
        "sweep scenarios/ring.ron --seeds 0..3 --jobs 1000000",
        "sweep scenarios/ring.ron --seeds 0..99999999999999999999",
        "replay scenarios",
        "list --scenarios broken",
    ] {
        assert_eq!(code(line), 2, "rehearse {line}");
        let output = output(line);
        assert!(!output.stderr.is_empty(), "rehearse {line} says why");
    }
}

#[test]
fn undecided_is_3() {
    assert_eq!(code("run scenarios/undecided.ron"), 3);
    assert_eq!(code("sweep scenarios/undecided.ron --seeds 0..3"), 3);
}

#[test]
fn every_failure_ends_with_the_line_to_paste_and_the_digest() {
    for line in [
        "run scenarios/unexpected.ron --seed 4",
        "run scenarios/cut-ring.ron --seed 4",
        "run scenarios/undecided.ron --seed 4",
        "explain scenarios/unexpected.ron --seed 4",
        "explain scenarios/unexpected.ron --seed 4 --without 0",
        "sweep scenarios/unexpected.ron --seeds 4..6",
    ] {
        let text = String::from_utf8(output(line).stdout).expect("text");
        let mut last = text.lines().rev();
        let digest = last.next().expect("a last line");
        assert!(digest.starts_with("digest: "), "rehearse {line}: {digest}");
        let reproduce = last.next().expect("a line before it");
        assert!(reproduce.starts_with("reproduce: rehearse run scenarios/"), "{line}: {reproduce}");
        assert!(reproduce.ends_with("--seed 4"), "{line}: {reproduce}");
    }
}

#[test]
fn the_line_to_paste_gives_the_same_run() {
    let first = json("run scenarios/unexpected.ron --seed 9 --until 700ms --json");
    let line = first["reproduce"].as_str().expect("a line");
    let line = line.strip_prefix("rehearse ").expect("our name");
    let again = json(&format!("{line} --json"));
    assert_eq!(first, again);
    assert!(line.contains("--until 700ms"), "{line}");
}

#[test]
fn a_name_with_a_space_can_be_pasted_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("two words.ron");
    std::fs::copy(support::folder().join("scenarios/unexpected.ron"), &path).expect("copied");
    let output = command("run").arg(&path).output().expect("the binary starts");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains(&format!("reproduce: rehearse run '{}' --seed 0", path.display())),
        "{text}"
    );
}

#[test]
fn names_of_commands_and_forms_ignore_case_and_dashes() {
    assert_eq!(output("RUN scenarios/ring.ron").stdout, output("run scenarios/ring.ron").stdout);
    assert_eq!(code("run scenarios/ring.ron --trace JSON"), 0);
    assert_eq!(output("list chang-roberts").stdout, output("list ChangRoberts").stdout);
    assert_eq!(code("list CHANGROBERTS"), 0);
}

#[test]
fn the_default_seed_is_0() {
    assert_eq!(
        json("run scenarios/ring.ron --json"),
        json("run scenarios/ring.ron --seed 0 --json")
    );
    assert_eq!(json("run scenarios/ring.ron --json")["seed"], 0);
}

#[test]
fn tracing_changes_nothing_in_the_report() {
    let plain = output("run scenarios/rivals.ron --json").stdout;
    let traced = output("run scenarios/rivals.ron --trace json").stdout;
    let (plain, traced) = (String::from_utf8(plain), String::from_utf8(traced));
    let (plain, traced) = (plain.expect("it is text"), traced.expect("it is text"));
    // Each line of a trace says of which type it is.
    let last = traced.lines().next_back().expect("a line");
    assert_eq!(last.replacen("{\"type\":\"report\",", "{", 1), plain.trim_end());
}

#[test]
fn every_line_of_the_trace_is_json() {
    let traced = output("run scenarios/rivals.ron --trace json").stdout;
    let text = String::from_utf8(traced).expect("text");
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(value.is_object(), "{line}");
    }
}

#[test]
fn jobs_change_nothing_but_the_speed() {
    let sweep = |jobs: u32| {
        let mut report =
            json(&format!("sweep scenarios/rivals.ron --seeds 0..300 --jobs {jobs} --json"));
        let speed = report["runs_per_second"].take();
        assert!(speed.as_f64().is_some_and(|speed| speed > 0.0), "{speed}");
        report
    };
    let one = sweep(1);
    assert_eq!(one, sweep(2));
    assert_eq!(one, sweep(7));
    assert_eq!(one["held"].as_u64().zip(one["violated"].as_u64()).map(|(h, v)| h + v), Some(300));
}

#[test]
fn the_greatest_seed_can_be_swept() {
    let last = u64::MAX;
    let sweep = json(&format!("sweep scenarios/ring.ron --seeds {}..={last} --json", last - 1));
    assert_eq!(sweep["held"], 2);
    assert_eq!(sweep["seeds"]["from"], last - 1);
}

#[test]
fn too_few_seeds_leave_a_sometimes_undecided() {
    let sweep = json("sweep scenarios/sometimes.ron --seeds 1..3 --json");
    assert_eq!(sweep["as_expected"], false);
    assert_eq!(
        sweep["undecided"],
        "LE3 was not violated, and 2 of 200 seeds are too few to decide"
    );
    assert_eq!(code("sweep scenarios/sometimes.ron --seeds 1..3"), 3);
    assert_eq!(code("sweep scenarios/sometimes.ron --seeds 0..200"), 0);
}

#[test]
fn a_sweep_of_one_seed_agrees_with_its_run() {
    let run = json("run scenarios/unexpected.ron --seed 6 --json");
    let sweep = json("sweep scenarios/unexpected.ron --seeds 6..7 --json");
    assert_eq!(run["verdict"], "violated");
    assert_eq!(sweep["violated_seeds"], serde_json::json!([6]));
    assert_eq!(sweep["violated_by_property"], serde_json::json!({ "LE3": 1 }));
}

#[test]
fn nothing_but_results_goes_to_standard_output() {
    for line in ["run broken/misspelt.ron", "sweep scenarios/ring.ron --seeds 3..3", "dance"] {
        assert!(output(line).stdout.is_empty(), "rehearse {line}");
    }
    for line in ["run scenarios/ring.ron", "sweep scenarios/ring.ron --seeds 0..9"] {
        assert!(output(line).stderr.is_empty(), "rehearse {line}");
    }
}

#[test]
fn there_are_no_colours_where_there_is_no_terminal() {
    for line in ["run scenarios/rivals.ron --trace text", "explain scenarios/rivals.ron", "dance"] {
        let output = output(line);
        assert!(!output.stdout.contains(&0x1b), "rehearse {line}");
        assert!(!output.stderr.contains(&0x1b), "rehearse {line}");
    }
}

#[test]
fn a_colour_that_is_forced_is_given_and_one_that_is_refused_is_not() {
    let forced = |name: &str, value: &str| {
        let mut command = command("run scenarios/ring.ron");
        command.env("CLICOLOR_FORCE", "1").env(name, value);
        command.output().expect("the binary starts").stdout.contains(&0x1b)
    };
    assert!(forced("HARMLESS", "1"));
    assert!(!forced("NO_COLOR", "1"));
}

/// Where a line cannot be broken, as in what is to be pasted, it may be longer.
#[test]
fn nothing_overruns_a_narrow_terminal() {
    for line in [
        "run scenarios/ring.ron",
        "run scenarios/rivals.ron",
        "run scenarios/cut-ring.ron",
        "run scenarios/undecided.ron",
        "explain scenarios/rivals.ron",
        "explain scenarios/cut-ring.ron",
        "explain scenarios/rivals.ron --without 0",
        "sweep scenarios/unexpected.ron --seeds 0..30",
        "sweep scenarios/undecided.ron --seeds 0..1",
        "check-history histories/stale-read.jsonl",
        "check-history histories/good.jsonl --budget 1",
        "list",
        "list FloodSet",
        "list linearizability",
    ] {
        for columns in [40, 60, 100] {
            let output = command(line).env("COLUMNS", columns.to_string()).output();
            let text = String::from_utf8(output.expect("the binary starts").stdout).expect("text");
            for row in text.lines() {
                let whole = ["reproduce: ", "rehearse "].iter().any(|it| row.contains(it));
                let one_word = row.split_whitespace().any(|word| word.len() > columns - 20);
                let length = row.chars().count();
                assert!(length <= columns || whole || one_word, "{line}, {columns}: {row}");
            }
        }
    }
}

/// One is never many.
#[test]
fn one_of_a_thing_is_singular() {
    let text = |line: &str| String::from_utf8(output(line).stdout).expect("text");
    for line in [
        "sweep scenarios/ring.ron --seeds 0..1",
        "sweep scenarios/unexpected.ron --seeds 0..1",
        "sweep scenarios/undecided.ron --seeds 0..1",
        "sweep scenarios/sometimes.ron --seeds 1..2",
    ] {
        let text = text(line);
        assert!(text.contains("  1 run: "), "{text}");
        for wrong in [" 1 runs", " 1 seeds", "with seeds: 0\n", "1 of 1 run are"] {
            assert!(!text.contains(wrong), "{text}");
        }
    }
}

fn traced(more: &str) -> Vec<serde_json::Value> {
    let output = output(&format!("run scenarios/storm.ron --trace json {more}"));
    assert_eq!(output.status.code(), Some(0), "{more}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A window leaves lines out and changes none. It adds what its reader missed of states.
#[test]
fn a_window_of_a_trace_is_part_of_it() {
    let all = traced("");
    for window in [
        "--from 500ms",
        "--node 0",
        "--node n0 --node 3",
        "--kind AppendEntries --kind requestvote",
        "--around 100",
        "--around 100 --node 1",
        "--node 2 --from 300ms --kind Heartbeat",
    ] {
        let part = traced(window);
        let mut rest = all.iter();
        for line in part.iter().filter(|line| line["type"] != "state") {
            assert!(rest.any(|other| other == line), "{window}: {line}");
        }
        assert!(part.len() > 3 && 2 * part.len() < 3 * all.len(), "{window}: {}", part.len());
        assert_eq!(part.last().expect("a line")["type"], "report", "{window}");
    }
    let steps = |lines: &[serde_json::Value]| -> Vec<u64> {
        lines
            .iter()
            .filter_map(|line| line["step"].as_u64().filter(|_| line["type"] == "step"))
            .collect()
    };
    assert_eq!(steps(&traced("--around 100")), (95..=105).collect::<Vec<u64>>());
    let of_one = traced("--around 100 --node 1");
    let of_one: Vec<_> = of_one.iter().filter(|line| line["type"] == "step").collect();
    assert!((10..=11).contains(&of_one.len()), "{}", of_one.len());
    assert!(of_one.iter().all(|line| line["node"] == 1));
}

#[test]
fn a_window_that_cannot_be_is_an_error() {
    for (window, why) in [
        ("--trace text --node 7", "there is no node n7: the scenario has 5 nodes, up to n4"),
        ("--trace text --node x", "`x` is not the number of a node"),
        ("--trace json --kind AppendEntry", "did you mean AppendEntries?"),
        ("--trace json --around 100000", "there is no step 100000: the run has"),
        ("--trace text --from 2s --until 1s", "--from 2s is later than --until 1s"),
        ("--node 3", "--trace"),
        ("--around 3", "--trace"),
    ] {
        let output = output(&format!("run scenarios/storm.ron {window}"));
        assert_eq!(output.status.code(), Some(2), "{window}");
        assert!(output.stdout.is_empty(), "{window}");
        let error = String::from_utf8(output.stderr).expect("text");
        assert!(error.contains(why), "{window}: {error}");
    }
}

/// The trace of one node around one step is one screen.
#[test]
fn one_node_around_one_step_is_one_screen() {
    for line in [
        "storm.ron --trace text --node 0 --around 110",
        "clients.ron --trace text --node 4 --around 60",
        "rivals.ron --trace text --node 1 --around 20",
    ] {
        let output = output(&format!("run scenarios/{line}"));
        let text = String::from_utf8(output.stdout).expect("text");
        let picture = text.split("\n\n").next().expect("a picture");
        assert!(picture.lines().count() <= 45, "{}: {picture}", picture.lines().count());
    }
}

fn listed(words: &str) -> String {
    let output = output(&format!("list --scenarios ../../../scenarios {words}"));
    assert_eq!(output.status.code(), Some(0), "{words}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_list_says_what_happens_in_a_scenario() {
    let text = listed("");
    for line in [
        "    ../../../scenarios/raft/leader-isolated.ron",
        "      the leader is isolated by a partition (holds)",
        "      The leader is isolated.",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}");
    }
}

#[test]
fn scenarios_are_found_by_word_property_fault_and_mark() {
    let found = |words: &str, scenario: &str| {
        let text = listed(words);
        assert!(text.contains(&format!("{scenario}.ron\n")), "{words}: {text}");
        text
    };
    let every = listed("").lines().count();
    for (words, scenario) in [
        ("unlucky", "raft/figure-8-unlucky-leaders"),
        ("one-coordinator", "election/bully-two-coordinators"),
        ("BL2", "election/bully-two-coordinators"),
        ("Bridge raft", "raft/bridge-partition"),
        ("StallDisk", "raft/stalled-disk-of-the-leader"),
    ] {
        let text = found(words, scenario);
        assert!(text.lines().count() < every / 4, "{words}: {text}");
    }
    // A property, a mark and a role are told of with the protocols that have them.
    assert!(listed("bl2").contains("    BL2 one-coordinator (safety): "), "{}", listed("bl2"));
    let marked = output("list snapshot-installed --scenarios scenarios");
    let marked = String::from_utf8(marked.stdout).expect("text");
    assert!(marked.contains("  Raft\n    mark: snapshot installed\n"), "{marked}");
}

#[test]
fn a_scenario_is_listed_by_its_name_with_its_whole_comment() {
    for name in ["leader-isolated", "raft/leader-isolated", "leader-isolated.ron"] {
        let text = listed(name);
        assert!(text.contains("leader-isolated.ron\n"), "{text}");
        let flat = text.split_whitespace().collect::<Vec<&str>>().join(" ");
        assert!(flat.contains("and no acknowledged operation is lost."), "{text}");
    }
}
