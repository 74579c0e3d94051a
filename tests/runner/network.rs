//! Sockets of guests: to the hosts that were granted, and no other.

use crate::support::{Runner, Setup, properties};
use plugbox::proto::dapr::{
    InvokeRequest, OutputBindingInitRequest, output_binding_client::OutputBindingClient,
};
use std::{
    net::{SocketAddr, ToSocketAddrs, UdpSocket},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tonic::Code;

/// A server that answers a line with `pong`, until the test ends.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut line = [0; 5];
            // A client that has gone needs no answer.
            if stream.read_exact(&mut line).await.is_ok() {
                let _ = stream.write_all(b"pong\n").await;
            }
        }
    });
    address
}

async fn probe(granted: &[&str], key: &str) -> (String, Runner) {
    let grants = granted
        .iter()
        .map(|host| format!("--allow-outbound={host}"));
    let setup = Setup::new().guest("store", "hostile-prober").args(grants);
    let runner = setup.start();
    let answer = runner.ready().await.text(key).await;
    (answer, runner)
}

#[tokio::test]
async fn a_guest_connects_to_what_was_granted_and_to_nothing_else() {
    let address = server().await;
    let port = address.port();
    let other = server().await.port();
    let range = format!("tcp://127.0.0.1:{}-{}", port.saturating_sub(1), port);
    let (exact, named) = (
        format!("tcp://{address}"),
        format!("tcp://localhost:{port}"),
    );
    let table: &[(&[&str], String, &str)] = &[
        (&[], format!("127.0.0.1:{port}"), "error: permission denied"),
        (&[&exact], format!("127.0.0.1:{port}"), "pong"),
        (&[&range], format!("127.0.0.1:{port}"), "pong"),
        (&["tcp://self:*"], format!("127.0.0.1:{port}"), "pong"),
        (
            &["tcp://127.0.0.0/8:*"],
            format!("127.0.0.1:{port}"),
            "pong",
        ),
        // What is everywhere is public.
        (
            &["tcp://*:*"],
            format!("127.0.0.1:{port}"),
            "error: permission denied",
        ),
        (&["*://127.0.0.1:*"], format!("127.0.0.1:{port}"), "pong"),
        (
            &[&exact],
            format!("127.0.0.1:{other}"),
            "error: permission denied",
        ),
        (
            &[&exact],
            format!("127.0.0.2:{port}"),
            "error: permission denied",
        ),
        // What is granted over HTTP is not granted to sockets.
        (
            &["http://127.0.0.1:1"],
            "127.0.0.1:1".into(),
            "error: permission denied",
        ),
        // A name speaks for the addresses that it has, once it was looked up.
        (&[&named], format!("localhost:{port}"), "pong"),
        (&[&named], format!("LOCALHOST:{port}"), "pong"),
        (
            &[&named],
            format!("127.0.0.1:{port}"),
            "error: permission denied",
        ),
        // An address is granted by itself, whatever name leads to it.
        (
            &[&exact, "tcp://localhost:1"],
            format!("localhost:{port}"),
            "pong",
        ),
    ];
    for (granted, target, expected) in table {
        let (answer, runner) = probe(granted, &format!("connect:{target}")).await;
        assert_eq!(answer, *expected, "{granted:?} {target}\n{}", runner.log());
        if expected.starts_with("error") {
            runner.logs(&["is refused", "--allow-outbound tcp://", "component=store"]);
        }
    }
}

#[tokio::test]
async fn a_name_that_was_not_granted_is_not_looked_up() {
    let (answer, runner) = probe(&["tcp://127.0.0.1:1"], "connect:localhost:1").await;
    assert!(answer.starts_with("error: "), "{answer}");
    runner.logs(&[
        "a lookup of localhost is refused",
        "--allow-outbound tcp://localhost:PORT",
    ]);
}

/// A name that leads to this machine or a private network, other than `localhost`: this machine's own, by its hosts file.
fn private_name() -> String {
    let own = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let mut names = [own.trim(), "ip6-localhost", "ip6-loopback"].into_iter();
    let name = names.find(|name| (*name, 1).to_socket_addrs().is_ok());
    name.expect("a machine's name has an address").to_owned()
}

#[tokio::test]
async fn a_name_grants_no_private_address_that_it_is_found_to_have() {
    let name = private_name();
    let (by_name, own) = (format!("tcp://{name}:1"), "tcp://self:1");
    let (answer, runner) = probe(&[&by_name], &format!("connect:{name}:1")).await;
    assert_eq!(answer, "error: permission denied", "{}", runner.log());
    runner.logs(&[&format!("where {name} was found to be"), own, "is refused"]);
    let (answer, runner) = probe(&[&by_name, own], &format!("connect:{name}:1")).await;
    assert_eq!(answer, "error: connection refused", "{}", runner.log());
}

