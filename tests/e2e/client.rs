//! A guest that asks daprd for what it is granted, as an application does.

use crate::{
    sidecar::{STORE, Stand, TYPE},
    support::{self, Setup},
};

#[tokio::test]
async fn what_a_guest_asks_is_answered_by_daprd() {
    let stand = Stand::serving(
        |runner| {
            runner
                .guest("memory", &support::memory("state"))
                .guest("broker", &support::memory("broker"))
        },
        |daprd| {
            daprd
                .resource(STORE, TYPE, &[])
                .resource("pubsub", "pubsub.broker", &[])
        },
    );
    let Some(Stand { daprd, .. }) = &stand.await else {
        return;
    };
    let grants = [
        "state:*",
        "publish:pubsub",
        "invoke:*",
        "binding:*",
        "secret:*",
    ];
    let runner = Setup::new()
        .guest("store", "hostile-prober")
        .env("DAPR_GRPC_PORT", daprd.grpc.to_string())
        .args(grants.map(|grant| format!("--allow-dapr={grant}")))
        .start();
    let mut guest = runner.ready().await;
    let table: [(&str, &[&str]); 14] = [
        ("state.get:store/a", &["none"]),
        ("state.save:store/a,b", &["done"]),
        ("state.get:store/a", &["value Some("]),
        (
            "state.bulk-get:store/b,missing,a",
            &["value Some(", "), none, value Some("],
        ),
        ("state.transact:store/c", &["done"]),
        ("state.get:store/c", &["value Some("]),
        ("state.delete:store/a", &["done"]),
        ("state.delete:store/b,c", &["done"]),
        ("state.bulk-get:store/a,b,c", &["none, none, none"]),
        ("publish:pubsub/orders", &["done"]),
        ("bulk-publish:pubsub/orders", &[""]),
        (
            "state.get:nothing/a",
            &["failed: ", "nothing is not found", "ErrorInfo"],
        ),
        ("invoke:nobody/charge", &["failed: ", "nobody"]),
        ("secrets.get:nothing/a", &["failed: Code::"]),
    ];
    for (call, expected) in table {
        let answer = guest.text(&format!("dapr:{call}")).await;
        let says = |words: &&str| answer.contains(*words);
        assert!(expected.iter().all(says), "{call}: {answer}");
    }
}
