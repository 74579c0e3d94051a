//! What a store refuses to open, and that it tells why without telling what is secret.

use super::*;

#[test]
fn the_file_has_to_be_named() {
    for properties in [metadata([]), metadata([("secretsFile", "")])] {
        let (code, message) = refusal(Store::open(&properties));
        assert_eq!(code, Code::InvalidArgument);
        assert!(message.contains("secretsFile"), "{message}");
    }
}

#[test]
fn multi_valued_is_true_or_false() {
    let folder = Folder::with("{}");
    for right in ["true", "TRUE", " yes ", "on", "0", "False", "n"] {
        assert!(folder.open([("multiValued", right)]).is_ok(), "{right}");
    }
    let (code, message) = refusal(folder.open([("multiValued", "maybe")]));
    assert_eq!(code, Code::InvalidArgument);
    assert!(message.contains("\"maybe\""), "{message}");
}

#[test]
fn a_missing_file_is_named() {
    let folder = Folder::with("{}");
    fs::remove_file(folder.file()).unwrap();
    let (code, message) = refusal(folder.open(NO_MORE));
    assert_eq!(code, Code::FailedPrecondition);
    assert!(message.contains(&folder.file()), "{message}");
    assert!(!message.contains("--dir"), "{message}");
}

#[test]
fn a_folder_is_no_file() {
    let folder = Folder::with("{}");
    fs::remove_file(folder.file()).unwrap();
    fs::create_dir(folder.file()).unwrap();
    assert_eq!(refusal(folder.open(NO_MORE)).0, Code::FailedPrecondition);
}

#[test]
fn what_is_no_object_of_json_is_refused_in_silence() {
    let deep = "[".repeat(200) + "\"hunter2\"" + &"]".repeat(200);
    let deep = format!("{{\"hunter2\": {deep}}}");
    let wrong = [
        ("", "line 1, column 0"),
        ("hunter2", "line 1, column 1"),
        ("{\n\"hunter2\": \"hunter2\"", "line 2"),
        (r#"{"hunter2": "hunter2"} {}"#, "column 24"),
        (r#"{"hunter2": hunter2}"#, "column 13"),
        (r#"{"hunter2": "\ud800"}"#, "line 1, column 20"),
        (&deep, "line 1"),
        (r#""hunter2""#, "JSON object"),
        (r#"["hunter2"]"#, "JSON object"),
        (
            r#"{"hunter2:a": 1, "hunter2": {"a": 2}}"#,
            "nestedSeparator",
        ),
    ];
    for (content, why) in wrong {
        let folder = Folder::with(content);
        let (code, message) = refusal(folder.open(NO_MORE));
        assert_eq!(code, Code::FailedPrecondition, "{content}");
        assert!(message.contains(why), "{content}: {message}");
        assert!(message.contains(&folder.file()), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn text_is_utf_8() {
    let (code, message) = refusal(Folder::with(b"{\"a\": \"\xff\"}").open(NO_MORE));
    assert_eq!(code, Code::FailedPrecondition);
    assert!(message.ends_with("is not UTF-8"), "{message}");
}

#[test]
fn a_file_has_a_longest_length() {
    let content = |length: usize| format!("{{\"a\": \"{}\"}}", "x".repeat(length - 9));
    let longest = 3 * 1024 * 1024;
    assert!(Folder::with(content(longest)).open(NO_MORE).is_ok());
    let (code, _) = refusal(Folder::with(content(longest + 1)).open(NO_MORE));
    assert_eq!(code, Code::ResourceExhausted);
}
