//! A message as a guest hands it out: passed to its stream, or refused.

use super::{Message, Out, Source, State};
use crate::{
    engine::{bindings::input, pub_sub::broker::Delivery, types},
    services::ANSWER_LIMIT,
};
use std::sync::Arc;
use tokio::sync::mpsc::error::TrySendError;

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
    pub(super) why: &'static str,
}

impl State {
    /// Passes a message to its stream. A message for no stream has nobody to be sent back for.
    pub(super) fn deliver(&mut self, arrival: Arrival) -> Result<(), Option<Refused>> {
        let wire_id = self.unused().to_string();
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
            .any(|out| out.message_id.as_ref() == Some(&arrival.message_id));
        // Room for the rest of the frame: names, ids and lengths.
        let size = arrival.data.len() + arrival.topic.len() + 1024;
        let size = arrival.metadata.iter().fold(size, |size, (name, value)| {
            size + name.len() + value.len() + 16
        });
        let why = if known {
            Some("its id is that of a message that is not acknowledged")
        } else if stream.out.len() >= stream.window {
            Some("it is more than was asked for")
        } else if size > ANSWER_LIMIT {
            Some("it is larger than the 4 MiB that a client takes")
        } else {
            None
        };
        if let Some(why) = why {
            return Err(Some(Refused {
                id: arrival.id,
                message_id: arrival.message_id,
                source: stream.source.clone(),
                why,
            }));
        }
        let message = Message {
            id: wire_id.clone(),
            topic: arrival.topic,
            data: arrival.data,
            content_type: arrival.content_type,
            metadata: arrival.metadata,
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
                    answered: false,
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
                why: "the stream is full",
            })),
        }
    }
}

#[cfg(test)]
impl Arrival {
    /// An empty message for a stream.
    pub(super) fn of(id: u64) -> Self {
        Self {
            id,
            message_id: "1".to_owned(),
            topic: String::new(),
            data: Vec::new(),
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
