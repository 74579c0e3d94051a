//! Sockets, to the hosts that are granted.
//!
//! A guest looks a name up and connects to an address. So the addresses that a granted name was found to have are remembered,
//! and the name speaks for them.

use super::{Gate, Listen, Scheme, address, plain};
use crate::config::named;
use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};
use wasmtime::component::{HasData, Linker, Resource};
use wasmtime_wasi::{
    WasiCtxBuilder,
    p2::{
        DynPollable, SocketError, TcpSocket, UdpSocket,
        bindings::sockets::{
            ip_name_lookup::{self, Host, HostResolveAddressStream, ResolveAddressStream},
            network::{self, ErrorCode, HostNetwork, IpAddress, IpAddressFamily, Network},
            tcp_create_socket, udp_create_socket,
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
    listen: Arc<[Listen]>,
    answers: Answers,
    /// Names by the handles of the lookups that go on.
    asked: HashMap<u32, String>,
}

impl Names {
    pub(in crate::engine) fn new(gate: Gate, listen: Arc<[Listen]>) -> Self {
        Self {
            gate,
            listen,
            answers: Answers::default(),
            asked: HashMap::new(),
        }
    }

    /// Keeps the sockets of an instance to what is granted.
    pub(in crate::engine) fn guard(&self, wasi: &mut WasiCtxBuilder) {
        let gate = self.gate.clone();
        let listen = self.listen.clone();
        let answers = self.answers.clone();
        // What is refused here, without an address, could not be told of.
        wasi.allow_tcp(true)
            .allow_udp(true)
            .allow_ip_name_lookup(true)
            .socket_addr_check(move |address, purpose| {
                let permitted = match purpose {
                    SocketAddrUse::TcpConnect => reaches(&gate, &answers, Scheme::Tcp, address),
                    SocketAddrUse::UdpSend => reaches(&gate, &answers, Scheme::Udp, address),
                    // Whoever sends what was not asked for is no business of the guest's operator.
                    SocketAddrUse::UdpReceive => knows(&gate, &answers, Scheme::Udp, address),
                    SocketAddrUse::TcpBind => may_bind(&gate, &listen, address),
                    SocketAddrUse::TcpListen => may_listen(&gate, &listen, address),
                    // The address is the client's, and where it came in was granted.
                    SocketAddrUse::TcpAccept => !listen.is_empty(),
                    SocketAddrUse::UdpBind => is_any(address),
                };
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

/// Whether an address is granted, by itself or by a name that was found to have it.
fn knows(gate: &Gate, answers: &Answers, scheme: Scheme, address: SocketAddr) -> bool {
    let ip = address.ip().to_canonical();
    let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let names = answers.iter().filter(|(of, _)| *of == ip);
    let names = names.map(|(_, name)| name.as_str());
    gate.allowed().address(scheme, address, names)
}

/// The same, and the operator is told if it is not.
fn reaches(gate: &Gate, answers: &Answers, scheme: Scheme, address: SocketAddr) -> bool {
    let permitted = knows(gate, answers, scheme, address);
    if !permitted {
        let what = match scheme {
            Scheme::Udp => "a datagram",
            _ => "a connection",
        };
        let ip = address.ip().to_canonical();
        let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        let name = answers.iter().find(|(of, _)| *of == ip);
        gate.refuse_address(what, scheme, address, name.map(|(_, name)| name.as_str()));
    }
    permitted
}

/// What every socket is bound to before it connects or sends. A port of its own choice would be there to be found.
fn is_any(address: SocketAddr) -> bool {
    address.ip().is_unspecified() && address.port() == 0
}

fn may_bind(gate: &Gate, listen: &[Listen], address: SocketAddr) -> bool {
    is_any(address) || may_listen(gate, listen, address)
}

fn may_listen(gate: &Gate, listen: &[Listen], address: SocketAddr) -> bool {
    let permitted = listen.iter().any(|granted| granted.covers(address));
    if !permitted {
        let what = format!("listening on {address}");
        gate.refuse(&what, named::allowed_listen_addresses, &address.to_string());
    }
    permitted
}

/// Has names looked up through [`Names`] and sockets made within the allowance, in place of what of WASI is linked already.
pub(in crate::engine) fn add_sockets_to_linker<T: Send + 'static>(
    linker: &mut Linker<T>,
    view: fn(&mut T) -> SocketsView<'_>,
) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    ip_name_lookup::add_to_linker::<T, Guarded>(linker, view)?;
    tcp_create_socket::add_to_linker::<T, Guarded>(linker, view)?;
    udp_create_socket::add_to_linker::<T, Guarded>(linker, view)?;
    linker.allow_shadowing(false);
    Ok(())
}

struct Guarded;

impl HasData for Guarded {
    type Data<'a> = SocketsView<'a>;
}

/// What lookups and new sockets need of their Store.
pub(in crate::engine) struct SocketsView<'a> {
    pub(in crate::engine) sockets: WasiSocketsCtxView<'a>,
    pub(in crate::engine) names: &'a mut Names,
}

impl SocketsView<'_> {
    /// Whether there may be one more socket or lookup.
    fn one_more(&mut self) -> bool {
        let lookups = self.names.asked.len();
        let allowance = &self.names.gate.allowance;
        allowance.socket(self.sockets.table, lookups)
    }
}

impl tcp_create_socket::Host for SocketsView<'_> {
    fn create_tcp_socket(
        &mut self,
        family: IpAddressFamily,
    ) -> Result<Resource<TcpSocket>, SocketError> {
        match self.one_more() {
            true => self.sockets.create_tcp_socket(family),
            false => Err(ErrorCode::NewSocketLimit.into()),
        }
    }
}

impl udp_create_socket::Host for SocketsView<'_> {
    async fn create_udp_socket(
        &mut self,
        family: IpAddressFamily,
    ) -> Result<Resource<UdpSocket>, SocketError> {
        match self.one_more() {
            true => self.sockets.create_udp_socket(family).await,
            false => Err(ErrorCode::NewSocketLimit.into()),
        }
    }
}

impl Host for SocketsView<'_> {
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
            let gate = &self.names.gate;
            gate.refuse(&what, named::allowed_outbound_hosts, &grant);
            return Err(ErrorCode::AccessDenied.into());
        }
        if !literal && !self.one_more() {
            return Err(ErrorCode::TemporaryResolverFailure.into());
        }
        let answers = self.sockets.resolve_addresses(network, name.clone())?;
        if !literal {
            self.names.asked.insert(answers.rep(), plain(&name));
        }
        Ok(answers)
    }
}

/// Lookups share their errors and their networks with all sockets.
impl network::Host for SocketsView<'_> {
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

impl HostNetwork for SocketsView<'_> {
    fn drop(&mut self, network: Resource<Network>) -> wasmtime::Result<()> {
        HostNetwork::drop(&mut self.sockets, network)
    }
}

impl HostResolveAddressStream for SocketsView<'_> {
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
