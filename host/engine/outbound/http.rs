//! Requests over HTTP, to the hosts that are granted.

use super::{Gate, Scheme};
use http::{Request, Response, uri};
use http_body_util::BodyExt;
use std::{future::Future, iter};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl WasiHttpHooks for Gate {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Io), Error>> + Send> {
        let target = request.uri();
        let https = target.scheme() != Some(&uri::Scheme::HTTP);
        let scheme = if https { Scheme::Https } else { Scheme::Http };
        let host = target.host().unwrap_or_default();
        let port = target.port_u16().or(scheme.own_port()).unwrap_or_default();
        if !self.permits(scheme, iter::once(host), port) {
            let grant = format!("{scheme}://{host}:{port}");
            self.refuse(&format!("a request to {grant}"), &grant);
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        Box::new(async move {
            let (response, io) = default_send_request(request, options).await?;
            let response = response.map(BodyExt::boxed_unsync);
            Ok((response, Box::new(io) as Io))
        })
    }
}
