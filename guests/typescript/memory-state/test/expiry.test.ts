/** Time to live. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { EtagMismatch, InvalidArgument } from "@plugbox/guest";
import { Clocked, lasting, refused } from "./shared.js";

function expiry(store: Clocked): string | undefined {
  return store.get("k")?.metadata?.["ttlExpireTime"];
}

test("an item is there until its time", () => {
  const store = new Clocked(0);
  store.put("k", "v", lasting("2"));
  assert.equal(expiry(store), "1970-01-01T00:00:02.000Z");
  store.time.now = 1999;
  assert.equal(store.text("k"), "v");
  store.time.now = 2000;
  assert.equal(store.get("k"), undefined);
});

test("an expired item is a missing one", () => {
  const store = new Clocked();
  store.put("k", "v", lasting("1"));
  const etag = store.etag("k");
  store.time.now += 1000;
  refused(() => store.put("k", "w", { etag }), EtagMismatch, "not there");
  refused(() => store.remove("k", { etag }), EtagMismatch);
  assert.deepEqual([...store.entries()], []);
  store.put("k", "w", { concurrency: "first-write" });
  assert.equal(store.text("k"), "w");
});

test("a later write decides anew", () => {
  for (const [again, expected] of [
    ["5", "1970-01-01T00:00:05.000Z"],
    ["+5", "1970-01-01T00:00:05.000Z"],
    ["0", undefined],
    ["-1", undefined],
    [undefined, undefined],
  ] as const) {
    const store = new Clocked(0);
    store.put("k", "v", lasting("1"));
    store.put("k", "v", again === undefined ? {} : lasting(again));
    assert.equal(expiry(store), expected);
    assert.deepEqual(store.held, [1, expected === undefined ? 0 : 1]);
  }
});

test("what is no life is refused", () => {
  const store = new Clocked();
  store.put("k", "old");
  for (const wrong of ["", "x", "1.5", "1e3", " 1", "-2", "9223372036854775808", "9223372036854775807", "٣"]) {
    refused(() => store.put("k", "new", lasting(wrong)), InvalidArgument, "ttlInSeconds", '"k"', JSON.stringify(wrong));
  }
  assert.equal(store.text("k"), "old");
});

test("the longest life lasts to the end of the year 9999", () => {
  const store = new Clocked(999);
  store.put("k", "v", lasting("253402300799"));
  assert.equal(expiry(store), "9999-12-31T23:59:59.999Z");
  refused(() => store.put("k", "v", lasting("253402300800")), InvalidArgument, "9999");
});

test("names of metadata compare exactly", () => {
  const store = new Clocked();
  store.put("k", "v", { metadata: { ttlinseconds: "x" } });
  assert.equal(expiry(store), undefined);
});

test("expired items give their memory back", () => {
  const store = new Clocked();
  for (let count = 0; count < 100; count += 1) {
    store.put(`mortal-${count}`, "v", lasting("1"));
  }
  assert.deepEqual(store.held, [100, 100]);
  store.time.now += 1000;
  for (let count = 0; count < 4; count += 1) {
    store.remove("nothing");
  }
  assert.deepEqual(store.held, [0, 0]);
});

test("a stream of items that expire does not grow", () => {
  const store = new Clocked();
  for (let count = 0; count < 1000; count += 1) {
    store.time.now += 100;
    store.put(`mortal-${count}`, "v", lasting("1"));
    assert.ok(store.held[0] <= 11);
  }
});
