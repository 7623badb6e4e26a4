//! `cargo xtask check`: every stage runs, and all that failed is told at the end.

use std::process::ExitCode;
use std::time::Duration;

use crate::{Workspace, command, corpus, deny, images, law, readme, soak, tidy};

/// What a stage tells: a line for the summary, or everything that it found wrong.
pub type Told = Result<String, Vec<String>>;

/// A named part of the check.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub shows: &'static str,
    /// How it is run.
    pub run: fn(&Workspace) -> Told,
}

/// All stages, the quick ones first. Later ones find what earlier ones have built.
pub const STAGES: &[Stage] = &[
    Stage { name: "format", shows: "the code is formatted", run: format },
    Stage { name: "tidy", shows: "rules that no other tool knows", run: tidy::check },
    Stage { name: "law", shows: "crates see only what the map allows", run: law::check },
    Stage { name: "deny", shows: "licences, duplicates and advisories", run: deny::check },
    Stage { name: "clippy", shows: "no warning in any target", run: clippy },
    Stage { name: "test", shows: "the README's test command", run: readme::test },
    Stage { name: "doc", shows: "documentation without warnings", run: doc },
    Stage {
        name: "readme",
        shows: "the README's other command prints what it shows",
        run: readme::check,
    },
    Stage {
        name: "corpus",
        shows: "every scenario: as expected with 200 seeds; one seed, one history",
        run: corpus::check,
    },
    Stage {
        name: "images",
        shows: "disks with changed numbers: refused or run, alike in debug and release",
        run: images::check,
    },
    Stage {
        name: "mutants",
        shows: "random storms: every claim holds, and known bugs are found",
        run: soak::check,
    },
];

/// Runs the named stages, or all.
#[must_use]
pub fn check(workspace: &Workspace, names: &[&str]) -> ExitCode {
    if let Some(unknown) = names.iter().find(|name| !STAGES.iter().any(|s| s.name == **name)) {
        let known: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        eprintln!("no stage has the name `{unknown}`; the stages are: {}", known.join(", "));
        return ExitCode::from(2);
    }
    let chosen = |stage: &&Stage| names.is_empty() || names.contains(&stage.name);
    let mut results = Vec::new();
    for stage in STAGES.iter().filter(chosen) {
        println!("\n== {}: {}", stage.name, stage.shows);
        let clock = Stopwatch::start();
        let told = (stage.run)(workspace);
        let time = clock.elapsed();
        match &told {
            Ok(note) => println!("   ok in {}: {note}", seconds(time)),
            Err(problems) => {
                for problem in problems {
                    println!("   {problem}");
                }
                println!("   FAILED in {}", seconds(time));
            }
        }
        results.push((stage, time, told));
    }
    summarise(&results)
}

fn summarise(results: &[(&Stage, Duration, Told)]) -> ExitCode {
    println!("\n== summary");
    let mut failed = Vec::new();
    for (stage, time, told) in results {
        let word = match told {
            Ok(note) => note.lines().next().unwrap_or("ok").to_owned(),
            Err(problems) => {
                failed.push(stage.name);
                format!("FAILED, {} found; see above", problems.len())
            }
        };
        println!("   {:<8} {:>9}  {word}", stage.name, seconds(*time));
    }
    let total = results.iter().map(|(_, time, _)| *time).sum();
    println!("   {:<8} {:>9}", "all", seconds(total));
    if failed.is_empty() {
        println!("check passed");
        return ExitCode::SUCCESS;
    }
    println!("check FAILED: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// Prints the stages.
#[must_use]
pub fn list() -> ExitCode {
    for stage in STAGES {
        println!("{:<8} {}", stage.name, stage.shows);
    }
    ExitCode::SUCCESS
}

fn format(workspace: &Workspace) -> Told {
    command::run(command::cargo(workspace, &["fmt", "--all", "--check"]))
        .map(|()| "formatted".to_owned())
        .map_err(|why| vec![why, "`cargo xtask fix` formats the code".to_owned()])
}

fn clippy(workspace: &Workspace) -> Told {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    command::run(command::cargo(workspace, &arguments))
        .map(|()| "no warnings".to_owned())
        .map_err(|why| vec![why])
}

fn doc(workspace: &Workspace) -> Told {
    let mut doc = command::cargo(workspace, &["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "--deny warnings");
    command::run(doc).map(|()| "no warnings".to_owned()).map_err(|why| vec![why])
}

/// Wall time, which only the tools may read.
struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "no run is under way here")]
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
