//! Many messages at once: the orders that have left the house are read in one call, and written in one.

use std::collections::{BTreeMap, BTreeSet};

use crate::bindings::dapr::app::event_types::Outcome;
use crate::bindings::dapr::components::state_types::{Item, SetRequest};
use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::exports::dapr::app::bulk_subscriber::{Messages, Payload};
use crate::dapr::Dapr;
use crate::failure::{may_pass, outcome};
use crate::kept::{Found, Shelf, missing, write};
use crate::receive::{self, read, ship};
use crate::settings::Settings;

/// What became of orders, by their ids.
type Shipped = BTreeMap<String, Result<(), Status>>;

/// Takes messages: one outcome for each, in their order.
pub fn receive(dapr: &impl Dapr, settings: &Settings, messages: &Messages) -> Vec<Outcome> {
    let data = messages.entries.iter().map(|entry| match &entry.payload {
        Payload::Event(event) => &*event.data,
        Payload::Raw(data) => data,
    });
    if messages.topic != settings.shipped {
        let path = messages.path.as_deref();
        let one = |data| receive::receive(dapr, settings, &messages.topic, path, data);
        return data.map(one).collect();
    }
    let told: Vec<_> = data.map(read).collect();
    // One that is named more than once is written once.
    let ids: BTreeSet<_> = told.iter().flatten().cloned().collect();
    let shipped = ship_all(dapr, settings, &Vec::from_iter(ids));
    let of = |id: String| match shipped.get(&id) {
        Some(shipped) => shipped.clone(),
        None => Err(missing(&id)),
    };
    let handled = told.into_iter().map(|id| id.and_then(of));
    handled.map(outcome).collect()
}

fn ship_all(dapr: &impl Dapr, settings: &Settings, ids: &[String]) -> Shipped {
    if ids.is_empty() {
        return Shipped::new();
    }
    let shelf = Shelf::new(dapr, settings);
    let items = match dapr.bulk_get(shelf.store, ids) {
        Ok(items) => items,
        Err(error) => {
            let status = shelf.failure(error);
            let failed = |id: &String| (id.clone(), Err(status.clone()));
            return ids.iter().map(failed).collect();
        }
    };
    let (mut shipped, mut together, mut alone) = (Shipped::new(), Vec::new(), Vec::new());
    for (id, item) in ids.iter().zip(items) {
        // Words alone do not say whether it may go well later: a read of its own does.
        let Ok(item) = item else {
            alone.push(id.clone());
            continue;
        };
        match prepare(id, item) {
            Ok(Some(request)) => together.push(request),
            Ok(None) => drop(shipped.insert(id.clone(), Ok(()))),
            Err(status) => drop(shipped.insert(id.clone(), Err(status))),
        }
    }
    let is_written = together.is_empty() || dapr.save(shelf.store, &together).is_ok();
    for SetRequest { key, .. } in together {
        if is_written {
            shipped.insert(key, Ok(()));
        } else {
            // Nobody says which of them failed, and those that are written already need nothing more.
            alone.push(key);
        }
    }
    ship_each(dapr, settings, alone, &mut shipped);
    shipped
}

/// The write that an order needs, if it does.
fn prepare(id: &str, item: Option<Item>) -> Result<Option<SetRequest>, Status> {
    let Found { mut kept, etag } = Found::read(id, item.ok_or_else(|| missing(id))?)?;
    if kept.shipped {
        return Ok(None);
    }
    kept.shipped = true;
    write(&kept, etag).map(Some)
}

/// One by one, until the store is away: then so it is for all that follow.
fn ship_each(dapr: &impl Dapr, settings: &Settings, ids: Vec<String>, shipped: &mut Shipped) {
    let mut away = None;
    for id in ids {
        let outcome = match &away {
            Some(status) => Err(Status::clone(status)),
            None => ship(dapr, settings, &id),
        };
        if let Err(status) = &outcome
            && may_pass(status)
        {
            away = Some(status.clone());
        }
        shipped.insert(id, outcome);
    }
}
