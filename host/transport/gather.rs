//! Writes to a connection, gathered until the turn of their connection is over.
//!
//! The HTTP/2 library has each message of more than a few hundred bytes written at once, by a call of the system of its own: at
//! some thousand bytes these cost more than all that was done for them.

use super::stream::WriteHalf;
use bytes::Buf;
use std::{
    io::{self, Cursor, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::io::AsyncWrite;

/// Bytes that are gathered at most, and counted for no client: what is more is written at once, with all before it.
const ROOM: usize = 32 << 10;

/// Bytes of room that are kept by a connection that rests.
const KEPT: usize = 4 << 10;

/// Slices of one write, as many as the HTTP/2 library has and one for what was gathered.
const SLICES: usize = 4;

/// The side of a stream that is written to, for those who share it.
#[derive(Clone)]
pub(super) struct Gather(Arc<Mutex<Out>>);

struct Out {
    stream: WriteHalf,
    gathered: Cursor<Vec<u8>>,
    /// Whether somebody writes what is gathered, at the end of each turn.
    gathers: bool,
}

impl Gather {
    /// Writes all at once, until it is to gather.
    pub(super) fn new(stream: WriteHalf) -> Self {
        Self(Arc::new(Mutex::new(Out {
            stream,
            gathered: Cursor::default(),
            gathers: false,
        })))
    }

    /// Gathers from now on: whoever says so writes what is gathered when its turn is over.
    pub(super) fn begin(&self) {
        self.out().gathers = true;
    }

    /// Writes what is gathered.
    ///
    /// # Errors
    /// When the client takes no more.
    pub(super) fn poll_out(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.out().poll_out(context)
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out {
    fn poll_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.gathered.has_remaining() {
            let written = Pin::new(&mut self.stream).poll_write(context, self.gathered.chunk());
            match ready!(written)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written(written),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// So much of what was gathered is written. Much room is not kept for the next time.
    fn written(&mut self, count: usize) {
        self.gathered.advance(count);
        if !self.gathered.has_remaining() {
            let mut room = std::mem::take(&mut self.gathered).into_inner();
            room.clear();
            room.shrink_to(KEPT);
            self.gathered = Cursor::new(room);
        }
    }

    /// Takes all of it, or writes what was gathered and of it as much as goes.
    fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let more: usize = slices.iter().map(|slice| slice.len()).sum();
        if self.gathers && self.gathered.get_ref().len().saturating_add(more) <= ROOM {
            for slice in slices {
                self.gathered.get_mut().extend_from_slice(slice);
            }
            return Poll::Ready(Ok(more));
        }
        loop {
            let mut all = [IoSlice::new(&[]); SLICES];
            let before = [IoSlice::new(self.gathered.chunk())];
            for (place, slice) in all.iter_mut().zip(before.iter().chain(slices)) {
                *place = *slice;
            }
            let written = Pin::new(&mut self.stream).poll_write_vectored(context, &all);
            let written = ready!(written)?;
            let of_before = written.min(self.gathered.remaining());
            self.written(of_before);
            // Nothing at all is an end; nothing but of what came before is not.
            if written == 0 || written > of_before {
                return Poll::Ready(Ok(written - of_before));
            }
        }
    }
}

impl AsyncWrite for Gather {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.out().poll_write(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.out().poll_write(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// While it gathers, whoever has it gather does this.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut out = self.out();
        match out.gathers {
            true => Poll::Ready(Ok(())),
            false => out.poll_out(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut out = self.out();
        ready!(out.poll_out(context))?;
        Pin::new(&mut out.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, future::poll_fn};
    use proptest::prelude::*;
    use std::{io::Read, os::unix::net};
    use tokio::{io::AsyncReadExt, net::UnixStream};

    /// What is written to, and the other end, which waits for nothing.
    async fn pair() -> (Gather, net::UnixStream) {
        let (here, there) = net::UnixStream::pair().unwrap();
        for end in [&here, &there] {
            end.set_nonblocking(true).unwrap();
        }
        let here = UnixStream::from_std(here).unwrap();
        here.writable().await.unwrap();
        let half = WriteHalf::Unix(here.into_split().1);
        (Gather::new(half), there)
    }

    fn read(mut stream: &net::UnixStream) -> Vec<u8> {
        let mut come = vec![0; 1 << 20];
        let length = stream.read(&mut come).unwrap_or_default();
        come.truncate(length);
        come
    }

    fn write(gather: &mut Gather, slices: &[&[u8]]) -> Option<usize> {
        let slices: Vec<_> = slices.iter().map(|slice| IoSlice::new(slice)).collect();
        let written =
            poll_fn(|context| Pin::new(&mut *gather).poll_write_vectored(context, &slices));
        written.now_or_never().map(Result::unwrap)
    }

    fn flush(gather: &mut Gather) -> bool {
        let flushed = poll_fn(|context| Pin::new(&mut *gather).poll_flush(context));
        flushed.now_or_never().is_some()
    }

    fn out(gather: &Gather) -> bool {
        let out = poll_fn(|context| gather.poll_out(context));
        out.now_or_never().map(Result::unwrap).is_some()
    }

    #[tokio::test]
    async fn what_a_turn_writes_leaves_together_at_its_end() {
        let (mut gather, there) = pair().await;
        assert_eq!(write(&mut gather, &[b"hello "]), Some(6));
        assert_eq!(read(&there), b"hello ", "before it gathers, nothing waits");
        gather.begin();
        for word in [b"one ", b"two "] {
            assert_eq!(write(&mut gather, &[word, b"and "]), Some(8));
            assert!(flush(&mut gather));
            assert_eq!(read(&there), b"");
        }
        assert!(out(&gather));
        assert_eq!(read(&there), b"one and two and ");
    }

    #[tokio::test]
    async fn what_is_too_much_to_gather_leaves_at_once_behind_what_came_before() {
        let (mut gather, there) = pair().await;
        gather.begin();
        assert_eq!(write(&mut gather, &[b"first"]), Some(5));
        assert_eq!(write(&mut gather, &[b"then", &[7; ROOM]]), Some(4 + ROOM));
        let come = read(&there);
        assert_eq!(come.len(), 9 + ROOM);
        assert!(come.starts_with(b"firstthen"));
    }

    #[tokio::test]
    async fn no_more_is_gathered_for_a_client_that_does_not_read() {
        let (mut gather, there) = pair().await;
        let mut there = UnixStream::from_std(there).unwrap();
        gather.begin();
        let mut taken = 0;
        while let Some(written) = write(&mut gather, &[&[7; 1000]]) {
            taken += written;
        }
        assert!(!out(&gather));
        assert!(gather.out().gathered.get_ref().len() <= ROOM);
        let mut come = vec![0; taken];
        let reading = there.read_exact(&mut come);
        let writing = poll_fn(|context| gather.poll_out(context));
        let (read, written) = tokio::join!(reading, writing);
        assert_eq!((read.unwrap(), written.unwrap()), (taken, ()));
    }

    #[tokio::test]
    async fn what_is_gathered_leaves_before_the_end() {
        let (mut gather, there) = pair().await;
        let mut there = UnixStream::from_std(there).unwrap();
        gather.begin();
        assert_eq!(write(&mut gather, &[b"goodbye"]), Some(7));
        let shut = poll_fn(|context| Pin::new(&mut gather).poll_shutdown(context));
        shut.await.unwrap();
        let mut come = String::new();
        there.read_to_string(&mut come).await.unwrap();
        assert_eq!(come, "goodbye");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever the sizes of the writes are, and whenever the client reads.
        #[test]
        fn all_that_was_written_comes_in_its_order(
            writes in prop::collection::vec((0..3 * ROOM, 0..2 * ROOM, any::<bool>()), 1..20),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (mut gather, there) = pair().await;
                let mut there = UnixStream::from_std(there).unwrap();
                gather.begin();
                let reader = tokio::spawn(async move {
                    let mut come = Vec::new();
                    there.read_to_end(&mut come).await.unwrap();
                    come
                });
                let mut written = Vec::new();
                let mut random = fastrand::Rng::with_seed(7);
                for (first, second, ends) in writes {
                    let mut bytes = vec![0; first + second];
                    random.fill(&mut bytes);
                    let mut left = &bytes[..];
                    while !left.is_empty() {
                        let (head, tail) = left.split_at(first.min(left.len()));
                        let slices = [IoSlice::new(head), IoSlice::new(tail)];
                        let went = poll_fn(|context| Pin::new(&mut gather).poll_write_vectored(context, &slices));
                        left = &left[went.await.unwrap()..];
                    }
                    written.extend(bytes);
                    if ends {
                        poll_fn(|context| gather.poll_out(context)).await.unwrap();
                    }
                }
                poll_fn(|context| Pin::new(&mut gather).poll_shutdown(context)).await.unwrap();
                assert!(reader.await.unwrap() == written);
            });
        }
    }
}
