//! Where requests go: the url of the binding, and the path that an invocation adds to it.

use http::Uri;
use http::uri::{Authority, Scheme};

use crate::bindings::dapr::components::types::Error;
use crate::invalid_argument;

/// The binding's url, in the parts that a request is made of.
#[derive(Debug)]
pub struct Address {
    pub is_https: bool,
    authority: Authority,
    path: String,
    query: String,
}

impl Address {
    /// Reads a url. It is in no message: some services put a secret into the address that they give away.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let refused = |why: &str| invalid_argument(format!("the property url {why}"));
        let parts = url
            .parse::<Uri>()
            .map_err(|_| refused("is not an address such as https://example.com/hook"))?
            .into_parts();
        let is_https = match parts.scheme {
            Some(scheme) if scheme == Scheme::HTTPS => true,
            Some(scheme) if scheme == Scheme::HTTP => false,
            _ => return Err(refused("has to begin with https:// or http://")),
        };
        let authority = parts
            .authority
            .filter(|authority| !authority.host().is_empty())
            .ok_or_else(|| refused("names no server"))?;
        if authority.as_str().contains('@') {
            return Err(refused(
                "holds a user: send the metadata Authorization instead",
            ));
        }
        if authority.as_str() != authority.host() && authority.port_u16().is_none() {
            return Err(refused("has a port that is no number up to 65535"));
        }
        let path_and_query = parts.path_and_query.as_ref();
        let path = path_and_query.map_or("/", |both| both.path());
        let query = path_and_query.and_then(|both| both.query());
        Ok(Self {
            is_https,
            authority,
            path: encode(path),
            query: encode(query.unwrap_or_default()),
        })
    }

    /// The server, with the port if the url has one.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The url's own path and query, or what an invocation makes of them: its path continues the url's path, and its
    /// query the url's query. It cannot lead anywhere but below the url.
    pub fn path_with_query(&self, more: Option<&str>) -> Result<String, Error> {
        // What follows a # is for browsers and never sent.
        let more = more.unwrap_or_default().split('#').next();
        let more = more.unwrap_or_default();
        let (path, query) = more.split_once('?').unwrap_or((more, ""));
        if climbs(path) {
            return Err(invalid_argument(
                "the metadata path has a segment . or .., and it can only lead below the url",
            ));
        }
        let mut whole = self.path.clone();
        if !path.is_empty() {
            whole.truncate(whole.trim_end_matches('/').len());
            whole.push('/');
            whole.push_str(&encode(path.trim_start_matches('/')));
        }
        let query = encode(query);
        let queries = [self.query.as_str(), &query].into_iter();
        for (query, mark) in queries.filter(|query| !query.is_empty()).zip("?&".chars()) {
            whole.push(mark);
            whole.push_str(query);
        }
        Ok(whole)
    }
}

/// Whether any segment is `.` or `..` for a server that decodes it, takes `\` for `/`, or drops what follows a `;`.
fn climbs(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let path = path.replace("%2e", ".").replace("%2f", "/");
    let path = path.replace("%5c", "/").replace("%3b", ";");
    path.split(['/', '\\'])
        .filter_map(|segment| segment.split(';').next())
        .any(|name| matches!(name, "." | ".."))
}

/// Writes what cannot stand in a path or a query as `%` and two digits, and leaves alone what is written so already.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let stands = match byte {
            b'%' => matches!(tail, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()),
            byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(byte),
        };
        match stands {
            true => encoded.push(char::from(*byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
        rest = tail;
    }
    encoded
}
