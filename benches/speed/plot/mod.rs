//! What a run has found, in SVG files.

mod growth;
mod ratios;

use super::compare::Comparison;
use anyhow::{Context, anyhow};
use plotters::{
    coord::CoordTranslate,
    drawing::DrawingAreaErrorKind,
    prelude::{BLACK, ChartContext, Color, SVGBackend, SeriesLabelPosition, WHITE},
};
use std::{error::Error, path::Path};

/// Writes a file; false where there is nothing to show.
type Draw = fn(&[&Comparison], &Path) -> anyhow::Result<bool>;

/// Draws all that there is to show, into files whose names begin with that of the report: Markdown that shows them.
pub fn draw(comparisons: &[&Comparison], folder: &Path, name: &str) -> anyhow::Result<String> {
    let plots: [(_, _, Draw); 2] = [
        ("Ratios to tonic", format!("{name}.svg"), ratios::draw),
        ("Growth of cost", format!("{name}-growth.svg"), growth::draw),
    ];
    let mut shown = String::new();
    for (title, name, draw) in plots {
        let file = folder.join(&name);
        let drawn = draw(comparisons, &file);
        if drawn.with_context(|| format!("{} cannot be written", file.display()))? {
            shown.push_str(&format!("![{title}]({name})\n\n"));
        }
    }
    Ok(shown)
}

/// What stands under one of them, each of which is at a whole number.
fn at(counts: &[usize], place: f64) -> String {
    let mut counts = counts.iter().enumerate();
    let there = counts.find(|(number, _)| *number as f64 == place);
    there.map_or(String::new(), |(_, count)| count.to_string())
}

/// Says in a corner of a panel what is what.
fn names<'a>(
    chart: &mut ChartContext<'a, SVGBackend<'a>, impl CoordTranslate>,
    place: SeriesLabelPosition,
) -> anyhow::Result<()> {
    chart
        .configure_series_labels()
        .position(place)
        .border_style(WHITE)
        .background_style(WHITE.mix(0.8))
        .legend_area_size(16)
        .label_font(("sans-serif", 12, &BLACK))
        .draw()
        .map_err(drawn)
}

fn drawn<E: Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> anyhow::Error {
    anyhow!("{error}")
}
