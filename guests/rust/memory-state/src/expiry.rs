//! When items expire: moments in time, and what `ttlInSeconds` asks for.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::components::state_types::StateError;
use crate::bindings::dapr::components::types::Metadata;
use crate::invalid_argument;

/// The metadata of a write that names the item's life.
const TTL: &str = "ttlInSeconds";

/// A moment, in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Moment(u64);

impl Moment {
    /// The end of the year 9999: RFC 3339 can write nothing later.
    const LAST: Self = Self(253_402_300_799_999);

    /// The present, as the host's clock has it.
    pub fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self::from_milliseconds(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    pub fn from_milliseconds(milliseconds: u64) -> Self {
        Self(milliseconds).min(Self::LAST)
    }

    pub fn milliseconds(self) -> u64 {
        self.0
    }

    /// None past the last moment that can be written.
    fn after_seconds(self, seconds: u64) -> Option<Self> {
        let moment = Self(self.0.checked_add(seconds.checked_mul(1000)?)?);
        (moment <= Self::LAST).then_some(moment)
    }
}

impl fmt::Display for Moment {
    /// As RFC 3339, in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = UNIX_EPOCH + Duration::from_millis(self.0);
        humantime::format_rfc3339_millis(time).fmt(f)
    }
}

/// When an item expires that is written with this metadata; none for never.
///
/// -1 asks for no expiry, and so does 0. Less than that, and what is no integer at all, is refused, and so is a life
/// that lasts past the year 9999.
pub fn requested(
    metadata: &Metadata,
    key: &str,
    now: impl FnOnce() -> Moment,
) -> Result<Option<Moment>, StateError> {
    let Some((_, text)) = metadata.iter().find(|(name, _)| name == TTL) else {
        return Ok(None);
    };
    let refused = |why: &str| {
        invalid_argument(format!(
            "the metadata {TTL} of key {key:?} is {text:?}, and {why}"
        ))
    };
    match text.parse::<i64>() {
        Err(_) => Err(refused("that is not an integer of 64 bits")),
        Ok(-1 | 0) => Ok(None),
        Ok(seconds) => {
            let seconds = u64::try_from(seconds)
                .map_err(|_| refused("a life cannot be negative; -1 stands for no expiry"))?;
            let moment = now()
                .after_seconds(seconds)
                .ok_or_else(|| refused("that is past the year 9999; -1 stands for no expiry"))?;
            Ok(Some(moment))
        }
    }
}
