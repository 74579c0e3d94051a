//! Streams of a broker that hands over: each message comes until it is accepted, and never again.

use crate::{
    door::ask,
    support::{PATIENCE, broker::Broker},
    watch::Watch,
};
use fastrand::Rng;
use prost::Message;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};
use tonic::{Status, transport::Channel};

/// The topics, each with one stream, and how many messages that may have out.
pub const TOPICS: [(&str, usize); 4] = [
    ("orders", 1),
    ("payments", 4),
    ("returns", 16),
    ("news", 64),
];
/// Messages of a topic that are published and not accepted yet, at most.
const BACKLOG: usize = 128;
/// How long an answer is held back, at most.
const HOLD: u64 = 30;

/// What became of the messages of each topic.
#[derive(Default)]
pub struct Ledger {
    topics: HashMap<&'static str, Topic>,
    deliveries: AtomicUsize,
}

struct Topic {
    /// A message's data are its place here.
    messages: Mutex<Vec<State>>,
    room: Semaphore,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// It waits for its delivery: the first, or the one after it has failed.
    Waiting,
    Out,
    Accepted,
}

impl Ledger {
    pub fn new() -> Arc<Self> {
        let topics = TOPICS.map(|(topic, _)| {
            let messages = Mutex::default();
            let room = Semaphore::new(BACKLOG);
            (topic, Topic { messages, room })
        });
        Arc::new(Self {
            topics: topics.into(),
            deliveries: AtomicUsize::new(0),
        })
    }

    /// A message that is about to be published, once the backlog is short enough.
    async fn publishing(&self, topic: &str) -> usize {
        let topic = &self.topics[topic];
        topic.room.acquire().await.unwrap().forget();
        let mut messages = topic.messages.lock().unwrap();
        messages.push(State::Waiting);
        messages.len() - 1
    }

    /// A message has come, which must be one that waits for it.
    pub fn received(&self, topic: &str, message: usize) {
        self.deliveries.fetch_add(1, Ordering::Relaxed);
        let before = self.set(topic, message, State::Out);
        assert_eq!(before, State::Waiting, "{topic}: {message} comes again");
    }

    /// The broker is about to be told that it was accepted.
    pub fn accepted(&self, topic: &str, message: usize) {
        self.set(topic, message, State::Accepted);
        self.topics[topic].room.add_permits(1);
    }

    /// The broker is about to be told that it has failed.
    pub fn failed(&self, topic: &str, message: usize) {
        self.set(topic, message, State::Waiting);
    }

    fn set(&self, topic: &str, message: usize, state: State) -> State {
        let mut messages = self.topics[topic].messages.lock().unwrap();
        std::mem::replace(&mut messages[message], state)
    }

    /// How many messages there are, and how many deliveries of them there were.
    pub fn counts(&self) -> (usize, usize) {
        let topics = self.topics.values();
        let messages = topics.map(|topic| topic.messages.lock().unwrap().len());
        (messages.sum(), self.deliveries.load(Ordering::Relaxed))
    }

    /// How many messages of each topic are not accepted.
    fn open(&self) -> Vec<(&str, Vec<usize>)> {
        let open = self.topics.iter().map(|(name, topic)| {
            let messages = topic.messages.lock().unwrap();
            let places = 0..messages.len();
            let open = places.filter(|place| messages[*place] != State::Accepted);
            (*name, open.collect::<Vec<_>>())
        });
        open.filter(|(_, open)| !open.is_empty()).collect()
    }

