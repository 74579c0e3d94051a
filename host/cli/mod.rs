//! The command line: one file for each verb, which turns words into a question or a [`Config`](crate::config::Config).

mod app;
mod bindings;
mod block;
mod cache;
mod check;
mod componentize;
mod guest;
mod inspect;
mod log;
mod new;
mod run;
mod schema;
mod serve;
mod status;
mod swap;
mod wit;

use crate::{
    author::Source,
    config::settings::Log,
    text::{cut, shown},
};
use app::App;
use bindings::Bindings;
use check::Check;
use clap::{Parser, Subcommand};
use componentize::Componentize;
use inspect::Inspect;
use new::New;
use run::Run;
use schema::Schema;
use serve::serve;
use status::Status;
use std::{
    fmt::Display,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};
use swap::Swap;
use wit::Wit;

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
    App(App),
    New(New),
    Check(Check),
    Inspect(Inspect),
    Wit(Wit),
    Bindings(Bindings),
    Componentize(Componentize),
    Swap(Swap),
    Status(Status),
    Schema(Schema),
}

impl Cli {
    /// Does what the command line says, with a log on standard error: 0 when done, 1 when it failed, 2 when the words make no
    /// sense.
    pub fn execute(self) -> ExitCode {
        if !matches!(self.verb, Verb::Run(_) | Verb::App(_)) {
            // Other verbs answer on standard output, and what they do on the way is theirs.
            log::start(self.log, "warn");
        }
        let result = match self.verb {
            Verb::Check(check) => match check.execute() {
                Ok(true) => Ok(()),
                Ok(false) => return ExitCode::FAILURE,
                Err(error) => Err(error),
            },
            Verb::Run(run) => match serve(run, self.log) {
                Ok(result) => result,
                Err(code) => return code,
            },
            Verb::App(app) => match serve(app, self.log) {
                Ok(result) => result,
                Err(code) => return code,
            },
            Verb::Schema(schema) => {
                answer(schema.execute());
                Ok(())
            }
            Verb::Swap(swap) => swap.execute().map(answer),
            Verb::Status(status) => status.execute().map(answer),
            Verb::New(new) => new.execute().map(answer),
            Verb::Wit(wit) => wit.execute().map(answer),
            Verb::Bindings(bindings) => bindings.execute().map(answer),
            Verb::Componentize(componentize) => componentize.execute().map(answer),
            Verb::Inspect(inspect) => inspect.execute().and_then(|(text, refusal)| {
                answer(text);
                refusal.map_or(Ok(()), |why| Err(anyhow::Error::msg(why)))
            }),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {}", plain(&format!("{error:#}")));
                ExitCode::FAILURE
            }
        }
    }
}

/// Does what waits for another process.
fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// What was asked for, on standard output. Whoever closed that does not want to know.
fn answer(text: impl Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// An error for a terminal: it can have names of a file's in it, and those can be anything.
fn plain(error: &str) -> String {
    const MOST: usize = 4 << 10;
    let lines: Vec<_> = cut(error, MOST).lines().map(shown).collect();
    lines.join("\n")
}

/// A file on each line.
fn lines(files: &[PathBuf]) -> String {
    let lines: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    lines.join("\n")
}

/// What a guest exports and imports.
#[derive(Debug, clap::Args)]
struct World {
    /// The world, by its name.
    #[arg(long, value_name = "WORLD")]
    world: Option<String>,

    /// WIT of your own, a folder or a file. Without a `deps` in it, it builds on the contract and WASI as `plugbox wit` writes them.
    #[arg(long, value_name = "FOLDER")]
    wit: Option<PathBuf>,
}

impl From<World> for Source {
    fn from(world: World) -> Self {
        Self {
            wit: world.wit,
            world: world.world,
        }
    }
}
