//! How a secret store is found and started.

use super::{CLIENT, CONNECTIONS, MULTIPLE, Rule, SECRET_STORE, STORE, Source};
use crate::rules::start;

pub const RULES: &[Rule] = &[
    Rule {
        id: "secretstores/reflection-v1alpha",
        promise: "Reflection v1alpha lists the secret store: daprd registers what it lists.",
        source: Source::Client("Discovery"),
        needs: STORE,
        run: |c| Box::pin(async move { start::reflected_v1alpha(&c, SECRET_STORE).await }),
    },
    Rule {
        id: "secretstores/reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: STORE,
        run: |c| Box::pin(async move { start::reflected_v1(&c, SECRET_STORE).await }),
    },
    Rule {
        id: "secretstores/features-on-the-wire",
        promise: "The features are of those that daprd knows, in its spelling.",
        source: CLIENT,
        needs: STORE,
        run: |c| Box::pin(async move { start::features_among(&c, &[MULTIPLE]).await }),
    },
    Rule {
        id: "secretstores/ping",
        promise: "Ping answers OK, before Init and after it.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| Box::pin(async move { start::pings(&c).await }),
    },
    Rule {
        id: "secretstores/init-again",
        promise: "Init on a known instance is normal, after a hot reload or a restart of daprd: it is served, and the store \
                  answers as before.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let before = c.features().to_vec();
                let c = c.start().await?;
                let expected = format!("the same features as before: {before:?}");
                let answer = c.ask_features().await;
                answer.ok_if(expected, |it| it.features == before)?;
                c.secret(c.run()).await.refused()
            })
        },
    },
    Rule {
        id: "secretstores/call-before-init",
        promise: "A call on an instance that had no Init is FAILED_PRECONDITION, and the message names component and instance: \
                  clients do not call Init again after a restart.",
        source: Source::Host("instances"),
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let stranger = c.on_new_instance();
                start::before_init(&stranger, stranger.secret("name").await)
            })
        },
    },
    Rule {
        id: "secretstores/default-instance",
        promise: "A call without the instance header and one with an empty header reach the same instance.",
        source: CONNECTIONS,
        needs: STORE,
        run: |c| {
            Box::pin(async move {
                let absent = c.on_instance(None).start().await?;
                let empty = c.on_instance(Some(""));
                let expected = format!("the features {:?}", absent.features());
                let answer = empty.ask_features().await;
                answer.ok_if(expected, |it| it.features == absent.features())?;
                Ok(())
            })
        },
    },
];
