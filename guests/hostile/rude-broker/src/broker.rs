//! The broker: its queues, and what each topic asks for.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Outcome, Outgoing, SubscriptionId,
};
use crate::{INITS, error, never_return, number, property, trap, window};

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[derive(Default)]
pub struct Broker {
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    last_message: u64,
    is_poisoned: bool,
}

struct Subscription {
    topic: String,
    queue: VecDeque<(String, Outgoing)>,
    /// What is out: its id, and the data that were published.
    out: Vec<(String, Vec<u8>)>,
    is_late: bool,
}

/// What `pull` answers, with times for pollables.
#[derive(Debug, Default)]
pub struct Pulled {
    pub deliveries: Vec<Delivery>,
    pub again_in: Option<Duration>,
    pub waits: Vec<Duration>,
}

impl Broker {
    pub fn publish(&mut self, message: Outgoing) -> Result<(), Error> {
        hang(&message.topic);
        if let Some(why) = message.topic.strip_prefix("fail:") {
            return Err(error(Code::Unavailable, why));
        }
        replaced(&message.data)?;
        self.send(message);
        Ok(())
    }

    fn send(&mut self, message: Outgoing) {
        self.last_message += 1;
        let id = match message.topic.as_str() {
            "nameless" => String::new(),
            _ => self.last_message.to_string(),
        };
        let times = if message.topic == "twice" { 2 } else { 1 };
        for subscription in self.subscriptions.values_mut() {
            if subscription.topic == message.topic {
                for _ in 0..times {
                    subscription.queue.push_back((id.clone(), message.clone()));
                }
            }
        }
    }

    pub fn subscribe(&mut self, id: SubscriptionId, topic: String) -> Result<u32, Error> {
        hang(&topic);
        if topic == "refuse" {
            return Err(error(Code::PermissionDenied, "asked to refuse"));
        }
        let window = match topic.strip_prefix("window:") {
            Some(text) => number(text)?,
            None => window()?,
        };
        if let Some(pollables) = topic.strip_prefix("many:") {
            number::<usize>(pollables)?;
        }
        let subscription = Subscription {
            topic,
            queue: VecDeque::new(),
            out: Vec::new(),
            is_late: false,
        };
        self.subscriptions.insert(id, subscription);
        Ok(window)
    }

    pub fn unsubscribe(&mut self, id: SubscriptionId) {
        if let Some(subscription) = self.subscriptions.remove(&id)
            && subscription.topic == "trap-on-close"
        {
            trap("unsubscribe was asked to trap");
        }
    }

    pub fn pull(&mut self, wanted: &[Demand]) -> Result<Pulled, Error> {
        if self.is_poisoned {
            trap("poisoned");
        }
        let mut pulled = Pulled::default();
        for demand in wanted {
            let Some(subscription) = self.subscriptions.get_mut(&demand.id) else {
                continue;
            };
            let (verb, argument) = subscription
                .topic
                .split_once(':')
                .unwrap_or((&subscription.topic, ""));
            match verb {
                "trap-on-pull" => trap("pull was asked to trap"),
                "loop-on-pull" => never_return(),
                "fail-pull" => return Err(error(Code::Unavailable, "pull was asked to fail")),
                "at-once" => pulled.again_in = Some(Duration::ZERO),
                "late" if !subscription.queue.is_empty() && !subscription.is_late => {
                    subscription.is_late = true;
                    pulled.again_in = Some(Duration::from_millis(number(argument)?));
                }
                "ready" => pulled.waits.push(Duration::ZERO),
                "never" => pulled.waits.push(YEAR),
                "many" => {
                    let pollables = number(argument)?;
                    pulled.waits.extend(std::iter::repeat_n(YEAR, pollables));
                }
                _ => {
                    for delivery in subscription.take(demand)? {
                        self.is_poisoned |= delivery.data == b"poison";
                        if delivery.topic == "stray" {
                            let id = SubscriptionId::MAX;
                            pulled.deliveries.push(Delivery {
                                id,
                                ..delivery.clone()
                            });
                        }
                        pulled.deliveries.push(delivery);
                    }
                }
            }
        }
        Ok(pulled)
    }

    pub fn ack(&mut self, id: SubscriptionId, message_id: &str, outcome: &Outcome) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        let (verb, _) = subscription
            .topic
            .split_once(':')
            .unwrap_or((&subscription.topic, ""));
        match verb {
            "trap-on-ack" => trap("ack was asked to trap"),
            "loop-on-ack" => never_return(),
            "acks" => return,
            _ => {}
        }
        let report = match (subscription.done(message_id), outcome) {
            (None, _) => format!("unknown {message_id}"),
            (Some(data), Outcome::Accepted) => format!("accepted {data}"),
            (Some(data), Outcome::Failed(why)) => format!("failed {data}: {why}"),
        };
        self.send(Outgoing {
            topic: "acks".to_owned(),
            data: report.into_bytes(),
            content_type: Some("text/plain".to_owned()),
            metadata: Vec::new(),
        });
    }
}

impl Subscription {
    fn take(&mut self, demand: &Demand) -> Result<Vec<Delivery>, Error> {
        let messages = self.queue.len().min(demand.messages as usize);
        let mut deliveries = Vec::new();
        for (message_id, message) in self.queue.drain(..messages) {
            self.out.push((message_id.clone(), message.data.clone()));
            deliveries.push(Delivery {
                id: demand.id,
                message_id,
                topic: message.topic,
                data: replaced(&message.data)?.unwrap_or(message.data),
                content_type: message.content_type,
                metadata: message.metadata,
            });
        }
        if self.topic == "flood" && !deliveries.is_empty() {
            let asked = demand.messages as usize;
            let copies = deliveries.clone().into_iter().cycle();
            for (copy, mut delivery) in copies.take(asked + 1 - messages).enumerate() {
                delivery.message_id = format!("{}-copy-{copy}", delivery.message_id);
                let data = delivery.data.clone();
                self.out.push((delivery.message_id.clone(), data));
                deliveries.push(delivery);
            }
        }
        Ok(deliveries)
    }

    /// The data of a message that was out until now.
    fn done(&mut self, message_id: &str) -> Option<String> {
        let place = self.out.iter().position(|(id, _)| id == message_id)?;
        let (_, data) = self.out.swap_remove(place);
        Some(String::from_utf8_lossy(&data).into_owned())
    }
}

/// What two functions do for some topics: not return.
fn hang(topic: &str) {
    match topic {
        "trap" => trap("asked to trap"),
        "loop" => never_return(),
        _ => {}
    }
}

/// What is delivered in the place of some data.
fn replaced(data: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let Ok(text) = std::str::from_utf8(data) else {
        return Ok(None);
    };
    let (verb, argument) = text.split_once(':').unwrap_or((text, ""));
    Ok(match verb {
        "big" => Some(vec![b'x'; number(argument)?]),
        "init-count" => Some(INITS.get().to_string().into_bytes()),
        "property" => Some(property(argument).unwrap_or_default().into_bytes()),
        _ => None,
    })
}
