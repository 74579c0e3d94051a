//! From a request's path to what answers it.

use super::{answered::Answered, intake::Intake, reflection, unary::Unary};
use http::{Request, Response};
use std::{
    convert::Infallible,
    fmt,
    future::{Future, ready},
    pin::Pin,
    sync::{Arc, OnceLock},
};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;

/// What will be an answer.
pub type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Answers a request by a message, or by a status.
pub(super) type AnswerUnary = dyn Fn(Unary) -> Answer<Result<Answered, Status>> + Send + Sync;

/// Answers a request of which any part may come yet.
pub(super) type Serve = dyn Fn(Request<Intake>) -> Answer<Response<Body>> + Send + Sync;

/// What answers the requests on one path.
#[derive(Clone)]
pub(super) enum Method {
    /// One message, and one for an answer.
    Unary {
        /// The most bytes of a request.
        limit: usize,
        answer: Arc<AnswerUnary>,
    },
    /// Messages in both directions, each in its time.
    Streams(Arc<Serve>),
    /// What a generated server has behind its paths.
    Generated(Arc<Serve>),
}

/// The services of one component, and their methods by their paths. There are so few that to look through them is the quickest way.
#[derive(Clone, Default)]
pub struct Router {
    methods: Vec<(String, Method)>,
    names: Vec<&'static str>,
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Router {
    /// Adds a service by its full name. Its methods are added one by one.
    pub fn name(&mut self, service: &'static str) {
        self.names.push(service);
    }

    /// Adds a method with one request of so many bytes at the most, and one answer.
    pub fn unary(
        &mut self,
        service: &str,
        method: &str,
        limit: usize,
        answer: impl Fn(Unary) -> Answer<Result<Answered, Status>> + Send + Sync + 'static,
    ) {
        let answer = Arc::new(answer);
        self.add_method(service, method, Method::Unary { limit, answer });
    }

    /// Adds a method on which both sides send messages for as long as they like.
    pub fn streams(
        &mut self,
        service: &str,
        method: &str,
        serve: impl Fn(Request<Intake>) -> Answer<Response<Body>> + Send + Sync + 'static,
    ) {
        self.add_method(service, method, Method::Streams(Arc::new(serve)));
    }

    fn add_method(&mut self, service: &str, method: &str, added: Method) {
        self.methods.push((format!("/{service}/{method}"), added));
    }

    /// Adds a generated server under its full name.
    pub fn add<S: Generated>(&mut self, server: S) {
        self.add_generated(S::NAME, generated(server));
    }

    /// The same for one that is made as soon as somebody asks for it. `make` fails by a mistake in plugbox alone.
    pub(super) fn add_later<S: Generated, E: fmt::Display>(
        &mut self,
        make: impl Fn() -> Result<S, E> + Send + Sync + 'static,
    ) {
        let made = OnceLock::new();
        self.add_generated(S::NAME, move |request| {
            let made = made.get_or_init(|| match make() {
                Ok(server) => Ok(generated(server)),
                Err(why) => Err(format!("{} cannot be served: {why}", S::NAME)),
            });
            match made {
                Ok(serve) => serve(request),
                Err(why) => Box::pin(ready(Status::internal(why).into_http())),
            }
        });
    }

    fn add_generated(
        &mut self,
        name: &'static str,
        serve: impl Fn(Request<Intake>) -> Answer<Response<Body>> + Send + Sync + 'static,
    ) {
        let generated = Method::Generated(Arc::new(serve));
        self.methods.push((format!("/{name}/"), generated));
        self.names.push(name);
    }

    /// The full names of the services, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    /// What answers a path like `/package.Service/Method`. It may go on for longer than this lives.
    pub(super) fn find(&self, path: &str) -> Option<Method> {
        let found = self.methods.iter().find(|(known, method)| match method {
            Method::Generated(_) => path.starts_with(known),
            Method::Unary { .. } | Method::Streams(_) => path == known,
        });
        found.map(|(_, method)| method.clone())
    }
}

/// A server that tonic generated.
pub trait Generated:
    Service<Request<Intake>, Response = Response<Body>, Error = Infallible, Future: Send + 'static>
    + NamedService
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Generated for S
where
    S: Service<Request<Intake>, Response = Response<Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
}

fn generated(
    server: impl Generated,
) -> impl Fn(Request<Intake>) -> Answer<Response<Body>> + Send + Sync {
    move |request| {
        // Generated servers are always ready.
        let answer = server.clone().call(request);
        Box::pin(async move { answer.await.unwrap_or_else(|never| match never {}) })
    }
}

impl Method {
    /// Whether its clients may take their time between messages. Reflection has such methods only.
    pub(super) fn may_rest(&self, path: &str) -> bool {
        match self {
            Self::Unary { .. } => false,
            Self::Streams(_) => true,
            Self::Generated(_) => reflection::is(path),
        }
    }
}
