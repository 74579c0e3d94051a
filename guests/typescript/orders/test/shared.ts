/** A Dapr in memory, that fails when it is told to, and an application over it. */

import assert from "node:assert/strict";
import { DaprError, Denied, readJson, StatusError } from "@plugbox/guest";
import type { BindingCall, Code, Item, JsonValue, MessageOutcome, Publication, Write } from "@plugbox/guest";
import { Orders } from "../src/app.js";
import type { Dapr } from "../src/dapr.js";
import { readSettings } from "../src/settings.js";

export class Fake {
  /** Values, and how often each was written. */
  readonly #items = new Map<string, { value: Uint8Array; version: number }>();
  readonly published: { topic: string; message: Publication }[] = [];
  readonly mails: BindingCall[] = [];
  secret: Record<string, string> = { "receipt-key": "oak-and-pine" };
  /** The calls that were made, by their names. */
  calls: string[] = [];
  /** How many of the next saves come too late. */
  rivals = 0;
  /** What the next calls of a name throw instead. */
  readonly #failures: { call: string; error: Error }[] = [];

  readonly dapr: Dapr = {
    state: {
      get: (store, key) => {
        assert.equal(store, "orders");
        this.#called("get");
        return this.#item(key);
      },
      bulkGet: (store, keys) => {
        assert.equal(store, "orders");
        this.#called("bulkGet");
        return keys.map((key) => {
          try {
            this.#called("oneOfBulkGet");
            return this.#item(key);
          } catch (thrown) {
            return thrown as Error;
          }
        });
      },
      save: (store, items) => {
        assert.equal(store, "orders");
        this.#called("save");
        const failed = items.map((item) => this.#write(item)).find((error) => error !== undefined);
        if (failed !== undefined) {
          throw failed;
        }
      },
    },
    pubsub: {
      publish: (pubsub, topic, message) => {
        assert.equal(pubsub, "pubsub");
        this.#called("publish");
        this.published.push({ topic, message });
      },
    },
    bindings: {
      invoke: (binding, request) => {
        assert.equal(binding, "mail");
        this.#called("invoke");
        this.mails.push(request);
        return { data: new Uint8Array(), metadata: {} };
      },
    },
    secrets: {
      get: (store, name) => {
        assert.deepEqual([store, name], ["vault", "receipt-key"]);
        this.#called("secret");
        return this.secret;
      },
    },
  };

  readonly app = new Orders(this.dapr, () => readSettings({}));

  /** The next call of this name fails. */
  fail(call: string, code: Code): void {
    this.#failures.push({ call, error: new DaprError(code, "so it was told") });
  }

  /** The next call of this name is not granted. */
  deny(call: string, grant: string): void {
    this.#failures.push({ call, error: new Denied(grant) });
  }

  /** Puts something into the store that the application did not. */
  put(key: string, value: Uint8Array): void {
    this.#items.set(key, { value, version: this.writes(key) + 1 });
  }

  get keys(): string[] {
    return [...this.#items.keys()];
  }

  /** How often something was written. */
  writes(key: string): number {
    return this.#items.get(key)?.version ?? 0;
  }

  count(call: string): number {
    return this.calls.filter((name) => name === call).length;
  }

  async place(order: unknown): Promise<JsonValue> {
    const { data } = await this.app.onInvoke(request("place", order));
    return readJson(data ?? assert.fail());
  }

  async find(id: string): Promise<{ order: unknown; confirmed: boolean; shipped: boolean }> {
    const { data } = await this.app.onInvoke(request(`orders/${id}`, {}));
    return readJson(data ?? assert.fail()) as never;
  }

  /** A message for the application. */
  message(topic: string, path: string | undefined, data: unknown): MessageOutcome {
    const event = { id: "1", source: "s", type: topic, specVersion: "1.0", data: json(data), extensions: {} };
    return this.app.onMessage({ event, pubsub: "pubsub", topic, path, metadata: {} });
  }

  /** A message that an order was placed. */
  placed(data: unknown): MessageOutcome {
    return this.message("order.placed", "/confirm", data);
  }

  /** Messages that orders have left the house. */
  shipped(all: readonly unknown[]): MessageOutcome[] {
    const entries = all.map((data, place) => ({ entryId: String(place), data: json(data), metadata: {} }));
    return this.app.onMessages({ id: "1", pubsub: "pubsub", topic: "order.shipped", entries, metadata: {} });
  }

  #called(call: string): void {
    this.calls.push(call);
    const place = this.#failures.findIndex((failure) => failure.call === call);
    const [failure] = place < 0 ? [] : this.#failures.splice(place, 1);
    if (failure !== undefined) {
      throw failure.error;
    }
  }

  #item(key: string): Item | undefined {
    const item = this.#items.get(key);
    return item && { value: item.value, etag: String(item.version) };
  }

  #write({ key, value, etag, concurrency }: Write): DaprError | undefined {
    const item = this.#items.get(key);
    if (this.rivals > 0) {
      this.rivals -= 1;
      if (item !== undefined) {
        item.version += 1;
      }
    }
    assert.equal(concurrency, "first-write");
    if (this.#item(key)?.etag !== etag) {
      return new DaprError("aborted", "another etag");
    }
    this.put(key, value);
    return undefined;
  }
}

/** An order of two kinds of tea, for 10.47. */
export function tea(id?: string) {
  const lines = [
    { item: "Assam", count: 2, price: 449 },
    { item: "Sencha", count: 1, price: 149 },
  ];
  return { ...(id === undefined ? {} : { id }), customer: "ada@example.com", lines };
}

export function request(method: string, body: unknown) {
  return { method, data: json(body), headers: [] };
}

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What a call throws, and what its details say: names of errors, kinds and names of resources, fields. */
export async function failing(action: Promise<unknown>) {
  const error = await action.then(
    () => assert.fail("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof StatusError, String(error));
  return {
    code: error.code,
    message: error.message,
    reasons: error.details.flatMap((detail) => ("errorInfo" in detail ? [detail.errorInfo.reason] : [])),
    resources: error.details.flatMap((detail) =>
      "resourceInfo" in detail ? [[detail.resourceInfo.kind, detail.resourceInfo.name]] : [],
    ),
    fields: error.details.flatMap((detail) =>
      "badRequest" in detail ? detail.badRequest.map(({ field }) => field) : [],
    ),
  };
}
