//! Each guest's code is checked before it is run, and no other's.

use super::{super::compile::Compiler, *};
use futures_util::future::try_join_all;
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use wasmtime::Config;

/// A runner's start: it compiles guests, all at once.
struct Start {
    sealed: Arc<Sealed>,
    engine: Engine,
    compiler: Compiler,
}

impl Start {
    fn new(folder: &TempDir) -> Self {
        let sealed = Arc::new(Sealed::open(&folder.path().join("cache")).unwrap());
        let mut config = Config::new();
        config.cache(Some(sealed.cache().clone()));
        let engine = Engine::new(&config).unwrap();
        let compiler = Compiler::start(Some(sealed.clone())).unwrap();
        Self {
            sealed,
            engine,
            compiler,
        }
    }

    async fn compile(&self, guests: &[u8]) -> Result<(), crate::engine::Why> {
        let compiling = guests.iter().map(async |guest| {
            let guest = Arc::new(guest_of(*guest));
            let limit = Duration::from_secs(600);
            let path = Path::new("guest.wasm");
            let compiling = self.compiler.compile(&self.engine, path, guest, limit);
            compiling.await
        });
        try_join_all(compiling).await.map(|_| ())
    }

    /// How many guests were there already, and how many were compiled.
    fn found(&self) -> (usize, usize) {
        let cache = self.sealed.cache();
        (cache.cache_hits(), cache.cache_misses())
    }

    fn entry(&self, guest: u8) -> PathBuf {
        let version = self.sealed.versions().next().unwrap();
        version.join(name(&guest_of(guest), &self.engine))
    }
}

fn guest_of(number: u8) -> Vec<u8> {
    let text =
        format!(r#"(component (core module (func (export "f") (result i32) i32.const {number})))"#);
    wat::parse_str(text).unwrap()
}

fn spoil(entry: &Path) {
    let mut code = fs::read(entry).unwrap();
    code[40] ^= 1;
    fs::write(entry, code).unwrap();
}

#[tokio::test]
async fn guests_that_are_compiled_at_once_are_each_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let guests = [1, 2, 3, 4, 5, 6, 7, 8];
    let first = Start::new(&folder);
    first.compile(&guests).await.unwrap();
    assert_eq!(first.found(), (0, 8));
    let second = Start::new(&folder);
    second.compile(&guests).await.unwrap();
    assert_eq!(second.found(), (8, 0));
}

#[tokio::test]
async fn each_guest_is_checked_before_it_is_taken_and_no_other_is() {
    let folder = tempfile::tempdir().unwrap();
    let first = Start::new(&folder);
    first.compile(&[1, 2]).await.unwrap();
    let (one, two) = (first.entry(1), first.entry(2));
    spoil(&one);
    fs::write(first.sealed.seal_of(&two, &guest_of(2)), "").unwrap();
    let second = Start::new(&folder);
    second.compile(&[1]).await.unwrap();
    assert_eq!(second.found(), (0, 1));
    assert!(two.exists());
    second.compile(&[2]).await.unwrap();
    assert_eq!(second.found(), (0, 2));
    let third = Start::new(&folder);
    third.compile(&[1, 2]).await.unwrap();
    assert_eq!(third.found(), (2, 0));
}

#[tokio::test]
async fn damaged_code_that_cannot_be_removed_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let start = Start::new(&folder);
    // Nobody removes a folder as if it were a file.
    let entry = folder.path().to_owned();
    let damaged = vec![(entry.clone(), entry.join("seal"))];
    let guest = checksum(&guest_of(1));
    start.sealed.unchecked().insert(guest, damaged);
    for _ in 0..2 {
        let error = start.compile(&[1]).await.unwrap_err().to_string();
        assert!(error.contains(&entry.display().to_string()), "{error}");
    }
    assert_eq!(start.found(), (0, 0));
}

#[tokio::test]
async fn entries_without_a_seal_and_seals_without_an_entry_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let first = Start::new(&folder);
    first.compile(&[1, 2]).await.unwrap();
    let (one, two) = (first.entry(1), first.entry(2));
    fs::remove_file(&one).unwrap();
    let seal = first.sealed.seal_of(&two, &guest_of(2));
    // As they were called before they named a guest.
    let older =
        first
            .sealed
            .seals()
            .join(format!("{}-{}", last(two.parent().unwrap()), last(&two)));
    fs::rename(seal, older).unwrap();
    let second = Start::new(&folder);
    assert!(!two.exists());
    assert!(files(&second.sealed.seals()).is_empty());
}

/// What the operator is warned of.
fn warnings(seal: impl FnOnce()) -> String {
    let log = NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(Arc::new(log.reopen().unwrap()))
        .finish();
    tracing::subscriber::with_default(subscriber, seal);
    fs::read_to_string(log.path()).unwrap()
}

#[test]
fn code_that_another_start_removes_before_its_seal_is_no_reason_for_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let first = Start::new(&folder);
    wasmtime::component::Component::new(&first.engine, guest_of(1)).unwrap();
    let seal = || first.sealed.seal(&guest_of(1), &first.engine);
    // Where a seal cannot be written, there is one.
    fs::write(first.sealed.seals(), "").unwrap();
    assert!(warnings(seal).contains("cannot seal"));
    Start::new(&folder);
    assert!(!first.entry(1).exists());
    assert_eq!(warnings(seal), "");
}
