//! `replay`: a saved run again, and whether the digest is the same.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use sim_node::Duration;
use sim_scenario::{Catalogue, Report, read_text};

use crate::args::ReplayArguments;
use crate::exit::{Exit, Failure};
use crate::output::{Output, tell};
use crate::run::at_a_glance;
use crate::runner::{Runner, argument};
use crate::saved::SavedRun;

/// The fields that `replay --json` prints besides the run's report.
#[derive(Serialize)]
struct Replayed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    saved: Saved<'a>,
}

#[derive(Serialize)]
struct Saved<'a> {
    same: bool,
    digest: &'a str,
    version: &'a str,
}

/// A replay is as expected when the run is the same.
pub(crate) fn replay(
    catalogue: &Catalogue,
    arguments: &ReplayArguments,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let saved = SavedRun::read(&arguments.file)?;
    let here = env!("CARGO_PKG_VERSION");
    if saved.version != here {
        tell(&format!("note: version {} saved this run; this is version {here}", saved.version));
    }
    // The scenario's own file may have changed since, or be gone: only the saved run is sure to
    // bring this run back.
    let again = format!("rehearse replay {}", argument(&arguments.file));
    let (path, until) = (Path::new(&saved.path), saved.until_ns.map(Duration::from_nanos));
    let set = saved.set(&arguments.file)?;
    let runner = Runner::new(catalogue, path, saved.scenario.clone(), &set, until)?;
    let runner = runner.reproduced_by(again).with_timeline();
    let report = runner.run(saved.seed);
    let digest = format!("{:016x}", report.digest);
    let same = digest == saved.digest;
    if arguments.json {
        let saved = Saved { same, digest: &saved.digest, version: &saved.version };
        out.json(&Replayed { report: &report, saved })?;
    } else {
        at_a_glance(&runner, &report, out)?;
        writeln!(out)?;
        if same {
            out.entry("replayed: ", &format!("the run is the same, its digest is {digest}"))?;
        } else {
            let (before, verdict) = (&saved.digest, &saved.verdict);
            out.entry(
                "replayed: ",
                &format!("the run is different: it was {verdict} with digest {before}"),
            )?;
            let path = &saved.path;
            if read_text(Path::new(path)).is_ok_and(|text| text != saved.scenario) {
                out.entry(
                    "",
                    &format!("{path} has changed since then; this replayed the saved scenario"),
                )?;
            }
            let again = &report.reproduce;
            writeln!(out, "reproduce: {again}\ndigest: {digest}")?;
        }
    }
    Ok(if same { Exit::Expected } else { Exit::Unexpected })
}
