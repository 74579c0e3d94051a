//! Where requests go, whatever an invocation's path says.

use super::*;
use crate::address::Address;

fn path(url: &str, more: &str) -> Result<String, Error> {
    Address::parse(url).unwrap().path_with_query(Some(more))
}

#[test]
fn a_url_is_taken_apart() {
    let parts = |url: &str| {
        let address = Address::parse(url).unwrap();
        let path = address.path_with_query(None).unwrap();
        (address.is_https, address.authority().to_owned(), path)
    };
    let is = |https, authority: &str, path: &str| (https, authority.to_owned(), path.to_owned());
    assert_eq!(parts("https://example.com"), is(true, "example.com", "/"));
    assert_eq!(
        parts("HTTP://localhost:8080/"),
        is(false, "localhost:8080", "/")
    );
    assert_eq!(
        parts("http://[::1]:80/a/?b=c"),
        is(false, "[::1]:80", "/a/?b=c")
    );
    assert_eq!(
        parts("https://example.com?b"),
        is(true, "example.com", "/?b")
    );
    assert_eq!(
        parts("https://example.com/a#b"),
        is(true, "example.com", "/a")
    );
}

#[test]
fn what_is_no_url_is_refused_and_not_told() {
    let wrong = [
        "/hunter2",
        "hunter2",
        "example.com/hunter2",
        "ftp://example.com/hunter2",
        "https:///hunter2",
        "https://:80/hunter2",
        "https://ada:hunter2@example.com",
        "https://hunter2@example.com",
        "https://example.com:port/hunter2",
        "https://example.com:/hunter2",
        "https://example.com:65536/hunter2",
        "https://exam ple.com/hunter2",
        "file:///hunter2",
    ];
    for url in wrong {
        let message = refusal(Address::parse(url));
        assert!(message.starts_with("the property url "), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_path_continues_the_url() {
    let paths = [
        ("https://h", "", "/"),
        ("https://h", "a", "/a"),
        ("https://h/", "/a/", "/a/"),
        ("https://h/hook", "a/b", "/hook/a/b"),
        ("https://h/hook/", "//a", "/hook/a"),
        ("https://h/hook", "/", "/hook/"),
        ("https://h/hook?k=v", "", "/hook?k=v"),
        ("https://h/hook?k=v", "a?x=1&y=2", "/hook/a?k=v&x=1&y=2"),
        ("https://h/hook?k=v", "?x=1", "/hook?k=v&x=1"),
        ("https://h/hook", "?x=?", "/hook?x=?"),
        ("https://h/hook", "a#b?c", "/hook/a"),
        ("https://h/hook", "#b", "/hook"),
    ];
    for (url, more, expected) in paths {
        assert_eq!(path(url, more).unwrap(), expected, "{url} and {more}");
    }
}

#[test]
fn a_path_that_looks_like_an_address_is_a_path() {
    let url = "https://example.com/hook";
    let paths = [
        ("http://evil.com/", "/hook/http://evil.com/"),
        ("//evil.com", "/hook/evil.com"),
        ("@evil.com", "/hook/@evil.com"),
        (":8080", "/hook/:8080"),
        ("\\\\evil.com", "/hook/%5C%5Cevil.com"),
    ];
    for (more, expected) in paths {
        assert_eq!(path(url, more).unwrap(), expected);
    }
}

#[test]
fn a_path_does_not_climb() {
    let wrong = [
        "..",
        "../a",
        "a/../../b",
        "./a",
        "a/.",
        "%2e%2e/a",
        "%2E./a",
        "a%2f..%2fb",
        "a%2F%2e%2e",
        "..\\a",
        "a%5c..",
        "..;/a",
        "..%3ba=b/c",
    ];
    for more in wrong {
        let message = refusal(path("https://example.com/hook", more));
        assert!(message.contains("path"), "{message}");
    }
    for right in ["a..b", "...", "a.json", "..a", "?x=../..", ".well-known"] {
        assert!(path("https://example.com/hook", right).is_ok(), "{right}");
    }
}

#[test]
fn a_path_is_written_as_one() {
    let paths = [
        ("a b", "/a%20b"),
        ("grüße?n=ü", "/gr%C3%BC%C3%9Fe?n=%C3%BC"),
        ("a%20b", "/a%20b"),
        ("100%", "/100%25"),
        ("%zz%4", "/%25zz%254"),
        ("a\r\nHost: b", "/a%0D%0AHost:%20b"),
        ("<\"{|}>", "/%3C%22%7B%7C%7D%3E"),
        ("~-_.!$&'()*+,;=:@", "/~-_.!$&'()*+,;=:@"),
    ];
    for (more, expected) in paths {
        assert_eq!(path("https://example.com", more).unwrap(), expected);
    }
}
