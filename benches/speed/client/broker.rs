//! Publishers and subscriptions: each publisher goes on as soon as its message is delivered, and each message is acknowledged
//! at once. All share a connection, as applications share daprd's.

use super::{
    Call, Latencies, Meter, PATIENCE, callers,
    connection::{Connection, Messages, frame, path},
    state::counted,
};
use crate::{client, compare::Sample, server::Server};
use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use h2::{SendStream, client::ResponseFuture};
use http::Uri;
use plugbox::proto::dapr::{
    FeaturesRequest, FeaturesResponse, MetadataRequest, PubSubInitRequest, PubSubInitResponse,
    PublishRequest, PullMessagesRequest, PullMessagesResponse, Topic,
};
use prost::Message;
use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    path::Path,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};

const BROKER: &str = "dapr.proto.components.v1.PubSub";

/// Bytes of each message.
pub const DATA: usize = 100;

/// How long a message may take before another one is sent to see whether a subscription is open.
const PROBE: Duration = Duration::from_millis(50);

/// What messages count their time from.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

#[derive(Clone, Copy)]
pub struct Load {
    /// How many messages are published and not delivered, over all topics.
    pub in_flight: usize,
    /// How many topics there are, each with one subscription.
    pub topics: usize,
    /// How many messages a subscription may have and not have acknowledged.
    pub window: usize,
    /// How many subscriptions there are to which nothing comes.
    pub idle: usize,
    /// Whether the publishers have a connection of their own.
    pub apart: bool,
}

impl Load {
    pub const fn new(in_flight: usize, topics: usize, window: usize) -> Self {
        Self {
            in_flight,
            topics,
            window,
            idle: 0,
            apart: false,
        }
    }

    pub const fn apart(self) -> Self {
        Self {
            apart: true,
            ..self
        }
    }

    pub const fn beside(self, idle: usize) -> Self {
        Self { idle, ..self }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "delivery, {} in flight to {}, {} unacknowledged for each",
            self.in_flight,
            counted(self.topics, "subscription"),
            self.window
        )?;
        if self.apart {
            write!(f, ", publishers on a connection of their own")?;
        }
        if self.idle > 0 {
            write!(f, ", beside {}", counted(self.idle, "idle subscription"))?;
        }
        Ok(())
    }
}

/// Initialises a server's broker, and has it deliver enough to be warm.
pub async fn prepare(server: &Server) -> anyhow::Result<()> {
    let mut connection = Connection::open(&server.socket()).await?;
    let init = PubSubInitRequest {
        metadata: Some(MetadataRequest::default()),
    };
    let _: PubSubInitResponse = connection.ask(&path(BROKER, "Init")?, &init).await?;
    let features = FeaturesRequest {};
    let _: FeaturesResponse = connection
        .ask(&path(BROKER, "Features")?, &features)
        .await?;
    let lasts = Duration::from_millis(100);
    deliver(server, Load::new(64, 4, 64), lasts).await?;
    Ok(())
}

/// Publishes to a topic that nobody has subscribed to.
pub async fn publish(server: &Server, count: usize, lasts: Duration) -> anyhow::Result<Sample> {
    let connection = Connection::open(&server.socket()).await?;
    let call = Call {
        path: path(BROKER, "Publish")?,
        frame: frame(&message("nowhere")),
        least: 0,
    };
    let callers = callers(&[connection], count, &Arc::from([call]));
    client::measured(callers, lasts, &[server.id()]).await
}

/// Publishes for as long as this lasts, and waits until all is delivered: what the subscriptions saw.
pub async fn deliver(server: &Server, load: Load, lasts: Duration) -> anyhow::Result<Sample> {
    let mut broker = Broker::connect(&server.socket()).await?;
    let mut publisher = match load.apart {
        true => Broker::connect(&server.socket()).await?,
        false => broker.clone(),
    };
    let _idle = broker.subscribe_idle(load.idle).await?;
    let latencies = Latencies::new()?;
    let each = load.in_flight / load.topics;
    let mut tasks = JoinSet::new();
    let mut lines = Vec::new();
    for topic in (0..load.topics).map(|number| format!("busy-{number}")) {
        let mut subscription = broker.subscribe(&topic, load.window).await?;
        publisher.probe(&topic, &mut subscription).await?;
        let room = Arc::new(Semaphore::new(each));
        tasks.spawn(receive(subscription, latencies.clone(), room.clone()));
        lines.push((topic, room));
    }
    let meter = Meter::begin(&[server.id()])?;
    let until = Instant::now() + lasts;
    for (topic, room) in &lines {
        for _ in 0..each {
            tasks.spawn(send(publisher.clone(), topic.clone(), room.clone(), until));
        }
    }
    let delivered = async {
        tokio::time::sleep_until(until.into()).await;
        for (_, room) in &lines {
            room.acquire_many(u32::try_from(each)?).await?.forget();
        }
        anyhow::Ok(())
    };
    tokio::select! {
        delivered = tokio::time::timeout(PATIENCE, delivered) => {
            delivered.context("it does not deliver any more")??;
        }
        // They end by errors only.
        Some(failed) = tasks.join_next() => match failed?? {},
    }
    meter.end(&latencies)
}

