//! One connection: HTTP/2 on a Unix stream, each request to the services.

use super::{
    Router,
    clients::{Clients, Place},
    intake::Intake,
    reflection,
    reply::Reply,
};
use crate::{
    budget::Held,
    config::named,
    services::{Consumers, Size},
};
use arc_swap::ArcSwap;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    io::{self, Cursor},
    os::unix::net::UnixStream,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tonic::{Code, Status, body::Body};

/// Calls at once on one connection. A client that wants more waits, as HTTP/2 has it.
const STREAMS: u32 = 1024;

/// Bytes that a client may send before they are read: enough for one large request without a pause at every frame.
const WINDOW: u32 = 1 << 20;

/// Bytes of the headers of one request: more than daprd sends, whatever it passes on of an event.
const HEADERS: u32 = 16 << 10;

/// What a call is counted as, beside its request and its answer: its headers, its buffers and its task.
const CALL: usize = 16 << 10;

/// What every HTTP/2 connection begins with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a connection that makes room has for what is on its way.
const GRACE: Duration = Duration::from_secs(1);

/// How long after a stop the requests are on their way that clients sent before they heard of it.
const CROSSING: Duration = Duration::from_millis(250);

/// The calls that are not answered yet.
#[derive(Default)]
pub(super) struct Calls {
    begun: TaskTracker,
    refused: AtomicBool,
}

impl Calls {
    /// None when no call may begin any more.
    fn begin(&self) -> Option<TaskTrackerToken> {
        // Counted before it looks, so that whoever refuses from now on sees it.
        let begun = self.begun.token();
        (!self.refused.load(Ordering::SeqCst)).then_some(begun)
    }

    /// A connection that was accepted: calls may begin on it until this is dropped.
    pub(super) fn accepted(&self) -> TaskTrackerToken {
        self.begun.token()
    }

    /// Waits until none is left, and lets none begin after that. Clients that were told to go away may still have sent some.
    pub(super) async fn end(&self) {
        self.begun.close();
        self.begun.wait().await;
        self.refused.store(true, Ordering::SeqCst);
        self.begun.wait().await;
    }
}

/// What serves the requests of all connections to one socket.
pub(super) struct Handler {
    clients: Arc<Clients>,
    /// Each call looks here, and waits for nobody.
    services: ArcSwap<Router>,
    calls: Calls,
    connections: TaskTracker,
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Handler {
    pub(super) fn new(clients: Arc<Clients>, services: Router) -> Self {
        Self {
            clients,
            services: ArcSwap::from_pointee(services),
            calls: Calls::default(),
            connections: TaskTracker::new(),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
        }
    }

    pub(super) fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(super) fn clients(&self) -> &Arc<Clients> {
        &self.clients
    }

    pub(super) fn services(&self) -> Arc<Router> {
        self.services.load_full()
    }

    /// Calls that begin from now on find these.
    pub(super) fn replace(&self, services: Router) {
        self.services.store(Arc::new(services));
    }

    /// The connections that there are.
    pub(super) fn connections(&self) -> &TaskTracker {
        &self.connections
    }

    /// Cancelled, it has connections end after the calls that they have.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Cancelled, it ends connections at once.
    pub(super) fn cut(&self) -> &CancellationToken {
        &self.cut
    }

    /// Serves a connection until its client closes it, until the socket stops and its last call, or until others need its place.
    /// After a stop, `accepted` is held for as long as requests can be on their way.
    ///
    /// There are no pings for peers that are silent: the system closes the socket of a process that ends, and one that is only
    /// stopped for a while, like a container that is paused, would lose streams that daprd does not open again.
    pub(super) async fn serve(
        self: Arc<Self>,
        stream: UnixStream,
        place: Place,
        accepted: TaskTrackerToken,
    ) {
        let _connected = self.connections.token();
        let serving = self.clone().converse(stream, place, accepted);
        self.cut.run_until_cancelled(serving).await;
    }

    async fn converse(
        self: Arc<Self>,
        stream: UnixStream,
        place: Place,
        accepted: TaskTrackerToken,
    ) {
        let stop = self.stop.clone();
        let crossed = async {
            stop.cancelled().await;
            tokio::time::sleep(CROSSING).await;
        };
        let begun = async {
            let stream = tokio::net::UnixStream::from_std(stream)?;
            tokio::time::timeout(self.clients.receive_limit(), greeted(stream)).await?
        };
        let stream = tokio::select! {
            begun = begun => match begun {
                Ok(stream) => stream,
                Err(error) => return tracing::debug!("a connection did not begin: {error}"),
            },
            () = crossed => return,
            () = place.needed() => return,
        };
        let place = Arc::new(place);
        let consumers = Consumers::default();
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(consumers.clone());
            self.clone().respond(place.clone(), request)
        });
        // Of resets and of what comes in pieces, the HTTP/2 library takes no more than is good.
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(HEADERS)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                let ended = tokio::time::timeout(CROSSING, connection.as_mut()).await;
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
                connection.as_mut().graceful_shutdown();
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

