//! What the resources of Dapr are called that the application uses: variables of the environment, or what stands here.

/// Names of resources, and of what is in them.
pub struct Settings {
    pub store: String,
    pub pubsub: String,
    /// The topic of orders that were placed.
    pub placed: String,
    /// The topic of orders that have left the house.
    pub shipped: String,
    /// The topic of messages that nobody can do anything with.
    pub dead_letters: String,
    pub secret_store: String,
    /// The secret that receipts are signed with.
    pub secret: String,
    /// The output binding that tells customers.
    pub mail: String,
    /// The input binding whose events are orders.
    pub inbox: String,
}

impl Settings {
    /// An empty variable is none.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name, default: &str| {
            let told = variable(name).filter(|value| !value.is_empty());
            told.unwrap_or_else(|| default.to_owned())
        };
        Self {
            store: read("ORDERS_STORE", "orders"),
            pubsub: read("ORDERS_PUBSUB", "pubsub"),
            placed: read("ORDERS_PLACED", "order.placed"),
            shipped: read("ORDERS_SHIPPED", "order.shipped"),
            dead_letters: read("ORDERS_DEAD_LETTERS", "order.dead"),
            secret_store: read("ORDERS_SECRET_STORE", "vault"),
            secret: read("ORDERS_SECRET", "receipt-key"),
            mail: read("ORDERS_MAIL", "mail"),
            inbox: read("ORDERS_INBOX", "inbox"),
        }
    }
}
