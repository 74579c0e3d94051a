//! What plugbox is to reach, and whether it did: ratios to the plain tonic server in the same run, with the Rust guest.

use super::{
    client::{
        broker,
        state::{Load, Work},
    },
    compare::{Comparison, Figure},
    parts::{grpc_go, instances},
    server::PLUGBOX,
    table::Table,
};

/// A load, and how its figures are to compare to the anchor's.
struct Goal {
    title: String,
    /// At least.
    rate: Option<f64>,
    /// At most.
    cpu: Option<f64>,
    p99: Option<f64>,
}

impl Goal {
    fn new(
        title: String,
        rate: impl Into<Option<f64>>,
        cpu: impl Into<Option<f64>>,
        p99: impl Into<Option<f64>>,
    ) -> Self {
        Self {
            title,
            rate: rate.into(),
            cpu: cpu.into(),
            p99: p99.into(),
        }
    }
}

/// Callers; throughput, CPU and p99 with so many.
const CALLS: [(usize, f64, f64, f64); 4] = [
    (1, 1.1, 0.85, 1.0),
    (8, 1.1, 0.6, 0.9),
    (64, 1.5, 0.45, 0.7),
    (256, 1.5, 0.5, 0.7),
];

fn goals() -> Vec<Goal> {
    let mut goals = Vec::new();
    for size in [100, 1 << 10] {
        for (callers, rate, cpu, p99) in CALLS {
            let title = Load::mixed(size, callers).to_string();
            goals.push(Goal::new(title, rate, cpu, p99));
        }
    }
    let large = Load::mixed(64 << 10, 8).to_string();
    goals.push(Goal::new(large, 1.3, 0.65, None));
    for work in [Work::BulkGet, Work::BulkSet] {
        let bulk = Load::new(work, 100, 8, 1).to_string();
        goals.push(Goal::new(bulk, 1.0, 0.9, None));
    }
    for in_flight in [8, 64] {
        let delivery = broker::Load::new(in_flight, 1, 64).to_string();
        goals.push(Goal::new(delivery, 1.0, 0.7, None));
    }
    for (callers, rate, cpu, p99) in CALLS {
        let title = grpc_go::title(Load::mixed(100, callers));
        goals.push(Goal::new(title, rate, cpu, p99));
    }
    for guest in instances::GUESTS {
        goals.push(Goal::new(instances::title(guest), SCALES, None, None));
    }
    goals
}

/// What two instances are to reach of what one does. The client needs a part of the second core.
const SCALES: f64 = 1.2;

/// The goals of the loads that were measured, beside what came out.
pub fn text(comparisons: &[&Comparison]) -> String {
    let mut table = Table::new(["load", "", "goal", "measured", "met"]);
    let (mut all, mut met) = (0, 0);
    for goal in goals() {
        let found = comparisons.iter().find(|one| one.title == goal.title);
        // The guest stands first, if it is there.
        let row = found.and_then(|comparison| comparison.rows.first());
        let Some(row) = row.filter(|row| row.server.starts_with(PLUGBOX)) else {
            continue;
        };
        let figures = [
            (Figure::Rate, goal.rate, true),
            (Figure::Cpu, goal.cpu, false),
            (Figure::P99, goal.p99, false),
        ];
        for (figure, bound, at_least) in figures {
            let (Some(bound), Some(ratio)) = (bound, row.ratios.get(&figure)) else {
                continue;
            };
            // As they are shown.
            let value = (ratio.value * 100.0).round() / 100.0;
            let is_met = if at_least {
                value >= bound
            } else {
                value <= bound
            };
            all += 1;
            met += usize::from(is_met);
            table.row([
                goal.title.clone(),
                figure.ratio().to_owned(),
                format!("{} {bound:.2}", if at_least { "≥" } else { "≤" }),
                ratio.to_string(),
                if is_met { "yes" } else { "**no**" }.to_owned(),
            ]);
        }
    }
    match all {
        0 => String::new(),
        _ => format!(
            "## Goals\n\nRatios of plugbox with the Rust guest to tonic, or of two instances to one. {met} of {all} are met.\n\n{table}\n"
        ),
    }
}
