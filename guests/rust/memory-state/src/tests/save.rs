//! What is handed over, and taken over.

use super::*;
use crate::save::{restore, save};

#[test]
fn the_next_store_has_all_items_and_goes_on_with_its_etags() {
    let mut before = store();
    before.set(set("a", "1")).unwrap();
    before.set(set("b", "2").ttl("5")).unwrap();
    let mut next = store();
    restore(&mut next, &save(&before).unwrap()).unwrap();
    assert_eq!(next.held(), before.held());
    assert_eq!(next.get("a"), before.get("a"));
    next.set(set("a", "3")).unwrap();
    assert_ne!(next.get("a").unwrap().etag, before.get("a").unwrap().etag);
    wait(6);
    assert!(next.get("b").is_none());
}

#[test]
fn what_is_in_no_form_that_it_knows_is_not_taken_over() {
    let mut store = store();
    store.set(set("a", "1")).unwrap();
    let mut broken = save(&store).unwrap();
    broken.state.truncate(1);
    assert!(restore(&mut store, &broken).is_err());
    let mut newer = save(&store).unwrap();
    newer.version = "2".to_owned();
    assert!(restore(&mut store, &newer).is_err());
    assert!(store.get("a").is_some());
}
