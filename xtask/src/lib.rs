//! The project's own commands: `cargo xtask check`, `fix`, `bench`, `soak`, `mutants` and `fuzz`.
//!
//! `check` only reads and is what CI runs; `fix` changes. A stage of the check is a function from
//! the [`Workspace`] to what it has to tell, and a line in [`check::STAGES`].

pub mod bench;
pub mod check;
pub mod command;
pub mod corpus;
pub mod deny;
pub mod fix;
pub mod images;
pub mod law;
pub mod metadata;
pub mod readme;
pub mod soak;
pub mod tidy;
pub mod workspace;

use std::process::ExitCode;

pub use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  check [STAGE ...]        everything that CI asks for, or the named stages only; changes no file
  check --list             the stages, in order
  fix                      formats the code and applies what clippy can mend by itself
  bench engine [--json] [--rounds N]
                           the engine against a bare event loop: nanoseconds per event, ratios
  bench protocols [--json] [--runs N] [--seeds N]
                           scenarios: virtual seconds per CPU second, events per second
  bench growth [--rounds N] [NAME]
                           what a step costs with twice and four times as many of a thing
  soak FAMILY [--seeds N|A..B] [--jobs N] [--mutant CODE] [--keep DIR]
                           random storms over a family's features: every property must hold
  soak FAMILY --show SEED  the storm of a seed, as a scenario
  mutants FAMILY [--seeds N|A..B] [--jobs N] [--mutant CODE]
                           known bugs: how many storms find each, and the property it violates
  fuzz [--files N|A..B] [--jobs N] [--keep DIR]
                           damaged scenario files: refused with a place, or run for a few steps
  fuzz --show SEED         the damaged file of a seed
";

/// Runs one command line, without the program's name. The exit code is 0 when all is well, 1 when
/// something was found wrong, and 2 when the command line makes no sense.
#[must_use]
pub fn run(arguments: &[String]) -> ExitCode {
    let workspace = Workspace::find();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["check", "--list"] => check::list(),
        ["check", stages @ ..] => check::check(&workspace, stages),
        ["fix"] => fix::fix(&workspace),
        ["bench", "engine", options @ ..] => bench::engine(&workspace, options),
        ["bench", "protocols", options @ ..] => bench::protocols(&workspace, options),
        ["bench", "growth", options @ ..] => bench::growth(&workspace, options),
        ["soak", options @ ..] => soak::soak(&workspace, options),
        ["mutants", options @ ..] => soak::mutants(&workspace, options),
        ["fuzz", options @ ..] => soak::fuzz(&workspace, options),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
