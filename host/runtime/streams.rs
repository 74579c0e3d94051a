//! The streams of one guest: which subscriptions and readers are open, what they were given, and what they answered.
//!
//! A stream outlives the guest. When a guest is lost, the next one is told of each stream again, under another id; what the one
//! before delivered stays with the client until it is answered, and then nobody is told. Ids of messages on the wire are the
//! host's own: a guest can neither reach another's messages nor confuse a client by using an id twice.

mod arrival;
mod elder;
mod open;
mod tend;

pub use open::{Answer, Answers, OpenStream};

use super::{circuit::Circuit, instance::Instance, swap::Wear};
use crate::{
    budget::{Held, Share},
    engine::{Block, types},
};
use elder::Elder;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::sync::mpsc;

/// Messages that one stream may have out at once, whatever the guest says.
const WINDOW_LIMIT: u32 = 1024;

/// Bytes of messages that one guest may have out before each of its streams gets one at a time: the host holds them for clients
/// that are slow to read.
const BYTES_OUT: usize = 64 << 20;

/// Whether messages are held back, for all subscriptions that share it.
#[derive(Debug, Clone, Default)]
pub struct Hold(Arc<AtomicBool>);

impl Hold {
    fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, held: bool) {
        self.0.store(held, Ordering::Relaxed);
    }
}

/// What a stream's messages come from.
#[derive(Debug)]
pub enum Source {
    /// A subscription to a topic.
    Topic {
        /// The topic, which may have wildcards.
        topic: String,
        /// What the client sent along.
        metadata: types::Metadata,
        /// The client's.
        hold: Hold,
    },
    /// An input binding.
    Binding,
}

impl Source {
    /// The block that serves it.
    pub fn block(&self) -> Block {
        match self {
            Self::Topic { .. } => Block::PubSub,
            Self::Binding => Block::InputBinding,
        }
    }
}

/// A message or an event, on its way to the client.
#[derive(Debug)]
pub struct Message {
    /// What the client answers with.
    pub id: String,
    /// The topic that it was published to; empty for an event.
    pub topic: String,
    /// What it says.
    pub data: Vec<u8>,
    /// Its media type.
    pub content_type: Option<String>,
    /// What came along.
    pub metadata: types::Metadata,
    /// What it holds in memory until its client has it.
    pub(super) _held: Option<Held>,
}

/// A message that is with the client.
struct Out {
    /// The guest's own id for it; none when that guest is gone.
    message_id: Option<String>,
    /// Which guest of the slot that is.
    by: u64,
    /// The client has answered, and the guest is about to be told.
    answered: bool,
    /// In bytes.
    size: usize,
}

struct Stream {
    source: Arc<Source>,
    /// The guest's name for it, once the guest was told of it.
    id: Option<u64>,
    /// How many messages may be out at once.
    window: usize,
    /// How many may be out after the pull that is under way, or was the last.
    most: usize,
    out: HashMap<String, Out>,
    /// Where what waits for the client is counted.
    share: Option<Arc<Share>>,
    /// None once the stream has brought its last message.
    messages: Option<mpsc::Sender<Message>>,
}

/// Whether streams still bring what the guest has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Life {
    #[default]
    Open,
    /// After one more pull, for what the last calls brought.
    Ending,
    /// Each stream ends when nothing of it is out.
    Ended,
}

#[derive(Default)]
struct State {
    streams: BTreeMap<u64, Stream>,
    /// What the guest calls the streams that are no more, and of which it is about to be told so.
    closing: BTreeSet<u64>,
    /// The last key, id or wire id that was given away: none is used twice.
    last: u64,
    /// Guests lost in a row since a pull succeeded.
    failures: u32,
    /// What the guest waited for is ready, or says so.
    woken: bool,
    /// Pulls in a row that came of that and brought nothing.
    empty: u32,
    /// Pulls in a row that the guest answered with an error, or with what cannot be delivered.
    refusals: u32,
    /// The most bytes of a message.
    reply: usize,
    /// Messages that were larger, and how often each came.
    too_large: HashMap<u64, u32>,
    life: Life,
    /// Counts the guests that took the place of one that lived.
    guest: u64,
    /// Those that gave their place away, and wait for acknowledgements.
    elders: BTreeMap<u64, Elder>,
}

