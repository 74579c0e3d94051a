//! The gRPC services, one file for each family: protobuf to WIT and back, and what the host fills in.

/// Calls a function of one of the guest's interfaces: `guest!(self, BLOCK, to, state.call_get, &request)`.
macro_rules! guest {
    ($self:ident, $block:expr, $to:expr, $interface:ident . $function:ident $(, $argument:expr)*) => {
        $self.component.call($to, $block, move |guest| {
            Box::pin(async move {
                let (interface, store) = guest.$interface()?;
                interface.$function(store $(, $argument)*).await
            })
        })
    };
}

mod bindings;
mod codec;
mod consumers;
mod duplex;
mod hello;
mod pub_sub;
mod secret;
mod state;

pub use codec::ProstCodec;
pub use consumers::Consumers;

use crate::{
    budget::Held,
    config::named,
    engine::{Block, types::Metadata},
    proto::dapr,
    runtime::{Address, Component},
    transport::Router,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, metadata::MetadataMap};

/// The header in which daprd names the instance: the Component resource's `metadata.name`.
pub const INSTANCE: &str = "x-component-instance";

/// The services that a component's guest stands for. `message_limit` is the most bytes of one request; open streams end with
/// `close`.
pub fn services(
    component: &Arc<Component>,
    message_limit: usize,
    close: CancellationToken,
) -> Router {
    let mut services = Services {
        router: Router::default(),
        message_limit,
        close,
    };
    for block in component.blocks() {
        match block {
            Block::State => state::add(&mut services, component),
            Block::PubSub => pub_sub::add(&mut services, component),
            Block::InputBinding => bindings::add_input(&mut services, component),
            Block::OutputBinding => bindings::add_output(&mut services, component),
            Block::SecretStore => secret::add(&mut services, component),
            Block::Hello => hello::add(&mut services, component),
        }
    }
    services.router
}

/// Services as they are added.
struct Services {
    router: Router,
    message_limit: usize,
    close: CancellationToken,
}

/// Adds a generated server.
macro_rules! serve {
    ($services:expr, $server:path, $implementation:expr) => {{
        let server = <$server>::new($implementation);
        let server = server.max_decoding_message_size($services.message_limit);
        $services.router.add(server);
    }};
}
use serve;

/// The bytes of an answer, among its extensions.
#[derive(Debug, Clone, Copy)]
pub struct Size(pub usize);

/// Where a request goes, by its headers, and what it says.
///
/// # Errors
/// When the instance's name is not text.
fn addressed<T>(request: Request<T>, method: &'static str) -> Result<(Address, T), Status> {
    let headers = request.metadata();
    // daprd adds it to those that a call has inherited from the event that it is made for: the last is the call's own.
    let instance = match headers.get_all(INSTANCE).iter().next_back() {
        None => String::new(),
        Some(value) => value
            .to_str()
            .map_err(|_| Status::invalid_argument(format!("the header {INSTANCE} is not text")))?
            .to_owned(),
    };
    let address = Address {
        instance,
        method,
        deadline: deadline(headers),
        held: request.extensions().get::<Arc<Held>>().cloned(),
    };
    Ok((address, request.into_inner()))
}

/// An answer that the client can take.
///
/// # Errors
/// RESOURCE_EXHAUSTED rather than a message that the client would have to refuse.
fn reply<T: prost::Message>(component: &Component, message: T) -> Result<Response<T>, Status> {
    let size = message.encoded_len();
    let limit = component.generation().template.limits().reply;
    if size > limit {
        return Err(Status::resource_exhausted(format!(
            "component '{}': the reply has {size} bytes, and {limit} are the most ({}; daprd takes no more than 4 MiB). Ask for less at once",
            component.name(),
            named::max_reply
        )));
    }
    let mut response = Response::new(message);
    response.extensions_mut().insert(Size(size));
    Ok(response)
}

/// Every block's Ping. The component is loaded and its guest has started, or there would be no socket to ask this on.
/// Source: daprd, whose Ping can come before Init.
fn ping(request: Request<dapr::PingRequest>) -> Result<Response<dapr::PingResponse>, Status> {
    addressed(request, "Ping")?;
    Ok(Response::new(dapr::PingResponse {}))
}

/// When the client stops waiting. A header that is wrong is none, as in other servers.
fn deadline(headers: &MetadataMap) -> Option<Instant> {
    let limit = timeout(headers.get("grpc-timeout")?.to_str().ok()?)?;
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

fn metadata(map: HashMap<String, String>) -> Metadata {
    map.into_iter().collect()
}

fn map(metadata: Metadata) -> HashMap<String, String> {
    metadata.into_iter().collect()
}

/// An absent text is empty in protobuf and none in WIT.
fn text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
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
