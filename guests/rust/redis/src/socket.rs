//! A TCP connection over `wasi:sockets`: it waits where its caller says for how long, and else never.

use std::io::{self, ErrorKind, Read};
use std::net::IpAddr;
use std::time::Duration;

use wasi::clocks::monotonic_clock;
use wasi::io::poll::{self, Pollable};
use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::ip_name_lookup::resolve_addresses;
use wasi::sockets::network::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasi::sockets::tcp::TcpSocket;
use wasi::sockets::tcp_create_socket::create_tcp_socket;

/// A peer that has vanished without a word is noticed after about a minute, for nothing else ends the wait for a message.
const KEEP_ALIVE_AFTER: Duration = Duration::from_secs(30);
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(10);
const KEEP_ALIVE_COUNT: u32 = 3;

/// How long something may take; none for as long as it takes.
pub struct Deadline(Option<Pollable>);

impl Deadline {
    pub fn after(limit: Option<Duration>) -> Self {
        Self(limit.map(|limit| monotonic_clock::subscribe_duration(nanoseconds(limit))))
    }

    fn wait(&self, wanted: &Pollable) -> io::Result<()> {
        let Some(end) = &self.0 else {
            wanted.block();
            return Ok(());
        };
        match poll::poll(&[wanted, end]).contains(&0) {
            true => Ok(()),
            false => Err(ErrorKind::TimedOut.into()),
        }
    }
}

pub struct Socket {
    // In this order they go: the streams belong to the socket.
    input: InputStream,
    output: OutputStream,
    _socket: TcpSocket,
}

impl Socket {
    /// Tries the addresses of a host, one after the other.
    pub fn connect(host: &str, port: u16, limit: Option<Duration>) -> Result<Self, ErrorCode> {
        let end = Deadline::after(limit);
        let mut failure = ErrorCode::NameUnresolvable;
        for address in addresses(host, &end)? {
            match Self::reach(address, port, &end) {
                Ok(socket) => return Ok(socket),
                Err(why) => failure = why,
            }
        }
        Err(failure)
    }

    fn reach(address: IpAddr, port: u16, end: &Deadline) -> Result<Self, ErrorCode> {
        let (family, address) = match address {
            IpAddr::V4(ip) => {
                let [a, b, c, d] = ip.octets();
                let address = (a, b, c, d);
                let address = IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address });
                (IpAddressFamily::Ipv4, address)
            }
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, g, h] = ip.segments();
                let address = IpSocketAddress::Ipv6(Ipv6SocketAddress {
                    port,
                    address: (a, b, c, d, e, f, g, h),
                    flow_info: 0,
                    scope_id: 0,
                });
                (IpAddressFamily::Ipv6, address)
            }
        };
        let socket = create_tcp_socket(family)?;
        keep_alive(&socket)?;
        socket.start_connect(&instance_network(), address)?;
        loop {
            match socket.finish_connect() {
                Err(ErrorCode::WouldBlock) => wait(end, &socket.subscribe())?,
                Err(why) => return Err(why),
                Ok((input, output)) => {
                    return Ok(Self {
                        input,
                        output,
                        _socket: socket,
                    });
                }
            }
        }
    }

    pub fn write(&self, mut data: &[u8], end: &Deadline) -> io::Result<()> {
        while !data.is_empty() {
            let room = self.output.check_write().map_err(failed)?;
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let (now, later) = data.split_at(room.min(data.len()));
            if now.is_empty() {
                end.wait(&self.output.subscribe())?;
            } else {
                self.output.write(now).map_err(failed)?;
            }
            data = later;
        }
        self.output.flush().map_err(failed)
    }

    /// What comes, without any wait: where nothing is there, that is an error of the kind `WouldBlock`.
    pub fn at_once(&self) -> impl Read {
        Incoming {
            input: &self.input,
            end: None,
        }
    }

    /// What comes, waited for.
    pub fn until<'a>(&'a self, end: &'a Deadline) -> impl Read + 'a {
        Incoming {
            input: &self.input,
            end: Some(end),
        }
    }

    /// Ready when something has come, or the connection has ended.
    pub fn readable(&self) -> Pollable {
        self.input.subscribe()
    }
}

struct Incoming<'a> {
    input: &'a InputStream,
    end: Option<&'a Deadline>,
}

impl Read for Incoming<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let data = match self.input.read(buffer.len() as u64) {
                Ok(data) => data,
                Err(StreamError::Closed) => return Ok(0),
                Err(why) => return Err(failed(why)),
            };
            if !data.is_empty() {
                // It is never longer than what was asked for.
                return data.as_slice().read(buffer);
            }
            match self.end {
                Some(end) => end.wait(&self.input.subscribe())?,
                None => return Err(ErrorKind::WouldBlock.into()),
            }
        }
    }
}

fn addresses(host: &str, end: &Deadline) -> Result<Vec<IpAddr>, ErrorCode> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let lookup = resolve_addresses(&instance_network(), host)?;
    let mut found = Vec::new();
    loop {
        match lookup.resolve_next_address() {
            Ok(Some(IpAddress::Ipv4((a, b, c, d)))) => found.push(IpAddr::from([a, b, c, d])),
            Ok(Some(IpAddress::Ipv6((a, b, c, d, e, f, g, h)))) => {
                found.push(IpAddr::from([a, b, c, d, e, f, g, h]));
            }
            Ok(None) => return Ok(found),
            Err(ErrorCode::WouldBlock) => wait(end, &lookup.subscribe())?,
            Err(why) => return Err(why),
        }
    }
}

fn keep_alive(socket: &TcpSocket) -> Result<(), ErrorCode> {
    socket.set_keep_alive_enabled(true)?;
    socket.set_keep_alive_idle_time(nanoseconds(KEEP_ALIVE_AFTER))?;
    socket.set_keep_alive_interval(nanoseconds(KEEP_ALIVE_EVERY))?;
    socket.set_keep_alive_count(KEEP_ALIVE_COUNT)
}

fn wait(end: &Deadline, wanted: &Pollable) -> Result<(), ErrorCode> {
    end.wait(wanted).map_err(|_| ErrorCode::Timeout)
}

fn failed(why: StreamError) -> io::Error {
    match why {
        StreamError::Closed => ErrorKind::ConnectionReset.into(),
        StreamError::LastOperationFailed(why) => io::Error::other(why.to_debug_string()),
    }
}

/// A duration as WASI and the contract have it.
pub fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
