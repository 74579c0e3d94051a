//! The command line: one file for each verb, which turns words into a question or a [`Config`](crate::config::Config).

mod log;
mod run;

pub use log::start_log;

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
}

/// What goes to standard error.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Logging")]
pub struct Log {
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
    /// How to log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Does what the command line says: 0 when done, 1 when it failed, 2 when the words make no sense.
    pub fn execute(self) -> ExitCode {
        let result = match self.verb {
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
