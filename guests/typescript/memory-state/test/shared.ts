/** What the tests share: a store with a clock of its own. */

import assert from "node:assert/strict";
import type { DeleteRequest, GuestError, Metadata, SetRequest } from "@plugbox/guest";
import { Store } from "../src/store.js";

/** A store, and its time, in milliseconds since 1970. */
export class Clocked extends Store {
  readonly time: { now: number };

  constructor(now = 1_700_000_000_000) {
    const time = { now };
    super(() => time.now);
    this.time = time;
  }

  put(key: string, value: string, more: Partial<SetRequest> = {}): void {
    this.set(set(key, value, more));
  }

  remove(key: string, more: Partial<DeleteRequest> = {}): void {
    this.delete({ ...request(key), ...more });
  }

  text(key: string): string | undefined {
    const item = this.get(key);
    return item && new TextDecoder().decode(item.value);
  }

  etag(key: string): string {
    const etag = this.get(key)?.etag;
    assert.ok(etag, `${key} has no etag`);
    return etag;
  }
}

export function set(key: string, value: string, more: Partial<SetRequest> = {}): SetRequest {
  return { ...request(key), value: new TextEncoder().encode(value), ...more };
}

export function request(key: string): DeleteRequest {
  return { key, concurrency: "unspecified", consistency: "unspecified", metadata: {} };
}

export function lasting(seconds: string): { metadata: Metadata } {
  return { metadata: { ttlInSeconds: seconds } };
}

/** The error of one class, whose message says all of these. */
export function refused(action: () => unknown, kind: new (message: string) => GuestError, ...words: string[]): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof kind, `${String(error)} is no ${kind.name}`);
    for (const word of words) {
      assert.ok(error.message.includes(word), error.message);
    }
    return true;
  });
}
