//! Files that are no guests, or say that they are more than they are: a clear error, soon, without much memory, and never a panic.

use crate::support::{PATIENCE, guest, memory_of, repository};
use fastrand::Rng;
use std::{
    io::{Read, Seek},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What a file of a few megabytes may cost.
const MEMORY: u64 = 1 << 30;

/// A section of a component, or of a module: its id, its length, its content.
pub fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &number(content.len() as u64), content].concat()
}

/// As the binary format has numbers (LEB128).
pub fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// The place of a type, where it could be mistaken for a negative number: seven bits at a time, and the last byte's sixth is clear.
fn index(place: u64) -> Vec<u8> {
    let mut bytes = number(place);
    if let Some(last) = bytes.last_mut()
        && *last & 0x40 != 0
    {
        *last |= 0x80;
        bytes.push(0);
    }
    bytes
}

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

fn component(sections: &[Vec<u8>]) -> Vec<u8> {
    [COMPONENT.to_vec(), sections.concat()].concat()
}

fn module(sections: &[Vec<u8>]) -> Vec<u8> {
    let module = [MODULE.to_vec(), sections.concat()].concat();
    component(&[section(1, &module)])
}

/// What the program made of a file.
struct Outcome {
    code: i32,
    out: String,
    err: String,
    peak: u64,
}

/// Has the program look at a file (`inspect`) or serve it (`run`), until it ends, or serves and is told to end.
fn judge(verb: &str, flags: &[&str], bytes: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guest.wasm");
    std::fs::write(&path, bytes).unwrap();
    let file = || tempfile::tempfile().unwrap();
    let (mut out, mut err) = (file(), file());
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_plugbox"))
        .args([verb.as_ref(), path.as_os_str()])
        .args(flags)
        .env_remove("RUST_LOG")
        .env("XDG_CACHE_HOME", cache())
        .env("DAPR_COMPONENTS_SOCKETS_FOLDER", folder.path())
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(err.try_clone().unwrap())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        peak = memory_of(child.id(), "VmHWM:")
            .unwrap_or_default()
            .max(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{verb} never ends");
        }
        if verb == "run" && out.metadata().unwrap().len() > 0 {
            // It serves: a lie too small to matter.
            let id = i32::try_from(child.id()).unwrap();
            let id = rustix::process::Pid::from_raw(id).unwrap();
            rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        }
        thread::sleep(Duration::from_millis(2));
    };
    let text = |file: &mut std::fs::File| {
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    };
    Outcome {
        code: status.code().expect("no signal ended it"),
        out: text(&mut out),
        err: text(&mut err),
        peak,
    }
}

/// One cache for all: what is compiled in a test is of use to the next run.
fn cache() -> PathBuf {
    repository().join("target/test-cache")
}

/// That both verbs say what is wrong, in few words, without much ado.
fn is_refused(what: &str, bytes: &[u8]) {
    for verb in ["inspect", "run"] {
        let outcome = judge(verb, &[], bytes);
        assert_eq!(outcome.code, 1, "{verb} {what}: {}", outcome.err);
        is_sound(verb, what, &outcome);
    }
}

/// That it ended well: with an answer, or with an error that says something.
fn is_sound(verb: &str, what: &str, outcome: &Outcome) {
    let Outcome {
        code,
        out,
        err,
        peak,
        ..
    } = outcome;
    assert!(*peak < MEMORY, "{verb} {what}: {} MiB", peak >> 20);
    assert!(!err.contains("panicked"), "{verb} {what}: {err}");
    let odd = |letter: char| letter.is_control() && !"\t\n".contains(letter);
    assert!(!err.contains(odd) && !out.contains(odd), "{verb} {what}");
    match code {
        0 => assert!(!out.is_empty(), "{verb} {what}"),
        1 => {
            assert!(err.contains("guest.wasm"), "{verb} {what}: {err}");
            assert!(err.len() < 16 << 10, "{verb} {what}: {} bytes", err.len());
        }
        code => panic!("{verb} {what}: exit code {code}: {err}"),
    }
}

#[test]
fn a_component_that_is_cut_off_anywhere_is_refused() {
    let small = wat::parse_str(
        r#"(component
            (import "wasi:random/random@0.2.0"
                (instance (export "get-random-u64" (func (result u64)))))
            (core module $m (memory (export "m") 1) (func (export "f") (result i32) i32.const 1))
            (core instance $m (instantiate $m))
            (func $f (result u32) (canon lift (core func $m "f")))
            (instance $i (export "init" (func $f)))
            (export "dapr:components/state-store@0.1.0" (instance $i)))"#,
    );
    let small = small.unwrap();
    for length in 0..small.len() {
        let outcome = judge("inspect", &[], &small[..length]);
        is_sound("inspect", &format!("{length} bytes"), &outcome);
    }
    let real = std::fs::read(guest("rust-minimal-state")).unwrap();
    for part in 0..32 {
        let length = real.len() * part / 32;
        is_refused(&format!("{length} bytes"), &real[..length]);
    }
}

#[test]
fn a_component_with_flipped_bits_is_refused_or_served() {
    let seed = std::env::var("HOSTILE_SEED").ok();
    let seed = seed.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("HOSTILE_SEED={seed}");
    let mut random = Rng::with_seed(seed);
    let real = std::fs::read(guest("rust-minimal-state")).unwrap();
    for round in 0..32 {
        let mut bytes = real.clone();
        for _ in 0..1 << random.u32(0..6) {
            let place = random.usize(..bytes.len());
            bytes[place] ^= 1 << random.u32(..8);
        }
        for verb in ["inspect", "run"] {
            let outcome = judge(verb, &[], &bytes);
            is_sound(verb, &format!("seed {seed}, round {round}"), &outcome);
        }
    }
}