impl State {
    fn unused(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Ends the streams that have nothing out.
    fn end_idle(&mut self) {
        let idle = self
            .streams
            .values_mut()
            .filter(|stream| stream.out.is_empty());
        idle.for_each(|stream| stream.messages = None);
    }

    /// Names a stream that the guest is to be told of. It has its name before that: so its client, which may leave meanwhile,
    /// has the guest told of its end too.
    fn name(&mut self, key: u64) -> Option<(u64, Arc<Source>)> {
        let id = self.unused();
        let stream = self.streams.get_mut(&key)?;
        stream.id = Some(id);
        Some((id, stream.source.clone()))
    }

    /// What the guest answered when it was told of a stream.
    fn told(&mut self, key: u64, id: u64, answer: Result<u32, types::Error>) {
        let stream = self.streams.get_mut(&key);
        match (answer, stream) {
            (Ok(window), Some(stream)) => {
                let most = stream
                    .messages
                    .as_ref()
                    .map_or(1, mpsc::Sender::max_capacity);
                stream.window = (window as usize).clamp(1, most);
            }
            (Ok(_), None) => {}
            (Err(refused), stream) => {
                tracing::warn!(
                    code = ?refused.code,
                    "the new instance refuses a stream that is open; it is asked again"
                );
                match stream {
                    Some(stream) => stream.id = None,
                    // The guest need not hear of its end.
                    None => _ = self.closing.remove(&id),
                }
            }
        }
    }
}

/// A message that a client has answered, as a guest is told of it.
struct Returned {
    source: Arc<Source>,
    id: u64,
    message_id: String,
    /// An elder; none is the guest that serves.
    to: Option<u64>,
}

/// The streams of one slot, and how its guests fare.
pub(super) struct Streams {
    instance: Weak<Instance>,
    pub(super) circuit: Circuit,
    pub(super) wear: Wear,
    state: Mutex<State>,
    /// The number of streams, to be read without the lock.
    count: AtomicUsize,
    asked: Arc<AtomicBool>,
}

/// That the guest is to be asked for messages once more. While this lives, nobody else need ask.
pub(super) struct Asked(Arc<AtomicBool>);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Streams {
    /// `reply` is the most bytes of a message.
    pub(super) fn new(instance: Weak<Instance>, reply: usize) -> Self {
        Self {
            instance,
            circuit: Circuit::default(),
            wear: Wear::default(),
            state: Mutex::new(State {
                reply,
                ..State::default()
            }),
            count: AtomicUsize::new(0),
            asked: Arc::default(),
        }
    }

    /// From now on a message may have this many bytes.
    pub(super) fn set_reply(&self, reply: usize) {
        self.state().reply = reply;
    }

    /// None when somebody has asked already, and waits.
    pub(super) fn ask_once(&self) -> Option<Asked> {
        let first = !self.asked.swap(true, Ordering::SeqCst);
        first.then(|| Asked(self.asked.clone()))
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unused(&self) -> u64 {
        self.state().unused()
    }

    /// A stream that the guest has just been told of: its key, and where its messages come out.
    fn add(
        &self,
        source: Arc<Source>,
        id: u64,
        window: u32,
        share: Option<Arc<Share>>,
    ) -> (u64, mpsc::Receiver<Message>) {
        let window = window.clamp(1, WINDOW_LIMIT) as usize;
        let (messages, received) = mpsc::channel(window);
        let mut state = self.state();
        let key = state.unused();
        state.streams.insert(
            key,
            Stream {
                source,
                id: Some(id),
                window,
                most: window,
                out: HashMap::new(),
                share,
                messages: Some(messages),
            },
        );
        self.count.store(state.streams.len(), Ordering::Relaxed);
        (key, received)
    }

    /// Removes a stream: the guest's name for it, if the guest is to be told.
    fn remove(&self, key: u64) -> Option<u64> {
        let mut state = self.state();
        let removed = state.streams.remove(&key);
        self.count.store(state.streams.len(), Ordering::Relaxed);
        let id = removed?.id?;
        state.closing.insert(id);
        Some(id)
    }

    /// The guest is about to be told of a stream's end: whether it is still one that knows of the stream.
    fn closes(&self, id: u64) -> bool {
        self.state().closing.remove(&id)
    }

    /// After a guest was lost: the next one knows of no stream, and of no message that is out.
    fn forget_guest(&self) {
        let mut state = self.state();
        state.closing.clear();
        let lost = state.guest;
        for stream in state.streams.values_mut() {
            stream.id = None;
        }
        state.forget_messages(lost);
    }

    /// The client has answered a message: whether that is news.
    fn answer(&self, key: u64, wire_id: &str) -> bool {
        let mut state = self.state();
        let stream = state.streams.get_mut(&key);
        let out = stream.and_then(|stream| stream.out.get_mut(wire_id));
        out.is_some_and(|out| !std::mem::replace(&mut out.answered, true))
    }

    /// The stream has room again: whom to tell of it, and what, if there is a guest to tell.
    fn take_back(&self, key: u64, wire_id: &str) -> Option<Returned> {
        let mut state = self.state();
        let stream = state.streams.get_mut(&key)?;
        let out = stream.out.remove(wire_id)?;
        let (source, id) = (stream.source.clone(), stream.id);
        let to = match out.by == state.guest {
            true => None,
            false => Some(out.by),
        };
        if state.life == Life::Ended {
            state.end_idle();
        }
        let id = match to {
            None => id,
            Some(elder) => state.elders.get(&elder).and_then(|elder| elder.id(key)),
        };
        Some(Returned {
            source,
            id: id?,
            message_id: out.message_id?,
            to,
        })
    }

    /// After one more pull, each stream ends as soon as what it brought is answered.
    pub(super) fn finish(&self) {
        let mut state = self.state();
        if state.life == Life::Open {
            state.life = Life::Ending;
        }
    }
}

#[cfg(test)]
mod tests;
