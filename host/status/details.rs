//! Statuses with what they say beyond their code: those of guests as gRPC has them, and daprd's as guests have them.

use super::{MESSAGE, code};
use crate::{
    engine::{
        status::{Detail, ErrorInfo, FieldViolation, Packed, ResourceInfo, Status},
        types,
    },
    text::cut,
};
use prost::Message;
use prost_types::Any;
use tonic::Code;
use tonic_types::pb;

/// The most bytes of all details of a status. They stand in a header, in base64 and with the message again.
const DETAILS: usize = 4 << 10;

/// What stands before a type's name.
const TYPES: &str = "type.googleapis.com/";

/// The types that guests need no protobuf for.
const ERROR_INFO: &str = "google.rpc.ErrorInfo";
const BAD_REQUEST: &str = "google.rpc.BadRequest";
const RESOURCE_INFO: &str = "google.rpc.ResourceInfo";

/// Details that do not fit are left out.
impl From<Status> for tonic::Status {
    fn from(status: Status) -> Self {
        let (code, message) = (code(status.code), cut(&status.message, MESSAGE));
        let mut left = DETAILS;
        let details = status.details.into_iter().map(pack);
        let details = details.filter(|detail| match left.checked_sub(detail.encoded_len()) {
            Some(less) => {
                left = less;
                true
            }
            None => false,
        });
        let packed = pb::Status {
            code: code.into(),
            message: message.to_owned(),
            details: details.collect(),
        };
        match packed.details.is_empty() {
            true => Self::new(code, message),
            false => Self::with_details(code, message, packed.encode_to_vec().into()),
        }
    }
}

/// A status that came over the wire, for a guest.
pub fn contract_status(status: &tonic::Status) -> Status {
    // Who answers with details that cannot be read has answered without.
    let packed = pb::Status::decode(status.details()).unwrap_or_default();
    Status {
        code: contract_code(status.code()),
        message: status.message().to_owned(),
        details: packed.details.into_iter().map(unpack).collect(),
    }
}

fn pack(detail: Detail) -> Any {
    match detail {
        Detail::ErrorInfo(info) => {
            let info = pb::ErrorInfo {
                reason: info.reason,
                domain: info.domain,
                metadata: info.metadata.into_iter().collect(),
            };
            any(ERROR_INFO, &info)
        }
        Detail::BadRequest(violations) => {
            let violations = violations.into_iter();
            let violation = |violation: FieldViolation| pb::bad_request::FieldViolation {
                field: violation.field,
                description: violation.description,
                ..Default::default()
            };
            let request = pb::BadRequest {
                field_violations: violations.map(violation).collect(),
            };
            any(BAD_REQUEST, &request)
        }
        Detail::ResourceInfo(info) => {
            let info = pb::ResourceInfo {
                resource_type: info.kind,
                resource_name: info.name,
                owner: info.owner.unwrap_or_default(),
                description: info.description,
            };
            any(RESOURCE_INFO, &info)
        }
        Detail::Other(packed) => Any {
            type_url: packed.type_url,
            value: packed.value,
        },
    }
}

fn any(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("{TYPES}{name}"),
        value: message.encode_to_vec(),
    }
}

/// What is of a usual type and cannot be read as such stays as it is.
fn unpack(any: Any) -> Detail {
    usual(&any).unwrap_or(Detail::Other(Packed {
        type_url: any.type_url,
        value: any.value,
    }))
}

fn usual(any: &Any) -> Option<Detail> {
    let value = any.value.as_slice();
    let (_, name) = any.type_url.rsplit_once('/')?;
    match name {
        ERROR_INFO => {
            let info = pb::ErrorInfo::decode(value).ok()?;
            Some(Detail::ErrorInfo(ErrorInfo {
                reason: info.reason,
                domain: info.domain,
                metadata: info.metadata.into_iter().collect(),
            }))
        }
        BAD_REQUEST => {
            let request = pb::BadRequest::decode(value).ok()?;
            let violations = request.field_violations.into_iter();
            let violations = violations.map(|violation| FieldViolation {
                field: violation.field,
                description: violation.description,
            });
            Some(Detail::BadRequest(violations.collect()))
        }
        RESOURCE_INFO => {
            let info = pb::ResourceInfo::decode(value).ok()?;
            Some(Detail::ResourceInfo(ResourceInfo {
                kind: info.resource_type,
                name: info.resource_name,
                owner: Some(info.owner).filter(|owner| !owner.is_empty()),
                description: info.description,
            }))
        }
        _ => None,
    }
}

