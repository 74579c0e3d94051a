/** What the application has to do with: what it asks of Dapr, and by which names. Tests have a Dapr of their own. */

import type { BindingClient, PublishClient, SecretClient, StateClient } from "@plugbox/guest";
import type { Settings } from "./settings.js";

export interface Dapr {
  readonly state: Pick<StateClient, "get" | "bulkGet" | "save">;
  readonly pubsub: Pick<PublishClient, "publish">;
  readonly bindings: BindingClient;
  readonly secrets: Pick<SecretClient, "get">;
}

export interface World {
  readonly dapr: Dapr;
  readonly settings: Settings;
}
