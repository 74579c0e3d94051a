//! Messages one by one.

use super::*;

pub fn confirm(dapr: &Fake, id: &str) {
    assert_eq!(placed(dapr, &json!({"id": id})), Outcome::Success);
}

/// A message that an order was placed.
fn placed(dapr: &Fake, data: &Value) -> Outcome {
    message(dapr, "order.placed", Some("/confirm"), data)
}

fn message(dapr: &Fake, topic: &str, path: Option<&str>, data: &Value) -> Outcome {
    let data = data.to_string();
    receive::receive(dapr, &settings(), topic, path, data.as_bytes())
}

fn with_order() -> Fake {
    let dapr = Fake::new();
    place(&dapr, &tea("t-1")).unwrap();
    dapr
}

#[test]
fn an_order_that_was_placed_is_confirmed_by_mail() {
    let dapr = with_order();
    confirm(&dapr, "t-1");
    assert_eq!(find(&dapr, "t-1").unwrap()["confirmed"], json!(true));
    let mails = dapr.mails.borrow();
    let [mail] = &mails[..] else {
        panic!("{mails:?}");
    };
    assert_eq!(mail.operation, "create");
    let text = "Thank you for your order t-1:\n\n2 x Assam\n1 x Sencha\n\nTotal: 10.47\n";
    assert_eq!(String::from_utf8_lossy(&mail.data), text);
    let metadata = [
        ("emailTo", "ada@example.com"),
        ("subject", "Your order t-1"),
        ("key", "mail-t-1"),
    ];
    assert_eq!(
        mail.metadata,
        metadata.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[test]
fn a_message_that_comes_again_changes_nothing() {
    let dapr = with_order();
    confirm(&dapr, "t-1");
    confirm(&dapr, "t-1");
    assert_eq!(dapr.count("invoke"), 1);
    assert_eq!(dapr.writes("t-1"), 2);
}

#[test]
fn an_order_that_has_left_the_house_is_marked() {
    let dapr = with_order();
    for _ in 0..2 {
        let shipped = message(
            &dapr,
            "order.shipped",
            None,
            &json!({"id": "t-1", "by": "post"}),
        );
        assert_eq!(shipped, Outcome::Success);
    }
    let kept = find(&dapr, "t-1").unwrap();
    assert_eq!(
        (&kept["shipped"], &kept["confirmed"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(dapr.writes("t-1"), 2);
}

#[test]
fn whoever_was_quicker_keeps_what_he_wrote_and_the_mail_is_sent_once() {
    let dapr = with_order();
    dapr.rivals.set(3);
    confirm(&dapr, "t-1");
    assert_eq!(find(&dapr, "t-1").unwrap()["confirmed"], json!(true));
    assert_eq!(dapr.count("save"), 1 + 4);
    assert_eq!(dapr.count("invoke"), 1);
}

#[test]
fn with_too_many_writers_a_message_comes_again() {
    let dapr = with_order();
    dapr.rivals.set(usize::MAX);
    assert_eq!(placed(&dapr, &json!({"id": "t-1"})), Outcome::Retry);
    assert_eq!(find(&dapr, "t-1").unwrap()["confirmed"], json!(false));
}

#[test]
fn a_message_that_makes_no_sense_is_dropped() {
    let dapr = with_order();
    dapr.put("broken", b"no order");
    for (topic, path, data) in [
        ("order.placed", Some("/confirm"), json!("t-1")),
        ("order.placed", Some("/confirm"), json!({"name": "t-1"})),
        ("order.placed", Some("/confirm"), json!({"id": "unknown"})),
        ("order.placed", Some("/confirm"), json!({"id": "broken"})),
        ("order.placed", Some("/others"), json!({"id": "t-1"})),
        ("order.placed", None, json!({"id": "t-1"})),
        ("order.shipped", None, json!({"id": "unknown"})),
        ("order.lost", None, json!({"id": "t-1"})),
    ] {
        let outcome = message(&dapr, topic, path, &data);
        assert_eq!(outcome, Outcome::Drop, "{topic} {path:?} {data}");
    }
    assert_eq!(dapr.writes("t-1"), 1);
    assert_eq!(dapr.count("invoke"), 0);
}

#[test]
fn a_message_comes_again_while_dapr_is_away() {
    for (call, code) in [
        ("get", Code::Unavailable),
        ("get", Code::DeadlineExceeded),
        // What daprd says where a store or a binding fails, or is not there.
        ("get", Code::Internal),
        ("get", Code::InvalidArgument),
        ("get", Code::NotFound),
        ("save", Code::Unavailable),
        ("save", Code::Unknown),
        ("invoke", Code::Internal),
        ("invoke", Code::InvalidArgument),
    ] {
        let dapr = with_order();
        dapr.fail(call, code);
        let data = json!({"id": "t-1"});
        assert_eq!(placed(&dapr, &data), Outcome::Retry, "{call} {code:?}");
        assert_eq!(placed(&dapr, &data), Outcome::Success, "{call} {code:?}");
        assert_eq!(find(&dapr, "t-1").unwrap()["confirmed"], json!(true));
    }
}

#[test]
fn a_message_waits_for_its_grant() {
    let dapr = with_order();
    dapr.deny("invoke", "binding:mail");
    assert_eq!(placed(&dapr, &json!({"id": "t-1"})), Outcome::Retry);
    confirm(&dapr, "t-1");
}

#[test]
fn subscriptions_name_routes_and_bulks_and_where_dead_letters_go() {
    let [placed, shipped] = &receive::subscriptions(&settings())[..] else {
        panic!("two");
    };
    assert_eq!(
        (&*placed.pubsub, &*placed.topic),
        ("pubsub", "order.placed")
    );
    assert_eq!(placed.routes[0].matches, r#"event.type == "order.placed""#);
    assert_eq!(placed.routes[0].path, "/confirm");
    assert_eq!(placed.default_path.as_deref(), Some("/others"));
    assert!(placed.bulk.is_none());
    assert_eq!(
        (&*shipped.pubsub, &*shipped.topic),
        ("pubsub", "order.shipped")
    );
    assert!(shipped.bulk.is_some() && shipped.routes.is_empty());
    for subscription in [placed, shipped] {
        let dead = subscription.dead_letter_topic.as_deref();
        assert_eq!(dead, Some("order.dead"));
    }
}