#[tokio::test]
async fn a_request_goes_to_no_private_address_that_a_granted_name_has() {
    let name = private_name();
    let url = format!("http://{name}:1");
    for (granted, expected) in [
        (vec!["http://self:1"], Code::PermissionDenied),
        (vec![url.as_str()], Code::PermissionDenied),
        (vec![url.as_str(), "http://self:1"], Code::Unavailable),
    ] {
        let grants = granted
            .iter()
            .map(|host| format!("--allow-outbound={host}"));
        let setup = Setup::new().guest("store", "rust-webhook").args(grants);
        let runner = setup.start();
        let mut client = OutputBindingClient::new(runner.channel("store").await);
        let metadata = properties(&[("url", &url)]);
        let init = OutputBindingInitRequest { metadata };
        client.init(init).await.unwrap();
        let request = InvokeRequest {
            operation: "get".into(),
            ..Default::default()
        };
        let refused = client.invoke(request).await.unwrap_err();
        assert_eq!(refused.code(), expected, "{granted:?} {refused}");
        if expected == Code::PermissionDenied {
            runner.logs(&["is refused", "--allow-outbound http://"]);
        }
    }
}

#[tokio::test]
async fn requests_to_one_server_share_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    // Answers on the first connection, and on no other.
    let server = tokio::spawn(async move {
        let mut stream = BufReader::new(listener.accept().await.unwrap().0);
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap() > 0 {
            if line.ends_with("\r\n\r\n") {
                line.clear();
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(answer).await.unwrap();
            }
        }
    });
    let url = format!("http://{address}");
    let setup = Setup::new().guest("store", "rust-webhook");
    let runner = setup.arg(format!("--allow-outbound={url}")).start();
    let mut client = OutputBindingClient::new(runner.channel("store").await);
    let metadata = properties(&[("url", &url)]);
    let init = OutputBindingInitRequest { metadata };
    client.init(init).await.unwrap();
    for _ in 0..3 {
        let operation = "get".into();
        let request = InvokeRequest {
            operation,
            ..Default::default()
        };
        client.invoke(request).await.unwrap();
    }
    drop(runner);
    server.await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_told_once() {
    let (_, runner) = probe(&[], "connect:127.0.0.1:1").await;
    let mut store = runner.store("store", "another").await;
    store.init(&[]).await.unwrap();
    for _ in 0..10 {
        store.text("connect:127.0.0.1:1").await;
    }
    store.text("connect:127.0.0.1:2").await;
    runner.logs(&["tcp://127.0.0.1:2"]);
    let told = runner.log().matches("tcp://127.0.0.1:1").count();
    assert_eq!(told, 1, "{}", runner.log());
}

#[tokio::test]
async fn datagrams_go_where_they_were_granted() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut datagram = [0; 64];
        while let Ok((_, from)) = socket.recv_from(&mut datagram) {
            let _ = socket.send_to(b"pong", from);
        }
    });
    let granted = format!("udp://{address}");
    let (answer, _) = probe(&[&granted], &format!("send:{address}")).await;
    assert_eq!(answer, "pong");
    let (answer, runner) = probe(&["udp://127.0.0.1:1"], &format!("send:{address}")).await;
    assert_eq!(answer, "error: permission denied");
    runner.logs(&["is refused", &granted]);
    let (answer, _) = probe(&["tcp://*:*"], &format!("send:{address}")).await;
    assert_eq!(answer, "error: permission denied");
}

#[tokio::test]
async fn nobody_can_connect_to_a_guest() {
    for address in ["0.0.0.0:0", "127.0.0.1:0", "[::]:0"] {
        let (answer, runner) =
            probe(&["*://*:*", "*://self:*"], &format!("listen:{address}")).await;
        assert_eq!(answer, "error: permission denied", "{address}");
        runner.logs(&["listening on ", "is refused", "--allow-listen "]);
    }
}

#[tokio::test]
async fn a_guest_listens_where_that_was_granted_and_nowhere_else() {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let (granted, other) = (free().unwrap(), free().unwrap());
    let setup = Setup::new().guest("store", "hostile-prober");
    let runner = setup.arg(format!("--allow-listen={granted}")).start();
    let mut store = runner.ready().await;
    let denied = store.text(&format!("listen:{other}")).await;
    assert_eq!(denied, "error: permission denied");
    let knock = tokio::spawn(async move {
        loop {
            if let Ok(mut stream) = TcpStream::connect(granted).await {
                return stream.write_all(b"knock\n").await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert_eq!(store.text(&format!("listen:{granted}")).await, "knock");
    knock.await.unwrap().unwrap();
}
