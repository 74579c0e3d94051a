//! The subscriptions, and what they have out.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, Instant};

use redis::{Pipeline, Value, pipe};
use wasi::io::poll::Pollable;

use crate::bindings::dapr::components::types::{Error, Metadata};
use crate::bindings::exports::dapr::components::bulk_publish::{Entry as BulkEntry, Failure};
use crate::bindings::exports::dapr::components::pub_sub::{
    Delivery, Demand, Outcome, Outgoing, SubscriptionId,
};
use crate::failure::granted;
use crate::invalid_argument;
use crate::link::Client;
use crate::message::{self, Entry};
use crate::reader::{self, Group, Read, Reader};
use crate::settings::{self, CONSUMER_ID, Server};

/// How long a subscription rests that the server refuses to read for.
const REST: Duration = Duration::from_secs(1);

pub struct Broker {
    client: Client,
    settings: settings::Delivery,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    settled: Vec<Settled>,
    last_delivery: u64,
}

struct Subscription {
    group: Group,
    reader: Reader,
    /// What has come and is not handed on.
    waiting: VecDeque<(Instant, Entry)>,
    /// The ids of the entries that are not acknowledged, by the ids of their deliveries.
    out: HashMap<String, String>,
    search: Search,
    /// Until then the server is not asked.
    rests: Option<Instant>,
}

/// The search for messages that were delivered somewhere and not acknowledged.
struct Search {
    next: Instant,
    /// From this entry on.
    from: String,
    /// Whether it has found something. Then it is the turn of new messages, for one that always fails would keep them away.
    yields: bool,
}

/// The first entry of any stream.
const FIRST: &str = "0-0";

/// An entry that the server has yet to be told of.
struct Settled {
    group: Group,
    entry: String,
    /// Whether it is done with. Else it is anybody's from now on.
    done: bool,
}

/// What there is for subscriptions, and when to look again.
#[derive(Default)]
pub struct Pulled {
    pub deliveries: Vec<Delivery>,
    pub again_in: Option<Duration>,
    pub waits: Vec<Pollable>,
}

impl Broker {
    pub fn new(properties: &Metadata) -> Result<Self, Error> {
        Ok(Self {
            settings: settings::Delivery::new(properties)?,
            client: Client::new(Server::new(properties)?)?,
            subscriptions: BTreeMap::new(),
            settled: Vec::new(),
            last_delivery: 0,
        })
    }

    /// Takes new settings for all that comes. Open subscriptions stay as they are, but for the server.
    pub fn configure(&mut self, properties: &Metadata) -> Result<(), Error> {
        let fresh = Self::new(properties)?;
        self.settings = fresh.settings;
        if fresh.client.server() != self.client.server() {
            for subscription in self.subscriptions.values_mut() {
                subscription.reader = Reader::default();
                subscription.waiting.clear();
            }
            self.client = fresh.client;
        }
        Ok(())
    }

    pub fn publish(&mut self, message: Outgoing) -> Result<(), Error> {
        let mut commands = pipe();
        commands.add_command(message::add(
            &message.topic,
            &message.data,
            message.content_type.as_deref(),
            message.metadata,
            self.settings.trim,
        ));
        granted(self.client.ask_one(&commands)?).map(drop)
    }

    /// Publishes all entries at once, and answers which the server has refused.
    pub fn publish_all(
        &mut self,
        topic: &str,
        entries: Vec<BulkEntry>,
        metadata: &Metadata,
    ) -> Result<Vec<Failure>, Error> {
        let mut commands = pipe();
        let mut ids = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut joined = entry.metadata;
            let own = |name: &String| joined.iter().any(|(known, _)| known == name);
            let common: Metadata = metadata
                .iter()
                .filter(|(name, _)| !own(name))
                .cloned()
                .collect();
            joined.extend(common);
            commands.add_command(message::add(
                topic,
                &entry.data,
                entry.content_type.as_deref(),
                joined,
                self.settings.trim,
            ));
            ids.push(entry.entry_id);
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.client.ask(&commands)?;
        let refused = ids
            .into_iter()
            .zip(answers)
            .filter_map(|(entry_id, answer)| {
                let reason = granted(answer).err()?.message;
                Some(Failure { entry_id, reason })
            });
        Ok(refused.collect())
    }

