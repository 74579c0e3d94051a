//! Several applications at one broker, and processes that end while messages are under way.

use crate::{
    app::{App, OK, Reply},
    process::until,
    pub_sub::{BROKER, at_first, broker, data, publish, stand, subscribed, subscription},
    sidecar::{Setup, Stand},
};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::watch;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_application_gets_every_message() {
    let (one, two) = (App::start().await, App::start().await);
    let Some(stand) = stand(&one, &[], &["orders"]).await else {
        return;
    };
    let other = stand
        .another(|daprd| broker(daprd, &two, &[], &["orders"]).flag("--app-id=other"))
        .await;
    subscribed(&other, &two, "orders").await;
    for (daprd, message) in [(&stand.daprd, "from one"), (&other, "from the other")] {
        publish(daprd, "orders", &json!(message)).await;
    }
    for app in [&one, &two] {
        let calls = app.called("/orders", 2).await;
        assert_eq!(data(&calls), ["from one", "from the other"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscriptions_that_name_groups_of_their_own_each_get_every_message() {
    let (one, two) = (App::start().await, App::start().await);
    let in_group = |daprd, app, name: &str| {
        let resource = subscription("orders", json!({ "consumerID": name }));
        broker(daprd, app, &[], &[]).document(name, &resource)
    };
    let Some(stand) = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| in_group(daprd, &one, "one"),
    )
    .await
    else {
        return;
    };
    // Of the same application, so that nothing but the group tells them apart.
    let copy = stand.another(|daprd| in_group(daprd, &two, "two")).await;
    subscribed(&stand.daprd, &one, "orders").await;
    subscribed(&copy, &two, "orders").await;
    publish(&stand.daprd, "orders", &json!("for both")).await;
    for app in [&one, &two] {
        assert_eq!(data(&app.called("/orders", 1).await), ["for both"]);
    }
}

/// Two applications with the same resources, one of them called `other`, are one group: each message goes to one of them.
async fn share(other: &str, resources: impl Fn(Setup, &App) -> Setup) {
    let (finish, time) = watch::channel(false);
    let busy = App::of(json!([]), move |_, before| match before {
        0 => Reply::Once(time.clone()),
        _ => Reply::Never,
    })
    .await;
    let idle = App::of(json!([]), |_, before| match before {
        0..9 => OK,
        _ => Reply::Never,
    })
    .await;
    let Some(stand) = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| resources(daprd, &busy),
    )
    .await
    else {
        return;
    };
    subscribed(&stand.daprd, &busy, "orders").await;
    publish(&stand.daprd, "orders", &json!(0)).await;
    busy.called("/orders", 1).await;
    let other = stand
        .another(|daprd| resources(daprd, &idle).flag(format!("--app-id={other}")))
        .await;
    for number in 1..10 {
        publish(&other, "orders", &json!(number)).await;
    }
    let calls = idle.called("/orders", 9).await;
    let rest: Vec<_> = (1..10).map(Value::from).collect();
    assert_eq!(data(&calls), rest);
    // From now on each takes one more and is busy with it. For the one that was busy, nothing before has waited.
    finish.send_replace(true);
    for message in ["for one", "for the other"] {
        publish(&other, "orders", &json!(message)).await;
    }
    let mut last = data(&busy.called("/orders", 2).await[1..]);
    last.extend(data(&idle.called("/orders", 10).await[9..]));
    assert!(last.contains(&json!("for one")), "{last:?}");
    assert!(last.contains(&json!("for the other")), "{last:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_an_application_share_its_messages() {
    share("app", |daprd, app| broker(daprd, app, &[], &["orders"])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications_whose_components_name_one_group_share_its_messages() {
    let group = [("consumerID", "ours")];
    share("other", |daprd, app| {
        broker(daprd, app, &group, &["orders"])
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications_whose_subscriptions_name_one_group_share_its_messages() {
    let resource = subscription("orders", json!({ "consumerID": "ours" }));
    share("other", |daprd, app| {
        broker(daprd, app, &[], &[]).document("orders", &resource)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_traps_keeps_its_subscriptions() {
    let app = App::start().await;
    let Some(stand) = Stand::serving(
        |runner| runner.guest("broker", "hostile-rude-broker"),
        |daprd| broker(daprd, &app, &[], &["orders"]),
    )
    .await
    else {
        return;
    };
    subscribed(&stand.daprd, &app, "orders").await;
    let path = format!("/v1.0/publish/{BROKER}/trap");
    let answer = stand.daprd.post(&path, &json!("bang")).await;
    assert_eq!(answer.status, 500, "{answer:?}");
    // The new instance has the subscription, without any help of daprd's.
    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("after")).await;
    assert_eq!(data(&app.called("/orders", 1).await), ["after"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_dropped_goes_to_the_dead_letters() {
    let drop = Reply::With(200, r#"{"status":"DROP"}"#);
    let app = App::of(json!([]), at_first(1, drop)).await;
    let mut resource = subscription("orders", json!({}));
    resource["spec"]["deadLetterTopic"] = json!("dead");
    let Some(stand) = Stand::serving(
        |runner| runner.guest("broker", &crate::support::memory("broker")),
        |daprd| broker(daprd, &app, &[], &["dead"]).document("orders", &resource),
    )
    .await
    else {
        return;
    };
    for topic in ["orders", "dead"] {
        subscribed(&stand.daprd, &app, topic).await;
    }
    for message in ["bad", "good"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    assert_eq!(data(&app.called("/orders", 2).await), ["bad", "good"]);
    assert_eq!(data(&app.called("/dead", 1).await), ["bad"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_not_acknowledged_goes_to_the_next_daprd() {
    let app = App::of(json!([]), at_first(1, Reply::Never)).await;
    let Some(mut stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    for message in ["under way", "next"] {
        publish(&stand.daprd, "orders", &json!(message)).await;
    }
    app.called("/orders", 1).await;
    stand.daprd = stand.daprd.restart().await;
    let calls = app.called("/orders", 3).await;
    assert_eq!(data(&calls), ["under way", "under way", "next"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_while_no_daprd_runs_for_the_application_waits_for_it() {
    let (one, two) = (App::start().await, App::start().await);
    let Some(mut stand) = stand(&one, &[], &["orders"]).await else {
        return;
    };
    let other = stand
        .another(|daprd| broker(daprd, &two, &[], &[]).flag("--app-id=other"))
        .await;
    stand.daprd.end();
    publish(&other, "orders", &json!("meanwhile")).await;
    assert!(one.calls("/orders").is_empty());
    stand.daprd = stand.daprd.restart().await;
    let calls = one.called("/orders", 1).await;
    assert_eq!(data(&calls), ["meanwhile"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_resource_brings_back_the_subscriptions_at_a_runner_that_was_started_again()
{
    let app = App::start().await;
    let Some(mut stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    stand.restart_runner();
    let again = [("started", "again")];
    stand.daprd.save_resource(BROKER, "pubsub.broker", &again);
    subscribed(&stand.daprd, &app, "orders").await;
    publish(&stand.daprd, "orders", &json!("new")).await;
    let calls = app.called("/orders", 1).await;
    assert_eq!(data(&calls), ["new"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_ends_while_applications_are_subscribed_and_publishing_then_fails() {
    let app = App::start().await;
    let Some(mut stand) = stand(&app, &[], &["orders"]).await else {
        return;
    };
    publish(&stand.daprd, "orders", &json!("before")).await;
    app.called("/orders", 1).await;
    stand.runner.signal(Signal::TERM);
    let path = format!("/v1.0/publish/{BROKER}/orders");
    let refused = until("publishing fails", async || {
        let answer = stand.daprd.post(&path, &json!("late")).await;
        (answer.status != 204).then_some(answer)
    })
    .await;
    refused.is_error(500, &["Unavailable"]);
    let (status, _) = stand.runner.wait();
    assert!(status.success(), "{status}");
}
