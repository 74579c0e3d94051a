//! The references: of the contract, which is generated from `wit/`, and of the manifest, from the settings.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by a panic"
)]

use clap::{Arg, CommandFactory};
use plugbox::{
    cli::Cli,
    config::{in_toml, schema},
};
use serde_json::Value;
use std::{fmt::Write, fs, path::Path};
use wit_bindgen_core::{Files, wit_parser::Resolve};

/// All that a guest may export, and what it may ask of Dapr.
const WORLD: &str = "package plugbox:reference;

world contract {
    import dapr:client/state@0.1.0;
    import dapr:client/publish@0.1.0;
    import dapr:client/invoke@0.1.0;
    import dapr:client/bindings@0.1.0;
    import dapr:client/secrets@0.1.0;
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
    export dapr:app/invoke@0.1.0;
    export dapr:app/subscriber@0.1.0;
    export dapr:app/bulk-subscriber@0.1.0;
    export dapr:app/binding-handler@0.1.0;
    export dapr:app/jobs@0.1.0;
    export dapr:app/health@0.1.0;
    export layotto:components/hello@0.1.0;
    export plugbox:runner/handover@0.1.0;
    export plugbox:runner/health@0.1.0;
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
    holds("docs/contract.md", &generated, "wit/");
}

/// Writes a page if that was asked for, and has the one that is there say what it must.
fn holds(page: &str, generated: &str, source: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, generated).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == generated,
        "{page} is not what {source} says: `just docs` writes it anew"
    );
}

/// What no schema says of the manifest.
const INTRODUCTION: &str = "\
# plugbox.toml

`plugbox run` reads `plugbox.toml` in the working folder when no guest is named on the command line; `-c FILE` names another
manifest. Guests that are named beside `-c` are served too: in place of the manifest's guest where a component or an app has that name,
with all that is set for it, and otherwise as a component of their own. Without `-c`, a guest on the command line is served alone, and no
manifest is read.

A manifest says all that the flags of `plugbox run` and `plugbox app` say:
";

const RULES: &str = "\
## What holds

- A key of one component or app is set after its `[component.NAME]` or `[app.NAME]`; before the first of them it holds for every one,
  where it is none of [those of an app alone](#for-an-app). What stands nearest counts: a flag, then the component or the app, then the
  top, then the default. **Flags hold for every component and app.**
- Grants add up: what `dirs`, `env`, `allowed_outbound_hosts`, `allowed_listen_addresses` and `allow_dapr` say at the top, in the
  component or app, and in flags. Of two that name the same variable, or the same folder of the guest, the nearest counts.
- A component's name is the stem of its socket and the second half of its type in Dapr: letters, digits, `-`, `_` and `.`. An app's
  name is of the same kind, and for `plugbox status` and `plugbox swap` alone: daprd's `--app-id` may be another. No two of them have the
  same name.
- Each app has a port of its own. `plugbox app GUEST -c FILE` serves one guest alone, with what is set in the `[app.NAME]` of its name.
- Relative paths are relative to the manifest's folder. (Those of flags are relative to the working folder.)
- `${VAR}` in any text is the value of an environment variable, and that must be there; `$${` is a `${` that is meant as it stands. A
  count or a port may be such a text, too: `instances = \"${INSTANCES}\"`.
- A time is a number and a unit, like `500ms`, `5s` or `2m`; a size is one like `512KiB`, `128MiB` or `1GiB`.
- A key that is not known is an error, and so is a guest or a granted folder that is not there. All that is wrong is told at once, each
  with file, line, column and key, and with exit code 2. The values of variables are never told.
- A runner reads it again on SIGHUP, or with `watch` as soon as it changes. What is set for the runner waits for the next start then, all
  but `drain` and `max_components`; so do `instances` of a component, and `port`, `listen` and `app_token_env` of an app. All else of a
  component or an app holds at once. A manifest that is wrong changes nothing.

`plugbox schema` writes a JSON Schema for editors. With taplo, or Even Better TOML in VS Code, a manifest that begins with the line
`#:schema ./plugbox.schema.json` is completed and checked while it is written:

```
plugbox schema > plugbox.schema.json
```
";

#[test]
fn the_reference_of_the_manifest_says_what_the_settings_say() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/plugbox.toml");
    let example = fs::read_to_string(example).unwrap();
    let mut command = Cli::command();
    command.build();
    let run = command.find_subcommand("run").unwrap();
    let app_flags = command.find_subcommand("app").unwrap();
    let schema = schema().to_value();
    let section = |name: &str| &schema["properties"][name]["additionalProperties"];
    let (component, app) = (section("component"), section("app"));
    let is_of = |section: &Value, key: &str| !section["properties"][key].is_null();
    let mut page = format!("{INTRODUCTION}\n```toml\n{example}```\n\n{RULES}");
    let (mut each, whole): (Vec<_>, Vec<_>) = run
        .get_arguments()
        .map(|arg| (arg.get_id().as_str(), Some(arg)))
        .filter(|(key, _)| is_of(&schema, key))
        .partition(|(key, _)| is_of(component, key));
    let of_app: Vec<_> = app_flags
        .get_arguments()
        .map(|arg| (arg.get_id().as_str(), Some(arg)))
        .filter(|(key, _)| is_of(app, key) && !is_of(component, key))
        .collect();
    let flags = each.len() + whole.len();
    each.insert(0, ("guest", None));
    write!(page, "\n## For the runner\n\n{}", table(&whole, &schema)).unwrap();
    write!(
        page,
        "\n## For a component or an app\n\n{}",
        table(&each, component)
    )
    .unwrap();
    page.push_str("\nA folder in `dirs` has these keys:\n\n");
    let dir = &component["properties"]["dirs"]["items"];
    let dir_keys = ["host", "guest", "mode"].map(|key| (key, None));
    page.push_str(&table(&dir_keys, dir));
    assert_eq!(dir["properties"].as_object().unwrap().len(), dir_keys.len());
    write!(
        page,
        "\n## For an app\n\nBeside those of a component:\n\n{}",
        table(&of_app, app)
    )
    .unwrap();
    let keys = |schema: &Value| schema["properties"].as_object().unwrap().len();
    assert_eq!(
        keys(&schema),
        flags + 2,
        "all but `component` and `app` have flags"
    );
    assert_eq!(keys(app), keys(component) + of_app.len());
    holds("docs/manifest.md", &page, "host/config/settings.rs");
}

fn table(rows: &[(&str, Option<&Arg>)], schema: &Value) -> String {
    let mut table = "| key | flag | what it says | default |\n|---|---|---|---|\n".to_owned();
    for (key, arg) in rows {
        let needed = schema["required"]
            .as_array()
            .is_some_and(|needed| needed.contains(&(*key).into()));
        let schema = &schema["properties"][key];
        let flag = arg.and_then(|arg| Some(format!("`--{}`", arg.get_long()?)));
        let flag = flag.unwrap_or_default();
        let text = schema["description"].as_str().unwrap().replace('|', "\\|");
        let example = match (schema.get("examples"), schema["items"].get("examples")) {
            (Some(examples), _) => format!("; like `{}`", in_toml(&examples[0])),
            (None, Some(of_items)) => format!("; like `[{}]`", in_toml(&of_items[0])),
            (None, None) => String::new(),
        };
        let default = match schema.get("default") {
            Some(default) => format!("`{}`", in_toml(default)),
            None if needed => format!("must be there{example}"),
            None => format!("none{example}"),
        };
        writeln!(table, "| `{key}` | {flag} | {text} | {default} |").unwrap();
    }
    table
}
