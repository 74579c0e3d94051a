/** A secret store: the property `secret.password` is the secret `password`. */

import type { Metadata, Secret, SecretFeature, SecretStore } from "@plugbox/guest";

const PREFIX = "secret.";

export class MySecretStore implements SecretStore {
  readonly #secrets = new Map<string, string>();

  init(properties: Metadata): SecretFeature[] {
    this.#secrets.clear();
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith(PREFIX) && value !== undefined) {
        this.#secrets.set(name.slice(PREFIX.length), value);
      }
    }
    return [];
  }

  get(name: string): Secret | undefined {
    const value = this.#secrets.get(name);
    return value === undefined ? undefined : { [name]: value };
  }
}
