//! What the maker of a guest does: the contract's WIT, bindings, a component of a core module, and a look at what came out.

mod inspect;

use crate::support::{Setup, guest};
use plugbox::author::write_wit;
use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};
use tempfile::TempDir;
use wit_bindgen_core::wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};

/// The worlds of the contract that a guest can have.
const GUESTS: [&str; 14] = [
    "minimal-state-store",
    "full-state-store",
    "lasting-state-store",
    "minimal-pub-sub",
    "full-pub-sub",
    "lasting-pub-sub",
    "input-binding-guest",
    "output-binding-guest",
    "minimal-secret-store",
    "full-secret-store",
    "hello-guest",
    "everything",
    "minimal-app",
    "full-app",
];

/// The world of the contract that is a part of others.
const PART: &str = "dapr-client";

/// A world as authors write it: one of the contract's, and what it reaches.
const OWN: &str = "
    package example:store;
    world my-store {
        include plugbox:runner/minimal-state-store@0.1.0;
        import wasi:logging/logging@0.1.0-draft;
        import wasi:http/outgoing-handler@WASI;
        import wasi:sockets/tcp-create-socket@WASI;
        import wasi:sockets/ip-name-lookup@WASI;
        import wasi:filesystem/preopens@WASI;
        import wasi:clocks/wall-clock@WASI;
        import wasi:random/random@WASI;
    }";

/// A folder of an author, and plugbox to use in it.
struct Desk {
    folder: TempDir,
}

