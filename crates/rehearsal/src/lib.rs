//! The command line as a library call: [`main`] gives a catalogue of protocols the whole of it.
//!
//! A crate with protocols of its own gets the command line for them with
//!
//! ```no_run
//! use sim_scenario::Catalogue;
//!
//! fn main() -> std::process::ExitCode {
//!     // One `sim_scenario::entry::<MyProtocol>()` for each protocol.
//!     rehearsal::main(Catalogue::new(vec![]))
//! }
//! ```
//!
//! Set `overflow-checks = true` below `[profile.release]`: a counter that overflows is then the
//! violation `PANIC` in both builds, and no run differs between them.
//!
//! Results go to standard output; diagnostics and progress to standard error, progress only on a
//! terminal. Colours are for terminals and honour `NO_COLOR`. When the reader of the results has
//! closed the pipe, the process ends at once with the exit code 141, unless it was asked to write
//! files as well. Text is as wide as the terminal, or as `COLUMNS` says, and at most 100 columns.

mod args;
mod check_history;
mod corpus;
mod exit;
mod explain;
mod find;
mod input;
mod list;
mod output;
mod panics;
mod replay;
mod run;
mod runner;
mod saved;
mod slot;
mod sweep;
mod trace;

use std::process::ExitCode;

use clap::Parser;
use sim_scenario::Catalogue;

use args::{Arguments, Command};
use exit::Exit;
use output::Output;

/// Does what the command line asks for, with the protocols of this catalogue.
#[must_use]
pub fn main(catalogue: Catalogue) -> ExitCode {
    panics::install();
    let catalogue = &catalogue;
    let arguments = match Arguments::try_parse_from(args::forgive(std::env::args_os())) {
        Ok(arguments) => arguments,
        Err(error) => {
            let error = args::explain(error);
            // Nobody may be there to read it.
            let _ = error.print();
            let wrong = error.use_stderr();
            return if wrong { Exit::Misused } else { Exit::Expected }.into();
        }
    };
    let mut out = Output::new();
    let done = match arguments.command {
        Command::List(list) => list::list(catalogue, &list, &mut out),
        Command::Run(mut run) => {
            find::resolve(&mut run.file).and_then(|()| run::run(catalogue, &run, &mut out))
        }
        Command::Replay(replay) => replay::replay(catalogue, &replay, &mut out),
        Command::Explain(mut explain) => find::resolve(&mut explain.file)
            .and_then(|()| explain::explain(catalogue, &explain, &mut out)),
        Command::CheckHistory(check) => check_history::check_history(&check, &mut out),
        Command::Sweep(mut sweep) => {
            find::resolve(&mut sweep.file).and_then(|()| sweep::sweep(catalogue, &sweep, &mut out))
        }
    };
    match done.and_then(|exit| Ok(out.finish().map(|()| exit)?)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::tell(&failure);
            Exit::Misused.into()
        }
    }
}
