//! What counts, on one page: a row for each load, and for each number of what there can be more and more of.

use super::{
    compare::{Comparison, Figure, Named, RATIOS, Row},
    parts::{
        app::COSTS,
        growth::{AXES, Axis},
    },
    server::Kind,
    table::Table,
};
use std::iter;

const ABOUT: &str = "Throughput / server CPU for each call / p99, each as a ratio to tonic in the same round: the median of the rounds, \
    with a ~ where they disagree by more than a fifth.";

const GROWTH: &str = "What there is more and more of: until all are initialised / resident memory / p99 / server CPU for each call or \
    message, and tonic's under the same load, each as a ratio to what it is with the fewest.";

const APPS: &str = "Calls a second / p50 µs / p99 µs / CPU µs of the app for each call:";

const APPS_RATIOS: &str = "Throughput / CPU / p99, each as a ratio to tonic in the same round, with a ~ where rounds disagree:";

/// What is shown of each server under a load of an app.
const CALLS: [Figure; 4] = [Figure::Rate, Figure::P50, Figure::P99, Figure::Cpu];

/// A table for each part that compares servers to tonic, and one of growth.
pub fn tables(parts: &[&(String, Vec<Comparison>)]) -> String {
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

/// What was measured of applications: figures and ratios of their calls, and what instances of them take.
pub fn apps(comparisons: &[Comparison]) -> String {
    let (calls, costs): (Vec<_>, Vec<_>) = comparisons.iter().partition(|one| is_told(one));
    let mut text = String::new();
    if let Some(first) = calls.first() {
        let figures = figures(first, &calls);
        let ratios = table(first, &calls);
        text.push_str(&format!("{APPS}\n\n{figures}\n{APPS_RATIOS}\n\n{ratios}\n"));
    }
    for one in costs {
        let table = one.table(&COSTS, &[]);
        text.push_str(&format!("{}:\n\n{table}\n", one.title));
    }
    text
}

/// Of a part, in which all compare the same servers.
fn figures(first: &Comparison, part: &[&Comparison]) -> Table {
    let servers: Vec<_> = first.rows.iter().map(|row| row.server.clone()).collect();
    let heads = iter::once("load".to_owned()).chain(servers.iter().cloned());
    let mut table = Table::new(heads);
    for comparison in part {
        let cells = servers.iter().map(|server| {
            let figure = |row: &Row, one: Figure| Some(row.figures.get(&one)?.text(one.digits()));
            let row = comparison.row(server);
            let figures = CALLS.iter().filter_map(|one| figure(row?, *one));
            figures.collect::<Vec<_>>().join(" / ")
        });
        table.row(iter::once(comparison.title.clone()).chain(cells));
    }
    table
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
