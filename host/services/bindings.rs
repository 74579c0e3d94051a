//! `OutputBinding` and `InputBinding`.

use super::{Services, To, duplex::duplex, map, metadata, ping, text};
use crate::{
    engine::{Block, DaprBlock, Init, bindings::output::Invocation},
    proto::dapr::{self as proto, input_binding_server as input, output_binding_server as output},
    runtime::{Answer, Component, Message, Source},
};
use futures_util::Stream;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

/// Adds the service that a guest with `output-binding` stands for.
pub(super) fn add_output(services: &mut Services, component: &Arc<Component>) {
    let binding = Output {
        component: component.clone(),
    };
    services
        .add(output::SERVICE_NAME, component, binding)
        .unary("Init", Output::init)
        .unary("Invoke", Output::invoke)
        .unary("ListOperations", Output::list_operations)
        .unary("Ping", ping);
}

struct Output {
    component: Arc<Component>,
}

impl Output {
    async fn init(
        self: Arc<Self>,
        to: To,
        request: proto::OutputBindingInitRequest,
    ) -> Result<proto::OutputBindingInitResponse, Status> {
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::OutputBinding, properties);
        self.component.init(&to, init).await??;
        Ok(proto::OutputBindingInitResponse {})
    }

    async fn invoke(
        self: Arc<Self>,
        to: To,
        request: proto::InvokeRequest,
    ) -> Result<proto::InvokeResponse, Status> {
        let request = Invocation {
            operation: request.operation,
            data: request.data,
            metadata: metadata(request.metadata),
        };
        let call = guest!(
            self,
            Block::OutputBinding,
            &to,
            output_binding.call_invoke,
            &request
        );
        let response = call.await??;
        Ok(proto::InvokeResponse {
            data: response.data,
            metadata: map(response.metadata),
            content_type: response.content_type.unwrap_or_default(),
        })
    }

    /// What the guest named at Init: daprd asks once, and refuses other operations by itself.
    async fn list_operations(
        self: Arc<Self>,
        to: To,
        _: proto::ListOperationsRequest,
    ) -> Result<proto::ListOperationsResponse, Status> {
        let operations = self.component.named(&to, Block::OutputBinding).await?;
        Ok(proto::ListOperationsResponse { operations })
    }
}

/// Adds the service that a guest with `input-binding` stands for.
pub(super) fn add_input(services: &mut Services, component: &Arc<Component>) {
    let binding = Input {
        component: component.clone(),
        close: services.close.clone(),
    };
    services
        .add(input::SERVICE_NAME, component, binding)
        .unary("Init", Input::init)
        .streams("Read", Input::read)
        .unary("Ping", ping);
}

struct Input {
    component: Arc<Component>,
    close: CancellationToken,
}

impl Input {
    async fn init(
        self: Arc<Self>,
        to: To,
        request: proto::InputBindingInitRequest,
    ) -> Result<proto::InputBindingInitResponse, Status> {
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::InputBinding, properties);
        self.component.init(&to, init).await??;
        Ok(proto::InputBindingInitResponse {})
    }

    async fn read(
        self: Arc<Self>,
        to: To,
        frames: Streaming<proto::ReadRequest>,
    ) -> Result<impl Stream<Item = Result<proto::ReadResponse, Status>> + use<>, Status> {
        let stream = self.component.open(&to, Source::Binding).await??;
        Ok(duplex(stream, frames, &self.close, answer, event))
    }
}

fn answer(frame: proto::ReadRequest) -> Option<(String, Answer)> {
    let answer = match frame.response_error {
        None => Answer::Accepted(frame.response_data),
        Some(error) => Answer::Failed(error.message),
    };
    // daprd may begin with a frame that answers nothing.
    text(frame.message_id).map(|event| (event, answer))
}

fn event(message: Message) -> proto::ReadResponse {
    proto::ReadResponse {
        data: message.data,
        metadata: map(message.metadata),
        content_type: message.content_type.unwrap_or_default(),
        message_id: message.id,
    }
}
