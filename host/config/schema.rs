//! The manifest's schema: what an editor knows of it, and what it is held against.

use super::settings::{self, Each, Engine, Log, Sockets, Whole};
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf};

/// What `plugbox run` serves, and how. What is set before the first [component.NAME] or [app.NAME] holds for the runner, or for every
/// component and app that does not say otherwise.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "plugbox.toml")]
#[expect(dead_code, reason = "it is a shape, and no value has it")]
struct Document {
    /// The components to serve, by their names. A name is that of the component's socket, and the second half of its type in Dapr.
    #[schemars(default)]
    component: BTreeMap<String, Component>,
    /// The applications to serve, by their names: guests that daprd calls as it calls an app. A component and an app cannot share a
    /// name.
    #[schemars(default)]
    app: BTreeMap<String, App>,
    #[schemars(flatten)]
    sockets: Sockets,
    #[schemars(flatten)]
    whole: Whole,
    #[schemars(flatten)]
    engine: Engine,
    #[schemars(flatten)]
    log: Log,
    #[schemars(flatten)]
    defaults: Each,
}

/// One component.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "it is a shape, and no value has it")]
struct Component {
    /// The guest's file.
    #[schemars(example = "guests/redis.wasm")]
    guest: PathBuf,
    #[schemars(flatten)]
    each: Each,
}

/// One app.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("required" = ["guest", "port"]))]
#[expect(dead_code, reason = "it is a shape, and no value has it")]
struct App {
    /// The guest's file.
    #[schemars(example = "guests/orders.wasm")]
    guest: PathBuf,
    #[schemars(flatten)]
    app: settings::App,
    #[schemars(flatten)]
    each: Each,
}

/// The JSON Schema of the manifest. It is of draft 7, for that is what editors know.
pub fn schema() -> Schema {
    let mut settings = SchemaSettings::draft07();
    settings.inline_subschemas = true;
    settings
        .with_transform(RecursiveTransform(plainer))
        .into_generator()
        .into_root_schema_for::<Document>()
}

/// What is optional is left out, for TOML has no null; a text's lines are those of the source.
fn plainer(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|ty| ty != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
        any.retain(|schema| schema.get("type").is_none_or(|ty| ty != "null"));
        if let [Value::Object(only)] = any.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            let schema = schema.ensure_object();
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

/// A value of the schema, such as a default, as one writes it in the manifest.
pub fn in_toml(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(in_toml).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(table) => {
            let rows = table.iter();
            let rows: Vec<_> = rows
                .map(|(key, value)| format!("{key} = {}", in_toml(value)))
                .collect();
            format!("{{ {} }}", rows.join(", "))
        }
        value => value.to_string(),
    }
}
