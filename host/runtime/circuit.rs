//! Whether a guest that fails is run again at once, or left alone for a while.
//!
//! A guest that fails now and then is replaced at once. One that keeps failing opens the circuit of its slot: calls are refused
//! without a guest until a pause is over and a new guest has started. Each failure is a debt. Time pays it off, and so does a call
//! that is answered: whoever sends calls that the guest fails in shuts nobody out as long as more calls are answered, and for no
//! longer than a second at a time when fewer are. A guest that does not even start serves nobody, so its pauses may be longer.

use super::failure::Kind;
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// The debt of one failure. A restart each second is no burden.
const FAILURE: Duration = Duration::from_secs(1);

/// A guest that owes so many keeps failing. Where one call in ten fails at random, chance alone brings that together about once
/// in a thousand million calls.
const FAILURES: u32 = 10;

/// A guest that was tried again may fail so often before it is left alone again: the first calls to come may be the bad ones.
const RELAPSE: u32 = 3;

/// So many starts that fail in a row are no accident: the first may have failed of what ended the guest before.
const STARTS: u32 = 2;

/// A start that fails after so long is not tried again while callers wait.
const SLOW: Duration = Duration::from_secs(5);

/// The pause before a guest is tried again: doubled each time, up to the most. A guest that starts can serve the calls that are
/// good; of one that does not, nobody has anything, and what it needs for its start may be away for long.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MOST: Duration = Duration::from_secs(1);
const PAUSE_MOST_UNSTARTED: Duration = Duration::from_secs(10);

/// A pause is shorter by up to one part in so many, at random, so that guests that failed together are not tried together.
const JITTER: u32 = 4;

/// `first` doubled so many times, but no more than `most`.
pub(super) fn backoff(first: Duration, times: u32, most: Duration) -> Duration {
    first.saturating_mul(1 << times.min(20)).min(most)
}

/// What has happened to the guests of a slot, as far as it still matters.
#[derive(Debug)]
struct Record {
    owed: Duration,
    since: Instant,
    /// Starts that failed in a row.
    unstarted: u32,
    /// How often calls' failures opened the circuit since there was no debt.
    relapses: u32,
    /// When a guest is tried again; none while the circuit is closed.
    until: Option<Instant>,
    /// The operator was told that it is open, and not yet that it is closed.
    told: bool,
    /// Somebody sees to it that a guest is tried again.
    watched: bool,
    last: Option<LastFailure>,
}

/// The last failure of a slot's guests.
#[derive(Debug, Clone)]
pub(super) struct LastFailure {
    pub(super) when: Instant,
    /// In words for people, without secrets.
    pub(super) why: String,
}

/// The circuit is open from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    /// How long it is before a guest is tried again.
    pub(super) pause: Duration,
    /// It is the first time, after it was closed.
    pub(super) news: bool,
    /// Somebody is to see to it that a guest is tried again.
    pub(super) watch: bool,
}

impl Record {
    fn new(now: Instant) -> Self {
        Self {
            owed: Duration::ZERO,
            since: now,
            unstarted: 0,
            relapses: 0,
            until: None,
            told: false,
            watched: false,
            last: None,
        }
    }

    /// A guest failed in what it did, which took so long. `chance` is from 0 to 1.
    fn failed(&mut self, why: &str, took: Duration, now: Instant, chance: f64) -> Option<Opened> {
        self.note(why, now);
        // The time that it failed in is no good conduct.
        self.since += took.min(now.saturating_duration_since(self.since));
        self.settle(now);
        self.owed = (self.owed + FAILURE).min(FAILURE * FAILURES);
        // The last of them counts before time has paid off anything of it.
        if self.owed <= FAILURE * (FAILURES - 1) {
            return None;
        }
        let pause = backoff(PAUSE, self.relapses, PAUSE_MOST);
        self.relapses = self.relapses.saturating_add(1);
        Some(self.open(pause, now, chance))
    }

    /// No guest came up, for so long.
    fn unstarted(
        &mut self,
        why: &str,
        took: Duration,
        now: Instant,
        chance: f64,
    ) -> Option<Opened> {
        self.note(why, now);
        self.since = now;
        let least = if took < SLOW { 0 } else { STARTS };
        self.unstarted = self.unstarted.saturating_add(1).max(least);
        let times = self.unstarted.checked_sub(STARTS)?;
        let pause = backoff(PAUSE, times, PAUSE_MOST_UNSTARTED);
        Some(self.open(pause, now, chance))
    }

