//! One connection, and HTTP/2 on it. All that has come is taken and run, and the answers are written together.

use super::{
    bell::{Bell, Woken},
    clients::Place,
    gather::Gather,
    handler::Handler,
    paced::{Pace, Paced, yield_turn},
    reply::{self, Weighed},
    stream::Stream,
};
use crate::services::Consumers;
use futures_util::{
    FutureExt,
    stream::{FuturesUnordered, StreamExt},
};
use h2::{Reason, RecvStream, server::SendResponse};
use http::Request;
use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    io,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};
use tokio::io::{Join, join};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tonic::Status;

/// Calls at once on one connection. A client that wants more waits, as HTTP/2 has it.
const STREAMS: u32 = 1024;

/// Bytes that a client may send before they are read: enough for one large request without a pause at every frame.
const WINDOW: u32 = 1 << 20;

/// Bytes of the headers of one request: more than daprd sends, whatever it passes on of an event.
const HEADERS: u32 = 16 << 10;

/// Bytes of one frame: most values come in one piece. What of a frame has come is counted for no client before it is whole.
const FRAME: u32 = 128 << 10;

/// Calls that are taken together, before the other connections of the thread have their turn: fewer than the 128 steps that tokio
/// gives a task in its own, for whatever comes after these finds nothing ready.
const TOGETHER: usize = 100;

/// Calls whose answers leave together, or fewer where no more have come.
const PART: usize = 4;

/// How long what has come may keep the thread before the other connections have their turn.
pub(super) const TURN: Duration = Duration::from_millis(2);

/// How long a connection that makes room has for what is on its way.
const GRACE: Duration = Duration::from_secs(1);

/// How long after a stop the requests are on their way that clients sent before they heard of it.
const CROSSING: Duration = Duration::from_millis(250);

/// Serves a connection until its client closes it, until its entrance stops and its last call, or until others need its place.
/// After a stop, `accepted` is held for as long as requests can be on their way.
///
/// There are no pings for peers that are silent: the system closes the socket of a process that ends, and one that is only
/// stopped for a while, like a container that is paused, would lose streams that daprd does not open again. The system also asks
/// after a peer on another machine.
pub(super) async fn serve(
    handler: Arc<Handler>,
    stream: Stream,
    place: Place,
    accepted: TaskTrackerToken,
) {
    let _connected = handler.connections().token();
    let serving = converse(&handler, stream, place, accepted);
    let cut = pin!(handler.cut().cancelled());
    tokio::select! {
        biased;
        () = Woken::new(cut) => {}
        () = serving => {}
    }
}

