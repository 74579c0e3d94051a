//! WebAssembly: guests, what people take for guests, and what is made to be neither.

use super::Seed;
use std::path::Path;
use wit_bindgen_core::wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};

/// Worlds of the contract: the smallest of each kind of interface.
const WORLDS: [&str; 4] = [
    "minimal-state-store",
    "minimal-pub-sub",
    "output-binding-guest",
    "hello-guest",
];

/// Components in their text.
const COMPONENTS: [(&str, &str); 12] = [
    ("empty", "(component)"),
    (
        "export-of-nothing",
        r#"(component (component $c) (instance $i (instantiate $c))
            (export "dapr:components/state-store@0.1.0" (instance $i)))"#,
    ),
    (
        "export-alone",
        r#"(component (component $c) (instance $i (instantiate $c))
            (export "dapr:components/bulk-state-store@0.1.0" (instance $i)))"#,
    ),
    (
        "export-of-another-type",
        r#"(component
            (core module $m (func (export "f")))
            (core instance $m (instantiate $m))
            (func $f (canon lift (core func $m "f")))
            (instance $i (export "init" (func $f)) (export "get" (func $f)) (export "set" (func $f)) (export "delete" (func $f)))
            (export "dapr:components/state-store@0.1.0" (instance $i)))"#,
    ),
    (
        "imports",
        r#"(component
            (import "wasi:keyvalue/store@0.2.0" (instance (export "open" (func))))
            (import "wasi:random/random@0.2.0" (instance (export "get-random-u64" (func (param "x" u32) (result u32)))))
            (import "locked-dep=<a:b@1.0.0>" (component))
            (import "f" (func (param "x" string) (result (list (option (tuple u8 char)))))))"#,
    ),
    (
        "loops-in-start",
        r#"(component (core module $m (func $f (loop br 0)) (start $f)) (core instance (instantiate $m)))"#,
    ),
    (
        "traps-in-start",
        r#"(component (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m)))"#,
    ),
    (
        "recursion-in-start",
        r#"(component (core module $m (func $f (call $f) (call $f)) (start $f)) (core instance (instantiate $m)))"#,
    ),
    (
        "memories",
        r#"(component (core module $m (memory 1 65536) (data (i32.const 65530) "abcdefgh") (func $f (drop (memory.grow (i32.const 60000)))) (start $f))
            (core instance (instantiate $m)) (core instance (instantiate $m)))"#,
    ),
    (
        "tables",
        r#"(component (core module $m (table 100000 4000000000 funcref) (elem (i32.const 0) func $f) (func $f (drop (table.grow (ref.null func) (i32.const 2000000)))) (start $f))
            (core instance (instantiate $m)))"#,
    ),
    (
        "nested",
        r#"(component
            (component $a (component $b (component $c (core module $m) (core instance (instantiate $m)) (type $t (record (field "a" u8))) (export "t" (type $t))) (instance $c (instantiate $c)) (export "c" (instance $c))) (instance $b (instantiate $b)) (export "b" (instance $b)))
            (instance $a (instantiate $a)) (alias export $a "b" (instance $b)) (alias export $b "c" (instance $c)) (alias export $c "t" (type $t))
            (type $list (list $t)) (type $variant (variant (case "x" $list) (case "y")))
            (type $resource (resource (rep i32))) (core func $drop (canon resource.drop $resource))
            (export "r" (type $resource)))"#,
    ),
    (
        "says-much-of-itself",
        r#"(component (@custom "producers" "\02\08language\02\04Rust\0d1.0\1b[2J\07\0a\0d\09\20\20\2e\01C\00\0cprocessed-by\01\03x\0ay\00") (@producers (sdk "kit" "1") (language "Go" ""))
            (core module $m (@custom "name" "\00\02\01m")) (core instance (instantiate $m)))"#,
    ),
];

const MODULES: [(&str, &str); 6] = [
    ("module", "(module)"),
    (
        "command",
        r#"(module (func (export "_start")) (memory (export "memory") 1))"#,
    ),
    ("object", r#"(module (@custom "linking" "\02"))"#),
    (
        "interface-unknown",
        r#"(module (func (export "example:other/thing@1.0.0#do")))"#,
    ),
    (
        "interface-without-functions",
        r#"(module (func (export "dapr:components/state-store@0.1.0#init")))"#,
    ),
    (
        "preview-1",
        r#"(module
            (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
            (func (export "cabi_post_layotto:components/hello@0.1.0#say-hello") (param i32))
            (func (export "layotto:components/hello@0.1.0#init") (param i32) (result i32) i32.const 0)
            (func (export "layotto:components/hello@0.1.0#say-hello") (param i32 i32) (result i32) i32.const 0)
            (memory (export "memory") 1))"#,
    ),
];

pub fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, text) in COMPONENTS {
        let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        seeds.push(Seed::new("loader", name, bytes.as_slice()));
        seeds.push(Seed::new("inspect", name, bytes));
    }
    for (name, text) in MODULES {
        let bytes = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        seeds.push(Seed::new("componentize", name, bytes.as_slice()));
        seeds.push(Seed::new("inspect", name, bytes));
    }
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("wit");
    let (package, _) = resolve.push_path(wit).unwrap();
    for name in WORLDS {
        let world = resolve.select_world(&[package], Some(name)).unwrap();
        let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
        // Its functions trap, and have their types.
        let untyped = dummy_module(&resolve, world, abi);
        let mut typed = untyped.clone();
        embed_component_metadata(&mut typed, &resolve, world, StringEncoding::UTF8).unwrap();
        let guest = ComponentEncoder::default()
            .module(&typed)
            .unwrap()
            .encode()
            .unwrap();
        let names = [
            name.to_owned(),
            format!("{name}-untyped"),
            format!("{name}-typed"),
        ];
        seeds.push(Seed::new("loader", &names[0], guest.as_slice()));
        seeds.push(Seed::new("inspect", &names[0], guest));
        seeds.push(Seed::new("componentize", &names[1], untyped));
        seeds.push(Seed::new("componentize", &names[2], typed));
    }
    seeds
}
