//! What the store promises, over files of its own for each test.

mod changes;
mod names;
mod refusals;

use std::fs;

use tempfile::TempDir;

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::secret_store::Secret;
use crate::store::Store;

const NO_MORE: [(&str, &str); 0] = [];

/// A folder with one file.
struct Folder(TempDir);

impl Folder {
    fn with(content: impl AsRef<[u8]>) -> Self {
        let folder = Self(TempDir::new().unwrap());
        fs::write(folder.file(), content).unwrap();
        folder
    }

    fn file(&self) -> String {
        let path = self.0.path().join("secrets.json");
        path.to_str().unwrap().to_owned()
    }

    fn open<const N: usize>(&self, more: [(&str, &str); N]) -> Result<Store, Error> {
        let file = self.file();
        let all = [("secretsFile", file.as_str())].into_iter().chain(more);
        Store::open(&metadata(all))
    }
}

fn metadata<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Metadata {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    all.into_iter().map(owned).collect()
}

fn secret<const N: usize>(values: [(&str, &str); N]) -> Secret {
    metadata(values)
}

/// A store's refusal: its code and its message.
fn refusal<T>(outcome: Result<T, Error>) -> (Code, String) {
    match outcome {
        Ok(_) => panic!("not refused"),
        Err(Error { code, message }) => (code, message),
    }
}
