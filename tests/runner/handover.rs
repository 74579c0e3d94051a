//! What may go wrong when a guest takes another's place, and that callers have a guest all the same.

use crate::{
    operator::{build, status, swap, swapped},
    support::Setup,
};

const GUEST: &str = "hostile-rude-heir";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_when_a_guest_takes_anothers_place_is_said_and_a_guest_serves() {
    // What is wrong, what is said of it, and whether the guest that serves is the same as before.
    let table = [
        ("health-refuses", "it says that it is not well", true),
        ("health-traps", "trap", true),
        ("health-loops", "--start-timeout", true),
        ("save-refuses", "the old one cannot hand over", true),
        ("save-traps", "the old one failed at the handover", false),
        ("save-loops", "--start-timeout", false),
        ("save-much", "64.0 KiB are the most (--max-handover", true),
        ("restore-refuses", "it cannot take the state over", true),
        ("restore-traps", "trap", true),
        ("restore-loops", "--start-timeout", true),
    ];
    let folder = tempfile::tempdir().unwrap();
    let next = build(folder.path(), GUEST, 1);
    let mut setup = Setup::new();
    for (mistake, _, _) in table {
        setup = setup.guest(mistake, GUEST);
    }
    let runner = setup
        .arg("--start-timeout=1s")
        .arg("--swap-pause=10s")
        .arg("--max-handover=64KiB")
        .start();
    for (mistake, why, stays) in table {
        let mut store = runner.store(mistake, "").await;
        let properties = [("mistake", mistake), ("password", "hunter2")];
        store.init(&properties).await.unwrap();
        store.set("key", "kept").await.unwrap();
        let (code, _, err) = swap(&runner, mistake, &next);
        assert_eq!(code, 1, "{mistake}: {err}");
        assert!(err.contains(why), "{mistake}: {err}");
        assert!(!err.contains("hunter2"), "{err}");
        let kept = if stays { "kept" } else { "" };
        assert_eq!(store.text("key").await, kept, "{mistake}");
        store.init(&[]).await.unwrap();
        store.set("key", "more").await.unwrap();
        let said = swapped(&runner, mistake, &next);
        assert!(said.contains("with the state"), "{said}");
        assert_eq!(store.text("key").await, "more", "{mistake}");
    }
    assert!(!runner.log().contains("hunter2"), "{}", runner.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handover_that_takes_longer_than_calls_may_wait_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::new().guest("store", GUEST);
    let runner = setup.arg("--swap-pause=200ms").start();
    let mut store = runner.store("store", "").await;
    store.init(&[("mistake", "restore-loops")]).await.unwrap();
    store.set("key", "kept").await.unwrap();
    let (code, _, err) = swap(&runner, "store", &build(folder.path(), GUEST, 1));
    assert_eq!(code, 1, "{err}");
    let why = "calls would have waited for longer than 200ms";
    assert!(err.contains(why), "{err}");
    assert_eq!(store.text("key").await, "kept");
    assert_eq!(
        status(&runner)["components"][0]["instances"][0]["errors"],
        0
    );
}
