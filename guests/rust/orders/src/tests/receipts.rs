//! Receipts are signed.

use super::*;

#[test]
fn a_receipt_is_signed_with_the_secret() {
    let receipt = place(&Fake::new(), &tea("t-1")).unwrap();
    // printf 't-1 1047' | openssl dgst -sha256 -hmac oak-and-pine
    assert_eq!(
        receipt["signature"],
        json!("e08189e84a9189c02d2e065935d8507e183245dbcfd87cf822e028466024b064")
    );
}

#[test]
fn another_key_makes_another_signature() {
    let (one, other) = (Fake::new(), Fake::new());
    other.secret.borrow_mut()[0].1 = "birch".to_owned();
    assert_ne!(
        place(&one, &tea("t-1")).unwrap()["signature"],
        place(&other, &tea("t-1")).unwrap()["signature"],
    );
}

#[test]
fn without_a_key_nothing_is_kept() {
    for secret in [
        vec![],
        vec![("receipt-key".to_owned(), String::new())],
        vec![("other".to_owned(), "birch".to_owned())],
    ] {
        let dapr = Fake::new();
        *dapr.secret.borrow_mut() = secret;
        let status = place(&dapr, &tea("t-1")).unwrap_err();
        assert_eq!(status.code, Code::FailedPrecondition);
        assert!(status.message.contains("receipt-key"), "{}", status.message);
        assert!(!status.message.contains("birch"), "{}", status.message);
        assert!(dapr.keys().is_empty());
    }
}
