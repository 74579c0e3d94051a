//! Messages from their publishers to the subscriptions, under several loads.

use super::{
    Plan,
    client::{self, Load},
    support::{
        rounds::{self, Column},
        server::Server,
    },
};

const LOADS: [Load; 9] = [
    Load::new(1, 1, 1),
    Load::new(8, 1, 1),
    Load::new(64, 1, 1),
    Load::new(64, 4, 1),
    Load::new(8, 1, 64),
    Load::new(64, 1, 64),
    Load::new(64, 4, 64),
    Load::new(64, 1, 64).apart(),
    Load::new(8, 1, 1).beside(99),
];

const COLUMNS: [Column; 4] = rounds::columns("messages/s", "messages");

pub async fn measure(plan: &Plan, servers: &[Server]) -> anyhow::Result<()> {
    let Plan { round, rounds, .. } = plan;
    println!(
        "Messages of {} bytes, each acknowledged at once (medians; rounds: {rounds}, {round:?} each)\n\
         A message is in flight from the call that publishes it until its subscription has it, which is what p50 and p99 are of.\n\
         CPU is the server's, for each message; {}\n",
        client::DATA,
        rounds::RATIOS,
    );
    for load in LOADS {
        let sample = async |server: &Server| sample(plan, server, load).await;
        let table = rounds::compare(servers, plan.rounds, &COLUMNS, sample).await?;
        println!("{}\n\n{table}", title(load));
    }
    Ok(())
}

fn title(load: Load) -> String {
    let s = |count| if count == 1 { "" } else { "s" };
    let Load {
        in_flight,
        topics,
        window,
        idle,
        apart,
    } = load;
    let mut title = format!(
        "{in_flight} in flight to {topics} subscription{}, {window} unacknowledged for each",
        s(topics)
    );
    if apart {
        title.push_str(", publishers on a connection of their own");
    }
    if idle > 0 {
        title.push_str(&format!(", beside {idle} idle subscription{}", s(idle)));
    }
    title
}

async fn sample(plan: &Plan, server: &Server, load: Load) -> anyhow::Result<[f64; 4]> {
    let (seen, cpu) = client::measured(&server.socket(), load, plan.round, || server.cpu()).await?;
    Ok(seen.figures(cpu))
}
