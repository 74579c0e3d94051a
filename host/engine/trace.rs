//! The trace that a call is a part of, for what it calls in its turn.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;

/// The headers that say so: those of W3C, and gRPC's own.
static NAMES: [HeaderName; 4] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
    HeaderName::from_static("grpc-trace-bin"),
];

/// The most bytes of each of them; what is longer is left out.
const LENGTH: usize = 1 << 10;

/// The trace of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(Vec<(HeaderName, HeaderValue)>);

impl Trace {
    /// The trace that a call's headers name; none where they name none.
    pub fn of(headers: &HeaderMap) -> Option<Arc<Self>> {
        let named = NAMES.iter().filter_map(|name| {
            let value = headers.get(name)?;
            (value.len() <= LENGTH).then(|| (name.clone(), value.clone()))
        });
        let named: Vec<_> = named.collect();
        (!named.is_empty()).then(|| Arc::new(Self(named)))
    }

    /// The headers that a call brings which is a part of it.
    pub fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.0.iter().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_what_the_headers_name_of_one() {
        let mut headers = HeaderMap::new();
        assert_eq!(Trace::of(&headers), None);
        headers.insert("x-own", HeaderValue::from_static("1"));
        headers.insert("traceparent", HeaderValue::from_static("00-1-2-01"));
        let long = "a".repeat(LENGTH + 1);
        headers.insert("baggage", long.parse().unwrap());
        let trace = Trace::of(&headers).unwrap();
        let named: Vec<_> = trace.headers().collect();
        let expected = HeaderValue::from_static("00-1-2-01");
        assert_eq!(named, [(NAMES[0].clone(), expected)]);
    }
}
