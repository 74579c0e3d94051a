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
        let streams = streams.clone();
        Box::pin(async move {
            let mut guest = match guest {
                Some(guest) => guest,
                None => match self.instance.start_for(self.within, &streams).await {
                    Ok(guest) => guest,
                    Err(kind) => {
                        self.without_guest(kind, &streams).await;
                        return None;
                    }
                },
            };
            let Self {
                instance,
                method,
                within,
                call,
                answer,
            } = *self;
            let ended = guest.run(within, call).await;
            instance.counters.called();
            match ended {
                Ok(answered) => {
                    reply(answer, Ok(answered));
                    instance.answered(&streams);
                    match instance.after_call(guest, &streams) {
                        None => instance.start_for(Within::Call, &streams).await.ok(),
                        guest => guest,
                    }
                }
                Err(error) if let Some(&NotExported(interface)) = error.downcast_ref() => {
                    reply(answer, Err(Kind::NotExported { interface }));
                    Some(guest)
                }
                Err(error) => {
                    let kind = instance.lost(guest, method, &error, &streams);
                    reply(answer, Err(kind));
                    // Before the next call comes, so that it does not wait for this.
                    instance.start_for(Within::Call, &streams).await.ok()
                }
            }
        })
    }
}

impl<F, R> Call<F, R>
where
    F: for<'a> FnOnce(&'a mut Guest) -> Running<'a, R> + Send + 'static,
    R: Send + 'static,
{
    /// What becomes of it where no guest comes up: another one serves it, or its caller is told why there is none.
    async fn without_guest(self: Box<Self>, kind: Kind, streams: &Streams) {
        let instance = self.instance.clone();
        match kind {
            Kind::Full { .. } | Kind::Down { .. } if instance.has_others(streams) => {
                instance.pass_on(self).await;
            }
            kind => reply(self.answer, Err(kind)),
        }
    }
}

/// A client that went away takes no answer: that is no error here.
fn reply<R>(answer: Option<oneshot::Sender<Result<R, Kind>>>, result: Result<R, Kind>) {
    let _ = answer.map(|answer| answer.send(result));
}
