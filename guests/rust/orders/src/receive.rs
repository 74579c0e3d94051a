//! Messages one by one: an order that was placed is confirmed by mail, one that has left the house is marked.

use serde::Deserialize;

use crate::bindings::dapr::app::event_types::Outcome;
use crate::bindings::dapr::client::bindings::Invocation;
use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Code;
use crate::bindings::exports::dapr::app::subscriber::{Bulk, Route, Subscription};
use crate::dapr::Dapr;
use crate::failure::{of_dapr, outcome, status};
use crate::kept::Shelf;
use crate::order::Order;
use crate::place::PLACED;
use crate::settings::Settings;

/// Where the route leads that knows the type of the event.
const CONFIRM: &str = "/confirm";
/// Where all others lead.
const OTHERS: &str = "/others";

/// What a message says: the rest of it means nothing here.
#[derive(Deserialize)]
struct Told {
    id: String,
}

pub fn subscriptions(settings: &Settings) -> Vec<Subscription> {
    let to = |topic: &str| Subscription {
        pubsub: settings.pubsub.clone(),
        topic: topic.to_owned(),
        routes: Vec::new(),
        default_path: None,
        dead_letter_topic: Some(settings.dead_letters.clone()),
        bulk: None,
        metadata: Vec::new(),
    };
    vec![
        Subscription {
            routes: vec![Route {
                matches: format!("event.type == {PLACED:?}"),
                path: CONFIRM.to_owned(),
            }],
            default_path: Some(OTHERS.to_owned()),
            ..to(&settings.placed)
        },
        Subscription {
            bulk: Some(Bulk {
                max_messages: Some(100),
                max_wait: Some(200),
            }),
            ..to(&settings.shipped)
        },
    ]
}

/// Takes a message.
pub fn receive(
    dapr: &impl Dapr,
    settings: &Settings,
    topic: &str,
    path: Option<&str>,
    data: &[u8],
) -> Outcome {
    outcome(read(data).and_then(|id| {
        if topic == settings.shipped {
            return ship(dapr, settings, &id);
        }
        match path {
            Some(CONFIRM) => confirm(dapr, settings, &id),
            _ => Err(status(
                Code::Unimplemented,
                "MESSAGE_UNKNOWN",
                format!(
                    "it means nothing on {topic:?} by {:?}",
                    path.unwrap_or("no path")
                ),
            )),
        }
    }))
}

/// The id in a message.
pub fn read(data: &[u8]) -> Result<String, Status> {
    let told: Told = serde_json::from_slice(data).map_err(|why| {
        let message = format!("it does not name an order: {why}");
        status(Code::InvalidArgument, "MESSAGE_INVALID", message)
    })?;
    Ok(told.id)
}

/// Tells the customer, and notes it down. Who cannot note it down tells again: rather twice than never.
fn confirm(dapr: &impl Dapr, settings: &Settings, id: &str) -> Result<(), Status> {
    let mut is_told = false;
    Shelf::new(dapr, settings).change(id, |kept| {
        if kept.confirmed {
            return Ok(false);
        }
        if !is_told {
            mail(dapr, settings, &kept.order)?;
            is_told = true;
        }
        kept.confirmed = true;
        Ok(true)
    })
}

/// Notes that an order has left the house.
pub fn ship(dapr: &impl Dapr, settings: &Settings, id: &str) -> Result<(), Status> {
    Shelf::new(dapr, settings).change(id, |kept| Ok(!std::mem::replace(&mut kept.shipped, true)))
}

fn mail(dapr: &impl Dapr, settings: &Settings, order: &Order) -> Result<(), Status> {
    let Order {
        id,
        customer,
        lines,
    } = order;
    let lines: String = lines
        .iter()
        .map(|line| format!("{} x {}\n", line.count, line.item))
        .collect();
    let (whole, cents) = (order.total() / 100, order.total() % 100);
    let metadata = [
        // What bindings for mail call it.
        ("emailTo", customer.clone()),
        ("subject", format!("Your order {id}")),
        // For a binding that keeps what it is given, by names.
        ("key", format!("mail-{id}")),
    ];
    let invocation = Invocation {
        operation: "create".to_owned(),
        data: format!("Thank you for your order {id}:\n\n{lines}\nTotal: {whole}.{cents:02}\n")
            .into_bytes(),
        metadata: metadata
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
    };
    let sent = dapr.invoke(&settings.mail, &invocation);
    sent.map_err(|error| of_dapr(error, ("binding", &settings.mail)))
}
