//! `OutputBinding` and `InputBinding`.

use super::{Services, addressed, duplex::duplex, map, metadata, ping, reply, serve, text};
use crate::{
    engine::{Block, DaprBlock, Init, bindings::output::Invocation},
    proto::dapr::{self as proto, input_binding_server as input, output_binding_server as output},
    runtime::{Answer, Component, Message, Source},
};
use std::{pin::Pin, sync::Arc};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

/// Adds the service that a guest with `output-binding` stands for.
pub(super) fn add_output(services: &mut Services, component: &Arc<Component>) {
    let binding = Output {
        component: component.clone(),
    };
    serve!(services, output::OutputBindingServer<_>, binding);
}

struct Output {
    component: Arc<Component>,
}

#[tonic::async_trait]
impl output::OutputBinding for Output {
    async fn init(
        &self,
        request: Request<proto::OutputBindingInitRequest>,
    ) -> Result<Response<proto::OutputBindingInitResponse>, Status> {
        let (to, request) = addressed(request, "Init")?;
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::OutputBinding, properties);
        self.component.init(&to, init).await??;
        reply(&self.component, proto::OutputBindingInitResponse {})
    }

    async fn invoke(
        &self,
        request: Request<proto::InvokeRequest>,
    ) -> Result<Response<proto::InvokeResponse>, Status> {
        let (to, request) = addressed(request, "Invoke")?;
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
        reply(
            &self.component,
            proto::InvokeResponse {
                data: response.data,
                metadata: map(response.metadata),
                content_type: response.content_type.unwrap_or_default(),
            },
        )
    }

    /// What the guest named at Init: daprd asks once, and refuses other operations by itself.
    async fn list_operations(
        &self,
        request: Request<proto::ListOperationsRequest>,
    ) -> Result<Response<proto::ListOperationsResponse>, Status> {
        let (to, _) = addressed(request, "ListOperations")?;
        let operations = self.component.named(&to, Block::OutputBinding).await?;
        reply(
            &self.component,
            proto::ListOperationsResponse { operations },
        )
    }

    async fn ping(
        &self,
        request: Request<proto::PingRequest>,
    ) -> Result<Response<proto::PingResponse>, Status> {
        ping(request)
    }
}

/// Adds the service that a guest with `input-binding` stands for.
pub(super) fn add_input(services: &mut Services, component: &Arc<Component>) {
    let binding = Input {
        component: component.clone(),
        close: services.close.clone(),
    };
    serve!(services, input::InputBindingServer<_>, binding);
}

struct Input {
    component: Arc<Component>,
    close: CancellationToken,
}

#[tonic::async_trait]
impl input::InputBinding for Input {
    async fn init(
        &self,
        request: Request<proto::InputBindingInitRequest>,
    ) -> Result<Response<proto::InputBindingInitResponse>, Status> {
        let (to, request) = addressed(request, "Init")?;
        let properties = metadata(request.metadata.unwrap_or_default().properties);
        let init = Init::Dapr(DaprBlock::InputBinding, properties);
        self.component.init(&to, init).await??;
        reply(&self.component, proto::InputBindingInitResponse {})
    }

    type ReadStream = Pin<Box<dyn Stream<Item = Result<proto::ReadResponse, Status>> + Send>>;

    async fn read(
        &self,
        request: Request<Streaming<proto::ReadRequest>>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let (to, frames) = addressed(request, "Read")?;
        let stream = self.component.open(&to, Source::Binding).await??;
        let events = duplex(stream, frames, &self.close, answer, event);
        Ok(Response::new(Box::pin(events)))
    }

    async fn ping(
        &self,
        request: Request<proto::PingRequest>,
    ) -> Result<Response<proto::PingResponse>, Status> {
        ping(request)
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
