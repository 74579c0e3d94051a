//! What subscriptions cost to which nothing comes.

use super::{
    Plan,
    client::{self, Broker},
    support::{server::Server, table::Table},
};
use anyhow::Context;
use std::time::Duration;

const SUBSCRIPTIONS: usize = 100;

/// Until what opened the subscriptions has come to rest: plugbox's clock stops a second after the last call.
const REST: Duration = Duration::from_secs(2);

pub async fn measure(plan: &Plan, servers: &[Server]) -> anyhow::Result<()> {
    let mut table = Table::new(&["server", "CPU µs/s", "wake-ups/s", "MiB before", "MiB with"]);
    for server in servers {
        let row = row(plan, server).await;
        table.row(row.with_context(|| server.name())?);
    }
    println!(
        "{SUBSCRIPTIONS} idle subscriptions on one connection, for {:?} (of the server; resident memory)\n\n{table}",
        plan.idle
    );
    Ok(())
}

async fn row(plan: &Plan, server: &Server) -> anyhow::Result<[String; 5]> {
    client::prepare(&server.socket()).await?;
    let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    let before = server.resident()?;
    let mut broker = Broker::connect(&server.socket()).await?;
    let mut open = Vec::new();
    for number in 0..SUBSCRIPTIONS {
        open.push(broker.subscribe(&client::idle_topic(number), 1).await?);
    }
    tokio::time::sleep(REST).await;
    let (cpu, wakes) = (server.cpu()?, server.wakes()?);
    tokio::time::sleep(plan.idle).await;
    let seconds = plan.idle.as_secs_f64();
    let cpu = server.cpu()?.saturating_sub(cpu).as_secs_f64() * 1e6;
    let wakes = server.wakes()?.saturating_sub(wakes) as f64;
    Ok([
        server.name(),
        format!("{:.0}", cpu / seconds),
        format!("{:.1}", wakes / seconds),
        mib(before),
        mib(server.resident()?),
    ])
}
