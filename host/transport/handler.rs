//! What answers the requests of all connections to one socket or port: each goes to the service that it names, counted and in time.

use super::{
    Router,
    clients::{Busy, Clients, Place},
    guard::Guard,
    intake::Intake,
    reflection,
    reply::Reply,
    router::{Method, Serve},
    unary::{self, Unary},
};
use crate::{budget::Held, services::Consumers};
use arc_swap::ArcSwap;
use h2::RecvStream;
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE},
    request::Parts,
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
use tonic::{Status, body::Body};

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

/// What serves the requests of all connections to one socket or port.
pub(super) struct Handler {
    clients: Arc<Clients>,
    /// Each call looks here, and waits for nobody.
    services: ArcSwap<Router>,
    /// What each call must bring, whatever the services are.
    guard: Option<Guard>,
    calls: Calls,
    connections: TaskTracker,
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Handler {
    pub(super) fn new(clients: Arc<Clients>, services: Router, guard: Option<Guard>) -> Self {
        Self {
            clients,
            services: ArcSwap::from_pointee(services),
            guard,
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
        place: &Arc<Place>,
        consumers: &Consumers,
        request: Box<Request<RecvStream>>,
    ) -> Reply {
        let busy = place.work();
        let Some(held) = place.share().hold(CALL).map(Arc::new) else {
            let nothing = Arc::new(place.share().count(0));
            return Reply::refusal(self.clients.relieve(), nothing);
        };
        if let Some(refused) = foreign(&request) {
            return Reply::stream(refused, held, None);
        }
        let path = request.uri().path();
        if let Some(guard) = &self.guard
            && !guard.admits(path, request.headers())
        {
            return Reply::refusal(guard.refusal(self.clients.title()), held);
        }
        let found = self.services.load().find(path);
        let (Some(method), Some(_call)) = (&found, self.calls.begin()) else {
            let why = match found {
                None => self.unserved(path),
                Some(_) => Status::unavailable(format!("{} is stopping", self.clients.title())),
            };
            return Reply::refusal(why, held);
        };
        let rests = method.may_rest(path);
        let intake = |body| Intake::new(body, self.clients.clone(), held.clone(), rests);
        match method {
            Method::Unary { limit, answer } => {
                let (Parts { headers, .. }, body) = (*request).into_parts();
                let message = match unary::receive(intake(body), *limit, &headers).await {
                    Ok(message) => message,
                    Err(why) => return Reply::refusal(why, held),
                };
                let answered = answer(Unary {
                    headers,
                    message,
                    held: held.clone(),
                    consumers: consumers.clone(),
                });
                match answered.await {
                    Ok(answered) if held.grow(answered.size()) => Reply::message(answered, held),
                    Ok(_) => Reply::refusal(self.clients.relieve(), held),
                    Err(why) => Reply::refusal(why, held),
                }
            }
            Method::Streams(serve) | Method::Generated(serve) => {
                // Whoever only asks what there is can ask again.
                let stays = rests && !reflection::is(path);
                let request = request.map(intake);
                let answering = self.stream(serve.as_ref(), request, consumers, held, busy, stays);
                // Few are of this kind: not each call has room for it.
                Box::pin(answering).await
            }
        }
    }

    async fn stream(
        &self,
        serve: &Serve,
        mut request: Request<Intake>,
        consumers: &Consumers,
        held: Arc<Held>,
        busy: Busy,
        stays: bool,
    ) -> Reply {
        let path = request.uri().clone();
        request.extensions_mut().insert(held.clone());
        request.extensions_mut().insert(consumers.clone());
        let response = serve(request).await;
        match self.refused(path.path(), &response) {
            None => Reply::stream(response, held, stays.then_some(busy)),
            Some(why) => Reply::refusal(why, held),
        }
    }

    /// What a generated server means by a status that says too little.
    fn refused(&self, path: &str, response: &Response<Body>) -> Option<Status> {
        match response.headers().get(Status::GRPC_STATUS) {
            Some(code) if code == OUT_OF_RANGE => oversized(response),
            // Generated servers say nothing more of a method that they do not know.
            Some(code) if code == UNIMPLEMENTED => Status::from_header_map(response.headers())
                .filter(|status| status.message().is_empty())
                .map(|_| self.unserved(path)),
            _ => None,
        }
    }

    fn unserved(&self, method: &str) -> Status {
        Status::unimplemented(format!(
            "{} does not serve {method}: its guest exports no interface for it",
            self.clients.title()
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
    if request.method() != http::Method::POST {
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

/// tonic refuses a request over the limit with OUT_OF_RANGE.
fn oversized(response: &Response<Body>) -> Option<Status> {
    let status = Status::from_header_map(response.headers())?;
    let sizes = status
        .message()
        .strip_prefix("Error, decoded message length too large: ")?;
    Some(unary::too_large(sizes))
}
