//! The methods of a service: what a request says of where it goes, its message decoded, and the answer encoded.

use super::{
    Consumers, INSTANCE, ProstCodec, Services,
    codec::{Asked, decode, decode_asked},
};
use crate::{
    budget::Held,
    config::named,
    engine::{Role, Trace},
    runtime::{Address, Component},
    transport::{Answer, Answered, Intake, Unary, framed},
};
use bytes::Bytes;
use futures_util::{FutureExt, Stream};
use http::{HeaderMap, HeaderName};
use prost::Message;
use std::{
    future::{Future, ready},
    ops::Deref,
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;
use tonic::{Request, Response, Status, Streaming, body::Body, server::Grpc};

// Names that are looked up in each request, so they are not read each time.
static INSTANCE_NAME: HeaderName = HeaderName::from_static(INSTANCE);
static TIMEOUT_NAME: HeaderName = HeaderName::from_static("grpc-timeout");

/// Whom a request is for, and who sends it.
pub(super) struct To {
    address: Address,
    /// The consumers of its connection.
    pub(super) consumers: Consumers,
}

impl Deref for To {
    type Target = Address;

    fn deref(&self) -> &Address {
        &self.address
    }
}

/// A call of an app's: all its guests are alike, so it is for any of them.
pub(super) struct Called {
    address: Address,
    /// What came before the message.
    pub(super) headers: HeaderMap,
}

impl Deref for Called {
    type Target = Address;

    fn deref(&self) -> &Address {
        &self.address
    }
}

/// An app's answer.
#[derive(Debug, PartialEq)]
pub(super) struct Reply<A> {
    pub(super) message: A,
    /// What goes before the message.
    pub(super) headers: HeaderMap,
}

impl<A> From<A> for Reply<A> {
    fn from(message: A) -> Self {
        Self {
            message,
            headers: HeaderMap::new(),
        }
    }
}

/// A service whose methods are added.
pub(super) struct Methods<'a, S> {
    services: &'a mut Services,
    component: Arc<Component>,
    name: &'static str,
    service: Arc<S>,
}

impl Services {
    /// A service by its full name. All its methods are to be added.
    pub(super) fn add<S>(
        &mut self,
        name: &'static str,
        component: &Arc<Component>,
        service: S,
    ) -> Methods<'_, S> {
        self.router.name(name);
        Methods {
            services: self,
            component: component.clone(),
            name,
            service: Arc::new(service),
        }
    }
}

