//! What answers the requests of all connections to one socket: each goes to the service that it names, counted and in time.

use super::{
    Router,
    clients::{Clients, Place},
    intake::Intake,
    reflection,
    reply::Reply,
};
use crate::{budget::Held, config::named, services::Size};
use arc_swap::ArcSwap;
use h2::RecvStream;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE},
};
use http_body_util::Full;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tonic::{Code, Status, body::Body};

/// What a call is counted as, beside its request and its answer: its headers, its buffers and its task.
const CALL: usize = 16 << 10;

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

    /// Answers a request. What the answer holds is counted until it is sent.
    pub(super) async fn respond(
        &self,
        place: &Place,
        request: Request<RecvStream>,
    ) -> Response<Reply> {
        let busy = place.work();
        let path = request.uri().path();
        let streams = Router::streams(path);
        // Whoever only asks what there is can ask again.
        let stays = streams && !reflection::is(path);
        let Some(held) = place.share().hold(CALL).map(Arc::new) else {
            let nothing = Arc::new(place.share().count(0));
            let refused = self.clients.relieve().into_http();
            return refused.map(|body| Reply::new(body, nothing, false, None));
        };
        let mut response = self.answer(request, &held, streams).await;
        let size = response.extensions().get();
        if size.is_some_and(|Size(bytes)| !held.grow(*bytes)) {
            response = self.clients.relieve().into_http();
        }
        response.map(|body| Reply::new(body, held, streams, stays.then_some(busy)))
    }

    async fn answer(
        &self,
        mut request: Request<RecvStream>,
        held: &Arc<Held>,
        streams: bool,
    ) -> Response<Body> {
        if let Some(refused) = foreign(&request) {
            return refused;
        }
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

/// What to answer where a client does not speak gRPC, such as a person with curl: what HTTP says of it, in words.
fn foreign<B>(request: &Request<B>) -> Option<Response<Body>> {
    let refuse = |status: StatusCode, wanted| {
        let words = format!("This socket speaks gRPC: {wanted}.\n");
        let mut refused = Response::new(Body::new(Full::from(words)));
        *refused.status_mut() = status;
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        refused.headers_mut().insert(CONTENT_TYPE, text);
        refused
    };
    if request.method() != Method::POST {
        let mut refused = refuse(StatusCode::METHOD_NOT_ALLOWED, "the method must be POST");
        refused
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
        return Some(refused);
    }
    let content = request.headers().get(CONTENT_TYPE);
    let content = content.and_then(|content| content.as_bytes().strip_prefix(GRPC));
    match content {
        Some([] | [b'+' | b';', ..]) => None,
        _ => Some(refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content-type must be application/grpc",
        )),
    }
}

/// Its content type, which may have a format after a `+`, or parameters.
const GRPC: &[u8] = b"application/grpc";

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