/// How a verb ended.
struct Done {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, words: &str) -> Done {
        let output = Command::new(env!("CARGO_BIN_EXE_plugbox"))
            .args(words.split(' '))
            .current_dir(self.folder.path())
            .env_remove("RUST_LOG")
            .env("XDG_CACHE_HOME", self.path("cache"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Done {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn done(&self, words: &str) -> String {
        let done = self.run(words);
        assert_eq!(done.code, 0, "{words}: {}", done.err);
        done.out
    }

    #[track_caller]
    fn fails(&self, words: &str) -> String {
        let done = self.run(words);
        assert_eq!(done.code, 1, "{words}: {}", done.out);
        assert_eq!(done.out, "", "{words}");
        done.err
    }

    /// What a compiler would leave of a guest with this world: every function is there, and traps.
    fn core(&self, world: &str) -> (Vec<u8>, Resolve) {
        write_wit(&self.path("contract"), false).unwrap();
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(self.path("contract")).unwrap();
        let id = resolve.select_world(&[package], Some(world)).unwrap();
        let core = dummy_module(&resolve, id, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
        (core, resolve)
    }

    fn guest(&self, world: &str) {
        let (core, _) = self.core(world);
        self.put("core.wasm", core);
        self.done("componentize core.wasm -o guest.wasm");
    }

    fn component(&self, text: &str) {
        self.put("guest.wasm", wat::parse_str(text).unwrap());
    }
}

fn worlds() -> impl Iterator<Item = &'static str> {
    GUESTS.into_iter().chain([PART])
}

/// What a person reads, without what differs from machine to machine or with versions.
#[track_caller]
fn golden(name: &str, text: &str) {
    let filters = vec![
        (r"@0\.2\.\d+", "@0.2.x"),
        (r"wit-component \d\S+", "wit-component VERSION"),
        (r#""wit-component": .*"#, "\"wit-component\": VERSION"),
        (r"[\d.]+ [KM]iB", "SIZE"),
        (r#""size": \d+"#, "\"size\": SIZE"),
        (r"(?m)^\d{4}-\d\d-\S+ .*\n", ""),
    ];
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn wasi_version(desk: &Desk) -> String {
    let text = desk.read("wit/deps/wasi-io/io.wit");
    let line = text.lines().find(|line| line.starts_with("package"));
    let version = line.unwrap().split('@').nth(1).unwrap();
    version.trim_end_matches(';').to_owned()
}

#[test]
fn the_wit_is_whole_and_can_be_read_by_any_tool() {
    let desk = Desk::new();
    golden("wit", &desk.done("wit wit"));
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(desk.path("wit")).unwrap();
    for world in worlds() {
        resolve.select_world(&[package], Some(world)).unwrap();
    }
    assert_eq!(resolve.packages[package].worlds.len(), worlds().count());
}

#[test]
fn the_wit_has_one_wasi_io_so_that_pollables_of_guests_and_contract_are_one() {
    let desk = Desk::new();
    desk.done("wit wit");
    let version = wasi_version(&desk);
    let broker = desk.read("wit/deps/dapr/pub-sub.wit");
    assert!(broker.contains(&format!("wasi:io/poll@{version}.")));
}

#[test]
fn every_world_has_bindings_in_every_language() {
    let desk = Desk::new();
    for language in ["go", "c", "rust"] {
        for world in worlds() {
            desk.done(&format!(
                "bindings --lang {language} --world {world} {language}/{world}"
            ));
        }
    }
    golden(
        "bindings",
        &desk.done("bindings --lang go --world minimal-state-store store"),
    );
    // Go's checksum database knows this one.
    assert!(desk.read("store/go.mod").contains("pkg v0.2.1"));
}

#[test]
fn a_world_of_the_authors_own_builds_on_the_contract_and_wasi() {
    let desk = Desk::new();
    desk.done("wit wit");
    let own = OWN.replace("WASI", &wasi_version(&desk));
    desk.put("own.wit", &own);
    desk.done("bindings --lang c --wit own.wit from-file");
    assert!(desk.read("from-file/my_store.h").contains("wasi_logging"));
    // The same, with all the packages in the author's own folder.
    desk.put("whole/own.wit", &own);
    fs::rename(desk.path("wit/deps"), desk.path("whole/deps")).unwrap();
    fs::create_dir(desk.path("whole/deps/plugbox")).unwrap();
    for file in ["handover.wit", "health.wit", "world.wit"] {
        let place = desk.path("whole/deps/plugbox").join(file);
        fs::rename(desk.path("wit").join(file), place).unwrap();
    }
    desk.done("bindings --lang c --wit whole --world my-store from-folder");
    assert_eq!(
        desk.read("from-file/my_store.h"),
        desk.read("from-folder/my_store.h")
    );
}

#[test]
fn a_world_that_is_not_there_is_answered_with_those_that_are() {
    let desk = Desk::new();
    golden("world-missing", &desk.fails("bindings --lang go store"));
    golden(
        "world-unknown",
        &desk.fails("bindings --lang go --world state store"),
    );
    desk.put("own.wit", "package example:store; interface i {}");
    golden(
        "world-none",
        &desk.fails("bindings --lang go --wit own.wit store"),
    );
    desk.put(
        "own.wit",
        "package example:store; world w { import example:other/i; }",
    );
    golden(
        "world-unresolved",
        &desk.fails("bindings --lang go --wit own.wit store"),
    );
}

#[test]
fn what_was_generated_is_generated_anew_and_what_an_author_wrote_stays() {
    let desk = Desk::new();
    let bindings = "bindings --lang go --world minimal-state-store store";
    desk.done(bindings);
    let edited = format!(
        "{}\nrequire example.com/mine v1.0.0\n",
        desk.read("store/go.mod")
    );
    desk.put("store/go.mod", &edited);
    let mine = "export_dapr_components_state_store/store.go";
    desk.put(&format!("store/{mine}"), "package mine");
    let exports = desk.read("store/wit_exports.go");
    desk.put("store/wit_exports.go", exports.replace("0.61.0", "0.60.0"));
    desk.done(bindings);
    assert_eq!(desk.read("store/wit_exports.go"), exports);
    assert_eq!(desk.read("store/go.mod"), edited);
    assert_eq!(desk.read(&format!("store/{mine}")), "package mine");

    desk.done("wit wit");
    desk.done("wit wit");
}

#[test]
fn nothing_is_written_when_a_file_of_the_author_is_in_the_way() {
    let desk = Desk::new();
    desk.put("wit/deps/wasi-io/io.wit", "package mine:own;");
    golden("wit-in-the-way", &desk.fails("wit wit"));
    assert!(!desk.path("wit/world.wit").exists());
    assert_eq!(desk.read("wit/deps/wasi-io/io.wit"), "package mine:own;");
    desk.done("wit --force wit");
    assert!(desk.read("wit/deps/wasi-io/io.wit").contains("wasi:io"));

    desk.put("c/hello_guest.c", "int precious;");
    let bindings = "bindings --lang c --world hello-guest";
    desk.fails(&format!("{bindings} c"));
    assert_eq!(desk.read("c/hello_guest.c"), "int precious;");
    desk.done(&format!("{bindings} --force c"));

    let (core, _) = desk.core("hello-guest");
    desk.put("core.wasm", core);
    desk.put("store.go", "package precious");
    desk.fails("componentize core.wasm -o store.go");
    assert_eq!(desk.read("store.go"), "package precious");
}

#[test]
fn a_core_module_becomes_a_guest_by_the_interfaces_that_it_exports() {
    for world in GUESTS {
        let desk = Desk::new();
        desk.guest(world);
        desk.done("inspect guest.wasm");
    }
}

#[test]
fn a_core_module_becomes_a_guest_by_the_world_that_its_bindings_put_in_it() {
    let desk = Desk::new();
    let (mut core, resolve) = desk.core("full-state-store");
    let package = resolve.package_names.iter();
    let runner = package.filter(|(name, _)| name.namespace == "plugbox");
    let packages: Vec<_> = runner.map(|(_, id)| *id).collect();
    let world = resolve.select_world(&packages, Some("minimal-state-store"));
    embed_component_metadata(&mut core, &resolve, world.unwrap(), StringEncoding::UTF8).unwrap();
    desk.put("core.wasm", core);
    desk.done("componentize core.wasm -o guest.wasm");
    // Its names alone would say more.
    let exports = desk.done("inspect guest.wasm");
    assert!(!exports.contains("bulk-state-store"), "{exports}");
    golden(
        "componentize-two-worlds",
        &desk.fails("componentize core.wasm -o guest.wasm --world full-state-store"),
    );
}

#[test]
fn a_core_module_becomes_a_guest_by_the_world_that_is_named() {
    let desk = Desk::new();
    let (core, _) = desk.core("full-state-store");
    desk.put("core.wasm", core);
    desk.done("componentize core.wasm -o guest.wasm --world minimal-state-store");
    let exports = desk.done("inspect guest.wasm");
    assert!(!exports.contains("bulk-state-store"), "{exports}");
}

#[test]
fn a_guest_that_was_componentized_is_served() {
    let desk = Desk::new();
    desk.guest("minimal-state-store");
    let runner = Setup::new().file("store", &desk.path("guest.wasm")).start();
    assert!(runner.socket("store").exists());
}

#[test]
fn what_is_no_core_module_of_a_guest_is_answered_with_what_is_wrong() {
    let table = [
        ("componentize-not-wasm", "(;;)".to_owned()),
        ("componentize-component", "(component)".to_owned()),
        ("componentize-no-world", "(module)".to_owned()),
        (
            "componentize-program",
            r#"(module (func (export "_start")))"#.to_owned(),
        ),
        (
            "componentize-object",
            r#"(module (@custom "linking" "\02"))"#.to_owned(),
        ),
        (
            "componentize-unknown-export",
            r#"(module (func (export "example:other/thing@1.0.0#do")))"#.to_owned(),
        ),
        (
            "componentize-half",
            r#"(module (func (export "dapr:components/state-store@0.1.0#init")))"#.to_owned(),
        ),
        (
            "componentize-import",
            r#"(module
                (import "env" "magic" (func))
                (func (export "layotto:components/hello@0.1.0#init")))"#
                .to_owned(),
        ),
    ];
    for (name, text) in table {
        let desk = Desk::new();
        let bytes = match name {
            "componentize-not-wasm" => text.into_bytes(),
            _ => wat::parse_str(text).unwrap(),
        };
        desk.put("core.wasm", bytes);
        golden(name, &desk.fails("componentize core.wasm -o guest.wasm"));
        assert!(!desk.path("guest.wasm").exists(), "{name}");
    }
    let desk = Desk::new();
    golden(
        "componentize-missing",
        &desk.fails("componentize core.wasm -o guest.wasm"),
    );
}