impl<S: Send + Sync + 'static> Methods<'_, S> {
    /// Adds a method with one request and one answer.
    pub(super) fn unary<Q, A, F>(
        self,
        method: &'static str,
        serve: impl Fn(Arc<S>, To, Q) -> F + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Q: Message + Default + Send + 'static,
        A: Message,
        F: Future<Output = Result<A, Status>> + Send + 'static,
    {
        let (service, component) = (self.service.clone(), self.component.clone());
        let limit = self.services.message_limit;
        let answer = move |request: Unary| -> Answer<Result<Answered, Status>> {
            let Unary {
                headers,
                message,
                held,
                consumers,
            } = request;
            let (service, component) = (service.clone(), component.clone());
            let begun = to(&headers, method, Some(held), consumers).and_then(|mut to| {
                if component.asks_dapr() {
                    to.address.trace = Trace::of(&headers);
                }
                Ok(serve(service, to, decode(message)?))
            });
            match begun {
                // Nothing but what serves is in the box: small ones are had quickest.
                Ok(answer) => Box::pin(
                    answer.map(move |message| frame(&component, &message?).map(Answered::from)),
                ),
                Err(why) => Box::pin(ready(Err(why))),
            }
        };
        self.services.router.unary(self.name, method, limit, answer);
        self
    }

    /// Adds a method of an app, with one request and one answer, and headers before each. Whatever instance the headers name, an app
    /// has none: they may be those of a call that another was made for.
    pub(super) fn called<Q, A, F>(
        self,
        method: &'static str,
        serve: impl Fn(Arc<S>, Called, Q) -> F + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Q: Asked,
        A: Message,
        F: Future<Output = Result<Reply<A>, Status>> + Send + 'static,
    {
        let (service, component) = (self.service.clone(), self.component.clone());
        let limit = self.services.message_limit;
        let answer = move |request: Unary| -> Answer<Result<Answered, Status>> {
            let Unary {
                headers,
                message,
                held,
                consumers: _,
            } = request;
            let (service, component) = (service.clone(), component.clone());
            let message = match decode_asked(message) {
                Ok(message) => message,
                Err(why) => return Box::pin(ready(Err(why))),
            };
            let mut address = address(&headers, String::new(), method, Some(held));
            if component.asks_dapr() {
                address.trace = Trace::of(&headers);
            }
            let answer = serve(service, Called { address, headers }, message);
            Box::pin(answer.map(move |answer| {
                let Reply { message, headers } = answer?;
                Answered::with_headers(frame(&component, &message)?, headers)
            }))
        };
        self.services.router.unary(self.name, method, limit, answer);
        self
    }

    /// Adds a method on which both sides send messages.
    pub(super) fn streams<Q, A, F, M>(
        self,
        method: &'static str,
        serve: impl Fn(Arc<S>, To, Streaming<Q>) -> F + Copy + Send + Sync + 'static,
    ) -> Self
    where
        Q: Message + Default + Send + 'static,
        A: Message + Send + 'static,
        F: Future<Output = Result<M, Status>> + Send + 'static,
        M: Stream<Item = Result<A, Status>> + Send + 'static,
    {
        let service = self.service.clone();
        let limit = self.services.message_limit;
        let answer = move |request: http::Request<Intake>| -> Answer<http::Response<Body>> {
            let service = service.clone();
            let serve = move |request: Request<Streaming<Q>>| {
                let service = service.clone();
                async move {
                    let (metadata, extensions, frames) = request.into_parts();
                    let held = extensions.get().cloned();
                    let consumers = extensions.get().cloned().unwrap_or_default();
                    let to = to(metadata.as_ref(), method, held, consumers)?;
                    serve(service, to, frames).await.map(Response::new)
                }
            };
            Box::pin(async move {
                let grpc = Grpc::new(ProstCodec::<A, Q>::default());
                let mut grpc = grpc.max_decoding_message_size(limit);
                grpc.streaming(tower::service_fn(serve), request).await
            })
        };
        self.services.router.streams(self.name, method, answer);
        self
    }
}

/// Where a request goes, by its headers.
///
/// # Errors
/// When the instance's name is not text.
fn to(
    headers: &HeaderMap,
    method: &'static str,
    held: Option<Arc<Held>>,
    consumers: Consumers,
) -> Result<To, Status> {
    // daprd adds it to those that a call has inherited from the event that it is made for: the last is the call's own.
    let instance = match headers.get_all(&INSTANCE_NAME).iter().next_back() {
        None => String::new(),
        Some(value) => value
            .to_str()
            .map_err(|_| Status::invalid_argument(format!("the header {INSTANCE} is not text")))?
            .to_owned(),
    };
    let address = address(headers, instance, method, held);
    Ok(To { address, consumers })
}

fn address(
    headers: &HeaderMap,
    instance: String,
    method: &'static str,
    held: Option<Arc<Held>>,
) -> Address {
    Address {
        instance,
        method,
        deadline: deadline(headers),
        held,
        trace: None,
    }
}

/// A message that the client can take, as it is sent.
///
/// # Errors
/// RESOURCE_EXHAUSTED rather than a message that the client would have to refuse.
fn frame(component: &Component, message: &impl Message) -> Result<Bytes, Status> {
    let size = message.encoded_len();
    let limit = component.generation().template.limits().reply;
    if size > limit {
        let role = match component.role() {
            Role::Component => "component",
            Role::App => "app",
        };
        return Err(Status::resource_exhausted(format!(
            "{role} '{}': the reply has {size} bytes, and {limit} are the most ({}; daprd takes no more than 4 MiB). Ask for less at once",
            component.name(),
            named::max_reply
        )));
    }
    framed(message, size)
}

/// When the client stops waiting. A header that is wrong is none, as in other servers.
fn deadline(headers: &HeaderMap) -> Option<Instant> {
    let limit = timeout(headers.get(&TIMEOUT_NAME)?.to_str().ok()?)?;
    Instant::now().checked_add(limit)
}

/// The header `grpc-timeout`: up to eight digits and a unit (gRPC over HTTP/2, Requests).
fn timeout(header: &str) -> Option<Duration> {
    let (digits, unit) = header.split_at_checked(header.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit())
    {
        return None;
    }
    let value: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(value * 3600),
        "M" => Duration::from_secs(value * 60),
        "S" => Duration::from_secs(value),
        "m" => Duration::from_millis(value),
        "u" => Duration::from_micros(value),
        "n" => Duration::from_nanos(value),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grpc_timeout_is_digits_and_a_unit() {
        let table = [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("30S", Some(Duration::from_secs(30))),
            ("5m", Some(Duration::from_millis(5))),
            ("7u", Some(Duration::from_micros(7))),
            ("9n", Some(Duration::from_nanos(9))),
            ("99999999H", Some(Duration::from_secs(99_999_999 * 3600))),
            ("0S", Some(Duration::ZERO)),
            ("", None),
            ("S", None),
            ("5", None),
            ("5s", None),
            ("-5S", None),
            ("+5S", None),
            ("123456789S", None),
            ("5é", None),
        ];
        for (header, expected) in table {
            assert_eq!(timeout(header), expected, "{header:?}");
        }
    }
}
