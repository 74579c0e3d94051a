//! The store: the secrets of one file, read again when the file has changed.

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::secret_store::Secret;
use crate::error;
use crate::file::{self, Stamp};
use crate::flatten::{self, Refusal, Secrets};
use crate::settings::Settings;

pub struct Store {
    settings: Settings,
    secrets: Secrets,
    stamp: Stamp,
}

impl Store {
    pub fn open(properties: &Metadata) -> Result<Self, Error> {
        let settings = Settings::read(properties)?;
        let (secrets, stamp) = load(&settings)?;
        Ok(Self {
            settings,
            secrets,
            stamp,
        })
    }

    pub fn features(&self) -> Vec<String> {
        match self.settings.multi_valued {
            true => vec!["MULTIPLE_KEY_VALUES_PER_SECRET".to_owned()],
            false => Vec::new(),
        }
    }

    pub fn get(&mut self, name: &str) -> Result<Secret, Error> {
        self.refresh()?;
        let secret = self.secrets.get(name).cloned();
        secret.ok_or_else(|| {
            let file = self.settings.file.display();
            error(Code::NotFound, format!("{file} has no secret {name:?}"))
        })
    }

    pub fn bulk_get(&mut self) -> Result<Vec<(String, Secret)>, Error> {
        self.refresh()?;
        Ok(self.secrets.clone().into_iter().collect())
    }

    /// Reads the file again if it is another than before. While it cannot be read, no secret is given out: one that was
    /// taken away on purpose would be among them.
    fn refresh(&mut self) -> Result<(), Error> {
        if file::stamp(&self.settings.file)? != self.stamp {
            (self.secrets, self.stamp) = load(&self.settings)?;
        }
        Ok(())
    }
}

fn load(settings: &Settings) -> Result<(Secrets, Stamp), Error> {
    let path = &settings.file;
    let (text, stamp) = file::read(path)?;
    let secrets = flatten::read(&text, settings).map_err(|refusal| {
        let how = match refusal {
            Refusal::NotJson(line, column) => {
                format!("cannot be read as JSON from line {line}, column {column} on")
            }
            Refusal::NotAnObject => "does not hold a JSON object".to_owned(),
            Refusal::SameName => {
                "gives two secrets the same name when nested names are joined: choose another nestedSeparator"
                    .to_owned()
            }
        };
        file::broken(path, &how)
    })?;
    Ok((secrets, stamp))
}
