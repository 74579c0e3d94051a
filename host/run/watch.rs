//! Sees that files change: however they do, and also where a link on the way to them leads elsewhere from one moment to the next.
//!
//! Not the files are watched, but the folders that have them, for a file that is replaced is another file. Where one folder cannot be
//! watched, all files are looked at each second.

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use rustix::fs::statfs;
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs,
    os::unix::fs::MetadataExt,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// So long nothing may happen before a file is looked at: whoever writes it is done, most likely.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// So long nothing may happen before a file that cannot be loaded is taken for a bad one.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// How often files are looked at that cannot be watched.
const LOOK: Duration = Duration::from_secs(1);

/// The most links on the way to a file: as many as Linux follows.
const LINKS: usize = 40;

/// File systems that others write to without the kernel knowing, by their numbers in statfs(2): NFS, SMB of three kinds, FUSE, 9P, AFS
/// and Ceph.
const SHARED: [u64; 8] = [
    0x6969,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x6573_5546,
    0x0102_1997,
    0x5346_414f,
    0x00c3_6400,
];

/// The eyes on some files.
pub(super) struct Watch {
    eyes: Eyes,
    happened: Arc<Notify>,
    /// What is watched for, and where.
    involved: BTreeSet<PathBuf>,
}

enum Eyes {
    /// The kernel tells.
    Told(RecommendedWatcher, Arc<Mutex<BTreeSet<PathBuf>>>),
    /// Each file, and what it was when it was last looked at.
    Looking(BTreeMap<PathBuf, Option<Mark>>),
}

/// What changes when a file does: device, number, size, and the times of its content and of what is known of it.
type Mark = (u64, u64, u64, (i64, i64), (i64, i64));

fn mark(path: &Path) -> Option<Mark> {
    let file = fs::metadata(path).ok()?;
    let content = (file.mtime(), file.mtime_nsec());
    let known = (file.ctime(), file.ctime_nsec());
    Some((file.dev(), file.ino(), file.size(), content, known))
}

impl Watch {
    /// Watches nothing yet.
    pub(super) fn start() -> Self {
        let happened = Arc::new(Notify::new());
        let names = Arc::default();
        let eyes = match watcher(happened.clone(), &names) {
            Ok(watcher) => Eyes::Told(watcher, names),
            Err(error) => {
                blind(&error.to_string());
                Eyes::Looking(BTreeMap::new())
            }
        };
        Self {
            eyes,
            happened,
            involved: BTreeSet::new(),
        }
    }

    /// Watches these files, and no others. That other places are watched than before is news, too: something may have changed there
    /// meanwhile.
    pub(super) fn set(&mut self, files: &[PathBuf]) {
        if let Eyes::Told(watcher, names) = &mut self.eyes {
            let involved: BTreeSet<_> = files.iter().flat_map(|file| involved(file)).collect();
            let is_news = involved != self.involved;
            let folders = folders(&involved);
            let before = self::folders(&self.involved);
            // A folder's own end is of interest too.
            let mut told = names.lock().unwrap_or_else(PoisonError::into_inner);
            *told = folders.union(&involved).cloned().collect();
            drop(told);
            for folder in before.difference(&folders) {
                // It may be gone, and its watch with it.
                let _ = watcher.unwatch(folder);
            }
            self.involved = involved;
            let watched = folders.iter().try_for_each(|folder| watch(watcher, folder));
            match watched {
                Ok(()) if is_news => self.happened.notify_one(),
                Ok(()) => {}
                Err(why) => {
                    blind(&why);
                    self.eyes = Eyes::Looking(BTreeMap::new());
                    self.happened.notify_one();
                }
            }
        }
        if let Eyes::Looking(marks) = &mut self.eyes {
            marks.retain(|path, _| files.contains(path));
            for file in files {
                marks.entry(file.clone()).or_default();
            }
        }
    }

    /// Until something has happened to one of the files, and nothing more for a moment.
    pub(super) async fn changed(&mut self) {
        self.next().await;
        self.quiet(DEBOUNCE).await;
    }

    /// Until nothing has happened for so long.
    pub(super) async fn quiet(&mut self, moment: Duration) {
        while tokio::time::timeout(moment, self.next()).await.is_ok() {}
    }

    async fn next(&mut self) {
        let Eyes::Looking(marks) = &mut self.eyes else {
            return self.happened.notified().await;
        };
        loop {
            let mut has_changed = false;
            for (path, before) in marks.iter_mut() {
                let now = mark(path);
                has_changed |= std::mem::replace(before, now) != now;
            }
            if has_changed {
                return;
            }
            let looking = tokio::time::sleep(LOOK);
            tokio::select! {
                () = looking => {}
                () = self.happened.notified() => return,
            }
        }
    }
}

fn blind(why: &str) {
    tracing::warn!(
        "files cannot be watched ({why}): they are looked at each {} instead",
        humantime::format_duration(LOOK)
    );
}

