//! Guests that wait for daprd, which takes its time, is away, or comes back.

use super::*;
use crate::{
    operator::usage,
    support::{PATIENCE, eventually},
};
use tokio::time::timeout;

#[tokio::test]
async fn calls_of_many_guests_are_under_way_at_once() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .arg("--instances=4")
        .start();
    let store = runner.ready().await;
    let calls: Vec<_> = (0..4)
        .map(|number| begin(&store, &format!("state.get:orders/hold-{number}")))
        .collect();
    daprd.was_asked(4).await;
    daprd.release(4);
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), format!(r#"hold-{number} Some("7")"#));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_one_of_many_guests_goes_to_the_one_that_is_free_first() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .args(["--instances=2", "--timeout=10m", "--dapr-timeout=10m"])
        .start();
    let store = runner.ready().await;
    let held = [0, 1].map(|_| begin(&store, "state.get:orders/hold"));
    daprd.was_asked(2).await;
    let waiting: Vec<_> = (0..8)
        .map(|_| begin(&store, "state.get:orders/a"))
        .collect();
    eventually("all of them wait", || {
        (usage(&runner)["queue"] == 8).then_some(())
    });
    daprd.release(1);
    for call in waiting {
        let answer = timeout(PATIENCE, call).await;
        assert_eq!(answer.unwrap().unwrap(), r#"a Some("7")"#);
    }
    // All of them in one guest, for the other is still at work.
    assert!(!held.iter().all(|call| call.is_finished()));
    daprd.release(1);
    for call in held {
        call.await.unwrap();
    }
}

#[tokio::test]
async fn a_guest_that_waits_for_dapr_keeps_no_neighbour_waiting() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .guest("neighbour", "hostile-prober")
        .start();
    let mut store = runner.ready().await;
    // More than there are threads that serve connections.
    let mut waiting = Vec::new();
    for number in 0..8 {
        let mut one = runner.store("store", &number.to_string()).await;
        one.init(&[]).await.unwrap();
        waiting.push(begin(&one, "state.get:orders/hold"));
    }
    daprd.was_asked(8).await;
    assert_eq!(
        ask(&mut store, "state.get:orders/a").await,
        r#"a Some("7")"#
    );
    let mut neighbour = runner.store("neighbour", "").await;
    neighbour.init(&[]).await.unwrap();
    assert_eq!(neighbour.text("out:hello").await, "done");
    assert!(waiting.iter().all(|call| !call.is_finished()));
    daprd.release(8);
    for call in waiting {
        assert_eq!(call.await.unwrap(), r#"hold Some("7")"#);
    }
}

#[tokio::test]
async fn a_guest_that_waits_for_dapr_costs_nothing() {
    let daprd = Daprd::start();
    let runner = prober(&daprd.endpoint, &["state:orders"])
        .args(["--timeout=10m", "--dapr-timeout=10m"])
        .start();
    let store = runner.ready().await;
    let call = begin(&store, "state.get:orders/hold");
    daprd.was_asked(1).await;
    runner.rests();
    daprd.release(1);
    assert_eq!(call.await.unwrap(), r#"hold Some("7")"#);
}

#[tokio::test]
async fn daprd_may_come_late_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("daprd.sock");
    let endpoint = format!("unix:{}", socket.display());
    let runner = prober(&endpoint, &["state:orders"]).start();
    let mut store = runner.ready().await;
    let away = format!(
        "failed: Code::Unavailable: daprd is not reached at {endpoint} (--dapr-endpoint, or dapr_endpoint in the manifest): "
    );
    for _ in 0..2 {
        for _ in 0..3 {
            let answer = ask(&mut store, "state.get:orders/a").await;
            assert!(answer.starts_with(&away), "{answer}");
        }
        let daprd = Daprd::on(&socket);
        assert_eq!(
            ask(&mut store, "state.get:orders/a").await,
            r#"a Some("7")"#
        );
        let call = begin(&store, "state.get:orders/hold");
        daprd.was_asked(2).await;
        drop(daprd);
        let answer = call.await.unwrap();
        let broken_off =
            format!("failed: Code::Unavailable: daprd at {endpoint} has broken off the call: ");
        assert!(answer.starts_with(&broken_off), "{answer}");
    }
    let log = runner.log();
    let told = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    assert_eq!(told("daprd is not reached at"), 2, "{log}");
    assert_eq!(told("daprd is reached again at"), 2, "{log}");
}

#[tokio::test]
async fn a_port_where_nobody_is_says_so_with_the_setting() {
    let runner = prober("127.0.0.1:1", &["state:orders"]).start();
    let mut store = runner.ready().await;
    let answer = ask(&mut store, "state.get:orders/a").await;
    assert!(
        answer.starts_with(
            "failed: Code::Unavailable: daprd is not reached at 127.0.0.1:1 (--dapr-endpoint, or dapr_endpoint in the manifest): \
             Connection refused"
        ),
        "{answer}"
    );
}

#[tokio::test]
async fn over_tls_daprd_hears_nothing_before_it_has_shown_a_certificate() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let runner = prober(&endpoint, &["state:orders"])
        .env("DAPR_API_TOKEN", "hunter2")
        .start();
    let store = runner.ready().await;
    let call = begin(&store, "state.get:orders/a");
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut heard = [0; 5];
    stream.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard[..2], [0x16, 0x03], "a handshake of TLS");
    stream.write_all(b"this is no TLS").await.unwrap();
    let answer = call.await.unwrap();
    let away = format!("failed: Code::Unavailable: daprd is not reached at {endpoint} (");
    assert!(answer.starts_with(&away), "{answer}");
}
