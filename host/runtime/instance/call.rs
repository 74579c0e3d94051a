//! One call into a guest, and whoever waits for its answer.

use super::{BoxedGuest, Instance};
use crate::{
    engine::{Guest, NotExported, Running, Within},
    runtime::{
        failure::Kind,
        slot::{Job, Work},
        streams::Streams,
    },
};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The job that it is.
pub(super) struct Call<F, R> {
    pub(super) instance: Arc<Instance>,
    pub(super) method: &'static str,
    pub(super) within: Within,
    pub(super) call: F,
    /// None for what is to be done although nobody waits.
    pub(super) answer: Option<oneshot::Sender<Result<R, Kind>>>,
}

impl<F, R> Job<BoxedGuest, Streams> for Call<F, R>
where
    F: for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    R: Send + 'static,
{
    fn abandoned(&self) -> bool {
        self.answer.as_ref().is_some_and(oneshot::Sender::is_closed)
    }

    fn errand(&self) -> bool {
        self.answer.is_none()
    }

    fn run(self: Box<Self>, guest: Option<BoxedGuest>, streams: &Arc<Streams>) -> Work<BoxedGuest> {
        let Self {
            instance,
            method,
            within,
            call,
            answer,
        } = *self;
        let streams = streams.clone();
        let reply = |result| {
            // A client that went away takes no answer: that is no error here.
            let _ = answer.map(|answer| answer.send(result));
        };
        Box::pin(async move {
            let mut guest = match guest {
                Some(guest) => guest,
                None => match instance.start_for(within, &streams).await {
                    Ok(guest) => guest,
                    Err(kind) => {
                        reply(Err(kind));
                        return None;
                    }
                },
            };
            let ended = guest.run(within, call).await;
            instance.counters.called();
            match ended {
                Ok(answered) => {
                    reply(Ok(answered));
                    instance.answered(&streams);
                    instance.look_at(&guest, &streams);
                    Some(guest)
                }
                Err(error) if let Some(&NotExported(interface)) = error.downcast_ref() => {
                    reply(Err(Kind::NotExported { interface }));
                    Some(guest)
                }
                Err(error) => {
                    reply(Err(instance.lost(guest, method, &error, &streams)));
                    // Before the next call comes, so that it does not wait for this.
                    instance.start_for(Within::Call, &streams).await.ok()
                }
            }
        })
    }
}