    /// Waits until all are accepted, as long as messages come.
    pub async fn complete(&self) {
        let (mut before, mut since) = (0, Instant::now());
        loop {
            let open = self.open();
            if open.is_empty() {
                return;
            }
            let deliveries = self.deliveries.load(Ordering::Relaxed);
            if std::mem::replace(&mut before, deliveries) != deliveries {
                since = Instant::now();
            }
            assert!(since.elapsed() < PATIENCE, "these are lost: {open:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Where publishers publish.
#[derive(Clone)]
pub enum Exchange {
    Runner(Broker),
    /// A resource of daprd's.
    Daprd {
        channel: Channel,
        resource: String,
    },
}

/// Of daprd's API.
#[derive(Clone, PartialEq, Message)]
struct Publish {
    #[prost(string, tag = "1")]
    pubsub_name: String,
    #[prost(string, tag = "2")]
    topic: String,
    #[prost(bytes = "vec", tag = "3")]
    data: Vec<u8>,
    #[prost(string, tag = "4")]
    content_type: String,
}

impl Exchange {
    pub async fn publish(&self, topic: &str, data: String) -> Result<(), Status> {
        match self {
            Self::Runner(broker) => broker.clone().publish(topic, data).await,
            Self::Daprd { channel, resource } => {
                let request = Publish {
                    pubsub_name: resource.clone(),
                    topic: topic.to_owned(),
                    data: data.into_bytes(),
                    content_type: "application/json".to_owned(),
                };
                ask(channel, "PublishEvent", request).await
            }
        }
    }
}

/// Starts a publisher for each topic. Each waits between two messages, `pause` on average.
pub fn publish(
    exchange: &Exchange,
    pause: Duration,
    ledger: &Arc<Ledger>,
    watch: &Arc<Watch>,
    random: &mut Rng,
) -> JoinSet<()> {
    let mut all = JoinSet::new();
    for (topic, _) in TOPICS {
        let (exchange, ledger, watch) = (exchange.clone(), ledger.clone(), watch.clone());
        let mut random = random.fork();
        all.spawn(async move {
            while !watch.is_over() {
                let message = ledger.publishing(topic).await;
                let publishing = exchange.publish(topic, message.to_string());
                watch.call("broker", publishing).await;
                tokio::time::sleep(pause.mul_f64(random.f64() * 2.0)).await;
            }
        });
    }
    all
}

/// Opens a stream for each topic, which accepts most of what comes, some of it later, and lets some fail.
pub async fn consume(broker: &Broker, ledger: &Arc<Ledger>, random: &mut Rng) -> JoinSet<()> {
    let mut all = JoinSet::new();
    for (topic, window) in TOPICS {
        let window = window.to_string();
        let metadata = [("maxInFlight", window.as_str())];
        let mut broker = broker.clone();
        let mut stream = broker.subscribe_with(topic, &metadata).await.unwrap();
        let (ledger, mut random) = (ledger.clone(), random.fork());
        all.spawn(async move {
            let mut held: Vec<(Instant, String, usize)> = Vec::new();
            loop {
                let due = held.iter().map(|(due, ..)| *due).min();
                let wait = due.map_or(PATIENCE, |due| {
                    due.saturating_duration_since(Instant::now())
                });
                // That the stream ends is a panic.
                if let Some(message) = stream.within(wait).await {
                    let number = std::str::from_utf8(&message.data).unwrap().parse().unwrap();
                    ledger.received(topic, number);
                    match random.u32(..100) {
                        0..5 => {
                            ledger.failed(topic, number);
                            stream.fail(&message.id, "not now");
                        }
                        5..25 => {
                            let hold = Duration::from_millis(random.u64(0..=HOLD));
                            held.push((Instant::now() + hold, message.id, number));
                        }
                        _ => {
                            ledger.accepted(topic, number);
                            stream.ack(&message.id);
                        }
                    }
                }
                let now = Instant::now();
                for (_, id, number) in held.extract_if(.., |(due, ..)| *due <= now) {
                    // What a guest had delivered before it was replaced may well come back.
                    if random.bool() {
                        ledger.failed(topic, number);
                        stream.fail(&id, "not in time");
                    } else {
                        ledger.accepted(topic, number);
                        stream.ack(&id);
                    }
                }
            }
        });
    }
    all
}
