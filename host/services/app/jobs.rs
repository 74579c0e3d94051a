//! Jobs whose time has come.

use super::{
    super::{
        methods::{Called, Reply},
        text,
    },
    App,
};
use crate::{
    engine::{Interface, app::jobs::Job, status, types::Code},
    proto::runtime::v1::{JobEventRequest, JobEventResponse},
};
use std::sync::Arc;
use tonic::Status;

impl App {
    pub(super) async fn on_job_event(
        self: Arc<Self>,
        to: Called,
        request: JobEventRequest,
    ) -> Result<Reply<JobEventResponse>, Status> {
        self.wants(Interface::Jobs, &to)?;
        let job = job(request);
        let call = self.component.handle(&to, running!(jobs.call_handle, &job));
        call.await?.map_err(refusal)?;
        Ok(JobEventResponse {}.into())
    }
}

/// Source: daprd's channel to an application that speaks gRPC. What it writes beyond this follows from it.
fn job(request: JobEventRequest) -> Job {
    let data = request.data.unwrap_or_default();
    Job {
        name: request.name,
        data: data.value,
        type_url: text(data.type_url),
    }
}

/// A job that the guest does not have. Source: the same, which calls the earlier name of this method after an UNIMPLEMENTED, so that
/// the guest would be asked twice; and daprd's scheduler stream, which has a job done with only after a NOT_FOUND.
fn refusal(why: status::Status) -> status::Status {
    let code = match why.code {
        Code::Unimplemented => Code::NotFound,
        code => code,
    };
    status::Status { code, ..why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::Any;

    #[test]
    fn a_job_is_its_name_and_what_it_was_scheduled_with() {
        let kind = "type.googleapis.com/google.protobuf.Value";
        let any = Any {
            type_url: kind.to_owned(),
            value: vec![1, 2],
        };
        for (data, value, type_url) in [
            (Some(any), &[1, 2][..], Some(kind)),
            (Some(Any::default()), &[], None),
            (None, &[], None),
        ] {
            let job = job(JobEventRequest {
                name: "report".to_owned(),
                data,
                method: "job/report".to_owned(),
                ..Default::default()
            });
            assert_eq!((job.name.as_str(), job.data.as_slice()), ("report", value));
            assert_eq!(job.type_url.as_deref(), type_url);
        }
    }

    #[test]
    fn a_job_that_a_guest_does_not_have_is_not_asked_for_again() {
        for (code, sent) in [
            (Code::Unimplemented, tonic::Code::NotFound),
            (Code::NotFound, tonic::Code::NotFound),
            (Code::Unavailable, tonic::Code::Unavailable),
            (Code::Internal, tonic::Code::Internal),
        ] {
            let status = Status::from(refusal(status::Status::new(code, "no".to_owned())));
            assert_eq!((status.code(), status.message()), (sent, "no"));
        }
    }
}
