//! Where clients come in: a Unix socket, or a TCP port.

use super::{
    guard::Guard,
    port::{self, Port},
    socket::Socket,
    stream::Stream,
};
use std::{fmt, io};
use tokio::net::{TcpListener, UnixListener};

/// Where clients come in, until it is dropped.
#[derive(Debug)]
pub enum Entrance {
    /// For whom the rights of its file let in.
    Socket(Socket),
    /// For whoever reaches its address, and brings a token where it has a guard.
    Port(Port),
}

/// What accepts those who come.
pub(super) enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl From<Socket> for Entrance {
    fn from(socket: Socket) -> Self {
        Self::Socket(socket)
    }
}

impl From<Port> for Entrance {
    fn from(port: Port) -> Self {
        Self::Port(port)
    }
}

impl fmt::Display for Entrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(socket) => socket.path().display().fmt(f),
            Self::Port(port) => port.address().fmt(f),
        }
    }
}

impl Entrance {
    /// What accepts on this thread's runtime.
    ///
    /// # Errors
    /// When the system gives no descriptor, or the runtime cannot wait for it.
    pub(super) fn listener(&self) -> io::Result<Listener> {
        Ok(match self {
            Self::Socket(socket) => Listener::Unix(UnixListener::from_std(socket.listener()?)?),
            Self::Port(port) => Listener::Tcp(TcpListener::from_std(port.listener()?)?),
        })
    }

    /// What errors call what is served here by this name: components have sockets, apps have ports.
    pub(super) fn title(&self, name: &str) -> String {
        match self {
            Self::Socket(_) => format!("component '{name}'"),
            Self::Port(_) => format!("app '{name}'"),
        }
    }

    /// What each call is looked at by; nothing where a file's rights say who may connect.
    pub(super) fn guard(&self) -> Option<Guard> {
        match self {
            Self::Socket(_) => None,
            Self::Port(port) => port.guard().cloned(),
        }
    }
}

impl Listener {
    /// The next connection, as soon as there is one.
    ///
    /// # Errors
    /// When the system gives no descriptor for it.
    pub(super) async fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok(Stream::Unix(stream.into_std()?))
            }
            Self::Tcp(listener) => {
                let (stream, from) = listener.accept().await?;
                let stream = stream.into_std()?;
                if let Err(why) = port::begin(&stream) {
                    // It is served as it is; one that has ended already ends by itself.
                    tracing::debug!("a connection of {from} is as the system makes it: {why}");
                }
                Ok(Stream::Tcp(stream))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::sockopt;
    use std::net::{Ipv4Addr, TcpStream};

    #[tokio::test]
    async fn a_connection_to_a_port_sends_at_once_and_notices_when_its_client_is_gone() {
        let port = Port::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = port.address();
        let entrance = Entrance::from(port);
        assert_eq!(entrance.to_string(), address.to_string());
        let _client = TcpStream::connect(address).unwrap();
        let accepted = entrance.listener().unwrap().accept().await.unwrap();
        let Stream::Tcp(stream) = accepted else {
            panic!("{accepted:?}");
        };
        assert!(stream.nodelay().unwrap());
        assert!(sockopt::socket_keepalive(&stream).unwrap());
        assert!(sockopt::tcp_keepidle(&stream).unwrap().as_secs() <= 60);
        assert_ne!(sockopt::tcp_user_timeout(&stream).unwrap(), 0);
    }
}
