//! Secrets that whoever runs the rules has put there (see [`Subject::secrets`](crate::rules::Subject::secrets)). No rule
//! shows a value.

use tonic::Code;

use super::{CONFORMANCE, Rule, STORE};
use crate::rules::{Broken, client::Client};

const UNKNOWN: &str = "nobody has said which secrets there are (--secret)";

pub const RULES: &[Rule] = &[
    Rule {
        id: "secretstores/known-get",
        promise: "A secret that is known to be there, with a single value, has exactly that under its own name.",
        source: CONFORMANCE,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                for (name, value) in c.subject().known_secrets() {
                    let expected = format!("OK with the value of {name:?} (it is left out here)");
                    let answer = c.secret(name).await;
                    answer.ok_if(expected, |it| {
                        it.data.len() == 1 && it.data.get(name) == Some(value)
                    })?;
                }
                skip_unless_known(&c)
            })
        },
    },
    Rule {
        id: "secretstores/known-bulk-get",
        promise: "BulkGet has each secret that is known to be there, whatever else it has.",
        source: CONFORMANCE,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let answer = c.all_secrets().await;
                if matches!(&answer.result, Err(status) if status.code() == Code::Unimplemented) {
                    return c.skip(super::NOT_SHOWN);
                }
                let known = c.subject().known_secrets();
                let mut names: Vec<&String> = known.keys().collect();
                names.sort_unstable();
                let expected = format!("OK with {names:?} among them, each with its value");
                answer.ok_if(expected, |it| {
                    known.iter().all(|(name, value)| {
                        let secret = it.data.get(name);
                        secret.is_some_and(|it| {
                            it.secrets.len() == 1 && it.secrets.get(name) == Some(value)
                        })
                    })
                })?;
                skip_unless_known(&c)
            })
        },
    },
];

fn skip_unless_known(c: &Client) -> Result<(), Broken> {
    match c.subject().known_secrets().is_empty() {
        true => c.skip(UNKNOWN),
        false => Ok(()),
    }
}
