//! The rules find what they are for, and leave the rest alone.

use std::collections::BTreeMap;
use std::fs;

use xtask::law::{self, PROTOCOLS};
use xtask::tidy::{
    Allowed, crate_root_problem, line_problems, overflow_problems, purity_problems, replaced,
    scenario_problem, unit_tests_problem, word_problems,
};
use xtask::{Workspace, corpus, deny, readme};

#[test]
fn long_lines_are_found_but_not_addresses_tables_and_text() {
    let long = "x".repeat(101);
    assert_eq!(line_problems("a.rs", &format!("{}\n", &long[1..])), Vec::<String>::new());
    assert_eq!(line_problems("a.rs", &format!("{long}\n")).len(), 1);
    assert_eq!(line_problems("a.md", &format!("{long}\n")).len(), 0);
    assert_eq!(line_problems("a.rs", &format!("// see https://{long}\n")).len(), 0);
    assert_eq!(line_problems("a.rs", &format!("//! | {long} |\n")).len(), 0);
    assert_eq!(line_problems("a.rs", &format!("let text = \"{long}\";\n")).len(), 0);
}

#[test]
fn protocols_whose_counters_would_wrap_are_found() {
    let manifest = "[profile.release]\n\n[profile.release.package]\n\
                    catalogue.overflow-checks = true\nraft.overflow-checks = true\n\
                    service.overflow-checks = true\n\n[profile.bench]\n\
                    paxos.overflow-checks = true\n";
    assert_eq!(overflow_problems(manifest, &["raft"]), Vec::<String>::new());
    let found = overflow_problems(manifest, &["paxos", "raft"]);
    assert!(found.len() == 1 && found[0].contains("`paxos.overflow-checks"), "{found:?}");
    let of_one = manifest.replace("raft.overflow-checks = true", "raft.opt-level = 3");
    assert_eq!(overflow_problems(&of_one, &["raft"]).len(), 1);
    assert_eq!(overflow_problems("", &["raft"]).len(), 3);
}

#[test]
fn columns_are_letters_not_bytes() {
    assert_eq!(line_problems("a.rs", &format!("{}\n", "\u{e9}".repeat(100))).len(), 0);
}

#[test]
fn unfinished_work_is_found_as_whole_words() {
    for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")] {
        assert_eq!(line_problems("a.rs", &format!("// {word}: later\n")).len(), 1, "{word}");
        assert_eq!(line_problems("a.rs", &format!("// {word}S and MY{word}\n")).len(), 0, "{word}");
    }
    assert_eq!(line_problems("a.rs", concat!("let x = dbg", "!(x);\n")).len(), 1);
    assert_eq!(line_problems("a.rs", "let dbg = 1;\n").len(), 0);
}

#[test]
fn paths_of_one_machine_are_found() {
    assert_eq!(line_problems("a.md", concat!("see /ho", "me/me/x\n")).len(), 1);
    assert_eq!(line_problems("a.md", concat!("\"/tm", "p/x\"\n")).len(), 1);
    assert_eq!(line_problems("a.md", concat!("docs/wo", "rk/x.md and ../wo", "rk/y\n")).len(), 0);
}

#[test]
fn a_file_ends_with_a_line_end_and_lines_without_blanks() {
    assert_eq!(line_problems("a.toml", "a = 1").len(), 1);
    assert_eq!(line_problems("a.toml", "a = 1 \n").len(), 1);
    assert_eq!(line_problems("a.toml", "").len(), 0);
}

