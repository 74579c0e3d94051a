//! Connections for requests over HTTP: names are looked up here, so that each address can be held against what is granted.

use super::{Scheme, address, gate::Allowed};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use std::{
    future::Future,
    io, iter,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    net::{TcpStream, lookup_host},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::{BoxError, Service};

/// How many connections one component may have, those that wait for another request included.
const CONNECTIONS: usize = 256;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// The address that the name has is not granted.
    #[error("{0} is not granted")]
    Address(SocketAddr),
    #[error("the component has {CONNECTIONS} connections")]
    TooMany,
    #[error("the name has no address")]
    NoAddress,
}

/// Connects to what is granted.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    allowed: Allowed,
    connections: Arc<Semaphore>,
}

impl Connector {
    pub(super) fn new(allowed: Allowed) -> Self {
        Self {
            allowed,
            connections: Arc::new(Semaphore::new(CONNECTIONS)),
        }
    }

    async fn connect(self, target: http::Uri) -> Result<Stream, BoxError> {
        let permit = self.connections.clone().try_acquire_owned();
        let permit = permit.map_err(|_| Refused::TooMany)?;
        let (scheme, host, port) = Scheme::of(&target);
        let addresses: Vec<SocketAddr> = match address(host) {
            Some(address) => vec![(address, port).into()],
            None => match lookup_host((host, port)).await {
                Ok(found) => found.collect(),
                Err(_) => Vec::new(),
            },
        };
        let mut failure: BoxError = Refused::NoAddress.into();
        for address in addresses {
            // Each is looked at: a name can have a public address and a private one.
            if !self.allowed.address(scheme, address, iter::once(host)) {
                failure = Refused::Address(address).into();
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    // A request is written whole; what waits for more only waits.
                    stream.set_nodelay(true)?;
                    return Ok(Stream {
                        io: TokioIo::new(stream),
                        _permit: permit,
                    });
                }
                Err(error) => failure = error.into(),
            }
        }
        Err(failure)
    }
}

impl Service<http::Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: http::Uri) -> Self::Future {
        Box::pin(self.clone().connect(target))
    }
}

/// A connection that counts until it is closed.
#[derive(Debug)]
pub(super) struct Stream {
    io: TokioIo<TcpStream>,
    _permit: OwnedSemaphorePermit,
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.io.connected()
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }
}
