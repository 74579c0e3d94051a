//! A stream in both directions: messages out, answers in.

use crate::runtime::{Answer, Answers, Message, OpenStream};
use futures_util::{Stream, StreamExt, stream};
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

/// The most answers that are passed on together.
const TOGETHER: usize = 16;

/// What comes out of an open stream while the client's frames go in. Both end with `close`, and when this is dropped.
/// `heed` reads a frame: which message it answers, and how; none for a frame that answers nothing.
pub(super) fn duplex<F: Send + 'static, T>(
    stream: OpenStream,
    frames: Streaming<F>,
    close: &CancellationToken,
    heed: fn(F) -> Option<(String, Answer)>,
    response: fn(Message) -> T,
) -> impl Stream<Item = Result<T, Status>> + use<F, T> {
    // A client may half-close and go on reading, so each direction has an end of its own; but none outlives the stream.
    let closed = close.child_token();
    let (answers, until) = (stream.answers(), closed.clone());
    tokio::spawn(async move {
        let answering = pass_on(frames, answers, heed);
        until.run_until_cancelled(answering).await;
    });
    let open = Some((stream, closed.clone().drop_guard()));
    stream::unfold(open, move |open| {
        let closed = closed.clone();
        async move {
            let (mut stream, guard) = open?;
            let message = tokio::select! {
                message = stream.next() => message,
                () = closed.cancelled() => None,
            };
            Some(match message {
                Some(message) => (Ok(response(message)), Some((stream, guard))),
                // The last word of a stream is why it ends.
                None if !stream.is_served() => (Err(unserved()), None),
                None => (Err(Status::unavailable("the component is stopping")), None),
            })
        }
    })
}

fn unserved() -> Status {
    Status::unimplemented("the guest that serves now has no such streams")
}

/// Passes on what the client says of messages, until it has no more to say. A frame that makes no sense changes nothing: an
/// error would end the stream, and daprd opens a stream only once.
async fn pass_on<F>(
    frames: Streaming<F>,
    answers: Answers,
    heed: fn(F) -> Option<(String, Answer)>,
) {
    let mut frames = frames.ready_chunks(TOGETHER);
    while let Some(together) = frames.next().await {
        let came = together.len();
        let sound: Vec<_> = together.into_iter().map_while(Result::ok).collect();
        let broken = sound.len() < came;
        let stray = answers
            .answer(sound.into_iter().filter_map(heed).collect())
            .await;
        if stray > 0 {
            tracing::debug!(
                stray,
                "answers to no message that waits for one are left aside"
            );
        }
        if broken {
            return;
        }
    }
}
