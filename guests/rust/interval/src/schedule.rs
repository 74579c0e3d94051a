//! Schedules: what can be written, and when they fire next.

use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::bindings::dapr::components::types::Error;
use crate::invalid_argument;

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How long to wait for a time of day before looking at the clock again: a timer does not count the time that a machine
/// sleeps, and does not know when the clock is set.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The present, on both clocks.
#[derive(Clone, Copy)]
pub struct Now {
    pub instant: Instant,
    pub time: DateTime<Utc>,
}

impl Now {
    pub fn read() -> Self {
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Self {
            instant: Instant::now(),
            time: DateTime::from_timestamp_millis(milliseconds).unwrap_or_default(),
        }
    }

    /// As RFC 3339.
    pub fn rfc3339(self) -> String {
        self.time.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// As Go prints a time, which is how Dapr's own binding says it.
    pub fn in_go(self) -> String {
        self.time
            .format("%Y-%m-%d %H:%M:%S%.f +0000 UTC")
            .to_string()
    }
}

/// When to fire.
pub enum Schedule {
    Every(Duration),
    Cron(Box<Cron>),
}

/// A moment to fire at, on the clock that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    At(Instant),
    Time(DateTime<Utc>),
}

impl Due {
    pub fn is_past(self, now: Now) -> bool {
        match self {
            Self::At(instant) => instant <= now.instant,
            Self::Time(time) => time <= now.time,
        }
    }

    /// How long to wait before it is worth to look again.
    pub fn wait(self, now: Now) -> Duration {
        match self {
            Self::At(instant) => instant.saturating_duration_since(now.instant),
            Self::Time(time) => {
                let left = TimeDelta::to_std(&(time - now.time)).unwrap_or_default();
                left.min(LONGEST_WAIT)
            }
        }
    }
}

impl Schedule {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refused = |why: &str| {
            invalid_argument(format!(
                "schedule is {text:?}, and that is neither a duration, like 15s or @every 1h30m, nor a cron expression: {why}"
            ))
        };
        let trimmed = text.trim();
        let duration = match trimmed.strip_prefix("@every ") {
            Some(duration) => Some(duration.trim()),
            None => Some(trimmed).filter(|text| !text.contains([' ', '@'])),
        };
        if let Some(duration) = duration {
            let duration =
                humantime::parse_duration(duration).map_err(|why| refused(&why.to_string()))?;
            return match (SHORTEST..=LONGEST).contains(&duration) {
                true => Ok(Self::Every(duration)),
                false => Err(refused("it is shorter than 1ms or longer than 100 years")),
            };
        }
        let expression = match trimmed.split_once('=') {
            Some(("CRON_TZ" | "TZ", rest)) => rest
                .strip_prefix("UTC ")
                .ok_or_else(|| refused("the only time zone here is UTC"))?,
            _ => trimmed,
        };
        let expression = match expression.trim() {
            "@midnight" => "@daily",
            other => other,
        };
        // The parser lets these pass as fields that no time fits, and to find out takes it seconds.
        let is_hollow = |field: &str| field.split(',').any(str::is_empty);
        if expression.split_whitespace().any(is_hollow) {
            return Err(refused("a part of a list is empty"));
        }
        let parser = CronParser::builder()
            .seconds(Seconds::Optional)
            .year(Year::Disallowed)
            .build();
        match parser.parse(expression) {
            Ok(cron) => Ok(Self::Cron(Box::new(cron))),
            Err(why) => Err(refused(&why.to_string())),
        }
    }

    /// When it fires the next time after now, if ever.
    pub fn next(&self, now: Now) -> Option<Due> {
        match self {
            Self::Every(duration) => Some(Due::At(now.instant + *duration)),
            Self::Cron(cron) => {
                let next = cron.find_next_occurrence(&now.time, false).ok()?;
                Some(Due::Time(next))
            }
        }
    }

    /// When it fires the next time, having fired for a moment that is past: durations count from that moment.
    pub fn after(&self, past: Due, now: Now) -> Option<Due> {
        let (Self::Every(duration), Due::At(past)) = (self, past) else {
            return self.next(now);
        };
        let late = now.instant.saturating_duration_since(past).as_nanos();
        let since = late.checked_rem(duration.as_nanos()).unwrap_or_default();
        let since = Duration::from_nanos(u64::try_from(since).unwrap_or_default());
        Some(Due::At(now.instant + duration.saturating_sub(since)))
    }
}
