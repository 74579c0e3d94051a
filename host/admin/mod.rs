//! What an operator asks of a runner that serves: how it is, and another guest for a component.

mod client;
mod service;

pub use client::Client;
pub use service::Admin;

use std::{env, path::PathBuf};

/// The variable that names the runner's socket for operators.
const VARIABLE: &str = "PLUGBOX_ADMIN";

/// Where a runner's socket for operators is, when nobody names another.
pub fn default_socket() -> PathBuf {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return named.into();
    }
    let folder = match env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder).join("plugbox"),
        None => {
            let user = rustix::process::getuid().as_raw();
            PathBuf::from(format!("/tmp/plugbox-{user}"))
        }
    };
    folder.join("admin.sock")
}