fn contract_code(code: Code) -> types::Code {
    match code {
        Code::InvalidArgument => types::Code::InvalidArgument,
        Code::NotFound => types::Code::NotFound,
        Code::AlreadyExists => types::Code::AlreadyExists,
        Code::FailedPrecondition => types::Code::FailedPrecondition,
        Code::Aborted => types::Code::Aborted,
        Code::OutOfRange => types::Code::OutOfRange,
        Code::PermissionDenied => types::Code::PermissionDenied,
        Code::Unauthenticated => types::Code::Unauthenticated,
        Code::ResourceExhausted => types::Code::ResourceExhausted,
        Code::Unimplemented => types::Code::Unimplemented,
        Code::Unavailable => types::Code::Unavailable,
        Code::DeadlineExceeded => types::Code::DeadlineExceeded,
        Code::DataLoss => types::Code::DataLoss,
        Code::Cancelled => types::Code::Cancelled,
        Code::Internal => types::Code::Internal,
        // A failure without a failure's code has none that is known.
        Code::Unknown | Code::Ok => types::Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(size: usize) -> Detail {
        Detail::ErrorInfo(ErrorInfo {
            reason: "R".repeat(size),
            domain: "a.example".to_owned(),
            metadata: vec![("order".to_owned(), "7".to_owned())],
        })
    }

    fn status(details: Vec<Detail>) -> Status {
        Status {
            code: types::Code::FailedPrecondition,
            message: "the order is closed".to_owned(),
            details,
        }
    }

    #[test]
    fn a_status_is_the_same_after_there_and_back() {
        let all = status(vec![
            info(7),
            Detail::BadRequest(vec![FieldViolation {
                field: "order.lines.count".to_owned(),
                description: "must be more than 0".to_owned(),
            }]),
            Detail::ResourceInfo(ResourceInfo {
                kind: "state".to_owned(),
                name: "orders".to_owned(),
                owner: None,
                description: "is full".to_owned(),
            }),
            Detail::Other(Packed {
                type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
                value: vec![10, 2, 8, 1],
            }),
        ]);
        for status in [all, status(Vec::new())] {
            let sent = tonic::Status::from(status.clone());
            assert_eq!(sent.code(), Code::FailedPrecondition);
            let back = contract_status(&sent);
            assert_eq!(format!("{back:?}"), format!("{status:?}"));
        }
    }

    #[test]
    fn a_detail_is_written_as_google_rpc_has_it_byte_for_byte() {
        let sent = tonic::Status::from(status(vec![Detail::ResourceInfo(ResourceInfo {
            kind: "a".to_owned(),
            name: "b".to_owned(),
            owner: Some("c".to_owned()),
            description: "d".to_owned(),
        })]));
        let any = [
            b"\x0a\x2btype.googleapis.com/google.rpc.ResourceInfo".as_slice(),
            b"\x12\x0c\x0a\x01a\x12\x01b\x1a\x01c\x22\x01d",
        ]
        .concat();
        let expected = [
            b"\x08\x09\x12\x13the order is closed\x1a".as_slice(),
            &[u8::try_from(any.len()).unwrap()],
            &any,
        ]
        .concat();
        assert_eq!(sent.details(), expected);
    }

    #[test]
    fn details_that_do_not_fit_into_headers_are_left_out_and_others_are_not() {
        let sent = tonic::Status::from(status(vec![info(1), info(DETAILS), info(2)]));
        let back = contract_status(&sent);
        let expected = status(vec![info(1), info(2)]);
        assert_eq!(format!("{back:?}"), format!("{expected:?}"));
    }

    #[test]
    fn details_that_cannot_be_read_cost_nothing_but_themselves() {
        let odd = tonic::Status::with_details(Code::Ok, "odd", vec![0xff; 9].into());
        let back = contract_status(&odd);
        assert_eq!(back.message, "odd");
        assert!(matches!(back.code, types::Code::Unknown) && back.details.is_empty());
        let lies = pb::Status {
            details: vec![Any {
                type_url: format!("{TYPES}{ERROR_INFO}"),
                value: vec![0xff; 9],
            }],
            ..Default::default()
        };
        let lies = tonic::Status::with_details(Code::Internal, "", lies.encode_to_vec().into());
        let back = contract_status(&lies);
        assert!(
            matches!(back.details.as_slice(), [Detail::Other(packed)] if packed.value.len() == 9)
        );
    }
}
