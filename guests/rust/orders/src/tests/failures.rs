//! What a caller is told when Dapr does not do what it should.

use super::*;

#[test]
fn codes_that_say_when_to_try_again_are_the_callers() {
    for (code, told) in [
        (Code::Unavailable, Code::Unavailable),
        (Code::DeadlineExceeded, Code::DeadlineExceeded),
        (Code::ResourceExhausted, Code::ResourceExhausted),
        // The caller's request is not what was wrong.
        (Code::InvalidArgument, Code::Internal),
        (Code::NotFound, Code::Internal),
        (Code::Unknown, Code::Internal),
    ] {
        for (call, resource) in [
            ("secret", ("secret store", "vault")),
            ("save", ("state store", "orders")),
            ("publish", ("broker", "pubsub")),
        ] {
            let dapr = Fake::new();
            dapr.fail(call, code);
            let status = place(&dapr, &tea("t-1")).unwrap_err();
            assert_eq!(status.code, told, "{call}");
            assert_eq!(reason(&status), "DAPR_FAILED");
            assert_eq!(resources(&status).last(), Some(&resource));
            assert!(status.message.contains(resource.1), "{}", status.message);
        }
    }
}

#[test]
fn a_grant_that_is_missing_is_named() {
    let dapr = Fake::new();
    dapr.deny("save", "state:orders");
    let status = place(&dapr, &tea("t-1")).unwrap_err();
    assert_eq!(status.code, Code::PermissionDenied);
    assert_eq!(reason(&status), "NOT_GRANTED");
    assert!(
        status.message.contains("state:orders"),
        "{}",
        status.message
    );
}

#[test]
fn an_order_that_nobody_was_told_of_can_be_placed_again() {
    let dapr = Fake::new();
    let mut order = tea("");
    order.as_object_mut().unwrap().remove("id");
    dapr.fail("publish", Code::Unavailable);
    let status = place(&dapr, &order).unwrap_err();
    assert_eq!(status.code, Code::Unavailable);
    // The id is one that the application has chosen.
    let [("order", id), ("broker", "pubsub")] = resources(&status)[..] else {
        panic!("{:?}", status.details);
    };
    order["id"] = json!(id);
    place(&dapr, &order).unwrap();
    assert_eq!(dapr.count("publish"), 2);
    assert_eq!(dapr.writes(id), 1);
}

#[test]
fn an_order_that_vanishes_meanwhile_is_a_conflict() {
    let dapr = Fake::new();
    dapr.fail("save", Code::Aborted);
    let status = place(&dapr, &tea("t-1")).unwrap_err();
    assert_eq!(status.code, Code::Aborted);
    assert_eq!(reason(&status), "ORDER_CONTENDED");
}
