//! What the clients of a component rely on, as a table of rules that any component can be held against over gRPC.
//!
//! An application is held against those of its own in the same way, over its port.
//!
//! A [`Subject`] is the component under test, behind a Unix socket. [`all`] walks the table and [`check`] holds the subject
//! against one rule. Each rule runs on an instance id and on keys and topics of its own, so rules can run in any order, at
//! the same time, and beside the component's other users; what a rule wrote to a state store it deletes again.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! use plugbox::rules::{self, Outcome, Subject};
//!
//! let subject = Subject::connect("/tmp/dapr-components-sockets/memory.sock").await?;
//! for rule in rules::all() {
//!     match rules::check(rule, &subject).await {
//!         Outcome::Passed => println!("ok      {}", rule.id),
//!         Outcome::Skipped(reason) => println!("skipped {}: {reason}", rule.id),
//!         Outcome::Failed(broken) => println!("FAILED  {}: {}\n{broken}", rule.id, rule.promise),
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod answer;
mod app;
mod bindings;
mod broken;
mod calls;
mod client;
mod hello;
mod messages;
mod pub_sub;
mod secret;
mod show;
mod shown;
mod start;
mod state;
mod stream;
mod subject;

use std::{fmt, future::Future, pin::Pin, time::Duration};

pub use crate::engine::{Block, Interface};
pub use app::APP;
pub use bindings::BINDINGS;
pub use broken::Broken;
pub use hello::HELLO;
pub use pub_sub::PUB_SUB;
pub use secret::SECRET_STORES;
pub use state::STATE;
pub use subject::{ConnectError, Subject};

use client::Client;

/// How long one rule may take. Rules that wait for an expiry need a few seconds of it.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How long a component may take to delete what a rule wrote.
const CLEAN_UP_LIMIT: Duration = Duration::from_secs(2);

/// What running a rule gives, some time.
type Running = Pin<Box<dyn Future<Output = Result<(), Broken>> + Send>>;

/// One promise that a component makes to its clients, and how to see whether it keeps it.
#[derive(Debug)]
pub struct Rule {
    /// A short name: the building block, a slash and words in kebab case, like `state/get-missing-key`. The block is spelled
    /// as in the type of a Component resource.
    pub id: &'static str,
    /// What must hold, in a sentence or two.
    pub promise: &'static str,
    /// Where it comes from.
    pub source: Source,
    /// What a component must offer for the rule to concern it.
    pub needs: Needs,
    run: fn(Client) -> Running,
}

/// Where a rule comes from, and so which components it binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// What Dapr's runtime and its like do and expect, of every component.
    Client(&'static str),
    /// What plugbox's contract with guests says beyond that: a client can do without, a guest should not.
    Contract(&'static str),
    /// What plugbox itself sees to, whatever the guest. A component that is served by other means may do otherwise.
    Host(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(what) => write!(f, "Dapr client behaviour: {what}"),
            Self::Contract(what) => write!(f, "plugbox contract: {what}"),
            Self::Host(what) => write!(f, "plugbox host: {what}"),
        }
    }
}

/// What of a guest a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A building block, whose Init and Features come before the rule.
    Block(Block),
    /// The application, which has neither.
    App,
}

impl Part {
    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Block(block) => block.title(),
            Self::App => "app",
        }
    }

    /// The same with its article.
    pub fn one(self) -> String {
        let title = self.title();
        let article = if title.starts_with(['a', 'e', 'i', 'o']) {
            "an"
        } else {
            "a"
        };
        format!("{article} {title}")
    }
}

impl From<Block> for Part {
    fn from(block: Block) -> Self {
        Self::Block(block)
    }
}

/// What a component must offer for a rule to concern it.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// What the rule is about.
    pub part: Part,
    /// Interfaces of the contract that an application's guest must export: its services are all there whatever it exports.
    pub exports: &'static [Interface],
    /// gRPC services that reflection must list, by their full names.
    pub services: &'static [&'static str],
    /// Features that the component must name after Init.
    pub features: &'static [&'static str],
    /// Whether instance ids must have data of their own (see [`Subject::shared_storage`]).
    pub own_storage: bool,
}

impl Needs {
    /// Why a component with these services cannot be held against the rule, if so.
    fn unmet_by(&self, subject: &Subject) -> Option<String> {
        if let Some(service) = self.services.iter().find(|service| !subject.lists(service)) {
            return Some(format!("reflection does not list {service}"));
        }
        let mut exports = self.exports.iter();
        if let Some(interface) = exports.find(|interface| !subject.exports(**interface)) {
            return Some(format!("the guest exports no {}", interface.name()));
        }
        (self.own_storage && subject.shares_storage())
            .then(|| "the instances of this component share their storage".to_owned())
    }

    /// The same once the features are known.
    fn unmet_by_features(&self, client: &Client) -> Option<String> {
        let feature = self.features.iter().find(|feature| !client.has(feature))?;
        Some(format!("the component does not name the feature {feature}"))
    }
}

/// How a component stands to a rule.
#[derive(Debug)]
pub enum Outcome {
    /// The promise is kept.
    Passed,
    /// The rule does not concern this component, and why.
    Skipped(String),
    /// The promise is broken: this was asked, that was the answer.
    Failed(Broken),
}

/// Every rule of every building block, and those of an application.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let parts = [STATE, PUB_SUB, BINDINGS, SECRET_STORES, HELLO, APP];
    parts.into_iter().flatten().copied().flatten()
}

/// Holds a component, or an application, against one rule: a block's Init and Features as daprd calls them, then the rule, then deleting what
/// it wrote.
pub async fn check(rule: &Rule, subject: &Subject) -> Outcome {
    if let Some(reason) = rule.needs.unmet_by(subject) {
        return Outcome::Skipped(reason);
    }
    let client = subject.client(rule.needs.part);
    let outcome = match tokio::time::timeout(TIME_LIMIT, run(rule, client.clone())).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(broken)) => Outcome::Failed(broken.after(client.sent())),
        Err(_) => Outcome::Failed(Broken::late(client.sent(), TIME_LIMIT)),
    };
    // A component that does not let go of the keys has had its verdict already.
    let _ = tokio::time::timeout(CLEAN_UP_LIMIT, client.clean_up()).await;
    outcome
}

async fn run(rule: &Rule, client: Client) -> Result<Outcome, Broken> {
    let client = client.start().await?;
    if let Some(reason) = rule.needs.unmet_by_features(&client) {
        return Ok(Outcome::Skipped(reason));
    }
    (rule.run)(client.clone()).await?;
    Ok(client.skipped().map_or(Outcome::Passed, Outcome::Skipped))
}
