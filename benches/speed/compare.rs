//! Every server in turn, round after round: medians, and how each server compares to one of them in the same round.

use super::{server::GO_SDK, table::Table};
use std::{collections::BTreeMap, fmt};

/// Ratios of which the middle half is spread over more than this part of the median are marked.
const NOISY: f64 = 0.2;

/// Of a core, from where on the client may be what is slow.
const SATURATED: f64 = 90.0;

/// Something that is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Figure {
    /// Milliseconds from its start until it serves.
    Start,
    /// The same, until all instances are initialised.
    Ready,
    /// MiB of resident memory: before Init, after it, with all values set, and at the end.
    Idle,
    Initialised,
    Filled,
    After,
    /// MiB of that which no other process could share, unlike those of the program's file.
    Private,
    /// MiB of resident memory for each further instance.
    Further,
    /// Calls or messages in a second.
    Rate,
    /// Microseconds from call to answer, or from publisher to subscription.
    P50,
    P90,
    P99,
    P999,
    /// Microseconds of the server's CPU for each call.
    Cpu,
    /// The same of the sidecar's.
    SidecarCpu,
    /// The same where each call has an instance of its own, and what that is more.
    FreshCpu,
    Fresh,
    /// The same of tonic's, under the same load.
    TonicCpu,
    /// How often one of the server's threads went to sleep or had to wait, for each call.
    Switches,
    /// How many cores the server used.
    Cores,
    /// Percent of a core that the client used.
    Client,
    /// Percent of a core that went to neither.
    Others,
    /// Microseconds of CPU in each second in which nothing happened.
    Quiet,
    /// How often the server was woken in such a second.
    Woken,
}

impl Figure {
    pub fn head(self) -> &'static str {
        match self {
            Self::Start => "start ms",
            Self::Ready => "ready ms",
            Self::Idle => "idle MiB",
            Self::Initialised => "after Init MiB",
            Self::Filled => "filled MiB",
            Self::After => "after MiB",
            Self::Private => "of it private MiB",
            Self::Further => "each further MiB",
            Self::Rate => "a second",
            Self::P50 => "p50 µs",
            Self::P90 => "p90 µs",
            Self::P99 => "p99 µs",
            Self::P999 => "p99.9 µs",
            Self::Cpu => "CPU µs",
            Self::SidecarCpu => "daprd CPU µs",
            Self::FreshCpu => "one for each call CPU µs",
            Self::Fresh => "more µs",
            Self::TonicCpu => "tonic CPU µs",
            Self::Switches => "switches",
            Self::Cores => "cores",
            Self::Client => "client %",
            Self::Others => "others %",
            Self::Quiet => "CPU µs/s",
            Self::Woken => "wake-ups/s",
        }
    }

    /// What stands over its ratio.
    pub fn ratio(self) -> &'static str {
        match self {
            Self::Ready => "start",
            Self::After => "memory",
            Self::Rate => "throughput",
            Self::P50 => "p50",
            Self::P99 => "p99",
            Self::Cpu => "CPU",
            Self::TonicCpu => "tonic CPU",
            _ => self.head(),
        }
    }

    pub fn digits(self) -> usize {
        match self {
            Self::Rate | Self::Client | Self::Others | Self::Quiet => 0,
            Self::Cpu | Self::FreshCpu | Self::Fresh | Self::TonicCpu => 2,
            Self::Switches | Self::Cores | Self::Further => 2,
            _ => 1,
        }
    }
}

/// What was measured of one server in one round.
pub type Sample = BTreeMap<Figure, f64>;

/// What calls are reported by, where it was measured, and the ratios of them that count.
pub const CALLS: [Figure; 9] = [
    Figure::Rate,
    Figure::P50,
    Figure::P90,
    Figure::P99,
    Figure::P999,
    Figure::Cpu,
    Figure::Switches,
    Figure::SidecarCpu,
    Figure::Client,
];
pub const RATIOS: [Figure; 3] = [Figure::Rate, Figure::Cpu, Figure::P99];

/// A median with the middle half of what it is of.
#[derive(Clone, Copy, Debug)]
pub struct Median {
    pub value: f64,
    low: f64,
    high: f64,
}

impl Median {
    /// Of an even number, the upper of the two in the middle.
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let quarter = numbers.len() / 4;
        Some(Self {
            value: *numbers.get(numbers.len() / 2)?,
            low: *numbers.get(quarter)?,
            high: *numbers.iter().rev().nth(quarter)?,
        })
    }

    /// How wide the middle half is, as a part of the median.
    pub fn spread(self) -> f64 {
        (self.high - self.low) / self.value
    }

    pub fn is_noisy(self) -> bool {
        self.spread() > NOISY
    }

    /// With a mark where the rounds disagree.
    pub fn marked(self, digits: usize) -> String {
        let mark = if self.is_noisy() { "~" } else { "" };
        mark.to_owned() + &self.text(digits)
    }

    pub fn text(self, digits: usize) -> String {
        format!("{:.digits$}", self.value)
    }
}

/// As a ratio.
impl fmt::Display for Median {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.marked(2))
    }
}

