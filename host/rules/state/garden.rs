//! The data that queries are tried on.

use serde_json::{Value, json};

use crate::{
    proto::dapr::{Query, QueryItem, QueryResponse},
    rules::{
        Broken,
        answer::Answer,
        client::Client,
        messages::{query, set, set_json},
    },
};

/// All that grows in the garden.
pub const PLANTS: &[&str] = &["oak", "pine", "holly", "heath", "fern", "moss"];

/// A few items with fields of every kind, and beside them values that are not JSON.
pub struct Garden {
    c: Client,
}

fn plant(name: &str) -> Value {
    match name {
        "oak" => {
            json!({"kind": "tree", "height": 21.5, "evergreen": false, "home": {"land": "fi", "zone": 3}})
        }
        "pine" => {
            json!({"kind": "tree", "height": 35, "evergreen": true, "home": {"land": "se", "zone": 2}})
        }
        "holly" => {
            json!({"kind": "shrub", "height": 8, "evergreen": true, "home": {"land": "fi", "zone": 5}})
        }
        "heath" => {
            json!({"kind": "shrub", "height": 0.5, "evergreen": true, "home": {"land": "no", "zone": 2}})
        }
        "fern" => {
            json!({"kind": "herb", "height": 1.2, "evergreen": false, "home": {"land": "se", "zone": 3}})
        }
        // The one that has no field `evergreen`.
        _ => json!({"kind": "herb", "height": 0.25, "home": {"land": "no", "zone": 1}}),
    }
}

impl Garden {
    /// Writes the data under keys of this rule's own.
    pub async fn plant(c: Client) -> Result<Self, Broken> {
        let garden = Self { c };
        for name in PLANTS {
            let write = set_json(&garden.c.key(name), &garden.value(name));
            garden.c.set(write).await.ok()?;
        }
        garden
            .c
            .put(&garden.c.key("note"), "a tree, they say")
            .await?;
        let bytes = set(&garden.c.key("bytes"), *b"\xff{\"kind\":\"tree\"}");
        garden.c.set(bytes).await.ok()?;
        Ok(garden)
    }

    /// The client that planted it.
    pub fn client(&self) -> &Client {
        &self.c
    }

    /// What stands under a name: the plant, and the field `run` by which a query finds this rule's items only.
    pub fn value(&self, name: &str) -> Value {
        let mut value = plant(name);
        if let Value::Object(fields) = &mut value {
            fields.insert("run".to_owned(), self.c.run().into());
        }
        value
    }

    /// All plants of this garden, whatever else is in the store.
    pub fn everything(&self) -> Query {
        query("EQ", &json!({ "run": self.c.run() }))
    }

    /// The query must find these, in any order. What other users of the store have there does not count.
    pub async fn finds(&self, query: Query, names: &[&str]) -> Result<(), Broken> {
        self.found(self.c.query(query).await, names, false)
    }

    /// The query must find these in this order.
    pub async fn finds_in_order(&self, query: Query, names: &[&str]) -> Result<(), Broken> {
        self.found(self.c.query(query).await, names, true)
    }

    /// The same of an answer.
    pub fn found(
        &self,
        answer: Answer<QueryResponse>,
        names: &[&str],
        in_order: bool,
    ) -> Result<(), Broken> {
        let order = if in_order {
            "in this order"
        } else {
            "in any order"
        };
        let expected = format!("OK with the items {names:?} {order}, their data and no errors");
        let answer = answer.ok_if(expected.clone(), |it| {
            let mut found = self.names(&it.items);
            let mut names = names.to_vec();
            if !in_order {
                found.sort_unstable();
                names.sort_unstable();
            }
            found == names
        });
        // Stores may keep JSON in a form of their own, so the values are compared and not their text.
        let answer = answer?;
        let changed = answer.items.iter().find(|item| {
            self.name(item).is_some_and(|name| {
                let data: Option<Value> = serde_json::from_slice(&item.data).ok();
                !item.error.is_empty() || data.as_ref() != Some(&self.value(name))
            })
        });
        match changed {
            None => Ok(()),
            Some(item) => Err(Broken {
                request: "Query".to_owned(),
                answer: crate::rules::show::text(item),
                expected,
                before: Vec::new(),
            }),
        }
    }

    /// The names of those items that are this garden's.
    pub fn names<'a>(&self, items: &'a [QueryItem]) -> Vec<&'a str> {
        items.iter().filter_map(|item| self.name(item)).collect()
    }

    fn name<'a>(&self, item: &'a QueryItem) -> Option<&'a str> {
        item.key.strip_prefix(self.c.run())?.strip_prefix("||")
    }
}
