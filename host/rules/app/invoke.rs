//! Calls of an application's methods.

use prost_types::Any;
use tokio::task::JoinSet;
use tonic::Code;

use super::{BODIES, CLIENT, Client, Interface, Needs, Rule, Source, calls::CALLBACK, needs, own};
use crate::{
    proto::common::v1::{HttpExtension, InvokeRequest, InvokeResponse, http_extension::Verb},
    rules::{
        Broken,
        client::ANSWER_LIMIT,
        show::{Show, named},
    },
};

/// An application with methods.
const INVOKE: Needs = needs(&[Interface::Invoke]);

/// Why a rule about what methods do says nothing.
const UNKNOWN: &str = "nobody has said which methods may be called (--method)";

/// A body that is large, and not too large to be answered as it is.
const LARGE: usize = 1 << 20;

const VERBS: [Verb; 10] = [
    Verb::None,
    Verb::Get,
    Verb::Head,
    Verb::Post,
    Verb::Put,
    Verb::Delete,
    Verb::Connect,
    Verb::Options,
    Verb::Trace,
    Verb::Patch,
];

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/invoke-unknown",
        promise: "A method that the application does not have is UNIMPLEMENTED or NOT_FOUND.",
        source: Source::Contract("invoke.handle"),
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                let answer = c.post(c.run(), b"{}").await;
                let codes = [Code::Unimplemented, Code::NotFound];
                answer.fails_if("UNIMPLEMENTED or NOT_FOUND", |status| {
                    codes.contains(&status.code())
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "app/invoke-any-method",
        promise: "A method of any name is answered: callers write what they like into a path.",
        source: CLIENT,
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                let run = c.run();
                let long = run.repeat(100);
                let slashes = format!("{run}//{run}/");
                for method in ["", "/", "..", " ", "\u{7d0}\u{1f333}", &slashes, &long] {
                    own(&c, c.post(method, b"{}").await).map(drop)?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/invoke-any-verb",
        promise: "A call is answered whatever HTTP's verb and query are, and without them: callers by gRPC have none.",
        source: CLIENT,
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                for method in methods(&c) {
                    let plain = || InvokeRequest {
                        method: method.clone(),
                        ..Default::default()
                    };
                    own(&c, c.on_invoke(plain()).await).map(drop)?;
                    for verb in VERBS {
                        let request = InvokeRequest {
                            http_extension: Some(HttpExtension {
                                verb: verb.into(),
                                querystring: "a=1&a=%zz&=".to_owned(),
                            }),
                            ..plain()
                        };
                        own(&c, c.on_invoke(request).await).map(drop)?;
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/invoke-any-body",
        promise: "A body of any bytes and of any type is answered, with a refusal if it must be.",
        source: CLIENT,
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                for method in methods(&c) {
                    for body in BODIES {
                        own(&c, c.post(&method, body).await).map(drop)?;
                        let request = InvokeRequest {
                            method: method.clone(),
                            data: Some(Any {
                                type_url: "type.googleapis.com/a.B".to_owned(),
                                value: body.to_vec(),
                            }),
                            content_type: "application/x-none; charset=\u{fc}".to_owned(),
                            http_extension: None,
                        };
                        own(&c, c.on_invoke(request).await).map(drop)?;
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/invoke-large-body",
        promise: "A large body is answered, with no more than the 4 MiB that daprd takes.",
        source: CLIENT,
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                let body = vec![b'x'; LARGE];
                for method in methods(&c) {
                    let answer = c.post(&method, &body).await;
                    let expected = format!("an answer of at most {ANSWER_LIMIT} bytes");
                    if let Err(status) = &answer.result
                        && [Code::OutOfRange, Code::ResourceExhausted].contains(&status.code())
                    {
                        return Err(answer.broken(expected));
                    }
                    own(&c, answer).map(drop)?;
                }
                named_or_skipped(&c)
            })
        },
    },
    Rule {
        id: "app/invoke-at-once",
        promise: "Many calls at once on one connection, daprd's only one, are all answered.",
        source: CLIENT,
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                let mut calls = JoinSet::new();
                for (number, method) in (0..64).zip(methods(&c).iter().cycle()) {
                    let (c, method) = (c.clone(), method.clone());
                    calls.spawn(async move {
                        let data = format!("{number}");
                        own(&c, c.post(&method, data.as_bytes()).await).map(drop)
                    });
                }
                while let Some(done) = calls.join_next().await {
                    done.unwrap_or(Ok(()))?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/invoke-cancelled",
        promise: "A caller that gives up waiting costs the application nothing: what comes after is answered.",
        source: Source::Host("instances"),
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                for answers in 1..4 {
                    let mut calls = JoinSet::new();
                    for method in methods(&c).iter().cycle().take(16) {
                        let (c, method) = (c.clone(), method.clone());
                        calls.spawn(async move { c.post(&method, &[b'x'; 1 << 14]).await });
                    }
                    for _ in 0..answers {
                        calls.join_next().await;
                    }
                    calls.abort_all();
                }
                own(&c, c.post(c.run(), b"{}").await).map(drop)
            })
        },
    },
    Rule {
        id: "app/unknown-fields",
        promise: "A field that a newer daprd adds to a message is ignored.",
        source: Source::Host("requests"),
        needs: INVOKE,
        run: |c| {
            Box::pin(async move {
                let method = c.run().to_owned();
                let expected = c.post(&method, b"").await;
                let newer = NewerInvoke {
                    method,
                    news: "unheard of".to_owned(),
                };
                let answer = c
                    .call::<_, InvokeResponse>(&format!("{CALLBACK}/OnInvoke"), newer)
                    .await;
                match (&answer.result, &expected.result) {
                    (Err(answer), Err(expected)) if answer.code() == expected.code() => Ok(()),
                    (Ok(_), Ok(_)) => Ok(()),
                    _ => Err(answer.broken("the answer without the field")),
                }
            })
        },
    },
];

/// A call of a time when it has one more field.
#[derive(Clone, PartialEq, prost::Message)]
struct NewerInvoke {
    #[prost(string, tag = "1")]
    method: String,
    #[prost(string, tag = "900")]
    news: String,
}

impl Show for NewerInvoke {
    fn show(&self, line: &mut String) {
        named(line, "method", &self.method);
        named(line, "(field 900)", &self.news);
    }
}

/// One that the application does not have, and those that may be called.
fn methods(c: &Client) -> Vec<String> {
    let unknown = [c.run().to_owned()].into_iter();
    unknown
        .chain(c.subject().known_methods().iter().cloned())
        .collect()
}

/// A rule about what methods do has said something only where there are some.
fn named_or_skipped(c: &Client) -> Result<(), Broken> {
    match c.subject().known_methods() {
        [] => c.skip(UNKNOWN),
        _ => Ok(()),
    }
}
