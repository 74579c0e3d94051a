//! What the greeting promises, called as the host calls it. Each test runs on a thread, so with a greeting, of its own.

use super::*;

fn init(hello: &str) {
    let config = Config {
        kind: "hello".to_owned(),
        hello: hello.to_owned(),
        properties: Vec::new(),
        secrets: Vec::new(),
        secret_store: None,
        config_store: None,
    };
    Hello::init(config).unwrap();
}

fn say_hello(name: &str) -> String {
    Hello::say_hello(name.to_owned()).unwrap()
}

#[test]
fn greets_by_name() {
    init("Good morning");
    assert_eq!(say_hello("Ada"), "Good morning, Ada");
    assert_eq!(say_hello("Grüße 👋"), "Good morning, Grüße 👋");
}

#[test]
fn greets_nobody_with_the_greeting_alone() {
    init("Good morning");
    assert_eq!(say_hello(""), "Good morning");
}

#[test]
fn has_no_comma_where_there_is_no_greeting() {
    init("");
    assert_eq!(say_hello("Ada"), "Ada");
    assert_eq!(say_hello(""), "");
}

#[test]
fn the_last_configuration_counts() {
    init("Good morning");
    init("Good night");
    assert_eq!(say_hello("Ada"), "Good night, Ada");
}
