//! Jobs whose time has come.

use prost_types::Any;
use tonic::Code;

use super::{BODIES, CLIENT, Client, Interface, Needs, Rule, Source, needs, own};
use crate::proto::runtime::v1::JobEventRequest;

/// The type of what a job was scheduled with: one that nobody knows.
const TYPE: &str = "plugbox.example/Job";

/// An application that does jobs.
const JOBS: Needs = needs(&[Interface::Jobs]);

pub const RULES: &[Rule] = &[
    Rule {
        id: "app/job-unknown",
        promise: "A job that the application does not know is answered, by both names of the method.",
        source: CLIENT,
        needs: JOBS,
        run: |c| {
            Box::pin(async move {
                let job = || job(&c, c.run(), b"{}");
                own(&c, c.on_job(job()).await).map(drop)?;
                own(&c, c.on_job_alpha(job()).await).map(drop)
            })
        },
    },
    Rule {
        id: "app/job-any-data",
        promise: "A job of any name and with any data is answered: whoever scheduled it has chosen both.",
        source: CLIENT,
        needs: JOBS,
        run: |c| {
            Box::pin(async move {
                for name in ["", " ", "\u{7d0}\u{1f333}", c.run()] {
                    for data in BODIES {
                        own(&c, c.on_job(job(&c, name, data)).await).map(drop)?;
                    }
                }
                let bare = JobEventRequest::default();
                own(&c, c.on_job(bare).await).map(drop)
            })
        },
    },
    Rule {
        id: "app/job-asked-once",
        promise: "A job is never UNIMPLEMENTED, after which daprd would ask again by the method's earlier name.",
        source: Source::Host("jobs"),
        needs: JOBS,
        run: |c| {
            Box::pin(async move {
                let answer = c.on_job(job(&c, c.run(), b"{}")).await;
                match &answer.result {
                    Err(status) if status.code() == Code::Unimplemented => {
                        Err(answer.broken("another code than UNIMPLEMENTED"))
                    }
                    _ => Ok(()),
                }
            })
        },
    },
];

/// A job as daprd sends what was scheduled by gRPC, with data of any type.
fn job(c: &Client, name: &str, data: &[u8]) -> JobEventRequest {
    JobEventRequest {
        name: name.to_owned(),
        data: Some(Any {
            type_url: TYPE.to_owned(),
            value: data.to_vec(),
        }),
        method: format!("job/{}", c.run()),
        content_type: TYPE.to_owned(),
        http_extension: None,
    }
}
