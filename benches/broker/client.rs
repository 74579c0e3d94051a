//! Publishers and subscriptions: each publisher goes on as soon as its message is delivered, and each message is acknowledged
//! at once. All share a connection, as applications share daprd's.

use super::support::{
    connection::{Connection, origin, request},
    rounds::Seen,
};
use anyhow::{Context, ensure};
use hdrhistogram::Histogram;
use plugbox::proto::dapr::{
    FeaturesRequest, PubSubInitRequest, PublishRequest, PullMessagesRequest, PullMessagesResponse,
    Topic, pub_sub_client::PubSubClient,
};
use std::{
    collections::HashMap,
    convert::Infallible,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;

/// Bytes of each message.
pub const DATA: usize = 100;

/// A server that takes longer than this has stopped.
const PATIENCE: Duration = Duration::from_secs(120);

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

/// Initialises a server's broker, and has it deliver enough to be warm.
pub async fn prepare(socket: &Path) -> anyhow::Result<()> {
    let mut client = Broker::connect(socket).await?.client;
    client.init(request(PubSubInitRequest::default())).await?;
    client.features(request(FeaturesRequest {})).await?;
    let lasts = Duration::from_millis(300);
    measured(socket, Load::new(64, 4, 64), lasts, || Ok(Duration::ZERO)).await?;
    Ok(())
}

/// Publishes for as long as this lasts, and waits until all is delivered: what the subscriptions saw, and by how much a gauge of
/// the server grew.
pub async fn measured(
    socket: &Path,
    load: Load,
    lasts: Duration,
    gauge: impl Fn() -> anyhow::Result<Duration>,
) -> anyhow::Result<(Seen, Duration)> {
    let mut broker = Broker::connect(socket).await?;
    let publisher = match load.apart {
        true => Broker::connect(socket).await?,
        false => broker.clone(),
    };
    let mut idle = Vec::new();
    for number in 0..load.idle {
        idle.push(broker.subscribe(&idle_topic(number), 1).await?);
    }
    let latencies = Histogram::new_with_bounds(1, PATIENCE.as_nanos() as u64, 3)?;
    let latencies = Arc::new(Mutex::new(latencies));
    let each = load.in_flight / load.topics;
    let mut tasks = JoinSet::new();
    let mut lines = Vec::new();
    for topic in (0..load.topics).map(|number| format!("busy-{number}")) {
        let subscription = broker.subscribe(&topic, load.window).await?;
        let room = Arc::new(Semaphore::new(each));
        tasks.spawn(receive(subscription, latencies.clone(), room.clone()));
        lines.push((topic, room));
    }
    let before = gauge()?;
    let begun = Instant::now();
    for (topic, room) in &lines {
        for _ in 0..each {
            let until = begun + lasts;
            tasks.spawn(send(publisher.clone(), topic.clone(), room.clone(), until));
        }
    }
    let delivered = async {
        tokio::time::sleep(lasts).await;
        for (_, room) in &lines {
            room.acquire_many(u32::try_from(each)?).await?.forget();
        }
        anyhow::Ok(begun.elapsed())
    };
    let elapsed = tokio::select! {
        delivered = tokio::time::timeout(PATIENCE, delivered) => {
            delivered.context("it does not deliver any more")??
        }
        // They end by errors only.
        Some(failed) = tasks.join_next() => match failed?? {},
    };
    let grown = gauge()?.saturating_sub(before);
    let latencies = latencies.lock().unwrap_or_else(PoisonError::into_inner);
    let messages = Seen {
        latencies: latencies.clone(),
        elapsed,
    };
    Ok((messages, grown))
}

/// Publishes one message after the other while there is room in flight, and nothing after `until`.
async fn send(
    mut publisher: Broker,
    topic: String,
    room: Arc<Semaphore>,
    until: Instant,
) -> anyhow::Result<Infallible> {
    while Instant::now() < until {
        room.acquire().await?.forget();
        publisher.publish(&topic).await?;
    }
    std::future::pending().await
}

/// Acknowledges what comes, and makes room for as much.
async fn receive(
    mut subscription: Subscription,
    latencies: Arc<Mutex<Histogram<u64>>>,
    room: Arc<Semaphore>,
) -> anyhow::Result<Infallible> {
    let since = START.elapsed();
    loop {
        let message = subscription.next().await?;
        // What was not acknowledged in the round before comes again.
        if let Some(latency) = age(&message, since)? {
            latencies
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .saturating_record(latency.as_nanos() as u64);
            room.add_permits(1);
        }
        subscription.acknowledge(message)?;
    }
}

/// A topic to which nothing is published.
pub fn idle_topic(number: usize) -> String {
    format!("idle-{number}")
}

/// A pub/sub component's client.
#[derive(Clone)]
pub struct Broker {
    client: PubSubClient<Connection>,
}

impl Broker {
    pub async fn connect(socket: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(socket).await?;
        Ok(Self {
            client: PubSubClient::with_origin(connection, origin()),
        })
    }

    /// Returns when the server has opened the subscription.
    pub async fn subscribe(&mut self, topic: &str, window: usize) -> anyhow::Result<Subscription> {
        let (frames, sent) = mpsc::unbounded_channel();
        let window = ("maxInFlight".to_owned(), window.to_string());
        frames.send(PullMessagesRequest {
            topic: Some(Topic {
                name: topic.to_owned(),
                metadata: HashMap::from([window]),
            }),
            ..Default::default()
        })?;
        let frames_out = UnboundedReceiverStream::new(sent);
        let opened = self.client.pull_messages(request(frames_out)).await?;
        Ok(Subscription {
            frames,
            messages: opened.into_inner(),
        })
    }

    /// Publishes a message that begins with the time.
    async fn publish(&mut self, topic: &str) -> anyhow::Result<()> {
        let mut data = vec![b'm'; DATA];
        let now = START.elapsed().as_nanos() as u64;
        data.splice(..8, now.to_be_bytes());
        let message = PublishRequest {
            topic: topic.to_owned(),
            data,
            ..Default::default()
        };
        self.client.publish(request(message)).await?;
        Ok(())
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
    frames: mpsc::UnboundedSender<PullMessagesRequest>,
    messages: Streaming<PullMessagesResponse>,
}

impl Subscription {
    async fn next(&mut self) -> anyhow::Result<PullMessagesResponse> {
        let message = self.messages.message().await?;
        message.context("a subscription has ended")
    }

    fn acknowledge(&self, message: PullMessagesResponse) -> anyhow::Result<()> {
        self.frames.send(PullMessagesRequest {
            ack_message_id: message.id,
            ..Default::default()
        })?;
        Ok(())
    }
}
