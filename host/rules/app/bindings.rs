//! Events of input bindings.

use std::collections::HashSet;

use super::{BODIES, CLIENT, Client, Interface, Needs, Rule, Source, needs, own};
use crate::rules::Broken;

/// An application that takes events.
const HANDLER: Needs = needs(&[Interface::BindingHandler]);

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/bindings",
        promise: "Each binding that the application listens to has a name, and they are the same when asked for again.",
        source: Source::Host("lists"),
        needs: HANDLER,
        run: |c| {
            Box::pin(async move {
                let first = bindings(&c).await?;
                let expected = format!("OK with {first:?}");
                let again = c.input_bindings().await;
                again.ok_if(expected, |it| it.bindings == first)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "app/bindings-once",
        promise: "No binding is listed twice.",
        source: CLIENT,
        needs: HANDLER,
        run: |c| {
            Box::pin(async move {
                let answer = c.input_bindings().await;
                answer.ok_if("OK with each name once", |it| {
                    let mut seen = HashSet::new();
                    it.bindings.iter().all(|name| seen.insert(name))
                })?;
                Ok(())
            })
        },
    },
    Rule {
        id: "app/binding-event",
        promise: "An event of each binding, of any bytes, is answered, with a refusal if it must be; and an answer that goes on \
                  to other bindings names them.",
        source: CLIENT,
        needs: HANDLER,
        run: |c| {
            Box::pin(async move {
                let all = bindings(&c).await?;
                for binding in &all {
                    for data in BODIES {
                        let answer = c.on_binding(binding, data).await;
                        let nameless =
                            matches!(&answer.result, Ok(it) if it.to.contains(&String::new()));
                        if nameless {
                            return Err(answer.broken("OK with names of bindings in `to`"));
                        }
                        own(&c, answer).map(drop)?;
                    }
                }
                match all.as_slice() {
                    [] => c.skip("the app lists no bindings"),
                    _ => Ok(()),
                }
            })
        },
    },
    Rule {
        id: "app/binding-unknown",
        promise: "An event of a binding that the application does not list is answered: a resource may say by itself that it is an \
                  input.",
        source: CLIENT,
        needs: HANDLER,
        run: |c| Box::pin(async move { own(&c, c.on_binding(c.run(), b"{}").await).map(drop) }),
    },
];

/// What the application listens to.
async fn bindings(c: &Client) -> Result<Vec<String>, Broken> {
    let answer = c.input_bindings().await;
    let listed = answer.ok_if("OK with names", |it| {
        !it.bindings.iter().any(String::is_empty)
    })?;
    Ok(listed.bindings)
}
