//! What settings mean to those who act on them.

use super::{
    At,
    settings::{App, Engine, Sandbox, Served, Sockets, Whole, named},
    values::Token,
};
use crate::{
    engine::{Grants, Limits, Totals},
    sidecar::{Endpoint, SidecarAt},
    transport::{Access, Admission},
};
use std::{ffi::OsString, net::SocketAddr, thread};
use tokio::sync::Semaphore;

impl Whole {
    /// What the guests of all components may use together.
    pub fn totals(&self, engine: &Engine) -> Totals {
        Totals {
            stack: engine.max_stack().0,
            components: self.max_components().0,
            instances: self.max_total_instances().0,
            memory: self.max_total_memory().0,
        }
    }
}

impl Sockets {
    /// Who may connect to them.
    pub fn access(&self) -> Access {
        Access {
            mode: self.socket_mode().0,
            group: self.socket_group.map(|group| group.0),
        }
    }
}

impl Served {
    /// What the clients of a component may take.
    pub fn admission(&self) -> Admission {
        Admission {
            connections: self.max_connections().0.min(Semaphore::MAX_PERMITS),
            memory: self.request_memory().0,
            receive: self.receive_timeout().0,
        }
    }
}

/// What holds where nothing was set.
impl Default for Access {
    fn default() -> Self {
        Sockets::default().access()
    }
}

/// What holds where nothing was set.
impl Default for Totals {
    fn default() -> Self {
        Whole::default().totals(&Engine::default())
    }
}

/// What holds where nothing was set.
impl Default for Limits {
    fn default() -> Self {
        Sandbox::default().limits(&Served::default(), None)
    }
}

impl Sandbox {
    /// Of an app, where something is set for that.
    pub(super) fn limits(&self, served: &Served, app: Option<&App>) -> Limits {
        Limits {
            timeout: self.timeout().0,
            start_timeout: self.start_timeout().0,
            compile_timeout: self.compile_timeout().0,
            memory: self.memory().0,
            table_elements: self.max_table_elements().0,
            parts: self.max_parts().0,
            ids: served.max_instances().0,
            instances: match (self.instances, app) {
                (Some(count), _) => count.0,
                (None, Some(_)) => cores().max(2),
                (None, None) => 1,
            },
            isolation: app.map(|app| app.isolation().into()).unwrap_or_default(),
            queue: self.queue().0,
            streams: self.max_streams().0,
            reply: self.max_reply().0,
            transfer: self.max_transfer().0,
            handles: self.max_handles().0,
            log_lines: u32::try_from(self.max_log_lines().0).unwrap_or(u32::MAX),
            files: self.max_files().0,
            sockets: self.max_sockets().0,
            requests: self.max_requests().0,
            dapr_timeout: self.dapr_timeout().0,
            handover: self.max_handover().0,
            recycle_calls: served.recycle_calls.map(|count| count.0),
            recycle_memory: served.recycle_memory.map(|size| size.0),
            swap_pause: served.swap_pause().0,
        }
    }

    /// # Errors
    /// When the environment says what makes no sense of a daprd that guests may ask.
    pub(super) fn grants(
        self,
        variable: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Grants, String> {
        let sidecar = match self.allow_dapr.is_empty() {
            true => SidecarAt::default(),
            false => SidecarAt {
                token: Token::from_environment(&self.dapr_token_env(), variable)?,
                endpoint: match self.dapr_endpoint {
                    Some(endpoint) => endpoint,
                    None => Endpoint::from_environment(variable)?,
                },
            },
        };
        let env = self.env.into_iter();
        Ok(Grants {
            dirs: self.dirs.into_iter().map(Into::into).collect(),
            env: env
                .map(|variable| (variable.name, variable.value))
                .collect(),
            outbound: self.allowed_outbound_hosts.into(),
            listen: self.allowed_listen_addresses.into(),
            dapr: self.allow_dapr.into(),
            sidecar,
        })
    }
}

impl App {
    /// Where the app is reached; none without a port.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        let port = self.port?;
        Some((self.listen().0, port.0).into())
    }

    /// Where the app is served.
    ///
    /// # Errors
    /// Without a port, or a token that must be there.
    pub(super) fn at(&self, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<At, String> {
        let address = self
            .address()
            .ok_or_else(|| format!("it has no port. Name one, like 6001 ({})", named::port))?;
        let set_by = self.app_token_env();
        let token = match self.app_token_env {
            Some(_) => Some(Token::demanded(&set_by, variable)?),
            None => Token::from_environment(&set_by, variable)?,
        };
        Ok(At::Port {
            address,
            token,
            set_by,
        })
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
