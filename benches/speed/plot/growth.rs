//! Growth of cost as lines: one panel for what there is more and more of, a line for each cost, as a ratio to where it begins.

use super::{at, drawn, names};
use crate::{
    compare::{Comparison, Figure},
    parts::growth::{AXES, Axis},
};
use plotters::{
    coord::Shift,
    prelude::{
        ChartBuilder, Circle, DrawingArea, IntoDrawingArea, IntoLogRange, PathElement, RGBColor,
        SVGBackend, SeriesLabelPosition, ShapeStyle, WHITE,
    },
};
use std::{iter, ops::Range, path::Path};

/// Pixels.
const SIZE: (u32, u32) = (1080, 640);

/// Rows and columns of panels.
const PANELS: (usize, usize) = (2, 2);

/// What would be twice as much of twice as many.
const PROPORTION: RGBColor = RGBColor(0xb8, 0xb8, 0xb8);

/// What is drawn for each number of a cost, from the left.
type Line = Vec<(f64, f64)>;

/// Writes the file; false where there is nothing to show.
pub fn draw(comparisons: &[&Comparison], file: &Path) -> anyhow::Result<bool> {
    let found = AXES.into_iter().filter_map(|axis| {
        let title = axis.title();
        let found = comparisons.iter().find(|one| one.title == title);
        Some((axis, lines(axis, found?)))
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return Ok(false);
    }
    // One scale for all, with two tens at least.
    let values = found.iter().flat_map(|(_, lines)| lines);
    let values = values.flat_map(|(_, line)| line.iter().map(|(_, ratio)| *ratio));
    let (lowest, highest) = values.fold((0.5, 15.0), |(low, high): (f64, f64), ratio| {
        (low.min(ratio), high.max(ratio))
    });
    // Room for the names above the lines.
    let scale = lowest / 1.2..highest * 4.0;
    let whole = SVGBackend::new(file, SIZE).into_drawing_area();
    whole.fill(&WHITE).map_err(drawn)?;
    for (place, (axis, lines)) in whole.split_evenly(PANELS).iter().zip(found) {
        panel(place, axis, lines, scale.clone())?;
    }
    whole.present().map_err(drawn)?;
    Ok(true)
}

fn panel(
    place: &DrawingArea<SVGBackend<'_>, Shift>,
    axis: Axis,
    lines: Vec<(Figure, Line)>,
    scale: Range<f64>,
) -> anyhow::Result<()> {
    let counts = axis.counts();
    let caption = format!("{}, as a ratio to the first (flat is best)", axis.title());
    let proportion = proportion(counts, scale.end);
    let mut chart = ChartBuilder::on(place)
        .caption(caption, ("sans-serif", 15))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(44)
        .build_cartesian_2d(-0.3..counts.len() as f64 - 0.7, scale.log_scale())
        .map_err(drawn)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(0)
        .x_labels(counts.len())
        .x_label_formatter(&|place| at(counts, *place))
        .x_desc(axis.things())
        .y_label_formatter(&|ratio| format!("× {ratio}"))
        .draw()
        .map_err(drawn)?;
    let grey = ("in proportion", (PROPORTION, 1), proportion);
    let costs = lines.into_iter();
    let costs = costs.map(|(figure, line)| (figure.ratio(), pen(figure), line));
    for (name, (colour, width), line) in iter::once(grey).chain(costs) {
        if line.is_empty() {
            continue;
        }
        let style = ShapeStyle::from(&colour).stroke_width(width);
        let points = line
            .iter()
            .map(|at| Circle::new(*at, width, style.filled()));
        chart.draw_series(points).map_err(drawn)?;
        chart
            .draw_series([PathElement::new(line, style)])
            .map_err(drawn)?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 12, y)], style));
    }
    names(&mut chart, SeriesLabelPosition::UpperLeft)?;
    Ok(())
}

/// Each cost, by place. On a logarithmic scale there is nothing at zero.
fn lines(axis: Axis, comparison: &Comparison) -> Vec<(Figure, Line)> {
    let line = |figure| {
        let rows = comparison.rows.iter().enumerate();
        let ratios = rows.filter_map(|(place, row)| {
            let ratio = row.ratios.get(figure)?.value;
            (ratio > 0.0).then_some((place as f64, ratio))
        });
        (*figure, ratios.collect())
    };
    axis.costs().iter().map(line).collect()
}

/// What would grow as they do, as far as there is room. Nothing grows in proportion from none.
fn proportion(counts: &[usize], end: f64) -> Line {
    let first = counts.first().copied().unwrap_or_default() as f64;
    let ratios = counts.iter().map(|count| *count as f64 / first).enumerate();
    ratios
        .map(|(place, ratio)| (place as f64, ratio))
        .take_while(|(_, ratio)| *ratio <= end)
        .collect()
}

/// A colour, and pixels. They can be told apart in grey, too.
fn pen(cost: Figure) -> (RGBColor, u32) {
    match cost {
        Figure::Cpu => (RGBColor(0x1f, 0x6f, 0xb4), 2),
        Figure::TonicCpu => (RGBColor(0x1f, 0x6f, 0xb4), 1),
        Figure::P99 => (RGBColor(0xe0, 0x8a, 0x2e), 2),
        Figure::After => (RGBColor(0x2f, 0x3f, 0x2f), 2),
        _ => (RGBColor(0x8a, 0xb8, 0x5a), 2),
    }
}
