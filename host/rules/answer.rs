//! An answer with the request that it belongs to, and what rules ask of it.

use prost::Message;
use tonic::{Code, Status};
use tonic_types::pb;

use super::{
    Broken,
    show::{self, Show},
};
use crate::proto::dapr::{BulkGetResponse, BulkStateItem, GetResponse};

/// What a call came back with. Each method says what it should have been, and breaks the rule if it was not.
#[derive(Debug)]
pub struct Answer<A> {
    pub request: String,
    pub result: Result<A, Status>,
}

impl<A: Show> Answer<A> {
    /// The rule is broken: something else was expected.
    pub fn broken(&self, expected: impl Into<String>) -> Broken {
        let answer = match &self.result {
            Ok(message) => format!("OK {}", show::text(message)),
            Err(status) => show::text(status),
        };
        Broken {
            request: self.request.clone(),
            answer: answer.trim_end().to_owned(),
            expected: expected.into(),
            before: Vec::new(),
        }
    }

    /// It must be OK.
    pub fn ok(self) -> Result<A, Broken> {
        self.ok_if("OK", |_| true)
    }

    /// It must be OK, and so.
    pub fn ok_if(
        self,
        expected: impl Into<String>,
        holds: impl FnOnce(&A) -> bool,
    ) -> Result<A, Broken> {
        match self.result {
            Ok(message) if holds(&message) => Ok(message),
            result => Err(Self { result, ..self }.broken(expected)),
        }
    }

    /// It must be an error, and so.
    pub fn fails_if(
        self,
        expected: impl Into<String>,
        holds: impl FnOnce(&Status) -> bool,
    ) -> Result<Status, Broken> {
        match self.result {
            Err(status) if holds(&status) => Ok(status),
            result => Err(Self { result, ..self }.broken(expected)),
        }
    }

    /// It must be an error with this code.
    pub fn fails_with(self, code: Code) -> Result<Status, Broken> {
        self.fails_if(show::code(code), |status| status.code() == code)
    }

    /// The component must refuse: an error of its own, not one of the way to it.
    pub fn refused(self) -> Result<(), Broken> {
        let elsewhere = [
            Code::Unavailable,
            Code::Unimplemented,
            Code::Cancelled,
            Code::DeadlineExceeded,
        ];
        let expected = "an error by which the component refuses the request";
        self.fails_if(expected, |status| !elsewhere.contains(&status.code()))
            .map(drop)
    }

    /// It must be an etag mismatch in the one form that daprd knows.
    pub fn mismatch(self) -> Result<(), Broken> {
        let code = Code::FailedPrecondition;
        let expected = etag_form(code);
        self.fails_if(expected, |status| is_etag_error(status, code))
            .map(drop)
    }

    /// It must be an etag mismatch or an invalid etag, in the form that daprd knows.
    pub fn mismatch_or_invalid(self) -> Result<(), Broken> {
        let codes = [Code::FailedPrecondition, Code::InvalidArgument];
        let expected = codes.map(etag_form).join("; or ");
        self.fails_if(expected, |status| {
            codes.iter().any(|code| is_etag_error(status, *code))
        })
        .map(drop)
    }

    /// It must be an etag mismatch, or tell how many rows of a bulk delete did not match.
    pub fn mismatch_or_rows(self) -> Result<(), Broken> {
        let code = Code::FailedPrecondition;
        let expected = format!(
            "{}; or INTERNAL with exactly one detail, a google.rpc.ErrorInfo whose metadata has \
             `expected` and `affected` in decimal",
            etag_form(code)
        );
        self.fails_if(expected, |status| {
            is_etag_error(status, code) || is_row_mismatch(status)
        })
        .map(drop)
    }
}

fn etag_form(code: Code) -> String {
    format!(
        "{} with exactly one detail, a google.rpc.BadRequest with one field violation: field `etag` and a description",
        show::code(code)
    )
}

/// The one detail of a status, if there is exactly one, it is of this type, and both places name the same code:
/// Go's client takes anything else for an internal error.
fn only_detail<D: Message + Default>(status: &Status, name: &str) -> Option<D> {
    let inner = pb::Status::decode(status.details()).ok()?;
    match inner.details.as_slice() {
        [detail]
            if Code::from(inner.code) == status.code()
                && detail.type_url.rsplit('/').next() == Some(name) =>
        {
            D::decode(&*detail.value).ok()
        }
        _ => None,
    }
}

fn is_etag_error(status: &Status, code: Code) -> bool {
    let detail: Option<pb::BadRequest> = only_detail(status, "google.rpc.BadRequest");
    let violations = detail.map(|detail| detail.field_violations);
    status.code() == code
        && matches!(violations.as_deref(), Some([violation])
            if violation.field == "etag" && !violation.description.is_empty())
}

fn is_row_mismatch(status: &Status) -> bool {
    let detail: Option<pb::ErrorInfo> = only_detail(status, "google.rpc.ErrorInfo");
    let number = |name: &str| detail.as_ref()?.metadata.get(name)?.parse::<i64>().ok();
    status.code() == Code::Internal && number("expected").is_some() && number("affected").is_some()
}

impl Answer<GetResponse> {
    /// It must say that there is no such key.
    pub fn missing(self) -> Result<(), Broken> {
        self.ok_if("OK with empty data and no etag", |item| {
            item.data.is_empty() && item.etag.as_ref().is_none_or(|etag| etag.value.is_empty())
        })
        .map(drop)
    }

    /// It must carry exactly this value.
    pub fn holds(self, value: impl AsRef<[u8]>) -> Result<GetResponse, Broken> {
        let value = value.as_ref();
        let wanted = GetResponse {
            data: value.to_vec(),
            ..GetResponse::default()
        };
        let expected = format!("OK with {}", show::text(&wanted));
        self.ok_if(expected, |item| item.data == value)
    }

    /// It must carry an etag.
    pub fn etag(self) -> Result<String, Broken> {
        let item = self.ok_if("OK with an etag that is not empty", |item| {
            item.etag
                .as_ref()
                .is_some_and(|etag| !etag.value.is_empty())
        })?;
        Ok(item.etag.unwrap_or_default().value)
    }
}

impl Answer<BulkGetResponse> {
    /// It must carry exactly one item for each of these, in any order: a key and its value, or none for a missing key.
    pub fn items(self, expected: &[(&str, Option<&[u8]>)]) -> Result<Vec<BulkStateItem>, Broken> {
        let wanted = expected.iter().map(|(key, value)| {
            let data = value.unwrap_or_default().to_vec();
            let key = (*key).to_owned();
            BulkStateItem {
                key,
                data,
                ..BulkStateItem::default()
            }
        });
        let wanted = BulkGetResponse {
            items: wanted.collect(),
        };
        let words = format!(
            "OK with these items in any order, without errors: {}",
            show::text(&wanted)
        );
        self.ok_if(words, |answer| {
            content(&answer.items) == content(&wanted.items)
                && answer.items.iter().all(|item| item.error.is_empty())
        })
        .map(|answer| answer.items)
    }
}

/// Keys and values in an order of their own, to compare.
fn content(items: &[BulkStateItem]) -> Vec<(&str, &[u8])> {
    let pairs = items.iter().map(|item| (&*item.key, &*item.data));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_unstable();
    pairs
}
