//! Who may connect: the rights of a socket's file and of its folder.

use crate::support::{Setup, connect};
use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A group that hardly anybody is in.
const GROUP: u32 = 54321;

/// Where the runner makes a folder for its sockets, below one that everybody can pass.
struct Place {
    outer: TempDir,
}

impl Place {
    fn new() -> Self {
        let outer = tempfile::tempdir().unwrap();
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o711)).unwrap();
        Self { outer }
    }

    fn folder(&self) -> PathBuf {
        self.outer.path().join("made/by-the-runner")
    }

    fn socket(&self) -> PathBuf {
        self.folder().join("store.sock")
    }

    fn setup(&self) -> Setup {
        Setup::new()
            .guest("store", "rust-minimal-state")
            .arg("--sockets")
            .arg(self.folder())
    }

    /// Whether a user of these numbers may connect.
    fn lets_in(&self, user: u32, group: u32) -> bool {
        Command::new("test")
            .arg("-w")
            .arg(self.socket())
            .uid(user)
            .gid(group)
            .status()
            .unwrap()
            .success()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        eprintln!("in part skipped: this user is not root");
    }
    root
}

#[tokio::test]
async fn a_socket_is_for_the_runners_user_and_group_and_its_folder_for_the_user() {
    let place = Place::new();
    let _runner = place.setup().start();
    let socket = fs::metadata(place.socket()).unwrap();
    assert!(socket.file_type().is_socket());
    assert_eq!(mode(&place.socket()), 0o660);
    assert_eq!(mode(&place.folder()), 0o700);
    assert_eq!(mode(place.folder().parent().unwrap()), 0o700);
    connect(&place.socket()).await;
    if is_root() {
        assert!(!place.lets_in(12345, GROUP));
    }
}

#[tokio::test]
async fn a_mode_for_everybody_lets_everybody_into_the_folder_too() {
    let place = Place::new();
    let _runner = place.setup().arg("--socket-mode=0666").start();
    assert_eq!(mode(&place.socket()), 0o666);
    assert_eq!(mode(&place.folder()), 0o755);
    if is_root() {
        assert!(place.lets_in(12345, GROUP));
    }
}

#[tokio::test]
async fn a_group_gets_the_socket_and_may_enter_the_folder_and_nobody_else_does() {
    let place = Place::new();
    let setup = place.setup().arg(format!("--socket-group={GROUP}"));
    if !is_root() {
        let (code, out, err) = setup.fail();
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains("--socket-group"), "{err}");
        assert!(!place.socket().exists());
        return;
    }
    let _runner = setup.start();
    assert_eq!(fs::metadata(place.socket()).unwrap().gid(), GROUP);
    assert_eq!(mode(&place.socket()), 0o660);
    assert_eq!(fs::metadata(place.folder()).unwrap().gid(), GROUP);
    assert_eq!(mode(&place.folder()), 0o750);
    assert!(place.lets_in(12345, GROUP));
    assert!(!place.lets_in(12345, GROUP + 1));
}

#[tokio::test]
async fn a_folder_that_is_there_is_left_as_it_is() {
    let place = Place::new();
    fs::create_dir_all(place.folder()).unwrap();
    fs::set_permissions(place.folder(), fs::Permissions::from_mode(0o751)).unwrap();
    let group = fs::metadata(place.folder()).unwrap().gid();
    let mut setup = place.setup().arg("--socket-mode=0606");
    if is_root() {
        setup = setup.arg(format!("--socket-group={GROUP}"));
    }
    let _runner = setup.start();
    assert_eq!(mode(&place.socket()), 0o606);
    assert_eq!(mode(&place.folder()), 0o751);
    assert_eq!(fs::metadata(place.folder()).unwrap().gid(), group);
}

#[test]
fn rights_that_make_no_sense_are_refused_before_anything_starts() {
    for (flag, words) in [
        ("--socket-mode=0444", "nobody could connect"),
        ("--socket-mode=rw", "octal digits"),
        ("--socket-mode=4660", "at most 0777"),
        ("--socket-group=no such group", "use its number"),
        ("--socket-group=-1", "use its number"),
    ] {
        let setup = Setup::new().guest("store", "rust-minimal-state").arg(flag);
        let (code, out, err) = setup.fail();
        assert_eq!((code, out.as_str()), (2, ""), "{flag}");
        assert!(err.contains(words), "{flag}: {err}");
    }
}
