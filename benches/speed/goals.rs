//! What plugbox is to reach, and whether it did: ratios to the plain tonic server in the same run, with the Rust guest; and what it
//! may take to start and to be there.

use super::{
    client::{
        broker,
        state::{Load, Work},
    },
    compare::{Comparison, Figure, Named, Row},
    parts::{
        STORE,
        footprint::{self, Crowd, THOUSAND},
        grpc_go, instances,
        start::{self, Case},
    },
    server::{Kind, PLUGBOX},
    table::Table,
};

const ABOUT: &str = "Throughput, CPU and p99 are ratios of plugbox with the Rust guest to tonic, of two instances to one, or of one \
    among a thousand to one alone. What has a unit is no ratio: milliseconds from the start of the process, or resident memory.";

/// What is to come out of a load.
struct Goal {
    title: String,
    /// The row; of servers that are compared to tonic it is the first, where that is plugbox.
    row: Option<String>,
    figure: Figure,
    bound: Bound,
}

/// What is allowed at most, of throughput at least.
enum Bound {
    /// As a ratio to the anchor.
    Ratio(f64),
    /// In the figure's unit.
    Absolute(f64),
}

impl Goal {
    fn ratio(title: &str, figure: Figure, bound: f64) -> Self {
        Self {
            title: title.to_owned(),
            row: None,
            figure,
            bound: Bound::Ratio(bound),
        }
    }

    fn absolute(title: &str, row: &impl Named, figure: Figure, bound: f64) -> Self {
        Self {
            title: title.to_owned(),
            row: Some(row.name()),
            figure,
            bound: Bound::Absolute(bound),
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

/// What may take so many milliseconds until it serves.
const STARTS: [(Kind, f64); 3] = [
    (STORE, 10.0),
    (Kind::guest("typescript-memory-state"), 100.0),
    (Kind::guest("python-memory-state"), 100.0),
];

/// Of one of a thousand instances, to its p99 alone.
const CROWDED_P99: f64 = 1.2;

/// What two instances are to reach of what one does. The client needs a part of the second core.
const SCALES: f64 = 1.2;

fn goals() -> Vec<Goal> {
    use Figure::{After, Cpu, Further, P99, Rate, Ready, Start};
    let mut goals = Vec::new();
    let mut ratios = |title: &str, bounds: &[(Figure, f64)]| {
        let all = bounds.iter();
        goals.extend(all.map(|(figure, bound)| Goal::ratio(title, *figure, *bound)));
    };
    for size in [100, 1 << 10] {
        for (callers, rate, cpu, p99) in CALLS {
            let title = Load::mixed(size, callers).to_string();
            ratios(&title, &[(Rate, rate), (Cpu, cpu), (P99, p99)]);
        }
    }
    let large = Load::mixed(64 << 10, 8).to_string();
    ratios(&large, &[(Rate, 1.3), (Cpu, 0.65)]);
    for work in [Work::BulkGet, Work::BulkSet] {
        let bulk = Load::new(work, 100, 8, 1).to_string();
        ratios(&bulk, &[(Rate, 1.0), (Cpu, 0.9)]);
    }
    for in_flight in [8, 64] {
        let delivery = broker::Load::new(in_flight, 1, 64).to_string();
        ratios(&delivery, &[(Rate, 1.0), (Cpu, 0.7)]);
    }
    for (callers, rate, cpu, p99) in CALLS {
        let title = grpc_go::title(Load::mixed(100, callers));
        ratios(&title, &[(Rate, rate), (Cpu, cpu), (P99, p99)]);
    }
    for guest in instances::GUESTS {
        ratios(&instances::title(guest), &[(Rate, SCALES)]);
    }
    for (kind, most) in STARTS {
        let case = Case(kind, true);
        goals.push(Goal::absolute(start::TITLE, &case, Start, most));
    }
    for (figure, most) in [(After, 25.0), (Further, 0.5)] {
        goals.push(Goal::absolute(footprint::TITLE, &STORE, figure, most));
    }
    let crowd = Crowd::title();
    for (figure, most) in [(Ready, 3000.0), (After, 600.0)] {
        goals.push(Goal::absolute(&crowd, &THOUSAND, figure, most));
    }
    goals.push(Goal {
        row: Some(THOUSAND.name()),
        ..Goal::ratio(&crowd, P99, CROWDED_P99)
    });
    goals
}

impl Goal {
    /// What it is held against, if that was measured.
    fn row<'a>(&self, comparisons: &[&'a Comparison]) -> Option<&'a Row> {
        let mut all = comparisons.iter();
        let found = all.find(|one| one.title == self.title)?;
        match &self.row {
            Some(row) => found.row(row),
            None => found
                .rows
                .first()
                .filter(|row| row.server.starts_with(PLUGBOX)),
        }
    }

    /// The cells of the table that tell of it, and whether it was met.
    fn told(&self, row: &Row) -> Option<([String; 5], bool)> {
        let figure = self.figure;
        let (medians, bound, digits, head) = match self.bound {
            Bound::Ratio(bound) => (&row.ratios, bound, 2, figure.ratio()),
            Bound::Absolute(bound) => (&row.figures, bound, figure.digits(), figure.head()),
        };
        let median = medians.get(&figure)?;
        // As it is shown.
        let value: f64 = median.text(digits).parse().ok()?;
        let (sign, is_met) = match figure {
            Figure::Rate => ("≥", value >= bound),
            _ => ("≤", value <= bound),
        };
        let row = self.row.iter().map(|row| format!(": {row}"));
        let cells = [
            self.title.clone() + &row.collect::<String>(),
            head.to_owned(),
            format!("{sign} {bound:.digits$}"),
            median.marked(digits),
            if is_met { "yes" } else { "**no**" }.to_owned(),
        ];
        Some((cells, is_met))
    }
}

/// The goals of what was measured, beside what came out.
pub fn text(comparisons: &[&Comparison]) -> String {
    let mut table = Table::new(["load", "", "goal", "measured", "met"]);
    let (mut all, mut met) = (0, 0);
    for goal in goals() {
        let row = goal.row(comparisons);
        let Some((cells, is_met)) = row.and_then(|row| goal.told(row)) else {
            continue;
        };
        all += 1;
        met += usize::from(is_met);
        table.row(cells);
    }
    match all {
        0 => String::new(),
        _ => format!("## Goals\n\n{ABOUT} {met} of {all} are met.\n\n{table}\n"),
    }
}
