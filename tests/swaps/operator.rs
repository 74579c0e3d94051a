//! Whoever swaps: between two builds of each guest, and with files that are none.

use crate::support::{PATIENCE, Runner, connect, guest, rebuilt};
use plugbox::proto::admin::{
    Component, StatusRequest, SwapRequest, SwapResponse, admin_client::AdminClient,
    swap_request::To,
};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tonic::{Code, Status, transport::Channel};

/// A file that is no guest for a component, and what is said of it.
type Bad = (PathBuf, &'static str);

pub struct Operator {
    admin: AdminClient<Channel>,
    /// By the components' names: a guest, and another build of it.
    builds: HashMap<&'static str, [PathBuf; 2]>,
    bad: Vec<Bad>,
    folder: TempDir,
    /// How many swaps there were of each component.
    swaps: HashMap<&'static str, usize>,
    refused: usize,
    /// How long calls had to wait at the most, as the runner has it, and how long a swap took.
    pub paused: Duration,
    pub took: Duration,
}

impl Operator {
    /// `guests` are the components, and the guests that they are served by.
    pub async fn new(runner: &Runner, guests: &[(&'static str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut builds = HashMap::new();
        for (component, name) in guests {
            let second = folder.path().join(format!("{name}.wasm"));
            fs::write(&second, rebuilt(&guest(name), 2)).unwrap();
            builds.insert(*component, [guest(name), second]);
        }
        let channel = connect(&runner.folder().join("admin/admin.sock")).await;
        Self {
            admin: AdminClient::new(channel),
            builds,
            bad: bad(folder.path()),
            folder,
            swaps: HashMap::new(),
            refused: 0,
            paused: Duration::ZERO,
            took: Duration::ZERO,
        }
    }

    /// Has the other build of a component's guest take over.
    pub async fn swap(&mut self, component: &'static str) {
        let count = self.swaps.entry(component).or_default();
        *count += 1;
        let path = self.builds[component][*count % 2].clone();
        self.swap_to(component, &path).await;
    }

    /// The same with a build that there was never before.
    pub async fn swap_anew(&mut self, component: &'static str) {
        let count = self.swaps.entry(component).or_default();
        *count += 1;
        let bytes = rebuilt(&self.builds[component][0], fastrand::usize(100..999_999));
        let path = self.folder.path().join("anew.wasm");
        fs::write(&path, bytes).unwrap();
        self.swap_to(component, &path).await;
    }

    async fn swap_to(&mut self, component: &'static str, path: &Path) {
        let begun = Instant::now();
        let swapped = self.ask(component, path).await;
        let swapped = swapped.unwrap_or_else(|status| panic!("{component}: {status}"));
        self.took = self.took.max(begun.elapsed());
        let paused = Duration::try_from(swapped.paused.unwrap()).unwrap();
        self.paused = self.paused.max(paused);
        // Those that take over their state say so.
        let lasting = ["store", "broker"].contains(&component);
        assert_eq!(swapped.handed_over, lasting, "{component}");
        assert_eq!(swapped.generation as usize, self.swaps[component] + 1);
    }

    /// Asks for one of the files that are no such guest, which is refused.
    pub async fn blunder(&mut self, component: &'static str) {
        let (path, why) = self.bad[self.refused % self.bad.len()].clone();
        self.refused += 1;
        let status = self.ask(component, &path).await.unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition, "{status}");
        let message = status.message();
        assert!(message.contains(why), "{}: {message}", path.display());
        assert!(message.contains("stays as it is"), "{message}");
    }

    /// How the components are.
    pub async fn status(&mut self) -> HashMap<String, Component> {
        let answer = self.admin.status(StatusRequest {}).await.unwrap();
        let components = answer.into_inner().components.into_iter();
        components.map(|it| (it.name.clone(), it)).collect()
    }

    /// How many swaps there were, and how many were refused.
    pub fn counts(&self) -> (usize, usize) {
        (self.swaps.values().sum(), self.refused)
    }

    async fn ask(&mut self, component: &str, path: &Path) -> Result<SwapResponse, Status> {
        let request = SwapRequest {
            component: component.to_owned(),
            to: Some(To::Guest(path.to_str().unwrap().to_owned())),
            allow_contract_change: false,
        };
        let answer = tokio::time::timeout(PATIENCE, self.admin.swap(request)).await;
        Ok(answer.expect("a swap is not answered")?.into_inner())
    }
}

/// Files that are no guest for a store or a broker, and what is said of them.
fn bad(folder: &Path) -> Vec<Bad> {
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let whole = fs::read(guest("rust-memory-state")).unwrap();
    let mut spoilt = whole.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle..middle + 64].fill(0xff);
    vec![
        (file("half.wasm", &whole[..middle]), "not a valid component"),
        (file("text.wasm", b"hello"), "not a WebAssembly file"),
        (file("empty.wasm", b""), "not a WebAssembly file"),
        (file("spoilt.wasm", &spoilt), "not a valid component"),
        (folder.join("missing.wasm"), "No such file"),
        (guest("rust-hello"), "it does not export"),
        (guest("rust-minimal-state"), "it does not export"),
    ]
}
