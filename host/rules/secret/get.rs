//! Secrets, one by one and all at once. No rule shows a value.

use std::collections::HashMap;

use tonic::{Code, Status};

use super::{CLIENT, MULTIPLE, NOT_SHOWN, Rule, STORE, Source};
use crate::{
    proto::dapr::SecretResponse,
    rules::{Broken, answer::Answer, client::Client, show::Show},
};

/// The shortest value that says something when it is found in a message.
const TELLING: usize = 4;

const NONE: &str = "the component has no secrets";

pub const RULES: &[Rule] = &[
    Rule {
        id: "secretstores/missing",
        promise: "A secret that is not there is an error, and so there is no value.",
        source: CLIENT,
        needs: STORE,
        run: |c| Box::pin(async move { c.secret(&missing(&c)).await.refused() }),
    },
    Rule {
        id: "secretstores/missing-not-found",
        promise: "A secret that is not there is NOT_FOUND.",
        source: Source::Contract("secret-store.get"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let answer = c.secret(&missing(&c)).await;
                answer.fails_with(Code::NotFound).map(drop)
            })
        },
    },
    Rule {
        id: "secretstores/empty-name",
        promise: "A secret without a name is an error.",
        source: Source::Contract("secret-store.get"),
        needs: STORE,
        run: |c| Box::pin(async move { c.secret("").await.refused() }),
    },
    Rule {
        id: "secretstores/get",
        promise: "Each secret that BulkGet shows can be had by Get, with the same values.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let Some(all) = all(&c).await? else {
                    return c.skip(NOT_SHOWN);
                };
                for (name, secret) in &all {
                    let expected = "OK with the values that BulkGet shows (they are left out here)";
                    let answer = c.secret(name).await;
                    answer.ok_if(expected, |it| it.data == secret.secrets)?;
                }
                if all.is_empty() { c.skip(NONE) } else { Ok(()) }
            })
        },
    },
    Rule {
        id: "secretstores/get-again",
        promise: "A secret that is asked for again is the same.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let Some(all) = all(&c).await? else {
                    return c.skip(NOT_SHOWN);
                };
                let Some(name) = all.keys().next() else {
                    return c.skip(NONE);
                };
                let first = c.secret(name).await.ok()?;
                let expected = "OK with the same values as before (they are left out here)";
                c.secret(name).await.ok_if(expected, |it| *it == first)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "secretstores/single-value",
        promise: "A secret with a single value has it under the secret's own name. A store that does not name the feature \
                  MULTIPLE_KEY_VALUES_PER_SECRET has no others.",
        source: CLIENT,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                if c.has(MULTIPLE) {
                    return c.skip("the component has secrets with several values");
                }
                let Some(all) = all(&c).await? else {
                    return c.skip(NOT_SHOWN);
                };
                for name in all.keys() {
                    let expected = format!("OK with one value under the name {name:?}");
                    let answer = c.secret(name).await;
                    answer.ok_if(expected, |it| {
                        it.data.len() == 1 && it.data.contains_key(name)
                    })?;
                }
                if all.is_empty() { c.skip(NONE) } else { Ok(()) }
            })
        },
    },
    Rule {
        id: "secretstores/no-values-in-errors",
        promise: "No error has a secret's value in its message or its details.",
        source: Source::Contract("secret-store"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let Some(all) = all(&c).await? else {
                    return c.skip(NOT_SHOWN);
                };
                let secrets = all.values().flat_map(|secret| secret.secrets.values());
                let values: Vec<&String> = secrets.filter(|it| it.len() >= TELLING).collect();
                if values.is_empty() {
                    return c.skip(NONE);
                }
                discreet(c.secret("").await, &values)?;
                discreet(c.secret(&missing(&c)).await, &values)?;
                for name in all.keys() {
                    // What is close to a secret's name is where a helpful message would be tempted.
                    for near in [format!("{name}-missing"), format!("{name}:missing")] {
                        discreet(c.secret(&near).await, &values)?;
                    }
                }
                let stranger = c.on_new_instance();
                discreet(stranger.all_secrets().await, &values)
            })
        },
    },
];

/// The name of a secret that no store has.
fn missing(c: &Client) -> String {
    format!("{}-missing", c.run())
}

/// All secrets, or none where the component does not show them.
async fn all(c: &Client) -> Result<Option<HashMap<String, SecretResponse>>, Broken> {
    let answer = c.all_secrets().await;
    if matches!(&answer.result, Err(status) if status.code() == Code::Unimplemented) {
        return Ok(None);
    }
    Ok(Some(answer.ok()?.data))
}

/// An error that there may be must not have a value in it. The broken rule does not show the error: it would show the value.
fn discreet<A: Show>(answer: Answer<A>, values: &[&String]) -> Result<(), Broken> {
    let Err(status) = &answer.result else {
        return Ok(());
    };
    if !values.iter().any(|value| has(status, value)) {
        return Ok(());
    }
    Err(Broken {
        request: answer.request,
        answer: "an error with a secret's value in it (it is left out here)".to_owned(),
        expected: "an error without".to_owned(),
        before: Vec::new(),
    })
}

fn has(status: &Status, value: &str) -> bool {
    let details = status.details();
    status.message().contains(value)
        || details
            .windows(value.len())
            .any(|part| part == value.as_bytes())
}
