//! From a guest's bytes to code, on threads of its own, which leave the cores to whoever serves calls.

use super::error::{Why, chain};
use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::{
    path::Path,
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
    engine: Engine,
    threads: ThreadPool,
}

impl Compiler {
    /// # Errors
    /// When the system gives no threads.
    pub(super) fn start(engine: Engine) -> anyhow::Result<Self> {
        let threads = ThreadPoolBuilder::new()
            .thread_name(|_| "compile".to_owned())
            .start_handler(|_| give_way())
            // Who waits for what it was at sees that it is gone.
            .panic_handler(|_| {})
            .build()
            .context("no threads to compile guests on")?;
        Ok(Self { engine, threads })
    }

    /// Compiles a guest, or takes it from the cache. What is not done in time goes on in the background: nothing can end it but the
    /// process.
    ///
    /// # Errors
    /// When it is no guest, or takes longer than the limit.
    pub(super) async fn compile(
        &self,
        path: &Path,
        bytes: Vec<u8>,
        limit: Duration,
    ) -> Result<Component, Why> {
        let engine = self.engine.clone();
        let size = bytesize::ByteSize(bytes.len() as u64);
        let begun = Instant::now();
        let (tell, mut told) = oneshot::channel();
        // wasmtime shares the work among the threads that it finds itself on.
        self.threads.spawn(move || {
            // Nobody may be waiting any more.
            let _ = tell.send(Component::from_binary(&engine, &bytes));
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
        match done {
            Ok(Ok(component)) => Ok(component),
            Ok(Err(error)) => Err(Why::Invalid(chain(&error))),
            Err(_) => Err(Why::Invalid("the compiler fails at it".to_owned())),
        }
    }
}

/// Has this thread wait while others want its core. Where that is not to be had, it competes with them, and all else is the same.
fn give_way() {
    // Elsewhere this would be for the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}
