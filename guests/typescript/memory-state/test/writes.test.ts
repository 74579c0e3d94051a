/** Etags, first writes and transactions. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { EtagInvalid, EtagMismatch, InvalidArgument, type Operation } from "@plugbox/guest";
import { MemoryState } from "../src/guest.js";
import { Clocked, lasting, refused, request, set } from "./shared.js";

test("keeps value and content type until deleted", () => {
  const store = new Clocked();
  store.put("k", "a", { contentType: "text/plain" });
  assert.equal(store.text("k"), "a");
  assert.equal(store.get("k")?.contentType, "text/plain");
  assert.deepEqual(store.get("k")?.metadata, {});
  store.put("k", "b");
  assert.equal(store.text("k"), "b");
  assert.equal(store.get("k")?.contentType, undefined);
  store.remove("k");
  assert.equal(store.get("k"), undefined);
  store.remove("k");
});

test("an etag changes at each write and never comes back", () => {
  const store = new Clocked();
  const seen = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    store.put("k", "same");
    seen.add(store.etag("k"));
    store.put("k", "same");
    seen.add(store.etag("k"));
    store.remove("k");
  }
  assert.equal(seen.size, 6);
});

test("a store that starts later makes other etags", () => {
  const [first, second] = [new Clocked(1000), new Clocked(1001)];
  for (let count = 0; count < 999; count += 1) {
    first.put("k", "v");
  }
  second.put("k", "v");
  assert.ok(Number(second.etag("k")) > Number(first.etag("k")));
});

test("the etag decides whatever the concurrency", () => {
  for (const concurrency of ["unspecified", "first-write", "last-write"] as const) {
    const store = new Clocked();
    store.put("k", "a");
    const old = store.etag("k");
    store.put("k", "b", { etag: old, concurrency });
    refused(() => store.put("k", "c", { etag: old, concurrency }), EtagMismatch, '"k"', old);
    refused(() => store.remove("k", { etag: old, concurrency }), EtagMismatch);
    refused(() => store.put("missing", "c", { etag: old, concurrency }), EtagMismatch, "not there");
    refused(() => store.remove("missing", { etag: old, concurrency }), EtagMismatch);
    assert.equal(store.text("k"), "b");
    store.remove("k", { etag: store.etag("k"), concurrency });
    assert.equal(store.get("k"), undefined);
  }
});

test("what this store never writes is no etag", () => {
  const store = new Clocked();
  store.put("k", "a");
  for (const etag of ["x", "-1", "+7", "007", "1.0", "1e3", " 1", "9007199254740993", "٣"]) {
    refused(() => store.put("k", "b", { etag }), EtagInvalid, JSON.stringify(etag));
    refused(() => store.remove("k", { etag }), EtagInvalid);
  }
  assert.equal(store.text("k"), "a");
});

test("without an etag the first write wins where that is asked", () => {
  const store = new Clocked();
  store.put("k", "a", { concurrency: "first-write" });
  refused(() => store.put("k", "b", { concurrency: "first-write" }), EtagMismatch, "already");
  store.put("k", "c", { concurrency: "last-write" });
  assert.equal(store.text("k"), "c");
  store.remove("k", { concurrency: "first-write" });
  store.put("k", "d", { concurrency: "first-write" });
});

function steps(...steps: (readonly ["set" | "delete", string, string?])[]): Operation[] {
  return steps.map(([kind, key, etag]) =>
    kind === "set" ? { kind, ...set(key, "new"), etag } : { kind, ...request(key), etag },
  );
}

test("a later operation sees what an earlier one did", () => {
  const store = new Clocked();
  store.transact([
    { kind: "set", ...set("a", "1") },
    { kind: "delete", ...request("a") },
    { kind: "set", ...set("a", "2", { concurrency: "first-write" }) },
  ]);
  assert.equal(store.text("a"), "2");
});

test("a failure undoes what went before", () => {
  const store = new Clocked();
  store.put("a", "old");
  store.put("mortal", "old", lasting("10"));
  const before = [store.etag("a"), store.etag("mortal"), store.get("mortal")?.metadata, store.held];
  const failing = steps(
    ["set", "a"],
    ["set", "a"],
    ["delete", "a"],
    ["set", "mortal"],
    ["set", "b"],
    ["delete", "c", "1"],
  );
  refused(() => store.transact(failing), EtagMismatch);
  assert.deepEqual([store.etag("a"), store.etag("mortal"), store.get("mortal")?.metadata, store.held], before);
  assert.equal(store.get("b"), undefined);
  assert.equal(store.text("a"), "old");
});

test("good items are applied and the first failure is the answer", () => {
  const guest = new MemoryState();
  assert.deepEqual(guest.init(), ["ETAG", "TTL"]);
  const wrong = [set("a", "1", { etag: "x" }), set("b", "2"), set("c", "3", lasting("x")), set("d", "4")];
  refused(() => guest.bulkSet(wrong), EtagInvalid, '"a"');
  refused(() => guest.bulkSet([set("c", "3", lasting("x"))]), InvalidArgument, '"c"');
  const found = guest.bulkGet(["a", "b", "c", "d"].map(request)).map((item) => item !== undefined);
  assert.deepEqual(found, [false, true, false, true]);
  refused(() => guest.bulkDelete([{ ...request("b"), etag: "1" }, request("d")]), EtagMismatch);
  assert.equal(guest.get(request("d")), undefined);
  assert.notEqual(guest.get(request("b")), undefined);
  guest.init();
  assert.notEqual(guest.get(request("b")), undefined);
});
