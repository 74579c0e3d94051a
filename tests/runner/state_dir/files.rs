//! The folder and its files: who can read them, what becomes of those that cannot be trusted, and when they are there.

use super::{SECRET, State, came_before_init, kill, rewrite};
use crate::support::Store;
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};
use tonic::Code;

#[tokio::test]
async fn what_is_kept_is_for_the_runners_user_alone_and_its_secrets_are_in_no_log() {
    let state = State::new();
    let start = || state.of("hostile-rude-state").arg("-vv").start();
    let runner = start();
    let mut store = runner.store("store", "x").await;
    store.init(&[("password", SECRET)]).await.unwrap();
    let file = state.file("store", "x");
    assert!(fs::read_to_string(&file).unwrap().contains(SECRET));
    for (path, mode) in [(state.path(), 0o700), (file.clone(), 0o600)] {
        let found = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode);
    }
    assert!(!runner.log().contains(SECRET));
    kill(runner);
    let again = start();
    again.logs(&["what Init brought before is replayed", "instance=\"x\""]);
    assert!(!again.log().contains(SECRET), "{}", again.log());
    kill(again);
    // Of one that fails, the guest's words are told without them.
    rewrite(&file, |content| {
        content["properties"] = json!([["fail", format!("no {SECRET}!")], ["password", SECRET]]);
    });
    let again = start();
    again.logs(&["its init failed"]);
    let mut store = again.store("store", "x").await;
    let status = store.get("key").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(!format!("{status:?}").contains(SECRET), "{status:?}");
    kill(again);
    let mut bytes = fs::read(&file).unwrap();
    bytes.pop();
    fs::write(&file, bytes).unwrap();
    let again = start();
    again.logs(&["cannot be used"]);
    assert!(!again.log().contains(SECRET), "{}", again.log());
}

#[tokio::test]
async fn a_file_that_is_not_as_it_was_written_is_set_aside_and_all_else_serves() {
    type Spoil = fn(&Path);
    let table: [(&str, Spoil, &str); 6] = [
        (
            "flipped",
            |file| {
                let mut bytes = fs::read(file).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(file, bytes).unwrap();
            },
            "changed since it was written",
        ),
        (
            "half",
            |file| {
                let bytes = fs::read(file).unwrap();
                fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
            },
            "cut off",
        ),
        ("empty", |file| fs::write(file, "").unwrap(), "it is empty"),
        (
            "foreign",
            |file| fs::write(file, [7; 5000]).unwrap(),
            "plugbox did not write it",
        ),
        (
            "later",
            |file| {
                let text = fs::read_to_string(file).unwrap();
                fs::write(file, text.replacen(" 1 ", " 2 ", 1)).unwrap();
            },
            "another version of plugbox wrote it",
        ),
        (
            "moved",
            |file| rewrite(file, |content| content["instance"] = json!("good")),
            "written under another name",
        ),
    ];
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    for (instance, _, _) in table.iter().chain([&("good", (|_| {}) as Spoil, "")]) {
        let mut store = runner.store("store", instance).await;
        store.init(&[("password", SECRET)]).await.unwrap();
    }
    kill(runner);
    for (instance, spoil, _) in table {
        spoil(&state.file("store", instance));
    }
    fs::write(state.path().join("notes.txt"), "mine").unwrap();
    let runner = state.of("hostile-rude-state").start();
    for (instance, _, why) in table {
        let named = format!("instance=\"{instance}\"");
        let words = ["cannot be used", "component=\"store\"", &named, why];
        runner.logs(&words);
        let mut store = runner.store("store", instance).await;
        came_before_init(store.get("key").await);
        assert!(state.files("store", instance).is_empty());
        // And is as good as new after an Init.
        store.init(&[("password", instance)]).await.unwrap();
    }
    assert!(!runner.log().contains(SECRET));
    assert_eq!(
        state.all(|name| name.ends_with(".aside")).len(),
        table.len()
    );
    kill(runner);
    let runner = state.of("hostile-rude-state").start();
    for (instance, _, _) in table {
        let mut store = runner.store("store", instance).await;
        assert_eq!(store.text("property:password").await, instance);
    }
    let mut good = runner.store("store", "good").await;
    assert_eq!(good.text("property:password").await, SECRET);
    assert!(!runner.log().contains("cannot be used"));
    assert!(state.path().join("notes.txt").exists());
}

