//! What somebody has in hand who has placed an order.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use crate::bindings::dapr::components::status_types::Status;
use crate::bindings::dapr::components::types::Code;
use crate::dapr::Dapr;
use crate::failure::{internal, of_dapr, status};
use crate::order::Order;
use crate::settings::Settings;

#[derive(Debug, PartialEq, Serialize)]
pub struct Receipt {
    pub id: String,
    /// In cents.
    pub total: u64,
    /// HMAC-SHA256 of the id, a space and the total, in hexadecimal digits.
    pub signature: String,
}

/// Signs receipts. Made anew for each order, so that a key that was replaced is not used again.
pub struct Signer(Hmac<Sha256>);

impl Signer {
    pub fn new(dapr: &impl Dapr, settings: &Settings) -> Result<Self, Status> {
        let (store, name) = (&settings.secret_store, &settings.secret);
        let values = dapr.secret(store, name);
        let values = values.map_err(|error| of_dapr(error, ("secret store", store)))?;
        let named = values.iter().find(|(value, _)| value == name);
        let key = named.map_or("", |(_, key)| key);
        if key.is_empty() {
            let message = format!("the secret {name:?} has no value of its own name");
            return Err(status(Code::FailedPrecondition, "SECRET_MISSING", message));
        }
        let hmac = Hmac::new_from_slice(key.as_bytes());
        hmac.map(Self).map_err(internal)
    }

    pub fn sign(self, order: &Order) -> Receipt {
        let (id, total) = (order.id.clone(), order.total());
        let signed = format!("{id} {total}");
        let signature = self.0.chain_update(signed).finalize().into_bytes();
        Receipt {
            signature: signature.iter().map(|byte| format!("{byte:02x}")).collect(),
            id,
            total,
        }
    }
}
