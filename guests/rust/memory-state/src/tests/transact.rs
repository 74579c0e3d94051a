//! Transactions: in order, and all or nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::bindings::exports::dapr::components::transactional_state_store::Operation;

#[test]
fn a_later_operation_sees_what_an_earlier_one_did() {
    let mut store = store();
    store.set(set("a", "old")).unwrap();
    let first = |key, value| Operation::Set(set(key, value).concurrency(Concurrency::FirstWrite));
    store
        .transact(vec![
            Operation::Delete(delete("a")),
            first("a", "new"),
            first("b", "1"),
            Operation::Delete(delete("b")),
            first("b", "2"),
            Operation::Delete(delete("b")),
            Operation::Set(set("c", "3").ttl("10")),
        ])
        .unwrap();
    assert_eq!(store.text("a").as_deref(), Some("new"));
    assert_eq!(store.text("b"), None);
    assert_eq!(store.text("c").as_deref(), Some("3"));
    wait(10);
    assert_eq!(store.text("c"), None);
    store.transact(Vec::new()).unwrap();
}

#[test]
fn a_failure_undoes_what_went_before() {
    let mut store = store();
    store.set(set("a", "1").ttl("10")).unwrap();
    store.set(set("b", "2")).unwrap();
    let before = (store.get("a"), store.get("b"), store.held());
    let work = |last: Operation| {
        vec![
            Operation::Set(set("a", "x")),
            Operation::Set(set("a", "y").ttl("5")),
            Operation::Delete(delete("b")),
            Operation::Set(set("b", "z").ttl("5")),
            Operation::Set(set("c", "new")),
            Operation::Delete(delete("a")),
            last,
        ]
    };
    let first_write = set("b", "w").concurrency(Concurrency::FirstWrite);
    assert!(is_mismatch(
        store.transact(work(Operation::Set(first_write)))
    ));
    assert!(is_mismatch(
        store.transact(work(Operation::Delete(delete("d").etag("1"))))
    ));
    assert!(is_invalid_etag(store.transact(work(Operation::Delete(
        delete("c").etag("bad-etag")
    )))));
    refusal(store.transact(work(Operation::Set(set("c", "w").ttl("foo")))));
    assert_eq!((store.get("a"), store.get("b"), store.held()), before);
    wait(10);
    assert!(store.get("a").is_none(), "its expiry is back too");
}

/// One step of a random history. Etags: right, wrong or none.
#[derive(Clone, Debug)]
struct Step {
    key: u8,
    value: Option<u8>,
    etag: Option<bool>,
    first_write: bool,
    ttl: Option<u8>,
}

fn step() -> impl Strategy<Value = Step> {
    let etag = prop_oneof![6 => Just(None), 1 => Just(Some(true)), 1 => Just(Some(false))];
    let first_write = prop_oneof![5 => Just(false), 1 => Just(true)];
    let fields = (
        0..6u8,
        any::<Option<u8>>(),
        etag,
        first_write,
        proptest::option::of(1..6u8),
    );
    fields.prop_map(|(key, value, etag, first_write, ttl)| Step {
        key,
        value,
        etag,
        first_write,
        ttl,
    })
}

impl Step {
    /// The operation, with etags as they are when the transaction begins.
    fn operation(&self, store: &Store) -> Operation {
        let key = format!("k{}", self.key);
        let etag = match self.etag {
            Some(true) => store.get(&key).and_then(|item| item.etag),
            Some(false) => Some("1".to_owned()),
            None => None,
        };
        let Some(value) = self.value else {
            let mut request = delete(&key);
            request.etag = etag;
            return Operation::Delete(request);
        };
        let mut request = set(&key, &value.to_string());
        request.etag = etag;
        if self.first_write {
            request.concurrency = Concurrency::FirstWrite;
        }
        match self.ttl {
            Some(seconds) => Operation::Set(request.ttl(&seconds.to_string())),
            None => Operation::Set(request),
        }
    }
}

type Snapshot = BTreeMap<String, (Vec<u8>, Option<String>, Vec<(String, String)>)>;

fn snapshot(store: &Store, with_etags: bool) -> Snapshot {
    let keys = (0..6).map(|key| format!("k{key}"));
    let items = keys.filter_map(|key| store.get(&key).map(|item| (key, item)));
    items
        .map(|(key, item)| {
            let etag = item.etag.filter(|_| with_etags);
            (key, (item.value, etag, item.metadata))
        })
        .collect()
}

proptest! {
    #[test]
    fn a_transaction_does_all_or_nothing(
        history in prop::collection::vec((prop::collection::vec(step(), 0..8), 0..3u64), 1..12)
    ) {
        NOW.set(1_000_000);
        let mut store = store();
        for (steps, pause) in history {
            let operations: Vec<_> = steps.iter().map(|step| step.operation(&store)).collect();
            let before = snapshot(&store, true);
            match store.transact(operations) {
                Err(_) => prop_assert_eq!(snapshot(&store, true), before),
                // What it left is what each operation by itself would have left.
                Ok(()) => {
                    let mut expected = before.clone();
                    for step in &steps {
                        let key = format!("k{}", step.key);
                        match step.value {
                            None => { expected.remove(&key); }
                            Some(value) => {
                                let expiry = step.ttl.map(|ttl| Moment::from_milliseconds(
                                    (NOW.get() + u64::from(ttl)) * 1000));
                                let metadata = expiry.iter()
                                    .map(|expiry| ("ttlExpireTime".to_owned(), expiry.to_string()))
                                    .collect();
                                expected.insert(key, (value.to_string().into_bytes(), None, metadata));
                            }
                        }
                    }
                    for item in expected.values_mut() {
                        item.1 = None;
                    }
                    prop_assert_eq!(snapshot(&store, false), expected);
                }
            }
            let (held, expiring) = store.held();
            prop_assert!(held <= 6 && expiring <= held);
            wait(pause);
        }
    }
}
