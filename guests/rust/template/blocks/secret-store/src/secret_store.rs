//! A secret store over its own properties: `secret.password` is the secret `password`.

use crate::bindings::dapr::components::types::{Code, Error, Metadata};
use crate::bindings::exports::dapr::components::secret_store::{Guest, Secret};
use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    static SECRETS: RefCell<HashMap<String, String>> = RefCell::default();
}

impl Guest for crate::Guest {
    fn init(properties: Metadata) -> Result<Vec<String>, Error> {
        let secrets = properties
            .into_iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("secret.")?.to_owned(), value)));
        SECRETS.set(secrets.collect());
        Ok(Vec::new())
    }

    fn get(name: String, _metadata: Metadata) -> Result<Secret, Error> {
        let value = SECRETS.with_borrow(|secrets| secrets.get(&name).cloned());
        match value {
            Some(value) => Ok(vec![(name, value)]),
            None => Err(Error {
                code: Code::NotFound,
                message: format!("there is no secret {name}"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_a_secret_and_no_other_name_is() {
        let properties = vec![("secret.password".to_owned(), "oak".to_owned())];
        crate::Guest::init(properties).unwrap();
        let get = |name: &str| crate::Guest::get(name.to_owned(), Vec::new());
        let secret = vec![("password".to_owned(), "oak".to_owned())];
        assert_eq!(get("password").unwrap(), secret);
        assert_eq!(get("secret.password").unwrap_err().code, Code::NotFound);
    }
}
