//! The binary behind `cargo xtask soak` and `cargo xtask mutants`.

mod args;
mod run;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    let done = match &arguments.command {
        args::Command::Soak(soak) => run::soak(soak),
        args::Command::Mutants(mutants) => run::mutants(mutants),
    };
    done.unwrap_or_else(|why| {
        eprintln!("error: {why}");
        ExitCode::from(2)
    })
}
