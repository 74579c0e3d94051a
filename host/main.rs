//! plugbox from the outside: read the words, begin to log, do what they say.

use clap::Parser;
use plugbox::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.start_log();
    cli.execute()
}
