//! The queues, the subscriptions, and where the broker is to trap.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::bindings::dapr::components::types::{Code, Error};
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Outcome, Outgoing, SubscriptionId,
};
use crate::error;
use crate::journal::{Journal, Message};

/// After this what has failed is delivered again.
pub const REDELIVER_AFTER: Duration = Duration::from_millis(5);

/// The topic that says where to trap, and the places that are possible at any time.
const TRAP: &str = "trap";
const PLACES: [&str; 6] = [
    "publish",
    "published",
    "pull",
    "ack",
    "acked",
    "unsubscribe",
];

pub struct Broker {
    journal: Journal,
    /// All that are not done with, by their numbers.
    messages: BTreeMap<u64, Message>,
    /// What can be delivered, by its topic.
    ready: HashMap<String, BTreeSet<u64>>,
    /// What has failed, by when it can be delivered again.
    failed: BTreeSet<(Instant, u64)>,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    last_message: u64,
    last_delivery: u64,
    /// Where to trap.
    trap: Option<&'static str>,
    /// There as long as `init` is to trap: that is to be known to the next instance.
    trap_in_init: PathBuf,
    now: fn() -> Instant,
}

struct Subscription {
    topic: String,
    /// What is not acknowledged: its number, by the id that it was delivered under. Ids are used again at once, as they may be:
    /// an answer that goes astray hits another message.
    out: HashMap<String, u64>,
}

impl Broker {
    pub fn open(folder: &Path, now: fn() -> Instant) -> io::Result<Self> {
        let trap_in_init = folder.join("trap-in-init");
        if fs::remove_file(&trap_in_init).is_ok() {
            trap("init");
        }
        let (journal, messages) = Journal::open(folder)?;
        let mut ready: HashMap<_, BTreeSet<_>> = HashMap::new();
        for message in messages.values() {
            let queue = ready.entry(message.topic.clone()).or_default();
            queue.insert(message.number);
        }
        Ok(Self {
            journal,
            last_message: messages.keys().next_back().copied().unwrap_or(0),
            last_delivery: 0,
            messages,
            ready,
            failed: BTreeSet::new(),
            subscriptions: BTreeMap::new(),
            trap: None,
            trap_in_init,
            now,
        })
    }

    pub fn publish(&mut self, message: Outgoing) -> Result<(), Error> {
        if message.topic == TRAP {
            return self.arm(&message.data);
        }
        self.last_message += 1;
        let message = Message {
            number: self.last_message,
            topic: message.topic,
            data: message.data,
            content_type: message.content_type,
            metadata: message.metadata,
        };
        self.trap_at("publish");
        self.journal.published(&message).map_err(unwritten)?;
        self.trap_at("published");
        self.make_ready(&message.topic, message.number);
        self.messages.insert(message.number, message);
        Ok(())
    }

    pub fn subscribe(&mut self, id: SubscriptionId, topic: String) {
        let out = HashMap::new();
        self.subscriptions.insert(id, Subscription { topic, out });
    }

    pub fn unsubscribe(&mut self, id: SubscriptionId) {
        self.trap_at("unsubscribe");
        if let Some(subscription) = self.subscriptions.remove(&id) {
            for number in subscription.out.into_values() {
                self.make_ready(&subscription.topic, number);
            }
        }
    }

    /// What there is, and how long it takes until there may be more if time alone can bring it.
    pub fn pull(&mut self, wanted: &[Demand]) -> (Vec<Delivery>, Option<Duration>) {
        let now = (self.now)();
        while let Some(&(due, number)) = self.failed.first()
            && due <= now
        {
            self.failed.pop_first();
            if let Some(message) = self.messages.get(&number) {
                let topic = message.topic.clone();
                self.make_ready(&topic, number);
            }
        }
        let mut deliveries = Vec::new();
        for demand in wanted {
            let next = |_| self.deliver(demand.id);
            deliveries.extend((0..demand.messages).map_while(next));
        }
        if !deliveries.is_empty() {
            self.trap_at("pull");
        }
        let due = self.failed.first();
        let wait = due.map(|(due, _)| due.saturating_duration_since(now));
        (deliveries, wait)
    }

    fn deliver(&mut self, id: SubscriptionId) -> Option<Delivery> {
        let subscriptions = self.subscriptions.len();
        let subscription = self.subscriptions.get_mut(&id)?;
        let number = self.ready.get_mut(&subscription.topic)?.pop_first()?;
        let message = self.messages.get(&number)?;
        self.last_delivery += 1;
        let free = |id: &String| !subscription.out.contains_key(id);
        let message_id = (1..).map(|id: u64| id.to_string()).find(free)?;
        let mut metadata = message.metadata.clone();
        metadata.extend([
            ("life".to_owned(), self.journal.life.to_string()),
            ("delivery".to_owned(), self.last_delivery.to_string()),
            ("subscriptions".to_owned(), subscriptions.to_string()),
        ]);
        subscription.out.insert(message_id.clone(), number);
        Some(Delivery {
            id,
            message_id,
            topic: message.topic.clone(),
            data: message.data.clone(),
            content_type: message.content_type.clone(),
            metadata,
        })
    }

    pub fn ack(&mut self, id: SubscriptionId, message_id: &str, outcome: &Outcome) {
        let subscription = self.subscriptions.get_mut(&id);
        let Some(number) = subscription.and_then(|it| it.out.remove(message_id)) else {
            return;
        };
        self.trap_at("ack");
        // What the journal does not say was not accepted.
        let done = matches!(outcome, Outcome::Accepted) && self.journal.done(number).is_ok();
        if !done {
            let due = (self.now)() + REDELIVER_AFTER;
            self.failed.insert((due, number));
            return;
        }
        self.trap_at("acked");
        self.messages.remove(&number);
        // A journal that cannot be shortened is good for as long as there is room.
        let _ = self.journal.shorten(&self.messages);
    }

    fn make_ready(&mut self, topic: &str, number: u64) {
        match self.ready.get_mut(topic) {
            Some(queue) => queue.insert(number),
            None => self
                .ready
                .entry(topic.to_owned())
                .or_default()
                .insert(number),
        };
    }

    fn arm(&mut self, data: &[u8]) -> Result<(), Error> {
        if data == b"init" {
            fs::write(&self.trap_in_init, "").map_err(unwritten)?;
            trap("init");
        }
        let place = PLACES.into_iter().find(|place| place.as_bytes() == data);
        let unknown = || error(Code::InvalidArgument, "there is no such place to trap in");
        self.trap = Some(place.ok_or_else(unknown)?);
        Ok(())
    }

    fn trap_at(&mut self, place: &'static str) {
        if self.trap.take_if(|at| *at == place).is_some() {
            trap(place);
        }
    }
}

fn unwritten(why: io::Error) -> Error {
    error(
        Code::Unavailable,
        format!("the journal cannot be written: {why}"),
    )
}

#[expect(clippy::panic, reason = "this is what it is for")]
fn trap(place: &str) -> ! {
    panic!("{place} was asked to trap")
}
