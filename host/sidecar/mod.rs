//! daprd as the runner's server: what guests ask of Dapr, and are granted, goes to it.
//!
//! Guests wait for its answers on threads of their own. Connections belong to the runner's main one, which runs no guests and lives
//! as long as all of them.

/// Calls a method of daprd's: `ask!(self, call, get_state, message)`.
macro_rules! ask {
    ($self:ident, $call:expr, $method:ident, $message:expr) => {
        $self.ask($call, tonic::Request::new($message), |mut dapr, request| {
            Box::pin(async move { dapr.$method(request).await })
        })
    };
}

mod endpoint;
mod failure;
mod invoke;
mod others;
mod publish;
mod state;

pub use endpoint::Endpoint;

use crate::{
    config::values::Token,
    deadline::until,
    engine::{Trace, client::Error},
    proto::runtime::v1::dapr_client::DaprClient,
};
use failure::Failed;
use http::HeaderName;
use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, time::Instant};
use tonic::{Request, Response, Status, metadata::MetadataMap, transport::Channel};

/// The header in which daprd looks for its token.
static TOKEN: HeaderName = HeaderName::from_static("dapr-api-token");

/// The daprd that a guest asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SidecarAt {
    /// Where it is.
    pub endpoint: Endpoint,
    /// What it demands of each call, if anything.
    pub token: Option<Token>,
}

/// What belongs to one call of a guest's, beside its message.
#[derive(Debug, Clone)]
pub struct Call {
    /// How long it may take.
    pub left: Duration,
    /// The most bytes of the answer.
    pub most: usize,
    /// The trace that it is a part of.
    pub trace: Option<Arc<Trace>>,
}

/// One daprd, to which there is one connection: from the first call on, and again after it was lost.
#[derive(Debug)]
pub struct Sidecar {
    at: SidecarAt,
    channel: OnceLock<Channel>,
    /// Where the connection lives.
    runtime: Handle,
    /// It was not reached when it was asked last.
    away: AtomicBool,
}

/// A call that is under way.
type Asking<A> = Pin<Box<dyn Future<Output = Result<Response<A>, Status>> + Send>>;

impl Sidecar {
    fn new(at: SidecarAt, runtime: Handle) -> Self {
        Self {
            at,
            channel: OnceLock::new(),
            runtime,
            away: AtomicBool::new(false),
        }
    }

    /// Calls one of its methods.
    ///
    /// # Errors
    /// What daprd answers, or why it does not.
    async fn ask<Q, A>(
        &self,
        call: Call,
        mut request: Request<Q>,
        method: impl FnOnce(DaprClient<Channel>, Request<Q>) -> Asking<A>,
    ) -> Result<Response<A>, Error> {
        let now = Instant::now();
        let deadline = now.checked_add(call.left).unwrap_or(now);
        self.mark(&call, &mut request);
        let channel = self.channel().map_err(|error| self.told(&call, &error))?;
        let dapr = DaprClient::new(channel)
            .max_decoding_message_size(call.most)
            .max_encoding_message_size(usize::MAX);
        let answer = until(deadline, method(dapr, request)).await;
        let failed = match answer {
            Some(Ok(answer)) => {
                self.is_there();
                return Ok(answer);
            }
            Some(Err(status)) => Failed::of(status, Instant::now() >= deadline),
            None => Failed::TooLate,
        };
        Err(self.told(&call, &failed))
    }

    /// Has a request bring what daprd is to know of it.
    fn mark<Q>(&self, call: &Call, request: &mut Request<Q>) {
        let mut headers = std::mem::take(request.metadata_mut()).into_headers();
        for (name, value) in call.trace.iter().flat_map(|trace| trace.headers()) {
            headers.insert(name, value);
        }
        if let Some(token) = &self.at.token {
            headers.insert(&TOKEN, token.header().clone());
        }
        *request.metadata_mut() = MetadataMap::from_headers(headers);
        request.set_timeout(call.left);
    }

    fn channel(&self) -> Result<Channel, Failed> {
        if let Some(channel) = self.channel.get() {
            return Ok(channel.clone());
        }
        let made = self.at.endpoint.channel(self.runtime.clone());
        let made = made.map_err(|error| Failed::NotReached(error.to_string()))?;
        // Another guest may have been quicker. A channel that nobody uses costs nothing.
        Ok(self.channel.get_or_init(|| made).clone())
    }

