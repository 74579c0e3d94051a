//! Jobs whose time has come.

use super::{
    super::{
        codec,
        methods::{Called, Reply},
        text,
    },
    App,
    json::json,
};
use crate::{
    engine::{Interface, app::jobs::Job, status, types::Code},
    proto::runtime::v1::{JobEventRequest, JobEventResponse},
};
use std::sync::Arc;
use tonic::Status;

/// The type of what was scheduled as JSON, as daprd writes it.
const JSON: &str = "type.googleapis.com/google.protobuf.Value";

impl App {
    pub(super) async fn on_job_event(
        self: Arc<Self>,
        to: Called,
        request: JobEventRequest,
    ) -> Result<Reply<JobEventResponse>, Status> {
        self.wants(Interface::Jobs, &to)?;
        let job = job(request)?;
        let call = self.component.handle(&to, running!(jobs.call_handle, &job));
        call.await?.map_err(refusal)?;
        Ok(JobEventResponse {}.into())
    }
}

/// Source: daprd's channels to applications. What the one that speaks gRPC writes beyond this follows from it; the one that speaks HTTP
/// makes JSON of what was scheduled as JSON, and sends all else as it is.
fn job(request: JobEventRequest) -> Result<Job, Status> {
    let data = request.data.unwrap_or_default();
    let (data, type_url) = match data.type_url.as_str() {
        JSON => {
            let value = codec::decode_value(&data.value)?;
            (json(value).to_string().into_bytes(), None)
        }
        _ => (data.value, text(data.type_url)),
    };
    Ok(Job {
        name: request.name,
        data,
        type_url,
    })
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
    use prost::Message;
    use prost_types::{Any, Value, value::Kind};

    fn scheduled(data: Option<Any>) -> Result<Job, Status> {
        job(JobEventRequest {
            name: "report".to_owned(),
            data,
            method: "job/report".to_owned(),
            ..Default::default()
        })
    }

    fn any(type_url: &str, value: Vec<u8>) -> Option<Any> {
        let type_url = type_url.to_owned();
        Some(Any { type_url, value })
    }

    #[test]
    fn a_job_is_its_name_and_what_it_was_scheduled_with() {
        let own = "a.example/Report";
        let value = |kind| Value { kind }.encode_to_vec();
        let text = value(Some(Kind::StringValue("tea".to_owned())));
        for (data, bytes, type_url) in [
            (any(own, vec![1, 2]), &[1, 2][..], Some(own)),
            (any("", vec![1, 2]), &[1, 2], None),
            (Some(Any::default()), &[], None),
            (None, &[], None),
            (any(JSON, text), b"\"tea\"", None),
            (any(JSON, value(Some(Kind::NumberValue(7.0)))), b"7", None),
            (any(JSON, value(None)), b"null", None),
        ] {
            let job = scheduled(data).unwrap();
            assert_eq!((job.name.as_str(), job.data.as_slice()), ("report", bytes));
            assert_eq!(job.type_url.as_deref(), type_url);
        }
    }

    #[test]
    fn what_says_that_it_is_json_and_is_none_is_refused() {
        let refused = scheduled(any(JSON, b"{}".to_vec())).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        assert!(
            refused.message().contains("not what its type says"),
            "{refused}"
        );
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
