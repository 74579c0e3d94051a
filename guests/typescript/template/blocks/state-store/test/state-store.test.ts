import assert from "node:assert/strict";
import { test } from "node:test";
import { EtagInvalid, EtagMismatch } from "@plugbox/guest";
import { MyStateStore } from "../src/state-store.js";

const unspecified = { concurrency: "unspecified", consistency: "unspecified", metadata: {} } as const;

function set(store: MyStateStore, text: string, more: object = {}): void {
  store.set({ key: "greeting", value: new TextEncoder().encode(text), ...unspecified, ...more });
}

function get(store: MyStateStore) {
  const item = store.get({ key: "greeting", consistency: "unspecified", metadata: {} });
  return item && { text: new TextDecoder().decode(item.value), etag: item.etag };
}

test("what is set can be got until it is deleted", () => {
  const store = new MyStateStore();
  assert.equal(get(store), undefined);
  set(store, "hello");
  assert.equal(get(store)?.text, "hello");
  store.delete({ key: "greeting", ...unspecified });
  assert.equal(get(store), undefined);
});

test("a write with an etag succeeds only while the item has it", () => {
  const store = new MyStateStore();
  set(store, "first", { concurrency: "first-write" });
  assert.throws(() => set(store, "second", { concurrency: "first-write" }), EtagMismatch);
  const etag = get(store)?.etag;
  set(store, "third", { etag });
  assert.throws(() => set(store, "fourth", { etag }), EtagMismatch);
  assert.throws(() => store.delete({ key: "greeting", ...unspecified, etag }), EtagMismatch);
  assert.throws(() => set(store, "fifth", { etag: "no number" }), EtagInvalid);
  assert.equal(get(store)?.text, "third");
});
