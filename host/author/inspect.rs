//! What a file is to plugbox: the services that it will give, what it may need, and if it is no guest, why.

use super::{
    facts::Facts,
    module::Module,
    report::{Report, Verdict},
};
use crate::{
    engine::{Cache, Exports, Loader, Role, Totals, Why},
    runtime::Component,
    services::services,
};
use anyhow::Context;
use std::{fs, path::Path};
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Reads a file, and loads it as the runner would, with nothing granted. What that compiles stays in the cache.
///
/// # Errors
/// When the machine does not give what that needs; a file that is no guest is no error.
pub fn inspect(file: &Path, cache: &Cache) -> anyhow::Result<Report> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let facts = Facts::read(&bytes).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        let loader = Loader::new(cache, Totals::default())
            .context("the WebAssembly engine does not start")?;
        let verdict = match loader.inspect(file).await {
            Ok(template) => {
                let app = template.exports().serves(Role::App);
                let component = Component::new(
                    "guest",
                    template,
                    TaskTracker::new(),
                    Handle::current(),
                    None,
                );
                let router = services(&component, 0, CancellationToken::new());
                Verdict::Guest {
                    blocks: component.blocks(),
                    app,
                    services: router.names().collect(),
                }
            }
            Err(why) => Verdict::Refused {
                why: why.to_string(),
                instead: instead(&why, &bytes, &facts.exports),
            },
        };
        Ok(Report {
            file: file.to_owned(),
            size: bytes.len(),
            facts,
            compiled: loader.compiled_already(),
            verdict,
        })
    });
    // A compilation that took too long goes on.
    runtime.shutdown_background();
    report
}

/// What a guest is to daprd by the names of its exports, without compiling it; none for what is no guest.
pub fn role(file: &Path) -> Option<Role> {
    let facts = Facts::read(&fs::read(file).ok()?).ok()?;
    Exports::role_by_name(facts.exports.iter().map(String::as_str))
}

/// What would be right instead, where a file is near enough to tell.
fn instead(why: &Why, bytes: &[u8], exports: &[String]) -> Option<String> {
    match why {
        // What is right for most modules is said with the reason.
        Why::CoreModule => Module::read(bytes)
            .err()
            .map(|error| format!("This one is not ready for that: {error}")),
        Why::NothingToServe { .. } => {
            let near = exports.iter().find_map(|export| {
                let name = export.split('@').next().unwrap_or_default();
                NEAR.iter().find(|(near, _)| *near == name)
            });
            near.map(|(_, instead)| (*instead).to_owned())
        }
        _ => None,
    }
}

/// Exports of what people take for a guest, and what is right for each.
const NEAR: [(&str, &str); 7] = [
    ("wasi:cli/run", PROGRAM),
    ("wasi:http/incoming-handler", SERVER),
    ("wasi:http/handler", SERVER),
    ("wasi:keyvalue/store", KEY_VALUE),
    ("state-store", BARE),
    ("init", BARE),
    ("get", BARE),
];

const PROGRAM: &str = "It is a program that runs once and ends, which `wasmtime run` is for. A guest is a library that Dapr's calls go to: in Rust `crate-type = [\"cdylib\"]`, in Go -buildmode=c-shared, in C -mexec-model=reactor";
const SERVER: &str = "It answers HTTP, which `wasmtime serve` is for. What Dapr calls is an interface of the contract: `plugbox wit` writes it";
const KEY_VALUE: &str = "That interface is near to Dapr's state, and not the same: export dapr:components/state-store@0.1.0, as in the world minimal-state-store";
const BARE: &str = "Functions count when they are exported as an interface, by its whole name: dapr:components/state-store@0.1.0, as in the world minimal-state-store";
