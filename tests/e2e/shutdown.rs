//! A daprd that is told to end while messages are under way. The runner stays.
//!
//! With a flag for that, daprd first calls Pause, lets its application finish what it has begun, and serves for a while longer
//! before it ends. It never calls Resume.

use crate::{
    app::{App, OK, Reply},
    process::until,
    pub_sub::{at_first, broker, data, publish, stand, subscribed},
    sidecar::{Daprd, Setup, Stand},
};
use serde_json::{Value, json};
use tokio::sync::watch;

/// How long daprd serves on after the Pause.
const BLOCK: &str = "--dapr-block-shutdown-duration=1s";

/// A broker, and a daprd that pauses before it ends, with an application that is subscribed to `orders`.
async fn pausing(app: &App) -> Option<Stand> {
    let stand = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| broker(daprd, app, &[], &["orders"]).flag(BLOCK),
    )
    .await?;
    subscribed(&stand.daprd, app, "orders").await;
    Some(stand)
}

async fn is_paused(stand: &Stand) {
    until("a Pause", async || {
        let log = stand.runner.log();
        log.contains("messages are held").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_application_has_begun_is_finished_and_all_else_waits_for_the_next_daprd() {
    let (finish, time) = watch::channel(false);
    let app = App::of(json!([]), at_first(1, Reply::Once(time))).await;
    let Some(mut stand) = pausing(&app).await else {
        return;
    };
    for message in ["begun", "waiting"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    app.called("/orders", 1).await;
    stand.daprd.terminate();
    is_paused(&stand).await;
    publish(&stand.daprd, "orders", &json!("late")).await;
    finish.send_replace(true);
    stand.daprd.ended().await;
    assert_eq!(data(&app.calls("/orders")), ["begun"]);
    stand.daprd = stand.daprd.restart().await;
    let rest = ["begun", "waiting", "late"];
    assert_eq!(data(&app.called("/orders", 3).await), rest);
    // And none of them again.
    publish(&stand.daprd, "orders", &json!("last")).await;
    let calls = app.called("/orders", 4).await;
    assert_eq!(data(&calls)[3], "last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daprd_that_pauses_holds_back_no_other_application() {
    let (_finish, time) = watch::channel(false);
    let ending = App::of(json!([]), at_first(1, Reply::Once(time))).await;
    let Some(stand) = pausing(&ending).await else {
        return;
    };
    let app = App::start().await;
    let other = stand
        .another(|daprd| broker(daprd, &app, &[], &["orders"]).flag("--app-id=other"))
        .await;
    subscribed(&other, &app, "orders").await;
    publish(&other, "orders", &json!("before")).await;
    ending.called("/orders", 1).await;
    stand.daprd.terminate();
    is_paused(&stand).await;
    publish(&other, "orders", &json!("after")).await;
    let calls = app.called("/orders", 2).await;
    assert_eq!(data(&calls), ["before", "after"]);
    assert_eq!(data(&ending.calls("/orders")), ["before"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_application_does_not_finish_in_time_goes_to_the_next_daprd() {
    let app = App::of(json!([]), at_first(1, Reply::Never)).await;
    let Some(mut stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    for message in ["under way", "next"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    app.called("/orders", 1).await;
    stand.daprd.terminate();
    stand.daprd.ended().await;
    stand.daprd = stand.daprd.restart().await;
    let calls = app.called("/orders", 3).await;
    assert_eq!(data(&calls), ["under way", "under way", "next"]);
}

/// Messages flow while one daprd ends and another takes its place. All arrive in their order, and again only those few
/// whose acknowledgement the end may have cut off.
async fn flow(ending: impl FnOnce(Setup) -> Setup, again: usize) {
    const COUNT: usize = 100;
    let app = App::of(json!([]), |_, _| OK).await;
    let Some(stand) = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| ending(broker(daprd, &app, &[], &["orders"])),
    )
    .await
    else {
        return;
    };
    subscribed(&stand.daprd, &app, "orders").await;
    let idle = App::start().await;
    let publisher = stand
        .another(|daprd| broker(daprd, &idle, &[], &[]).flag("--app-id=publisher"))
        .await;
    let publishing = async {
        for number in 0..COUNT {
            publish(&publisher, "orders", &json!(number)).await;
        }
    };
    let changing = async {
        app.called("/orders", 5).await;
        change(stand.daprd).await
    };
    let ((), daprd) = tokio::join!(publishing, changing);
    publish(&daprd, "orders", &json!("end")).await;
    let mut got = until("the last message", async || {
        let got = data(&app.calls("/orders"));
        got.contains(&json!("end")).then_some(got)
    })
    .await;
    let count = got.len();
    got.dedup();
    let all: Vec<_> = (0..COUNT).map(Value::from).chain([json!("end")]).collect();
    assert_eq!(got, all);
    assert!(
        count - got.len() <= again,
        "{} came again",
        count - got.len()
    );
}

/// One daprd ends, and then another begins.
async fn change(mut daprd: Daprd) -> Daprd {
    daprd.terminate();
    daprd.ended().await;
    daprd.restart().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_is_lost_while_one_daprd_takes_the_place_of_another() {
    // One is out at a time.
    flow(|daprd| daprd, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_comes_twice_when_the_daprd_before_has_paused() {
    flow(|daprd| daprd.flag(BLOCK), 0).await;
}
