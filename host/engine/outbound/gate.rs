//! What one instance may reach, and what the operator is told of what it may not.

use super::{Client, Outbound, Scheme, private::is_private};
use crate::{
    config::{Setting, named},
    engine::{Origin, allowance::Allowance},
};
use std::{
    collections::HashSet,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

/// How many different refusals an operator is told of, for each component: a guest that tries every address adds nothing.
const TOLD: usize = 100;

/// The refusals that the operator has been told of. All instances of a component share them: once is enough.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Told(Arc<Mutex<HashSet<String>>>);

impl Told {
    /// Whether this is news, and is to be said.
    fn news(&self, refused: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD && !told.contains(refused) && told.insert(refused.to_owned())
    }
}

/// What is granted.
#[derive(Debug, Clone)]
pub(super) struct Allowed(pub(super) Arc<[Outbound]>);

impl Allowed {
    /// Whether a host is granted by its name.
    pub(super) fn name(&self, scheme: Scheme, name: &str, port: u16) -> bool {
        let mut allowed = self.0.iter();
        allowed.any(|allowed| allowed.covers_name(scheme, name, port))
    }

    /// Whether an address is granted, by itself or by one of the names that were found to have it.
    pub(super) fn address<'a>(
        &self,
        scheme: Scheme,
        address: SocketAddr,
        mut names: impl Iterator<Item = &'a str>,
    ) -> bool {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let mut allowed = self.0.iter();
        allowed.any(|allowed| allowed.covers_address(scheme, ip, port))
            || names.any(|name| speaks_for(name, ip) && self.name(scheme, name, port))
    }
}

/// Whether a name that is granted grants an address that it was found to have.
fn speaks_for(name: &str, ip: IpAddr) -> bool {
    !is_private(ip) || (ip.is_loopback() && super::plain(name) == "localhost")
}

/// The way out of one instance.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Gate {
    pub(super) client: Client,
    told: Told,
    origin: Origin,
    /// How much may go out at once.
    pub(super) allowance: Allowance,
}

impl Gate {
    pub(in crate::engine) fn new(
        client: Client,
        told: Told,
        origin: Origin,
        allowance: Allowance,
    ) -> Self {
        Self {
            client,
            told,
            origin,
            allowance,
        }
    }

    /// What is granted.
    pub(super) fn allowed(&self) -> &Allowed {
        &self.client.allowed
    }

    /// Whether sockets to a host are granted, on whatever port.
    pub(super) fn permits_lookup(&self, host: &str) -> bool {
        let mut allowed = self.allowed().0.iter();
        allowed.any(|allowed| allowed.covers_lookup(host))
    }

    /// Tells the operator that an address was refused, which a name was found to have.
    pub(super) fn refuse_address(
        &self,
        what: &str,
        scheme: Scheme,
        address: SocketAddr,
        name: Option<&str>,
    ) {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let literal = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let (what, host) = match name {
            Some(name) if is_private(ip) => (
                format!(
                    "{what} to {literal}:{port}, where {name} was found to be, is of this machine or a private network, which a name \
                     does not grant, nor does '*' ({scheme}://self:{port} grants them all): it"
                ),
                literal.as_str(),
            ),
            Some(name) => (format!("{what} to {literal}:{port}"), name),
            None => (format!("{what} to {literal}:{port}"), literal.as_str()),
        };
        self.refuse(
            &what,
            named::allowed_outbound_hosts,
            &format!("{scheme}://{host}:{port}"),
        );
    }

    /// Tells the operator what was refused and what would grant it: once.
    pub(in crate::engine) fn refuse(&self, what: &str, setting: Setting, grant: &str) {
        let grant = setting.granting(grant);
        if self.told.news(&grant) {
            tracing::warn!(
                component = %self.origin.component,
                instance = %self.origin.instance,
                "{what} is refused. To grant it: {grant}"
            );
        }
    }
}
