//! What one instance hands over to the next: all items, and the last etag, so that none is used twice.

use std::collections::HashMap;

use crate::bindings::dapr::components::types::{Code, Error};
use crate::bindings::exports::plugbox::runner::handover::Saved;
use crate::etag::Etag;
use crate::store::{Entry, Store};

/// The form of what is handed over. A version that changes it gives it another name, and reads this one too.
const FORM: &str = "1";

pub fn save(store: &Store) -> Result<Saved, Error> {
    let state = postcard::to_allocvec(&(store.last_etag, &store.entries));
    Ok(Saved {
        version: FORM.to_owned(),
        state: state.map_err(unreadable)?,
    })
}

pub fn restore(store: &mut Store, saved: &Saved) -> Result<(), Error> {
    if saved.version != FORM {
        return Err(Error {
            code: Code::FailedPrecondition,
            message: format!(
                "the state has the form {:?}, and this store reads {FORM:?}",
                saved.version
            ),
        });
    }
    let read: Result<(Etag, HashMap<String, Entry>), _> = postcard::from_bytes(&saved.state);
    let (last_etag, entries) = read.map_err(unreadable)?;
    let expiring = entries
        .iter()
        .filter_map(|(key, entry)| Some(((entry.expires?, entry.etag), key.clone())));
    store.expiring = expiring.collect();
    store.entries = entries;
    store.last_etag = last_etag;
    Ok(())
}

fn unreadable(error: postcard::Error) -> Error {
    Error {
        code: Code::Unknown,
        message: format!("the state has not the form that it says: {error}"),
    }
}
