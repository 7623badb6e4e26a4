//! What may stand on the command line.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use sim_check::linearizability::Budget;
use sim_node::{Duration, NodeId};
use sim_scenario::Change;

/// The folder with the scenarios, unless another one is named.
pub(crate) const SCENARIOS: &str = "scenarios";

const AFTER: &str = "\
Exit codes: 0 as expected, 1 not as expected, 2 wrong usage or a scenario that cannot run, \
3 undecided,
141 the reader of the results closed the pipe before the end.
Results go to standard output, everything else to standard error.";

/// Simulate distributed protocols under faults, deterministically: same seed, same run.
#[derive(Debug, Parser)]
#[command(name = "rehearse", version, after_help = AFTER)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the protocols, their properties and their scenarios, or search for them
    List(ListArguments),
    /// Run a scenario with one seed
    Run(RunArguments),
    /// Run a saved run again, and say whether the digest is the same
    Replay(ReplayArguments),
    /// Explain a violation or a step by its causes, latest first
    Explain(ExplainArguments),
    /// Run a scenario with every seed of a range
    Sweep(SweepArguments),
    /// Check whether a history of client operations is linearizable
    CheckHistory(CheckHistoryArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// A protocol, a family, or a scenario by the name of its file; or words that a scenario must
    /// contain: in its text, as a property, a kind of fault, a mark or a role
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// The folder with the scenarios
    #[arg(long, value_name = "DIR", default_value = SCENARIOS)]
    pub(crate) scenarios: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The scenario: a file, or the name of one below the folder `scenarios`
    pub(crate) file: PathBuf,
    /// The seed: any whole number up to 2^64 - 1
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = number,
        allow_negative_numbers = true
    )]
    pub(crate) seed: u64,
    /// Set one thing of the scenario to another value, such as protocol.barrier=true or
    /// network.loss=5%; may be given several times
    #[arg(long, value_name = "PATH=VALUE", value_parser = change)]
    pub(crate) set: Vec<Change>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Show every event: as a space-time diagram, or as JSON lines that end with the report
    #[arg(long, value_name = "FORM", ignore_case = true)]
    pub(crate) trace: Option<TraceForm>,
    /// Stop at this virtual time, even if obligations are still pending
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Duration>,
    #[command(flatten)]
    pub(crate) window: WindowArguments,
    /// Save the run to a file, for `replay`
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Write the operations of the clients and their responses to a file, for `check-history`;
    /// an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
}

/// Which part of a trace is shown; together with `--until`, which ends the run itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "What a trace shows")]
pub(crate) struct WindowArguments {
    /// Nothing before this virtual time
    #[arg(long, value_name = "TIME", requires = "trace")]
    pub(crate) from: Option<Duration>,
    /// Only what this node does and what happens to it, by its number; may be given several times
    #[arg(long, value_name = "N", requires = "trace", value_parser = node)]
    pub(crate) node: Vec<NodeId>,
    /// Only messages of this kind; may be given several times
    #[arg(long, value_name = "KIND", requires = "trace")]
    pub(crate) kind: Vec<String>,
    /// Only this step, and five steps before and after it among those that the other options show
    #[arg(long, value_name = "STEP", requires = "trace")]
    pub(crate) around: Option<u64>,
    /// What `--trace json` says of states: each whole once and then its changes, each in full after
    /// every step, or nothing [default: changes]
    #[arg(long, value_name = "STATES", requires = "trace", ignore_case = true)]
    pub(crate) states: Option<StatesForm>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceForm {
    Text,
    Json,
}

/// What a trace in JSON says of states. (A comment on a value would make the help long.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatesForm {
    Changes,
    Full,
    None,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// A run that `run --save` saved; `-` reads it from standard input
    pub(crate) file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The scenario: a file, or the name of one below the folder `scenarios`
    pub(crate) file: PathBuf,
    /// The seed: any whole number up to 2^64 - 1
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = number,
        allow_negative_numbers = true
    )]
    pub(crate) seed: u64,
    /// Set one thing of the scenario to another value, such as protocol.barrier=true or
    /// network.loss=5%; may be given several times
    #[arg(long, value_name = "PATH=VALUE", value_parser = change)]
    pub(crate) set: Vec<Change>,
    /// Explain this step instead of the one that violated a property
    #[arg(long, value_name = "N", value_parser = number, allow_negative_numbers = true)]
    pub(crate) step: Option<u64>,
    /// Also run without this fault, and show where the two runs diverge; FAULT is the number of the
    /// fault, or a part of its text that no other fault contains
    #[arg(long, value_name = "FAULT", conflicts_with = "step")]
    pub(crate) without: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SweepArguments {
    /// The scenario: a file, or the name of one below the folder `scenarios`
    pub(crate) file: PathBuf,
    /// The seeds from A up to, but not including, B; A..=B includes B
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub(crate) seeds: RangeInclusive<u64>,
    /// Set one thing of the scenario to another value, such as protocol.barrier=true or
    /// network.loss=5%; may be given several times
    #[arg(long, value_name = "PATH=VALUE", value_parser = change)]
    pub(crate) set: Vec<Change>,
    /// The number of runs at a time, at most 1024 [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckHistoryArguments {
    /// The history: JSON lines, as `run --history` writes them; `-` reads standard input. A history
    /// without operations is undecided
    pub(crate) file: PathBuf,
    /// The kind of object that the clients used
    #[arg(long, value_name = "OBJECT", ignore_case = true, default_value = "key-value")]
    pub(crate) spec: Object,
    /// The number of configurations that the checker visits before it gives up, undecided
    #[arg(
        long,
        value_name = "N",
        default_value_t = Budget::default().0,
        value_parser = number,
        allow_negative_numbers = true
    )]
    pub(crate) budget: u64,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// The kind of object that the clients of a history used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Object {
    /// A map from keys to strings: get, put, append, cas, delete
    #[value(alias = "keyvalue")]
    KeyValue,
    /// One register: read, write
    Register,
    /// One register: read, write, cas
    #[value(alias = "casregister")]
    CasRegister,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (from, to) = text.split_once("..").ok_or("a range is written A..B, such as 0..1000")?;
    let (to, with_last) = to.strip_prefix('=').map_or((to, false), |to| (to, true));
    let (from, to) = (number(from)?, number(to)?);
    match with_last {
        true if from <= to => Ok(from..=to),
        true => Err(format!("the range from {from} up to {to} contains no seed")),
        false if from < to => Ok(from..=to - 1),
        false => {
            Err(format!("the range from {from} up to, but not including, {to} contains no seed"))
        }
    }
}

