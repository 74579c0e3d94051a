//! Throughput, latency and CPU under several loads: every server in turn, round after round.

use super::{
    Plan,
    client::{self, Load},
    server::{Kind, Server},
    table::{Table, median},
};
use anyhow::Context;

const LOADS: [Load; 4] = [
    Load::new(1, 1),
    Load::new(8, 1),
    Load::new(64, 1),
    Load::new(64, 2),
];

/// What one server did in one round of one load, in the order of the columns.
type Sample = [f64; 4];

const HEADS: [&str; 9] = [
    "server", "calls/s", "p50 µs", "p99 µs", "CPU µs", "calls", "p50", "p99", "CPU",
];

pub async fn measure(plan: &Plan, servers: &[Server]) -> anyhow::Result<()> {
    let Plan { round, rounds, .. } = plan;
    println!(
        "Get and Set, four to one, values of {} bytes (medians; rounds: {rounds}, {round:?} each)\n\
         CPU is the server's, for each call; the last four columns are ratios to native in the same round\n",
        client::VALUE,
    );
    let native = servers
        .iter()
        .position(|server| server.kind() == Kind::Native)
        .context("nothing to compare with")?;
    for load in LOADS {
        let mut samples = vec![Vec::new(); servers.len()];
        for round in 0..plan.rounds {
            // Each begins in turn, so that none always comes after the same other.
            for turn in 0..servers.len() {
                let place = (round + turn) % servers.len();
                if let (Some(server), Some(samples)) = (servers.get(place), samples.get_mut(place))
                {
                    let sample = sample(plan, server, load).await;
                    samples.push(sample.with_context(|| server.name())?);
                }
            }
        }
        println!("{}\n\n{}", title(load), table(servers, &samples, native));
    }
    Ok(())
}

fn title(Load { callers, sockets }: Load) -> String {
    let s = |count| if count == 1 { "" } else { "s" };
    format!(
        "{callers} caller{} on {sockets} connection{}",
        s(callers),
        s(sockets)
    )
}

async fn sample(plan: &Plan, server: &Server, load: Load) -> anyhow::Result<Sample> {
    let (calls, cpu) =
        client::measured(&server.socket(), load, plan.round, || server.cpu()).await?;
    let count = calls.latencies.len() as f64;
    let micros = |quantile| calls.latencies.value_at_quantile(quantile) as f64 / 1000.0;
    Ok([
        count / calls.elapsed.as_secs_f64(),
        micros(0.5),
        micros(0.99),
        cpu.as_secs_f64() * 1e6 / count,
    ])
}

fn table(servers: &[Server], samples: &[Vec<Sample>], native: usize) -> Table {
    let mut table = Table::new(&HEADS);
    let compared: &[Sample] = samples.get(native).map_or(&[], Vec::as_slice);
    for (server, samples) in servers.iter().zip(samples) {
        let mut row = vec![server.name()];
        for (column, digits) in [0, 1, 1, 2].into_iter().enumerate() {
            let number = median(column_of(samples, column).collect());
            row.push(format!("{number:.digits$}"));
        }
        for column in 0..4 {
            let own = column_of(samples, column);
            let ratios = own.zip(column_of(compared, column));
            let ratio = median(ratios.map(|(own, native)| own / native).collect());
            row.push(format!("{ratio:.2}"));
        }
        table.row(row);
    }
    table
}

fn column_of(samples: &[Sample], column: usize) -> impl Iterator<Item = f64> {
    samples
        .iter()
        .filter_map(move |sample| sample.get(column).copied())
}
