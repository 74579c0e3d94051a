//! `plugbox check`: hold a guest against the protocol's rules.

use super::{answer, block::BlockName, cache};
use crate::{
    check,
    config::{
        Component, Config, Name, Section,
        settings::{Each, Engine, Log, Sandbox, Served},
        values::Count,
    },
    engine::{Block, Totals},
    transport::Access,
};
use anyhow::Context;
use std::{fs, path::PathBuf, time::Duration};

/// Instance ids that the rules may use: each has some of its own, so that they run beside each other.
const IDS: usize = 4096;

/// How long a guest has to end what it does once all rules are through.
const DRAIN: Duration = Duration::from_secs(1);

/// Hold a guest against the rules that clients of its building blocks rely on: served by the runner's real path, asked by real
/// gRPC.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox check memory.wasm
  plugbox check secrets.wasm -m secretsFile=/secrets/test.json --dir ./testdata::/secrets --secret password=oak
  plugbox check webhook.wasm -m url=http://127.0.0.1:8000 --allow-outbound http://127.0.0.1:8000 --operation path=/{name}
  plugbox check broker.wasm --rule pubsub/ack --json

Exit codes: 0 when no rule is broken, 1 when one is or the guest cannot be served, 2 when the command line is wrong.")]
pub struct Check {
    /// The guest.
    #[arg(value_name = "GUEST.wasm")]
    guest: PathBuf,

    /// A property that each Init brings, as the metadata of a Dapr resource does.
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = property)]
    metadata: Vec<(String, String)>,

    /// Only the rules of this building block [default: of all that the guest exports].
    #[arg(long, value_enum, value_name = "BLOCK", value_delimiter = ',')]
    block: Vec<BlockName>,

    /// Only rules whose names begin so, like state/etag.
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,

    /// All instances reach the same data, as they do where the metadata name one database.
    #[arg(long)]
    shared_storage: bool,

    /// A secret that the store has, with its only value: rules look for it. There may be others.
    #[arg(long, value_name = "NAME=VALUE", value_parser = property)]
    secret: Vec<(String, String)>,

    /// Metadata with which the operations of an output binding can be tried; in it, {name} becomes a name that is new each time.
    /// What the rules make there stays. Without it no operation is tried.
    #[arg(long, value_name = "NAME=VALUE", value_parser = property)]
    operation: Vec<(String, String)>,

    /// Answer with one JSON object instead of lines.
    #[arg(long)]
    json: bool,

    /// Write a JUnit report, for a CI, too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    #[command(flatten)]
    sandbox: Sandbox,

    #[command(flatten)]
    engine: Engine,
}

impl Check {
    /// Whether the guest breaks no rule.
    ///
    /// # Errors
    /// When the guest cannot be served, or the reports cannot be written.
    pub(super) fn execute(self) -> anyhow::Result<bool> {
        let sockets = tempfile::tempdir().context("there is no folder for its socket")?;
        let guest = self.guest.display().to_string();
        let name = Name::new("guest").map_err(anyhow::Error::msg)?;
        let each = Each {
            sandbox: self.sandbox,
            served: Served {
                max_instances: Some(Count(IDS)),
                ..Served::default()
            },
        };
        let section = Section {
            each,
            ..Section::component(name, self.guest)
        };
        let component = Component::new(section).map_err(anyhow::Error::msg)?;
        // Its instances are limited otherwise.
        let totals = Totals {
            stack: self.engine.max_stack().0,
            components: 1,
            instances: usize::MAX,
            memory: usize::MAX,
        };
        let check = check::Check {
            config: Config {
                components: vec![component],
                manifest: None,
                watch: false,
                log: Log::default(),
                sockets: sockets.path().to_owned(),
                admin: None,
                state_dir: None,
                access: Access::default(),
                cache: cache::place(&self.engine),
                totals,
                drain: DRAIN,
            },
            properties: self.metadata,
            secrets: self.secret,
            operations: self.operation,
            blocks: self.block.into_iter().map(Block::from).collect(),
            rules: self.rule,
            shared_storage: self.shared_storage,
        };
        let report = check.run(|verdict| {
            if !self.json {
                answer(verdict);
            }
        })?;
        if self.json {
            answer(format_args!("{:#}", report.json(&guest)));
        } else {
            answer(format_args!("\n{report}"));
        }
        if let Some(path) = self.junit {
            let xml = report.junit(&guest)?;
            fs::write(&path, xml)
                .with_context(|| format!("cannot write the JUnit report {}", path.display()))?;
        }
        Ok(report.passed())
    }
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}
