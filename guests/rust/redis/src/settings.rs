//! What the Component resource says, in the words of Dapr's own Redis components.

use std::str::FromStr;
use std::time::Duration;

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::invalid_argument;

pub const CONSUMER_ID: &str = "consumerID";
pub const TTL: &str = "ttlInSeconds";

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
const ANSWER_LIMIT: Duration = Duration::from_secs(3);
const PROCESSING_TIMEOUT: Duration = Duration::from_secs(15);
const REDELIVER_INTERVAL: Duration = Duration::from_secs(60);

/// The port of a Redis server that does not say otherwise.
const PORT: u16 = 6379;

/// Longer than anybody waits, and no moment in reach of it is past what a clock can count.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The server, and how to be let in.
#[derive(Clone, PartialEq)]
pub struct Server {
    /// A name or an address, without brackets.
    pub host: String,
    pub port: u16,
    pub username: Option<String>,
    pub password: Option<String>,
    pub database: u32,
    /// None for as long as it takes.
    pub connect_limit: Option<Duration>,
    /// None for as long as it takes.
    pub answer_limit: Option<Duration>,
}

impl Server {
    pub fn new(properties: &Metadata) -> Result<Self, Error> {
        for (name, what) in [
            ("enableTLS", "TLS"),
            ("failover", "a failover by Redis Sentinel"),
            ("useEntraID", "Microsoft Entra ID"),
        ] {
            if truth(properties, name)? {
                return Err(invalid_argument(format!(
                    "{name} is set, and {what} is not in this component"
                )));
            }
        }
        if let Some(kind) = find(properties, "redisType").filter(|kind| *kind != "node") {
            return Err(invalid_argument(format!(
                "redisType is {kind:?}, and this component knows only \"node\": one server"
            )));
        }
        let port = number(properties, "redisPort")?;
        let (host, port) = place(find(properties, "redisHost").unwrap_or_default(), port)?;
        Ok(Self {
            host,
            port,
            username: find(properties, "redisUsername").map(str::to_owned),
            password: find(properties, "redisPassword").map(str::to_owned),
            database: number(properties, "redisDB")?.unwrap_or_default(),
            connect_limit: limit(properties, "dialTimeout", CONNECT_LIMIT)?,
            answer_limit: limit(properties, "readTimeout", ANSWER_LIMIT)?,
        })
    }

    /// Host and port, as one writes them.
    pub fn address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

/// What a message broker is told.
#[derive(Clone, PartialEq)]
pub struct Delivery {
    /// The group of a subscription that does not name its own.
    pub group: Option<String>,
    /// Messages out and not acknowledged, for each subscription.
    pub window: u32,
    /// After so long a message that is not acknowledged is anybody's.
    pub processing_timeout: Duration,
    /// How often it is looked for such messages; none for never.
    pub redeliver_interval: Option<Duration>,
    pub trim: Trim,
}

/// What is taken away from a stream when something is added.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Trim {
    Nothing,
    /// All but about so many of the latest.
    Length(u64),
    /// About all that is older.
    Age(Duration),
}

impl Delivery {
    pub fn new(properties: &Metadata) -> Result<Self, Error> {
        let processing_timeout = period(properties, "processingTimeout", PROCESSING_TIMEOUT)?;
        let interval = period(properties, "redeliverInterval", REDELIVER_INTERVAL)?;
        let length = number::<u64>(properties, "maxLenApprox")?.filter(|length| *length != 0);
        let age = period(properties, "streamTTL", Duration::ZERO)?;
        let trim = match (length, age) {
            (None, Duration::ZERO) => Trim::Nothing,
            (Some(length), Duration::ZERO) => Trim::Length(length),
            (None, age) => Trim::Age(age),
            (Some(_), _) => {
                return Err(invalid_argument(
                    "maxLenApprox and streamTTL are both set, and a stream is trimmed by one of them",
                ));
            }
        };
        let window = number(properties, "concurrency")?.unwrap_or(1);
        if window == 0 {
            return Err(invalid_argument(
                "concurrency is 0, and then no message could be delivered",
            ));
        }
        Ok(Self {
            group: find(properties, CONSUMER_ID).map(str::to_owned),
            window,
            processing_timeout,
            // Dapr takes either of the two as a word against redelivery.
            redeliver_interval: Some(interval)
                .filter(|interval| !interval.is_zero() && !processing_timeout.is_zero()),
            trim,
        })
    }
}

/// The value of this name; none for an empty one, which stands for the default.
pub fn find<'a>(metadata: &'a Metadata, name: &str) -> Option<&'a str> {
    let (_, value) = metadata.iter().find(|(known, _)| known == name)?;
    Some(value.as_str()).filter(|value| !value.is_empty())
}

/// Splits `host`, `host:port` or `[address]:port`.
fn place(text: &str, port: Option<u16>) -> Result<(String, u16), Error> {
    if text.is_empty() {
        return Err(invalid_argument(
            "the property redisHost is missing: it is the server's address, such as localhost:6379",
        ));
    }
    let refused = |why: &str| invalid_argument(format!("redisHost is {text:?}, and {why}"));
    if text.contains(',') {
        return Err(refused("this component knows only one server"));
    }
    let is_address = text.parse::<std::net::Ipv6Addr>().is_ok();
    let (host, own) = match text.rsplit_once(':') {
        Some((host, own)) if !is_address && !own.contains(']') => {
            let own = own
                .parse::<u16>()
                .map_err(|_| refused("its port is none"))?;
            (host, Some(own))
        }
        _ => (text, None),
    };
    if own.is_some() && port.is_some() && own != port {
        return Err(refused("redisPort is another port"));
    }
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    Ok((host.to_owned(), own.or(port).unwrap_or(PORT)))
}

fn number<N: FromStr>(metadata: &Metadata, name: &str) -> Result<Option<N>, Error> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            invalid_argument(format!(
                "{name} is {text:?}, and that is not an integer from 0 on, or too large"
            ))
        })
    };
    find(metadata, name).map(parse).transpose()
}

/// Yes or no, in the words that Dapr takes for them; no where nothing is said.
fn truth(metadata: &Metadata, name: &str) -> Result<bool, Error> {
    let text = find(metadata, name).unwrap_or("false");
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Ok(false),
        _ => Err(invalid_argument(format!(
            "{name} is {text:?}, and that is neither true nor false"
        ))),
    }
}

/// A limit of time: 0 stands for the default, less for none.
fn limit(metadata: &Metadata, name: &str, default: Duration) -> Result<Option<Duration>, Error> {
    if find(metadata, name).is_some_and(|text| text.parse::<i64>().is_ok_and(|it| it < 0)) {
        return Ok(None);
    }
    let limit = period(metadata, name, default)?;
    Ok(Some(if limit.is_zero() { default } else { limit }))
}

/// Milliseconds, or a number with its unit.
fn period(metadata: &Metadata, name: &str, default: Duration) -> Result<Duration, Error> {
    let Some(text) = find(metadata, name) else {
        return Ok(default);
    };
    let period = match text.parse() {
        Ok(milliseconds) => Some(Duration::from_millis(milliseconds)),
        Err(_) => humantime::parse_duration(text).ok(),
    };
    period.filter(|period| *period <= LONGEST).ok_or_else(|| {
        invalid_argument(format!(
            "{name} is {text:?}, and that is not a duration of at most a year, like 15s, 1m30s, or 500 for milliseconds"
        ))
    })
}
