//! The form of a file: one line that tells whether the rest is whole, and the rest in JSON.

use crate::engine::{
    Block, Init,
    hello::greeter::{self, Config},
    types::Metadata,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a file begins with: whose it is, and the version of its form.
const BEGIN: &str = "plugbox-init 1 ";

/// What the Init of one block of an instance brought. It can hold secrets, and so has no way to be shown.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) component: String,
    pub(super) instance: String,
    /// The name of its interface.
    block: String,
    /// In the order of the alphabet.
    properties: Metadata,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hello: Option<Hello>,
}

/// What Layotto's greeting has besides.
#[derive(Serialize, Deserialize)]
struct Hello {
    kind: String,
    hello: String,
    secrets: Vec<SecretReference>,
    secret_store: Option<String>,
    config_store: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SecretReference {
    store_name: String,
    key: String,
    sub_key: Option<String>,
    inject_as: Option<String>,
}

impl Record {
    pub(super) fn new(component: &str, instance: &str, init: &Init) -> Self {
        let mut properties = init.properties().clone();
        properties.sort();
        Self {
            component: component.to_owned(),
            instance: instance.to_owned(),
            block: init.block().name().to_owned(),
            properties,
            hello: match init {
                Init::Dapr(..) => None,
                Init::Hello(config) => Some(config.into()),
            },
        }
    }

    /// What Init brought, taken out; none if this runner knows no such block.
    pub(super) fn init(mut self) -> Option<(Self, Init)> {
        let properties = std::mem::take(&mut self.properties);
        let init = match self.hello.take() {
            Some(hello) => Init::Hello(hello.config(properties)),
            None => Init::dapr(Block::named(&self.block)?, properties)?,
        };
        (init.block().name() == self.block).then_some((self, init))
    }

    /// The bytes of its file: always the same ones for the same content.
    pub(super) fn write(&self) -> serde_json::Result<Vec<u8>> {
        let content = serde_json::to_vec(self)?;
        let mut bytes = first_line(&content).into_bytes();
        bytes.extend(content);
        Ok(bytes)
    }

    /// # Errors
    /// What is wrong with the bytes. It never says what is in them.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        if bytes.is_empty() {
            return Err("it is empty");
        }
        let known = BEGIN.as_bytes();
        if !bytes.starts_with(known) {
            return Err(match bytes.starts_with(b"plugbox-init ") {
                true => "another version of plugbox wrote it",
                false => "plugbox did not write it",
            });
        }
        let changed = "it is cut off, or was changed since it was written";
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, content) = end
            .and_then(|end| bytes.split_at_checked(end + 1))
            .ok_or(changed)?;
        if line != first_line(content).as_bytes() {
            return Err(changed);
        }
        // What serde says would quote it.
        serde_json::from_slice(content).map_err(|_| "another version of plugbox wrote it")
    }
}

/// Against disks and cut-off writes. Against people there is the folder's mode.
fn first_line(content: &[u8]) -> String {
    format!("{BEGIN}{:x}\n", Sha256::digest(content))
}

impl From<&Config> for Hello {
    fn from(config: &Config) -> Self {
        let secrets = config.secrets.iter().map(|secret| SecretReference {
            store_name: secret.store_name.clone(),
            key: secret.key.clone(),
            sub_key: secret.sub_key.clone(),
            inject_as: secret.inject_as.clone(),
        });
        Self {
            kind: config.kind.clone(),
            hello: config.hello.clone(),
            secrets: secrets.collect(),
            secret_store: config.secret_store.clone(),
            config_store: config.config_store.clone(),
        }
    }
}

impl Hello {
    fn config(self, properties: Metadata) -> Config {
        let secrets = self
            .secrets
            .into_iter()
            .map(|secret| greeter::SecretReference {
                store_name: secret.store_name,
                key: secret.key,
                sub_key: secret.sub_key,
                inject_as: secret.inject_as,
            });
        Config {
            kind: self.kind,
            hello: self.hello,
            properties,
            secrets: secrets.collect(),
            secret_store: self.secret_store,
            config_store: self.config_store,
        }
    }
}
