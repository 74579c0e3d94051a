//! Other applications behind daprd: WIT to protobuf and back.

use super::{Call, Sidecar};
use crate::{
    engine::{
        app::invocation::{Http, Request, Response, Verb},
        client::Error,
    },
    headers,
    proto::{
        common::v1::{HttpExtension, InvokeRequest, http_extension},
        runtime::v1::InvokeServiceRequest,
    },
    services::text,
};
use tonic::metadata::MetadataMap;

impl Sidecar {
    /// Calls a method of an application.
    ///
    /// # Errors
    /// What the application answers, or daprd, or why there is no answer; or that the headers can be none.
    pub async fn invoke(
        &self,
        call: Call,
        app: String,
        request: Request,
    ) -> Result<Response, Error> {
        let headers = headers::to_send(request.headers).map_err(Error::Failed)?;
        let message = InvokeServiceRequest {
            id: app,
            message: Some(InvokeRequest {
                method: request.method,
                data: Some(prost_types::Any {
                    type_url: request.type_url.unwrap_or_default(),
                    value: request.data,
                }),
                content_type: request.content_type.unwrap_or_default(),
                http_extension: request.http.map(extension),
            }),
        };
        let mut message = tonic::Request::new(message);
        *message.metadata_mut() = MetadataMap::from_headers(headers);
        let answer = self.ask(call, message, |mut dapr, request| {
            Box::pin(async move { dapr.invoke_service(request).await })
        });
        let (metadata, answer, _) = answer.await?.into_parts();
        let data = answer.data.unwrap_or_default();
        Ok(Response {
            data: data.value,
            content_type: text(answer.content_type),
            type_url: text(data.type_url),
            headers: headers::to_show(&metadata.into_headers()),
        })
    }
}

fn extension(http: Http) -> HttpExtension {
    let verb = match http.verb {
        Verb::Get => http_extension::Verb::Get,
        Verb::Head => http_extension::Verb::Head,
        Verb::Post => http_extension::Verb::Post,
        Verb::Put => http_extension::Verb::Put,
        Verb::Delete => http_extension::Verb::Delete,
        Verb::Connect => http_extension::Verb::Connect,
        Verb::Options => http_extension::Verb::Options,
        Verb::Trace => http_extension::Verb::Trace,
        Verb::Patch => http_extension::Verb::Patch,
    };
    HttpExtension {
        verb: verb.into(),
        querystring: http.query.unwrap_or_default(),
    }
}
