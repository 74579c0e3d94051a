//! The end of a soak: when all is quiet, what is out is what is to be out, and nothing else comes.

use crate::{
    STREAMS, Soak,
    consumer::Consumer,
    ledger::{Answer, Receipt},
    trapped,
};
use std::{collections::BTreeSet, sync::atomic::Ordering};

/// What each consumer holds.
type Held = Vec<Vec<Receipt>>;

impl Soak {
    /// Sees that every stream takes what it could take at its beginning, and that nothing comes again: what is published now is
    /// younger than all else, and so would come last.
    pub async fn quiet(&mut self) {
        // Whatever the guest was still asked for is forgotten.
        self.trap().await;
        // Until it knows of four subscriptions, a cancelled one among them may still give back what it has.
        loop {
            let message = self.send(STREAMS[0].0).await;
            self.complete().await;
            if self.ledger.subscriptions(message) == STREAMS.len() {
                break;
            }
        }
        self.orders.stop.store(true, Ordering::Relaxed);
        let mut consumers = std::mem::take(&mut self.consumers).join_all().await;

        // Answers that went down with a guest may still bring something again, once.
        let sent = self.fill().await;
        let held = self.hold(&mut consumers, &sent, true).await;
        accept(&mut consumers, held);
        // By now each answer has been taken.
        let sent = self.fill().await;
        let held = self.hold(&mut consumers, &sent, false).await;
        self.trap().await;
        // This reaches nobody, but makes room for the same messages from the next instance.
        accept(&mut consumers, held);
        let held = self.hold(&mut consumers, &sent, false).await;
        accept(&mut consumers, held);
        let sent = self.fill().await;
        self.hold(&mut consumers, &sent, false).await;
    }

    /// Publishes as many messages as all streams together may have out.
    async fn fill(&mut self) -> BTreeSet<usize> {
        let mut sent = BTreeSet::new();
        for (topic, window) in STREAMS {
            for _ in 0..window {
                sent.insert(self.send(topic).await);
            }
        }
        sent
    }

    /// Waits until they are out, on all streams, and sees that nothing else comes, unless it is let through.
    async fn hold(&self, consumers: &mut [Consumer], sent: &BTreeSet<usize>, others: bool) -> Held {
        let mut all = Held::new();
        for consumer in consumers {
            let mut held = Vec::new();
            while held.len() < consumer.window() {
                let message = consumer.next().await;
                let receipt = consumer.receive(&message);
                if sent.contains(&receipt.message) {
                    held.push(receipt);
                } else {
                    assert!(others, "it comes again when all is quiet: {message:?}");
                    consumer.answer(receipt, Answer::Accepted);
                }
            }
            all.push(held);
        }
        let held: BTreeSet<_> = all
            .iter()
            .flatten()
            .map(|receipt| receipt.message)
            .collect();
        assert_eq!(&held, sent);
        all
    }

    async fn send(&mut self, topic: &str) -> usize {
        let message = self.ledger.publishing();
        let sent = self.publishers[0].publish(topic, message.to_string()).await;
        sent.unwrap();
        self.ledger.published(message, true);
        message
    }

    async fn trap(&mut self) {
        assert!(trapped(self.publishers[0].publish("trap", "init").await));
        self.failed += 1;
    }
}

fn accept(consumers: &mut [Consumer], held: Held) {
    for (consumer, held) in consumers.iter_mut().zip(held) {
        for receipt in held {
            consumer.answer(receipt, Answer::Accepted);
        }
    }
}
