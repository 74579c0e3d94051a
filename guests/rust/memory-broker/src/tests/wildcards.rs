//! Which topics a subscription's topic stands for.

use super::*;
use crate::topic::{self, Filter};

fn matches(filter: &str, topic: &str) -> bool {
    Filter::new(filter.to_owned()).unwrap().matches(topic)
}

#[test]
fn a_name_stands_for_itself() {
    assert!(matches("a/b", "a/b"));
    assert!(!matches("a/b", "a/b/"));
    assert!(!matches("a/b", "a"));
    assert!(!matches("a", "A"));
}

#[test]
fn plus_is_one_level() {
    for topic in ["a/b/c", "a/x/c", "a//c"] {
        assert!(matches("a/+/c", topic), "{topic}");
    }
    for topic in ["a/c", "a/b/b/c", "a/b", "a/b/c/d", "b/b/c"] {
        assert!(!matches("a/+/c", topic), "{topic}");
    }
    assert!(matches("+", "a") && !matches("+", "a/b"));
    assert!(matches("+/+", "/a"));
}

#[test]
fn hash_is_all_levels_from_there_and_none() {
    for topic in ["a", "a/", "a/b", "a/b/c"] {
        assert!(matches("a/#", topic), "{topic}");
    }
    assert!(!matches("a/#", "ab") && !matches("a/#", "b/a"));
    assert!(matches("#", "a") && matches("#", "a/b") && matches("#", "/"));
    assert!(matches("+/b/#", "a/b/c/d") && !matches("+/b/#", "a/c"));
}

#[test]
fn inside_a_level_they_are_ordinary() {
    assert!(matches("c++", "c++") && !matches("c++", "cat"));
    assert!(matches("c#/+", "c#/x") && !matches("c#", "c/x"));
    topic::check("c++/c#").unwrap();
}

#[test]
fn what_can_never_match_is_refused() {
    for wrong in ["", "#/a", "a/#/b", "#/#"] {
        let filter = Filter::new(wrong.to_owned()).map(drop);
        refusal(filter, Code::InvalidArgument);
    }
    for wrong in ["", "a/+", "#", "+/b"] {
        refusal(topic::check(wrong), Code::InvalidArgument);
    }
}

#[test]
fn each_queue_gets_a_message_once() {
    let mut broker = broker(&[]);
    broker.listen(1, "orders/+");
    broker.listen(2, "orders/eu");
    broker.listen(3, "orders/+");
    broker.send("orders/eu", &["a"]);
    broker.send("orders/us", &["b"]);
    let got = broker.take(1, 9);
    assert_eq!(got[0].topic, "orders/eu");
    assert_eq!(got[1].topic, "orders/us");
    assert_eq!(broker.texts(2, 9), ["a"]);
    assert!(broker.take(3, 9).is_empty());
}
