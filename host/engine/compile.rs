//! From a guest's bytes to code, on threads of its own, which leave the cores to whoever serves calls.

use super::{
    cache::Sealed,
    error::{Why, chain},
    measure::measure,
};
use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::oneshot, time::timeout};
use wasmtime::{Engine, component::Component};

/// After this long a compilation is worth a word to whoever waits.
const LONG: Duration = Duration::from_millis(500);

/// What a core that is wanted by both gives to the threads that compile: about a tenth. They have all of one that nobody else wants.
const NICE: i32 = 10;

/// Compiles, on as many threads as there are cores. They end when this is dropped.
pub(super) struct Compiler {
    cache: Option<Arc<Sealed>>,
    threads: ThreadPool,
}

impl Compiler {
    /// # Errors
    /// When the system gives no threads.
    pub(super) fn start(cache: Option<Arc<Sealed>>) -> anyhow::Result<Self> {
        let threads = ThreadPoolBuilder::new()
            .thread_name(|_| "compile".to_owned())
            // Who waits for what it was at sees that it is gone.
            .panic_handler(|_| {})
            .build()
            .context("no threads to compile guests on")?;
        Ok(Self { cache, threads })
    }

    /// From now on, leaves the cores to others. Until somebody is served, a start is what everybody waits for.
    pub(super) fn give_way(&self) {
        self.threads.spawn_broadcast(|_| give_way());
    }

    /// Compiles a guest for an engine, or takes it from the cache. What is not done in time goes on in the background: nothing can
    /// end it but the process.
    ///
    /// # Errors
    /// When it is no guest, or takes longer than the limit.
    pub(super) async fn compile(
        &self,
        engine: &Engine,
        path: &Path,
        guest: Arc<Vec<u8>>,
        limit: Duration,
    ) -> Result<Component, Why> {
        let (engine, cache) = (engine.clone(), self.cache.clone());
        let size = bytesize::ByteSize(guest.len() as u64);
        let begun = Instant::now();
        let (tell, mut told) = oneshot::channel();
        // wasmtime shares the work among the threads that it finds itself on.
        self.threads.spawn(move || {
            // Nobody may be waiting any more.
            let _ = tell.send(component(&engine, cache.as_deref(), &guest));
        });
        let done = match timeout(LONG.min(limit), &mut told).await {
            Ok(done) => done,
            Err(_) => {
                tracing::info!(guest = %path.display(), "compiling {size}, this takes a moment");
                let rest = limit.saturating_sub(begun.elapsed());
                let done = timeout(rest, told)
                    .await
                    .map_err(|_| Why::Compiling(limit))?;
                let seconds = begun.elapsed().as_secs_f32();
                tracing::info!(guest = %path.display(), "compiled in {seconds:.1} s");
                done
            }
        };
        done.unwrap_or_else(|_| Err(Why::Invalid("the compiler fails at it".to_owned())))
    }
}

/// A guest that is not too deep, compiled or from the cache.
fn component(engine: &Engine, cache: Option<&Sealed>, guest: &[u8]) -> Result<Component, Why> {
    // Both may go through many megabytes.
    let (measured, checked) = rayon::join(
        || measure(guest),
        || cache.map_or(Ok(()), |cache| cache.check(guest)),
    );
    measured?;
    checked?;
    let misses = || cache.map_or(0, |cache| cache.cache().cache_misses());
    let before = misses();
    let component = Component::from_binary(engine, guest);
    // It may be another guest that was not there: then this one is looked for once more, and that is all. One that compiles and does
    // not fit the pool is not compiled again for the other engine.
    if let Some(cache) = cache
        && misses() > before
    {
        cache.seal(guest, engine);
    }
    component.map_err(|error| Why::Invalid(chain(&error)))
}

/// Has this thread wait while others want its core. Where that is not to be had, it competes with them, and all else is the same.
fn give_way() {
    // Elsewhere this would be for the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}
