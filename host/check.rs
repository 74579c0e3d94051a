//! Holding a guest against the protocol's rules: served on a socket of its own, or on a port if it is an app, by the runner's real path.

mod report;

pub use report::{Report, Verdict};

use crate::{
    config::Config,
    engine::{Interface, Role},
    rules::{self, Outcome, Part, Rule, Subject},
    run::Serving,
    transport::Passed,
};
use anyhow::{Context, bail};
use futures_util::{StreamExt, stream};
use std::time::Instant;

/// How many rules run at once: they wait more than they work.
const AT_ONCE: usize = 16;

/// What is asked of which guest.
#[derive(Debug)]
pub struct Check {
    /// The guest: one component, on a folder for sockets that nobody else uses, or one app, on any port and without a token.
    pub config: Config,
    /// What its Init brings.
    pub properties: Vec<(String, String)>,
    /// Secrets that it is known to have, by their names, each with its only value.
    pub secrets: Vec<(String, String)>,
    /// The metadata with which its operations can be invoked ([`Subject::operations`]); none when none can.
    pub operations: Vec<(String, String)>,
    /// The methods of an app that can be called with any data; none for no calls but of methods that it does not have.
    pub methods: Vec<String>,
    /// The parts of it whose rules it is held against; none for all that it is.
    pub parts: Vec<Part>,
    /// Only rules whose names begin so; none for all.
    pub rules: Vec<String>,
    /// All instance ids reach the same data.
    pub shared_storage: bool,
}

impl Check {
    /// Holds the guest against the rules, several at once; `each` sees the verdicts in the table's order.
    ///
    /// # Errors
    /// When the guest cannot be served, or no rule is asked for.
    pub fn run(&self, each: impl FnMut(&Verdict)) -> anyhow::Result<Report> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let result = runtime.block_on(self.serve(each));
        // A guest that hangs was given its time.
        runtime.shutdown_background();
        result
    }

    async fn serve(&self, each: impl FnMut(&Verdict)) -> anyhow::Result<Report> {
        let begun = Instant::now();
        let serving = Serving::start(&self.config, Passed::default()).await?;
        let verdicts = self.judge(&serving, each).await;
        serving.end(self.config.drain).await;
        Ok(Report {
            verdicts: verdicts?,
            took: begun.elapsed(),
        })
    }

    async fn judge(
        &self,
        serving: &Serving,
        mut each: impl FnMut(&Verdict),
    ) -> anyhow::Result<Vec<Verdict>> {
        let served = serving.served();
        let (Some(named), Some(served)) = (self.config.components.first(), served.first()) else {
            bail!("there is no guest to check");
        };
        let exported: Vec<_> = match served.component().role() {
            Role::Component => served
                .component()
                .blocks()
                .into_iter()
                .map(Part::Block)
                .collect(),
            Role::App => vec![Part::App],
        };
        if let Some(missing) = self.parts.iter().find(|part| !exported.contains(part)) {
            let titles: Vec<_> = exported.iter().map(|part| part.one()).collect();
            bail!(
                "{} is no {}: it is {}",
                named.guest.display(),
                missing.title(),
                titles.join(" and ")
            );
        }
        let parts = match self.parts.as_slice() {
            [] => &exported,
            parts => parts,
        };
        let table: Vec<_> = rules::all()
            .filter(|rule| parts.contains(&rule.needs.part))
            .filter(|rule| self.asks_for(rule))
            .collect();
        if table.is_empty() {
            bail!(
                "no rule for this guest has a name that begins with {}",
                self.rules.join(" or ")
            );
        }
        let subject = match served.component().role() {
            Role::Component => Subject::connect(served.address()).await,
            Role::App => Subject::connect_app(named.name.as_str(), served.address()).await,
        };
        let generation = served.component().generation();
        let exports = generation.template.exports();
        let mut subject = subject
            .context("the guest is served, and does not answer")?
            .exported(Interface::ALL.iter().copied().filter(|it| exports.has(*it)))
            .methods(self.methods.iter().cloned())
            .properties(self.properties.iter().cloned())
            .secrets(self.secrets.iter().cloned());
        if !self.operations.is_empty() {
            subject = subject.operations(self.operations.iter().cloned());
        }
        if self.shared_storage {
            subject = subject.shared_storage();
        }
        let judged = stream::iter(table).map(|rule| judge(rule, &subject));
        let mut judged = judged.buffered(AT_ONCE);
        let mut verdicts = Vec::new();
        while let Some(verdict) = judged.next().await {
            each(&verdict);
            verdicts.push(verdict);
        }
        Ok(verdicts)
    }

    fn asks_for(&self, rule: &Rule) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|name| rule.id.starts_with(name))
    }
}

async fn judge(rule: &'static Rule, subject: &Subject) -> Verdict {
    let begun = Instant::now();
    let outcome = rules::check(rule, subject).await;
    Verdict {
        rule,
        outcome,
        took: begun.elapsed(),
    }
}

impl Report {
    /// No rule is broken.
    pub fn passed(&self) -> bool {
        let broken = |verdict: &Verdict| matches!(verdict.outcome, Outcome::Failed(_));
        !self.verdicts.iter().any(broken)
    }
}
