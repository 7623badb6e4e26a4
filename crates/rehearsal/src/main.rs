//! The binary `rehearse`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rehearsal::main(catalogue::catalogue())
}
