//! What may stand on the command line.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use soak::Family;

/// Random storms over a family of protocols: every property must hold.
#[derive(Debug, Parser)]
#[command(name = "soak", bin_name = "cargo xtask", after_help = AFTER)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER: &str = "\
Exit codes: 0 nothing was found (or every known bug was), 1 something was, 2 wrong usage.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the storms of a range of seeds; a storm that does not hold is a finding
    Soak(SoakArguments),
    /// Run storms over every known bug of a family until each is found
    Mutants(MutantsArguments),
    /// Load damaged scenario files and run those that load; what panics, hangs, or takes much
    /// memory is a finding
    Fuzz(FuzzArguments),
}

#[derive(Debug, Args)]
pub(crate) struct FuzzArguments {
    /// The files: so many from seed 0, or those of the seeds from A up to, but not including, B
    #[arg(long, value_name = "N|A..B", default_value = "10000", value_parser = seeds)]
    pub(crate) files: Range<u64>,
    /// How many files at a time; as many as there are cores when left out
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Print the file of this seed, and load nothing
    #[arg(long, value_name = "SEED", conflicts_with = "files")]
    pub(crate) show: Option<u64>,
    /// The folder with the scenarios that are damaged
    #[arg(long, value_name = "DIR", default_value = "scenarios")]
    pub(crate) scenarios: PathBuf,
    /// Where files with which something is wrong are written to
    #[arg(long, value_name = "DIR", default_value = "target/fuzz")]
    pub(crate) keep: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct SoakArguments {
    /// The family of protocols, such as raft
    #[arg(value_parser = family)]
    pub(crate) family: &'static Family,
    /// The seeds: so many from 0, or from A up to, but not including, B
    #[arg(long, value_name = "N|A..B", default_value = "10000", value_parser = seeds)]
    pub(crate) seeds: Range<u64>,
    /// How many storms at a time; as many as there are cores when left out
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// The known bug to have, such as R-vote2
    #[arg(long, value_name = "CODE")]
    pub(crate) mutant: Option<String>,
    /// Print the storm of this seed, and run nothing
    #[arg(long, value_name = "SEED", conflicts_with = "seeds")]
    pub(crate) show: Option<u64>,
    /// Where storms that do not hold are written to
    #[arg(long, value_name = "DIR", default_value = "target/soak")]
    pub(crate) keep: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct MutantsArguments {
    /// The family of protocols, such as raft
    #[arg(value_parser = family)]
    pub(crate) family: &'static Family,
    /// The seeds: so many from 0, or from A up to, but not including, B
    #[arg(long, value_name = "N|A..B", default_value = "10000", value_parser = seeds)]
    pub(crate) seeds: Range<u64>,
    /// How many storms at a time; as many as there are cores when left out
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Only the bug of this code
    #[arg(long, value_name = "CODE")]
    pub(crate) mutant: Option<String>,
    /// Where the first storm that shows a bug is written to
    #[arg(long, value_name = "DIR", default_value = "target/soak")]
    pub(crate) keep: PathBuf,
}

fn family(name: &str) -> Result<&'static Family, String> {
    let known = || soak::FAMILIES.iter().map(|family| family.name).collect::<Vec<_>>().join(", ");
    soak::find(name).ok_or_else(|| format!("there is no such family; there is {}", known()))
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let number = |text: &str| {
        let digits = text.trim().replace('_', "");
        digits.parse::<u64>().map_err(|_| format!("`{text}` is no whole number up to 2^64 - 1"))
    };
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (number(from)?, number(to)?),
        None => (0, number(text)?),
    };
    if from >= to {
        return Err(format!("there is no seed from {from} up to, but not including, {to}"));
    }
    Ok(from..to)
}
