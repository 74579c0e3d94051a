/** Secret stores. */

import type { Awaitable, Metadata } from "./metadata.js";

/** What only the store itself knows of itself. */
export type SecretFeature = "MULTIPLE_KEY_VALUES_PER_SECRET";

/** The values of one secret by their names. A secret with a single value has it under the secret's own name. */
export interface Secret {
  readonly [name: string]: string;
}

/** Secrets by name. */
export interface SecretStore {
  /** As a state store's. */
  init(properties: Metadata): Awaitable<readonly SecretFeature[]>;
  /** One secret; `undefined` where there is none of this name, and the client is told so. */
  get(name: string, metadata: Metadata): Awaitable<Secret | undefined>;
}

/** For a store that may show all its secrets. */
export interface BulkSecretStore {
  /** Every secret by its name. */
  bulkGet(metadata: Metadata): Awaitable<{ readonly [name: string]: Secret }>;
}
