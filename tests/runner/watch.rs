//! `--watch`: files change in all the ways in which people and programs change them, and the runner sees it by itself.

use crate::{
    operator::{build, status},
    reload::{component, section, write},
    support::{Runner, Setup, eventually, guest},
};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::symlink,
    path::Path,
    thread,
    time::{Duration, Instant},
};

const GUEST: &str = "rust-memory-state";

fn watching(manifest: &str, components: usize) -> Runner {
    let setup = Setup::new().arg("--watch");
    setup.manifest(manifest, components).start()
}

/// One component, `store`, of a file that is `first`.
fn of(file: &Path) -> Runner {
    watching(&section("store", file, ""), 1)
}

/// Waits until a component has come so far: its status then.
fn generation(runner: &Runner, name: &str, number: u64) -> Value {
    eventually("a generation serves", || {
        let status = status(runner);
        let component = component(&status, name);
        (component["generation"] == number).then(|| component.clone())
    })
}

fn refusals(runner: &Runner) -> usize {
    runner.log().matches("the guest stays as it is").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_serves_as_soon_as_it_is_written_however_slowly() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guest.wasm");
    fs::copy(guest(GUEST), &file).unwrap();
    let runner = of(&file);
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    let bytes = fs::read(build(folder.path(), GUEST, 1)).unwrap();
    let mut written = File::create(&file).unwrap();
    let mut last = Instant::now();
    let mut longest = Duration::ZERO;
    for piece in bytes.chunks(bytes.len().div_ceil(6)) {
        written.write_all(piece).unwrap();
        longest = longest.max(last.elapsed());
        last = Instant::now();
        // A slow disk.
        thread::sleep(Duration::from_millis(300));
    }
    drop(written);
    generation(&runner, "store", 2);
    assert_eq!(store.text("key").await, "kept");
    // On a machine that was busy meanwhile, the file was half a file for longer than anybody waits.
    if longest < Duration::from_millis(800) {
        assert_eq!(refusals(&runner), 0, "{}", runner.log());
    }
}

#[tokio::test]
async fn a_guest_serves_that_is_renamed_over_the_one_before_or_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guest.wasm");
    fs::copy(guest(GUEST), &file).unwrap();
    let runner = of(&file);
    for number in 1..4 {
        fs::rename(build(folder.path(), GUEST, number as usize), &file).unwrap();
        generation(&runner, "store", number + 1);
    }
    let next = build(folder.path(), GUEST, 4);
    fs::remove_file(&file).unwrap();
    runner.logs(&["cannot read", "guest.wasm"]);
    assert_eq!(component(&status(&runner), "store")["generation"], 4);
    fs::rename(next, &file).unwrap();
    generation(&runner, "store", 5);
}

#[tokio::test]
async fn a_link_on_the_way_to_the_guest_that_leads_elsewhere_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    // As Kubernetes mounts a ConfigMap: the file is a link to a link's file, and only the link in the middle ever changes.
    let mount = folder.path().join("mount");
    let version = |number: usize| {
        let version = mount.join(format!("..{number}"));
        fs::create_dir_all(&version).unwrap();
        let built = build(folder.path(), GUEST, number);
        fs::copy(built, version.join("guest.wasm")).unwrap();
        version
    };
    let flip = |number: usize| {
        let next = mount.join("..data_tmp");
        symlink(format!("..{number}"), &next).unwrap();
        fs::rename(next, mount.join("..data")).unwrap();
    };
    let mut before = version(1);
    flip(1);
    let file = mount.join("guest.wasm");
    symlink("..data/guest.wasm", &file).unwrap();
    let runner = of(&file);
    for number in 2..5 {
        let next = version(number);
        flip(number);
        generation(&runner, "store", number as u64);
        fs::remove_dir_all(std::mem::replace(&mut before, next)).unwrap();
    }
    assert_eq!(refusals(&runner), 0, "{}", runner.log());
}

#[tokio::test]
async fn a_guest_that_is_bad_is_refused_once_and_the_next_one_serves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guest.wasm");
    fs::copy(guest(GUEST), &file).unwrap();
    let other = folder.path().join("other.wasm");
    fs::copy(guest(GUEST), &other).unwrap();
    let manifest = [section("store", &file, ""), section("other", &other, "")];
    let runner = watching(&manifest.concat(), 2);
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    let bytes = fs::read(guest(GUEST)).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    runner.logs(&["the guest stays as it is", "not a valid component"]);
    // The other's changes have everything looked at again.
    for number in 1..3 {
        fs::rename(build(folder.path(), GUEST, number as usize), &other).unwrap();
        generation(&runner, "other", number + 1);
    }
    assert_eq!(refusals(&runner), 1, "{}", runner.log());
    let said = status(&runner);
    assert_eq!(component(&said, "store")["generation"], 1);
    let refusal = component(&said, "store")["last_refusal"].as_str().unwrap();
    assert!(refusal.contains("not a valid component"), "{refusal}");
    assert_eq!(store.text("key").await, "kept");
    fs::rename(build(folder.path(), GUEST, 3), &file).unwrap();
    generation(&runner, "store", 2);
    assert_eq!(store.text("key").await, "kept");
}

#[tokio::test]
async fn a_guest_that_is_written_again_as_it_was_is_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["same", "other"].map(|name| folder.path().join(format!("{name}.wasm")));
    for file in &files {
        fs::copy(guest(GUEST), file).unwrap();
    }
    let manifest = [
        section("same", &files[0], ""),
        section("other", &files[1], ""),
    ];
    let runner = watching(&manifest.concat(), 2);
    for number in 1..3 {
        fs::copy(guest(GUEST), &files[0]).unwrap();
        fs::rename(build(folder.path(), GUEST, number), &files[1]).unwrap();
        generation(&runner, "other", number as u64 + 1);
    }
    assert_eq!(component(&status(&runner), "same")["generation"], 1);
}

#[tokio::test]
async fn a_manifest_is_followed_as_soon_as_it_is_written_and_what_is_wrong_with_it_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = guest(GUEST);
    let runner = of(&file);
    let mut store = runner.ready().await;
    store.set("key", "kept").await.unwrap();
    let own = section("store", &file, "");
    let late = folder.path().join("late.wasm");
    write(&runner, &[own.clone(), section("late", &late, "")]);
    runner.logs(&["component.late.guest: cannot read"]);
    runner.logs(&["nothing of it is taken over"]);
    // It names a guest that is not there yet; when it is, that is seen too.
    fs::copy(&file, &late).unwrap();
    eventually("the new component is served", || {
        runner.socket("late").exists().then_some(())
    });
    write(&runner, &[own, "[component.store]\n".to_owned()]);
    let wrong = eventually("the status says what is wrong", || {
        let status = status(&runner);
        let wrong = status["last_reload"]["wrong"][0].as_str()?;
        Some(wrong.to_owned())
    });
    assert!(
        wrong.contains("component.store: it is there twice"),
        "{wrong}"
    );
    assert!(runner.socket("late").exists());
    let log = runner.log();
    assert_eq!(
        log.matches("nothing of it is taken over").count(),
        2,
        "{log}"
    );
    write(&runner, &[section("store", &file, "timeout = '1s'")]);
    generation(&runner, "store", 2);
    assert!(!runner.socket("late").exists());
    assert_eq!(store.text("key").await, "kept");
}

#[tokio::test]
async fn a_runner_that_watches_uses_no_cpu_while_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guest.wasm");
    fs::copy(guest(GUEST), &file).unwrap();
    let runner = of(&file);
    runner.ready().await;
    runner.rests();
}