/// One server's figures, and the ratios of them to the anchor's.
pub struct Row {
    pub server: String,
    pub figures: BTreeMap<Figure, Median>,
    pub ratios: BTreeMap<Figure, Median>,
}

/// What was measured of several servers under one load.
pub struct Comparison {
    /// Of the load; each is there once in a report.
    pub title: String,
    /// What ratios are to.
    pub anchor: String,
    pub rows: Vec<Row>,
    /// Servers that could not be measured, and why.
    pub left_out: Vec<(String, String)>,
}

impl Comparison {
    /// Of all samples of each server, by its name.
    pub fn of(title: String, anchor: &str, servers: Vec<(String, Vec<Sample>)>) -> Self {
        let anchors = servers.iter().find(|(name, _)| name == anchor);
        let anchors = anchors.map_or(&[][..], |(_, samples)| samples);
        let rows = servers.iter().map(|(name, own)| Row {
            server: name.clone(),
            figures: medians(own.iter().cloned()),
            ratios: medians(own.iter().zip(anchors).map(ratios)),
        });
        Self {
            rows: rows.collect(),
            title,
            anchor: anchor.to_owned(),
            left_out: Vec::new(),
        }
    }

    pub fn row(&self, server: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.server == server)
    }

    /// How much of a core went to neither client nor server, where that was most.
    pub fn others(&self) -> Option<f64> {
        let others = self.rows.iter();
        let others = others.filter_map(|row| Some(row.figures.get(&Figure::Others)?.value));
        others.max_by(f64::total_cmp)
    }

    /// The figures and the ratios as a table. It has no column for what was measured of none.
    pub fn table(&self, figures: &[Figure], ratios: &[Figure]) -> Table {
        let anchor = &self.anchor;
        let measured = figures.iter().filter(|figure| {
            let mut rows = self.rows.iter();
            rows.any(|row| row.figures.contains_key(figure))
        });
        let figures: Vec<_> = measured.copied().collect();
        let heads = ["server".to_owned()].into_iter();
        let heads = heads.chain(figures.iter().map(|figure| figure.head().to_owned()));
        let heads = heads.chain(
            ratios
                .iter()
                .map(|one| format!("{} ÷ {anchor}", one.ratio())),
        );
        let mut table = Table::new(heads);
        for row in &self.rows {
            let name = [row.server.clone()].into_iter();
            let own = figures.iter().map(|figure| {
                let Some(median) = row.figures.get(figure) else {
                    return String::new();
                };
                let text = median.text(figure.digits());
                match figure {
                    Figure::Rate => format!("{text} ±{:.0} %", median.spread() * 50.0),
                    Figure::Client if median.value > SATURATED => format!("**{text}**"),
                    _ => text,
                }
            });
            let ratios = ratios.iter().map(|figure| match row.ratios.get(figure) {
                Some(_) if row.server == *anchor => "1".to_owned(),
                Some(ratio) => ratio.to_string(),
                None => String::new(),
            });
            table.row(name.chain(own).chain(ratios));
        }
        table
    }
}

/// Whatever has a name in the tables.
pub trait Named {
    fn name(&self) -> String;
}

/// Takes samples of every server in turn, round after round. Ratios are to the server of the name `anchor`. Somebody else's server
/// that fails under a load is left out of it.
pub async fn compare<S: Named>(
    title: String,
    servers: &[S],
    anchor: &str,
    rounds: usize,
    sample: impl AsyncFn(&S) -> anyhow::Result<Sample>,
) -> anyhow::Result<Comparison> {
    let mut samples = vec![Vec::new(); servers.len()];
    let mut left_out = BTreeMap::new();
    for round in 0..rounds {
        // Each begins in turn, so that none always comes after the same other.
        for turn in 0..servers.len() {
            let place = (round + turn) % servers.len();
            let (Some(server), Some(samples)) = (servers.get(place), samples.get_mut(place)) else {
                continue;
            };
            let name = server.name();
            if left_out.contains_key(&name) {
                continue;
            }
            match sample(server).await {
                Ok(sample) => samples.push(sample),
                Err(error) if name == GO_SDK => {
                    samples.clear();
                    left_out.insert(name, format!("{error:#}"));
                }
                Err(error) => return Err(error.context(format!("{name}: {title}"))),
            }
        }
    }
    let names = servers.iter().map(Named::name);
    let measured = names
        .zip(samples)
        .filter(|(_, samples)| !samples.is_empty());
    let mut comparison = Comparison::of(title, anchor, measured.collect());
    comparison.left_out.extend(left_out);
    Ok(comparison)
}

fn ratios((own, anchor): (&Sample, &Sample)) -> Sample {
    let both = own.iter().filter_map(|(figure, value)| {
        let ratio = value / anchor.get(figure)?;
        ratio.is_finite().then_some((*figure, ratio))
    });
    both.collect()
}

fn medians(samples: impl Iterator<Item = Sample>) -> BTreeMap<Figure, Median> {
    let mut all = BTreeMap::<Figure, Vec<f64>>::new();
    for (figure, value) in samples.flatten() {
        all.entry(figure).or_default().push(value);
    }
    let medians = all.into_iter();
    medians
        .filter_map(|(figure, values)| Some((figure, Median::of(values)?)))
        .collect()
}
