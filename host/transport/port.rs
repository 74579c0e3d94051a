//! A TCP port, where whoever reaches its address may connect; and who may call there, where it has a guard.

use super::{guard::Guard, socket::BACKLOG};
use anyhow::anyhow;
use rustix::net::sockopt;
use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};
use tokio::net::TcpSocket;

/// How long a connection may be silent before the system asks whether its other end is still there. A machine that loses its
/// network says nothing when it goes.
const SILENCE: Duration = Duration::from_secs(60);

/// How long the system waits before it asks again.
const AGAIN: Duration = Duration::from_secs(20);

/// How long what was sent may stay without an answer from the other end's system, in milliseconds.
const UNANSWERED: u32 = 120_000;

/// A port that this process listens on, until it is dropped.
#[derive(Debug)]
pub struct Port {
    listener: TcpListener,
    address: SocketAddr,
    guard: Option<Guard>,
}

impl Port {
    /// Binds an address of this machine; port 0 stands for one that is free. It is guarded by nothing yet.
    ///
    /// # Errors
    /// When another program has the port, the address is of another machine, or the port is not for this user; outside a tokio
    /// runtime.
    pub fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let bind = || {
            let socket = match address {
                SocketAddr::V4(_) => TcpSocket::new_v4()?,
                SocketAddr::V6(_) => TcpSocket::new_v6()?,
            };
            // Connections of a runner that has just ended still have the port.
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(BACKLOG)?.into_std()
        };
        let listener = bind().map_err(|why| {
            let advice = advice(&why);
            anyhow!("cannot listen on {address}: {why}{advice}")
        })?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            guard: None,
        })
    }

    /// Demands a token of those who call.
    pub fn guarded_by(mut self, guard: Guard) -> Self {
        self.guard = Some(guard);
        self
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn guard(&self) -> Option<&Guard> {
        self.guard.as_ref()
    }

    /// The listener, once more.
    pub(super) fn listener(&self) -> io::Result<TcpListener> {
        self.listener.try_clone()
    }
}

/// What to do about a port that is not to be had.
fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::AddrInUse => {
            ". Another program has the port, or another app: stop that one, or name another (--port)"
        }
        io::ErrorKind::AddrNotAvailable => ". This machine has no such address (--listen)",
        io::ErrorKind::PermissionDenied => {
            ". Ports below 1024 are for root as a rule: name another (--port)"
        }
        _ => "",
    }
}

/// Has a connection send at once what is written, and end when its other end is there no more.
///
/// # Errors
/// When it has ended already, on some systems.
pub(super) fn begin(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, SILENCE)?;
    sockopt::set_tcp_keepintvl(stream, AGAIN)?;
    Ok(sockopt::set_tcp_user_timeout(stream, UNANSWERED)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, net::Ipv4Addr};

    fn local(port: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, port).into()
    }

    #[tokio::test]
    async fn a_port_that_is_not_to_be_had_says_why_and_what_to_do() {
        let taken = Port::bind(local(0)).unwrap();
        // An address for documents, which no machine has.
        let elsewhere: SocketAddr = ([192, 0, 2, 1], 6001).into();
        let table = [
            (taken.address(), "Another program has the port", "--port"),
            (elsewhere, "This machine has no such address", "--listen"),
        ];
        for (address, advice, option) in table {
            let why = Port::bind(address).unwrap_err().to_string();
            let begin = format!("cannot listen on {address}: ");
            assert!(why.starts_with(&begin), "{why}");
            assert!(why.contains(advice) && why.contains(option), "{why}");
        }
    }

    #[tokio::test]
    async fn a_port_is_free_again_as_soon_as_it_is_dropped() {
        let port = Port::bind(local(0)).unwrap();
        let address = port.address();
        let mut client = TcpStream::connect(address).unwrap();
        let accepting = tokio::net::TcpListener::from_std(port.listener().unwrap()).unwrap();
        // The side that ends a connection keeps its port for a while.
        drop(accepting.accept().await.unwrap());
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        drop((port, accepting, client));
        Port::bind(address).unwrap();
    }
}
