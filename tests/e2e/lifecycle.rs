//! Several resources, resources that change, and processes that end before the others.

use crate::{
    http::Answer,
    process::until,
    sidecar::{Daprd, STORE, Setup, Stand, TYPE},
};
use serde_json::json;

/// Writes a value to a resource's store under `key`.
async fn write(daprd: &Daprd, resource: &str, value: &str) {
    let items = json!([{ "key": "key", "value": value }]);
    daprd.save_to(resource, items).await.is_empty();
}

#[track_caller]
fn is(answer: &Answer, value: &str) {
    assert_eq!((answer.status, answer.json()), (200, json!(value)));
}

/// Until the runner has served Init for a resource so many times, and no more.
async fn initialised(stand: &Stand, resource: &str, times: usize) {
    until("Init", async || {
        let served = stand.inits(resource);
        assert!(served <= times, "{served} times for {resource}");
        (served == times).then_some(())
    })
    .await;
}

/// Until daprd's calls reach the runner that was started again.
async fn reaches_the_new_one(stand: &Stand) {
    until("the new process answers", async || {
        let answer = stand.daprd.read("key").await;
        answer.is_error(500, &[]);
        // Before it tries to connect again, daprd waits a little.
        answer.text().contains("came before Init").then_some(())
    })
    .await;
}

fn two(daprd: Setup) -> Setup {
    daprd.resource("red", TYPE, &[]).resource("blue", TYPE, &[])
}

#[tokio::test]
async fn two_resources_of_one_type_are_two_stores() {
    let Some(stand) = Stand::of(two).await else {
        return;
    };
    write(&stand.daprd, "red", "of red").await;
    stand.daprd.read_of("blue", "key").await.is_empty();
    write(&stand.daprd, "blue", "of blue").await;
    is(&stand.daprd.read_of("red", "key").await, "of red");
    is(&stand.daprd.read_of("blue", "key").await, "of blue");
}

#[tokio::test]
async fn a_resource_that_is_added_while_daprd_runs_is_served() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    write(&stand.daprd, STORE, "old").await;
    stand.daprd.save_resource("added", TYPE, &[]);
    until("the added resource is there", async || {
        let answer = stand.daprd.read_of("added", "key").await;
        (answer.status == 204).then_some(())
    })
    .await;
    write(&stand.daprd, "added", "new").await;
    is(&stand.daprd.read("key").await, "old");
}

#[tokio::test]
async fn a_resource_that_is_removed_and_added_again_finds_its_data() {
    let Some(stand) = Stand::of(two).await else {
        return;
    };
    write(&stand.daprd, "red", "kept").await;
    stand.daprd.remove_resource("red");
    until("the resource is gone", async || {
        let answer = stand.daprd.read_of("red", "key").await;
        answer.text().contains("not found").then_some(())
    })
    .await;
    stand.daprd.read_of("blue", "key").await.is_empty();
    stand.daprd.save_resource("red", TYPE, &[]);
    until("the resource is back", async || {
        (stand.daprd.read_of("red", "key").await.status == 200).then_some(())
    })
    .await;
    is(&stand.daprd.read_of("red", "key").await, "kept");
    initialised(&stand, "red", 2).await;
    initialised(&stand, "blue", 1).await;
}

#[tokio::test]
async fn a_resource_that_changes_is_initialised_again_and_keeps_its_data() {
    let Some(stand) = Stand::new().await else {
        return;
    };
    initialised(&stand, STORE, 1).await;
    write(&stand.daprd, STORE, "kept").await;
    for (colour, times) in [("red", 2), ("blue", 3)] {
        let metadata = [("colour", colour)];
        stand.daprd.save_resource(STORE, TYPE, &metadata);
        initialised(&stand, STORE, times).await;
        // While daprd changes one for the other, it knows neither.
        until("the resource is back", async || {
            (stand.daprd.read("key").await.status == 200).then_some(())
        })
        .await;
        is(&stand.daprd.read("key").await, "kept");
    }
    write(&stand.daprd, STORE, "changed").await;
    is(&stand.daprd.read("key").await, "changed");
}

/// What the runner tells people to do when it misses its Init depends on this.
#[tokio::test]
async fn a_resource_that_is_saved_as_it_was_is_not_initialised_again() {
    let Some(stand) = Stand::of(two).await else {
        return;
    };
    stand.daprd.save_resource("red", TYPE, &[]);
    // Daprd looks at all resources when one changes, and goes through the changes in turn: had it taken red for another,
    // the second change of blue would come after that.
    for (colour, times) in [("blue", 2), ("navy", 3)] {
        let metadata = [("colour", colour)];
        stand.daprd.save_resource("blue", TYPE, &metadata);
        initialised(&stand, "blue", times).await;
    }
    initialised(&stand, "red", 1).await;
}

#[tokio::test]
async fn a_daprd_that_is_started_again_finds_the_data() {
    let Some(mut stand) = Stand::new().await else {
        return;
    };
    write(&stand.daprd, STORE, "kept").await;
    stand.daprd = stand.daprd.restart().await;
    is(&stand.daprd.read("key").await, "kept");
    initialised(&stand, STORE, 2).await;
}

#[tokio::test]
async fn a_runner_that_was_started_again_says_what_is_to_be_done() {
    let Some(mut stand) = Stand::new().await else {
        return;
    };
    write(&stand.daprd, STORE, "lost").await;
    stand.restart_runner();
    reaches_the_new_one(&stand).await;
    let words = [
        "FailedPrecondition",
        "component 'memory'",
        "instance 'store'",
        "restart daprd",
    ];
    let items = json!([{ "key": "key", "value": 1 }]);
    let operation = json!({ "operation": "upsert", "request": items[0] });
    for answer in [
        stand.daprd.read("key").await,
        stand.daprd.bulk_read(&["key"]).await,
        stand.daprd.save(items.clone()).await,
        stand.daprd.delete("key", None).await,
        stand.daprd.transact(json!([operation])).await,
        stand.daprd.query(json!({})).await,
    ] {
        answer.is_error(500, &words);
    }
    assert_eq!(stand.inits(STORE), 0);
}

#[tokio::test]
async fn a_change_of_the_resource_brings_back_the_store_of_a_runner_that_was_started_again() {
    let Some(mut stand) = Stand::new().await else {
        return;
    };
    stand.restart_runner();
    reaches_the_new_one(&stand).await;
    stand
        .daprd
        .save_resource(STORE, TYPE, &[("started", "again")]);
    until("the store is back", async || {
        (stand.daprd.read("key").await.status == 204).then_some(())
    })
    .await;
    write(&stand.daprd, STORE, "new").await;
    is(&stand.daprd.read("key").await, "new");
    let operation = json!({ "operation": "delete", "request": { "key": "key" } });
    stand.daprd.transact(json!([operation])).await.is_empty();
    stand.daprd.read("key").await.is_empty();
    initialised(&stand, STORE, 1).await;
}

#[tokio::test]
async fn a_daprd_that_is_started_again_brings_it_back_too() {
    let Some(mut stand) = Stand::new().await else {
        return;
    };
    stand.restart_runner();
    reaches_the_new_one(&stand).await;
    stand.daprd = stand.daprd.restart().await;
    write(&stand.daprd, STORE, "new").await;
    is(&stand.daprd.read("key").await, "new");
}
