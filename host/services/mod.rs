//! The gRPC services, one file for each family: protobuf to WIT and back, and what the host fills in.

/// Calls a function of one of the guest's interfaces: `guest!(self, BLOCK, to, state.call_get, &request)`.
macro_rules! guest {
    ($self:ident, $block:expr, $to:expr, $interface:ident . $function:ident $(, $argument:expr)*) => {
        $self.component.call($to, $block, running!($interface.$function $(, $argument)*))
    };
}

/// What a call runs in a guest.
macro_rules! running {
    ($interface:ident . $function:ident $(, $argument:expr)*) => {
        move |guest| {
            Box::pin(async move {
                let (interface, store) = guest.$interface()?;
                interface.$function(store $(, $argument)*).await
            })
        }
    };
}

mod app;
mod bindings;
mod codec;
mod consumers;
mod duplex;
mod hello;
mod methods;
mod pub_sub;
mod secret;
pub mod state;

pub use app::WITHOUT_TOKEN;
pub use codec::{ProstCodec, Unreadable};
pub use consumers::Consumers;

use crate::{
    engine::{Block, Role, types::Metadata},
    proto::dapr,
    runtime::Component,
    transport::Router,
};
use methods::To;
use std::{collections::HashMap, sync::Arc};
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// The header in which daprd names the instance: the Component resource's `metadata.name`.
pub const INSTANCE: &str = "x-component-instance";

/// The services that a component's guest stands for, or those of an app. `message_limit` is the most bytes of one request; open streams end with
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
    if component.role() == Role::App {
        app::add(&mut services, component);
        return services.router;
    }
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

/// Every block's Ping. The component is loaded and its guest has started, or there would be no socket to ask this on.
/// Source: daprd, whose Ping can come before Init.
async fn ping<S>(_: Arc<S>, _: To, _: dapr::PingRequest) -> Result<dapr::PingResponse, Status> {
    Ok(dapr::PingResponse {})
}

pub(crate) fn metadata(map: HashMap<String, String>) -> Metadata {
    map.into_iter().collect()
}

pub(crate) fn map(metadata: Metadata) -> HashMap<String, String> {
    metadata.into_iter().collect()
}

/// An absent text is empty in protobuf and none in WIT.
pub(crate) fn text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
