//! The corpus of scenarios: each is as expected with many seeds, and one seed gives one history,
//! run after run, in debug and release, on one core and on two.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use crate::check::Told;
use crate::metadata::Metadata;
use crate::{Workspace, command};

/// A scenario is swept over so many seeds on one core and on two, which must not differ.
const SEEDS: u64 = 20;

/// It must be as expected with so many seeds, or with as many as it names itself.
const SEEDS_MANY: u64 = 200;

/// The most steps that the whole corpus may take with so many seeds: about a minute and a half on
/// two cores. Steps are the same on every machine; seconds are not.
const STEPS_MAX: u64 = 400_000_000;

/// Runs every scenario.
pub fn check(workspace: &Workspace) -> Told {
    let corpus = workspace.files("scenarios", &[".ron"]);
    if corpus.is_empty() {
        return Err(vec!["scenarios/ contains no scenario".to_owned()]);
    }
    let tools = Rehearse::build(workspace).map_err(|why| vec![why])?;
    let mut problems = tools.unlisted(&corpus);
    let mut judged = Vec::new();
    for (path, told) in corpus.iter().zip(on_all_cores(&corpus, |path| {
        workspace.read(path).and_then(|text| tools.judge(path, &text))
    })) {
        match told {
            Ok(told) => judged.push((path, told)),
            Err(why) => problems.push(format!("{path}: {why}")),
        }
    }
    let drawing = judged.iter().filter(|(_, told)| told.draws).count();
    for (path, _) in judged.iter().filter(|(_, told)| !told.draws) {
        println!("   draws nothing, so all seeds give one history: {path}");
    }
    judged.sort_unstable_by_key(|(_, told)| std::cmp::Reverse(told.steps));
    println!("   the longest scenarios:");
    for (path, told) in judged.iter().take(10) {
        println!("   {:>8} thousand steps  {path}", told.steps / 1_000);
    }
    let steps: u64 = judged.iter().map(|(_, told)| told.steps).sum();
    if steps > STEPS_MAX {
        problems.push(format!("the corpus takes {steps} steps; at most {STEPS_MAX}"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(format!(
        "{} scenarios as expected with {SEEDS_MANY} seeds, {drawing} of them drawing; {} runs \
         compared; {} of {} million steps",
        corpus.len(),
        judged.iter().map(|(_, told)| told.runs).sum::<u64>(),
        steps / 1_000_000,
        STEPS_MAX / 1_000_000,
    ))
}

/// What became of every item, in their order; as many at a time as there are cores.
pub(crate) fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some((place, item)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            items.get(place).map(|item| (place, item))
        } {
            done.push((place, work(item)));
        }
        done
    };
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(take)).collect();
        workers.into_iter().flat_map(|one| one.join().expect("no worker panics")).collect()
    });
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What was seen of one scenario.
struct Judged {
    /// How many runs were compared.
    runs: u64,
    /// How many steps it took with all seeds.
    steps: u64,
    /// Whether two seeds differed.
    draws: bool,
}

/// The command line in both builds.
pub(crate) struct Rehearse {
    root: PathBuf,
    target: PathBuf,
    release: PathBuf,
    debug: PathBuf,
}