    /// Answers the subscription's window.
    pub fn subscribe(
        &mut self,
        id: SubscriptionId,
        topic: String,
        metadata: &Metadata,
    ) -> Result<u32, Error> {
        let name = settings::find(metadata, CONSUMER_ID).or(self.settings.group.as_deref());
        let Some(name) = name else {
            return Err(invalid_argument(
                "consumerID is missing: it names the consumer group of a subscription",
            ));
        };
        let name = name.to_owned();
        let group = Group { topic, name };
        let mut commands = pipe();
        commands.add_command(reader::create(&group));
        reader::created(self.client.ask_one(&commands)?)?;
        let subscription = Subscription {
            group,
            reader: Reader::default(),
            waiting: VecDeque::new(),
            out: HashMap::new(),
            search: Search::at_once(),
            rests: None,
        };
        self.subscriptions.insert(id, subscription);
        Ok(self.settings.window)
    }

    pub fn unsubscribe(&mut self, id: SubscriptionId) {
        let Some(mut closed) = self.subscriptions.remove(&id) else {
            return;
        };
        let unread = closed.reader.stop(&mut self.client).unwrap_or_else(|why| {
            // What may have come comes again once its time is over.
            complain(&closed.group, &why);
            Vec::new()
        });
        let waiting = closed.waiting.into_iter().map(|(_, entry)| entry);
        let unused = waiting.chain(unread).map(|entry| entry.id);
        for entry in closed.out.into_values().chain(unused) {
            self.settled.push(Settled {
                group: closed.group.clone(),
                entry,
                done: false,
            });
        }
        self.tell_or_keep();
        // The others of the group need not wait for what is theirs now.
        for other in self.subscriptions.values_mut() {
            if other.group == closed.group {
                other.search = Search::at_once();
            }
        }
    }

    pub fn ack(&mut self, id: SubscriptionId, message_id: &str, outcome: &Outcome) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        let Some(entry) = subscription.out.remove(message_id) else {
            return;
        };
        self.settled.push(Settled {
            group: subscription.group.clone(),
            entry,
            done: matches!(outcome, Outcome::Accepted),
        });
        self.tell_or_keep();
    }

    /// What there is for these subscriptions.
    pub fn pull(&mut self, wanted: &[Demand]) -> Result<Pulled, Error> {
        self.tell()?;
        let mut pulled = Pulled::default();
        for demand in wanted {
            let Err(why) = self.pull_one(demand, &mut pulled) else {
                continue;
            };
            if pulled.deliveries.is_empty() {
                return Err(why);
            }
            // What has come is not to be lost for what has not.
            eprintln!("{}", why.message);
            pulled.again_in = Some(REST);
            break;
        }
        Ok(pulled)
    }

    fn pull_one(&mut self, demand: &Demand, pulled: &mut Pulled) -> Result<(), Error> {
        let Some(subscription) = self.subscriptions.get_mut(&demand.id) else {
            return Ok(());
        };
        let mut missing = demand.messages;
        let now = Instant::now();
        if let Some(rest) = subscription.rests.filter(|rest| *rest > now) {
            pulled.again_in(rest - now);
            return Ok(());
        }
        subscription.rests = None;
        subscription.search_for(missing, &mut self.client, &self.settings)?;
        loop {
            while missing > 0
                && let Some(entry) = subscription.next(&self.settings)
            {
                // Each delivery has an id of its own, so that no answer to one is taken for the answer to another.
                self.last_delivery += 1;
                pulled.deliveries.push(subscription.hand_on(
                    demand.id,
                    self.last_delivery.to_string(),
                    entry,
                ));
                missing -= 1;
            }
            if missing == 0 {
                return Ok(());
            }
            let read =
                subscription
                    .reader
                    .read(self.client.server(), &subscription.group, missing)?;
            match read {
                Read::Entries(entries) => subscription.keep(entries),
                Read::Wait(wait) => {
                    pulled.waits.push(wait);
                    if self.settings.redeliver_interval.is_some() {
                        pulled.again_in(subscription.search.next.saturating_duration_since(now));
                    }
                    return Ok(());
                }
                Read::Refused(why) => {
                    complain(&subscription.group, &why);
                    subscription.rests = Some(now + REST);
                    pulled.again_in(REST);
                    return Ok(());
                }
            }
        }
    }

    /// Tells the server what has become of messages. What cannot be told now is told before anything else is read.
    fn tell_or_keep(&mut self) {
        if let Err(why) = self.tell() {
            eprintln!("{}", why.message);
        }
    }

    fn tell(&mut self) -> Result<(), Error> {
        if self.settled.is_empty() {
            return Ok(());
        }
        let mut commands = pipe();
        for settled in &self.settled {
            settled.write(&mut commands, self.settings.processing_timeout);
        }
        let answers = self.client.ask(&commands)?;
        for (settled, answer) in self.settled.drain(..).zip(answers) {
            if let Err(why) = granted(answer) {
                complain(&settled.group, &why);
            }
        }
        Ok(())
    }
}