    /// What a guest is told of a call that brought nothing. The operator is told when daprd is not there, once.
    fn told(&self, call: &Call, failed: &Failed) -> Error {
        let status = failed.status(&self.at.endpoint, call);
        match failed {
            Failed::NotReached(_) if !self.away.swap(true, Ordering::Relaxed) => {
                tracing::warn!("{}", status.message);
            }
            Failed::Answered(_) => self.is_there(),
            _ => {}
        }
        Error::Failed(status)
    }

    fn is_there(&self) {
        if self.away.load(Ordering::Relaxed) && self.away.swap(false, Ordering::Relaxed) {
            tracing::info!("daprd is reached again at {}", self.at.endpoint);
        }
    }
}

/// The daprds that guests ask. However many guests ask one, there is one connection to it.
#[derive(Debug)]
pub struct Sidecars {
    runtime: Handle,
    known: Mutex<HashMap<SidecarAt, Weak<Sidecar>>>,
}

impl Sidecars {
    /// Their connections will live on this runtime.
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            known: Mutex::default(),
        }
    }

    /// The daprd that is there. Nothing connects before it is asked.
    pub fn at(&self, at: &SidecarAt) -> Arc<Sidecar> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sidecar) = known.get(at).and_then(Weak::upgrade) {
            return sidecar;
        }
        known.retain(|_, sidecar| sidecar.strong_count() > 0);
        let sidecar = Arc::new(Sidecar::new(at.clone(), self.runtime.clone()));
        known.insert(at.clone(), Arc::downgrade(&sidecar));
        sidecar
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};

    fn at(port: &str) -> SidecarAt {
        SidecarAt {
            endpoint: format!("127.0.0.1:{port}").parse().unwrap(),
            token: None,
        }
    }

    #[tokio::test]
    async fn guests_of_one_daprd_share_it_for_as_long_as_one_of_them_is_there() {
        let sidecars = Sidecars::new(Handle::current());
        let (one, same) = (sidecars.at(&at("1")), sidecars.at(&at("1")));
        assert!(Arc::ptr_eq(&one, &same));
        let other = sidecars.at(&at("2"));
        assert!(!Arc::ptr_eq(&one, &other));
        drop((one, same));
        sidecars.at(&at("3"));
        let known = sidecars.known.lock().unwrap();
        assert!(!known.contains_key(&at("1")) && known.contains_key(&at("2")));
    }

    #[tokio::test]
    async fn a_request_brings_the_token_the_trace_of_its_own_call_and_the_time_that_is_left() {
        let variable = |_: &str| Some("hunter2".into());
        let name = "TOKEN".parse().unwrap();
        let sidecar = Sidecar::new(
            SidecarAt {
                token: Token::from_environment(&name, &variable).unwrap(),
                ..SidecarAt::default()
            },
            Handle::current(),
        );
        let headers = |trace: Option<&'static str>| {
            let traced = trace.map(|parent| {
                let mut headers = HeaderMap::new();
                headers.insert("traceparent", HeaderValue::from_static(parent));
                headers
            });
            let call = Call {
                left: Duration::from_secs(7),
                most: 1,
                trace: traced.and_then(|headers| Trace::of(&headers)),
            };
            let mut request = Request::new(());
            let own = request.metadata_mut();
            own.insert("traceparent", "of-the-guest".parse().unwrap());
            own.insert("dapr-api-token", "of-the-guest".parse().unwrap());
            own.insert("x-own", "1".parse().unwrap());
            sidecar.mark(&call, &mut request);
            request.into_parts().0.into_headers()
        };
        let traced = headers(Some("00-1-2-01"));
        assert_eq!(traced.get("dapr-api-token").unwrap(), "hunter2");
        assert_eq!(traced.get_all("traceparent").iter().count(), 1);
        assert_eq!(traced.get("traceparent").unwrap(), "00-1-2-01");
        assert_eq!(traced.get("grpc-timeout").unwrap(), "7000000u");
        assert_eq!(traced.get("x-own").unwrap(), "1");
    }
}
