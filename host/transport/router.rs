//! From a request's path to the service that it names.

use http::{Request, Response};
use hyper::body::Incoming;
use std::{convert::Infallible, fmt, future::Future, pin::Pin, sync::Arc};
use tonic::{body::Body, server::NamedService};
use tower::Service;

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
type Serve = dyn Fn(Request<Incoming>) -> Answer + Send + Sync;

/// The services of one component. There are so few that to look through them is the quickest way.
#[derive(Clone, Default)]
pub struct Router {
    services: Vec<(&'static str, Arc<Serve>)>,
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Router {
    /// Adds a generated server under its full name.
    pub fn add<S>(&mut self, server: S)
    where
        S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        let serve = move |request| -> Answer {
            // Generated servers are always ready.
            let answer = server.clone().call(request);
            Box::pin(async move { answer.await.unwrap_or_else(|never| match never {}) })
        };
        self.services.push((S::NAME, Arc::new(serve)));
    }

    /// The full names of the services, in the order in which they came.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.services.iter().map(|(name, _)| *name)
    }

    /// The service that a path like `/package.Service/Method` names.
    pub(super) fn find(&self, path: &str) -> Option<&Serve> {
        let (wanted, _) = path.strip_prefix('/')?.split_once('/')?;
        let found = self.services.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, serve)| &**serve)
    }
}
