//! What a store does when its file changes.

use std::fs::File;
use std::time::{Duration, SystemTime};

use super::*;

/// Writes another version, of a given age, as a whole.
fn replace(folder: &Folder, content: &str, age: u64) {
    let new = folder.0.path().join("new");
    fs::write(&new, content).unwrap();
    let file = File::options().write(true).open(&new).unwrap();
    let time = SystemTime::now() - Duration::from_secs(age);
    file.set_modified(time).unwrap();
    fs::rename(new, folder.file()).unwrap();
}

fn value(store: &mut Store) -> String {
    store.get("a").unwrap().remove(0).1
}

#[test]
fn a_new_version_is_read_whatever_its_age() {
    let folder = Folder::with(r#"{"a": "1"}"#);
    let mut store = folder.open(NO_MORE).unwrap();
    assert_eq!(value(&mut store), "1");
    replace(&folder, r#"{"a": "2"}"#, 0);
    assert_eq!(value(&mut store), "2");
    replace(&folder, r#"{"a": "3"}"#, 1000);
    assert_eq!(value(&mut store), "3");
    replace(&folder, r#"{"b": "4"}"#, 500);
    assert_eq!(refusal(store.get("a")).0, Code::NotFound);
    assert_eq!(
        store.bulk_get().unwrap(),
        [("b".to_owned(), secret([("b", "4")]))]
    );
}

#[test]
fn the_same_version_is_not_read_again() {
    let folder = Folder::with(r#"{"a": "1"}"#);
    let mut store = folder.open(NO_MORE).unwrap();
    let modified = fs::metadata(folder.file()).unwrap().modified().unwrap();
    fs::write(folder.file(), r#"{"a": "2"}"#).unwrap();
    let file = File::options().write(true).open(folder.file()).unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(value(&mut store), "1");
}

#[test]
fn nothing_is_given_out_while_the_file_is_broken() {
    let folder = Folder::with(r#"{"a": "1"}"#);
    let mut store = folder.open(NO_MORE).unwrap();
    replace(&folder, r#"{"a": "#, 10);
    for _ in 0..2 {
        assert_eq!(refusal(store.get("a")).0, Code::FailedPrecondition);
        assert_eq!(refusal(store.bulk_get()).0, Code::FailedPrecondition);
    }
    fs::remove_file(folder.file()).unwrap();
    assert_eq!(refusal(store.get("a")).0, Code::FailedPrecondition);
    replace(&folder, r#"{"a": "2"}"#, 0);
    assert_eq!(value(&mut store), "2");
}
