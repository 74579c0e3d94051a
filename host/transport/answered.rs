//! What a service answers with: a message, and headers before it where it has some.

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use tonic::Status;

/// Bytes of a service's headers, as HTTP/2 counts them (RFC 9113, 6.5.2). Some of gRPC's libraries take 8 KiB in all unless they are
/// told otherwise, and end the whole connection over much more. What HTTP/2, gRPC and a daprd in between add has the rest.
const MOST: usize = 7 << 10;

/// What HTTP/2 adds to each header when it counts.
const EACH: usize = 32;

/// Headers that say how an answer is sent. That is known here, and nowhere else.
const OURS: [&str; 9] = [
    "connection",
    "content-length",
    "content-type",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A message behind its prefix, and headers before it where it has some.
#[derive(Debug)]
pub struct Answered {
    pub(super) message: Bytes,
    /// In a box, for few answers have any.
    pub(super) headers: Option<Box<HeaderMap>>,
}

impl From<Bytes> for Answered {
    fn from(message: Bytes) -> Self {
        Self {
            message,
            headers: None,
        }
    }
}

impl Answered {
    /// A message behind its prefix, with headers. What HTTP/2 and gRPC say by headers is theirs: such headers are left out.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED when the headers have more than 7 KiB, for clients need not take more.
    pub fn with_headers(message: Bytes, mut headers: HeaderMap) -> Result<Self, Status> {
        let ours: Vec<_> = headers
            .keys()
            .filter(|name| is_ours(name))
            .cloned()
            .collect();
        for name in ours {
            headers.remove(name);
        }
        let size = size(&headers);
        if size > MOST {
            return Err(Status::resource_exhausted(format!(
                "the reply's headers have {size} bytes, and {MOST} are the most that all clients take: put what is long into the reply itself"
            )));
        }
        Ok(Self {
            message,
            headers: (!headers.is_empty()).then(|| Box::new(headers)),
        })
    }

    /// Bytes that it holds until it is sent.
    pub(super) fn size(&self) -> usize {
        let headers = self.headers.as_deref().map_or(0, size);
        self.message.len().saturating_add(headers)
    }
}

fn is_ours(name: &HeaderName) -> bool {
    OURS.contains(&name.as_str()) || name.as_str().starts_with("grpc-")
}

fn size(headers: &HeaderMap) -> usize {
    let sizes = headers.iter();
    sizes
        .map(|(name, value)| name.as_str().len() + value.len() + EACH)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use tonic::Code;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_services_headers_are_sent_but_for_those_that_say_how_the_answer_is() {
        let own = [("etag", "7"), ("x-trace-bin", "AAE"), ("etag", "8")];
        let mut all = own.to_vec();
        all.extend(OURS.map(|name| (name, "x")));
        all.extend([("grpc-status", "0"), ("grpc-encoding", "gzip")]);
        let answered = Answered::with_headers(Bytes::from_static(b"12345"), headers(&all)).unwrap();
        assert_eq!(answered.headers.as_deref(), Some(&headers(&own)));
        assert!(answered.size() > 5);
        let nothing = headers(&[("te", "trailers")]);
        let answered = Answered::with_headers(Bytes::from_static(b"12345"), nothing).unwrap();
        assert!(answered.headers.is_none());
        assert_eq!(answered.size(), 5);
    }

    #[test]
    fn headers_that_clients_would_not_take_are_a_status() {
        let least = "name".len() + EACH;
        for (length, fits) in [(MOST - least, true), (MOST - least + 1, false)] {
            let long = headers(&[("name", &"v".repeat(length))]);
            let answered = Answered::with_headers(Bytes::new(), long);
            assert_eq!(answered.is_ok(), fits, "{length}");
            if let Err(why) = answered {
                assert_eq!(why.code(), Code::ResourceExhausted);
                assert!(!why.message().contains("vv"), "{why}");
            }
        }
    }
}
