//! Which hosts a guest may reach, and its way there over HTTP.

use http::{Request, Response, Uri, uri::Scheme};
use http_body_util::BodyExt;
use std::{future::Future, str::FromStr};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

/// Hosts that a guest may reach: `[SCHEME://]HOST[:PORT]`, where HOST may begin with `*.` or be `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// None is both http and https.
    https: Option<bool>,
    /// In lower case; `*` is any, `*.` any below.
    host: String,
    /// None is the scheme's own.
    port: Option<u16>,
}

impl FromStr for Outbound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (https, rest) = match text.split_once("://") {
            None => (None, text),
            Some(("http", rest)) => (Some(false), rest),
            Some(("https", rest)) => (Some(true), rest),
            Some((other, _)) => {
                return Err(format!("the scheme '{other}' is neither http nor https"));
            }
        };
        // A colon inside brackets belongs to an IPv6 address.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                let port = port
                    .parse()
                    .map_err(|_| format!("'{port}' is not a port: use a number up to 65535"))?;
                (host, Some(port))
            }
            _ => (rest, None),
        };
        let name = host.strip_prefix("*.").unwrap_or(host);
        if name.is_empty() || (name != "*" && name.contains(['*', '/', '@', '?', '#', ' '])) {
            return Err(format!(
                "'{host}' is not a host: use a name, an address, or *.example.com for all below a name"
            ));
        }
        Ok(Self {
            https,
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

impl Outbound {
    /// Whether it covers a request's target.
    fn covers(&self, target: &Uri) -> bool {
        let (Some(scheme), Some(host)) = (target.scheme(), target.host()) else {
            return false;
        };
        let https = match scheme {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return false,
        };
        let own = if https { 443 } else { 80 };
        let host = host.to_ascii_lowercase();
        let named = match self.host.strip_prefix('*') {
            Some("") => true,
            // What is left begins with a dot, and something must stand before it.
            Some(below) => host.len() > below.len() && host.ends_with(below),
            None => host == self.host,
        };
        named
            && self.https.is_none_or(|wanted| wanted == https)
            && target.port_u16().unwrap_or(own) == self.port.unwrap_or(own)
    }
}

/// A guest's way out over HTTP.
pub(super) struct Gate {
    pub(super) allowed: Vec<Outbound>,
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl WasiHttpHooks for Gate {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Io,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Io), Error>> + Send> {
        if !self.allowed.iter().any(|host| host.covers(request.uri())) {
            tracing::warn!(
                host = request.uri().host(),
                "a guest's request is refused: --allow-outbound does not cover it"
            );
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        Box::new(async move {
            let (response, io) = default_send_request(request, options).await?;
            let response = response.map(BodyExt::boxed_unsync);
            Ok((response, Box::new(io) as Io))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_covered_by_scheme_name_and_port() {
        let table = [
            ("example.com", "https://example.com/a", true),
            ("example.com", "http://EXAMPLE.com", true),
            ("example.com", "https://example.com:8443", false),
            ("example.com", "https://www.example.com", false),
            ("example.com", "https://example.com.evil.net", false),
            ("https://example.com", "http://example.com", false),
            ("https://example.com", "https://example.com:443", true),
            ("http://example.com:8080", "http://example.com:8080", true),
            ("http://example.com:8080", "http://example.com", false),
            ("*.example.com", "https://www.example.com", true),
            ("*.example.com", "https://a.b.example.com", true),
            ("*.example.com", "https://example.com", false),
            ("*.example.com", "https://.example.com", false),
            ("*.example.com", "https://evilexample.com", false),
            ("*", "https://anything.net", true),
            ("*", "https://anything.net:81", false),
            ("127.0.0.1:80", "http://127.0.0.1", true),
            ("[::1]:8080", "http://[::1]:8080", true),
            ("[::1]", "http://[::1]", true),
        ];
        for (allowed, target, expected) in table {
            let allowed: Outbound = allowed.parse().unwrap();
            let Ok(target) = target.parse::<Uri>() else {
                assert!(!expected);
                continue;
            };
            assert_eq!(allowed.covers(&target), expected, "{allowed:?} {target}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_with_a_word() {
        for text in [
            "", "ftp://a", "a:b", "a:70000", "a/b", "*.", "a.*.b", "user@a", "a b", "**",
        ] {
            assert!(text.parse::<Outbound>().is_err(), "{text:?}");
        }
    }
}