#[test]
fn a_component_that_claims_more_than_it_has_is_refused() {
    let claim = number(1_000_000_000);
    let most = number(u64::from(u32::MAX));
    // Ids of sections of a component: core module 1, core instance 2, core type 3, component 4, instance 5, alias 6, type 7, canon 8,
    // import 10, export 11.
    for id in [2, 3, 5, 6, 7, 8, 10, 11] {
        is_refused(
            &format!("a billion items of section {id}"),
            &component(&[section(id, &claim)]),
        );
    }
    // Of a module: type 1, import 2, function 3, table 4, memory 5, global 6, export 7, element 9, code 10, data 11, data count 12.
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12] {
        is_refused(
            &format!("a billion items of a module's section {id}"),
            &module(&[section(id, &most)]),
        );
    }
    is_refused(
        "a section longer than the file",
        &component(&[[&[1][..], &most].concat()]),
    );
    is_refused(
        "a name longer than the file",
        &component(&[section(10, &[&[1, 0][..], &claim].concat())]),
    );
    // A function with four billion locals of its own.
    is_refused(
        "four billion locals",
        &module(&[
            section(1, &[1, 0x60, 0, 0]),
            section(3, &[1, 0]),
            section(
                10,
                &[
                    &[1][..],
                    &number(2 + most.len() as u64 + 1),
                    &[1],
                    &most,
                    &[0x7f, 0x0b],
                ]
                .concat(),
            ),
        ]),
    );
}

#[test]
fn a_component_of_great_depth_or_breadth_is_refused() {
    const DEPTH: usize = 10_000;
    // Components inside components.
    let mut nested = component(&[]);
    for _ in 0..DEPTH {
        nested = component(&[section(4, &nested)]);
    }
    is_refused("components inside components", &nested);
    let siblings = vec![section(4, &component(&[])); DEPTH];
    is_refused("components beside components", &component(&siblings));
    // A list of lists of lists: each type names the one before.
    let mut types = number(DEPTH as u64);
    types.push(0x7f);
    for depth in 1..DEPTH as u64 {
        types.push(0x70);
        types.extend(index(depth - 1));
    }
    is_refused("lists of lists", &component(&[section(7, &types)]));
    // A type that is twice the one before, many times: 2 to the power of their number.
    let mut types = number(100);
    types.push(0x7f);
    for depth in 1..100_u64 {
        let before = index(depth - 1);
        types.extend([0x6f, 2]);
        types.extend(before.iter().chain(&before));
    }
    is_refused(
        "a type of twice the one before",
        &component(&[section(7, &types)]),
    );
    // Types of instances inside types of instances, which are not by name but in place.
    let mut inner = vec![0x42, 0];
    for _ in 0..DEPTH {
        inner = [&[0x42, 1, 0x01][..], &inner].concat();
    }
    is_refused(
        "instances inside instances",
        &component(&[section(7, &[&[1][..], &inner].concat())]),
    );
}

/// A compiler has no bound of its own: these take it the square of their size.
#[test]
fn a_component_that_takes_for_ever_to_be_compiled_is_refused_at_the_time_limit() {
    let inside = [[0x03, 0x40].repeat(100_000), vec![0x0b; 100_000]].concat();
    let beside = [0x02, 0x40, 0x0b].repeat(1_000_000);
    for (what, blocks) in [("loops inside loops", inside), ("a million blocks", beside)] {
        let body = [&[0][..], &blocks, &[0x0b]].concat();
        let code = [&[1][..], &number(body.len() as u64), &body].concat();
        let bytes = module(&[
            section(1, &[1, 0x60, 0, 0]),
            section(3, &[1, 0]),
            section(10, &code),
        ]);
        let outcome = judge("run", &["--compile-timeout=2s"], &bytes);
        is_sound("run", what, &outcome);
        assert!(
            outcome
                .err
                .contains("2s (--compile-timeout, or compile_timeout in the manifest)"),
            "{}",
            outcome.err
        );
    }
}

#[test]
fn a_name_of_a_megabyte_is_refused_and_not_repeated() {
    let name = "a".repeat(1 << 20);
    let text = format!(r#"(component (import "{name}" (func)))"#);
    is_refused("an import's name", &wat::parse_str(text).unwrap());
    let text = format!(
        r#"(component (component $c) (instance $i (instantiate $c)) (export "{name}" (instance $i)))"#
    );
    is_refused("an export's name", &wat::parse_str(text).unwrap());
    let text = format!(r#"(component (core module (import "{name}" "{name}" (func))))"#);
    is_refused("a module's import's name", &wat::parse_str(text).unwrap());
    // As long as a name may be, and with what a terminal would obey.
    let name = "\u{1b}[2J\r\n".repeat(15_000);
    let bytes = |text: &str| {
        text.bytes()
            .map(|byte| format!("\\{byte:02x}"))
            .collect::<String>()
    };
    let (escaped, most) = (bytes(&name), "a".repeat(99_000));
    let text = format!(
        r#"(component (core module $m (import "{escaped}" "b" (func))) (core instance (instantiate $m)))"#
    );
    is_refused(
        "a name of control characters",
        &wat::parse_str(text).unwrap(),
    );
    let text = format!(r#"(component (import "{most}" (func)))"#);
    is_refused(
        "the longest name of an import",
        &wat::parse_str(text).unwrap(),
    );
    let text =
        format!(r#"(component (import "wasi:cli/{most}@0.2.0" (instance (export "a" (func)))))"#);
    is_refused("a package's name", &wat::parse_str(text).unwrap());
    let many: String = (0..10_000)
        .map(|number| format!(r#"(import "example:imports/number{number}@0.1.0" (instance))"#))
        .collect();
    let text = format!("(component {many})");
    is_refused("ten thousand imports", &wat::parse_str(text).unwrap());
}
