//! The rules of Layotto's greeting.

use super::{Block, Needs, Part, Rule, Source, calls::GREETING, start};

/// The rules of Layotto's greeting.
pub static HELLO: &[&[Rule]] = &[RULES];

const CLIENT: Source = Source::Client("Connections and instances");

const SERVICE: &str = "spec.proto.pluggable.v1.hello.Hello";

/// Any hello component.
const NEEDS: Needs = Needs {
    part: Part::Block(Block::Hello),
    exports: &[],
    services: &[SERVICE],
    features: &[],
    own_storage: false,
};

const RULES: &[Rule] = &[
    Rule {
        id: "hello/reflection-v1alpha",
        promise: "Reflection v1alpha lists the service: Layotto registers what it lists.",
        source: Source::Client("Discovery"),
        needs: NEEDS,
        run: |c| Box::pin(async move { start::reflected_v1alpha(&c, SERVICE).await }),
    },
    Rule {
        id: "hello/reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: NEEDS,
        run: |c| Box::pin(async move { start::reflected_v1(&c, SERVICE).await }),
    },
    Rule {
        id: "hello/say-hello",
        promise: "After Init there is a greeting for a name.",
        source: Source::Contract("hello.say-hello"),
        needs: NEEDS,
        run: |c| {
            Box::pin(async move {
                let answer = c.say_hello("Layotto").await;
                answer.ok_if("OK with a greeting", |it| !it.hello_string.is_empty())?;
                Ok(())
            })
        },
    },
    Rule {
        id: "hello/say-hello-again",
        promise: "The greeting for a name stays the same, also after a further Init with the same configuration.",
        source: CLIENT,
        needs: NEEDS,
        run: |c| {
            Box::pin(async move {
                let first = c.say_hello("Layotto").await.ok()?;
                let expected = format!("OK with {:?}", first.hello_string);
                let again = c.say_hello("Layotto").await;
                again.ok_if(&*expected, |it| *it == first)?;
                let c = c.start().await?;
                c.say_hello("Layotto")
                    .await
                    .ok_if(expected, |it| *it == first)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "hello/no-name",
        promise: "The greeting without a name is an answer or a refusal, and the component goes on.",
        source: CLIENT,
        needs: NEEDS,
        run: |c| {
            Box::pin(async move {
                let answer = c.say_hello("").await;
                if answer.result.is_err() {
                    answer.refused()?;
                }
                c.say_hello(GREETING).await.ok()?;
                Ok(())
            })
        },
    },
    Rule {
        id: "hello/default-instance",
        promise: "Layotto sends no instance header: Init and SayHello go without, and an empty header means the same instance.",
        source: CLIENT,
        needs: NEEDS,
        run: |c| {
            Box::pin(async move {
                let absent = c.on_instance(None).start().await?;
                let first = absent.say_hello("Layotto").await.ok()?;
                let empty = c.on_instance(Some(""));
                let expected = format!("OK with {:?}", first.hello_string);
                let answer = empty.say_hello("Layotto").await;
                answer.ok_if(expected, |it| *it == first)?;
                Ok(())
            })
        },
    },
    Rule {
        id: "hello/call-before-init",
        promise: "A call on an instance that had no Init is FAILED_PRECONDITION, and the message names component and instance: \
                  clients do not call Init again after a restart.",
        source: Source::Host("instances"),
        needs: NEEDS,
        run: |c| {
            Box::pin(async move {
                let stranger = c.on_new_instance();
                start::before_init(&stranger, stranger.say_hello("Layotto").await)
            })
        },
    },
];
