/** The secret store's interfaces. */

import { NotFound } from "../errors.js";
import type { BulkSecretStore, Secret, SecretStore } from "../secrets.js";
import { call } from "./call.js";
import { metadata, names, record, text } from "./wire.js";
import type { WireMetadata } from "./wire.js";

export type WireSecret = [string, string][];

export function secretStore(store: () => SecretStore) {
  return {
    init: (properties: WireMetadata) =>
      call(
        () => store().init(metadata(properties)),
        (features) => names(features, "the features"),
      ),
    get: (name: string, about: WireMetadata) =>
      call(
        () => store().get(name, metadata(about)),
        (secret) => {
          if (secret === undefined || secret === null) {
            throw new NotFound(`there is no secret ${JSON.stringify(name)}`);
          }
          return wireSecret(secret);
        },
      ),
  };
}

export function bulkSecretStore(store: () => BulkSecretStore) {
  return {
    bulkGet: (about: WireMetadata) =>
      call(
        () => store().bulkGet(metadata(about)),
        (secrets) =>
          Object.entries(record(secrets, "what there is")).map(([name, secret]): [string, WireSecret] => [
            name,
            wireSecret(secret),
          ]),
      ),
  };
}

/** What is wrong with a secret is said without its values. */
function wireSecret(secret: Secret): WireSecret {
  return Object.entries(record(secret, "the secret")).map(([name, value]) => [
    name,
    text(value, "a value of the secret"),
  ]);
}
