//! An application that does what a call tells it, so that the host's tests can see what the host makes of it.
//!
//! A *deed* is told in words, `<verb>:<argument>`. All interfaces know these:
//!
//! | deed | what happens |
//! |---|---|
//! | `trap`, `loop` | the guest panics, or never returns |
//! | `wait:<milliseconds>` | it waits in the host |
//! | `allocate:<bytes>` | it takes so much memory, writes to it and keeps it |
//! | `log:<text>` | it writes a line to standard error |
//! | `status:<json>` | it fails with this status; `handle` of a message, which cannot fail, answers `retry` |
//!
//! **Invocations.** The method is the verb, the data are the argument:
//!
//! | method | what happens |
//! |---|---|
//! | `echo` | answers data, content type, type and headers as they came |
//! | `request` | answers the whole request as JSON |
//! | `answer` | answers the response that the argument is as JSON |
//! | `big` | answers so many bytes |
//! | `remember` | keeps the argument in memory, and answers what was kept before, nothing for nothing |
//! | `served` | answers how many invocations this instance has served, this one included |
//! | `env` | answers a variable of the environment, nothing for none |
//! | `heard` | answers what came by the other interfaces of this instance, as a JSON array, and forgets it |
//! | `ill` | `health` fails with the status that the argument is as JSON, until it is `null` |
//! | `call` | calls an import: the argument is one of `Call` as JSON, and its result is answered as JSON |
//!
//! **Messages** are deeds by their data, one by one and many at once. Beside the above there are `success`, `retry` and `drop`; among
//! many also `skip`, which has no outcome, nor has any entry after it, and `more`, which has two. Anything else is a success.
//!
//! **Binding events** are deeds by their data, and beside the above: `forward:<names>` forwards to bindings, with commas between the
//! names, `parallel:<names>` at once. Anything else is answered as it came.
//!
//! **Jobs** are deeds by their data, which is text or a JSON string. Anything else is done.
//!
//! | variable | meaning | without it |
//! |---|---|---|
//! | `SUBSCRIPTIONS`, `BINDINGS` | what it answers to these questions, as JSON | empty lists |
//! | `LISTS` | a deed that is done when either is asked | nothing |
//! | `ILL` | what `health` fails with from the start, as for the method `ill` | it is well |
//!
//! JSON is that of the contract's types in Rust: fields in snake case, bytes as arrays of numbers, metadata as arrays of pairs, a case
//! as `"InvalidArgument"` or `{"ErrorInfo": …}`, a result as `{"Ok": …}` or `{"Err": …}`.

mod call;
mod deed;

use std::cell::{Cell, RefCell};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use bindings::dapr::app::event_types::Outcome;
use bindings::dapr::app::invocation_types::{Request, Response};
use bindings::dapr::components::status_types::Status;
use bindings::dapr::components::types::Code;
use bindings::exports::dapr::app::binding_handler::{self, Answer, Event};
use bindings::exports::dapr::app::bulk_subscriber::{self, Messages, Payload};
use bindings::exports::dapr::app::jobs::{self, Job};
use bindings::exports::dapr::app::subscriber::{self, Message, Subscription};
use bindings::exports::dapr::app::{health, invoke};

use call::Call;
use deed::Deed;

#[allow(unsafe_code)] // What crosses the guest's border is raw memory; the generated code alone touches it.
mod bindings {
    use super::ProbeApp;
    wit_bindgen::generate!({
        path: "../../../wit",
        world: "full-app",
        generate_all,
        additional_derives: [serde::Serialize, serde::Deserialize],
    });
    export!(ProbeApp);
}

struct ProbeApp;

thread_local! {
    static REMEMBERED: RefCell<Vec<u8>> = RefCell::default();
    static SERVED: Cell<u64> = const { Cell::new(0) };
    static HEARD: RefCell<Vec<Value>> = RefCell::default();
    static ILL: RefCell<Option<Status>> = const { RefCell::new(None) };
}