/// Publishes one message after the other while there is room in flight, and no more after `until`.
async fn send(
    mut publisher: Broker,
    topic: String,
    room: Arc<Semaphore>,
    until: Instant,
) -> anyhow::Result<Infallible> {
    // Once at least, however late this comes to its turn.
    loop {
        room.acquire().await?.forget();
        publisher.publish(&topic).await?;
        if Instant::now() >= until {
            break;
        }
    }
    std::future::pending().await
}

/// Acknowledges what comes, and makes room for as much.
async fn receive(
    mut subscription: Subscription,
    latencies: Latencies,
    room: Arc<Semaphore>,
) -> anyhow::Result<Infallible> {
    let since = START.elapsed();
    loop {
        let message = subscription.next().await?;
        // What was not acknowledged in the round before comes again.
        if let Some(latency) = age(&message, since)? {
            latencies.add(latency);
            room.add_permits(1);
        }
        subscription.acknowledge(message)?;
    }
}

/// A broker's client.
#[derive(Clone)]
pub struct Broker {
    connection: Connection,
    publish: Uri,
    pull: Uri,
}

impl Broker {
    pub async fn connect(socket: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            connection: Connection::open(socket).await?,
            publish: path(BROKER, "Publish")?,
            pull: path(BROKER, "PullMessages")?,
        })
    }

    /// Asks for a subscription. Not every server says when it is open.
    async fn subscribe(&mut self, topic: &str, window: usize) -> anyhow::Result<Subscription> {
        let window = ("maxInFlight".to_owned(), window.to_string());
        let first = PullMessagesRequest {
            topic: Some(Topic {
                name: topic.to_owned(),
                metadata: HashMap::from([window]),
            }),
            ..Default::default()
        };
        let (frames, opening) = self.connection.open_stream(&self.pull, &first).await?;
        Ok(Subscription {
            frames,
            messages: Incoming::Opening(opening),
        })
    }

    /// Asks for so many subscriptions to which nothing comes.
    pub async fn subscribe_idle(&mut self, count: usize) -> anyhow::Result<Vec<Subscription>> {
        let mut all = Vec::new();
        for number in 0..count {
            all.push(self.subscribe(&format!("idle-{number}"), 1).await?);
        }
        Ok(all)
    }

    /// Publishes until something comes.
    async fn probe(&mut self, topic: &str, subscription: &mut Subscription) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            self.publish(topic).await?;
            if let Ok(message) = tokio::time::timeout(PROBE, subscription.next()).await {
                return subscription.acknowledge(message?);
            }
        }
        bail!("nothing comes to a subscription")
    }

    /// Publishes a message that begins with the time.
    async fn publish(&mut self, topic: &str) -> anyhow::Result<()> {
        let frame = frame(&message(topic));
        self.connection.call(&self.publish, frame).await?;
        Ok(())
    }
}

fn message(topic: &str) -> PublishRequest {
    let mut data = vec![b'm'; DATA];
    let now = START.elapsed().as_nanos() as u64;
    data.splice(..8, now.to_be_bytes());
    PublishRequest {
        topic: topic.to_owned(),
        data,
        ..Default::default()
    }
}

/// How old a message is; none if it is from before.
fn age(message: &PullMessagesResponse, since: Duration) -> anyhow::Result<Option<Duration>> {
    ensure!(message.data.len() == DATA, "a message is not what was sent");
    let sent = message.data.first_chunk().context("no time in a message")?;
    let sent = Duration::from_nanos(u64::from_be_bytes(*sent));
    Ok((sent >= since).then(|| START.elapsed().saturating_sub(sent)))
}

/// A stream of messages. It is closed when it is dropped.
pub struct Subscription {
    frames: SendStream<Bytes>,
    messages: Incoming,
}

enum Incoming {
    Opening(ResponseFuture),
    Open(Messages),
}

impl Subscription {
    async fn next(&mut self) -> anyhow::Result<PullMessagesResponse> {
        let message = loop {
            match &mut self.messages {
                Incoming::Opening(opening) => {
                    self.messages = Incoming::Open(Messages::of(opening.await?)?);
                }
                Incoming::Open(messages) => break messages.next().await?,
            }
        };
        let message = message.context("a subscription has ended")?;
        Ok(PullMessagesResponse::decode(message)?)
    }

    fn acknowledge(&mut self, message: PullMessagesResponse) -> anyhow::Result<()> {
        let acknowledged = PullMessagesRequest {
            ack_message_id: message.id,
            ..Default::default()
        };
        self.frames.send_data(frame(&acknowledged), false)?;
        Ok(())
    }
}
