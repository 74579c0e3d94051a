//! Where components and apps are reached: their sockets and ports, as they are bound.

use crate::{
    config::{AdminSocket, At, Component as Settings, Config, named},
    services::WITHOUT_TOKEN,
    transport::{Access, Entrance, Guard, Passed, Port, Socket},
};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// What the socket for operators is called, in the log and where it is passed.
pub(super) const ADMIN: &str = "admin";

/// Binds sockets and ports.
pub(super) struct Entrances {
    /// Those sockets that somebody else has bound.
    passed: Passed,
    sockets: PathBuf,
    access: Access,
}

impl Entrances {
    pub(super) fn new(config: &Config, passed: Passed) -> Self {
        Self {
            passed,
            sockets: config.sockets.clone(),
            access: config.access,
        }
    }

    /// The folder of the sockets.
    pub(super) fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// Where a component or an app is to be reached.
    ///
    /// # Errors
    /// When its socket or its port is not to be had.
    pub(super) fn bind(&self, settings: &Settings) -> anyhow::Result<Entrance> {
        let name = settings.name.as_str();
        let (address, token, set_by) = match &settings.at {
            At::Socket => return Ok(self.passed.bind(&self.sockets, name, &self.access)?.into()),
            At::Port {
                address,
                token,
                set_by,
            } => (*address, token, set_by),
        };
        let port = Port::bind(address).with_context(|| format!("app '{name}'"))?;
        let port = match token {
            Some(token) => port.guarded_by(Guard::new(
                token.header().as_bytes(),
                &set_by.to_string(),
                WITHOUT_TOKEN,
            )),
            None => {
                if !address.ip().is_loopback() {
                    let address = port.address();
                    tracing::warn!(
                        app = name,
                        "whoever reaches {address} may call it, from other machines too. Set {set_by} to the same token for plugbox and for its daprd, or have it reached from this machine alone ({} 127.0.0.1)",
                        named::listen.flag
                    );
                }
                port
            }
        };
        Ok(port.into())
    }

    /// The socket for operators, if it is to be had.
    ///
    /// # Errors
    /// When it is not, and was asked for.
    pub(super) fn admin(&self, admin: &AdminSocket) -> anyhow::Result<Option<Socket>> {
        let private = Access {
            mode: 0o600,
            group: None,
        };
        match self.passed.at(admin.path.clone(), ADMIN, &private) {
            Ok(socket) => Ok(Some(socket)),
            Err(error) if admin.optional => {
                tracing::warn!(
                    "`plugbox status` and `plugbox swap` cannot reach this runner: {error:#}. Give it a socket of its own ({})",
                    named::admin
                );
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Warns of sockets that were passed and belong to nothing.
    pub(super) fn tell_of_idle(&self) {
        self.passed.tell_of_idle();
    }
}
