//! plugbox from the outside: read the words and do what they say.

use clap::Parser;
use plugbox::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    Cli::parse().execute()
}
