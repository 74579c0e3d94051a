//! The bytes of a connection, whether it came by a Unix socket or by TCP.
//!
//! Which of the two it is, is seen at each read and write, and costs next to nothing there.

use std::{
    io::{self, IoSlice},
    net::TcpStream,
    os::unix::net::UnixStream,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{self, tcp, unix},
};

/// A connection that was accepted, and belongs to no thread yet.
#[derive(Debug)]
pub(super) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

/// The side of it that is read from.
pub(super) enum ReadHalf {
    Unix(unix::OwnedReadHalf),
    Tcp(tcp::OwnedReadHalf),
}

/// The side of it that is written to.
pub(super) enum WriteHalf {
    Unix(unix::OwnedWriteHalf),
    Tcp(tcp::OwnedWriteHalf),
}

impl Stream {
    /// Both sides, which this thread's runtime waits for from now on.
    ///
    /// # Errors
    /// When the runtime cannot wait for it.
    pub(super) fn split(self) -> io::Result<(ReadHalf, WriteHalf)> {
        Ok(match self {
            Self::Unix(stream) => {
                let (read, write) = net::UnixStream::from_std(stream)?.into_split();
                (ReadHalf::Unix(read), WriteHalf::Unix(write))
            }
            Self::Tcp(stream) => {
                let (read, write) = net::TcpStream::from_std(stream)?.into_split();
                (ReadHalf::Tcp(read), WriteHalf::Tcp(write))
            }
        })
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(half) => Pin::new(half).poll_read(context, buffer),
            Self::Tcp(half) => Pin::new(half).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Unix(half) => Pin::new(half).poll_write(context, bytes),
            Self::Tcp(half) => Pin::new(half).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Unix(half) => Pin::new(half).poll_write_vectored(context, slices),
            Self::Tcp(half) => Pin::new(half).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Neither keeps anything back.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(half) => Pin::new(half).poll_shutdown(context),
            Self::Tcp(half) => Pin::new(half).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Both ends of a connection of each kind.
    pub fn pairs() -> [(Stream, Stream); 2] {
        let (here, there) = UnixStream::pair().unwrap();
        for end in [&here, &there] {
            end.set_nonblocking(true).unwrap();
        }
        let unix = (Stream::Unix(here), Stream::Unix(there));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let there = listener.accept().unwrap().0;
        for end in [&here, &there] {
            end.set_nonblocking(true).unwrap();
        }
        [unix, (Stream::Tcp(here), Stream::Tcp(there))]
    }

    #[tokio::test]
    async fn what_is_written_on_either_kind_comes_as_it_is_and_so_does_the_end() {
        for (here, there) in pairs() {
            let (_, mut write) = here.split().unwrap();
            let (mut read, _other) = there.split().unwrap();
            write.write_all(b"one, ").await.unwrap();
            let slices = [IoSlice::new(b"two, "), IoSlice::new(b"three")];
            let together = write.write_vectored(&slices).await.unwrap();
            assert_eq!(together, 10, "in one piece");
            write.shutdown().await.unwrap();
            let mut come = String::new();
            read.read_to_string(&mut come).await.unwrap();
            assert_eq!(come, "one, two, three");
        }
    }
}
