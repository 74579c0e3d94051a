//! Guests that flood the log, or write what is no text.

use crate::siege::{MIB, Siege};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_lines_is_cut_whichever_way_it_comes_and_the_rest_goes_on() {
    for way in ["stdout", "stderr", "logging"] {
        let siege = Siege::start().await;
        let mut store = siege.store("log-flood").await;
        siege.withstands(16 * MIB, store.get(way)).await.unwrap();
        // Another instance has its own pace.
        let mut calm = siege.idle("calm");
        calm.init(&[("attack", "log-flood")]).await.unwrap();
        calm.get("controls").await.unwrap();
        siege.runner.logs(&["\\u{1b}", "instance=calm"]);
        let lines = siege.runner.log().matches("of a flood").count();
        assert!((1..5000).contains(&lines), "{way}: {lines}");
        // How many were left out is said with the next line that may come.
        while !siege.runner.log().contains("were left out") {
            store.get("controls").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_giant_line_is_cut() {
    let siege = Siege::start().await;
    let mut store = siege.store("log-flood").await;
    for way in ["giant-stdout", "giant-logging"] {
        let attack = async {
            store.get(way).await.unwrap();
            store.set("", "").await.unwrap_err();
        };
        siege.withstands(450 * MIB, attack).await;
        let most = siege.runner.log().lines().map(str::len).max().unwrap();
        // A context and a message, and what stands around them.
        assert!(most < 10_000, "{way}: {most}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn control_characters_are_escaped_wherever_they_come_from() {
    let siege = Siege::start().await;
    let mut store = siege.store("log-flood").await;
    siege
        .withstands(16 * MIB, store.get("controls"))
        .await
        .unwrap();
    siege.runner.logs(&["\\u{1b}", "\\0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_new_instances_init_says_is_one_line_and_not_a_long_one() {
    let folder = tempfile::tempdir().unwrap();
    let grant = format!("--dir={}::/data::rw", folder.path().display());
    let siege = Siege::with(|setup| setup.arg(grant)).await;
    let mut store = siege.store("init-again").await;
    let attack = async {
        store.get("key").await.unwrap_err();
        // By now it is down, and stays so.
        store.get("key").await.unwrap_err()
    };
    let status = siege.withstands(64 * MIB, attack).await;
    assert!(status.message().contains("its init failed"), "{status}");
    assert!(status.message().contains("\\u{1b}[2J"), "{status}");
    let line = siege.runner.logs(&["no new instance", "its init failed"]);
    assert!(line.len() < 4096, "{}", line.len());
}
