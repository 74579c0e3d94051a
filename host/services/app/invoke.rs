//! Calls of an application's methods.

use super::{
    super::{
        methods::{Called, Reply},
        text,
    },
    App,
};
use crate::{
    engine::{
        Interface,
        app::invocation::{Http, Request, Response, Verb},
        status, types,
    },
    headers,
    proto::common::v1::{HttpExtension, InvokeRequest, InvokeResponse, http_extension as proto},
};
use http::HeaderMap;
use prost_types::Any;
use std::sync::Arc;
use tonic::Status;

impl App {
    pub(super) async fn on_invoke(
        self: Arc<Self>,
        to: Called,
        message: InvokeRequest,
    ) -> Result<Reply<InvokeResponse>, Status> {
        self.wants(Interface::Invoke, &to)?;
        let request = request(message, &to.headers)?;
        let call = self
            .component
            .handle(&to, running!(invoke.call_handle, &request));
        response(call.await??).map_err(|why| self.wrong(why))
    }

    /// The guest's mistake, of which its caller knows nothing.
    fn wrong(&self, why: status::Status) -> Status {
        let status::Status { code, message, .. } = why;
        let name = self.component.name();
        let code = match code {
            types::Code::InvalidArgument => types::Code::Internal,
            code => code,
        };
        Status::from(types::Error {
            code,
            message: format!("app '{name}': the guest's answer cannot be sent: {message}"),
        })
    }
}

fn request(message: InvokeRequest, headers: &HeaderMap) -> Result<Request, Status> {
    let data = message.data.unwrap_or_default();
    let method = match message.method.strip_prefix('/') {
        Some(method) => method.to_owned(),
        None => message.method,
    };
    Ok(Request {
        method,
        data: data.value,
        content_type: text(message.content_type),
        type_url: text(data.type_url),
        http: message.http_extension.map(http).transpose()?.flatten(),
        headers: headers::to_show(headers),
    })
}

/// Without a verb there is no call of HTTP that a query could belong to. Source: daprd's channel to an application that speaks HTTP,
/// which takes none for no verb.
fn http(extension: HttpExtension) -> Result<Option<Http>, Status> {
    let verb = match proto::Verb::try_from(extension.verb) {
        Ok(proto::Verb::None) => return Ok(None),
        Ok(proto::Verb::Get) => Verb::Get,
        Ok(proto::Verb::Head) => Verb::Head,
        Ok(proto::Verb::Post) => Verb::Post,
        Ok(proto::Verb::Put) => Verb::Put,
        Ok(proto::Verb::Delete) => Verb::Delete,
        Ok(proto::Verb::Connect) => Verb::Connect,
        Ok(proto::Verb::Options) => Verb::Options,
        Ok(proto::Verb::Trace) => Verb::Trace,
        Ok(proto::Verb::Patch) => Verb::Patch,
        Err(_) => {
            return Err(Status::invalid_argument(format!(
                "the HTTP verb {} is none of those that are known",
                extension.verb
            )));
        }
    };
    let query = text(extension.querystring);
    Ok(Some(Http { verb, query }))
}

/// # Errors
/// When its headers cannot be headers.
fn response(response: Response) -> Result<Reply<InvokeResponse>, status::Status> {
    let headers = headers::to_send(response.headers)?;
    let data = Any {
        type_url: response.type_url.unwrap_or_default(),
        value: response.data,
    };
    let message = InvokeResponse {
        data: Some(data),
        content_type: response.content_type.unwrap_or_default(),
    };
    Ok(Reply { message, headers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn extension(verb: i32, query: &str) -> HttpExtension {
        HttpExtension {
            verb,
            querystring: query.to_owned(),
        }
    }

    #[test]
    fn a_guest_sees_the_method_the_body_and_the_headers_of_a_call() {
        let mut come = HeaderMap::new();
        come.append("x-own", HeaderValue::from_static("1"));
        come.append("dapr-api-token", HeaderValue::from_static("hunter2"));
        let message = InvokeRequest {
            method: "/orders/7".to_owned(),
            data: Some(Any {
                type_url: "type.googleapis.com/a.B".to_owned(),
                value: vec![1, 2],
            }),
            content_type: "application/json".to_owned(),
            http_extension: Some(extension(3, "a=1&b=%20")),
        };
        let seen = request(message, &come).unwrap();
        assert_eq!(seen.method, "orders/7");
        assert_eq!(seen.data, [1, 2]);
        assert_eq!(seen.content_type.as_deref(), Some("application/json"));
        assert_eq!(seen.type_url.as_deref(), Some("type.googleapis.com/a.B"));
        let http = seen.http.unwrap();
        assert!(matches!(http.verb, Verb::Post));
        assert_eq!(http.query.as_deref(), Some("a=1&b=%20"));
        assert_eq!(seen.headers, [("x-own".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn what_a_call_does_not_say_is_none() {
        for http_extension in [None, Some(extension(0, "")), Some(extension(0, "a=1"))] {
            let message = InvokeRequest {
                method: "orders".to_owned(),
                http_extension,
                ..Default::default()
            };
            let seen = request(message, &HeaderMap::new()).unwrap();
            assert_eq!(seen.method, "orders");
            assert!(seen.data.is_empty() && seen.headers.is_empty());
            assert!(seen.content_type.is_none() && seen.type_url.is_none());
            assert!(seen.http.is_none());
        }
    }

    #[test]
    fn every_verb_is_passed_on_by_its_name_and_others_are_refused() {
        let names = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
        ];
        for (number, name) in (1..).zip(names) {
            let seen = http(extension(number, "")).unwrap().unwrap();
            assert_eq!(format!("{:?}", seen.verb), format!("Verb::{}", title(name)));
            assert!(seen.query.is_none());
        }
        for number in [-1, 10] {
            let refused = http(extension(number, "")).unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        }
    }

    fn title(name: &str) -> String {
        let (first, rest) = name.split_at(1);
        format!("{first}{}", rest.to_lowercase())
    }

    fn answer(headers: &[(&str, &str)]) -> Response {
        let headers = headers.iter();
        Response {
            data: vec![3],
            content_type: Some("text/plain".to_owned()),
            type_url: None,
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        }
    }

    #[test]
    fn an_answer_is_its_body_its_type_and_the_headers_that_are_the_guests() {
        let all = [("x-own", "1"), ("x-own", "2"), ("grpc-status", "7")];
        let reply = response(answer(&all)).unwrap();
        let expected = InvokeResponse {
            data: Some(Any {
                type_url: String::new(),
                value: vec![3],
            }),
            content_type: "text/plain".to_owned(),
        };
        assert_eq!(reply.message, expected);
        let sent: Vec<_> = reply.headers.get_all("x-own").iter().collect();
        assert_eq!(sent, ["1", "2"]);
        assert_eq!(reply.headers.len(), 2);
        assert!(response(answer(&[("X-Own", "1")])).is_err());
    }
}
