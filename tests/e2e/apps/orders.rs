//! The application of orders behind a daprd, whose store, broker, bindings and secrets are guests of the same runner.

use super::section;
use crate::{
    operator::{build, swapped},
    process::until,
    sidecar::{Daprd, Stand},
    support::{app, broker::Broker, is_built},
};
use serde_json::{Value, json};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

const GUESTS: [&str; 2] = ["rust-orders", "typescript-orders"];

/// What the application asks of Dapr.
const GRANTS: &str = "allow_dapr = ['state:orders', 'publish:pubsub/order.placed', 'binding:mail', 'secret:vault/receipt-key']";

/// The runner with the application `orders` and all that it needs, and its daprd.
struct Shop {
    stand: Stand,
    _secrets: TempDir,
}

impl Shop {
    async fn start(guest: &str) -> Option<Self> {
        Self::with(guest, "", 0).await
    }

    /// With more in the manifest: so many more applications.
    async fn with(guest: &str, more: &str, count: usize) -> Option<Self> {
        let secrets = tempfile::tempdir().unwrap();
        let file = json!({ "receipt-key": "hunter2" }).to_string();
        fs::write(secrets.path().join("secrets.json"), file).unwrap();
        let (port, daprds) = (app::port(), app::port());
        let orders = format!("{GRANTS}\ndapr_endpoint = '127.0.0.1:{daprds}'");
        let dirs = format!(
            "dirs = [{{ host = '{}', guest = '/granted' }}]\n",
            secrets.path().display()
        );
        let manifest = [
            section("memory", "rust-memory-state"),
            section("broker", "rust-memory-broker"),
            section("multi", "rust-multi"),
            section("files", "rust-file-secrets"),
            dirs,
            app::section("orders", guest, port, &orders),
            more.to_owned(),
        ];
        let manifest = manifest.concat();
        let stand = Stand::serving(
            move |runner| runner.manifest(&manifest, 5 + count),
            |daprd| {
                let output = [("direction", "output")];
                let file = [("secretsFile", "/granted/secrets.json")];
                daprd
                    .resource("orders", "state.memory", &[])
                    .resource("pubsub", "pubsub.broker", &[])
                    .resource("mail", "bindings.multi", &output)
                    // Whether it is for input, too, is the application's to say.
                    .resource("inbox", "bindings.multi", &[])
                    .resource("vault", "secretstores.files", &file)
                    .id("orders")
                    .grpc_app(port)
                    .at(daprds)
            },
        );
        Some(Self {
            stand: stand.await?,
            _secrets: secrets,
        })
    }

    fn daprd(&self) -> &Daprd {
        &self.stand.daprd
    }

