//! What becomes of a damaged file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use sim_check::SimTime;
use sim_scenario::{Catalogue, Level, LoadError, Loaded, RunOptions, load_text};

use super::{Damaged, most_held};
use crate::quiet::quietly;

/// What stands in errors where the file's name would.
const NAME: &str = "damaged.ron";

/// The most memory that loading a file may take.
const LOADING_MAX: usize = 256 << 20;
/// The most memory that a run of [`STEPS_MAX`] steps may take.
const RUNNING_MAX: usize = 256 << 20;
/// The most time that a file may take. It is wall time: what hangs is far beyond it.
const TIME_MAX: Duration = Duration::from_secs(20);
/// The most steps of a run.
const STEPS_MAX: u64 = 2_000;
/// The most nodes of a world that is run.
const NODES_MAX: u32 = 300;
/// How long a run goes on, in virtual time.
const UNTIL: SimTime = SimTime::from_nanos(2_000_000_000);

/// What became of a file in which nothing is wrong with the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was refused, with the place of what is wrong.
    Refused,
    /// It loads, and asks for more nodes than are run here.
    Loaded,
    /// It loads and was run.
    Ran,
    /// It loads, and a handler panicked: that is the run's violation `PANIC`.
    Panicked,
}

/// What is wrong with the tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

/// Loads a damaged file and, if it loads, runs it.
///
/// # Errors
/// When something panicked outside a handler, took too long or too much memory, or an error does
/// not say where it is.
pub fn judge(damaged: &Damaged, catalogue: &Catalogue) -> Result<Fate, Fault> {
    #[expect(clippy::disallowed_methods, reason = "no run reads it")]
    let begun = Instant::now();
    let fate = load(damaged, catalogue)?;
    let took = begun.elapsed();
    if took > TIME_MAX {
        return Err(Fault(format!("it took {} s", took.as_secs())));
    }
    Ok(fate)
}

fn load(damaged: &Damaged, catalogue: &Catalogue) -> Result<Fate, Fault> {
    let text = damaged.text.as_str();
    let (loaded, held) = guarded("loading", || load_text(NAME, text, catalogue))?;
    within("loading", held, LOADING_MAX)?;
    match loaded {
        Err(error) => {
            check_refusal(&error, text)?;
            Ok(Fate::Refused)
        }
        Ok(loaded) => {
            check_warnings(&loaded, text)?;
            run(&loaded, damaged.seed, catalogue)
        }
    }
}

/// A few steps of a scenario that loads.
fn run(loaded: &Loaded, seed: u64, catalogue: &Catalogue) -> Result<Fate, Fault> {
    let facts = loaded.prepared.facts();
    if facts.servers + facts.others > NODES_MAX {
        return Ok(Fate::Loaded);
    }
    let short = with_budget(&loaded.text);
    let Ok(short) = load_text(NAME, &short, catalogue) else { return Ok(Fate::Loaded) };
    let options = RunOptions { until: Some(UNTIL), ..RunOptions::default() };
    let (report, held) = guarded("running", || short.prepared.run(seed, &options))?;
    within("running", held, RUNNING_MAX)?;
    let panicked = report.violations.iter().any(|one| one.code == "PANIC");
    Ok(if panicked { Fate::Panicked } else { Fate::Ran })
}

/// The scenario with few steps, unless it names another budget; then it does not load.
fn with_budget(text: &str) -> String {
    let end = text.rfind(')').unwrap_or(text.len());
    let head = text[..end].trim_end().trim_end_matches(',');
    format!("{head},\nbudget: {STEPS_MAX},\n{}", &text[end..])
}

/// What panics here is not a handler: the engine catches those.
fn guarded<T>(what: &str, work: impl FnOnce() -> T) -> Result<(T, usize), Fault> {
    let work = AssertUnwindSafe(|| most_held(work));
    quietly(|| catch_unwind(work)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        Fault(format!("{what} it panicked: {}", words.unwrap_or("without a word")))
    })
}

fn within(what: &str, held: usize, most: usize) -> Result<(), Fault> {
    if held <= most {
        return Ok(());
    }
    Err(Fault(format!("{what} it took {} MiB", held >> 20)))
}

/// A refusal names a place in the file, and can be shown.
fn check_refusal(error: &LoadError, text: &str) -> Result<(), Fault> {
    let wrong = |what: &str| Err(Fault(format!("{what}: {:?}", error.diagnostics)));
    if !error.diagnostics.iter().any(|one| one.level == Level::Error) {
        return wrong("it was refused without an error");
    }
    for one in &error.diagnostics {
        let places = one.context.iter().map(|(span, _)| span).chain(&one.span);
        let fits = |span: &std::ops::Range<usize>| {
            let ends = [span.start, span.end];
            span.start <= span.end && ends.into_iter().all(|at| text.is_char_boundary(at))
        };
        if one.span.is_none() || !places.into_iter().all(fits) {
            return wrong("an error has no place in the file");
        }
    }
    check_shown(&error.render(false))
}

fn check_warnings(loaded: &Loaded, text: &str) -> Result<(), Fault> {
    let fits = |span: &std::ops::Range<usize>| span.end <= text.len();
    if !loaded.warnings.iter().all(|one| one.span.as_ref().is_none_or(fits)) {
        return Err(Fault(format!("a warning outside the file: {:?}", loaded.warnings)));
    }
    check_shown(&loaded.render_warnings(false))
}

/// What is shown has a bound, and nothing of the file reaches the terminal as a command to it.
fn check_shown(shown: &str) -> Result<(), Fault> {
    if shown.contains('\u{1b}') {
        return Err(Fault("a control character of the file is shown as it is".to_owned()));
    }
    if shown.len() > 64 << 10 {
        return Err(Fault(format!("{} KiB of errors", shown.len() >> 10)));
    }
    Ok(())
}