#[tokio::test]
async fn a_folder_is_for_one_runner_at_a_time() {
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    let (code, _, err) = state.of("hostile-rude-state").fail();
    assert_eq!(code, 1);
    let path = state.path();
    for words in [path.to_str().unwrap(), "another runner", "--state-dir"] {
        assert!(err.contains(words), "{err}");
    }
    kill(runner);
    state.of("hostile-rude-state").start();
}

#[tokio::test]
async fn a_folder_that_others_can_enter_is_refused() {
    let state = State::new();
    fs::create_dir(state.path()).unwrap();
    fs::set_permissions(state.path(), fs::Permissions::from_mode(0o750)).unwrap();
    let (code, _, err) = state.of("hostile-rude-state").fail();
    assert_eq!(code, 1);
    assert!(err.contains("chmod 700"), "{err}");
    assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_disk_that_fails_fails_no_init_and_is_told() {
    let state = State::new();
    let runner = state.of("hostile-rude-state").start();
    let mut store = runner.ready().await;
    fs::remove_dir_all(state.path()).unwrap();
    store.init(&[("password", SECRET)]).await.unwrap();
    assert_eq!(store.text("property:password").await, SECRET);
    runner.logs(&[
        "ERROR",
        "is not kept",
        "component=\"store\"",
        "No such file",
    ]);
    assert!(!runner.log().contains(SECRET));
    // It is looked at anew each time.
    fs::create_dir(state.path()).unwrap();
    store.init(&[("password", SECRET)]).await.unwrap();
    assert_eq!(state.files("store", "").len(), 1);
}

/// Sends Init after Init with a number that grows, until the runner is gone. Answers the last number that was answered.
async fn count(mut store: Store, from: u64) -> u64 {
    let mut number = from;
    loop {
        let next = (number + 1).to_string();
        match store.init(&[("number", &next), ("password", SECRET)]).await {
            Ok(()) => number += 1,
            Err(_) => return number,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_a_runner_is_killed_every_init_that_was_answered_is_there() {
    const ROUNDS: usize = 20;
    let state = State::new();
    let ids = ["", "a", "b", "c"];
    let mut answered = ids.map(|_| 0_u64);
    for round in 0..=ROUNDS {
        let runner = state.of("hostile-rude-state").start();
        for (id, number) in ids.iter().zip(&mut answered) {
            let mut store = runner.store("store", id).await;
            match store.get("property:number").await {
                Ok(got) => {
                    let found: u64 = String::from_utf8(got.data).unwrap().parse().unwrap();
                    // The one whose answer did not come may be there.
                    let range = *number..=*number + 1;
                    assert!(
                        range.contains(&found),
                        "{found} after {number} in round {round}"
                    );
                    *number = found;
                }
                Err(status) => {
                    assert_eq!(*number, 0, "round {round}: {status:?}");
                    came_before_init(Err::<(), _>(status));
                }
            }
        }
        assert!(!runner.log().contains("cannot be used"), "{}", runner.log());
        if round == ROUNDS {
            break;
        }
        let mut counting = Vec::new();
        for (id, number) in ids.iter().zip(answered) {
            let store = runner.store("store", id).await;
            counting.push(tokio::spawn(count(store, number)));
        }
        // At any moment: no test depends on which.
        tokio::time::sleep(Duration::from_micros(fastrand::u64(0..60_000))).await;
        kill(runner);
        for (number, counted) in answered.iter_mut().zip(counting) {
            *number = counted.await.unwrap();
        }
    }
    assert!(answered.iter().sum::<u64>() > 0);
    assert_eq!(state.all(|name| name.ends_with(".aside")).len(), 0);
}
