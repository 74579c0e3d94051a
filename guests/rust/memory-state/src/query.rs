//! Queries: what a filter finds, sorted, a page at a time.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::bindings::dapr::components::state_types::StateError;
use crate::bindings::exports::dapr::components::queriable_state_store::{
    Found, Page, QueryRequest, SortKey,
};
use crate::filter::Filter;
use crate::invalid_argument;
use crate::json::{self, Path};
use crate::store::{Entry, Store};

/// Answers one page. Sorting and paging need every match at hand, but of each only its key and what it is sorted by.
pub fn run(store: &Store, request: QueryRequest) -> Result<Page, StateError> {
    let filter = Filter::new(request.filter)?;
    let order = SortOrder::new(&request.sort);
    let after = match &request.token {
        Some(token) => Some(order.position(token)?),
        None => None,
    };

    let mut matches: Vec<(Position, &Entry)> = store
        .iter()
        .filter_map(|(key, entry)| {
            // What is not JSON is not found, nor is what nests deeper than the parser follows (128 levels).
            let document = serde_json::from_slice(&entry.value).ok()?;
            let wanted = filter.matches(&document);
            wanted.then(|| (order.place(key, &document), entry))
        })
        .filter(|(place, _)| {
            let is_later = |after| order.compare(place, after).is_gt();
            after.as_ref().is_none_or(is_later)
        })
        .collect();

    let limit = request.limit.unwrap_or(u32::MAX).max(1) as usize;
    let more = matches.len() > limit;
    if more {
        // Only the page itself needs to be in order.
        matches.select_nth_unstable_by(limit - 1, |(a, _), (b, _)| order.compare(a, b));
        matches.truncate(limit);
    }
    matches.sort_unstable_by(|(a, _), (b, _)| order.compare(a, b));

    let token = match matches.last() {
        Some((last, _)) if more => Some(order.token(last)),
        _ => None,
    };
    let found = |(place, entry): (Position, &Entry)| Found {
        key: place.key,
        value: entry.value.clone(),
        etag: Some(entry.etag.to_string()),
        content_type: entry.content_type.clone(),
    };
    Ok(Page {
        items: matches.into_iter().map(found).collect(),
        token,
        metadata: Vec::new(),
    })
}

/// By what a query sorts. Where that leaves two items equal, their keys decide, so that the order is the same for every page.
struct SortOrder<'a> {
    keys: &'a [SortKey],
    paths: Vec<Path>,
}

/// Where an item stands in the order.
#[derive(Serialize, Deserialize)]
struct Position {
    values: Vec<SortValue>,
    key: String,
}

/// What the next page follows on from: the place of this page's last item. It holds the place and not a count of items,
/// so that what is written or deleted between two pages neither hides nor repeats any other item.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token<P> {
    sort: Vec<(String, bool)>,
    after: P,
}

/// What one field gives to sort by, the kinds in their order. Arrays and objects have no order among themselves.
#[derive(Serialize, Deserialize)]
enum SortValue {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Array,
    Object,
    Missing,
}

impl<'a> SortOrder<'a> {
    fn new(keys: &'a [SortKey]) -> Self {
        let paths = keys.iter().map(|key| Path::parse(&key.path)).collect();
        Self { keys, paths }
    }

    fn place(&self, key: &str, document: &Value) -> Position {
        let value = |path: &Path| SortValue::new(path.find(document));
        Position {
            values: self.paths.iter().map(value).collect(),
            key: key.to_owned(),
        }
    }

    fn compare(&self, a: &Position, b: &Position) -> Ordering {
        let values = a.values.iter().zip(&b.values).zip(self.keys);
        values
            .map(|((a, b), key)| a.compare(b, key.descending))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.key.cmp(&b.key))
    }

    fn described(&self) -> Vec<(String, bool)> {
        let described = |key: &SortKey| (key.path.clone(), key.descending);
        self.keys.iter().map(described).collect()
    }

    fn token(&self, after: &Position) -> String {
        let sort = self.described();
        serde_json::json!(Token { sort, after }).to_string()
    }

    /// Reads a token that a client sends back.
    fn position(&self, token: &str) -> Result<Position, StateError> {
        let refused = |what: &str| invalid_argument(format!("the token is {what}"));
        let token: Token<Position> =
            serde_json::from_str(token).map_err(|_| refused("not one of this store"))?;
        if token.sort != self.described() {
            return Err(refused("one of a query that sorts otherwise"));
        }
        match token.after.values.len() == self.keys.len() {
            true => Ok(token.after),
            false => Err(refused("not one of this store")),
        }
    }
}

impl SortValue {
    fn new(field: Option<&Value>) -> Self {
        match field {
            None => Self::Missing,
            Some(Value::Null) => Self::Null,
            Some(Value::Bool(value)) => Self::Bool(*value),
            Some(Value::Number(value)) => Self::Number(value.clone()),
            Some(Value::String(value)) => Self::Text(value.clone()),
            Some(Value::Array(_)) => Self::Array,
            Some(Value::Object(_)) => Self::Object,
        }
    }

    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            // Last in both directions.
            (Self::Missing, _) | (_, Self::Missing) => return self.rank().cmp(&other.rank()),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => json::compare_numbers(a, b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        };
        match descending {
            true => order.reverse(),
            false => order,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::Text(_) => 3,
            Self::Array => 4,
            Self::Object => 5,
            Self::Missing => 6,
        }
    }
}
