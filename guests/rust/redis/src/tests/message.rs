//! Messages to entries of a stream and back.

use std::time::Duration;

use redis::{Value, parse_redis_value};

use super::*;
use crate::message::{Entry, add, claimed, read};
use crate::settings::Trim;

fn words(trim: Trim, content_type: Option<&str>, pairs: &[(&str, &str)]) -> Vec<String> {
    let add = add("topic", b"\x00data", content_type, metadata(pairs), trim);
    let packed = add.get_packed_command();
    let Value::Array(words) = parse_redis_value(&packed).unwrap() else {
        panic!("{packed:?}");
    };
    let text = |word| redis::from_redis_value(word).unwrap();
    words.into_iter().map(text).collect()
}

#[test]
fn a_message_is_laid_out_as_dapr_has_it() {
    assert_eq!(
        words(Trim::Nothing, None, &[]),
        ["XADD", "topic", "*", "data", "\x00data"]
    );
    assert_eq!(
        words(
            Trim::Length(7),
            Some("text/plain"),
            &[("b", "2"), ("a", "\"1")]
        ),
        [
            "XADD",
            "topic",
            "MAXLEN",
            "~",
            "7",
            "*",
            "data",
            "\x00data",
            "metadata",
            "{\"a\":\"\\\"1\",\"b\":\"2\"}",
            "content-type",
            "text/plain"
        ]
    );
    let aged = words(Trim::Age(Duration::from_secs(1)), None, &[]);
    assert_eq!(aged[2..4], ["MINID", "~"]);
    assert!(aged[4].parse::<u64>().unwrap() > 1_700_000_000_000);
}

fn bulk(texts: &[&str]) -> String {
    let one = |text: &&str| format!("${}\r\n{text}\r\n", text.len());
    let all: String = texts.iter().map(one).collect();
    format!("*{}\r\n{all}", texts.len())
}

/// An answer that has one entry.
fn answer(fields: &[&str]) -> Value {
    let entry = format!("*1\r\n*2\r\n$3\r\n1-2\r\n{}", bulk(fields));
    let text = format!("*1\r\n*2\r\n$5\r\ntopic\r\n{entry}");
    parse_redis_value(text.as_bytes()).unwrap()
}

#[test]
fn an_entry_is_a_message_whoever_has_written_it() {
    let entry = |data: &str, content_type: Option<&str>, pairs| Entry {
        id: "1-2".to_owned(),
        data: data.as_bytes().to_vec(),
        content_type: content_type.map(str::to_owned),
        metadata: metadata(pairs),
    };
    for (fields, expected) in [
        (&["data", "1"][..], entry("1", None, &[])),
        (
            &[
                "data",
                "",
                "metadata",
                "{\"a\":\"b\"}",
                "content-type",
                "x/y",
            ],
            entry("", Some("x/y"), &[("a", "b")]),
        ),
        (
            &["metadata", "[1]", "data", "1", "other", "2"],
            entry("1", None, &[]),
        ),
        (&["other", "2"], entry("", None, &[])),
    ] {
        assert_eq!(read(answer(fields)).unwrap(), [expected]);
    }
    assert_eq!(read(Value::Nil).unwrap(), []);
    assert!(read(Value::Int(1)).is_err());
}

#[test]
fn a_search_says_where_it_goes_on_and_leaves_out_what_was_trimmed() {
    let entry = format!("*2\r\n$3\r\n1-2\r\n{}", bulk(&["data", "1"]));
    let text = format!("*3\r\n$3\r\n5-0\r\n*2\r\n$-1\r\n{entry}*0\r\n");
    let (entries, next) = claimed(parse_redis_value(text.as_bytes()).unwrap()).unwrap();
    assert_eq!((entries.len(), next.as_str()), (1, "5-0"));
    assert_eq!(entries[0].data, b"1");
    assert!(claimed(Value::Nil).is_err());
}
