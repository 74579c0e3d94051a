//! An application behind Dapr: it takes orders, keeps them in a state store, and tells of them by messages and by mail.
//!
//! The README says what it does, and what it needs. This file is the border: each function that the host calls is a line or two
//! here. The rules behind it are plain Rust, which `cargo test` runs without WebAssembly; what they ask of Dapr goes through the
//! trait in `dapr`. Nothing is kept in the instance, so there may be any number of them.

mod bulk;
mod dapr;
mod failure;
mod kept;
mod order;
mod place;
mod receipt;
mod receive;
mod settings;

use serde::Serialize;

use bindings::dapr::app::event_types::Outcome;
use bindings::dapr::app::invocation_types::{Request, Response, Verb};
use bindings::dapr::components::status_types::Status;
use bindings::dapr::components::types::Code;
use bindings::exports::dapr::app::binding_handler::{self, Answer, Event};
use bindings::exports::dapr::app::bulk_subscriber::{self, Messages};
use bindings::exports::dapr::app::invoke;
use bindings::exports::dapr::app::subscriber::{self, Message, Subscription};

use dapr::{Dapr, Sidecar};
use settings::Settings;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Orders;
    wit_bindgen::generate!({
        inline: "
            package plugbox:orders;
            world orders {
                import dapr:client/state@0.1.0;
                import dapr:client/publish@0.1.0;
                import dapr:client/bindings@0.1.0;
                import dapr:client/secrets@0.1.0;
                export dapr:app/invoke@0.1.0;
                export dapr:app/subscriber@0.1.0;
                export dapr:app/bulk-subscriber@0.1.0;
                export dapr:app/binding-handler@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:orders/orders",
        generate_all,
        additional_derives: [PartialEq],
    });
    export!(Orders);
}

struct Orders;

thread_local! {
    static SETTINGS: Settings = Settings::read(|name| std::env::var(name).ok());
}

impl invoke::Guest for Orders {
    fn handle(request: Request) -> Result<Response, Status> {
        SETTINGS.with(|settings| serve(&Sidecar, settings, &request))
    }
}

impl subscriber::Guest for Orders {
    fn subscriptions() -> Vec<Subscription> {
        SETTINGS.with(receive::subscriptions)
    }

    fn handle(message: Message) -> Outcome {
        SETTINGS.with(|settings| {
            let Message {
                topic, path, event, ..
            } = message;
            receive::receive(&Sidecar, settings, &topic, path.as_deref(), &event.data)
        })
    }
}

impl bulk_subscriber::Guest for Orders {
    fn handle_bulk(messages: Messages) -> Vec<Outcome> {
        SETTINGS.with(|settings| bulk::receive(&Sidecar, settings, &messages))
    }
}

impl binding_handler::Guest for Orders {
    fn bindings() -> Vec<String> {
        SETTINGS.with(|settings| vec![settings.inbox.clone()])
    }

    fn handle(event: Event) -> Result<Answer, Status> {
        SETTINGS.with(|settings| take(&Sidecar, settings, &event))
    }
}

/// Serves an invocation.
fn serve(dapr: &impl Dapr, settings: &Settings, request: &Request) -> Result<Response, Status> {
    // A caller that has nothing of HTTP means what its method says.
    let is = |verb| {
        let http = request.http.as_ref();
        http.is_none_or(|http| http.verb == verb)
    };
    let data = match request.method.split_once('/') {
        None if request.method == "place" && is(Verb::Post) => {
            json(&place::place(dapr, settings, &request.data)?)
        }
        Some(("orders", id)) if is(Verb::Get) => json(&place::find(dapr, settings, id)?),
        _ => Err(failure::status(
            Code::Unimplemented,
            "METHOD_UNKNOWN",
            "what there is: place (by HTTP: POST), orders/ID (by HTTP: GET)",
        )),
    };
    Ok(Response {
        data: data?,
        content_type: Some("application/json".to_owned()),
        type_url: None,
        headers: Vec::new(),
    })
}

/// Makes an order of a binding's event.
fn take(dapr: &impl Dapr, settings: &Settings, event: &Event) -> Result<Answer, Status> {
    if event.binding != settings.inbox {
        let name = &event.binding;
        return Err(failure::status(
            Code::Unimplemented,
            "BINDING_UNKNOWN",
            format!(
                "orders come by the binding {:?}, not {name:?}",
                settings.inbox
            ),
        ));
    }
    Ok(Answer {
        data: json(&place::place(dapr, settings, &event.data)?)?,
        forward_to: Vec::new(),
        in_parallel: false,
    })
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Status> {
    serde_json::to_vec(value).map_err(failure::internal)
}

#[cfg(test)]
mod tests;
