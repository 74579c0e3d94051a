//! Orders in the state store, and how two who change one at the same time come to terms: each write names the etag of what it was
//! made of.

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::client::client_types::Error;
use crate::bindings::dapr::components::state_types::{Concurrency, Consistency, Item, SetRequest};
use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Code;
use crate::dapr::Dapr;
use crate::failure::{of_dapr, of_order};
use crate::order::Order;
use crate::settings::Settings;

/// How often a change is begun anew because somebody else was quicker.
const ATTEMPTS: usize = 10;

/// An order as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub order: Order,
    /// The customer was told.
    pub confirmed: bool,
    /// It has left the house.
    pub shipped: bool,
}

/// An order in the store, and what its next write has to name.
pub struct Found {
    pub kept: Kept,
    pub etag: Option<String>,
}

/// The orders in the store.
pub struct Shelf<'a, D> {
    pub dapr: &'a D,
    pub store: &'a str,
}

impl<'a, D: Dapr> Shelf<'a, D> {
    pub fn new(dapr: &'a D, settings: &'a Settings) -> Self {
        let store = &settings.store;
        Self { dapr, store }
    }

    pub fn find(&self, id: &str) -> Result<Option<Found>, Status> {
        let item = self.dapr.get(self.store, id);
        let item = item.map_err(|error| self.failure(error))?;
        item.map(|item| Found::read(id, item)).transpose()
    }

    /// Keeps an order that is new, or answers the one that is there under its id.
    pub fn insert(&self, order: &Order) -> Result<Kept, Status> {
        let kept = Kept {
            order: order.clone(),
            confirmed: false,
            shipped: false,
        };
        match self.dapr.save(self.store, &[write(&kept, None)?]) {
            Ok(()) => Ok(kept),
            Err(error) if is_conflict(&error) => {
                let found = self.find(&order.id)?;
                let found = found.ok_or_else(|| contended(&order.id))?;
                Ok(found.kept)
            }
            Err(error) => Err(self.failure(error)),
        }
    }

    /// Changes an order. `edit` answers whether there is anything to be written; it is called again where somebody else was quicker.
    pub fn change(
        &self,
        id: &str,
        mut edit: impl FnMut(&mut Kept) -> Result<bool, Status>,
    ) -> Result<(), Status> {
        for _ in 0..ATTEMPTS {
            let found = self.find(id)?;
            let Found { mut kept, etag } = found.ok_or_else(|| missing(id))?;
            if !edit(&mut kept)? {
                return Ok(());
            }
            match self.dapr.save(self.store, &[write(&kept, etag)?]) {
                Ok(()) => return Ok(()),
                Err(error) if is_conflict(&error) => {}
                Err(error) => return Err(self.failure(error)),
            }
        }
        Err(contended(id))
    }

    pub fn failure(&self, error: Error) -> Status {
        of_dapr(error, ("state store", self.store))
    }
}

impl Found {
    pub fn read(id: &str, item: Item) -> Result<Self, Status> {
        let kept = serde_json::from_slice(&item.value).map_err(|why| {
            let what = format!("what the store has of it is no order: {why}");
            of_order(Code::DataLoss, "ORDER_BROKEN", id, &what)
        })?;
        let etag = item.etag;
        Ok(Self { kept, etag })
    }
}

/// A write over what had this etag; none for the first.
pub fn write(kept: &Kept, etag: Option<String>) -> Result<SetRequest, Status> {
    Ok(SetRequest {
        key: kept.order.id.clone(),
        value: crate::json(kept)?,
        content_type: Some("application/json".to_owned()),
        etag,
        concurrency: Concurrency::FirstWrite,
        consistency: Consistency::Strong,
        metadata: Vec::new(),
    })
}

/// Whether somebody else has written since.
fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::Failed(status) if status.code == Code::Aborted)
}

pub fn missing(id: &str) -> Status {
    of_order(Code::NotFound, "ORDER_UNKNOWN", id, "there is none")
}

fn contended(id: &str) -> Status {
    let what = "too many write it at the same time";
    of_order(Code::Aborted, "ORDER_CONTENDED", id, what)
}
