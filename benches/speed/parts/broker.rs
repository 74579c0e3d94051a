//! Publishers, delivery to subscriptions, and what subscriptions cost to which nothing comes.

use super::{Plan, Stand, rounds};
use crate::{
    client::{
        broker::{self, Broker, DATA, Load},
        state::counted,
    },
    compare::{CALLS, Figure, RATIOS, Sample},
    process::Usage,
    report::Report,
    server::{Kind, Server},
};

const SERVERS: [Kind; 3] = [Kind::guest("rust-memory-broker"), Kind::Native, Kind::GoSdk];

/// How many publish where nobody has subscribed.
const PUBLISHERS: [usize; 3] = [1, 8, 64];

const DELIVERIES: [Load; 8] = [
    Load::new(1, 1, 1),
    Load::new(64, 1, 1),
    Load::new(8, 1, 64),
    Load::new(64, 1, 64),
    Load::new(256, 1, 256),
    Load::new(64, 4, 64),
    Load::new(64, 1, 64).apart(),
    Load::new(8, 1, 1).beside(99),
];

const SUBSCRIPTIONS: usize = 100;

pub async fn measure(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let about = format!(
        "{} Messages have {DATA} bytes, and each is acknowledged at once. A message is in flight from the call that publishes it until \
         its subscription has it, which is what latencies are of. CPU and switches are for each message. Dapr's in-memory broker \
         knows no window: it delivers one message after the other.",
        rounds(plan)
    );
    report.part("A broker", &about);
    let mut stand = Stand::start(&SERVERS, report)?;
    for server in &stand.servers {
        broker::prepare(server).await?;
    }
    stand.weigh(Figure::Filled)?;
    for count in PUBLISHERS {
        let title = format!(
            "publish to nobody, {} on 1 connection",
            counted(count, "publisher")
        );
        let sample = async |server: &_| broker::publish(server, count, plan.round).await;
        let compared = stand.compare(title, plan.rounds, sample).await?;
        report.compared(compared, &CALLS, &RATIOS);
    }
    for load in DELIVERIES {
        let sample = async |server: &_| broker::deliver(server, load, plan.round).await;
        let compared = stand.compare(load.to_string(), plan.rounds, sample).await?;
        report.compared(compared, &CALLS, &RATIOS);
    }
    let sample = async |server: &_| quiet(plan, server).await;
    let title = format!("{SUBSCRIPTIONS} idle subscriptions on 1 connection");
    let idle = stand.compare(title, 1, sample);
    report.compared(idle.await?, &[Figure::Quiet, Figure::Woken], &[]);
    stand.memory("a broker", report)
}

/// What it costs to wait.
async fn quiet(plan: &Plan, server: &Server) -> anyhow::Result<Sample> {
    let mut broker = Broker::connect(&server.socket()).await?;
    let open = broker.subscribe_idle(SUBSCRIPTIONS).await?;
    // Until what opened them has come to rest.
    tokio::time::sleep(plan.rest).await;
    let before = Usage::of(server.id())?;
    tokio::time::sleep(plan.idle).await;
    let used = Usage::of(server.id())?.since(before);
    drop(open);
    let seconds = plan.idle.as_secs_f64();
    Ok(Sample::from([
        (Figure::Quiet, used.cpu.as_secs_f64() * 1e6 / seconds),
        (Figure::Woken, used.switches as f64 / seconds),
    ]))
}