impl invoke::Guest for ProbeApp {
    fn handle(request: Request) -> Result<Response, Status> {
        SERVED.set(SERVED.get() + 1);
        let argument = || String::from_utf8_lossy(&request.data);
        let data = match &*request.method {
            "echo" => {
                return Ok(Response {
                    data: request.data,
                    content_type: request.content_type,
                    type_url: request.type_url,
                    headers: request.headers,
                });
            }
            "answer" => return read(&request.data),
            "request" => json(&request)?,
            "big" => vec![b'x'; deed::number(&argument())?],
            "remember" => REMEMBERED.replace(request.data),
            "served" => SERVED.get().to_string().into_bytes(),
            "env" => std::env::var(&*argument()).unwrap_or_default().into_bytes(),
            "heard" => json(&HEARD.take())?,
            "ill" => {
                ILL.set(read(&request.data)?);
                Vec::new()
            }
            "call" => read::<Call>(&request.data)?.make()?,
            verb => match Deed::of(verb, &argument()) {
                Some(deed) => {
                    deed?.run()?;
                    Vec::new()
                }
                None => return Err(error(Code::Unimplemented, format!("no method {verb:?}"))),
            },
        };
        Ok(Response {
            data,
            content_type: None,
            type_url: None,
            headers: Vec::new(),
        })
    }
}

impl subscriber::Guest for ProbeApp {
    fn subscriptions() -> Vec<Subscription> {
        asked("SUBSCRIPTIONS")
    }

    fn handle(message: Message) -> Outcome {
        hear("message", &message);
        outcomes(&message.event.data)
            .into_iter()
            .next()
            .unwrap_or(Outcome::Success)
    }
}

impl bulk_subscriber::Guest for ProbeApp {
    fn handle_bulk(messages: Messages) -> Vec<Outcome> {
        hear("messages", &messages);
        let mut all = Vec::new();
        for entry in &messages.entries {
            let data = match &entry.payload {
                Payload::Event(event) => &event.data,
                Payload::Raw(data) => data,
            };
            match outcomes(data) {
                none if none.is_empty() => break,
                some => all.extend(some),
            }
        }
        all
    }
}

impl binding_handler::Guest for ProbeApp {
    fn bindings() -> Vec<String> {
        asked("BINDINGS")
    }

    fn handle(event: Event) -> Result<Answer, Status> {
        hear("event", &event);
        let text = String::from_utf8_lossy(&event.data);
        let names = match text.split_once(':') {
            Some(("forward" | "parallel", names)) => names.split(',').map(str::to_owned).collect(),
            _ => {
                deed::run(&text)?;
                Vec::new()
            }
        };
        Ok(Answer {
            in_parallel: text.starts_with("parallel:"),
            forward_to: names,
            data: event.data,
        })
    }
}

impl jobs::Guest for ProbeApp {
    fn handle(job: Job) -> Result<(), Status> {
        hear("job", &job);
        let text = serde_json::from_slice(&job.data);
        deed::run(&text.unwrap_or_else(|_| String::from_utf8_lossy(&job.data).into_owned()))
    }
}

impl health::Guest for ProbeApp {
    fn check() -> Result<(), Status> {
        if let Ok(told) = std::env::var("ILL") {
            return Err(read(told.as_bytes())?);
        }
        ILL.with_borrow(|ill| ill.clone().map_or(Ok(()), Err))
    }
}

/// What a list is that the host asks for, by a variable of the environment.
fn asked<T: DeserializeOwned>(variable: &str) -> Vec<T> {
    if let Ok(told) = std::env::var("LISTS") {
        // It cannot fail; a deed that does not end it is all that is wanted of this.
        let _ = deed::run(&told);
    }
    let told = std::env::var(variable).unwrap_or_else(|_| "[]".to_owned());
    read(told.as_bytes()).unwrap_or_else(|why| deed::trap(&format!("{variable}: {}", why.message)))
}

/// The outcomes of a message: one, but for `skip` and `more`.
fn outcomes(data: &[u8]) -> Vec<Outcome> {
    let text = String::from_utf8_lossy(data);
    match &*text {
        "retry" => vec![Outcome::Retry],
        "drop" => vec![Outcome::Drop],
        "skip" => Vec::new(),
        "more" => vec![Outcome::Success; 2],
        other => match deed::run(other) {
            Ok(()) => vec![Outcome::Success],
            Err(_) => vec![Outcome::Retry],
        },
    }
}

/// Keeps what came by another interface for `heard`.
fn hear(interface: &str, what: &impl Serialize) {
    let what = serde_json::to_value(what).unwrap_or_else(|why| deed::trap(&why.to_string()));
    let heard = serde_json::json!({ interface: what });
    HEARD.with_borrow_mut(|all| all.push(heard));
}

fn read<T: DeserializeOwned>(data: &[u8]) -> Result<T, Status> {
    serde_json::from_slice(data).map_err(|why| error(Code::InvalidArgument, why.to_string()))
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Status> {
    serde_json::to_vec(value).map_err(|why| error(Code::Internal, why.to_string()))
}

fn error(code: Code, message: String) -> Status {
    Status {
        code,
        message,
        details: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
