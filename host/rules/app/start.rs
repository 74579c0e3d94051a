//! How an application is found, what it serves at all, and how it is.

use tonic::Code;

use super::{ANY, CLIENT, Client, Interface, Rule, Source, calls, own};
use crate::{
    proto::runtime::v1::{JobEventRequest, TopicEventBulkRequest, TopicEventRequest},
    rules::{Broken, answer::Answer, show::Show, start},
};

const SERVICES: [&str; 3] = [calls::CALLBACK, calls::HEALTH_CHECK, calls::ALPHA];

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/reflection-v1alpha",
        promise: "Reflection v1alpha lists the three services of an application, whatever it exports.",
        source: Source::Host("reflection"),
        needs: ANY,
        run: |c| {
            Box::pin(async move {
                for service in SERVICES {
                    start::reflected_v1alpha(&c, service).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/reflection-v1",
        promise: "Reflection v1 answers as v1alpha does, for the tools that ask nothing else.",
        source: Source::Host("reflection"),
        needs: ANY,
        run: |c| {
            Box::pin(async move {
                for service in SERVICES {
                    start::reflected_v1(&c, service).await?;
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/exports",
        promise: "What the guest does not export is UNIMPLEMENTED, by which daprd knows that it is not wanted; and the lists of \
                  what it wants are there where it exports what takes it.",
        source: Source::Host("exports"),
        needs: ANY,
        run: |c| {
            Box::pin(async move {
                agrees(&c, Interface::Invoke, c.post(c.run(), b"").await)?;
                let subscriber = Interface::Subscriber;
                let event = TopicEventRequest::default();
                agrees(&c, subscriber, c.on_topic_event(event).await)?;
                listed(&c, subscriber, c.subscriptions().await)?;
                let none = TopicEventBulkRequest::default;
                agrees(&c, subscriber, c.on_bulk(none()).await)?;
                agrees(&c, subscriber, c.on_bulk_alpha(none()).await)?;
                let handler = Interface::BindingHandler;
                agrees(&c, handler, c.on_binding(c.run(), b"").await)?;
                listed(&c, handler, c.input_bindings().await)?;
                let job = JobEventRequest::default;
                agrees(&c, Interface::Jobs, c.on_job(job()).await)?;
                agrees(&c, Interface::Jobs, c.on_job_alpha(job()).await)
            })
        },
    },
    Rule {
        id: "app/health",
        promise: "HealthCheck is answered, again and again; with OK where the guest leaves it to its host.",
        source: CLIENT,
        needs: ANY,
        run: |c| {
            Box::pin(async move {
                let says = c.subject().exports(Interface::AppHealth);
                for _ in 0..4 {
                    let answer = c.health_check().await;
                    match says {
                        true => drop(own(&c, answer)?),
                        false => drop(answer.ok()?),
                    }
                }
                Ok(())
            })
        },
    },
    Rule {
        id: "app/instance-header",
        promise: "An application has no instances to choose from: the header that chooses one changes nothing.",
        source: Source::Host("instances"),
        needs: ANY,
        run: |c| {
            Box::pin(async move {
                for id in ["", "another"] {
                    let c = c.on_instance(Some(id));
                    own(&c, c.health_check().await).map(drop)?;
                    listed(&c, Interface::Subscriber, c.subscriptions().await)?;
                    listed(&c, Interface::BindingHandler, c.input_bindings().await)?;
                }
                Ok(())
            })
        },
    },
];

/// Without the interface it is UNIMPLEMENTED.
fn agrees<A: Show>(c: &Client, interface: Interface, answer: Answer<A>) -> Result<(), Broken> {
    match c.subject().exports(interface) {
        true => Ok(()),
        false => answer.fails_with(Code::Unimplemented).map(drop),
    }
}

/// With the interface it is there, and without it is UNIMPLEMENTED.
fn listed<A: Show>(c: &Client, interface: Interface, answer: Answer<A>) -> Result<(), Broken> {
    match c.subject().exports(interface) {
        true => answer.ok().map(drop),
        false => answer.fails_with(Code::Unimplemented).map(drop),
    }
}
