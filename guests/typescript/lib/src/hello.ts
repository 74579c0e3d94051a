/** Layotto's greeting. */

import type { Awaitable, Metadata } from "./metadata.js";

/** A secret that Layotto is to put into the configuration. */
export interface SecretReference {
  readonly storeName: string;
  readonly key: string;
  readonly subKey?: string | undefined;
  readonly injectAs?: string | undefined;
}

/** What the component is configured with. */
export interface HelloConfig {
  /** The component's type, which is its socket's name. */
  readonly kind: string;
  /** The greeting. */
  readonly hello: string;
  readonly properties: Metadata;
  readonly secrets: readonly SecretReference[];
  /** Another component for secrets, and one for configuration. */
  readonly secretStore?: string | undefined;
  readonly configStore?: string | undefined;
}

/** Layotto's greeting. */
export interface Hello {
  /** Called before anything else, and again after the host had to start a new instance. */
  init(config: HelloConfig): Awaitable<void>;
  /** The greeting for a name. */
  sayHello(name: string): Awaitable<string>;
}
