//! Every server in turn, round after round, and how each compares to the native one.

use super::{
    server::{Kind, Server},
    table::{Table, median, spread},
};
use anyhow::Context;

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
