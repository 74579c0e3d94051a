//! A look at a file: what it is, what it serves and what it may need.

use super::*;

#[test]
fn a_guest_is_told_by_what_it_serves_and_what_it_may_need() {
    let desk = Desk::new();
    desk.guest("everything");
    golden("inspect", &desk.done("inspect guest.wasm"));
    golden("inspect-json", &desk.done("inspect guest.wasm --json"));
}

#[test]
fn an_app_is_told_apart_from_components() {
    let desk = Desk::new();
    desk.guest("full-app");
    golden("inspect-app", &desk.done("inspect guest.wasm"));
    golden("inspect-app-json", &desk.done("inspect guest.wasm --json"));
    golden("run-app", &desk.fails("run guest.wasm"));
    let desk = Desk::new();
    desk.guest("hello-guest");
    let failed = desk.fails("app guest.wasm --port 0");
    golden("app-component", &failed);
}

#[test]
fn a_guest_that_was_compiled_before_is_compiled_already() {
    let desk = Desk::new();
    desk.guest("hello-guest");
    let first = desk.done("inspect guest.wasm");
    assert!(first.contains("compiled  just now"), "{first}");
    let second = desk.done("inspect guest.wasm");
    assert!(second.contains("compiled  already"), "{second}");
}

#[test]
fn grants_are_named_in_the_words_of_the_command_line() {
    let desk = Desk::new();
    let webhook = guest("rust-webhook");
    let told = desk.done(&format!("inspect {}", webhook.display()));
    assert!(told.contains("--allow-outbound HOST\n"), "{told}");
    assert!(!told.contains("--dir"), "{told}");
    let secrets = guest("rust-file-secrets");
    let told = desk.done(&format!("inspect {}", secrets.display()));
    assert!(told.contains("--dir HOST::GUEST\n"), "{told}");
    assert!(!told.contains("--allow-outbound"), "{told}");
}

fn export_of_nothing(name: &str) -> String {
    format!(
        r#"(component (component $c) (instance $i (instantiate $c)) (export "{name}" (instance $i)))"#
    )
}

#[test]
fn what_is_no_guest_is_told_why_and_what_would_be_right() {
    let table = [
        ("inspect-program", "wasi:cli/run@0.2.0"),
        ("inspect-server", "wasi:http/incoming-handler@0.2.0"),
        ("inspect-key-value", "wasi:keyvalue/store@0.2.0"),
        ("inspect-bare", "state-store"),
        ("inspect-version", "dapr:components/state-store@0.3.0"),
        ("inspect-others", "example:other/thing"),
    ];
    for (name, export) in table {
        let desk = Desk::new();
        desk.component(&export_of_nothing(export));
        let done = desk.run("inspect guest.wasm");
        golden(
            name,
            &format!("exit code {}\n{}{}", done.code, done.out, done.err),
        );
    }
    let desk = Desk::new();
    let program = wat::parse_str(r#"(module (func (export "_start")))"#).unwrap();
    desk.put("core.wasm", program);
    let done = desk.run("inspect core.wasm");
    golden(
        "inspect-core",
        &format!("exit code {}\n{}{}", done.code, done.out, done.err),
    );
    let done = desk.run("inspect core.wasm --json");
    assert_eq!(done.code, 1);
    golden("inspect-core-json", &done.out);
    golden("inspect-missing", &desk.fails("inspect guest.wasm"));
}

#[test]
fn what_a_file_says_of_itself_reaches_the_terminal_as_text() {
    let desk = Desk::new();
    let told = |args: &str| {
        let done = desk.run(args);
        let told = format!("{}{}", done.out, done.err);
        let wild = told
            .chars()
            .find(|letter| letter.is_control() && *letter != '\n');
        assert_eq!(wild, None, "{told:?}");
        assert!(told.contains(r"\u{1b}[2J"), "{told}");
    };
    desk.component(r#"(component (@custom "producers" "\01\08language\01\05a\1b[2J\00"))"#);
    told("inspect guest.wasm");
    desk.component(&export_of_nothing(r"\1b[2J"));
    told("inspect guest.wasm");
    told("run guest.wasm");
    let core = wat::parse_str(r#"(module (func (export "a:\1b[2J/c#f")))"#);
    desk.put("core.wasm", core.unwrap());
    told("componentize core.wasm -o other.wasm");
}
