//! The command line: one file for each verb, which turns words into a question or a [`Config`](crate::config::Config).

mod block;
mod check;
mod log;
mod run;
mod sandbox;

use check::Check;
use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use run::Run;
use std::process::ExitCode;

/// Serves Dapr and Layotto pluggable components from WebAssembly guests.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    log: Log,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Run(Run),
    Check(Check),
}

/// What goes to standard error.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Logging")]
struct Log {
    /// Log more; twice for everything. RUST_LOG, where it is set, decides instead.
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// How log lines are written to standard error.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    log_format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line for a person.
    Text,
    /// A JSON object on each line.
    Json,
}

impl Cli {
    /// Begins to log, on standard error.
    pub fn start_log(&self) {
        // Other verbs answer on standard output, and what they do on the way is theirs.
        let default = match self.verb {
            Verb::Run(_) => "warn,plugbox=info",
            _ => "warn",
        };
        log::start(&self.log, default);
    }

    /// Does what the command line says: 0 when done, 1 when it failed, 2 when the words make no sense.
    pub fn execute(self) -> ExitCode {
        let result = match self.verb {
            Verb::Check(check) => match check.execute() {
                Ok(true) => Ok(()),
                Ok(false) => return ExitCode::FAILURE,
                Err(error) => Err(error),
            },
            Verb::Run(run) => match run.config() {
                Ok(config) => crate::run::run(config),
                Err(error) => error.exit(),
            },
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}
