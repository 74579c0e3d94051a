//! The smallest application behind Dapr: its one method, `echo`, answers what it is sent.

use bindings::dapr::app::invocation_types::{Request, Response};
use bindings::dapr::components::status_types::Status;
use bindings::dapr::components::types::Code;
use bindings::exports::dapr::app::invoke::Guest;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::MinimalApp;
    wit_bindgen::generate!({ path: "../../../wit", world: "minimal-app", generate_all });
    export!(MinimalApp);
}

struct MinimalApp;

impl Guest for MinimalApp {
    fn handle(request: Request) -> Result<Response, Status> {
        match &*request.method {
            "echo" => Ok(Response {
                data: request.data,
                content_type: request.content_type,
                type_url: request.type_url,
                headers: Vec::new(),
            }),
            other => Err(Status {
                code: Code::Unimplemented,
                message: format!("there is no method {other:?}, only echo"),
                details: Vec::new(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
