//! What an order is, and by which rules.

use serde::{Deserialize, Serialize};

use crate::bindings::dapr::components::status_types::{FieldViolation, Status};
use crate::bindings::dapr::components::types::Code;
use crate::failure;

/// How long names may be, in bytes.
const LONGEST: usize = 200;
/// How many lines an order may have, how many of an item a line, and what one may cost, in cents: so totals are numbers that every
/// reader of JSON can hold.
const LINES: usize = 100;
const COUNT: u32 = 10_000;
const PRICE: u32 = 100_000_000;
/// How many broken rules are named: a status is not to be longer than a caller may take.
const NAMED: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Whoever orders may choose it, so that the same order can be sent twice.
    #[serde(default = "any_id")]
    pub id: String,
    /// The address for mail.
    pub customer: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub item: String,
    pub count: u32,
    /// Of one, in cents.
    pub price: u32,
}

/// No two are the same. Empty, which no order may be called, where the host has no chance to give.
fn any_id() -> String {
    let mut id = [0; 16];
    match getrandom::fill(&mut id) {
        Ok(()) => format!("{:032x}", u128::from_ne_bytes(id)),
        Err(_) => String::new(),
    }
}

impl Order {
    /// Reads JSON, and holds it against the rules.
    pub fn read(json: &[u8]) -> Result<Self, Status> {
        let order: Self = serde_json::from_slice(json).map_err(|why| {
            let message = format!("this is no order as JSON: {why}");
            failure::status(Code::InvalidArgument, "ORDER_INVALID", message)
        })?;
        let violations = order.violations();
        if violations.is_empty() {
            Ok(order)
        } else {
            Err(failure::invalid(violations))
        }
    }

    /// In cents.
    pub fn total(&self) -> u64 {
        let prices = self.lines.iter();
        prices
            .map(|line| u64::from(line.count) * u64::from(line.price))
            .sum()
    }

    fn violations(&self) -> Vec<FieldViolation> {
        let mut violations = Vec::new();
        let mut rule = |holds: bool, field: String, description: &str| {
            if !holds {
                let description = description.to_owned();
                violations.push(FieldViolation { field, description });
            }
        };
        rule(
            is_id(&self.id),
            "id".to_owned(),
            "1 to 64 letters, digits, - and _",
        );
        rule(
            is_name(&self.customer),
            "customer".to_owned(),
            "an address of at most 200 bytes, without line breaks",
        );
        rule(
            (1..=LINES).contains(&self.lines.len()),
            "lines".to_owned(),
            "1 to 100 of them",
        );
        for (place, line) in self.lines.iter().take(LINES).enumerate() {
            rule(
                is_name(&line.item),
                format!("lines.{place}.item"),
                "a name of at most 200 bytes, without line breaks",
            );
            rule(
                (1..=COUNT).contains(&line.count),
                format!("lines.{place}.count"),
                "1 to 10000",
            );
            rule(
                line.price <= PRICE,
                format!("lines.{place}.price"),
                "at most 100000000 cents",
            );
        }
        violations.truncate(NAMED);
        violations
    }
}

/// Whether this can be an order's id: it is a key, and a part of a path.
pub fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

/// It stands in the head of a mail, where a line break would begin another header.
fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.contains(char::is_control)
}
