//! Sockets, to the hosts that are granted.
//!
//! A guest looks a name up and connects to an address. So the addresses that a granted name was found to have are remembered,
//! and the name speaks for them.

use super::{Gate, Scheme, address, plain};
use std::{
    collections::{HashMap, VecDeque},
    iter,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};
use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::{
    WasiCtxBuilder,
    p2::{
        DynPollable, SocketError,
        bindings::sockets::{
            ip_name_lookup::{self, Host, HostResolveAddressStream, ResolveAddressStream},
            network::{self, ErrorCode, HostNetwork, IpAddress, Network},
        },
    },
    sockets::{SocketAddrUse, WasiSocketsCtxView},
};

/// How many answers of lookups are remembered: a guest that has more connections to make looks its names up again.
const ANSWERS: usize = 256;

/// The longest name that DNS knows, in bytes.
const NAME: usize = 253;

/// What lookups have answered: an address and a name that is granted.
type Answers = Arc<Mutex<VecDeque<(IpAddr, String)>>>;

/// The names that a guest has looked up.
#[derive(Debug)]
pub(in crate::engine) struct Names {
    gate: Gate,
    answers: Answers,
    /// Names by the handles of the lookups that go on.
    asked: HashMap<u32, String>,
}

impl Names {
    pub(in crate::engine) fn new(gate: Gate) -> Self {
        Self {
            gate,
            answers: Answers::default(),
            asked: HashMap::new(),
        }
    }

    /// Keeps the sockets of an instance to what is granted.
    pub(in crate::engine) fn guard(&self, wasi: &mut WasiCtxBuilder) {
        let gate = self.gate.clone();
        let answers = self.answers.clone();
        // What is refused here, without an address, could not be told of.
        wasi.allow_tcp(true)
            .allow_udp(true)
            .allow_ip_name_lookup(true)
            .socket_addr_check(move |address, purpose| {
                let permitted = permits(&gate, &answers, address, purpose);
                Box::pin(async move { permitted })
            });
    }

    fn remember(&self, name: &str, address: IpAddr) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |(of, by): &(IpAddr, String)| *of == address && by == name;
        if !answers.iter().any(known) {
            if answers.len() >= ANSWERS {
                answers.pop_front();
            }
            answers.push_back((address, name.to_owned()));
        }
    }
}

fn permits(gate: &Gate, answers: &Answers, address: SocketAddr, purpose: SocketAddrUse) -> bool {
    let (scheme, what) = match purpose {
        SocketAddrUse::TcpConnect => (Scheme::Tcp, "a connection"),
        SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => (Scheme::Udp, "a datagram"),
        // What every socket does before it connects or sends. A port of its own choice would be there to be found.
        SocketAddrUse::TcpBind | SocketAddrUse::UdpBind => {
            return address.ip().is_unspecified() && address.port() == 0;
        }
        // Nothing grants that.
        SocketAddrUse::TcpListen | SocketAddrUse::TcpAccept => return false,
    };
    let ip = address.ip().to_canonical();
    let literal = match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let mut names = answers.iter().filter(|(of, _)| *of == ip);
    let known = names.clone().map(|(_, name)| name.as_str());
    let names_of_it = iter::once(literal.as_str()).chain(known);
    let permitted = gate.permits(scheme, names_of_it, address.port());
    // Whoever sends a datagram that was not asked for is no business of the guest's operator.
    if !permitted && !matches!(purpose, SocketAddrUse::UdpReceive) {
        let host = names.next().map_or(literal.as_str(), |(_, name)| name);
        let grant = format!("{scheme}://{host}:{}", address.port());
        gate.refuse(&format!("{what} to {address}"), &grant);
    }
    permitted
}

/// Has names looked up through [`Names`], in place of the lookup of WASI that is linked already.
pub(in crate::engine) fn add_lookup_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    view: fn(&mut T) -> LookupView<'_>,
) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    ip_name_lookup::add_to_linker::<T, Lookup>(linker, view)?;
    linker.allow_shadowing(false);
    Ok(())
}

struct Lookup;

impl HasData for Lookup {
    type Data<'a> = LookupView<'a>;
}

/// What a lookup needs of its Store.
pub(in crate::engine) struct LookupView<'a> {
    pub(in crate::engine) sockets: WasiSocketsCtxView<'a>,
    pub(in crate::engine) names: &'a mut Names,
}

impl Host for LookupView<'_> {
    fn resolve_addresses(
        &mut self,
        network: Resource<Network>,
        name: String,
    ) -> Result<Resource<ResolveAddressStream>, SocketError> {
        if name.len() > NAME {
            return Err(ErrorCode::InvalidArgument.into());
        }
        let literal = name.parse::<IpAddr>().is_ok() || address(&name).is_some();
        // An address is its own answer, and it is looked at when it is connected to.
        if !literal && !self.names.gate.permits_lookup(&name) {
            let shown = name.escape_debug();
            let (what, grant) = (
                format!("a lookup of {shown}"),
                format!("tcp://{shown}:PORT"),
            );
            self.names.gate.refuse(&what, &grant);
            return Err(ErrorCode::AccessDenied.into());
        }
        let answers = self.sockets.resolve_addresses(network, name.clone())?;
        if !literal {
            self.names.asked.insert(answers.rep(), plain(&name));
        }
        Ok(answers)
    }
}

/// Lookups share their errors and their networks with all sockets.
impl network::Host for LookupView<'_> {
    fn convert_error_code(&mut self, error: SocketError) -> wasmtime::Result<ErrorCode> {
        self.sockets.convert_error_code(error)
    }

    fn network_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        self.sockets.network_error_code(error)
    }
}

impl HostNetwork for LookupView<'_> {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        HostNetwork::drop(&mut self.sockets, network)
    }
}

impl HostResolveAddressStream for LookupView<'_> {
    fn resolve_next_address(
        &mut self,
        lookup: Resource<ResolveAddressStream>,
    ) -> Result<Option<IpAddress>, SocketError> {
        let name = self.names.asked.get(&lookup.rep());
        let next = self.sockets.resolve_next_address(lookup)?;
        if let (Some(name), Some(address)) = (name, &next) {
            let address = match *address {
                IpAddress::Ipv4((a, b, c, d)) => IpAddr::from([a, b, c, d]),
                IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => {
                    IpAddr::from([a, b, c, d, e, f, g, h]).to_canonical()
                }
            };
            self.names.remember(name, address);
        }
        Ok(next)
    }

    fn subscribe(
        &mut self,
        lookup: Resource<ResolveAddressStream>,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        self.sockets.subscribe(lookup)
    }

    fn drop(&mut self, lookup: Resource<ResolveAddressStream>) -> wasmtime::Result<()> {
        self.names.asked.remove(&lookup.rep());
        HostResolveAddressStream::drop(&mut self.sockets, lookup)
    }
}