#[test]
fn what_is_not_for_a_run_is_found_in_code_and_not_in_comments() {
    let wrong = [
        "use std::collections::HashMap;",
        "let x: HashSet<u8>;",
        "let now = Instant::now();",
        "std::thread::spawn(f);",
        "let y = x.ln();",
        "let y = f64::powf(x, 2.0);",
        "println!(\"x\");",
    ];
    for line in wrong {
        assert_eq!(purity_problems("a.rs", line, &[]).len(), 1, "{line}");
    }
    for line in ["// no HashMap here", "libm::exp(x);", "fn instant() {}", "self.log(x.len());"] {
        assert_eq!(purity_problems("a.rs", line, &[]), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn a_name_may_be_allowed_in_one_file() {
    let allowed = [Allowed { path: "a.rs", name: "HashMap", reason: "only counted" }];
    assert_eq!(purity_problems("a.rs", "HashMap HashSet", &allowed).len(), 1);
    assert_eq!(purity_problems("b.rs", "HashMap", &allowed).len(), 1);
}

#[test]
fn a_crate_opens_with_what_it_is() {
    assert!(crate_root_problem("crates/a/src/lib.rs", "mod b;\n").is_some());
    assert!(crate_root_problem("crates/a/src/lib.rs", "//! A.\n").is_none());
    assert!(crate_root_problem("crates/a/src/b.rs", "mod b;\n").is_none());
}

#[test]
fn a_scenario_opens_with_a_comment_in_the_folder_of_its_family() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::create_dir_all(folder.path().join("crates/protocols/election")).expect("a family");
    let workspace = Workspace::at(folder.path().to_path_buf());
    let problem = |path, text| scenario_problem(&workspace, path, text);
    assert_eq!(problem("scenarios/election/one-leader.ron", "// One leader.\nScenario()"), None);
    assert!(problem("scenarios/election/one-leader.ron", "Scenario()").is_some());
    assert!(problem("scenarios/erection/one-leader.ron", "// x\n").is_some());
    assert!(problem("scenarios/one-leader.ron", "// x\n").is_some());
    assert!(problem("scenarios/election/deep/one-leader.ron", "// x\n").is_some());
    assert!(problem("scenarios/election/One_Leader.ron", "// x\n").is_some());
    assert_eq!(problem("crates/election/a.ron", "x"), None);
}

#[test]
fn a_scenario_that_retells_a_report_names_it_in_its_first_line() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let workspace = Workspace::at(folder.path().to_path_buf());
    let problem = |text| scenario_problem(&workspace, "scenarios/reports/a-claim.ron", text);
    for named in [
        "// etcd-io/etcd#741: what is read is old.\nScenario()",
        "// As in tikv/raft-rs#57, and camunda/camunda#5356.\n",
        "// CASSANDRA-9183: a node stands still.\n",
        "// A backup (KAFKA-1211) restarts.\n",
    ] {
        assert_eq!(problem(named), None, "{named}");
    }
    for unnamed in [
        "// What is read is old.\n// etcd-io/etcd#741\n",
        "// etcd#741: what is read is old.\n",
        "// etcd-io/etcd#: what is read is old.\n",
        "// etcd-io/etcd#main\n",
        "// /etcd#741\n",
        "// A pre-2019 bug in C-9.\n",
        "Scenario() // etcd-io/etcd#741\n",
    ] {
        assert!(problem(unnamed).is_some(), "{unnamed}");
    }
    let deep = scenario_problem(&workspace, "scenarios/reports/deep/a.ron", "// a/b#1\n");
    assert!(deep.is_some());
}

#[test]
fn the_map_is_a_law() {
    let crates = |name: &str, row: &str, seen: &str, seen_row: &str| {
        let own = |text: &str| text.to_owned();
        BTreeMap::from([((own(name), own(row)), vec![(own(seen), own(seen_row))])])
    };
    let engine = crates("election", PROTOCOLS, "sim-engine", "sim-engine");
    assert_eq!(law::problems(&engine).len(), 1);
    let other = crates("election", PROTOCOLS, "consensus", PROTOCOLS);
    assert_eq!(law::problems(&other).len(), 1);
    let contract = crates("election", PROTOCOLS, "sim-node", "sim-node");
    assert_eq!(law::problems(&contract), Vec::<String>::new());
    let protocol = crates("sim-engine", "sim-engine", "election", PROTOCOLS);
    assert_eq!(law::problems(&protocol).len(), 1);
    let stranger = crates("stranger", "stranger", "sim-node", "sim-node");
    assert_eq!(law::problems(&stranger).len(), 1);
}

#[test]
fn licences_and_duplicates_are_judged_by_the_rules() {
    let rules = deny::Rules::parse(
        r#"
        [licenses]
        allow = ["MIT", "Apache-2.0"]
        exceptions = [{ crate = "queue", allow = ["MPL-2.0"] }]
        [bans]
        skip = [{ crate = "old@1", reason = "known" }]
        "#,
    )
    .expect("rules");
    let package = |name: &str, version: &str, license: Option<&str>| xtask::metadata::Package {
        id: String::new(),
        name: name.to_owned(),
        version: version.to_owned(),
        license: license.map(str::to_owned),
        manifest_path: String::new(),
    };
    let problem = |name, license| rules.licence_problem(&package(name, "1.0.0", license));
    assert_eq!(problem("a", Some("MIT")), None);
    assert_eq!(problem("a", Some("MIT/Apache-2.0")), None);
    assert_eq!(problem("a", Some("GPL-3.0 OR MIT")), None);
    assert_eq!(problem("a", Some("(MIT OR Apache-2.0) AND Apache-2.0")), None);
    assert_eq!(problem("queue", Some("LGPL-3.0-or-later OR MPL-2.0")), None);
    assert!(problem("a", Some("LGPL-3.0-or-later OR MPL-2.0")).is_some());
    assert!(problem("a", Some("MIT AND GPL-3.0")).is_some());
    assert!(problem("a", Some("nonsense")).is_some());
    assert!(problem("a", None).is_some());

    let both = |name| [package(name, "1.0.0", None), package(name, "2.0.0", None)];
    assert_eq!(rules.duplicates(both("new").iter()).len(), 1);
    assert_eq!(rules.duplicates(both("old").iter()).len(), 0);
}

#[test]
fn the_readme_is_read_as_it_is_shown() {
    let blocks =
        readme::blocks("# x\n```sh\ncargo test --all   # all\n```\n```text\na\n...\nc\n```\n");
    assert_eq!(readme::commands(&blocks), ["cargo test --all"]);
    assert_eq!(readme::first_missing(&blocks[1].lines, "a\nb\nc\n"), None);
    assert_eq!(readme::first_missing(&blocks[1].lines, "a\nb\n"), Some("c"));
    assert_eq!(readme::first_missing(&blocks[1].lines, "c\na\n"), Some("c"));
}

#[test]
fn a_scenario_tells_whether_it_draws() {
    assert!(corpus::names_a_draw("delay: Uniform(\"1ms\", \"2ms\")"));
    assert!(!corpus::names_a_draw("delay: Constant(\"1ms\") // not Uniform(..)"));
}

#[test]
fn the_seeds_that_a_scenario_names_are_read() {
    assert_eq!(corpus::seeds_named("expect: Sometimes(\"LE3\", of: 2_000),"), 2_000);
    assert_eq!(corpus::seeds_named("expect: Holds, // Sometimes(\"LE3\", of: 9)"), 0);
}

#[test]
fn a_replaced_word_is_found_in_text_and_in_names() {
    let table = "## Words that were replaced\n\n| word | write instead | allowed in |\n|---|---|---|\n\
                 | owe, owed | *obligation* | |\n\
                 | by hand | *test harness* | |\n\
                 | life | *incarnation* | \"sign of life\", crates/biology/ |\n\
                 | Moment | *step details* | |\n";
    let rows = replaced(table).expect("a table");
    let problems = |path: &str, line: &str| word_problems(path, line, &rows).len();
    for line in [
        "what is owed",
        "fn is_owed()",
        "struct Owed;",
        "let isOwed;",
        "Told by hand.",
        "ByHand::new()",
        "by_hand.rs",
        "its next life",
        "Life(2)",
        "context: Moment",
    ] {
        assert_eq!(problems("a.rs", line), 1, "{line}");
    }
    for line in ["towed", "a sign of life", "a moment ago", "lifetime", "handed by a hand"] {
        assert_eq!(problems("a.rs", line), 0, "{line}");
    }
    assert_eq!(problems("a.rs", "a sign of life in the next life"), 1);
    assert_eq!(problems("crates/biology/a.rs", "life"), 0);
    assert_eq!(problems("crates/by_hand.rs", ""), 1);
    assert_eq!(word_problems("docs/GLOSSARY.md", table, &rows), Vec::<String>::new());
    assert_eq!(
        word_problems("a.ron", "\n// life\n", &rows),
        ["a.ron:2: \"life\" was replaced: write *incarnation*"]
    );
    assert!(replaced("# Glossary\n").is_err());
}

#[test]
fn a_crate_says_whether_it_has_unit_tests() {
    let (with, without) = ("[lib]\n\n", "[lib]\ntest = false\ndoctest = false\n\n[lints]\n");
    let problem = |text: &str, source: &str| {
        unit_tests_problem("a/Cargo.toml", text, &[source.to_owned()]).is_some()
    };
    assert!(problem(with, "fn f() {}\n"));
    assert!(problem(without, "#[cfg(test)]\nmod tests {}\n"));
    assert!(problem(without, "/// ```\n/// f();\n/// ```\nfn f() {}\n"));
    assert!(!problem(with, "#[cfg(test)]\nmod tests {}\n"));
    assert!(!problem(without, "//! ```text\n//! x\n//! ```\nfn f() {}\n"));
}