async fn converse(
    handler: &Arc<Handler>,
    stream: Stream,
    place: Place,
    accepted: TaskTrackerToken,
) {
    let stop = handler.stop();
    let crossed = async {
        stop.cancelled().await;
        tokio::time::sleep(CROSSING).await;
    };
    let greeting = async {
        let (stream, out) = stream.split()?;
        let ((stream, pace), out) = (Paced::new(stream), Gather::new(out));
        let greeting = http2().handshake(join(stream, out.clone()));
        let greeted = tokio::time::timeout(handler.clients().receive_limit(), greeting);
        let http2 = greeted.await?.map_err(io::Error::other)?;
        io::Result::Ok((http2, pace, out))
    };
    let (http2, pace, out) = tokio::select! {
        greeted = greeting => match greeted {
            Ok(greeted) => greeted,
            Err(error) => return tracing::debug!("a connection did not begin: {error}"),
        },
        () = crossed => return,
        () = place.needed() => return,
    };
    out.begin();
    let place = Arc::new(place);
    let bell = Bell::new();
    let mut connection = Connection {
        http2,
        pace,
        out,
        handler: handler.clone(),
        place: place.clone(),
        consumers: Consumers::default(),
        arrived: VecDeque::new(),
        calls: FuturesUnordered::new(),
        waker: bell.clone().into(),
        bell,
    };
    let stopped = pin!(stop.cancelled());
    let needed = pin!(place.needed());
    let ended = tokio::select! {
        biased;
        ended = &mut connection => ended,
        () = Woken::new(stopped) => {
            connection.shut_down();
            let ended = tokio::time::timeout(CROSSING, &mut connection).await;
            drop(accepted);
            match ended {
                Ok(ended) => ended,
                Err(_) => connection.await,
            }
        }
        () = Woken::new(needed) => {
            if !place.was_used() {
                return;
            }
            connection.shut_down();
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

/// Serves one call, until it is answered or its client gives it up. A panic of the host ends this call and none beside it.
///
/// The request has a box of its own, or each future that it goes through would have room for it: memory is had quickest for those
/// that are small.
async fn call(
    handler: Arc<Handler>,
    place: Arc<Place>,
    consumers: Consumers,
    request: Box<Request<RecvStream>>,
    mut respond: SendResponse<Weighed>,
) {
    let answering = answer(&handler, &place, &consumers, request, &mut respond);
    if AssertUnwindSafe(answering).catch_unwind().await.is_ok() {
        return;
    }
    tracing::error!(
        component = %handler.clients().component(),
        "a call panicked: this is a mistake in plugbox, not in the guest"
    );
    let failed = Status::internal("plugbox failed in this call; its log says where").into_http();
    if respond.send_response(failed, true).is_err() {
        respond.send_reset(Reason::INTERNAL_ERROR);
    }
}

async fn answer(
    handler: &Handler,
    place: &Arc<Place>,
    consumers: &Consumers,
    request: Box<Request<RecvStream>>,
    respond: &mut SendResponse<Weighed>,
) {
    let mut responding = pin!(handler.respond(place, consumers, request));
    let reply = poll_fn(|context| match responding.as_mut().poll(context) {
        Poll::Ready(reply) => Poll::Ready(Some(reply)),
        Poll::Pending => respond.poll_reset(context).map(|_| None),
    });
    let Some(reply) = reply.await else {
        return;
    };
    if let Err(error) = reply::send(reply, respond).await {
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

/// A connection at work. What has come is run by halves: the client is at work with the answers of one while the next is run, and
/// what it sends then is taken along. So a client with many calls under way costs one read and one write for many of them, and neither
/// waits for the other.
struct Connection {
    http2: h2::server::Connection<Join<Paced, Gather>, Weighed>,
    pace: Pace,
    /// What it writes, all together.
    out: Gather,
    handler: Arc<Handler>,
    place: Arc<Place>,
    consumers: Consumers,
    /// What has come and is not run yet.
    arrived: VecDeque<(Request<RecvStream>, SendResponse<Weighed>)>,
    /// What has begun and is not answered yet.
    calls: FuturesUnordered<Call>,
    /// Rings when there is more to do, like an answer to write.
    bell: Arc<Bell>,
    /// The same.
    waker: Waker,
}

impl Connection {
    /// Has the client begin no more calls. The HTTP/2 library writes that when it is polled next, and wakes nobody for it.
    fn shut_down(&mut self) {
        self.http2.graceful_shutdown();
        self.bell.wake_by_ref();
    }

    /// Writes what was answered, and takes what has come, up to so many calls: whether no more come, and all that began are answered
    /// or given up.
    fn take(&mut self, context: &mut Context<'_>, most: usize) -> io::Result<bool> {
        let mut ended = false;
        while !ended && self.arrived.len() < most {
            match self.http2.poll_accept(context) {
                Poll::Ready(Some(arrived)) => {
                    self.arrived.push_back(arrived.map_err(io::Error::other)?);
                }
                Poll::Ready(None) => ended = true,
                Poll::Pending => break,
            }
        }
        match self.out.poll_out(context) {
            Poll::Ready(Err(error)) => Err(error),
            _ => Ok(ended),
        }
    }

    /// Begins half of what has come, and goes on with what has begun, until the turn is over: how many calls began.
    fn run(&mut self, context: &mut Context<'_>, turn: Instant) -> usize {
        let part = self.arrived.len().div_ceil(2).max(PART);
        let mut begun = 0;
        while begun < part
            && let Some((request, respond)) = self.arrived.pop_front()
        {
            begun += 1;
            let (handler, place) = (self.handler.clone(), self.place.clone());
            let consumers = self.consumers.clone();
            let mut call: Call =
                Box::pin(call(handler, place, consumers, Box::new(request), respond));
            // Most are answered at once. Where others have begun, and some may be able to go on, it is behind them: who subscribes
            // and then publishes gets the message.
            if !self.calls.is_empty() || call.as_mut().poll(context).is_pending() {
                self.calls.push(call);
            }
            if turn.elapsed() >= TURN {
                return begun;
            }
        }
        while let Poll::Ready(Some(())) = self.calls.poll_next_unpin(context) {
            if turn.elapsed() >= TURN {
                break;
            }
        }
        begun
    }
}

impl Future for Connection {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        /// An answer rings the bell, to be written: that is done at once. What comes after so many halves waits for others.
        const HALVES: usize = 4;
        let this = self.get_mut();
        this.bell.mute();
        this.pace.renew();
        let waker = this.waker.clone();
        let mut own = Context::from_waker(&waker);
        let turn = Instant::now();
        let mut left = TOGETHER;
        let mut over = false;
        for _ in 0..HALVES {
            if !this.bell.answer() && this.arrived.is_empty() {
                break;
            }
            let ended = this.take(&mut own, left)?;
            left = left.saturating_sub(this.run(&mut own, turn));
            if ended {
                return Poll::Ready(Ok(()));
            }
            over = left == 0 || turn.elapsed() >= TURN;
            if over {
                break;
            }
        }
        if over || !this.arrived.is_empty() {
            // It rings the bell, which nothing else may do.
            this.bell.answer();
            yield_turn(&mut own);
        }
        this.bell.attend(context);
        Poll::Pending
    }
}

#[cfg(test)]
mod tests;
