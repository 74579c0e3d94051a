//! The reference of the contract, which is generated from `wit/`.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::{fs, path::Path};
use wit_bindgen_core::{Files, wit_parser::Resolve};

/// All that a guest may export.
const WORLD: &str = "package plugbox:reference;

world contract {
    export dapr:components/state-store@0.1.0;
    export dapr:components/bulk-state-store@0.1.0;
    export dapr:components/transactional-state-store@0.1.0;
    export dapr:components/queriable-state-store@0.1.0;
    export dapr:components/pub-sub@0.1.0;
    export dapr:components/bulk-publish@0.1.0;
    export dapr:components/input-binding@0.1.0;
    export dapr:components/output-binding@0.1.0;
    export dapr:components/secret-store@0.1.0;
    export dapr:components/bulk-secret-store@0.1.0;
    export layotto:components/hello@0.1.0;
}";

#[test]
fn the_reference_says_what_the_contract_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut resolve = Resolve::default();
    resolve.push_path(root.join("wit")).unwrap();
    let package = resolve.push_str("reference.wit", WORLD).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut files = Files::default();
    wit_bindgen_markdown::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)
        .unwrap();
    let (_, generated) = files
        .iter()
        .find(|(name, _)| name.ends_with(".md"))
        .unwrap();
    let generated = String::from_utf8(generated.to_vec()).unwrap();
    let file = root.join("docs/contract.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &generated).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == generated,
        "docs/contract.md is not what wit/ says: `just docs` writes it anew"
    );
}
