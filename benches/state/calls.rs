//! Throughput, latency and CPU under several loads.

use super::{
    Plan,
    client::{self, Load},
    support::{
        rounds::{self, Column},
        server::Server,
    },
};

const LOADS: [Load; 4] = [
    Load::new(1, 1),
    Load::new(8, 1),
    Load::new(64, 1),
    Load::new(64, 2),
];

const COLUMNS: [Column; 4] = rounds::columns("calls/s", "calls");

pub async fn measure(plan: &Plan, servers: &[Server]) -> anyhow::Result<()> {
    let Plan { round, rounds, .. } = plan;
    println!(
        "Get and Set, four to one, values of {} bytes (medians; rounds: {rounds}, {round:?} each)\n\
         CPU is the server's, for each call; {}\n",
        client::VALUE,
        rounds::RATIOS,
    );
    for load in LOADS {
        let sample = async |server: &Server| sample(plan, server, load).await;
        let table = rounds::compare(servers, plan.rounds, &COLUMNS, sample).await?;
        println!("{}\n\n{table}", title(load));
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

async fn sample(plan: &Plan, server: &Server, load: Load) -> anyhow::Result<[f64; 4]> {
    let (seen, cpu) = client::measured(&server.socket(), load, plan.round, || server.cpu()).await?;
    Ok(seen.figures(cpu))
}
