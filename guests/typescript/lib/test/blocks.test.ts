/** Bindings, secret stores and Layotto's hello, between the contract's shapes and TypeScript's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { adapt } from "@plugbox/guest/adapt";
import type { InputBinding } from "@plugbox/guest";
import { complaints, thrown } from "./shared.js";

const DATA = new TextEncoder().encode("d");

test("an input binding's events are pulled, and answered", async () => {
  const seen: unknown[] = [];
  const binding: InputBinding = {
    init: ({ schedule }) => void seen.push(schedule),
    open: (id) => id,
    close: (id) => void seen.push(["close", id]),
    pull: (wanted) => ({ events: wanted.map(({ id }) => ({ id, eventId: "e", data: DATA })), againAfter: 1 }),
    answer: (id, eventId, answer) => void seen.push([id, eventId, answer]),
  };
  const { inputBinding } = adapt({ inputBinding: () => binding });
  await inputBinding.init([["schedule", "1s"]]);
  assert.equal(await inputBinding.open(3n), 3);
  assert.deepEqual(await inputBinding.pull([{ id: 3n, events: 1 }]), {
    events: [{ id: 3n, eventId: "e", data: DATA, contentType: undefined, metadata: [] }],
    againIn: 1_000_000n,
    waits: [],
  });
  await inputBinding.answer(3n, "e", { tag: "ok", val: DATA });
  await inputBinding.answer(3n, "f", { tag: "err", val: "why" });
  await inputBinding.close(3n);
  assert.deepEqual(seen, [
    "1s",
    [3, "e", { ok: true, data: DATA }],
    [3, "f", { ok: false, reason: "why" }],
    ["close", 3],
  ]);
});

test("an output binding answers its operations, and does them", async () => {
  const { outputBinding } = adapt({
    outputBinding: () => ({
      init: () => ["create"],
      invoke: async ({ operation, data, metadata }) => ({ data, metadata: { ...metadata, operation } }),
    }),
  });
  assert.deepEqual(await outputBinding.init([]), ["create"]);
  assert.deepEqual(await outputBinding.invoke({ operation: "create", data: DATA, metadata: [["a", "b"]] }), {
    data: DATA,
    contentType: undefined,
    metadata: [
      ["a", "b"],
      ["operation", "create"],
    ],
  });
});

test("a secret is answered by its names, and a missing one is not found", async () => {
  const { secretStore, bulkSecretStore } = adapt({
    secretStore: () => ({
      init: () => [],
      get: (name) => (name === "password" ? { password: "oak" } : undefined),
      bulkGet: () => ({ password: { password: "oak" }, empty: {} }),
    }),
  });
  assert.deepEqual(await secretStore.get("password", []), [["password", "oak"]]);
  assert.deepEqual(await thrown(() => secretStore.get("other", [])), {
    code: "not-found",
    message: 'there is no secret "other"',
  });
  assert.deepEqual(await bulkSecretStore.bulkGet([]), [
    ["password", [["password", "oak"]]],
    ["empty", []],
  ]);
});

test("what is wrong with a secret is said without its values", async () => {
  const { secretStore } = adapt({
    secretStore: () => ({ init: () => [], get: () => ({ password: ["oak"] }) as unknown as Record<string, string> }),
  });
  const lines = await complaints(async () => {
    const error = (await thrown(() => secretStore.get("password", []))) as { message: string };
    assert.doesNotMatch(error.message, /oak/);
  });
  assert.doesNotMatch(lines.join("\n"), /"oak"|: oak/);
});

test("a greeting is a text", async () => {
  let seen: unknown;
  const { hello } = adapt({
    hello: () => ({ init: (config) => void (seen = config), sayHello: (name) => `hello, ${name}` }),
  });
  await hello.init({ kind: "k", hello: "hi", properties: [["a", "b"]], secrets: [{ storeName: "s", key: "k" }] });
  assert.equal((seen as { properties: Record<string, string> }).properties["a"], "b");
  assert.equal(await hello.sayHello("you"), "hello, you");
});

test("a block that the guest does not have is an error", async () => {
  await complaints(async () => {
    const error = (await thrown(() => adapt({}).hello.sayHello("you"))) as { message: string };
    assert.match(error.message, /no hello/);
  });
});
