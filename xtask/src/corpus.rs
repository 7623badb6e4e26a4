//! The corpus of scenarios: each is as expected with many seeds, and one seed gives one history,
//! run after run, in debug and release, on one core and on two.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::check::Told;
use crate::metadata::Metadata;
use crate::{Workspace, command};

/// A scenario is swept over so many seeds on one core and on two, which must not differ.
const SEEDS: u64 = 20;

/// Runs every scenario.
pub fn check(workspace: &Workspace) -> Told {
    let corpus = workspace.files("scenarios", &[".ron"]);
    if corpus.is_empty() {
        return Err(vec!["scenarios/ contains no scenario".to_owned()]);
    }
    let tools = Rehearse::build(workspace).map_err(|why| vec![why])?;
    let mut problems = tools.unlisted(&corpus);
    let (mut runs, mut constant) = (0, Vec::new());
    for path in &corpus {
        let told = workspace.read(path).and_then(|text| tools.judge(path, &text));
        match told {
            Ok(told) => {
                runs += told.runs;
                if !told.draws {
                    constant.push(path.as_str());
                }
            }
            Err(why) => problems.push(format!("{path}: {why}")),
        }
    }
    for path in &constant {
        println!("   draws nothing, so all seeds give one history: {path}");
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    many_seeds(workspace).map_err(|why| vec![why])?;
    let drawing = corpus.len() - constant.len();
    Ok(format!(
        "{} scenarios as expected with 200 seeds, {drawing} of them drawing; {runs} runs compared",
        corpus.len()
    ))
}

/// The catalogue's test over 200 seeds on all cores, which has a budget and tells what each
/// scenario takes of it. It is for release only, so the ordinary tests leave it out.
fn many_seeds(workspace: &Workspace) -> Result<(), String> {
    let arguments = ["test", "--quiet", "--release", "--package", "catalogue", "--test", "corpus"];
    let mut test = command::cargo(workspace, &arguments);
    test.args(["--", "--ignored", "--nocapture"]);
    command::run(test)
}

/// What was seen of one scenario.
struct Judged {
    /// How many runs it took.
    runs: u64,
    /// Whether two seeds differed.
    draws: bool,
}

/// The command line in both builds.
struct Rehearse {
    root: PathBuf,
    release: PathBuf,
    debug: PathBuf,
}

impl Rehearse {
    fn build(workspace: &Workspace) -> Result<Self, String> {
        let target = PathBuf::from(Metadata::read(workspace)?.target_directory);
        command::run(command::cargo(workspace, &["build", "--package", "rehearsal", "--release"]))?;
        command::run(command::cargo(workspace, &["build", "--package", "rehearsal"]))?;
        let name = format!("rehearse{}", std::env::consts::EXE_SUFFIX);
        Ok(Self {
            root: workspace.root().to_path_buf(),
            release: target.join("release").join(&name),
            debug: target.join("debug").join(&name),
        })
    }

    /// Everything about one scenario.
    fn judge(&self, path: &str, text: &str) -> Result<Judged, String> {
        let run = |binary, seed: u64| {
            self.json(binary, &["run", path, "--seed", &seed.to_string(), "--json"])
        };
        let first = run(&self.release, 0)?;
        same("a second run", &first, &run(&self.release, 0)?)?;
        same("the debug build", &first, &run(&self.debug, 0)?)?;

        let range = format!("0..{SEEDS}");
        let sweep = |jobs| {
            let arguments = ["sweep", path, "--seeds", &range, "--jobs", jobs, "--json"];
            // So few seeds may not be enough to tell what `Sometimes` says.
            self.json_of(&self.release, &arguments, &[0, 3]).map(without_speed)
        };
        same("a sweep with two jobs", &sweep("1")?, &sweep("2")?)?;

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
        Ok(Judged { runs: 4 + 2 * SEEDS, draws })
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

fn without_comments(text: &str) -> String {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}
