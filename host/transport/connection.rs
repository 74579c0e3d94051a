//! One connection: HTTP/2 on a Unix stream. All that has come is taken, all of it is run, and all answers are written at once.

use super::{
    clients::Place,
    handler::Handler,
    reply::{self, Weighed},
};
use crate::services::Consumers;
use futures_util::stream::{FuturesUnordered, StreamExt};
use h2::{RecvStream, server::SendResponse};
use http::Request;
use std::{
    future::{Future, poll_fn},
    io,
    os::unix::net::UnixStream,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Calls at once on one connection. A client that wants more waits, as HTTP/2 has it.
const STREAMS: u32 = 1024;

/// Bytes that a client may send before they are read: enough for one large request without a pause at every frame.
const WINDOW: u32 = 1 << 20;

/// Bytes of the headers of one request: more than daprd sends, whatever it passes on of an event.
const HEADERS: u32 = 16 << 10;

/// Bytes of one frame: most values come in one piece. What of a frame has come is counted for no client before it is whole.
const FRAME: u32 = 128 << 10;

/// How long a connection that makes room has for what is on its way.
const GRACE: Duration = Duration::from_secs(1);

/// How long after a stop the requests are on their way that clients sent before they heard of it.
const CROSSING: Duration = Duration::from_millis(250);

/// Serves a connection until its client closes it, until the socket stops and its last call, or until others need its place.
/// After a stop, `accepted` is held for as long as requests can be on their way.
///
/// There are no pings for peers that are silent: the system closes the socket of a process that ends, and one that is only
/// stopped for a while, like a container that is paused, would lose streams that daprd does not open again.
pub(super) async fn serve(
    handler: Arc<Handler>,
    stream: UnixStream,
    place: Place,
    accepted: TaskTrackerToken,
) {
    let _connected = handler.connections().token();
    let serving = converse(&handler, stream, place, accepted);
    handler.cut().run_until_cancelled(serving).await;
}

async fn converse(
    handler: &Arc<Handler>,
    stream: UnixStream,
    place: Place,
    accepted: TaskTrackerToken,
) {
    let stop = handler.stop();
    let crossed = async {
        stop.cancelled().await;
        tokio::time::sleep(CROSSING).await;
    };
    let greeting = async {
        let stream = tokio::net::UnixStream::from_std(stream)?;
        let greeting = http2().handshake(stream);
        tokio::time::timeout(handler.clients().receive_limit(), greeting)
            .await?
            .map_err(io::Error::other)
    };
    let http2 = tokio::select! {
        greeted = greeting => match greeted {
            Ok(http2) => http2,
            Err(error) => return tracing::debug!("a connection did not begin: {error}"),
        },
        () = crossed => return,
        () = place.needed() => return,
    };
    let place = Arc::new(place);
    let mut connection = Connection {
        http2,
        handler: handler.clone(),
        place: place.clone(),
        consumers: Consumers::default(),
        arrived: Vec::new(),
        calls: FuturesUnordered::new(),
    };
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            connection.http2.graceful_shutdown();
            let ended = tokio::time::timeout(CROSSING, &mut connection).await;
            drop(accepted);
            match ended {
                Ok(ended) => ended,
                Err(_) => connection.await,
            }
        }
        () = place.needed() => {
            if !place.was_used() {
                return;
            }
            connection.http2.graceful_shutdown();
            match tokio::time::timeout(GRACE, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        // Clients come and go as they like, and some break off: that is worth no more than this.
        tracing::debug!("a connection ended: {error}");
    }
}

/// Serves one call, until it is answered or its client gives it up.
async fn call(
    handler: Arc<Handler>,
    place: Arc<Place>,
    request: Request<RecvStream>,
    mut respond: SendResponse<Weighed>,
) {
    let mut responding = pin!(handler.respond(&place, request));
    let response = poll_fn(|context| match responding.as_mut().poll(context) {
        Poll::Ready(response) => Poll::Ready(Some(response)),
        Poll::Pending => respond.poll_reset(context).map(|_| None),
    });
    let Some(response) = response.await else {
        return;
    };
    if let Err(error) = reply::send(response, &mut respond).await {
        tracing::debug!("a client did not take its answer: {error}");
    }
}

/// Of resets and of what comes in pieces, the HTTP/2 library takes no more than is good.
fn http2() -> h2::server::Builder {
    let mut builder = h2::server::Builder::new();
    builder
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADERS)
        .max_frame_size(FRAME)
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW);
    builder
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A connection at work. Each time that it is polled it takes all that has come, runs all of it, and writes all answers at once:
/// a client with many calls under way costs one read and one write for many of them.
struct Connection {
    http2: h2::server::Connection<tokio::net::UnixStream, Weighed>,
    handler: Arc<Handler>,
    place: Arc<Place>,
    consumers: Consumers,
    /// What has come and is not run yet.
    arrived: Vec<(Request<RecvStream>, SendResponse<Weighed>)>,
    /// What has begun and is not answered yet.
    calls: FuturesUnordered<Call>,
}

impl Future for Connection {
    type Output = Result<(), h2::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        // This writes, too, what was answered before.
        let ended = loop {
            match this.http2.poll_accept(context) {
                Poll::Ready(Some(arrived)) => this.arrived.push(arrived?),
                Poll::Ready(None) => break true,
                Poll::Pending => break false,
            }
        };
        for (mut request, respond) in this.arrived.drain(..) {
            request.extensions_mut().insert(this.consumers.clone());
            let (handler, place) = (this.handler.clone(), this.place.clone());
            let mut call: Call = Box::pin(self::call(handler, place, request, respond));
            // Most are answered at once.
            if call.as_mut().poll(context).is_pending() {
                this.calls.push(call);
            }
        }
        while let Poll::Ready(Some(())) = this.calls.poll_next_unpin(context) {}
        // An answer wakes this connection, to be written.
        match ended {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }
}
