//! A message as a guest hands it out: passed to its stream, or refused.

use super::{Answer, Message, Out, Source, State};
use crate::{
    config::named,
    engine::{bindings::input, pub_sub::broker::Delivery, types},
};
use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};
use tokio::sync::mpsc::error::TrySendError;

/// So often the guest is told that a message is too large. When it brings the same once more, the message is dropped: it would
/// come for ever, and keep others waiting.
const TRIES: u32 = 3;

/// How many messages that are too large are remembered.
const REMEMBERED: usize = 1024;

/// A message from a guest, whichever interface it came by.
pub(super) struct Arrival {
    id: u64,
    message_id: String,
    topic: String,
    data: Vec<u8>,
    content_type: Option<String>,
    metadata: types::Metadata,
}

/// A message that cannot be delivered, and why.
pub(super) struct Refused {
    pub(super) id: u64,
    pub(super) message_id: String,
    pub(super) source: Arc<Source>,
    pub(super) why: Cow<'static, str>,
    /// The guest is not to bring it again.
    pub(super) dropped: bool,
}

impl Refused {
    /// What the guest is told.
    pub(super) fn answer(&self) -> Answer {
        match self.dropped {
            true => Answer::Accepted(Vec::new()),
            false => Answer::Failed(self.why.clone().into_owned()),
        }
    }
}

impl Arrival {
    /// Bytes that it has on the wire, or some more.
    fn size(&self) -> usize {
        // Room for the rest of the frame: names, ids and lengths.
        let size = self.data.len() + self.topic.len() + 1024;
        self.metadata.iter().fold(size, |size, (name, value)| {
            size + name.len() + value.len() + 16
        })
    }

    /// What it is known by when it comes again: a broker may give it another id then, and count its deliveries in its metadata.
    fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.topic, &self.data).hash(&mut hasher);
        hasher.finish()
    }
}

impl State {
    /// Counts how often a message that is too large has come: whether that is enough.
    fn too_often(&mut self, mark: u64) -> bool {
        if self.too_large.len() >= REMEMBERED {
            self.too_large.clear();
        }
        let times = self.too_large.entry(mark).or_default();
        *times += 1;
        let enough = *times > TRIES;
        if enough {
            self.too_large.remove(&mark);
        }
        enough
    }

    /// Passes a message to its stream. A message for no stream has nobody to be sent back for.
    pub(super) fn deliver(&mut self, arrival: Arrival) -> Result<(), Option<Refused>> {
        let wire_id = self.unused().to_string();
        let (size, limit) = (arrival.size(), self.reply);
        let is_too_large = size > limit;
        let dropped = is_too_large && self.too_often(arrival.mark());
        let guest = self.guest;
        let mut streams = self.streams.values_mut();
        let Some(stream) = streams.find(|stream| stream.id == Some(arrival.id)) else {
            return match self.closing.contains(&arrival.id) {
                // Its client has gone, and the guest is about to be told.
                true => Ok(()),
                false => Err(None),
            };
        };
        let known = stream
            .out
            .values()
            .any(|out| out.by == guest && out.message_id.as_ref() == Some(&arrival.message_id));
        let why = if known {
            Some("its id is that of a message that is not acknowledged".into())
        } else if stream.out.len() >= stream.most {
            Some("it is more than was asked for".into())
        } else if is_too_large {
            Some(Cow::Owned(format!(
                "it has {size} bytes, and {limit} are the most ({}; daprd takes no more than 4 MiB)",
                named::max_reply
            )))
        } else {
            None
        };
        let held = match (why, &stream.share) {
            (Some(why), _) => Err(why),
            (None, None) => Ok(None),
            (None, Some(share)) => share.hold(size).map(Some).ok_or_else(|| {
                format!(
                    "clients have as much unread as may be ({})",
                    named::request_memory
                )
                .into()
            }),
        };
        let held = match held {
            Ok(held) => held,
            Err(why) => {
                return Err(Some(Refused {
                    id: arrival.id,
                    message_id: arrival.message_id,
                    source: stream.source.clone(),
                    why,
                    dropped,
                }));
            }
        };
        let message = Message {
            id: wire_id.clone(),
            topic: arrival.topic,
            data: arrival.data,
            content_type: arrival.content_type,
            metadata: arrival.metadata,
            _held: held,
        };
        // A stream that has ended has no client either.
        let sent = match &stream.messages {
            Some(messages) => messages.try_send(message),
            None => Err(TrySendError::Closed(message)),
        };
        match sent {
            Ok(()) => {
                let out = Out {
                    message_id: Some(arrival.message_id),
                    by: guest,
                    answered: false,
                    size,
                };
                stream.out.insert(wire_id, out);
                Ok(())
            }
            // Its client is just going.
            Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Some(Refused {
                id: arrival.id,
                message_id: arrival.message_id,
                source: stream.source.clone(),
                why: "the stream is full".into(),
                dropped: false,
            })),
        }
    }
}

#[cfg(test)]
impl Arrival {
    /// An empty message for a stream.
    pub(super) fn of(id: u64) -> Self {
        Self::with(id, "1", Vec::new())
    }

    /// A message for a stream.
    pub(super) fn with(id: u64, message_id: &str, data: Vec<u8>) -> Self {
        Self {
            id,
            message_id: message_id.to_owned(),
            topic: String::new(),
            data,
            content_type: None,
            metadata: Vec::new(),
        }
    }
}

impl From<Delivery> for Arrival {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            message_id: delivery.message_id,
            topic: delivery.topic,
            data: delivery.data,
            content_type: delivery.content_type,
            metadata: delivery.metadata,
        }
    }
}

impl From<input::Event> for Arrival {
    fn from(event: input::Event) -> Self {
        Self {
            id: event.id,
            message_id: event.event_id,
            topic: String::new(),
            data: event.data,
            content_type: event.content_type,
            metadata: event.metadata,
        }
    }
}
