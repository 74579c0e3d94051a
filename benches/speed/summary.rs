//! All ratios on one page: a row for each load, and for each number of what there can be more and more of.

use super::{
    compare::{Comparison, Figure, Named, RATIOS},
    parts::growth::{AXES, Axis},
    server::Kind,
    table::Table,
};
use std::iter;

const ABOUT: &str = "Throughput / server CPU for each call / p99, each as a ratio to tonic in the same round: the median of the rounds, \
    with a ~ where they disagree by more than a fifth.";

const GROWTH: &str = "What there is more and more of: until all are initialised / resident memory / p99 / server CPU for each call or \
    message, and tonic's under the same load, each as a ratio to what it is with the fewest.";

/// A table for each part that compares servers to tonic, and one of growth.
pub fn tables(parts: &[(String, Vec<Comparison>)]) -> String {
    let mut text = format!("## Ratios\n\n{ABOUT}\n\n");
    let before = text.len();
    for (title, part) in parts {
        let part: Vec<_> = part.iter().filter(|one| is_told(one)).collect();
        if let Some(first) = part.first() {
            let table = table(first, &part);
            text.push_str(&format!("{title}:\n\n{table}\n"));
        }
    }
    if text.len() == before {
        text.clear();
    }
    let all = parts.iter().flat_map(|(_, part)| part);
    text + &growth(&all.collect::<Vec<_>>())
}

/// A row for each number of what grows.
fn growth(comparisons: &[&Comparison]) -> String {
    let costs = Axis::Components.costs();
    let heads = costs.iter().map(|cost| cost.ratio().to_owned());
    let mut table = Table::new(iter::once(String::new()).chain(heads));
    let mut is_empty = true;
    for axis in AXES {
        let title = axis.title();
        let found = comparisons.iter().find(|one| one.title == title);
        for row in found.iter().flat_map(|found| &found.rows) {
            is_empty = false;
            let ratios = costs.iter().map(|cost| {
                let told = axis.costs().contains(cost);
                let ratio = row.ratios.get(cost).filter(|_| told);
                ratio.map_or(String::new(), ToString::to_string)
            });
            table.row(iter::once(row.server.clone()).chain(ratios));
        }
    }
    match is_empty {
        true => String::new(),
        false => format!("## Growth\n\n{GROWTH}\n\n{table}\n"),
    }
}

/// Whether it is of calls, and has what they are compared to.
fn is_told(comparison: &Comparison) -> bool {
    let tonic = Kind::Native.name();
    let row = comparison.row(&tonic);
    comparison.anchor == tonic && row.is_some_and(|row| row.figures.contains_key(&Figure::Rate))
}

/// Of a part, in which all compare the same servers.
fn table(first: &Comparison, part: &[&Comparison]) -> Table {
    let servers = first.rows.iter().map(|row| row.server.clone());
    let servers: Vec<_> = servers.filter(|server| *server != first.anchor).collect();
    let heads = ["load".to_owned(), format!("{}, a second", first.anchor)];
    let mut table = Table::new(heads.into_iter().chain(servers.iter().cloned()));
    for comparison in part {
        let anchor = comparison.row(&comparison.anchor);
        let rate = anchor.and_then(|row| row.figures.get(&Figure::Rate));
        let rate = rate.map_or(String::new(), |rate| format!("{:.0}", rate.value));
        let cells = servers.iter().map(|server| {
            let row = comparison.row(server);
            let ratios = RATIOS.iter().filter_map(|one| row?.ratios.get(one));
            let ratios: Vec<_> = ratios.map(ToString::to_string).collect();
            ratios.join(" / ")
        });
        table.row([comparison.title.clone(), rate].into_iter().chain(cells));
    }
    table
}