    fn note(&mut self, why: &str, now: Instant) {
        let why = why.to_owned();
        self.last = Some(LastFailure { when: now, why });
    }

    fn open(&mut self, pause: Duration, now: Instant, chance: f64) -> Opened {
        let pause = pause - (pause / JITTER).mul_f64(chance.clamp(0.0, 1.0));
        self.until = Some(now + pause);
        Opened {
            pause,
            news: !std::mem::replace(&mut self.told, true),
            watch: !std::mem::replace(&mut self.watched, true),
        }
    }

    /// A guest came up, and may serve. Answers whether the circuit is closed by that.
    fn started(&mut self, now: Instant) -> bool {
        self.unstarted = 0;
        self.since = now;
        if self.until.take().is_some() {
            self.owed = self.owed.min(FAILURE * (FAILURES - RELAPSE));
        }
        self.closes()
    }

    /// A guest did what it was asked for. Answers whether the circuit is closed by that.
    fn answered(&mut self, now: Instant) -> bool {
        self.settle(now);
        self.owed = self.owed.saturating_sub(FAILURE);
        self.closes()
    }

    fn closes(&mut self) -> bool {
        if self.owed.is_zero() {
            self.relapses = 0;
        }
        self.until.is_none() && self.relapses == 0 && std::mem::take(&mut self.told)
    }

    fn settle(&mut self, now: Instant) {
        self.owed = self
            .owed
            .saturating_sub(now.saturating_duration_since(self.since));
        self.since = now;
    }
}

/// The circuit of one slot.
pub(super) struct Circuit {
    record: Mutex<Record>,
    /// To be read without the lock.
    open: AtomicBool,
    /// Whether an answer makes a difference, likewise.
    troubled: AtomicBool,
}

impl Default for Circuit {
    fn default() -> Self {
        Self {
            record: Mutex::new(Record::new(Instant::now())),
            open: AtomicBool::new(false),
            troubled: AtomicBool::new(false),
        }
    }
}

impl Circuit {
    /// Whether calls are refused.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Why a call is refused, if it is.
    pub(super) fn refusal(&self) -> Option<Kind> {
        if !self.is_open() {
            return None;
        }
        let record = self.record();
        let until = record.until?;
        let last = record.last.as_ref();
        Some(Kind::Down {
            why: last.map(|last| last.why.clone()).unwrap_or_default(),
            again: until.saturating_duration_since(Instant::now()),
        })
    }

    /// A guest failed in what it did, which took so long.
    pub(super) fn failed(&self, why: &str, took: Duration) -> Option<Opened> {
        self.change(|record, now| record.failed(why, took, now, fastrand::f64()))
    }

    /// No guest came up, for so long.
    pub(super) fn unstarted(&self, why: &str, took: Duration) -> Option<Opened> {
        self.change(|record, now| record.unstarted(why, took, now, fastrand::f64()))
    }

    /// A guest came up. Answers whether that closes the circuit.
    pub(super) fn started(&self) -> bool {
        self.change(Record::started)
    }

    /// A guest did what it was asked for. Answers whether that closes the circuit. Costs next to nothing where nothing has failed.
    pub(super) fn answered(&self) -> bool {
        self.troubled.load(Ordering::Relaxed) && self.change(Record::answered)
    }

    /// Another guest has taken the place of those that failed: what they did does not count against it.
    pub(super) fn renew(&self) -> bool {
        self.change(|record, now| {
            record.owed = Duration::ZERO;
            record.started(now)
        })
    }

    /// When a guest is to be tried again; none when the circuit is closed, and whoever watched it need not any longer.
    pub(super) fn next_trial(&self) -> Option<Instant> {
        let mut record = self.record();
        record.watched = record.until.is_some();
        record.until
    }

    /// Whether a guest may be tried again now.
    pub(super) fn is_due(&self) -> bool {
        let until = self.record().until;
        until.is_some_and(|until| until <= Instant::now())
    }

    /// When a guest is tried again while the circuit is open, and the last failure.
    pub(super) fn trouble(&self) -> (Option<Instant>, Option<LastFailure>) {
        let record = self.record();
        (record.until, record.last.clone())
    }

    fn change<R>(&self, change: impl FnOnce(&mut Record, Instant) -> R) -> R {
        let mut record = self.record();
        let result = change(&mut record, Instant::now());
        self.open.store(record.until.is_some(), Ordering::Relaxed);
        let troubled = !record.owed.is_zero() || record.told;
        self.troubled.store(troubled, Ordering::Relaxed);
        result
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