    /// Sends an order, and gets a receipt.
    async fn place(&self, order: &Value) -> Value {
        let answer = self.daprd().post(PLACE, order).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// What is kept of an order.
    async fn find(&self, id: &str) -> Option<Value> {
        let path = format!("/v1.0/invoke/orders/method/orders/{id}");
        let answer = self.daprd().get(&path).await;
        match answer.status {
            200 => Some(answer.json()),
            404 => None,
            _ => panic!("{answer:?}"),
        }
    }

    /// Waits until it says so of an order. What is told meanwhile may be told again: a subscription begins a moment after daprd.
    async fn becomes(&self, id: &str, state: &str, tell: impl AsyncFn()) {
        until(&format!("{id} is {state}"), async || {
            tell().await;
            let kept = self.find(id).await?;
            (kept[state] == true).then_some(())
        })
        .await;
    }

    async fn bind(&self, binding: &str, operation: &str, key: &str, data: &Value) -> Value {
        let path = format!("/v1.0/bindings/{binding}");
        let request = json!({
            "operation": operation,
            "data": data,
            "metadata": { "key": key },
        });
        let answer = self.daprd().post(&path, &request).await;
        match answer.status {
            200 => json!(answer.text()),
            204 => Value::Null,
            _ => panic!("{answer:?}"),
        }
    }
}

const PLACE: &str = "/v1.0/invoke/orders/method/place";

/// For 10.47.
fn tea(id: &str) -> Value {
    json!({
        "id": id,
        "customer": "ada@example.com",
        "lines": [
            { "item": "Assam", "count": 2, "price": 449 },
            { "item": "Sencha", "count": 1, "price": 149 },
        ],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_kept_told_of_confirmed_by_mail_and_signed_with_the_secret() {
    for guest in GUESTS.into_iter().filter(|guest| is_built(guest)) {
        let Some(shop) = Shop::start(guest).await else {
            return;
        };
        let receipt = shop.place(&tea("t-1")).await;
        let signature = "aadd3e5f7c1d8969250a506ad0a8cabcc841bb5b408e58c20225062e897ece32";
        let expected = json!({ "id": "t-1", "total": 1047, "signature": signature });
        assert_eq!(receipt, expected, "{guest}");
        let again = async || assert_eq!(shop.place(&tea("t-1")).await, expected);
        shop.becomes("t-1", "confirmed", again).await;
        let mail = shop.bind("mail", "get", "mail-t-1", &Value::Null).await;
        let mail = mail.as_str().unwrap();
        assert!(mail.contains("Thank you for your order t-1"), "{mail}");
        assert!(mail.contains("Total: 10.47"), "{mail}");
        // Whoever asks daprd for the state sees the same.
        let kept = shop.daprd().read_of("orders", "t-1").await.json();
        assert_eq!(kept["order"], tea("t-1"));

        // An event of the binding is an order, too.
        let inbox = async || {
            shop.bind("inbox", "create", "any", &tea("t-2")).await;
        };
        shop.becomes("t-2", "confirmed", inbox).await;

        // Many at once.
        let shipped = async || {
            let path = "/v1.0/publish/pubsub/order.shipped";
            for id in ["t-1", "t-2"] {
                shop.daprd().post(path, &json!({ "id": id })).await;
            }
        };
        shop.becomes("t-1", "shipped", shipped).await;
        shop.becomes("t-2", "shipped", shipped).await;

        // What is wrong reaches the caller.
        let refused = shop.daprd().post(PLACE, &json!({ "id": "" })).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        let refused = shop.find("nobody").await;
        assert_eq!(refused, None);

        // What nobody can do anything with goes to the dead letters.
        let channel = crate::support::connect(&shop.stand.sockets().join("broker.sock")).await;
        let mut broker = Broker::new(channel, "pubsub");
        let mut dead = broker.subscribe("order.dead").await.unwrap();
        let path = "/v1.0/publish/pubsub/order.placed?metadata.cloudevent.type=order.placed";
        let unknown = json!({ "id": "nobody" });
        shop.daprd().post(path, &unknown).await.is_empty();
        let letter: Value = serde_json::from_str(&dead.take().await).unwrap();
        assert_eq!(letter["data"], unknown, "{guest}");
        let log = shop.stand.runner.log();
        assert!(!log.contains("hunter2"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_guest_places_an_order_through_a_daprd_of_its_own() {
    let (port, daprds) = (app::port(), app::port());
    let settings =
        format!("allow_dapr = ['invoke:orders/place']\ndapr_endpoint = '127.0.0.1:{daprds}'");
    let front = app::section("front", "hostile-probe-app", port, &settings);
    let Some(shop) = Shop::with("rust-orders", &front, 1).await else {
        return;
    };
    let own = shop.stand.another(|daprd| {
        daprd
            .id("front")
            .knowing(shop.daprd())
            .grpc_app(port)
            .at(daprds)
    });
    let own = own.await;
    let invocation = |order: &Value| {
        json!({ "invoke": { "app": "orders", "request": {
            "method": "place",
            "data": order.to_string().into_bytes(),
            "content_type": "application/json",
            "type_url": null,
            "http": null,
            "headers": [],
        } } })
    };
    let call = "/v1.0/invoke/front/method/call";
    let answer = own.post(call, &invocation(&tea("t-1"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    let receipt: Vec<u8> =
        serde_json::from_value(answer["Ok"]["data"].clone()).unwrap_or_else(|_| panic!("{answer}"));
    let receipt: Value = serde_json::from_slice(&receipt).unwrap();
    assert_eq!(receipt["total"], 1047);
    assert_eq!(shop.find("t-1").await.unwrap()["order"], tea("t-1"));
    // The error of one reaches the other with its details.
    let answer = own
        .post(call, &invocation(&json!({ "id": "" })))
        .await
        .json();
    let failed = &answer["Err"]["Failed"];
    assert_eq!(failed["code"], "InvalidArgument", "{answer}");
    let reason = &failed["details"][0]["ErrorInfo"]["reason"];
    assert_eq!(reason, "ORDER_INVALID", "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swaps_under_load_fail_no_invocation() {
    let Some(shop) = Shop::start("rust-orders").await else {
        return;
    };
    let shop = Arc::new(shop);
    let stop = Arc::new(AtomicBool::new(false));
    let placed = Arc::new(AtomicUsize::new(0));
    let callers = (0..4).map(|caller| {
        let (shop, stop, placed) = (shop.clone(), stop.clone(), placed.clone());
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let id = format!("t-{caller}-{}", placed.fetch_add(1, Ordering::Relaxed));
                assert_eq!(shop.place(&tea(&id)).await["id"], id);
                assert!(shop.find(&id).await.is_some(), "{id}");
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    let folder = tempfile::tempdir().unwrap();
    for number in 0..10 {
        let path = build(folder.path(), "rust-orders", number);
        let runner = &shop.stand.runner;
        let said = tokio::task::block_in_place(|| swapped(runner, "orders", &path));
        assert!(said.contains("generation"), "{said}");
        let before = placed.load(Ordering::Relaxed);
        until("it serves", async || {
            let since = placed.load(Ordering::Relaxed) - before;
            (since >= 8 || callers.iter().any(JoinHandle::is_finished)).then_some(())
        })
        .await;
    }
    stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
}
