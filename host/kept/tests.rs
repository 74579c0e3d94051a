use super::*;
use crate::engine::{
    DaprBlock,
    hello::greeter::{Config, SecretReference},
    types::Metadata,
};
use std::os::unix::fs::PermissionsExt;

const SECRET: &str = "hunter2-hunter2";

fn properties() -> Metadata {
    let pairs = [("password", SECRET), ("", "\0\n\"é"), ("host", "a:1")];
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn state() -> Arc<Init> {
    Arc::new(Init::Dapr(DaprBlock::State, properties()))
}

fn hello() -> Arc<Init> {
    Arc::new(Init::Hello(Config {
        kind: "hello".to_owned(),
        hello: "good day".to_owned(),
        properties: properties(),
        secrets: vec![SecretReference {
            store_name: "vault".to_owned(),
            key: "a".to_owned(),
            sub_key: None,
            inject_as: Some("b".to_owned()),
        }],
        secret_store: Some(String::new()),
        config_store: None,
    }))
}

async fn keep(kept: &Arc<Kept>, component: &str, instance: &str, init: Option<Arc<Init>>) {
    let block = init.as_ref().map_or(Block::State, |init| init.block());
    kept.keep(&Handle::current(), component, instance, block, || init)
        .await;
}

/// The instances that were kept for a component, each with the sorted properties that Init brought.
fn restored(kept: &Kept, component: &str) -> Vec<(String, Metadata)> {
    let restored = kept.of(component).map(|it| {
        let mut properties = it.init.properties().clone();
        properties.sort();
        (it.instance, properties)
    });
    let mut restored: Vec<_> = restored.collect();
    restored.sort();
    restored
}

#[tokio::test]
async fn what_was_kept_is_there_whatever_its_instance_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("state")).unwrap();
    let long = "x".repeat(16 << 10);
    let mut ids = [
        "",
        ".",
        "..",
        "../../etc/passwd",
        "a/b",
        "a.b",
        "a_b",
        "é\0\n",
        "lock",
        &long,
    ];
    ids.sort();
    for id in ids {
        keep(&kept, "store", id, Some(state())).await;
    }
    let mut expected = properties();
    expected.sort();
    let expected: Vec<_> = ids.map(|id| (id.to_owned(), expected.clone())).into();
    assert_eq!(restored(&kept, "store"), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    for entry in fs::read_dir(folder.path().join("state")).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn components_whose_names_look_alike_keep_apart() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("state")).unwrap();
    for component in ["a", "a.b", "a_b", "A"] {
        keep(&kept, component, &format!("of {component}"), Some(state())).await;
    }
    for component in ["a", "a.b", "a_b", "A"] {
        let restored = restored(&kept, component);
        assert_eq!(restored.len(), 1, "{component}");
        assert_eq!(restored[0].0, format!("of {component}"));
    }
}

#[tokio::test]
async fn the_last_init_of_a_block_holds_and_one_that_holds_no_more_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("state")).unwrap();
    keep(&kept, "store", "", Some(state())).await;
    let later = vec![("host".to_owned(), "b:2".to_owned())];
    let init = Init::Dapr(DaprBlock::State, later.clone());
    keep(&kept, "store", "", Some(Arc::new(init))).await;
    assert_eq!(restored(&kept, "store"), [(String::new(), later)]);
    keep(&kept, "store", "", None).await;
    assert_eq!(restored(&kept, "store"), []);
    keep(&kept, "store", "", None).await;
}

#[tokio::test]
async fn what_is_to_be_written_cannot_leave_an_earlier_init_behind() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let kept = Kept::open(&state).unwrap();
    keep(&kept, "store", "", Some(self::state())).await;
    // Nothing can be moved to the place of a folder that is not empty, nor can that be removed like a file.
    let name = file_name("store", "", Block::State);
    fs::remove_file(state.join(&name)).unwrap();
    fs::create_dir(state.join(&name)).unwrap();
    fs::write(state.join(&name).join("x"), "").unwrap();
    keep(&kept, "store", "", Some(self::state())).await;
    assert_eq!(restored(&kept, "store"), []);
    let names = kept.names().unwrap();
    assert!(!names.iter().any(|name| name.ends_with(NEW)), "{names:?}");
}

#[test]
fn a_record_is_read_as_it_was_written_and_in_the_same_bytes() {
    for init in [state(), hello()] {
        let bytes = Record::new("store", "a", &init).write().unwrap();
        let (record, read) = Record::read(&bytes).unwrap().init().unwrap();
        assert_eq!((&*record.component, &*record.instance), ("store", "a"));
        assert_eq!(read.block(), init.block());
        let again = Record::new("store", "a", &read).write().unwrap();
        assert!(again == bytes);
    }
}

#[test]
fn whatever_bit_is_flipped_and_wherever_a_file_is_cut_off_it_is_not_trusted() {
    let bytes = Record::new("store", "a", &hello()).write().unwrap();
    for length in 0..bytes.len() {
        assert!(Record::read(&bytes[..length]).is_err(), "{length}");
    }
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << bit;
            let Err(why) = Record::read(&flipped) else {
                panic!("bit {bit} of byte {place}");
            };
            assert!(!why.contains(SECRET));
        }
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(Record::read(&longer).is_err());
}

#[test]
fn a_folder_is_for_one_runner_and_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("made/here");
    let first = Kept::open(&state).unwrap();
    let mode = fs::metadata(&state).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let refused = format!("{:#}", Kept::open(&state).unwrap_err());
    assert!(refused.contains("another runner"), "{refused}");
    assert!(refused.contains("made/here"), "{refused}");
    drop(first);
    Kept::open(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o750)).unwrap();
    let refused = format!("{:#}", Kept::open(&state).unwrap_err());
    assert!(refused.contains("chmod 700"), "{refused}");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    Kept::open(&file).unwrap_err();
}

#[test]
fn a_link_to_a_private_folder_is_as_good_as_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    drop(Kept::open(&real).unwrap());
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let first = Kept::open(&link).unwrap();
    Kept::open(&real).unwrap_err();
    drop(first);
    fs::set_permissions(&real, fs::Permissions::from_mode(0o755)).unwrap();
    Kept::open(&link).unwrap_err();
}

#[test]
fn what_was_being_written_when_a_runner_was_killed_is_tidied_away() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("state")).unwrap();
    let (_, left) = kept.begin().unwrap().keep().unwrap();
    fs::write(&left, "half").unwrap();
    drop(kept);
    let kept = Kept::open(&folder.path().join("state")).unwrap();
    assert!(!left.exists());
    assert_eq!(kept.names().unwrap(), [LOCK]);
}
