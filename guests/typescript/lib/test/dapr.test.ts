/** What a guest asks of Dapr, between TypeScript's shapes and the contract's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DaprError, Denied } from "@plugbox/guest";
import { bindingClient, invokeClient, publishClient, secretClient } from "../src/dapr/others.js";
import { stateClient, type HostState } from "../src/dapr/state.js";

const DATA = new TextEncoder().encode("d");

/** A host that notes what it is asked, and answers this. */
function host<T>(answer: unknown): { host: T; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const noted = (name: string | symbol) => {
    return (...words: unknown[]) => {
      calls.push([name, ...words]);
      return answer;
    };
  };
  return { host: new Proxy({}, { get: (_, name) => noted(name) }) as T, calls };
}

/** A host that refuses, as the engine does. */
function refusing<T>(payload: unknown): T {
  const refuse = () => {
    throw Object.assign(new Error("of the engine"), { payload });
  };
  return new Proxy({}, { get: () => refuse }) as T;
}

test("what is left out of a request on state has no meaning", () => {
  const { host: asked, calls } = host<HostState>(undefined);
  const state = stateClient(asked);
  assert.equal(state.get("s", "k"), undefined);
  state.save("s", [
    { key: "k", value: DATA },
    {
      key: "l",
      value: DATA,
      contentType: "application/json",
      etag: "1",
      concurrency: "first-write",
      consistency: "strong",
      metadata: { ttlInSeconds: "1" },
    },
  ]);
  state.delete("s", [{ key: "k", etag: "1" }]);
  state.transact("s", [
    { kind: "set", key: "k", value: DATA },
    { kind: "delete", key: "l" },
  ]);
  const plain = { consistency: "unspecified", metadata: [] };
  const unsaid = { concurrency: "unspecified", ...plain };
  assert.deepEqual(calls, [
    ["get", "s", { key: "k", ...plain }],
    [
      "save",
      "s",
      [
        { key: "k", value: DATA, ...unsaid },
        {
          key: "l",
          value: DATA,
          contentType: "application/json",
          etag: "1",
          concurrency: "first-write",
          consistency: "strong",
          metadata: [["ttlInSeconds", "1"]],
        },
      ],
    ],
    ["delete", "s", [{ key: "k", etag: "1", ...unsaid }]],
    [
      "transact",
      "s",
      [
        { tag: "set", val: { key: "k", value: DATA, ...unsaid } },
        { tag: "delete", val: { key: "l", ...unsaid } },
      ],
      [],
    ],
  ]);
});

test("items come with what there is of them", () => {
  const item = { value: DATA, etag: "1", contentType: undefined, metadata: [["a", "b"]] };
  const { value, etag, metadata } = stateClient(host<HostState>(item).host).get("s", "k") ?? assert.fail();
  assert.deepEqual([value, etag, metadata?.["a"]], [DATA, "1", "b"]);

  const many = [
    { tag: "ok", val: item },
    { tag: "ok", val: undefined },
    { tag: "err", val: "why" },
  ];
  const { host: asked, calls } = host<HostState>(many);
  const [one, none, wrong] = stateClient(asked).bulkGet("s", ["a", "b", "c"], { parallelism: 2 });
  assert.ok(one !== undefined && !(one instanceof Error) && none === undefined);
  assert.ok(wrong instanceof Error && wrong.message === "why");
  assert.deepEqual(calls, [["bulkGet", "s", ["a", "b", "c"], 2, []]]);

  const page = { items: [{ key: "k", value: { tag: "err", val: "why" } }], token: "t", metadata: [] };
  const { items, token } = stateClient(host<HostState>(page).host).query("s", "{}");
  assert.equal(token, "t");
  assert.ok(items[0]?.value instanceof Error);
});

