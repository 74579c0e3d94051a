//! How the document's names become those of secrets and values.

use super::*;

const DOCUMENT: &str = r#"{
    "plain": "a text",
    "nested": {"user": "ada", "deep": {"list": ["x", {"y": "z"}]}},
    "number": 1.10,
    "large": 12345678901234567890123,
    "yes": true,
    "no": false,
    "nothing": null,
    "empty": "",
    "items": ["first", "second"],
    "hollow": {},
    "Grüße \"1\"": "line\nbreak \u00fc"
}"#;

fn all(store: &mut Store) -> Vec<(String, Secret)> {
    store.bulk_get().unwrap()
}

#[test]
fn single_values_have_joined_names() {
    let folder = Folder::with(DOCUMENT);
    let mut store = folder.open(NO_MORE).unwrap();
    let expected = [
        ("Grüße \"1\"", "line\nbreak ü"),
        ("empty", ""),
        ("items:0", "first"),
        ("items:1", "second"),
        ("large", "12345678901234567890123"),
        ("nested:deep:list:0", "x"),
        ("nested:deep:list:1:y", "z"),
        ("nested:user", "ada"),
        ("no", "false"),
        ("number", "1.10"),
        ("plain", "a text"),
        ("yes", "true"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), secret([(name, value)])));
    assert_eq!(all(&mut store), expected);
    for (name, secret) in expected {
        assert_eq!(store.get(&name).unwrap(), secret);
    }
    assert!(store.features().is_empty());
}

#[test]
fn several_values_keep_the_name_at_the_top() {
    let folder = Folder::with(DOCUMENT);
    let mut store = folder.open([("multiValued", "true")]).unwrap();
    let names: Vec<String> = all(&mut store).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "Grüße \"1\"",
            "empty",
            "hollow",
            "items",
            "large",
            "nested",
            "no",
            "number",
            "plain",
            "yes"
        ]
    );
    let mut get = |name| store.get(name).unwrap();
    assert_eq!(get("plain"), secret([("plain", "a text")]));
    assert_eq!(get("number"), secret([("number", "1.10")]));
    assert_eq!(get("items"), secret([("0", "first"), ("1", "second")]));
    assert_eq!(get("hollow"), secret([]));
    assert_eq!(
        get("nested"),
        secret([
            ("deep:list:0", "x"),
            ("deep:list:1:y", "z"),
            ("user", "ada")
        ])
    );
    assert_eq!(store.features(), ["MULTIPLE_KEY_VALUES_PER_SECRET"]);
}

#[test]
fn the_separator_can_be_chosen() {
    let folder = Folder::with(DOCUMENT);
    let mut store = folder.open([("nestedSeparator", "__")]).unwrap();
    assert!(store.get("nested__deep__list__1__y").is_ok());
    assert!(store.get("nested:user").is_err());
    let several = [("nestedSeparator", "."), ("multiValued", "1")];
    let secret = folder.open(several).unwrap().get("nested").unwrap();
    assert!(secret.iter().any(|(name, _)| name == "deep.list.1.y"));
}

#[test]
fn an_empty_property_stands_for_the_default() {
    let folder = Folder::with(DOCUMENT);
    let empty = [("nestedSeparator", ""), ("multiValued", "")];
    let mut store = folder.open(empty).unwrap();
    assert!(store.get("nested:user").is_ok());
}

#[test]
fn a_name_that_is_not_there_is_not_found() {
    let folder = Folder::with(DOCUMENT);
    let mut store = folder.open(NO_MORE).unwrap();
    for missing in ["", "nested", "Plain", "nothing", "hollow", "items:2"] {
        let (code, message) = refusal(store.get(missing));
        assert_eq!(code, Code::NotFound);
        assert!(message.contains(&format!("{missing:?}")), "{message}");
    }
}
