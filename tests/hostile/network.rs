//! Guests that connect where they may not, or too often.

use crate::siege::{MIB, Siege};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server that counts its connections and does something with each, until the test ends.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start<F: Future<Output = ()> + Send>(
        address: &str,
        serve: impl Fn(TcpStream) -> F + Send + Sync + Clone + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let port = listener.local_addr()?.port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                let serve = serve.clone();
                tokio::spawn(async move { serve(stream).await });
            }
        });
        Ok(Self { port, connections })
    }

    /// Answers a line, or a request by HTTP, in the same way: the connection is what matters.
    async fn pong(address: &str) -> std::io::Result<Self> {
        Self::start(address, |stream| answer(stream, "pong\n".to_owned())).await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn answer(mut stream: TcpStream, answer: String) {
    let mut request = [0; 4096];
    // A client that has gone needs no answer.
    let _ = stream.read(&mut request).await;
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// Ways to write the address of this machine, or to reach it; `PORT` is the server's.
const FORMS: [&str; 18] = [
    "127.0.0.1:PORT",
    "127.0.0.2:PORT",
    "127.1:PORT",
    "0x7f.0.0.1:PORT",
    "0177.0.0.1:PORT",
    "2130706433:PORT",
    "0.0.0.0:PORT",
    "0:PORT",
    "[::1]:PORT",
    "[::]:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "[::ffff:7f00:1]:PORT",
    "[::127.0.0.1]:PORT",
    "[64:ff9b::7f00:1]:PORT",
    "localhost:PORT",
    "LOCALHOST:PORT",
    "localhost.:PORT",
    "ip6-localhost:PORT",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_to_write_an_address_leads_to_what_was_not_granted() {
    let server = Server::pong("0.0.0.0:0").await.unwrap();
    // Where there is no IPv6, its forms lead nowhere anyway.
    let six = Server::pong(&format!("[::1]:{}", server.port)).await.ok();
    let granted: [&[&str]; 4] = [
        &[],
        &["tcp://10.0.0.1:*", "udp://127.0.0.1:*"],
        &["tcp://*.example.com:*", "http://*:*"],
        &["tcp://127.0.0.3:*"],
    ];
    for granted in granted {
        let grants = granted
            .iter()
            .map(|host| format!("--allow-outbound={host}"));
        let siege = Siege::with(|setup| setup.guest("prober", "hostile-prober").args(grants)).await;
        let mut store = siege.runner.store("prober", "").await;
        store.init(&[]).await.unwrap();
        let attack = async {
            for form in FORMS {
                let address = form.replace("PORT", &server.port.to_string());
                for verb in ["connect", "send"] {
                    if verb == "send" && granted.contains(&"udp://127.0.0.1:*") {
                        continue;
                    }
                    let answer = store.text(&format!("{verb}:{address}")).await;
                    assert!(
                        answer.starts_with("error: "),
                        "{granted:?} {verb} {address}: {answer}"
                    );
                }
            }
        };
        siege.withstands(16 * MIB, attack).await;
        assert_eq!(server.connections(), 0, "{granted:?}");
        assert_eq!(six.as_ref().map_or(0, Server::connections), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_granted_in_one_form_is_not_reached_in_another_one_by_mistake() {
    let server = Server::pong("127.0.0.1:0").await.unwrap();
    let grant = format!("--allow-outbound=tcp://127.0.0.1:{}", server.port);
    let siege = Siege::with(|setup| setup.guest("prober", "hostile-prober").arg(grant)).await;
    let mut store = siege.runner.store("prober", "").await;
    store.init(&[]).await.unwrap();
    let address = format!("connect:127.0.0.1:{}", server.port);
    assert_eq!(store.text(&address).await, "pong");
    for form in FORMS.iter().filter(|form| **form != "127.0.0.1:PORT") {
        let address = form.replace("PORT", &server.port.to_string());
        let answer = store.text(&format!("connect:{address}")).await;
        // It is refused, or it is the very address that was granted.
        assert!(
            answer.starts_with("error: ") || answer == "pong",
            "{address}: {answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_leads_only_to_what_was_granted() {
    let ok = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret";
    let inner = Server::start("127.0.0.1:0", move |stream| answer(stream, ok.to_owned()));
    let inner = inner.await.unwrap();
    let location = format!("http://127.0.0.1:{}", inner.port);
    let found = format!(
        "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let outer = Server::start("127.0.0.1:0", move |stream| answer(stream, found.clone()));
    let outer = outer.await.unwrap();
    let granted = format!("--allow-outbound=http://127.0.0.1:{}", outer.port);
    let key = format!("127.0.0.1:{}", outer.port);
    let siege = Siege::with(|setup| setup.arg(&granted)).await;
    let mut store = siege.store("redirect").await;
    let answer = siege.withstands(16 * MIB, store.text(&key)).await;
    assert!(answer.starts_with("error: "), "{answer}");
    assert!(answer.contains("HttpRequestDenied"), "{answer}");
    assert_eq!((outer.connections(), inner.connections()), (1, 0));
    siege.runner.logs(&["is refused", &location]);
    // With both, it is followed: what was refused was the second host.
    let both = format!("--allow-outbound={location}");
    let siege = Siege::with(|setup| setup.arg(&granted).arg(both)).await;
    let mut store = siege.store("redirect").await;
    assert_eq!(store.text(&key).await, "secret");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_connections_are_refused_and_closed_with_their_instance() {
    too_many("thousand-connections", "tcp").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_at_once_are_refused_and_ended_with_their_instance() {
    too_many("thousand-requests", "http").await;
}

async fn too_many(attack: &str, scheme: &str) {
    let server = Server::start("127.0.0.1:0", |stream| async move {
        let (mut stream, mut request) = (stream, Vec::new());
        // No answer, until the client has gone.
        let _ = stream.read_to_end(&mut request).await;
    });
    let server = server.await.unwrap();
    let address = format!("127.0.0.1:{}", server.port);
    let grant = format!("--allow-outbound={scheme}://{address}");
    let siege = Siege::with(|setup| setup.arg(grant)).await;
    let mut store = siege.store(attack).await;
    let before = siege.runner.descriptors();
    let attack = async {
        let begun: usize = store.text(&address).await.parse().unwrap();
        assert!(begun > 0);
        let held = siege.runner.descriptors();
        // A neighbour's new client is served meanwhile.
        siege
            .runner
            .store("neighbour", "")
            .await
            .get("key")
            .await
            .unwrap();
        store.set("", "").await.unwrap_err();
        held
    };
    let held = siege.withstands(64 * MIB, attack).await;
    let connections = server.connections();
    assert!((1..500).contains(&connections), "{connections}");
    assert!(held < before + 500, "{held}, and {before} before");
    siege.closes(before);
}