test("messages, calls, bindings and secrets are as the contract has them", () => {
  const broker = host<Parameters<typeof publishClient>[0]>([{ entryId: "1", reason: "full" }]);
  publishClient(broker.host).publish("p", "t", { data: DATA, contentType: "text/plain" });
  const failures = publishClient(broker.host).bulkPublish("p", "t", [{ entryId: "1", data: DATA }]);
  assert.deepEqual(failures, [{ entryId: "1", reason: "full" }]);
  assert.deepEqual(broker.calls, [
    ["publish", "p", "t", { data: DATA, contentType: "text/plain", metadata: [] }],
    ["bulkPublish", "p", "t", [{ entryId: "1", message: { data: DATA, metadata: [] } }], []],
  ]);

  const app = host<Parameters<typeof invokeClient>[0]>({ data: DATA, contentType: "c", headers: [["a", "b"]] });
  const answer = invokeClient(app.host).invoke("a", { method: "m", http: { verb: "get" } });
  assert.deepEqual(answer, { data: DATA, contentType: "c", headers: [["a", "b"]] });
  const request = { method: "m", data: new Uint8Array(), contentType: undefined, typeUrl: undefined };
  const wrong = { method: "m", http: { verb: "GET" as "get" } };
  assert.throws(() => invokeClient(app.host).invoke("a", wrong), /the verb is "GET"/);
  assert.deepEqual(app.calls, [["invoke", "a", { ...request, http: { verb: "get", query: undefined }, headers: [] }]]);

  const binding = host<Parameters<typeof bindingClient>[0]>({ data: DATA, metadata: [["a", "b"]] });
  assert.equal(bindingClient(binding.host).invoke("b", { operation: "create" }).metadata["a"], "b");
  assert.deepEqual(binding.calls, [["invoke", "b", { operation: "create", data: new Uint8Array(), metadata: [] }]]);

  const secrets = host<Parameters<typeof secretClient>[0]>([["password", "oak"]]);
  assert.equal(secretClient(secrets.host).get("v", "password")["password"], "oak");
  const all = host<Parameters<typeof secretClient>[0]>([["db", [["password", "oak"]]]]);
  assert.equal(secretClient(all.host).bulkGet("v")["db"]?.["password"], "oak");
});

test("what is not granted is denied, with what would grant it", () => {
  const state = stateClient(refusing<HostState>({ tag: "denied", val: "state:s" }));
  assert.throws(
    () => state.get("s", "k"),
    (error) => {
      assert.ok(error instanceof Denied);
      assert.deepEqual([error.code, error.grant], ["permission-denied", "state:s"]);
      return true;
    },
  );
});

test("what Dapr fails has its code and its details", () => {
  const details = [
    { tag: "error-info", val: { reason: "R", domain: "d", metadata: [] } },
    { tag: "bad-request", val: [{ field: "f", description: "why" }] },
    { tag: "resource-info", val: { kind: "state", name: "s", owner: "", description: "" } },
    { tag: "other", val: { typeUrl: "t", value: DATA } },
  ];
  const state = stateClient(refusing<HostState>({ tag: "failed", val: { code: "aborted", message: "m", details } }));
  assert.throws(
    () => state.save("s", []),
    (error) => {
      assert.ok(error instanceof DaprError);
      assert.deepEqual([error.code, error.message], ["aborted", "m"]);
      const [info, fields, resource, other] = error.details;
      assert.ok(info && "errorInfo" in info && info.errorInfo.reason === "R");
      assert.deepEqual(fields, { badRequest: [{ field: "f", description: "why" }] });
      assert.deepEqual(resource, { resourceInfo: { kind: "state", name: "s", owner: "", description: "" } });
      assert.deepEqual(other, { other: { typeUrl: "t", value: DATA } });
      return true;
    },
  );
});

test("a wrong request is refused before the host sees it, for there it would be the end of the instance", () => {
  const { host: asked, calls } = host<HostState>(undefined);
  const state = stateClient(asked);
  const wrong = undefined as unknown as string;
  assert.throws(() => state.get(wrong, "k"), /the store is undefined/);
  assert.throws(() => state.save("s", [{ key: "k", value: "text" as unknown as Uint8Array }]), /value is string/);
  assert.throws(() => state.bulkGet("s", ["k"], { parallelism: -1 }), /parallelism/);
  assert.throws(
    () => state.get("s", "k", { consistency: "STRONG" as "strong" }),
    /consistency is "STRONG", not one of/,
  );
  assert.throws(() => state.delete("s", [{ key: "k", concurrency: null as unknown as "first-write" }]), /concurrency/);
  assert.deepEqual(calls, []);
});
