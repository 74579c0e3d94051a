//! What guests say, in the runner's log.

use crate::support::Runner;

async fn prober() -> Runner {
    Runner::of("hostile-prober")
}

#[tokio::test]
async fn a_guests_output_is_logged_with_its_component_and_instance() {
    let runner = prober().await;
    let mut store = runner.store("store", "orders").await;
    store.init(&[]).await.unwrap();
    store.text("out:hello\nworld\n").await;
    store.text("err:oh dear\n").await;
    for words in ["stdout: hello", "stdout: world", "stderr: oh dear"] {
        runner.logs(&["INFO", words, "component=store", "instance=orders"]);
    }
}

#[tokio::test]
async fn wasi_logging_keeps_its_level_and_its_context() {
    let runner = prober().await;
    let mut store = runner.ready().await;
    for (level, logged) in [
        ("info", "INFO"),
        ("warn", "WARN"),
        ("error", "ERROR"),
        ("critical", "ERROR"),
    ] {
        let key = format!("log:{level}:cellar:{level} of the water");
        assert_eq!(store.text(&key).await, "done");
        let words = format!("{level} of the water");
        runner.logs(&[logged, &words, "component=store", "context=\"cellar\""]);
    }
    // Not shown until it is asked for.
    store.text("log:debug::unseen").await;
    store.text("out:seen\n").await;
    runner.logs(&["seen"]);
    assert!(!runner.log().contains("unseen"), "{}", runner.log());
}

#[tokio::test]
async fn a_line_is_logged_once_it_is_whole_or_its_instance_is_gone() {
    let runner = Runner::of("hostile-prober");
    let mut store = runner.ready().await;
    store.text("out:one ").await;
    store.text("err:between\n").await;
    store.text("out:line\n").await;
    runner.logs(&["stdout: one line"]);
    // A trap's last words are the most wanted ones.
    let runner = Runner::of("hostile-rude-state");
    let mut store = runner.ready().await;
    store.get("trap").await.unwrap_err();
    runner.logs(&["stderr:", "asked to trap"]);
}

#[tokio::test]
async fn what_a_guest_says_cannot_pass_for_another_line_of_the_log() {
    let runner = prober().await;
    let mut store = runner.ready().await;
    store
        .text("out:\u{1b}[2Jred\r2026 ERROR plugbox: forged\n")
        .await;
    runner.logs(&["stdout: \\u{1b}[2Jred\\r2026 ERROR plugbox: forged"]);
    store.text("log:info:a\nb:c\nd").await;
    runner.logs(&["c\\nd", "a\\\\nb"]);
    let long = "x".repeat(10_000);
    store.text(&format!("out:{long}\n")).await;
    store.text("out:end\n").await;
    runner.logs(&["stdout: end"]);
    let most = runner.log().lines().map(str::len).max().unwrap();
    assert!(most < 5000, "{most}");
}
