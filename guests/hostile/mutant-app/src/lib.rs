//! An application with one mistake of choice, so that the host's tests see which rule notices.
//!
//! The variable `mutation` names a mistake, as `tests/rules/mutants.rs` does, where each stands beside the rules that it breaks.
//! Without it, this is an application that takes whatever comes, and has one method: `echo`.

use std::cell::Cell;

use bindings::dapr::app::event_types::{CloudEvent, Outcome};
use bindings::dapr::app::invocation_types::{Request, Response};
use bindings::dapr::components::status_types::Status;
use bindings::dapr::components::types::Code;
use bindings::exports::dapr::app::binding_handler::{self, Answer, Event};
use bindings::exports::dapr::app::bulk_subscriber::{self, Messages, Payload};
use bindings::exports::dapr::app::jobs::{self, Job};
use bindings::exports::dapr::app::subscriber::{self, Message, Route, Subscription};
use bindings::exports::dapr::app::{health, invoke};

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::Mutant;
    wit_bindgen::generate!({
        inline: "
            package plugbox:mutant-app;
            world mutant-app {
                export dapr:app/invoke@0.1.0;
                export dapr:app/subscriber@0.1.0;
                export dapr:app/bulk-subscriber@0.1.0;
                export dapr:app/binding-handler@0.1.0;
                export dapr:app/jobs@0.1.0;
                export dapr:app/health@0.1.0;
            }
        ",
        path: "../../../wit",
        world: "plugbox:mutant-app/mutant-app",
        generate_all,
    });
    export!(Mutant);
}

struct Mutant;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static MESSAGES: Cell<u32> = const { Cell::new(0) };
}

/// The most messages that a small bulk has.
const MANY: usize = 10;

impl invoke::Guest for Mutant {
    fn handle(request: Request) -> Result<Response, Status> {
        CALLS.set(CALLS.get() + 1);
        trap_if("one-call-only", CALLS.get() > 1);
        trap_if("method-is-short", request.method.len() > 256);
        trap_if("method-is-not-empty", request.method.is_empty());
        trap_if("http-only", request.http.is_none());
        let text = std::str::from_utf8(&request.data);
        trap_if("body-is-text", text.is_err());
        trap_if("body-is-not-empty", request.data.is_empty());
        trap_if("body-is-small", request.data.len() > 1 << 16);
        trap_if("body-has-no-type", request.type_url.is_some());
        let data = match &*request.method {
            "echo" if is("answer-of-five-times") => request.data.repeat(5),
            "echo" => request.data,
            _ if is("unknown-is-answered") => Vec::new(),
            other => {
                let code = match is("unknown-is-internal") {
                    true => Code::Internal,
                    false => Code::Unimplemented,
                };
                return Err(refused(code, format!("no method {other:?}")));
            }
        };
        Ok(Response {
            data,
            content_type: request.content_type,
            type_url: None,
            headers: match is("header-of-two-lines") {
                true => vec![("x-lines".to_owned(), "1\r\n2".to_owned())],
                false => Vec::new(),
            },
        })
    }
}

impl subscriber::Guest for Mutant {
    fn subscriptions() -> Vec<Subscription> {
        let mut routed = subscription("routed");
        routed.routes = vec![Route {
            matches: match is("route-without-match") {
                true => " ".to_owned(),
                false => "event.type == \"placed\"".to_owned(),
            },
            path: match is("route-without-path") {
                true => String::new(),
                false => "/placed".to_owned(),
            },
        }];
        routed.default_path = Some("/other".to_owned());
        routed.dead_letter_topic = Some(match is("dead-letters-come-again") {
            true => "routed".to_owned(),
            false => "dead".to_owned(),
        });
        let mut all = vec![subscription("plain"), routed];
        if is("topic-twice") {
            all.push(subscription("plain"));
        }
        all
    }

    fn handle(message: Message) -> Outcome {
        MESSAGES.set(MESSAGES.get() + 1);
        trap_if("messages-come-once", MESSAGES.get() > 1);
        let known = ["plain", "routed"].contains(&&*message.topic);
        trap_if("topic-is-known", !known);
        let default = message.path.as_deref() == Some("/other");
        trap_if("default-path-is-forgotten", default);
        outcome(&message.event)
    }
}

impl bulk_subscriber::Guest for Mutant {
    fn handle_bulk(messages: Messages) -> Vec<Outcome> {
        let all = messages.entries;
        trap_if("bulk-is-small", all.len() > MANY);
        let outcomes = all.iter().map(|entry| match &entry.payload {
            Payload::Event(_) if is("bulk-drops") => Outcome::Drop,
            Payload::Event(event) => outcome(event),
            Payload::Raw(_) => {
                trap_if("bulk-is-of-events", true);
                Outcome::Success
            }
        });
        let mut outcomes: Vec<_> = outcomes.collect();
        if is("bulk-without-last") {
            outcomes.pop();
        }
        outcomes
    }
}

impl binding_handler::Guest for Mutant {
    fn bindings() -> Vec<String> {
        let inbox = || "inbox".to_owned();
        match is("binding-twice") {
            true => vec![inbox(), inbox()],
            false => vec![inbox()],
        }
    }

    fn handle(event: Event) -> Result<Answer, Status> {
        trap_if("binding-is-known", event.binding != "inbox");
        let text = std::str::from_utf8(&event.data);
        trap_if("event-is-text", text.is_err());
        Ok(Answer {
            data: event.data,
            forward_to: match is("forward-to-nobody") {
                true => vec![String::new()],
                false => Vec::new(),
            },
            in_parallel: false,
        })
    }
}

impl jobs::Guest for Mutant {
    fn handle(job: Job) -> Result<(), Status> {
        trap_if("job-is-known", job.name != "report");
        trap_if("job-has-data", job.data.is_empty());
        let name = job.name;
        Err(refused(Code::Unimplemented, format!("no job {name:?}")))
    }
}

impl health::Guest for Mutant {
    fn check() -> Result<(), Status> {
        trap_if("health-is-bad", true);
        Ok(())
    }
}

/// Whether this is the mistake to make. Nobody checks the name here: a mistake that no mutant makes breaks no rule, and the host's
/// tests notice that.
fn is(name: &str) -> bool {
    std::env::var("mutation").is_ok_and(|mutation| mutation == name)
}

#[expect(clippy::panic, reason = "this is the mistake")]
fn trap_if(name: &str, so: bool) {
    if so && is(name) {
        panic!("{name}");
    }
}

fn subscription(topic: &str) -> Subscription {
    Subscription {
        pubsub: "broker".to_owned(),
        topic: topic.to_owned(),
        routes: Vec::new(),
        default_path: None,
        dead_letter_topic: None,
        bulk: None,
        metadata: Vec::new(),
    }
}

fn outcome(event: &CloudEvent) -> Outcome {
    let text = std::str::from_utf8(&event.data);
    trap_if("message-is-text", text.is_err());
    trap_if("message-is-not-empty", event.data.is_empty());
    trap_if("message-has-no-attributes", !event.extensions.is_empty());
    let good = event.time.as_ref().is_none_or(|time| time.ends_with('Z'));
    trap_if("message-has-a-good-time", !good);
    match text {
        Ok(text) if text.starts_with('{') => Outcome::Success,
        _ => Outcome::Retry,
    }
}

fn refused(code: Code, message: String) -> Status {
    Status {
        code,
        message,
        details: Vec::new(),
    }
}