/// A number that nothing else bounds.
fn number(text: &str) -> Result<u64, String> {
    let digits = text.trim().replace('_', "");
    digits
        .parse()
        .map_err(|_| format!("`{text}` is not a whole number from 0 to 2^64 - 1, written as in 42"))
}

/// A node, written `3` or `n3`.
fn node(text: &str) -> Result<NodeId, String> {
    let number = text.strip_prefix(['n', 'N']).unwrap_or(text).parse();
    number.map(NodeId::new).map_err(|_| format!("`{text}` is not the number of a node"))
}

fn change(text: &str) -> Result<Change, String> {
    text.parse()
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs = text.parse::<NonZeroUsize>().ok().filter(|jobs| jobs.get() <= 1_024);
    jobs.ok_or_else(|| "the number of jobs is a whole number from 1 to 1024".to_owned())
}

/// The arguments with the command's name as it is spelt here: names ignore case and dashes.
pub(crate) fn forgive(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(name) = arguments.get_mut(1) {
        let spelt = plain(&name.to_string_lossy());
        let command = Arguments::command();
        if let Some(known) =
            command.get_subcommands().find(|known| plain(known.get_name()) == spelt)
        {
            *name = known.get_name().into();
        }
    }
    arguments
}

/// What is wrong with arguments, with what was meant where the parser does not say that.
pub(crate) fn explain(error: clap::Error) -> clap::Error {
    let unknown = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(name))) => name.clone(),
        _ => return error,
    };
    let mut command = Arguments::command();
    let names: Vec<String> =
        command.get_subcommands().map(|known| known.get_name().to_owned()).collect();
    let meant = match nearest(&unknown, &names) {
        Some(near) => format!(", did you mean `{near}`?"),
        None => format!("; the commands are {}", names.join(", ")),
    };
    command.error(ErrorKind::InvalidSubcommand, format!("there is no command `{unknown}`{meant}"))
}

/// The name that was most likely meant: one that differs in a few letters.
pub(crate) fn nearest<'n, S: AsRef<str>>(found: &str, names: &'n [S]) -> Option<&'n str> {
    let wanted = plain(found);
    let distance = |name: &str| strsim::damerau_levenshtein(&wanted, &plain(name));
    let all = names.iter().map(AsRef::as_ref);
    let (near, distance) = all.map(|name| (name, distance(name))).min_by_key(|(_, far)| *far)?;
    let most = (wanted.chars().count() / 3).max(1);
    (distance <= most && distance < near.chars().count()).then_some(near)
}

/// A name without the dashes and the case that the command line ignores.
pub(crate) fn plain(name: &str) -> String {
    name.replace(['-', '_'], "").to_lowercase()
}