    async fn respond(
        self: Arc<Self>,
        place: Arc<Place>,
        request: Request<Incoming>,
    ) -> Result<Response<Reply>, Infallible> {
        let busy = place.work();
        let path = request.uri().path();
        let streams = Router::streams(path);
        // Whoever only asks what there is can ask again.
        let stays = streams && !reflection::is(path);
        let Some(held) = place.share().hold(CALL).map(Arc::new) else {
            let nothing = Arc::new(place.share().count(0));
            let refused = self.clients.relieve().into_http();
            return Ok(refused.map(|body| Reply::new(body, nothing, false, None)));
        };
        let mut response = self.answer(request, &held, streams).await;
        let size = response.extensions().get();
        if size.is_some_and(|Size(bytes)| !held.grow(*bytes)) {
            response = self.clients.relieve().into_http();
        }
        Ok(response.map(|body| Reply::new(body, held, streams, stays.then_some(busy))))
    }

    async fn answer(
        &self,
        mut request: Request<Incoming>,
        held: &Arc<Held>,
        streams: bool,
    ) -> Response<Body> {
        let method = request.uri().clone();
        let Some(serve) = self.services.load().find(method.path()) else {
            return self.unserved(method.path()).into_http();
        };
        let Some(_call) = self.calls.begin() else {
            return Status::unavailable("the component is stopping").into_http();
        };
        request.extensions_mut().insert(held.clone());
        let clients = self.clients.clone();
        let request = request.map(|body| Intake::new(body, clients, held.clone(), streams));
        let response = serve(request).await;
        let refused = match response.headers().get(Status::GRPC_STATUS) {
            None => None,
            Some(code) if code == OUT_OF_RANGE => oversized(&response),
            // Generated servers say nothing more of a method that they do not know.
            Some(code) if code == UNIMPLEMENTED => Status::from_header_map(response.headers())
                .filter(|status| status.message().is_empty())
                .map(|_| self.unserved(method.path())),
            Some(_) => None,
        };
        refused.map_or(response, Status::into_http)
    }

    fn unserved(&self, method: &str) -> Status {
        Status::unimplemented(format!(
            "component '{}' does not serve {method}: its guest exports no interface for it",
            self.clients.component()
        ))
    }
}

/// A connection whose client has begun to speak HTTP/2; what it has said is to be read again.
///
/// # Errors
/// When it speaks something else.
async fn greeted(
    mut stream: tokio::net::UnixStream,
) -> io::Result<impl AsyncRead + AsyncWrite + Unpin> {
    let mut said = Vec::with_capacity(PREFACE.len());
    while said.len() < PREFACE.len() {
        let lacks = PREFACE.len() - said.len();
        let read = (&mut stream).take(lacks as u64).read_buf(&mut said).await?;
        if read == 0 || !PREFACE.starts_with(&said) {
            return Err(io::Error::other("the client does not speak HTTP/2"));
        }
    }
    let (read, write) = stream.into_split();
    Ok(tokio::io::join(Cursor::new(said).chain(read), write))
}

const OUT_OF_RANGE: &str = "11";
const UNIMPLEMENTED: &str = "12";

/// tonic refuses a request over the limit with OUT_OF_RANGE. Other servers say RESOURCE_EXHAUSTED, and the operator
/// needs to know what to turn.
fn oversized(response: &Response<Body>) -> Option<Status> {
    let status = Status::from_header_map(response.headers())?;
    let sizes = status
        .message()
        .strip_prefix("Error, decoded message length too large: ")?;
    Some(Status::new(
        Code::ResourceExhausted,
        format!("the request is too large: {sizes} ({})", named::max_message),
    ))
}
