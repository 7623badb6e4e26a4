//! The binary behind `cargo xtask soak`, `cargo xtask mutants` and `cargo xtask fuzz`.

mod args;
mod fuzz;
mod run;

use std::process::ExitCode;

use clap::Parser;

/// It tells how much memory a file takes, which `fuzz` asks.
#[global_allocator]
static ALLOCATOR: soak::damage::Gauge = soak::damage::Gauge;

fn main() -> ExitCode {
    let arguments = args::Arguments::parse();
    let done = match &arguments.command {
        args::Command::Soak(soak) => run::soak(soak),
        args::Command::Mutants(mutants) => run::mutants(mutants),
        args::Command::Fuzz(fuzz) => fuzz::fuzz(fuzz),
    };
    done.unwrap_or_else(|why| {
        eprintln!("error: {why}");
        ExitCode::from(2)
    })
}
