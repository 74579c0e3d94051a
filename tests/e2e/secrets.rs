//! Secrets: for applications, and for other components.

use crate::sidecar::Stand;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// Daprd's Component resource of the component that the runner names `files`.
const SECRETS: &str = "secrets";

/// A folder with secrets, a runner that grants it to its guests, and daprd with the secret store and another resource.
async fn stand(properties: &[(&str, &str)], other: Option<&Value>) -> Option<(TempDir, Stand)> {
    let folder = tempfile::tempdir().unwrap();
    let secrets = json!({ "password": "hunter2", "db": { "user": "ann", "key": "k1" } });
    fs::write(folder.path().join("secrets.json"), secrets.to_string()).unwrap();
    let grant = format!("--dir={}::/granted", folder.path().display());
    let stand = Stand::serving(
        move |runner| {
            let runner = runner.guest("files", "rust-file-secrets").arg(&grant);
            runner.guest("rude", "hostile-rude-state")
        },
        |daprd| {
            let mut all = vec![("secretsFile", "/granted/secrets.json")];
            all.extend(properties);
            let daprd = daprd.resource(SECRETS, "secretstores.files", &all);
            match other {
                Some(other) => daprd.document("other", other),
                None => daprd,
            }
        },
    );
    Some((folder, stand.await?))
}

#[tokio::test]
async fn an_application_gets_a_secret() {
    let Some((_folder, stand)) = stand(&[], None).await else {
        return;
    };
    for (key, value) in [("password", "hunter2"), ("db:user", "ann")] {
        let answer = stand
            .daprd
            .get(&format!("/v1.0/secrets/{SECRETS}/{key}"))
            .await;
        assert_eq!((answer.status, answer.json()), (200, json!({ key: value })));
    }
}

#[tokio::test]
async fn a_secret_can_have_several_values() {
    let Some((_folder, stand)) = stand(&[("multiValued", "true")], None).await else {
        return;
    };
    let answer = stand
        .daprd
        .get(&format!("/v1.0/secrets/{SECRETS}/db"))
        .await;
    let secret = json!({ "user": "ann", "key": "k1" });
    assert_eq!((answer.status, answer.json()), (200, secret));
}

#[tokio::test]
async fn an_application_gets_all_secrets_at_once() {
    let Some((_folder, stand)) = stand(&[], None).await else {
        return;
    };
    let answer = stand
        .daprd
        .get(&format!("/v1.0/secrets/{SECRETS}/bulk"))
        .await;
    let all = json!({
        "password": { "password": "hunter2" },
        "db:user": { "db:user": "ann" },
        "db:key": { "db:key": "k1" },
    });
    assert_eq!((answer.status, answer.json()), (200, all));
}

#[tokio::test]
async fn a_missing_secret_is_an_error() {
    let Some((_folder, stand)) = stand(&[], None).await else {
        return;
    };
    let answer = stand
        .daprd
        .get(&format!("/v1.0/secrets/{SECRETS}/missing"))
        .await;
    answer.is_error(500, &["missing", SECRETS, "NotFound"]);
    assert!(!answer.text().contains("hunter2"));
}

#[tokio::test]
async fn a_secret_that_changes_is_the_new_one() {
    let Some((folder, stand)) = stand(&[], None).await else {
        return;
    };
    let fresh = folder.path().join("fresh.json");
    fs::write(&fresh, r#"{"password":"correct horse"}"#).unwrap();
    fs::rename(fresh, folder.path().join("secrets.json")).unwrap();
    let answer = stand
        .daprd
        .get(&format!("/v1.0/secrets/{SECRETS}/password"))
        .await;
    assert_eq!(answer.json(), json!({ "password": "correct horse" }));
}

#[tokio::test]
async fn another_components_metadata_takes_a_secret_from_the_store() {
    let reference = json!({ "name": "db:key", "key": "db:key" });
    let other = json!({
        "apiVersion": "dapr.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": "other" },
        "spec": {
            "type": "state.rude",
            "version": "v1",
            "metadata": [
                { "name": "accessKey", "secretKeyRef": reference },
                { "name": "keyPrefix", "value": "none" },
            ],
        },
        "auth": { "secretStore": SECRETS },
    });
    let Some((_folder, stand)) = stand(&[], Some(&other)).await else {
        return;
    };
    let answer = stand.daprd.read_of("other", "property:accessKey").await;
    assert_eq!((answer.status, answer.text()), (200, "k1"));
}