/// Tells of what happens to something of this name.
fn watcher(
    happened: Arc<Notify>,
    names: &Arc<Mutex<BTreeSet<PathBuf>>>,
) -> notify::Result<RecommendedWatcher> {
    let names = names.clone();
    notify::recommended_watcher(move |event: notify::Result<Event>| {
        let concerns = |event: &Event| {
            let names = names.lock().unwrap_or_else(PoisonError::into_inner);
            event.paths.iter().any(|path| names.contains(path))
        };
        let is_news = match &event {
            // Something was missed.
            Err(_) => true,
            Ok(event) if event.need_rescan() => true,
            Ok(event) => match event.kind {
                EventKind::Access(AccessKind::Close(AccessMode::Write)) => concerns(event),
                // To read it is no change.
                EventKind::Access(_) => false,
                _ => concerns(event),
            },
        };
        if is_news {
            happened.notify_one();
        }
    })
}

/// Watches a folder, once more if it is watched already: another folder may have taken its place.
fn watch(watcher: &mut RecommendedWatcher, folder: &Path) -> Result<(), String> {
    if let Ok(system) = statfs(folder)
        && SHARED.contains(&(system.f_type as u64))
    {
        return Err(format!("{} is on a network", folder.display()));
    }
    match watcher.watch(folder, RecursiveMode::NonRecursive) {
        Ok(()) => Ok(()),
        // It went away meanwhile, which whoever watches the folder above it is told.
        Err(_) if !folder.exists() => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn folders(involved: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let folders = involved.iter().filter_map(|entry| entry.parent());
    folders.map(Path::to_owned).collect()
}

/// What decides which file a path leads to: the links on the way, and the file itself, or else what is missing on the way to it.
fn involved(path: &Path) -> Vec<PathBuf> {
    let mut involved = Vec::new();
    let mut rest = Vec::new();
    let Ok(path) = std::path::absolute(path) else {
        return involved;
    };
    lead(&mut rest, &path);
    let mut at = PathBuf::from("/");
    let mut links = 0;
    while let Some(name) = rest.pop() {
        if name == ".." {
            at.pop();
            continue;
        }
        let entry = at.join(name);
        let kind = fs::symlink_metadata(&entry).map(|it| it.file_type());
        match kind {
            Ok(kind) if kind.is_symlink() && links < LINKS => {
                links += 1;
                if let Ok(target) = fs::read_link(&entry) {
                    if target.is_absolute() {
                        at = PathBuf::from("/");
                    }
                    lead(&mut rest, &target);
                }
                involved.push(entry);
            }
            Ok(kind) if kind.is_dir() && !rest.is_empty() => at = entry,
            _ => {
                involved.push(entry);
                break;
            }
        }
    }
    involved
}

/// A path's names before those that are to come, the first one last.
fn lead(rest: &mut Vec<OsString>, path: &Path) {
    let names = path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    rest.extend(names);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn the_links_on_the_way_to_a_file_decide_which_it_is_and_what_is_missing_does() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let at = |path: &str| root.join(path);
        fs::create_dir_all(at("mount/..first")).unwrap();
        fs::write(at("mount/..first/guest.wasm"), "").unwrap();
        symlink("..first", at("mount/..data")).unwrap();
        symlink("..data/guest.wasm", at("mount/guest.wasm")).unwrap();
        symlink(at("mount"), at("link")).unwrap();
        symlink("round", at("round")).unwrap();
        let mounted = [
            "mount/guest.wasm",
            "mount/..data",
            "mount/..first/guest.wasm",
        ];
        let table: [(&str, &[&str]); 5] = [
            ("mount/guest.wasm", &mounted),
            ("mount/..first/../guest.wasm", &mounted),
            ("mount/..first/guest.wasm", &mounted[2..]),
            ("mount/none/guest.wasm", &["mount/none"]),
            ("link/none", &["link", "mount/none"]),
        ];
        for (path, expected) in table {
            let expected: Vec<_> = expected.iter().map(|path| at(path)).collect();
            assert_eq!(involved(&at(path)), expected, "{path}");
        }
        assert_eq!(involved(&at("round/guest.wasm")).len(), LINKS + 1);
    }

    #[tokio::test]
    async fn files_that_cannot_be_watched_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["one", "other"].map(|name| folder.path().join(name));
        fs::write(&files[0], "as it was").unwrap();
        let mut watch = Watch {
            eyes: Eyes::Looking(BTreeMap::new()),
            happened: Arc::default(),
            involved: BTreeSet::new(),
        };
        watch.set(&files);
        watch.changed().await;
        let none = tokio::time::timeout(Duration::from_millis(10), watch.changed());
        assert!(none.await.is_err());
        fs::write(&files[0], "as it is").unwrap();
        watch.changed().await;
        fs::write(&files[1], "new").unwrap();
        watch.changed().await;
        fs::rename(&files[1], &files[0]).unwrap();
        watch.changed().await;
        fs::remove_file(&files[0]).unwrap();
        watch.changed().await;
    }
}
