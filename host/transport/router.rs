//! From a request's path to the service that it names.

use super::{intake::Intake, reflection};
use crate::proto::DESCRIPTORS;
use http::{Request, Response};
use prost::Message;
use prost_types::FileDescriptorSet;
use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock},
};
use tonic::{body::Body, server::NamedService};
use tower::Service;

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
type Serve = dyn Fn(Request<Intake>) -> Answer + Send + Sync;

/// The paths on which clients send one message after the other.
static STREAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = FileDescriptorSet::decode(DESCRIPTORS).unwrap_or_default();
    let mut paths = Vec::new();
    for file in &files.file {
        for service in &file.service {
            let streams = service.method.iter().filter(|one| one.client_streaming());
            paths.extend(streams.map(|method| {
                let (package, service) = (file.package(), service.name());
                format!("/{package}.{service}/{}", method.name())
            }));
        }
    }
    paths
});

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
        S: Service<Request<Intake>, Response = Response<Body>, Error = Infallible>
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

    /// Whether clients may send several messages on this path, and take their time. Reflection has such methods only, and
    /// descriptors of its own.
    pub(super) fn streams(path: &str) -> bool {
        reflection::is(path) || STREAMS.iter().any(|stream| stream == path)
    }

    /// The service that a path like `/package.Service/Method` names. It may serve calls for longer than this lives.
    pub(super) fn find(&self, path: &str) -> Option<Arc<Serve>> {
        let (wanted, _) = path.strip_prefix('/')?.split_once('/')?;
        let found = self.services.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, serve)| serve.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_stream_where_messages_are_pulled_and_read_and_to_reflection() {
        let components = "/dapr.proto.components.v1";
        for (path, streams) in [
            (format!("{components}.PubSub/PullMessages"), true),
            (format!("{components}.InputBinding/Read"), true),
            (format!("{components}.PubSub/Publish"), false),
            (format!("{components}.StateStore/Get"), false),
            (
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo".into(),
                true,
            ),
            ("/".into(), false),
        ] {
            assert_eq!(Router::streams(&path), streams, "{path}");
        }
    }
}
