//! Events of input bindings.

use super::{
    super::{
        metadata,
        methods::{Called, Reply},
    },
    App,
};
use crate::{
    engine::{
        Interface,
        app::binding::{Answer, Event},
    },
    proto::runtime::v1::{self as proto, binding_event_response::BindingEventConcurrency},
};
use std::sync::Arc;
use tonic::Status;

impl App {
    /// What the guest said when it was loaded: daprd asks once.
    pub(super) async fn list_input_bindings(
        self: Arc<Self>,
        to: Called,
        (): (),
    ) -> Result<Reply<proto::ListInputBindingsResponse>, Status> {
        self.wants(Interface::BindingHandler, &to)?;
        let bindings = self.component.wanted().bindings.clone();
        Ok(proto::ListInputBindingsResponse { bindings }.into())
    }

    pub(super) async fn on_binding_event(
        self: Arc<Self>,
        to: Called,
        request: proto::BindingEventRequest,
    ) -> Result<Reply<proto::BindingEventResponse>, Status> {
        self.wants(Interface::BindingHandler, &to)?;
        let event = Event {
            binding: request.name,
            data: request.data,
            metadata: metadata(request.metadata),
        };
        let call = self
            .component
            .handle(&to, running!(binding_handler.call_handle, &event));
        Ok(response(call.await??).into())
    }
}

fn response(answer: Answer) -> proto::BindingEventResponse {
    let concurrency = match answer.in_parallel {
        true => BindingEventConcurrency::Parallel,
        false => BindingEventConcurrency::Sequential,
    };
    proto::BindingEventResponse {
        data: answer.data,
        to: answer.forward_to,
        concurrency: concurrency.into(),
        // Source: daprd, which reads neither of an application that speaks gRPC.
        store_name: String::new(),
        states: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_data_and_the_bindings_that_get_it_in_turn_or_at_once() {
        for (in_parallel, concurrency) in [(false, 0), (true, 1)] {
            let answer = Answer {
                data: vec![1, 2],
                forward_to: vec!["mail".to_owned(), "log".to_owned()],
                in_parallel,
            };
            let expected = proto::BindingEventResponse {
                data: vec![1, 2],
                to: vec!["mail".to_owned(), "log".to_owned()],
                concurrency,
                ..Default::default()
            };
            assert_eq!(response(answer), expected);
        }
    }
}
