//! How long calls take of a client that others should not trouble.

use super::{PATIENCE, Store};
use hdrhistogram::Histogram;
use std::{fmt, time::Instant};
use tonic::Status;

/// How long calls took, in microseconds.
pub struct Latency(Histogram<u64>);

impl Latency {
    pub fn new() -> Self {
        Self(Histogram::new(3).unwrap())
    }

    /// How many calls there were; a write and a read are one.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Writes an item and reads it again, which must succeed.
    pub async fn call(&mut self, neighbour: &mut Store) {
        let begun = Instant::now();
        let call = async {
            neighbour.set("key", "value").await?;
            let got = neighbour.get("key").await?;
            assert_eq!(got.data, b"value");
            Ok::<_, Status>(())
        };
        let done = tokio::time::timeout(PATIENCE, call).await;
        done.expect("the neighbour is not served").unwrap();
        let took = begun.elapsed() / 2;
        self.0.record(took.as_micros() as u64).unwrap();
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, most] = [0.5, 0.99].map(|part| self.0.value_at_quantile(part) as f64 / 1000.0);
        write!(
            f,
            "p50 {median:.2} p99 {most:.2} ms of {} calls",
            self.count()
        )
    }
}
