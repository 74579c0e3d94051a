//! A consumer: one stream after the other, with all that a client may do to it.

use crate::{
    ledger::{Answer, Ledger, Receipt},
    support::broker::{Broker, Messages},
};
use fastrand::Rng;
use plugbox::proto::dapr::PullMessagesResponse;
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// How long an answer is held back, at most.
const HOLD: u64 = 5;
/// How often a consumer that hears nothing looks whether that is all.
const LOOK: Duration = Duration::from_millis(20);

/// What all consumers go by.
#[derive(Default)]
pub struct Orders {
    /// To accept everything at once from now on.
    pub calm: AtomicBool,
    /// To stop.
    pub stop: AtomicBool,
}

pub struct Consumer {
    broker: Broker,
    topic: &'static str,
    window: usize,
    ledger: Arc<Ledger>,
    /// Always there, but for the moment between two of them.
    stream: Option<Messages>,
    /// How many messages the stream has brought.
    received: usize,
    /// The answers that are not known to be taken, as they were sent.
    untaken: VecDeque<(Receipt, Answer)>,
    /// How many answers are.
    taken: usize,
    /// What is not answered yet, and when it is to be.
    held: Vec<(Instant, Receipt)>,
}

impl Consumer {
    pub async fn new(
        broker: Broker,
        topic: &'static str,
        window: usize,
        ledger: Arc<Ledger>,
    ) -> Self {
        Self {
            stream: Some(open(&mut broker.clone(), topic, window).await),
            broker,
            topic,
            window,
            ledger,
            received: 0,
            untaken: VecDeque::new(),
            taken: 0,
            held: Vec::new(),
        }
    }

    pub fn window(&self) -> usize {
        self.window
    }

    /// Does what a consumer may do, at random, until it is told to stop.
    pub async fn consume(mut self, mut random: Rng, orders: Arc<Orders>) -> Self {
        while !orders.stop.load(Ordering::Relaxed) {
            let calm = orders.calm.load(Ordering::Relaxed);
            let due = self.held.iter().map(|(due, _)| *due).min();
            let wait = due.map_or(LOOK, |due| due.duration_since(Instant::now()).min(LOOK));
            if let Some(message) = self.stream().within(wait).await {
                let receipt = self.receive(&message);
                if calm {
                    self.answer(receipt, Answer::Accepted);
                } else {
                    self.treat(receipt, &mut random).await;
                }
            }
            let now = Instant::now();
            let due = self.held.extract_if(.., |(due, _)| calm || *due <= now);
            for (_, receipt) in due.collect::<Vec<_>>() {
                let answer = match calm || random.bool() {
                    true => Answer::Accepted,
                    false => Answer::Failed,
                };
                self.answer(receipt, answer);
            }
        }
        self
    }

    async fn treat(&mut self, receipt: Receipt, random: &mut Rng) {
        match random.u32(0..1000) {
            0..10 => {
                self.held.push((Instant::now(), receipt));
                self.cancel(random.bool()).await;
            }
            10..60 => self.answer(receipt, Answer::Failed),
            60..110 => {
                let hold = Duration::from_millis(random.u64(0..=HOLD));
                self.held.push((Instant::now() + hold, receipt));
            }
            110..120 => {
                // All but the first say nothing.
                let wire_id = receipt.wire_id.clone();
                self.answer(receipt, Answer::Accepted);
                self.stream().fail(&wire_id, "too late");
                self.stream().ack("no such message");
            }
            _ => self.answer(receipt, Answer::Accepted),
        }
    }

    pub fn receive(&mut self, message: &PullMessagesResponse) -> Receipt {
        assert_eq!(message.topic_name, self.topic);
        let receipt = self.ledger.received(message);
        // Answers are taken in their order, and no more than a window of messages may be without: so whatever is
        // older than that was taken before this message was handed out. If the same instance has taken it that the answer is for,
        // it is for good.
        self.received += 1;
        while self.taken + self.window < self.received {
            let (answered, answer) = self.untaken.pop_front().expect("more than a window is out");
            if answer == Answer::Accepted && answered.life == receipt.life {
                self.ledger.taken(&answered);
            }
            self.taken += 1;
        }
        receipt
    }

    pub fn answer(&mut self, receipt: Receipt, answer: Answer) {
        self.ledger.answered(&receipt, answer);
        match answer {
            Answer::Accepted => self.stream().ack(&receipt.wire_id),
            Answer::Failed => self.stream().fail(&receipt.wire_id, "not now"),
        }
        self.untaken.push_back((receipt, answer));
    }

    /// Cancels the stream and opens another, or the other way round.
    async fn cancel(&mut self, overlap: bool) {
        let unsettled = self.untaken.drain(..).map(|(receipt, _)| receipt);
        let unanswered = self.held.drain(..).map(|(_, receipt)| receipt);
        for receipt in unsettled.chain(unanswered) {
            self.ledger.cancelled(&receipt);
        }
        (self.received, self.taken) = (0, 0);
        if !overlap {
            self.stream = None;
        }
        self.stream = Some(open(&mut self.broker, self.topic, self.window).await);
    }

    fn stream(&mut self) -> &mut Messages {
        self.stream.as_mut().unwrap()
    }

    /// The next message, which must come.
    pub async fn next(&mut self) -> PullMessagesResponse {
        self.stream().next().await
    }
}

/// A stream must open, whatever has become of the guest.
async fn open(broker: &mut Broker, topic: &str, window: usize) -> Messages {
    let window = window.to_string();
    let metadata = [("maxInFlight", window.as_str())];
    broker.subscribe_with(topic, &metadata).await.unwrap()
}
