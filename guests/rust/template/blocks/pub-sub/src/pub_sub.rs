//! A message broker in memory. Each consumer group of a topic has a queue, and the subscriptions of a group share it.

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Guest, Outcome, Outgoing, Pulled, SubscriptionId,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

/// The property that names the application, and so its group.
const GROUP: &str = "consumerID";

/// Messages that may wait in one queue.
const MOST: usize = 10_000;

#[derive(Default)]
struct Broker {
    /// The group of subscriptions that name none.
    group: String,
    last_id: u64,
    /// By topic and group.
    queues: BTreeMap<(String, String), VecDeque<Delivery>>,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
}

struct Subscription {
    /// The topic and the group.
    queue: (String, String),
    /// What was delivered and is not acknowledged.
    out: Vec<Delivery>,
}

thread_local! {
    static BROKER: RefCell<Broker> = RefCell::default();
}

impl Guest for crate::Guest {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        BROKER.with_borrow_mut(|broker| broker.group = group(&properties).unwrap_or_default());
        Ok(Vec::new())
    }

    fn publish(message: Outgoing) -> Result<(), Error> {
        BROKER.with_borrow_mut(|broker| broker.publish(message))
    }

    /// One message at a time: the next comes when this one is acknowledged.
    fn subscribe(id: SubscriptionId, topic: String, metadata: Metadata) -> Result<u32, Error> {
        BROKER.with_borrow_mut(|broker| {
            let queue = (topic, group(&metadata).unwrap_or(broker.group.clone()));
            broker.queues.entry(queue.clone()).or_default();
            let out = Vec::new();
            broker.subscriptions.insert(id, Subscription { queue, out });
        });
        Ok(1)
    }

    fn unsubscribe(id: SubscriptionId) {
        BROKER.with_borrow_mut(|broker| {
            if let Some(Subscription { queue, out }) = broker.subscriptions.remove(&id) {
                let queue = broker.queues.entry(queue).or_default();
                out.into_iter()
                    .rev()
                    .for_each(|message| queue.push_front(message));
            }
        });
    }

    /// Only calls bring messages, so there is nothing to wait for.
    fn pull(wanted: Vec<Demand>) -> Result<Pulled, Error> {
        Ok(Pulled {
            deliveries: BROKER.with_borrow_mut(|broker| broker.pull(&wanted)),
            again_in: None,
            waits: Vec::new(),
        })
    }

    /// What failed comes again, after all others: one that always fails must not hold them back.
    fn ack(id: SubscriptionId, message_id: String, outcome: Outcome) {
        BROKER.with_borrow_mut(|broker| {
            let Some(subscription) = broker.subscriptions.get_mut(&id) else {
                return;
            };
            let mut out = subscription.out.iter();
            if let Some(place) = out.position(|message| message.message_id == message_id) {
                let message = subscription.out.remove(place);
                if matches!(outcome, Outcome::Failed(_)) {
                    let queue = broker.queues.entry(subscription.queue.clone());
                    queue.or_default().push_back(message);
                }
            }
        });
    }
}

impl Broker {
    fn publish(&mut self, message: Outgoing) -> Result<(), Error> {
        let mut queues: Vec<_> = self
            .queues
            .iter_mut()
            .filter(|((topic, _), _)| *topic == message.topic)
            .map(|(_, queue)| queue)
            .collect();
        if queues.iter().any(|queue| queue.len() >= MOST) {
            return Err(Error {
                code: Code::ResourceExhausted,
                message: format!("{MOST} messages wait in {} already", message.topic),
            });
        }
        self.last_id += 1;
        let message = Delivery {
            // Each subscription puts its own id here.
            id: 0,
            message_id: self.last_id.to_string(),
            topic: message.topic,
            data: message.data,
            content_type: message.content_type,
            metadata: message.metadata,
        };
        for queue in &mut queues {
            queue.push_back(message.clone());
        }
        Ok(())
    }

    fn pull(&mut self, wanted: &[Demand]) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for demand in wanted {
            let Some(subscription) = self.subscriptions.get_mut(&demand.id) else {
                continue;
            };
            let queue = self.queues.entry(subscription.queue.clone()).or_default();
            let count = queue.len().min(demand.messages as usize);
            for mut message in queue.drain(..count) {
                message.id = demand.id;
                subscription.out.push(message.clone());
                deliveries.push(message);
            }
        }
        deliveries
    }
}

fn group(metadata: &Metadata) -> Option<String> {
    let mut groups = metadata.iter().filter(|(name, _)| name == GROUP);
    groups.next().map(|(_, group)| group.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(id: SubscriptionId) -> Vec<Delivery> {
        crate::Guest::pull(vec![Demand { id, messages: 1 }])
            .unwrap()
            .deliveries
    }

    #[test]
    fn a_message_comes_until_it_is_accepted() {
        crate::Guest::subscribe(1, "orders".to_owned(), Vec::new()).unwrap();
        let message = Outgoing {
            topic: "orders".to_owned(),
            data: b"1".to_vec(),
            content_type: None,
            metadata: Vec::new(),
        };
        crate::Guest::publish(message).unwrap();
        let first = pull(1).remove(0);
        assert!(pull(1).is_empty());
        crate::Guest::ack(
            1,
            first.message_id.clone(),
            Outcome::Failed("no".to_owned()),
        );
        let second = pull(1).remove(0);
        assert_eq!(second.data, b"1");
        crate::Guest::ack(1, second.message_id, Outcome::Accepted);
        assert!(pull(1).is_empty());
    }
}
