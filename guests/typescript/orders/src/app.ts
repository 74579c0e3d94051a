/** What Dapr calls: each function is a line or two here, and the rules are behind it. */

import { jsonBody } from "@plugbox/guest";
import type {
  BindingHandler,
  BulkSubscriber,
  InputAnswer,
  InputEvent,
  Invocable,
  InvokeRequest,
  InvokeResponse,
  Message,
  MessageOutcome,
  Messages,
  Subscriber,
  Subscription,
  Verb,
} from "@plugbox/guest";
import { receiveAll } from "./bulk.js";
import type { Dapr, World } from "./dapr.js";
import { failure } from "./failure.js";
import { find, place } from "./place.js";
import { receive, subscriptions } from "./receive.js";
import type { Settings } from "./settings.js";

export class Orders implements Invocable, Subscriber, BulkSubscriber, BindingHandler {
  readonly #dapr: Dapr;
  readonly #readSettings: () => Settings;
  #settings: Settings | undefined;

  /** The environment cannot be asked while the guest is built, so it is read when it is first needed. */
  constructor(dapr: Dapr, readSettings: () => Settings) {
    this.#dapr = dapr;
    this.#readSettings = readSettings;
  }

  get #world(): World {
    this.#settings ??= this.#readSettings();
    return { dapr: this.#dapr, settings: this.#settings };
  }

  async onInvoke({ method, http, data }: InvokeRequest): Promise<InvokeResponse> {
    // A caller that has nothing of HTTP means what its method says.
    const is = (verb: Verb) => http === undefined || http.verb === verb;
    if (method === "place" && is("post")) {
      return jsonBody(await place(this.#world, data));
    }
    if (method.startsWith("orders/") && is("get")) {
      return jsonBody(find(this.#world, method.slice("orders/".length)));
    }
    const message = "what there is: place (by HTTP: POST), orders/ID (by HTTP: GET)";
    throw failure("unimplemented", "METHOD_UNKNOWN", message);
  }

  subscriptions(): Subscription[] {
    return subscriptions(this.#world.settings);
  }

  onMessage({ topic, path, event }: Message): MessageOutcome {
    return receive(this.#world, topic, path, event.data);
  }

  onMessages(messages: Messages): MessageOutcome[] {
    return receiveAll(this.#world, messages);
  }

  bindings(): string[] {
    return [this.#world.settings.inbox];
  }

  async onEvent({ binding, data }: InputEvent): Promise<InputAnswer> {
    const { inbox } = this.#world.settings;
    if (binding !== inbox) {
      const message = `orders come by the binding ${JSON.stringify(inbox)}, not ${JSON.stringify(binding)}`;
      throw failure("unimplemented", "BINDING_UNKNOWN", message);
    }
    return { data: jsonBody(await place(this.#world, data)).data };
  }
}
