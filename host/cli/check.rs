//! `plugbox check`: hold a guest against the protocol's rules.

use super::{answer, block::Choice, cache};
use crate::{
    author, check,
    config::{
        At, Component, Config, Name, Section,
        settings::{App, Each, Engine, Log, Sandbox, Served},
        values::{Count, PortNumber},
    },
    engine::{Role, Totals},
    rules::Part,
    transport::Access,
};
use anyhow::{Context, bail};
use std::{fs, path::PathBuf, time::Duration};

/// Instance ids that the rules may use: each has some of its own, so that they run beside each other.
const IDS: usize = 4096;

/// How long a guest has to end what it does once all rules are through.
const DRAIN: Duration = Duration::from_secs(1);

/// Hold a guest against the rules that clients of its building blocks rely on, or daprd as the client of an app: served by the
/// runner's real path, asked by real gRPC.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  plugbox check memory.wasm
  plugbox check secrets.wasm -m secretsFile=/secrets/test.json --dir ./testdata::/secrets --secret password=oak
  plugbox check webhook.wasm -m url=http://127.0.0.1:8000 --allow-outbound http://127.0.0.1:8000 --operation path=/{name}
  plugbox check broker.wasm --rule pubsub/ack --json
  plugbox check orders.wasm --env ORDERS_STORE=store --method place

Exit codes: 0 when no rule is broken, 1 when one is or the guest cannot be served, 2 when the command line is wrong.")]
pub struct Check {
    /// The guest.
    #[arg(value_name = "GUEST.wasm")]
    guest: PathBuf,

    /// A property that each Init brings, as the metadata of a Dapr resource does.
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = property)]
    metadata: Vec<(String, String)>,

    /// Only the rules of this building block [default: of all that the guest exports]; or of an app.
    #[arg(long, value_enum, value_name = "BLOCK", value_delimiter = ',')]
    block: Vec<Choice>,

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

    /// A method of an app that can be called with any data. What the rules make there stays. Without it only methods that the app
    /// does not have are called.
    #[arg(long, value_name = "NAME")]
    method: Vec<String>,

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
        let role = match self.block.contains(&Choice::App) {
            true => Role::App,
            false => author::role(&self.guest).unwrap_or(Role::Component),
        };
        self.suits(role)?;
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
            app: (role == Role::App).then(|| App {
                port: Some(PortNumber(0)),
                ..App::default()
            }),
            ..Section::component(name, self.guest)
        };
        let mut component = Component::new(section).map_err(anyhow::Error::msg)?;
        if let At::Port { token, .. } = &mut component.at {
            // It is there for the rules alone, whatever the environment says of those that daprd calls.
            *token = None;
        }
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
            methods: self.method,
            parts: self.block.into_iter().map(Part::from).collect(),
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

    /// # Errors
    /// When something is said that does not concern a guest in this role.
    fn suits(&self, role: Role) -> anyhow::Result<()> {
        let of_components = [
            ("--metadata", !self.metadata.is_empty()),
            ("--secret", !self.secret.is_empty()),
            ("--operation", !self.operation.is_empty()),
            ("--shared-storage", self.shared_storage),
        ];
        let of_apps = [("--method", !self.method.is_empty())];
        let (idle, instead) = match role {
            Role::App => (
                of_components.as_slice(),
                ", which has no Init: tell it what it needs with --env",
            ),
            Role::Component => (of_apps.as_slice(), ", whose methods the protocol names"),
        };
        match idle.iter().find(|(_, said)| *said) {
            Some((flag, _)) => bail!("{flag} says nothing to {}{instead}", role.one()),
            None => Ok(()),
        }
    }
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}
