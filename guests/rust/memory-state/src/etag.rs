//! Etags: numbers that only ever go up, so that none comes twice, whatever is deleted and written again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::expiry::Moment;

/// What tells one write of an item from the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Etag(u64);

impl Etag {
    /// Where a new store begins to count. A store that was ended with all its items may have a successor, whose etags
    /// must not match those that clients still hold: so it counts from the time of its start, in nanoseconds,
    /// which no store outruns.
    pub fn at_start(now: Moment) -> Self {
        Self(now.milliseconds().wrapping_mul(1_000_000))
    }

    /// The etag after this one.
    pub fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// Reads an etag that a client sends. None for a text that no store of this kind could have made.
    pub fn parse(text: &str) -> Option<Self> {
        let etag = Self(text.parse().ok()?);
        // `+7` and `007` are numbers too, but this store writes neither.
        (etag.to_string() == text).then_some(etag)
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
