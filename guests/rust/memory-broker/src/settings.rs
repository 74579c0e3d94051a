//! What the Component resource says of the broker, and what the metadata of a message or a subscription says.

use std::num::{NonZeroU32, NonZeroU64};
use std::str::FromStr;
use std::time::Duration;

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::invalid_argument;

const GROUP: &str = "consumerID";
const WINDOW: &str = "maxInFlight";
const REDELIVER_AFTER: &str = "redeliverInterval";
const MAX_DELIVERIES: &str = "maxDeliveries";
const MAX_MESSAGES: &str = "maxMessages";
const TTL: &str = "ttlInSeconds";

/// Longer than anybody waits for a second attempt, and no moment in reach of it is past what a clock can count.
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

pub struct Settings {
    /// The group of a subscription that does not name its own.
    pub group: String,
    /// The window of a subscription that does not name its own.
    pub window: u32,
    pub redeliver_after: Duration,
    pub max_deliveries: Option<u32>,
    pub max_messages: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            group: String::new(),
            window: 1,
            redeliver_after: Duration::from_millis(100),
            max_deliveries: None,
            max_messages: 100_000,
        }
    }
}

impl Settings {
    pub fn new(properties: &Metadata) -> Result<Self, Error> {
        let default = Self::default();
        let max_messages = number::<NonZeroU32>(properties, MAX_MESSAGES)?;
        Ok(Self {
            group: group(properties).unwrap_or_default().to_owned(),
            window: window(properties)?.unwrap_or(default.window),
            redeliver_after: interval(properties)?.unwrap_or(default.redeliver_after),
            max_deliveries: number(properties, MAX_DELIVERIES)?.map(NonZeroU32::get),
            max_messages: max_messages.map_or(default.max_messages, |most| most.get() as usize),
        })
    }
}

/// The group that a Component resource or a subscription names.
pub fn group(metadata: &Metadata) -> Option<&str> {
    find(metadata, GROUP)
}

/// The window that a Component resource or a subscription names.
pub fn window(metadata: &Metadata) -> Result<Option<u32>, Error> {
    Ok(number(metadata, WINDOW)?.map(NonZeroU32::get))
}

/// The life that a message asks for.
pub fn life(metadata: &Metadata) -> Result<Option<Duration>, Error> {
    let seconds = number(metadata, TTL)?.map(NonZeroU64::get);
    Ok(seconds.map(Duration::from_secs))
}

fn interval(properties: &Metadata) -> Result<Option<Duration>, Error> {
    let Some(text) = find(properties, REDELIVER_AFTER) else {
        return Ok(None);
    };
    match humantime::parse_duration(text) {
        Ok(interval) if interval <= LONGEST_INTERVAL => Ok(Some(interval)),
        _ => Err(invalid_argument(format!(
            "{REDELIVER_AFTER} is {text:?}, and that is not a duration of at most a day, like 100ms or 1m30s"
        ))),
    }
}

/// The types of numbers here have no zero.
fn number<N: FromStr>(metadata: &Metadata, name: &str) -> Result<Option<N>, Error> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            invalid_argument(format!(
                "{name} is {text:?}, and that is not an integer from 1 on, or too large"
            ))
        })
    };
    find(metadata, name).map(parse).transpose()
}

fn find<'a>(metadata: &'a Metadata, name: &str) -> Option<&'a str> {
    let (_, value) = metadata.iter().find(|(known, _)| known == name)?;
    Some(value)
}
