//! The ratios that count as bars: one panel for each, a group for each number of callers.

use super::{at, drawn, names};
use crate::{
    client::state::Load,
    compare::{Comparison, Figure, RATIOS, Row},
};
use plotters::prelude::{
    ChartBuilder, Color, IntoDrawingArea, RGBColor, Rectangle, SVGBackend, SeriesLabelPosition,
    WHITE,
};
use std::path::Path;

/// Pixels.
const SIZE: (u32, u32) = (1080, 340);

const CALLERS: [usize; 4] = [1, 8, 64, 256];
const VALUE: usize = 100;

/// Of plugbox, tonic and the SDK; they can be told apart in grey, too.
const COLOURS: [RGBColor; 3] = [
    RGBColor(0x1f, 0x6f, 0xb4),
    RGBColor(0xb8, 0xb8, 0xb8),
    RGBColor(0xe0, 0x8a, 0x2e),
];

/// How wide the bars of a group are together, of the room for it.
const GROUP: f64 = 0.75;

/// Writes the file; false where there is nothing to show.
pub fn draw(comparisons: &[&Comparison], file: &Path) -> anyhow::Result<bool> {
    let groups = CALLERS.map(|callers| {
        let title = Load::mixed(VALUE, callers).to_string();
        let found = comparisons.iter().find(|one| one.title == title);
        (callers, found.copied())
    });
    let groups: Vec<_> = groups
        .into_iter()
        .filter_map(|(callers, found)| Some((callers, found?)))
        .collect();
    if groups.is_empty() {
        return Ok(false);
    }
    panels(&groups, file)?;
    Ok(true)
}

fn panels(groups: &[(usize, &Comparison)], file: &Path) -> anyhow::Result<()> {
    let callers: Vec<_> = groups.iter().map(|(callers, _)| *callers).collect();
    let whole = SVGBackend::new(file, SIZE).into_drawing_area();
    whole.fill(&WHITE).map_err(drawn)?;
    for (panel, figure) in whole.split_evenly((1, RATIOS.len())).iter().zip(RATIOS) {
        let ratios = groups.iter().flat_map(|(_, group)| &group.rows);
        let ratios = ratios.filter_map(|row| row.ratios.get(&figure));
        let highest = ratios.fold(1.0, |highest: f64, ratio| highest.max(ratio.value));
        let mut chart = ChartBuilder::on(panel)
            .caption(caption(figure), ("sans-serif", 15))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(36)
            // Room for the names above the bars.
            .build_cartesian_2d(-0.5..groups.len() as f64 - 0.5, 0.0..highest * 1.35)
            .map_err(drawn)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .max_light_lines(0)
            .x_labels(groups.len())
            .x_label_formatter(&|place| at(&callers, *place))
            .x_desc("callers on one connection")
            .draw()
            .map_err(drawn)?;
        let servers = groups.first().map_or(&[][..], |(_, group)| &group.rows);
        let width = GROUP / servers.len().max(1) as f64;
        for ((number, Row { server, .. }), colour) in servers.iter().enumerate().zip(COLOURS) {
            let bars = groups.iter().enumerate().filter_map(|(place, (_, group))| {
                let ratio = group.row(server)?.ratios.get(&figure)?.value;
                let left = place as f64 - GROUP / 2.0 + width * number as f64;
                let corners = [(left, 0.0), (left + width * 0.92, ratio)];
                Some(Rectangle::new(corners, colour.filled()))
            });
            chart
                .draw_series(bars)
                .map_err(drawn)?
                .label(server)
                .legend(move |(x, y)| {
                    Rectangle::new([(x, y - 5), (x + 10, y + 5)], colour.filled())
                });
        }
        names(&mut chart, SeriesLabelPosition::UpperRight)?;
    }
    whole.present().map_err(drawn)
}

fn caption(figure: Figure) -> &'static str {
    match figure {
        Figure::Rate => "throughput, as a ratio to tonic (more is better)",
        Figure::Cpu => "CPU for each call (less is better)",
        _ => "p99 (less is better)",
    }
}
