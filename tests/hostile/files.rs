//! Guests that reach for files outside the folder that they were granted.

use crate::siege::{MIB, Siege};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tonic::Code;

const SECRET: &str = "what nobody granted";

/// A folder that is granted, inside another one that is not.
struct Folders {
    root: TempDir,
}

impl Folders {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let this = Self { root };
        fs::write(this.path("secret"), SECRET).unwrap();
        fs::create_dir_all(this.path("granted/folder")).unwrap();
        fs::write(this.path("granted/inside"), "inside").unwrap();
        // What an operator may have put there: links that lead out.
        symlink("../secret", this.path("granted/relative")).unwrap();
        symlink(this.path("secret"), this.path("granted/absolute")).unwrap();
        symlink("..", this.path("granted/parent")).unwrap();
        symlink("/", this.path("granted/root")).unwrap();
        symlink("folder/../../secret", this.path("granted/roundabout")).unwrap();
        symlink("relative", this.path("granted/twice")).unwrap();
        symlink("endless", this.path("granted/endless")).unwrap();
        this
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    async fn siege(&self, mode: &str) -> Siege {
        let grant = format!("--dir={}::/data::{mode}", self.path("granted").display());
        Siege::with(|setup| setup.arg(grant)).await
    }

    /// What is outside, with when it was changed.
    fn outside(&self) -> Vec<(PathBuf, String)> {
        let entries = fs::read_dir(self.root.path()).unwrap();
        let mut outside: Vec<_> = entries
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                let is_file = path.is_file();
                let change = |path: &Path| {
                    let changed = fs::metadata(path).unwrap().modified().unwrap();
                    format!("{changed:?} {}", fs::read_to_string(path).unwrap())
                };
                let content = is_file.then(|| change(&path));
                (path, content.unwrap_or_default())
            })
            .collect();
        outside.sort();
        outside
    }

    /// Ways out, in words of the guest; `ABSOLUTE` is the folder around the one that is granted.
    fn ways_out(&self) -> Vec<String> {
        const WAYS: &str = "
            read ../secret
            read ./../secret
            read folder/../../secret
            read folder/../folder/../../secret
            read ../granted/../secret
            read ..//secret
            read ABSOLUTE/secret
            read //ABSOLUTE/secret
            read /etc/passwd
            read /proc/self/environ
            read relative
            read absolute
            read roundabout
            read twice
            read endless
            read parent/secret
            read parent/granted/inside
            read root/etc/passwd
            list ..
            list .././
            list /
            list parent
            list root
            list ABSOLUTE
            stat ../secret
            stat relative
            stat absolute
            stat parent
            stat ABSOLUTE/secret
            touch ../secret
            touch relative
            touch absolute
            write ../new
            write ../secret
            write relative
            write absolute
            write parent/new
            write ABSOLUTE/new
            make-folder ../new
            make-folder parent/new
            make-folder ABSOLUTE/new
            remove ../secret
            remove parent/secret
            remove ABSOLUTE/secret
            remove-folder ../granted
            remove-folder parent/granted
            link ../secret stolen
            link parent/secret stolen
            link ABSOLUTE/secret stolen
            link inside ../new
            link inside parent/new
            rename ../secret stolen
            rename parent/secret stolen
            rename inside ../new
            rename inside parent/new
            rename inside ABSOLUTE/new
            rename folder ../new
            symlink inside ../new
            symlink inside parent/new
            symlink ABSOLUTE/secret mine
            symlink / mine
        ";
        let root = self.root.path().display().to_string();
        let ways = WAYS.trim().lines();
        ways.map(|way| way.trim().replace("ABSOLUTE", &root))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_and_no_link_leads_out_of_a_granted_folder() {
    for mode in ["ro", "rw"] {
        let folders = Folders::new();
        let siege = folders.siege(mode).await;
        let mut store = siege.store("outside").await;
        assert_eq!(store.text("read inside").await, "inside");
        let outside = folders.outside();
        let attack = async {
            for way in folders.ways_out() {
                let answer = store.text(&way).await;
                assert!(answer.starts_with("error: "), "{mode}: {way}: {answer}");
                assert_eq!(folders.outside(), outside, "{mode}: {way}");
            }
        };
        siege.withstands(32 * MIB, attack).await;
        assert_eq!(store.text("read inside").await, "inside");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_a_guest_makes_leads_nowhere_that_it_may_not_go() {
    let folders = Folders::new();
    let siege = folders.siege("rw").await;
    let mut store = siege.store("outside").await;
    let outside = folders.outside();
    let attack = async {
        // Whether a link can be made or moved is one thing; that it leads nowhere is the other.
        for step in [
            "symlink ../secret mine",
            "symlink .. up",
            "make-folder a",
            "make-folder a/b",
            "symlink ../../inside a/b/fine",
            "symlink ../.. a/b/top",
            "rename a/b b",
            "link relative again",
            "rename parent folder/parent",
            "symlink b/fine behind",
        ] {
            store.text(step).await;
        }
        for way in [
            "read mine",
            "read up/secret",
            "list up",
            "read b/fine",
            "read b/top/secret",
            "list b/top",
            "read again",
            "read behind",
            "read folder/parent/../secret",
            "write mine",
            "write up/new",
            "write b/top/new",
        ] {
            let answer = store.text(way).await;
            assert!(answer.starts_with("error: "), "{way}: {answer}");
            assert_eq!(folders.outside(), outside, "{way}");
        }
        // What was moved to where it leads inside is good.
        store.text("symlink inside good").await;
        assert_eq!(store.text("read good").await, "inside");
    };
    siege.withstands(32 * MIB, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_read_only_stays_as_it_is() {
    let folders = Folders::new();
    let siege = folders.siege("ro").await;
    let mut store = siege.store("outside").await;
    let attack = async {
        for way in [
            "write inside",
            "write new",
            "touch inside",
            "remove inside",
            "remove-folder folder",
            "make-folder new",
            "rename inside new",
            "rename inside folder/inside",
            "link inside new",
            "symlink inside new",
        ] {
            let answer = store.text(way).await;
            assert!(answer.starts_with("error: "), "{way}: {answer}");
        }
        let mut names: Vec<_> = store
            .text("list .")
            .await
            .split(' ')
            .map(str::to_owned)
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "absolute",
                "endless",
                "folder",
                "inside",
                "parent",
                "relative",
                "root",
                "roundabout",
                "twice"
            ]
        );
    };
    siege.withstands(32 * MIB, attack).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_grant_there_is_no_folder_at_all() {
    let siege = Siege::start().await;
    let mut store = siege.store("outside").await;
    assert_eq!(store.text("list /").await, "error: bad-descriptor");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipe_that_nobody_writes_to_holds_up_the_call_alone() {
    let folders = Folders::new();
    let pipe = folders.path("granted/pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut siege = folders.siege("ro").await;
    let mut store = siege.store("outside").await;
    let status = store.get("read pipe").await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    assert_eq!(store.text("read inside").await, "inside");
    // Not even the runner's end waits for it.
    siege.runner.signal(rustix::process::Signal::TERM);
    let (status, _) = siege.runner.wait();
    assert!(status.success(), "{status}");
}
