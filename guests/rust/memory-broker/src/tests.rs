//! What the broker promises, rule by rule. Each test has a broker and a clock of its own.

mod bulk;
mod delivery;
mod expiry;
mod groups;
mod save;
mod settings;
mod wildcards;

use std::cell::Cell;
use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::pub_sub::{Delivery, Demand, Outcome, Outgoing};
use crate::broker::Broker;
use crate::settings::Settings;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

thread_local! {
    static PASSED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

fn now() -> Instant {
    *START + PASSED.get()
}

fn wait(milliseconds: u64) {
    PASSED.set(PASSED.get() + Duration::from_millis(milliseconds));
}

fn broker(properties: &[(&str, &str)]) -> Broker {
    let mut broker = Broker::new(now);
    broker.configure(Settings::new(&metadata(properties)).unwrap());
    broker
}

fn metadata(pairs: &[(&str, &str)]) -> Metadata {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn message(topic: &str, data: &str) -> Outgoing {
    Outgoing {
        topic: topic.to_owned(),
        data: data.as_bytes().to_vec(),
        content_type: Some("text/plain".to_owned()),
        metadata: Vec::new(),
    }
}

impl Outgoing {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.metadata.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Broker {
    /// Publishes messages to one topic.
    fn send(&mut self, topic: &str, data: &[&str]) {
        for data in data {
            self.publish(message(topic, data)).unwrap();
        }
    }

    /// Subscribes without metadata.
    fn listen(&mut self, id: u64, topic: &str) {
        self.subscribe(id, topic.to_owned(), &Vec::new()).unwrap();
    }

    /// What one subscription gets that can take so many messages.
    fn take(&mut self, id: u64, messages: u32) -> Vec<Delivery> {
        let (deliveries, _) = self.pull(&[Demand { id, messages }]);
        assert!(deliveries.iter().all(|delivery| delivery.id == id));
        deliveries
    }

    /// The one message that a subscription gets which can take two.
    fn take_one(&mut self, id: u64) -> Delivery {
        let [delivery] = <[Delivery; 1]>::try_from(self.take(id, 2)).unwrap();
        delivery
    }

    /// The texts that one subscription gets.
    fn texts(&mut self, id: u64, messages: u32) -> Vec<String> {
        self.take(id, messages).iter().map(text).collect()
    }

    /// How long to wait for a subscription.
    fn wait_of(&mut self, id: u64) -> Option<Duration> {
        let (deliveries, wait) = self.pull(&[Demand { id, messages: 1 }]);
        assert!(deliveries.is_empty(), "there is something to deliver");
        wait
    }

    fn accept(&mut self, delivery: &Delivery) {
        self.ack(delivery.id, &delivery.message_id, Outcome::Accepted);
    }

    fn fail(&mut self, delivery: &Delivery) {
        let why = Outcome::Failed("the test says so".to_owned());
        self.ack(delivery.id, &delivery.message_id, why);
    }
}

fn text(delivery: &Delivery) -> String {
    String::from_utf8(delivery.data.clone()).unwrap()
}

/// The message of an error with that code.
fn refusal<T: Debug>(outcome: Result<T, Error>, code: Code) -> String {
    match outcome {
        Err(error) if error.code == code => error.message,
        other => panic!("no {code:?}: {other:?}"),
    }
}
