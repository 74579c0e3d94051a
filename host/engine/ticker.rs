//! The clock that interrupts guests: a thread that advances the engines' epoch.
//!
//! At each tick a guest that is running gives way to the other tasks of its thread, and is ended when its time is over.
//! While no guest runs the clock stands still, so that a runner that waits uses no CPU.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle, Thread},
    time::Duration,
};
use wasmtime::Engine;

/// The longest that a guest runs before other tasks of its thread get their turn.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// Ticks without a guest after which the clock stops: to stop and start it costs more than some ticks.
const IDLE: u32 = 100;

#[derive(Default)]
struct State {
    engines: Mutex<Vec<Engine>>,
    /// A guest has run since the last tick.
    used: AtomicBool,
    /// The thread waits to be woken.
    still: AtomicBool,
    /// It is to end.
    ended: AtomicBool,
}

impl State {
    fn engines(&self) -> MutexGuard<'_, Vec<Engine>> {
        self.engines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(&self, engine: Engine) {
        self.engines().push(engine);
    }

    fn advance(&self) {
        for engine in self.engines().iter() {
            engine.increment_epoch();
        }
    }
}

/// Ticks while it lives; its thread is joined when it is dropped.
pub(super) struct Ticker {
    pulse: Pulse,
    thread: Option<JoinHandle<()>>,
}

/// Keeps the clock going.
#[derive(Clone)]
pub(super) struct Pulse {
    state: Arc<State>,
    thread: Thread,
}

impl Pulse {
    /// To be called by each guest that begins to run, and at each tick that it runs.
    pub(super) fn beat(&self) {
        // Mostly it is set already: a load costs nothing beside a call.
        if !self.state.used.load(Ordering::Relaxed) {
            self.state.used.store(true, Ordering::SeqCst);
            if self.state.still.load(Ordering::SeqCst) {
                self.thread.unpark();
            }
        }
    }
}

impl Ticker {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(engine: Engine) -> io::Result<Self> {
        let state = Arc::new(State::default());
        state.follow(engine);
        let shared = state.clone();
        let thread = thread::Builder::new()
            .name("epoch".into())
            .spawn(move || tick(&shared))?;
        let pulse = Pulse {
            state,
            thread: thread.thread().clone(),
        };
        Ok(Self {
            pulse,
            thread: Some(thread),
        })
    }

    /// Interrupts the guests of another engine, too.
    pub(super) fn follow(&self, engine: Engine) {
        self.pulse.state.follow(engine);
    }

    pub(super) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }
}

fn tick(state: &State) {
    let mut idle = 0;
    while !state.ended.load(Ordering::SeqCst) {
        thread::park_timeout(TICK);
        state.advance();
        idle = match state.used.swap(false, Ordering::SeqCst) {
            true => 0,
            false => idle + 1,
        };
        if idle >= IDLE {
            // First the announcement, then the look: a guest that begins now either is seen or sees this.
            state.still.store(true, Ordering::SeqCst);
            while !state.used.load(Ordering::SeqCst) && !state.ended.load(Ordering::SeqCst) {
                thread::park();
            }
            state.still.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.pulse.state.ended.store(true, Ordering::SeqCst);
        self.pulse.thread.unpark();
        if let Some(thread) = self.thread.take() {
            // A panic of the ticker has been printed; there is nothing left to do about it.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    /// Waits until something holds that must come to hold.
    fn until(what: &str, holds: impl Fn() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
            thread::yield_now();
        }
    }

    #[test]
    fn the_clock_stands_still_while_no_guest_runs_and_goes_on_with_the_next() {
        let ticker = Ticker::start(wasmtime::Engine::default()).unwrap();
        let state = ticker.pulse.state.clone();
        for _ in 0..2 {
            until("it stands still", || state.still.load(Ordering::SeqCst));
            ticker.pulse().beat();
            until("it goes on", || !state.still.load(Ordering::SeqCst));
        }
    }
}
