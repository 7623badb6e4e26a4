//! The commands: runs, and what is printed of them. Results go to standard output, progress to
//! standard error and only to a terminal.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sim_check::Verdict;
use sim_scenario::counted;
use soak::{Catch, Family, Finding, Mutant, Soak, Storm, hunt, table};

use crate::args::{MutantsArguments, SoakArguments};

type Done = Result<ExitCode, String>;

/// At most this many findings are printed; all are written to files.
const TOLD: usize = 20;

pub(crate) fn soak(arguments: &SoakArguments) -> Done {
    let (family, seeds) = (arguments.family, arguments.seeds.clone());
    let mutant = known(family, arguments.mutant.as_deref())?;
    let code = mutant.map(|mutant| mutant.code);
    if let Some(seed) = arguments.show {
        print!("{}", Storm::of(family, seed, code).text);
        return Ok(ExitCode::SUCCESS);
    }
    let bar = progress(seeds.end - seeds.start, "storms");
    let found = AtomicU64::new(0);
    let done = |report: &sim_scenario::Report| {
        if !matches!(report.verdict, Verdict::Held | Verdict::Vacuous) {
            found.fetch_add(1, Ordering::Relaxed);
        }
        bar.inc(1);
        bar.set_message(counted(found.load(Ordering::Relaxed), "finding"));
    };
    let clock = Stopwatch::start();
    let catalogue = catalogue::catalogue();
    let soak = soak::soak(family, code, &catalogue, seeds, arguments.jobs, &done)
        .map_err(|error| error.to_string())?;
    bar.finish_and_clear();
    let seconds = clock.seconds();
    tell(family, code, &soak, seconds);
    let mut last = None;
    for (place, finding) in soak.findings.values().enumerate() {
        let line = keep(&arguments.keep, family, code, finding)?;
        if place < TOLD {
            tell_finding(finding, &line);
        }
        last.get_or_insert(line);
    }
    let Some(line) = last else { return Ok(ExitCode::SUCCESS) };
    println!("\nreproduce: {line}");
    Ok(ExitCode::FAILURE)
}

fn tell(family: &Family, mutant: Option<&str>, soak: &Soak, seconds: f64) {
    let (sweep, tally) = (&soak.sweep, &soak.tally);
    let with = mutant.map_or_else(String::new, |code| format!(" with {code}"));
    println!(
        "{} over {}{with}, seeds {}..{}: {} held, {} violated, {} unknown",
        counted(tally.storms, "storm"),
        family.name,
        sweep.seeds.start(),
        sweep.seeds.end() + 1,
        sweep.held,
        sweep.violated,
        sweep.unknown,
    );
    let virtual_seconds = u64::try_from(tally.virtual_ns / 1_000_000_000).unwrap_or(u64::MAX);
    println!(
        "  {seconds:.1} s, {:.0} storms a second; {}, {}",
        tally.storms as f64 / seconds,
        counted(virtual_seconds, "virtual second"),
        counted(tally.steps, "step"),
    );
    print!("{}", table(tally));
    println!();
    for (code, runs) in &sweep.by_property {
        println!("  {code} was violated in {runs}");
    }
    for code in tally.vacuous() {
        println!("warning: the property {code} is vacuous in every storm");
    }
    println!("digest: {:016x}", sweep.digest);
}

fn tell_finding(finding: &Finding, line: &str) {
    println!("\nseed {}: {}", finding.storm.seed, finding.verdict.as_str());
    for told in &finding.told {
        println!("  {told}");
    }
    println!("  {line}");
}

pub(crate) fn mutants(arguments: &MutantsArguments) -> Done {
    let family = arguments.family;
    let only = known(family, arguments.mutant.as_deref())?;
    let catalogue = catalogue::catalogue();
    let mut survived = Vec::new();
    println!("{:<24}{:>12}{:>8}  first violation", "bug", "violates", "seeds");
    for mutant in family.mutants {
        if only.is_some_and(|only| only.code != mutant.code) {
            continue;
        }
        let catch = hunt(family, *mutant, &catalogue, arguments.seeds.clone(), arguments.jobs)
            .map_err(|error| error.to_string())?;
        tell_catch(&catch, arguments.seeds.start);
        match &catch.named {
            Some(finding) => {
                let line = keep(&arguments.keep, family, Some(mutant.code), finding)?;
                println!("{:<24}  {line}", "");
            }
            None => survived.push(mutant.code),
        }
    }
    if survived.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("not found: {}", survived.join(", "));
    Ok(ExitCode::FAILURE)
}

/// How many seeds it took, the first and the last included.
fn tell_catch(catch: &Catch, from: u64) {
    let needed = |finding: &Finding| finding.storm.seed - from + 1;
    let named = catch.named.as_ref().map_or_else(|| "-".to_owned(), |it| needed(it).to_string());
    let any = catch.any.as_ref().map_or_else(
        || format!("nothing was violated in {}", counted(catch.storms, "storm")),
        |it| format!("{} after {}", it.violated.join(", "), needed(it)),
    );
    let violates = catch.mutant.violates.join("/");
    println!("{:<24}{violates:>12}{named:>8}  {any}", catch.mutant.code);
}

/// The known bug of this code.
fn known(family: &Family, code: Option<&str>) -> Result<Option<Mutant>, String> {
    let Some(code) = code else { return Ok(None) };
    let mutant = family.mutants.iter().find(|mutant| mutant.code.eq_ignore_ascii_case(code));
    mutant.copied().map(Some).ok_or_else(|| {
        let codes: Vec<&str> = family.mutants.iter().map(|mutant| mutant.code).collect();
        format!("{} has no bug `{code}`; there are {}", family.name, codes.join(", "))
    })
}

/// Writes a storm to a file, and returns the line that runs it again.
fn keep(
    folder: &Path,
    family: &Family,
    mutant: Option<&str>,
    finding: &Finding,
) -> Result<String, String> {
    let with = mutant.map_or_else(String::new, |code| format!("-{code}"));
    let seed = finding.storm.seed;
    let path = folder.join(format!("{}{with}-{seed}.ron", family.name));
    let failed = |why: std::io::Error| format!("{}: {why}", path.display());
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(&path, &finding.storm.text).map_err(failed)?;
    Ok(format!("rehearse run {} --seed {seed}", path.display()))
}

/// A bar on standard error, if that is a terminal.
pub(crate) fn progress(many: u64, of: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(many), ProgressDrawTarget::stderr());
    let style = format!("{{wide_bar}} {{pos}}/{{len}} {of}, {{per_sec}}, {{eta}} to go, {{msg}}");
    bar.with_style(ProgressStyle::with_template(&style).expect("the template is right"))
}

/// Real time, which no run sees.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "storms are timed from outside")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64().max(1e-9)
    }
}