impl Rehearse {
    /// Builds both as earlier stages did, who have built them already: for release as the README's
    /// commands do, for debug beside a test of the whole workspace. Another choice of packages
    /// would give the dependencies other features, and cargo would build everything once more.
    pub(crate) fn build(workspace: &Workspace) -> Result<Self, String> {
        let target = PathBuf::from(Metadata::read(workspace)?.target_directory);
        command::run(command::cargo(workspace, &["build", "--release"]))?;
        let beside_a_test = ["test", "--quiet", "--workspace", "--no-run", "--test", "golden"];
        command::run(command::cargo(workspace, &beside_a_test))?;
        let name = format!("rehearse{}", std::env::consts::EXE_SUFFIX);
        Ok(Self {
            root: workspace.root().to_path_buf(),
            target: target.clone(),
            release: target.join("release").join(&name),
            debug: target.join("debug").join(&name),
        })
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Runs a scenario in both builds, which must print the same and end alike: as every command
    /// ends, and without a panic of a handler. Returns the exit code.
    pub(crate) fn alike(&self, file: &str, until: &str) -> Result<i32, String> {
        let run = |binary: &Path| {
            let mut program = Command::new(binary);
            program.args(["run", file, "--until", until]).current_dir(&self.root);
            command::capture(&mut program)
        };
        let (release, debug) = (run(&self.release)?, run(&self.debug)?);
        let texts = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let printed = texts(&release.stdout) + &texts(&release.stderr);
        let other = texts(&debug.stdout) + &texts(&debug.stderr);
        if printed != other || release.status != debug.status {
            return Err(format!("{file}: the builds differ:\n{printed}\n{other}"));
        }
        match release.status.code() {
            Some(code @ 0..=3) if !printed.contains("PANIC") => Ok(code),
            _ => Err(format!("{file}: {}\n{printed}", release.status)),
        }
    }

    /// Everything about one scenario.
    fn judge(&self, path: &str, text: &str) -> Result<Judged, String> {
        let run = |binary, seed: u64| {
            self.json(binary, &["run", path, "--seed", &seed.to_string(), "--json"])
        };
        let first = run(&self.release, 0)?;
        same("a second run", &first, &run(&self.release, 0)?)?;
        same("the debug build", &first, &run(&self.debug, 0)?)?;

        let sweep = |seeds: u64, jobs, codes: &[i32]| {
            let range = format!("0..{seeds}");
            let arguments = ["sweep", path, "--seeds", &range, "--jobs", jobs, "--json"];
            self.json_of(&self.release, &arguments, codes).map(without_speed)
        };
        // So few seeds may not be enough to tell what `Sometimes` says.
        let few = |jobs| sweep(SEEDS, jobs, &[0, 3]);
        same("a sweep with two jobs", &few("1")?, &few("2")?)?;
        let many = sweep(seeds_named(text).max(SEEDS_MANY), "1", &[0])?;
        let steps = many["steps"].as_u64().ok_or("the JSON has no field `steps`")?;

        // Seeds are compared until two differ; only a scenario without any draw goes to the end.
        let digest = field(&first, "digest")?;
        let mut draws = false;
        for seed in 1..SEEDS {
            if field(&run(&self.release, seed)?, "digest")? != digest {
                draws = true;
                break;
            }
        }
        if !draws && names_a_draw(text) {
            return Err(format!("it draws, but {SEEDS} seeds give one digest, {digest}"));
        }
        Ok(Judged { runs: 4 + 2 * SEEDS, steps, draws })
    }

    /// The scenarios that `list` does not know.
    fn unlisted(&self, corpus: &[String]) -> Vec<String> {
        let listed = match self.json(&self.release, &["list", "--json"]) {
            Ok(listed) => listed.to_string().replace("\\\\", "/"),
            Err(why) => return vec![why],
        };
        let missing = corpus.iter().filter(|path| !listed.contains(&format!("{path}\"")));
        missing.map(|path| format!("{path}: `rehearse list` does not show it")).collect()
    }

    /// Runs a command that must end as expected and print one JSON object.
    fn json(&self, binary: &Path, arguments: &[&str]) -> Result<Value, String> {
        self.json_of(binary, arguments, &[0])
    }

    /// As [`Rehearse::json`], for a command that may end with any of these codes.
    fn json_of(&self, binary: &Path, arguments: &[&str], codes: &[i32]) -> Result<Value, String> {
        let mut program = Command::new(binary);
        program.args(arguments).current_dir(&self.root);
        let line = command::line(&program);
        let output = command::capture(&mut program)?;
        if !output.status.code().is_some_and(|code| codes.contains(&code)) {
            let told = String::from_utf8_lossy(&output.stderr);
            let printed = String::from_utf8_lossy(&output.stdout);
            return Err(format!("`{line}`: {}\n{printed}{told}", output.status));
        }
        serde_json::from_slice(&output.stdout).map_err(|why| format!("`{line}`: {why}"))
    }
}

/// Two results must be equal to the last letter, not in their digests only.
fn same(what: &str, first: &Value, other: &Value) -> Result<(), String> {
    if first == other {
        return Ok(());
    }
    let digests = [field(first, "digest")?, field(other, "digest")?];
    Err(format!("{what} differs: digests {} and {}\n{first}\n{other}", digests[0], digests[1]))
}

fn field(object: &Value, name: &str) -> Result<String, String> {
    let value = object.get(name).ok_or_else(|| format!("the JSON has no field `{name}`"))?;
    Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// A sweep's result without what depends on the machine.
fn without_speed(mut sweep: Value) -> Value {
    if let Some(object) = sweep.as_object_mut() {
        object.retain(|name, _| name != "runs_per_second");
    }
    sweep
}

/// Whether a scenario's text names a distribution, so that its seeds must differ. What a protocol
/// draws by itself is not seen here.
#[must_use]
pub fn names_a_draw(text: &str) -> bool {
    let text = without_comments(text);
    ["Uniform(", "Exponential(", "Pareto(", "offset_within", "drift_within", "ties: Drawn"]
        .iter()
        .any(|name| text.contains(name))
}

/// How many seeds a scenario says that it takes: `Sometimes("LE3", of: 2000)`; 0 when it says
/// nothing of them.
#[must_use]
pub fn seeds_named(text: &str) -> u64 {
    let text = without_comments(text);
    let number = text.split_once("Sometimes(").and_then(|(_, rest)| rest.split_once("of:"));
    let digits = number.map(|(_, rest)| rest.trim_start().replace('_', ""));
    let digits = digits.unwrap_or_default();
    digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().unwrap_or(0)
}

fn without_comments(text: &str) -> String {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}
