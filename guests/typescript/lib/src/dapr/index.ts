/**
 * Dapr itself, by the host. A guest that uses one of these imports it in its world; one that it does not use is no part of it.
 *
 * There is no host in a test: let your own code take what it uses as a parameter, of the types that `@plugbox/guest` has for it.
 *
 * @module
 */

import * as hostBindings from "dapr:client/bindings@0.1.0";
import * as hostInvoke from "dapr:client/invoke@0.1.0";
import * as hostPublish from "dapr:client/publish@0.1.0";
import * as hostSecrets from "dapr:client/secrets@0.1.0";
import * as hostState from "dapr:client/state@0.1.0";
import * as hostEnvironment from "wasi:cli/environment@0.2.12";
import type { BindingClient, InvokeClient, PublishClient, SecretClient, StateClient } from "../client.js";
import type { Metadata } from "../metadata.js";
import { bindingClient, invokeClient, publishClient, secretClient } from "./others.js";
import { stateClient } from "./state.js";

/** State stores. */
export const state: StateClient = /* @__PURE__ */ stateClient(hostState);
/** Brokers. */
export const pubsub: PublishClient = /* @__PURE__ */ publishClient(hostPublish);
/** Other applications. */
export const apps: InvokeClient = /* @__PURE__ */ invokeClient(hostInvoke);
/** Output bindings. */
export const bindings: BindingClient = /* @__PURE__ */ bindingClient(hostBindings);
/** Secret stores. */
export const secrets: SecretClient = /* @__PURE__ */ secretClient(hostSecrets);

/**
 * The variables of the environment, which is where an application is told what it needs to know (`--env`). They are those of the
 * instance, so nothing can be asked while a module is loaded, which is when the guest is built.
 */
export function environment(): Metadata {
  const variables: Record<string, string> = Object.create(null);
  for (const [name, value] of hostEnvironment.getEnvironment() as [string, string][]) {
    variables[name] = value;
  }
  return variables;
}
