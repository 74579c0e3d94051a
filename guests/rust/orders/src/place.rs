//! Placing orders, and looking at them.

use serde_json::json;

use crate::bindings::dapr::client::publish::Message;
use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Code;
use crate::dapr::Dapr;
use crate::failure::{of_dapr, of_order};
use crate::kept::{Kept, Shelf, missing};
use crate::order::{Order, is_id};
use crate::receipt::{Receipt, Signer};
use crate::settings::Settings;

/// The type of the event that tells of an order.
pub const PLACED: &str = "order.placed";

/// Takes an order. One that comes again with the same id is answered as the first was, and told of again if it must be: so
/// whoever got an error may send it again.
pub fn place(dapr: &impl Dapr, settings: &Settings, json: &[u8]) -> Result<Receipt, Status> {
    let order = Order::read(json)?;
    // First of all: an order without a receipt is not to be kept.
    let signer = Signer::new(dapr, settings)?;
    let kept = Shelf::new(dapr, settings).insert(&order)?;
    if kept.order != order {
        let what = "there is another under this id";
        return Err(of_order(
            Code::AlreadyExists,
            "ORDER_EXISTS",
            &order.id,
            what,
        ));
    }
    if !kept.confirmed {
        publish(dapr, settings, &order.id)?;
    }
    Ok(signer.sign(&order))
}

/// An order as it is now.
pub fn find(dapr: &impl Dapr, settings: &Settings, id: &str) -> Result<Kept, Status> {
    if !is_id(id) {
        return Err(missing(id));
    }
    let found = Shelf::new(dapr, settings).find(id)?;
    found.map(|found| found.kept).ok_or_else(|| missing(id))
}

fn publish(dapr: &impl Dapr, settings: &Settings, id: &str) -> Result<(), Status> {
    let message = Message {
        data: json!({ "id": id }).to_string().into_bytes(),
        content_type: Some("application/json".to_owned()),
        // daprd makes the event's attribute of it.
        metadata: vec![("cloudevent.type".to_owned(), PLACED.to_owned())],
    };
    let published = dapr.publish(&settings.pubsub, &settings.placed, &message);
    published.map_err(|error| {
        let mut status = of_dapr(error, ("broker", &settings.pubsub));
        // Its id may be one that nobody else knows.
        let what = "it is kept, but nobody was told of it: place it again, under this id";
        let order = of_order(status.code, "ORDER_UNTOLD", id, what);
        status.message = format!("{}. {}", status.message, order.message);
        status.details.splice(0..0, order.details);
        status
    })
}
