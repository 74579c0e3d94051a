//! Every server in turn, round after round, and how each compares to the native one.

use super::{
    server::{Kind, Server},
    table::{Table, median, spread},
};
use anyhow::Context;
use hdrhistogram::Histogram;
use std::time::Duration;

/// Ratios of which the middle half is spread over more than this part of the median are marked.
const NOISY: f64 = 0.2;

/// What the last columns are.
pub const RATIOS: &str =
    "the last columns are ratios to native in the same round, with a ~ where the rounds disagree";

/// A figure that is taken of each server.
pub struct Column {
    head: &'static str,
    /// What stands over its ratio to native's.
    ratio: &'static str,
    /// How many digits it has after the point.
    digits: usize,
}

impl Column {
    pub const fn new(head: &'static str, ratio: &'static str, digits: usize) -> Self {
        Self {
            head,
            ratio,
            digits,
        }
    }
}

/// What a client saw in one round.
pub struct Seen {
    /// In nanoseconds.
    pub latencies: Histogram<u64>,
    pub elapsed: Duration,
}

impl Seen {
    /// The figures of [`columns`], with the CPU that the server used meanwhile.
    pub fn figures(&self, cpu: Duration) -> [f64; 4] {
        let count = self.latencies.len() as f64;
        let micros = |quantile| self.latencies.value_at_quantile(quantile) as f64 / 1000.0;
        [
            count / self.elapsed.as_secs_f64(),
            micros(0.5),
            micros(0.99),
            cpu.as_secs_f64() * 1e6 / count,
        ]
    }
}

/// A rate, by what stands over it and over its ratio, latencies, and CPU for each.
pub const fn columns(rate: &'static str, ratio: &'static str) -> [Column; 4] {
    [
        Column::new(rate, ratio, 0),
        Column::new("p50 µs", "p50", 1),
        Column::new("p99 µs", "p99", 1),
        Column::new("CPU µs", "CPU", 2),
    ]
}

/// Medians of what `sample` answers, and of the ratios to native in the same round.
pub async fn compare<const N: usize>(
    servers: &[Server],
    rounds: usize,
    columns: &[Column; N],
    sample: impl AsyncFn(&Server) -> anyhow::Result<[f64; N]>,
) -> anyhow::Result<Table> {
    let mut samples = vec![Vec::new(); servers.len()];
    for round in 0..rounds {
        // Each begins in turn, so that none always comes after the same other.
        for turn in 0..servers.len() {
            let place = (round + turn) % servers.len();
            if let (Some(server), Some(samples)) = (servers.get(place), samples.get_mut(place)) {
                let sample = sample(server).await;
                samples.push(sample.with_context(|| server.name())?);
            }
        }
    }
    let native = servers
        .iter()
        .position(|server| server.kind() == Kind::Native)
        .and_then(|native| samples.get(native))
        .context("nothing to compare with")?;
    let heads = ["server"].into_iter();
    let heads = heads.chain(columns.iter().map(|column| column.head));
    let heads: Vec<_> = heads
        .chain(columns.iter().map(|column| column.ratio))
        .collect();
    let mut table = Table::new(&heads);
    for (server, samples) in servers.iter().zip(&samples) {
        let mut row = vec![server.name()];
        for (place, Column { digits, .. }) in columns.iter().enumerate() {
            let number = median(column_of(samples, place).collect());
            row.push(format!("{number:.digits$}"));
        }
        for place in 0..N {
            let own = column_of(samples, place);
            let ratios = own.zip(column_of(native, place));
            let ratios: Vec<_> = ratios.map(|(own, native)| own / native).collect();
            let mark = match spread(ratios.clone()) > NOISY {
                true => "~",
                false => "",
            };
            row.push(format!("{mark}{:.2}", median(ratios)));
        }
        table.row(row);
    }
    Ok(table)
}

fn column_of<const N: usize>(samples: &[[f64; N]], place: usize) -> impl Iterator<Item = f64> {
    samples
        .iter()
        .filter_map(move |sample| sample.get(place).copied())
}