impl Subscription {
    /// Takes over what others have left, if it is time to look for that.
    fn search_for(
        &mut self,
        count: u32,
        client: &mut Client,
        settings: &settings::Delivery,
    ) -> Result<(), Error> {
        let now = Instant::now();
        let Some(interval) = settings.redeliver_interval else {
            return Ok(());
        };
        if self.search.next > now {
            return Ok(());
        }
        if std::mem::take(&mut self.search.yields) {
            let entries = self.reader.look(client, &self.group, count)?;
            if !entries.is_empty() {
                self.keep(entries);
                return Ok(());
            }
        }
        let mut commands = pipe();
        commands
            .cmd("XAUTOCLAIM")
            .arg(&self.group.topic)
            .arg(&self.group.name)
            .arg(&self.group.name)
            .arg(milliseconds(settings.processing_timeout))
            .arg(&self.search.from)
            .arg("COUNT")
            .arg(count);
        let answer = client.ask_one(&commands)?;
        // The reader makes a group anew that has gone, and complains of all else.
        let (entries, from) = match answer {
            Value::ServerError(_) => (Vec::new(), FIRST.to_owned()),
            answer => message::claimed(answer)?,
        };
        self.search.yields = !entries.is_empty();
        self.keep(entries);
        // Where the search has not come to the end of them, it goes on with the next pull.
        self.search.next = if from == FIRST { now + interval } else { now };
        self.search.from = from;
        Ok(())
    }

    fn keep(&mut self, entries: Vec<Entry>) {
        let now = Instant::now();
        self.waiting
            .extend(entries.into_iter().map(|entry| (now, entry)));
    }

    /// The next message that is still this subscription's. What has waited here for too long is somebody else's by now.
    fn next(&mut self, settings: &settings::Delivery) -> Option<Entry> {
        let is_ours = |came: Instant| {
            settings.redeliver_interval.is_none() || came.elapsed() < settings.processing_timeout
        };
        loop {
            let (came, entry) = self.waiting.pop_front()?;
            if is_ours(came) {
                return Some(entry);
            }
        }
    }

    fn hand_on(&mut self, id: SubscriptionId, message_id: String, entry: Entry) -> Delivery {
        self.out.insert(message_id.clone(), entry.id);
        Delivery {
            id,
            message_id,
            topic: self.group.topic.clone(),
            data: entry.data,
            content_type: entry.content_type,
            metadata: entry.metadata,
        }
    }
}

impl Search {
    fn at_once() -> Self {
        Self {
            next: Instant::now(),
            from: FIRST.to_owned(),
            yields: false,
        }
    }
}

impl Settled {
    fn write(&self, commands: &mut Pipeline, processing_timeout: Duration) {
        let Group { topic, name } = &self.group;
        match self.done {
            true => commands.cmd("XACK").arg(topic).arg(name).arg(&self.entry),
            // As if its time were over, so that whoever looks for such messages finds it.
            false => commands
                .cmd("XCLAIM")
                .arg(topic)
                .arg(name)
                .arg(name)
                .arg(0)
                .arg(&self.entry)
                .arg("IDLE")
                .arg(milliseconds(processing_timeout))
                .arg("JUSTID"),
        };
    }
}

impl Pulled {
    fn again_in(&mut self, wait: Duration) {
        self.again_in = Some(self.again_in.map_or(wait, |before| before.min(wait)));
    }
}

fn complain(group: &Group, why: &Error) {
    let Group { topic, name } = group;
    eprintln!("topic {topic:?}, group {name:?}: {}", why.message);
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
