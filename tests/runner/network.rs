//! Sockets of guests: to the hosts that were granted, and no other.

use crate::support::{Runner, Setup};
use std::net::{SocketAddr, UdpSocket};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

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
        (&["tcp://*:*"], format!("127.0.0.1:{port}"), "pong"),
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
        let (answer, _) = probe(&["*://*:*"], &format!("listen:{address}")).await;
        assert_eq!(answer, "error: permission denied", "{address}");
    }
}
