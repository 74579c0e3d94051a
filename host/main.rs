//! plugbox from the outside: read the words, begin to log, do what they say.

use clap::Parser;
use plugbox::cli::{Cli, start_log};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.log());
    cli.execute()
}
