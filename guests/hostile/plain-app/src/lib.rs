//! An application that leaves to its host whatever the host can do: it takes messages one by one, and does not know how it is.
//!
//! | method | what happens |
//! |---|---|
//! | `heard` | answers the messages that came to this instance, as a JSON array, and forgets them |
//! | `trap` | the guest panics |
//!
//! Messages say by their data what becomes of them: `success`, `retry`, `drop`, or `trap`. Anything else is a success.

use std::cell::RefCell;

use bindings::dapr::app::event_types::Outcome;
use bindings::dapr::app::invocation_types::{Request, Response};
use bindings::dapr::components::status_types::Status;
use bindings::dapr::components::types::Code;
use bindings::exports::dapr::app::invoke;
use bindings::exports::dapr::app::subscriber::{self, Message, Subscription};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::PlainApp;
    wit_bindgen::generate!({
        inline: "
            package plugbox:plain-app;
            world plain-app {
                export dapr:app/invoke@0.1.0;
                export dapr:app/subscriber@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:plain-app/plain-app",
        generate_all,
        additional_derives: [serde::Serialize],
    });
    export!(PlainApp);
}

struct PlainApp;

thread_local! {
    static HEARD: RefCell<Vec<Message>> = RefCell::default();
}

impl invoke::Guest for PlainApp {
    fn handle(request: Request) -> Result<Response, Status> {
        let data = match &*request.method {
            "heard" => serde_json::to_vec(&HEARD.take()).map_err(|why| Status {
                code: Code::Internal,
                message: why.to_string(),
                details: Vec::new(),
            })?,
            "trap" => trap(),
            other => {
                return Err(Status {
                    code: Code::Unimplemented,
                    message: format!("no method {other:?}"),
                    details: Vec::new(),
                });
            }
        };
        Ok(Response {
            data,
            content_type: None,
            type_url: None,
            headers: Vec::new(),
        })
    }
}

impl subscriber::Guest for PlainApp {
    fn subscriptions() -> Vec<Subscription> {
        Vec::new()
    }

    fn handle(message: Message) -> Outcome {
        let outcome = match &*message.event.data {
            b"retry" => Outcome::Retry,
            b"drop" => Outcome::Drop,
            b"trap" => trap(),
            _ => Outcome::Success,
        };
        HEARD.with_borrow_mut(|all| all.push(message));
        outcome
    }
}

#[expect(clippy::panic, reason = "this is what it is for")]
fn trap() -> ! {
    panic!("it was told to")
}

#[cfg(test)]
mod tests;
