//! What a guest is allowed beside its own memory: nothing, until it is granted.

use super::{DaprGrant, Listen, Outbound};
use crate::{config::named, sidecar::SidecarAt};
use std::{path::PathBuf, sync::Arc};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder};

/// What a guest may reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// Folders.
    pub dirs: Vec<Dir>,
    /// Variables of its environment. The runner's own are never passed on. Values can be secrets.
    pub env: Vec<(String, String)>,
    /// Hosts, over HTTP and sockets.
    pub outbound: Arc<[Outbound]>,
    /// Where it may wait for connections.
    pub listen: Arc<[Listen]>,
    /// What it may ask of Dapr.
    pub dapr: Arc<[DaprGrant]>,
    /// Whom it asks then.
    pub sidecar: SidecarAt,
}

/// A folder of the host that a guest sees under a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dir {
    /// Where it is.
    pub host: PathBuf,
    /// What the guest calls it.
    pub guest: String,
    /// The guest may change what is in it.
    pub writable: bool,
}

impl Grants {
    /// Folders and variables as one instance sees them.
    ///
    /// # Errors
    /// When a folder is not there, or is none.
    pub(super) fn wasi(&self) -> Result<WasiCtxBuilder, String> {
        let mut wasi = WasiCtx::builder();
        for dir in &self.dirs {
            let permissions = match dir.writable {
                true => FsPerms::ReadWrite,
                false => FsPerms::ReadOnly,
            };
            wasi.preopened_dir(&dir.host, &dir.guest, permissions)
                .map_err(|error| {
                    let host = dir.host.display();
                    format!(
                        "the folder {host} that is granted ({}) cannot be opened: {error:#}",
                        named::dirs
                    )
                })?;
        }
        wasi.envs(&self.env);
        Ok(wasi)
    }
}
