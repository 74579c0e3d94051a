//! A stream as its client has it: opened, read, answered, closed.

use super::{Message, Returned, Source, Streams};
use crate::{
    budget::Share,
    engine::{Block, Guest, Within, pub_sub::broker, types},
    runtime::{
        failure::Kind,
        instance::{BoxedGuest, GuestSlot, Instance},
        slot::{Job, Work},
    },
};
use std::sync::Arc;
use tokio::sync::mpsc;

/// A client's answer to a message or an event.
#[derive(Debug)]
pub enum Answer {
    /// It was handled, with what the client returned.
    Accepted(Vec<u8>),
    /// It was not, and why.
    Failed(String),
}

/// Where a stream is: in which slot, and under which key.
#[derive(Clone)]
struct Place {
    instance: Arc<Instance>,
    slot: Arc<GuestSlot>,
    key: u64,
}

/// An open stream. It is closed when it is dropped.
pub struct OpenStream {
    place: Place,
    block: Block,
    messages: mpsc::Receiver<Message>,
}

/// The way back of an open stream.
#[derive(Clone)]
pub struct Answers(Place);

impl OpenStream {
    /// Tells the guest of a stream, and opens it if the guest agrees. What waits in it is held against `share`.
    pub(in crate::runtime) async fn open(
        instance: &Arc<Instance>,
        source: Source,
        share: Option<Arc<Share>>,
    ) -> Result<Result<Self, types::Error>, Kind> {
        let slot = instance.least_streams()?.clone();
        let block = source.block();
        let source = Arc::new(source);
        let method = match *source {
            Source::Topic { .. } => "PullMessages",
            Source::Binding => "Read",
        };
        let place = (instance.clone(), slot.clone());
        let opening = instance.call_in(&slot, method, move |guest| {
            Box::pin(async move {
                let (instance, slot) = place;
                let streams = slot.keeper().clone();
                // Others may have been opened since this one had its turn to come.
                if let Err(too_many) = instance.least_streams() {
                    return Ok(Err(too_many));
                }
                let id = streams.unused();
                Ok(Ok(match tell(guest, id, &source).await? {
                    Err(refused) => Err(refused),
                    Ok(window) => {
                        let (key, messages) = streams.add(source, id, window, share);
                        let place = Place {
                            instance,
                            slot,
                            key,
                        };
                        Ok(Self {
                            place,
                            block,
                            messages,
                        })
                    }
                }))
            })
        });
        let opened = opening.await??;
        if opened.is_ok() {
            instance.watch(&slot);
        }
        Ok(opened)
    }

    /// Whether the guest that serves now can have such streams.
    pub fn is_served(&self) -> bool {
        self.place.instance.serves(self.block)
    }

    /// The next message; none when the runner stops and all that came before is answered, or another guest serves that can have no
    /// such streams.
    pub async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await
    }

    /// The way back.
    pub fn answers(&self) -> Answers {
        Answers(self.place.clone())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let place = self.place.clone();
        let streams = place.slot.keeper();
        let source = streams.source(place.key);
        let id = streams.remove(place.key);
        place.slot.look_again();
        // The guest learns of it in its turn. Without a runtime the process is about to end.
        if let (Some(id), Some(source), Ok(runtime)) =
            (id, source, tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move {
                let Place { instance, slot, .. } = place;
                let streams = slot.keeper().clone();
                let closing = instance.errand(&slot, "Unsubscribe", move |guest| {
                    Box::pin(async move {
                        match streams.closes(id) {
                            true => close(guest, id, &source).await,
                            false => Ok(()),
                        }
                    })
                });
                closing.await;
            });
        }
    }
}

impl Answers {
    /// Passes on to the guest what a client has answered, all in one turn of the slot. Says how many answers were for no message
    /// that waits for one.
    pub async fn answer(&self, mut answers: Vec<(String, Answer)>) -> usize {
        let Place {
            instance,
            slot,
            key,
        } = &self.0;
        let came = answers.len();
        answers.retain(|(message, _)| slot.keeper().answer(*key, message));
        let stray = came - answers.len();
        if !answers.is_empty() {
            let answering = Answering {
                instance: instance.clone(),
                key: *key,
                answers,
            };
            slot.send(Box::new(answering)).await;
        }
        stray
    }
}

/// Tells the guest of a stream's answers, in one turn, because after each turn the guest is asked for messages.
struct Answering {
    instance: Arc<Instance>,
    key: u64,
    answers: Vec<(String, Answer)>,
}

impl Job<BoxedGuest, Streams> for Answering {
    fn run(
        self: Box<Self>,
        mut guest: Option<BoxedGuest>,
        streams: &Arc<Streams>,
    ) -> Work<BoxedGuest> {
        let streams = streams.clone();
        Box::pin(async move {
            let Self {
                instance,
                key,
                answers,
            } = *self;
            for (message, answer) in answers {
                // A guest that is gone has nobody to tell; the stream has room again all the same.
                let Some(returned) = streams.take_back(key, &message) else {
                    continue;
                };
                if let Some(elder) = returned.to {
                    streams.tell_elder(elder, returned, answer).await;
                    continue;
                }
                let Some(told) = &mut guest else {
                    continue;
                };
                let Returned {
                    source,
                    id,
                    message_id,
                    ..
                } = returned;
                let told = told.run(Within::Call, move |guest| {
                    Box::pin(
                        async move { acknowledge(guest, id, &message_id, answer, &source).await },
                    )
                });
                if let Err(error) = told.await
                    && let Some(guest) = guest.take()
                {
                    instance.lost(guest, "Ack", &error, &streams);
                }
            }
            guest
        })
    }
}

impl Streams {
    fn source(&self, key: u64) -> Option<Arc<Source>> {
        let state = self.state();
        Some(state.streams.get(&key)?.source.clone())
    }
}

/// Tells a guest of a stream. Answers how many messages it may have out, or why the guest refuses.
pub(super) async fn tell(
    guest: &mut Guest,
    id: u64,
    source: &Source,
) -> wasmtime::Result<Result<u32, types::Error>> {
    match source {
        Source::Topic {
            topic, metadata, ..
        } => {
            let (pub_sub, store) = guest.pub_sub()?;
            pub_sub.call_subscribe(store, id, topic, metadata).await
        }
        Source::Binding => {
            let (input, store) = guest.input_binding()?;
            input.call_open(store, id).await
        }
    }
}

pub(super) async fn close(guest: &mut Guest, id: u64, source: &Source) -> wasmtime::Result<()> {
    match source {
        Source::Topic { .. } => {
            let (pub_sub, store) = guest.pub_sub()?;
            pub_sub.call_unsubscribe(store, id).await
        }
        Source::Binding => {
            let (input, store) = guest.input_binding()?;
            input.call_close(store, id).await
        }
    }
}

pub(super) async fn acknowledge(
    guest: &mut Guest,
    id: u64,
    message_id: &str,
    answer: Answer,
    source: &Source,
) -> wasmtime::Result<()> {
    match source {
        Source::Topic { .. } => {
            let outcome = match answer {
                Answer::Accepted(_) => broker::Outcome::Accepted,
                Answer::Failed(why) => broker::Outcome::Failed(why),
            };
            let (pub_sub, store) = guest.pub_sub()?;
            pub_sub.call_ack(store, id, message_id, &outcome).await
        }
        Source::Binding => {
            let outcome = match &answer {
                Answer::Accepted(data) => Ok(data.as_slice()),
                Answer::Failed(why) => Err(why.as_str()),
            };
            let (input, store) = guest.input_binding()?;
            input.call_answer(store, id, message_id, outcome).await
        }
    }
}
