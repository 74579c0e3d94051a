/** What the resources of Dapr are called that the application uses: variables of the environment, or what stands here. */

import type { Metadata } from "@plugbox/guest";

/** Names of resources, and of what is in them. */
export interface Settings {
  readonly store: string;
  readonly pubsub: string;
  /** The topic of orders that were placed. */
  readonly placed: string;
  /** The topic of orders that have left the house. */
  readonly shipped: string;
  /** The topic of messages that nobody can do anything with. */
  readonly deadLetters: string;
  readonly secretStore: string;
  /** The secret that receipts are signed with. */
  readonly secret: string;
  /** The output binding that tells customers. */
  readonly mail: string;
  /** The input binding whose events are orders. */
  readonly inbox: string;
}

/** An empty variable is none. */
export function readSettings(variables: Metadata): Settings {
  const read = (name: string, otherwise: string) => variables[name] || otherwise;
  return {
    store: read("ORDERS_STORE", "orders"),
    pubsub: read("ORDERS_PUBSUB", "pubsub"),
    placed: read("ORDERS_PLACED", "order.placed"),
    shipped: read("ORDERS_SHIPPED", "order.shipped"),
    deadLetters: read("ORDERS_DEAD_LETTERS", "order.dead"),
    secretStore: read("ORDERS_SECRET_STORE", "vault"),
    secret: read("ORDERS_SECRET", "receipt-key"),
    mail: read("ORDERS_MAIL", "mail"),
    inbox: read("ORDERS_INBOX", "inbox"),
  };
}
