/**
 * An application behind Dapr: it takes orders, keeps them in a state store, and tells of them by messages and by mail.
 *
 * What it does, and what it needs, says the README of the same application in Rust, `guests/rust/orders`: the two keep the same
 * records, and read the same variables. Nothing is kept in the instance, so there may be any number of them.
 */

import type { Guest } from "@plugbox/guest";
import { bindings, environment, pubsub, secrets, state } from "@plugbox/guest/dapr";
import { Orders } from "./app.js";
import { readSettings } from "./settings.js";

export default {
  app: () => new Orders({ state, pubsub, bindings, secrets }, () => readSettings(environment())),
} satisfies Guest;
