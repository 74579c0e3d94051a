//! What became of each message, as its publisher and its consumers saw it, and what must be true of that.

use plugbox::proto::dapr::PullMessagesResponse;
use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// Messages that are published and not accepted yet, at most.
const BACKLOG: usize = 256;

pub struct Ledger {
    messages: Mutex<Vec<Message>>,
    answers: AtomicUsize,
    room: Semaphore,
}

/// A message; its data are its place in the ledger.
#[derive(Debug, Default)]
struct Message {
    /// Publishing it was answered with OK. What was answered with an error may be delivered or not.
    published: bool,
    deliveries: Vec<Delivery>,
    /// It counts no longer for the backlog.
    made_room: bool,
}

#[derive(Debug)]
struct Delivery {
    /// Which instance of the guest it came from, and which of that instance's deliveries it is.
    origin: (u64, u64),
    /// How many subscriptions that instance knew of.
    subscriptions: usize,
    answer: Option<Answer>,
    /// The answer is known to have reached that very instance, and to have been dealt with.
    taken: bool,
    /// The stream was cancelled, so the answer may have reached nobody.
    cancelled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Answer {
    Accepted,
    Failed,
}

/// A delivery that a consumer has.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub message: usize,
    delivery: usize,
    /// Which instance of the guest it came from.
    pub life: u64,
    pub wire_id: String,
}

/// What there was in the end.
#[derive(Debug, Default)]
pub struct Counts {
    pub published: usize,
    pub deliveries: usize,
    pub failed: usize,
    pub cancelled: usize,
    pub lost_with_a_guest: usize,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            messages: Mutex::default(),
            answers: AtomicUsize::new(0),
            room: Semaphore::new(BACKLOG),
        }
    }
}

impl Ledger {
    fn messages(&self) -> MutexGuard<'_, Vec<Message>> {
        self.messages.lock().unwrap()
    }

    /// Waits until the backlog is short enough for one more.
    pub async fn room(&self) {
        self.room.acquire().await.unwrap().forget();
    }

    fn make_room(&self, message: &mut Message) {
        if !std::mem::replace(&mut message.made_room, true) {
            self.room.add_permits(1);
        }
    }

    /// A message that is about to be published.
    pub fn publishing(&self) -> usize {
        let mut messages = self.messages();
        messages.push(Message::default());
        messages.len() - 1
    }

    /// Whether publishing it was answered with OK.
    pub fn published(&self, message: usize, ok: bool) {
        let message = &mut self.messages()[message];
        message.published = ok;
        if !ok {
            self.make_room(message);
        }
    }

    pub fn received(&self, received: &PullMessagesResponse) -> Receipt {
        let number = |name: &str| received.metadata[name].parse::<u64>().unwrap();
        let message = std::str::from_utf8(&received.data).unwrap();
        let message: usize = message.parse().unwrap();
        let origin = (number("life"), number("delivery"));
        let mut messages = self.messages();
        let deliveries = &mut messages[message].deliveries;
        assert!(
            deliveries.iter().all(|before| before.origin != origin),
            "one delivery came twice: {received:?}, {deliveries:?}"
        );
        deliveries.push(Delivery {
            origin,
            subscriptions: usize::try_from(number("subscriptions")).unwrap(),
            answer: None,
            taken: false,
            cancelled: false,
        });
        Receipt {
            message,
            delivery: deliveries.len() - 1,
            life: origin.0,
            wire_id: received.id.clone(),
        }
    }

    pub fn answered(&self, receipt: &Receipt, answer: Answer) {
        self.answers.fetch_add(1, Ordering::Relaxed);
        let message = &mut self.messages()[receipt.message];
        message.deliveries[receipt.delivery].answer = Some(answer);
        if answer == Answer::Accepted {
            self.make_room(message);
        }
    }

    pub fn taken(&self, receipt: &Receipt) {
        self.messages()[receipt.message].deliveries[receipt.delivery].taken = true;
    }

    pub fn cancelled(&self, receipt: &Receipt) {
        self.messages()[receipt.message].deliveries[receipt.delivery].cancelled = true;
    }

    /// How many subscriptions the guest knew of when it handed out a message last.
    pub fn subscriptions(&self, message: usize) -> usize {
        let messages = self.messages();
        messages[message].last().unwrap().subscriptions
    }

    /// How many instances of the guest there were.
    pub fn lives(&self) -> usize {
        let messages = self.messages();
        let deliveries = messages.iter().flat_map(|message| &message.deliveries);
        let lives = deliveries.map(|delivery| delivery.origin.0).max();
        usize::try_from(lives.unwrap()).unwrap()
    }

    /// How many answers there were.
    pub fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }

    /// Whether everything that was published was delivered, and accepted when it was last delivered.
    pub fn is_complete(&self) -> bool {
        let messages = self.messages();
        let mut published = messages.iter().filter(|message| message.published);
        published.all(Message::is_accepted)
    }

    /// Sees that each delivery had a reason, and counts.
    pub fn audit(&self) -> Counts {
        let mut counts = Counts::default();
        for (place, message) in self.messages().iter_mut().enumerate() {
            counts.published += usize::from(message.published);
            counts.deliveries += message.deliveries.len();
            message.deliveries.sort_by_key(|delivery| delivery.origin);
            for pair in message.deliveries.windows(2) {
                match pair[0].was_delivered_again(&pair[1]) {
                    Some(Reason::Failed) => counts.failed += 1,
                    Some(Reason::Cancelled) => counts.cancelled += 1,
                    Some(Reason::Lost) => counts.lost_with_a_guest += 1,
                    None => panic!("message {place} came again without a reason: {message:?}"),
                }
            }
        }
        counts
    }
}

/// Why a message came again.
enum Reason {
    Failed,
    Cancelled,
    /// The guest ended before it took the answer.
    Lost,
}

impl Delivery {
    fn was_delivered_again(&self, next: &Self) -> Option<Reason> {
        match self {
            it if it.answer == Some(Answer::Failed) => Some(Reason::Failed),
            // It was accepted, and the guest knows: there is no reason at all.
            it if it.taken => None,
            it if it.origin.0 < next.origin.0 => Some(Reason::Lost),
            it if it.cancelled => Some(Reason::Cancelled),
            _ => None,
        }
    }
}

impl Message {
    fn last(&self) -> Option<&Delivery> {
        self.deliveries.iter().max_by_key(|it| it.origin)
    }

    fn is_accepted(&self) -> bool {
        self.last()
            .is_some_and(|last| last.answer == Some(Answer::Accepted))
    }
}
