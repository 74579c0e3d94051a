//! Why a file cannot be served, in words for whoever passed it to the runner.

use super::{Role, cache::Damaged};
use crate::config::named;
use crate::text::shown;
use std::{fmt, io, path::PathBuf, time::Duration};

/// Why a guest could not be loaded: the file, and what is the matter with it.
#[derive(Debug)]
pub struct LoadError {
    /// The file as it was named.
    pub path: PathBuf,
    /// What is the matter.
    pub why: Why,
}

/// What is the matter with a guest's file.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// The file is not there, or cannot be read.
    #[error("cannot read it: {0}")]
    Read(#[from] io::Error),
    /// Neither a component nor anything near it.
    #[error(
        "it is not a WebAssembly file. A guest is a WebAssembly component, like what `cargo build --target wasm32-wasip2` makes"
    )]
    NotWasm,
    /// A module without the component's types.
    #[error(
        "it is a core WebAssembly module, not a component. In Rust build with `--target wasm32-wasip2`; in other languages make a component of it (`plugbox componentize`)"
    )]
    CoreModule,
    /// It begins like a component, and is none that can be compiled.
    #[error("it is not a valid component: {0}")]
    Invalid(String),
    /// It may be valid, and would have to be compiled for long to know.
    #[error(
        "it is not compiled within {} ({}). A large guest on a slow machine needs longer; a small one is made to take for ever",
        humantime::format_duration(*.0),
        named::compile_timeout
    )]
    Compiling(Duration),
    /// It was compiled before, and what came of that cannot be run.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// A component with other exports.
    #[error(
        "it exports nothing that plugbox can serve: {exports}. A guest exports an interface of dapr:components@{ours}, like state-store, or of dapr:app@{ours}, like invoke"
    )]
    NothingToServe {
        /// What it exports instead.
        exports: String,
        /// The version of the contract that is served.
        ours: &'static str,
    },
    /// A guest for another role than the one that it is to be served in.
    #[error("{}", no_such(*.0))]
    OtherRole(Role),
    /// An interface of the contract, in a version that is another contract.
    #[error(
        "it exports {export}, and this runner speaks version {ours} of that contract. Build the guest with that version{otherwise}"
    )]
    Version {
        /// The export with its version.
        export: String,
        /// The version of the contract that is served.
        ours: &'static str,
        /// The other way out, for a guest that is newer.
        otherwise: &'static str,
    },
    /// An interface that means nothing without another.
    #[error("it exports {interface} and not {base}, which the other belongs to. Export {base} too")]
    Alone {
        /// The interface.
        interface: &'static str,
        /// What it belongs to.
        base: &'static str,
    },
    /// An interface whose functions or types differ from the contract.
    #[error(
        "its export {interface} does not have the shape of the contract (`wit/`): {reason}. Build the guest again with the contract of this runner"
    )]
    Shape {
        /// The interface.
        interface: &'static str,
        /// The first difference.
        reason: String,
    },
    /// Imports that this runner has nothing for.
    #[error(
        "it imports {0}, which this runner does not offer and no flag grants. Offered is WASI 0.2 (wasi:cli, clocks, filesystem, http, io, random and sockets), wasi:logging, and dapr:client@0.1.0"
    )]
    Imports(String),
    /// Imports by a name that is offered, in a shape that is not.
    #[error("its imports do not fit what this runner offers: {0}")]
    Link(String),
    /// There are as many instances of guests as there may be.
    #[error("{0}")]
    Full(String),
    /// The first instance did not come up.
    #[error("its instance did not start: {0}")]
    Start(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot serve {}: {}", self.path.display(), self.why)
    }
}

impl std::error::Error for LoadError {}

/// What a guest is that is not made for a role.
fn no_such(role: Role) -> &'static str {
    match role {
        Role::Component => {
            "it is an app, and no component: `plugbox app` serves it, or an [app.NAME] of a manifest"
        }
        Role::App => {
            "it is a component, and no app: `plugbox run` serves it, or a [component.NAME] of a manifest"
        }
    }
}

/// An error with its causes on one line, whatever names of the file's are in it.
pub(super) fn chain(error: &wasmtime::Error) -> String {
    shown(&format!("{error:#}"))
}
