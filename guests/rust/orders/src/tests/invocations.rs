//! Orders that are placed and looked at by invocation, or come by a binding.

use super::*;

#[test]
fn an_order_is_kept_and_told_of() {
    let dapr = Fake::new();
    let receipt = place(&dapr, &tea("t-1")).unwrap();
    assert_eq!(
        (&receipt["id"], &receipt["total"]),
        (&json!("t-1"), &json!(1047))
    );
    let kept = json!({"order": tea("t-1"), "confirmed": false, "shipped": false});
    assert_eq!(find(&dapr, "t-1").unwrap(), kept);
    let published = dapr.published.borrow();
    let [(topic, message)] = &published[..] else {
        panic!("{published:?}");
    };
    assert_eq!(topic, "order.placed");
    assert_eq!(message.data, br#"{"id":"t-1"}"#);
    assert_eq!(message.content_type.as_deref(), Some("application/json"));
    let kind = ("cloudevent.type".to_owned(), "order.placed".to_owned());
    assert_eq!(message.metadata, [kind]);
}

#[test]
fn an_order_without_an_id_gets_one() {
    let dapr = Fake::new();
    let mut order = tea("");
    order.as_object_mut().unwrap().remove("id");
    let one = place(&dapr, &order).unwrap();
    let other = place(&dapr, &order).unwrap();
    assert_ne!(one["id"], other["id"]);
    for receipt in [one, other] {
        find(&dapr, receipt["id"].as_str().unwrap()).unwrap();
    }
}

#[test]
fn an_order_that_comes_again_is_the_same_order() {
    let dapr = Fake::new();
    let first = place(&dapr, &tea("t-1")).unwrap();
    assert_eq!(place(&dapr, &tea("t-1")).unwrap(), first);
    assert_eq!(dapr.writes("t-1"), 1);
    let told = dapr.count("publish");
    assert_eq!(told, 2, "the first message may be the one that was lost");
    events::confirm(&dapr, "t-1");
    assert_eq!(place(&dapr, &tea("t-1")).unwrap(), first);
    assert_eq!(dapr.count("publish"), told, "it is confirmed already");
}

#[test]
fn an_order_that_was_written_anew_on_its_way_into_the_store_is_the_same_order() {
    let dapr = Fake::new();
    // As daprd does, which sorts the names.
    let kept = r#"{"confirmed": false, "order": {"customer": "ada@example.com", "id": "t-1", "lines": [
        {"count": 2, "item": "Assam", "price": 449}, {"count": 1, "item": "Sencha", "price": 149}
    ]}, "shipped": false}"#;
    dapr.put("t-1", kept.as_bytes());
    place(&dapr, &tea("t-1")).unwrap();
}

#[test]
fn an_id_is_given_to_one_order_only() {
    let dapr = Fake::new();
    place(&dapr, &tea("t-1")).unwrap();
    let mut other = tea("t-1");
    other["customer"] = json!("bob@example.com");
    let status = place(&dapr, &other).unwrap_err();
    assert_eq!(status.code, Code::AlreadyExists);
    assert_eq!(reason(&status), "ORDER_EXISTS");
    assert_eq!(resources(&status), [("order", "t-1")]);
    assert_eq!(find(&dapr, "t-1").unwrap()["order"], tea("t-1"));
}

#[test]
fn an_order_that_is_not_there_is_not_found() {
    for id in ["t-1", "", "a/b", "../x", &"x".repeat(65)] {
        let status = find(&Fake::new(), id).unwrap_err();
        assert_eq!(status.code, Code::NotFound, "{id}");
        assert_eq!(resources(&status), [("order", id)]);
    }
}

#[test]
fn what_is_there_goes_by_method_and_by_verb() {
    let dapr = Fake::new();
    let order = tea("t-1").to_string();
    let call = |method: &str, verb: Option<Verb>| {
        let mut request = request(method, order.as_bytes());
        request.http = verb.map(|verb| Http { verb, query: None });
        serve(&dapr, &settings(), &request).map_err(|status| status.code)
    };
    for served in [
        ("place", None),
        ("place", Some(Verb::Post)),
        ("orders/t-1", None),
        ("orders/t-1", Some(Verb::Get)),
    ] {
        assert!(call(served.0, served.1).is_ok(), "{served:?}");
    }
    for refused in [
        ("place", Some(Verb::Get)),
        ("orders/t-1", Some(Verb::Delete)),
        ("orders", None),
        ("Place", None),
        ("place/now", None),
        ("", None),
    ] {
        let code = call(refused.0, refused.1).unwrap_err();
        assert_eq!(code, Code::Unimplemented, "{refused:?}");
    }
}

#[test]
fn an_event_of_the_binding_becomes_an_order() {
    let dapr = Fake::new();
    let event = |binding: &str, data: Value| Event {
        binding: binding.to_owned(),
        data: data.to_string().into_bytes(),
        metadata: Vec::new(),
    };
    let answer = take(&dapr, &settings(), &event("inbox", tea("t-1"))).unwrap();
    let receipt: Value = serde_json::from_slice(&answer.data).unwrap();
    assert_eq!(receipt, place(&dapr, &tea("t-1")).unwrap());
    assert!(answer.forward_to.is_empty());
    find(&dapr, "t-1").unwrap();

    let status = take(&dapr, &settings(), &event("inbox", json!("tea"))).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    let status = take(&dapr, &settings(), &event("mail", tea("t-2"))).unwrap_err();
    assert_eq!(reason(&status), "BINDING_UNKNOWN");
    assert_eq!(dapr.keys(), ["t-1"]);
}
