//! When items expire: what `ttlInSeconds` asks for, and how a moment is written.

use std::time::{Duration, UNIX_EPOCH};

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::invalid_argument;
use crate::settings::{TTL, find};

/// A thousand years, in seconds: RFC 3339 can write the moment.
const LONGEST: i64 = 1000 * 365 * 24 * 60 * 60;

/// The life in seconds that metadata ask for: none where they say nothing, 0 where they want no expiry.
///
/// -1 asks for no expiry, and so does 0. Less than that, and what is no integer at all, is refused.
pub fn requested(metadata: &Metadata) -> Result<Option<i64>, Error> {
    let Some(text) = find(metadata, TTL) else {
        return Ok(None);
    };
    let refused = |why: &str| invalid_argument(format!("{TTL} is {text:?}, and {why}"));
    match text.parse::<i64>() {
        Err(_) => Err(refused("that is not an integer of 64 bits")),
        Ok(-1 | 0) => Ok(Some(0)),
        Ok(..-1) => Err(refused(
            "a life cannot be negative; -1 stands for no expiry",
        )),
        Ok(LONGEST..) => Err(refused("that is too long; -1 stands for no expiry")),
        Ok(seconds) => Ok(Some(seconds)),
    }
}

/// As RFC 3339, in UTC. None for what is no moment, or past what can be written.
pub fn rfc3339(milliseconds: i64) -> Option<String> {
    let since = Duration::from_millis(u64::try_from(milliseconds).ok()?);
    let is_writable = since.as_secs() <= 253_402_300_799;
    is_writable.then(|| humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string())
}
