//! What is known of a file, as text and as JSON.

use super::facts::{Facts, Kind, Producers};
use crate::{engine::Block, text::shown};
use bytesize::ByteSize;
use serde_json::{Value, json};
use std::{fmt, path::PathBuf};

/// Imports that reach nothing until a flag of `plugbox run` or `plugbox app` grants it, and that flag.
const GRANTS: [(&str, &str); 9] = [
    ("wasi:filesystem/preopens", "--dir HOST::GUEST"),
    ("wasi:cli/environment", "--env NAME=VALUE"),
    ("wasi:http/outgoing-handler", "--allow-outbound HOST"),
    (
        "wasi:sockets/tcp-create-socket",
        "--allow-outbound tcp://HOST:PORT",
    ),
    ("dapr:client/state", "--allow-dapr state:STORE"),
    ("dapr:client/publish", "--allow-dapr publish:PUBSUB/TOPIC"),
    ("dapr:client/invoke", "--allow-dapr invoke:APP"),
    ("dapr:client/bindings", "--allow-dapr binding:NAME"),
    ("dapr:client/secrets", "--allow-dapr secret:STORE/NAME"),
];

/// What is known of a file.
#[derive(Debug)]
pub struct Report {
    pub(super) file: PathBuf,
    pub(super) size: usize,
    pub(super) facts: Facts,
    /// None when it did not come to that, or without a cache.
    pub(super) compiled: Option<bool>,
    pub(super) verdict: Verdict,
}

/// Whether it is a guest.
#[derive(Debug)]
pub(super) enum Verdict {
    Guest {
        blocks: Vec<Block>,
        /// Whether it can be an application.
        app: bool,
        /// The full names of the gRPC services.
        services: Vec<&'static str>,
    },
    Refused {
        why: String,
        /// What would be right.
        instead: Option<String>,
    },
}

impl Report {
    /// Why it is no guest, and what would be right instead.
    pub fn refusal(&self) -> Option<String> {
        let Verdict::Refused { why, instead } = &self.verdict else {
            return None;
        };
        let file = self.file.display();
        let instead = instead.as_ref().map(|instead| format!(". {instead}"));
        Some(format!(
            "{file} is no guest: {why}{}",
            instead.unwrap_or_default()
        ))
    }

    /// All of it for programs.
    pub fn json(&self) -> Value {
        let (why, instead) = match &self.verdict {
            Verdict::Guest { .. } => (None, None),
            Verdict::Refused { why, instead } => (Some(why), instead.as_ref()),
        };
        json!({
            "file": self.file.to_string_lossy(),
            "kind": self.facts.kind.map(Kind::name),
            "size": self.size,
            "guest": why.is_none(),
            "why": why,
            "instead": instead,
            "compiled": self.compiled,
            "blocks": self.blocks(),
            "app": self.is_app(),
            "services": self.services(),
            "exports": self.facts.exports,
            "imports": self.facts.imports,
            "may_need": self.may_need(),
            "languages": self.facts.languages,
            "tools": self.facts.tools,
        })
    }

    fn blocks(&self) -> Vec<&'static str> {
        match &self.verdict {
            Verdict::Guest { blocks, .. } => blocks.iter().map(|block| block.title()).collect(),
            Verdict::Refused { .. } => Vec::new(),
        }
    }

    fn is_app(&self) -> bool {
        matches!(self.verdict, Verdict::Guest { app: true, .. })
    }

    /// How an app is served: `plugbox run`, which people know, does not do that.
    fn run_by(&self) -> String {
        match self.is_app() {
            true => format!("plugbox app {} --port 6001", self.file.display()),
            false => String::new(),
        }
    }

    fn services(&self) -> &[&'static str] {
        match &self.verdict {
            Verdict::Guest { services, .. } => services,
            Verdict::Refused { .. } => &[],
        }
    }

    /// The flags that may give it something to work with. What a guest imports says little: many languages import all there is.
    fn may_need(&self) -> Vec<&'static str> {
        let imports = |wanted: &str| {
            let mut imports = self.facts.imports.iter();
            imports.any(|import| import.split('@').next() == Some(wanted))
        };
        let flags = GRANTS.iter().filter(|(import, _)| imports(import));
        flags.map(|(_, flag)| *flag).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.facts.kind.map_or("file", Kind::name);
        let mut what = self.blocks();
        if self.is_app() {
            what.push("app");
        }
        let what = match what.as_slice() {
            [] => kind.to_owned(),
            what => what.join(", "),
        };
        write!(f, "{}: {what}", self.file.display())?;
        let size = ByteSize(self.size as u64).to_string();
        let compiled = match self.compiled {
            Some(true) => "already",
            Some(false) => "just now, and kept for the next start",
            None => "",
        };
        let made_by = [&self.facts.languages, &self.facts.tools]
            .map(named)
            .concat();
        rows(f, "size", &[size])?;
        rows(f, "compiled", &[compiled])?;
        rows(f, "made by", &[made_by.join(", ")])?;
        rows(f, "exports", &self.facts.exports)?;
        rows(f, "serves", self.services())?;
        rows(f, "run by", &[self.run_by()])?;
        rows(f, "may need", &self.may_need())?;
        rows(f, "imports", &self.facts.imports)
    }
}

/// A title, and a line for each thing.
fn rows(f: &mut fmt::Formatter<'_>, title: &str, things: &[impl AsRef<str>]) -> fmt::Result {
    let mut title = title;
    let things = things.iter().map(AsRef::as_ref);
    for thing in things.filter(|thing| !thing.is_empty()) {
        // Tools' names can be anything.
        write!(f, "\n{title:<9} {}", shown(thing))?;
        title = "";
    }
    Ok(())
}

fn named(producers: &Producers) -> Vec<String> {
    let named = |(name, version): (&String, &String)| match version.as_str() {
        "" => name.clone(),
        version => format!("{name} {version}"),
    };
    producers.iter().map(named).collect()
}
