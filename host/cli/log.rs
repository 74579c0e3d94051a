//! The log, on standard error: standard output is for answers.

use crate::config::settings::{Format, Log};
use std::io::{self, IsTerminal};
use tracing_subscriber::EnvFilter;

/// Begins to log: what `default` says, unless flags, the manifest or the environment say otherwise.
pub(super) fn start(log: Log, default: &str) {
    let default = match log.verbose {
        0 => default,
        1 => "info,plugbox=debug",
        _ => "debug,plugbox=trace",
    };
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) if !filter.is_empty() => EnvFilter::try_new(&filter).unwrap_or_else(|error| {
            eprintln!("warning: RUST_LOG is left aside: {error}");
            EnvFilter::new(default)
        }),
        _ => EnvFilter::new(default),
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match log.log_format.unwrap_or_default() {
        Format::Text => subscriber.with_ansi(io::stderr().is_terminal()).init(),
        Format::Json => subscriber.json().init(),
    }
}
