//! What guests say: their standard output, their standard error and wasi:logging, as lines of the runner's log.

use super::contract::logging::Level;
use crate::{
    config::named,
    text::{cut, shown},
};
use bytes::Bytes;
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Instant,
};
use tokio::io::AsyncWrite;
use wasmtime::component::Linker;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamResult},
};

/// The most bytes of one line; what is longer goes on in another.
const LINE: usize = 4096;
/// The most that one write may bring.
const WRITE: usize = 64 << 10;
/// What one instance may log at once: the lines of so many seconds.
const BURST: u32 = 5;

/// Where words come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The component's name.
    pub component: Arc<str>,
    /// The instance id; empty is the default instance, and what happens before there is any.
    pub instance: Arc<str>,
}

/// How a line came.
#[derive(Debug, Clone, Copy)]
enum Way<'a> {
    Stdout,
    Stderr,
    Logging { level: Level, context: &'a str },
}

/// The voice of one instance: what it says, in whichever way, at a pace that a log can take.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    origin: Origin,
    pace: Arc<Mutex<Pace>>,
}

impl Voice {
    /// `rate` is how many lines a second it may say.
    pub(super) fn new(origin: Origin, rate: u32) -> Self {
        Self {
            origin,
            pace: Arc::new(Mutex::new(Pace::new(rate, Instant::now()))),
        }
    }

    pub(super) fn stdout(&self) -> Lines {
        Lines::new(self.clone(), Way::Stdout)
    }

    pub(super) fn stderr(&self) -> Lines {
        Lines::new(self.clone(), Way::Stderr)
    }

    fn say(&self, way: Way, text: &str) {
        let (left_out, rate) = {
            let mut pace = lock(&self.pace);
            match pace.admit(Instant::now()) {
                Some(left_out) => (left_out, pace.rate),
                None => return,
            }
        };
        let Origin {
            component,
            instance,
        } = &self.origin;
        if left_out > 0 {
            tracing::warn!(
                %component,
                %instance,
                "{left_out} lines of the guest were left out: {rate} a second are the most ({})",
                named::max_log_lines
            );
        }
        let line = shown(text);
        match way {
            Way::Stdout => tracing::info!(%component, %instance, "stdout: {line}"),
            Way::Stderr => tracing::info!(%component, %instance, "stderr: {line}"),
            Way::Logging { level, context } => {
                let context = shown(context);
                let context = (!context.is_empty()).then_some(context);
                match level {
                    Level::Trace => tracing::trace!(%component, %instance, context, "{line}"),
                    Level::Debug => tracing::debug!(%component, %instance, context, "{line}"),
                    Level::Info => tracing::info!(%component, %instance, context, "{line}"),
                    Level::Warn => tracing::warn!(%component, %instance, context, "{line}"),
                    Level::Error | Level::Critical => {
                        tracing::error!(%component, %instance, context, "{line}");
                    }
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many more lines may come now.
#[derive(Debug)]
struct Pace {
    /// Lines a second.
    rate: u32,
    left: u32,
    since: Instant,
    left_out: u64,
}

impl Pace {
    fn new(rate: u32, now: Instant) -> Self {
        Self {
            rate,
            left: rate.saturating_mul(BURST),
            since: now,
            left_out: 0,
        }
    }

    /// Whether one more line may come, and how many could not before it.
    fn admit(&mut self, now: Instant) -> Option<u64> {
        let whole = now.saturating_duration_since(self.since).as_millis();
        let more = whole.saturating_mul(u128::from(self.rate)) / 1000;
        if more > 0 {
            let more = u32::try_from(more).unwrap_or(u32::MAX);
            self.left = self
                .left
                .saturating_add(more)
                .min(self.rate.saturating_mul(BURST));
            self.since = now;
        }
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Some(std::mem::take(&mut self.left_out))
            }
            None => {
                self.left_out += 1;
                None
            }
        }
    }
}

/// Standard output or standard error of one instance. All its streams write to one line.
#[derive(Clone)]
pub(super) struct Lines(Arc<Mutex<Line>>);

struct Line {
    voice: Voice,
    way: Way<'static>,
    begun: Vec<u8>,
}

impl Lines {
    fn new(voice: Voice, way: Way<'static>) -> Self {
        Self(Arc::new(Mutex::new(Line {
            voice,
            way,
            begun: Vec::new(),
        })))
    }
}

impl Line {
    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ended) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            for part in text.chunks(LINE) {
                if self.begun.len() + part.len() > LINE {
                    self.end();
                }
                self.begun.extend_from_slice(part);
            }
            if ended {
                self.end();
            }
        }
    }

    fn end(&mut self) {
        let bytes = std::mem::take(&mut self.begun);
        let text = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        if !text.is_empty() {
            self.voice.say(self.way, &String::from_utf8_lossy(text));
        }
    }
}

impl Drop for Line {
    /// The last words of an instance may lack their end.
    fn drop(&mut self) {
        self.end();
    }
}

impl IsTerminal for Lines {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Lines {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Lines {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        lock(&self.0).take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        lock(&self.0).take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE)
    }
}

/// wasi:logging under both names that guests import it by: with the draft's version, and without.
pub(super) fn add_logging_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    voice: fn(&T) -> &Voice,
) -> wasmtime::Result<()> {
    for name in ["wasi:logging/logging", "wasi:logging/logging@0.1.0-draft"] {
        linker.instance(name)?.func_wrap(
            "log",
            move |store, (level, context, message): (Level, String, String)| {
                let way = Way::Logging {
                    level,
                    context: cut(&context, LINE),
                };
                voice(store.data()).say(way, cut(&message, LINE));
                Ok(())
            },
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_flood_of_lines_is_left_out_and_counted() {
        const RATE: u32 = 100;
        let begin = Instant::now();
        let mut pace = Pace::new(RATE, begin);
        for _ in 0..RATE * BURST {
            assert_eq!(pace.admit(begin), Some(0));
        }
        assert_eq!(pace.admit(begin), None);
        assert_eq!(pace.admit(begin), None);
        let later = begin + Duration::from_secs(1);
        assert_eq!(pace.admit(later), Some(2));
        for _ in 1..RATE {
            assert_eq!(pace.admit(later), Some(0));
        }
        assert_eq!(pace.admit(later), None);
        let much_later = later + Duration::from_secs(1000);
        for _ in 0..RATE * BURST {
            assert!(pace.admit(much_later).is_some());
        }
        assert_eq!(pace.admit(much_later), None);
    }
}
