//! What is made of the server's answers, whole and in pieces.

use std::io::{self, ErrorKind, Read};

use redis::{Parser, Value, parse_redis_value};

use super::*;
use crate::failure;
use crate::link::{check_version, parse};
use crate::store::item;

/// Gives pieces, and between them nothing for now.
struct Pieces<'a>(Vec<&'a [u8]>);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.0.pop().ok_or(ErrorKind::ConnectionReset)?;
        if piece.is_empty() {
            return Err(ErrorKind::WouldBlock.into());
        }
        (&*piece).read(buffer)
    }
}

#[test]
fn an_answer_can_come_in_pieces_of_any_size() {
    let text = b"*2\r\n$5\r\ntopic\r\n*1\r\n*2\r\n$3\r\n1-2\r\n*2\r\n$4\r\ndata\r\n$6\r\n\r\n\x00\r\n\xff\r\n";
    let whole = parse_redis_value(text).unwrap();
    for size in 1..text.len() {
        let mut pieces: Vec<&[u8]> = Vec::new();
        for piece in text.chunks(size).rev() {
            pieces.extend([&b""[..], piece]);
        }
        let (mut parser, mut pieces) = (Parser::new(), Pieces(pieces));
        let mut found = None;
        while found.is_none() {
            found = parse(&mut parser, &mut pieces).unwrap();
        }
        assert_eq!(found.unwrap(), whole, "{size}");
    }
}

#[test]
fn an_answer_that_ends_too_early_or_is_none_is_an_error() {
    let mut parser = Parser::new();
    let why = parse(&mut parser, &b"*2\r\n$5\r\nto"[..]).unwrap_err();
    assert_eq!(why.kind(), ErrorKind::UnexpectedEof);
    let mut parser = Parser::new();
    assert!(parse(&mut parser, &b"HTTP/1.1 400 Bad Request\r\n"[..]).is_err());
    let mut parser = Parser::new();
    let why = parse(&mut parser, Pieces(Vec::new())).unwrap_err();
    assert_eq!(why.kind(), ErrorKind::ConnectionReset);
}

fn fields(fields: [Option<&str>; 3]) -> Value {
    let value = |it: Option<&str>| match it {
        Some(text) => Value::BulkString(text.as_bytes().to_vec()),
        None => Value::Nil,
    };
    Value::Array(fields.map(value).to_vec())
}

#[test]
fn a_hash_with_data_and_version_is_an_item() {
    let written = fields([Some("1"), Some("7"), None]);
    let found = item("key", written, Value::Int(-1)).unwrap().unwrap();
    assert_eq!(found.value, b"1");
    assert_eq!(found.etag.as_deref(), Some("7"));
    assert_eq!((found.content_type, found.metadata), (None, Vec::new()));
    let typed = fields([Some("1"), Some("7"), Some("7 text/plain; charset=x")]);
    let found = item("key", typed, Value::Int(1_000)).unwrap().unwrap();
    assert_eq!(found.content_type.as_deref(), Some("text/plain; charset=x"));
    let expiry = [("ttlExpireTime", "1970-01-01T00:00:01.000Z")];
    assert_eq!(found.metadata, metadata(&expiry));
    // Dapr's own component has written it since.
    let stale = fields([Some("2"), Some("8"), Some("7 text/plain")]);
    let found = item("key", stale, Value::Int(-1)).unwrap().unwrap();
    assert_eq!(found.content_type, None);
    let missing = item("key", fields([None; 3]), Value::Int(-2));
    assert!(missing.unwrap().is_none());
}

#[test]
fn what_is_no_item_is_an_error_that_names_the_key() {
    let wrong_type = parse_redis_value(b"-WRONGTYPE Operation against a key\r\n").unwrap();
    for (fields, expiry) in [
        (fields([None; 3]), -1),
        (fields([Some("1"), None, None]), -1),
        (wrong_type, -1),
    ] {
        let why = item("the key", fields, Value::Int(expiry)).err().unwrap();
        assert_eq!(why.code, Code::FailedPrecondition);
        assert!(why.message.contains("\"the key\""), "{why:?}");
    }
}

#[test]
fn a_refusal_has_a_code_and_repeats_nothing_that_was_sent() {
    for (text, code) in [
        ("NOAUTH Authentication required.", Code::Unauthenticated),
        ("WRONGPASS invalid", Code::Unauthenticated),
        ("NOPERM this user", Code::PermissionDenied),
        ("OOM command not allowed", Code::ResourceExhausted),
        ("LOADING Redis is loading", Code::Unavailable),
        ("READONLY You can't write", Code::Unavailable),
        ("WRONGTYPE Operation", Code::FailedPrecondition),
        ("ERR no such thing", Code::Unknown),
    ] {
        let value = parse_redis_value(format!("-{text}\r\n").as_bytes()).unwrap();
        let why = failure::granted(value).unwrap_err();
        assert_eq!(why.code, code, "{text}");
        assert!(why.message.ends_with(text), "{why:?}");
    }
    let told = b"-ERR unknown command 'AUTH', with args beginning with: 'secret' \r\n";
    let why = failure::granted(parse_redis_value(told).unwrap()).unwrap_err();
    assert!(why.message.ends_with("unknown command 'AUTH'"), "{why:?}");
}

#[test]
fn a_server_that_is_too_old_is_refused() {
    let info =
        |version| format!("# Server\r\nredis_version:{version}\r\nredis_mode:standalone\r\n");
    let why = check_version(&info("6.2.14")).unwrap_err();
    assert!(why.message.contains("6.2.14"), "{why:?}");
    for version in ["7.0.15", "7.2.4", "8.0.0", "255.255.255"] {
        check_version(&info(version)).unwrap();
    }
    check_version("").unwrap();
}
