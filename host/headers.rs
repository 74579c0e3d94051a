//! Headers beside a body, as guests have them and as they are sent: without those that belong to gRPC, to the connection or to
//! plugbox.

use crate::{
    engine::{app::invocation::Headers, status::Status, types::Code},
    text::{cut, shown},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD as STANDARD, BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD},
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The most bytes of all headers that a guest may send with a call: more would end the connection of others, too.
const MOST: usize = 16 << 10;

/// The most bytes of a name that an error shows.
const LENGTH: usize = 128;

/// Whether a header is none of a guest's business.
fn is_hidden(name: &str) -> bool {
    name.starts_with("grpc-")
        || matches!(
            name,
            "content-type" | "te" | "user-agent" | "dapr-api-token" | "x-component-instance"
        )
}

/// Whether a header is not a guest's to send. Those of Dapr say who calls.
fn is_reserved(name: &str) -> bool {
    is_hidden(name)
        || name.starts_with("dapr-")
        || matches!(
            name,
            "baggage"
                | "connection"
                | "content-length"
                | "host"
                | "keep-alive"
                | "proxy-connection"
                | "traceparent"
                | "tracestate"
                | "trailer"
                | "transfer-encoding"
                | "upgrade"
        )
}

/// What a guest is to see of headers that have come.
pub fn to_show(headers: &HeaderMap) -> Headers {
    let visible = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    let headers = headers.iter().filter_map(visible);
    headers.filter(|(name, _)| !is_hidden(name)).collect()
}

/// What is to be sent of a guest's headers.
///
/// # Errors
/// When one of them cannot be a header, or all are too much.
pub fn to_send(headers: Headers) -> Result<HeaderMap, Status> {
    let size = |(name, value): &(String, String)| name.len() + value.len();
    if headers.iter().map(size).sum::<usize>() > MOST {
        let message = format!("the headers have more than {} KiB", MOST >> 10);
        return Err(Status::new(Code::ResourceExhausted, message));
    }
    let mut sent = HeaderMap::new();
    for (name, value) in headers {
        if is_reserved(&name) {
            continue;
        }
        let header = header(&name, &value).ok_or_else(|| {
            let name = shown(cut(&name, LENGTH));
            let message = format!(
                "'{name}' cannot be a header: a name is in lower case, a value is visible ASCII, and base64 where the name ends with -bin"
            );
            Status::new(Code::InvalidArgument, message)
        })?;
        let (name, value) = header;
        if sent.try_append(name, value).is_err() {
            return Err(Status::new(
                Code::ResourceExhausted,
                "there are too many headers".to_owned(),
            ));
        }
    }
    Ok(sent)
}

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    if name.contains(|letter: char| letter.is_ascii_uppercase()) {
        return None;
    }
    let name: HeaderName = name.parse().ok()?;
    let value = visible(value)?;
    if name.as_str().ends_with("-bin") {
        decoded(value.to_str().ok()?)?;
    }
    Some((name, value))
}

/// The bytes of a header whose name ends with `-bin`; none where its value is no base64, with padding or without.
pub fn decoded(value: &str) -> Option<Vec<u8>> {
    let padded = STANDARD.decode(value);
    padded.or_else(|_| STANDARD_NO_PAD.decode(value)).ok()
}

/// The value of a header that is visible ASCII and nothing else: what every server takes.
pub fn visible(value: &str) -> Option<HeaderValue> {
    let visible = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    HeaderValue::from_str(value).ok().filter(|_| visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(headers: &[(&str, &str)]) -> Headers {
        headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    }

    #[test]
    fn a_guest_sees_what_is_its_own_business() {
        let mut come = HeaderMap::new();
        for (name, value) in [
            ("x-own", "1"),
            ("x-own", "2"),
            ("some-bin", "AQI="),
            ("traceparent", "00-1-2-01"),
            ("dapr-caller-app-id", "billing"),
            ("dapr-api-token", "hunter2"),
            ("x-component-instance", "a"),
            ("content-type", "application/grpc"),
            ("grpc-timeout", "1S"),
            ("te", "trailers"),
            ("user-agent", "a"),
        ] {
            come.append(name, HeaderValue::from_static(value));
        }
        come.append("x-odd", HeaderValue::from_bytes(b"\xff").unwrap());
        let mut shown = to_show(&come);
        shown.sort();
        let expected = headers(&[
            ("dapr-caller-app-id", "billing"),
            ("some-bin", "AQI="),
            ("traceparent", "00-1-2-01"),
            ("x-own", "1"),
            ("x-own", "2"),
        ]);
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_guest_sends_what_is_its_own_to_send() {
        let sent = to_send(headers(&[
            ("x-own", "1"),
            ("x-own", "2"),
            ("some-bin", "AQI="),
            ("dapr-api-token", "mine"),
            ("dapr-caller-app-id", "another"),
            ("traceparent", "00-1-2-01"),
            ("grpc-timeout", "1S"),
            ("connection", "close"),
            ("content-type", "text/plain"),
        ]));
        let sent = sent.unwrap();
        let mut names: Vec<_> = sent.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["some-bin", "x-own"]);
        assert_eq!(sent.get_all("x-own").iter().count(), 2);
    }

    #[test]
    fn what_cannot_be_a_header_is_refused_before_it_is_sent() {
        let long = "a".repeat(MOST);
        for (name, value) in [
            ("X-Own", "1"),
            ("", "1"),
            ("x own", "1"),
            (":path", "/"),
            ("x-own", "a\nb"),
            ("x-own", "é"),
            ("x-own-bin", "not base64"),
        ] {
            let status = to_send(headers(&[(name, value)])).unwrap_err();
            assert!(
                matches!(status.code, Code::InvalidArgument),
                "{name:?} {value:?}"
            );
        }
        let status = to_send(headers(&[("x-own", &long)])).unwrap_err();
        assert!(matches!(status.code, Code::ResourceExhausted));
    }
}
