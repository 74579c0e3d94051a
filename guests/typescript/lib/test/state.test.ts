/** State stores, between the contract's shapes and TypeScript's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { adapt } from "@plugbox/guest/adapt";
import type { Filter, Item, Operation, QueryRequest, SetRequest } from "@plugbox/guest";
import { filter } from "../src/adapt/state.js";
import { complaints, get, remove, set, store, thrown } from "./shared.js";

const VALUE = new TextEncoder().encode("v");

test("nothing is made before the first call, and only once", async () => {
  let made = 0;
  const { stateStore } = adapt({
    stateStore: () => {
      made += 1;
      return store({});
    },
  });
  assert.equal(made, 0);
  await stateStore.init([]);
  await stateStore.get(get("k"));
  assert.equal(made, 1);
});

test("what cannot be made is an error of the call, and the next tries again", async () => {
  let times = 0;
  const { stateStore } = adapt({
    stateStore: () => {
      times += 1;
      if (times === 1) {
        throw new Error("not yet");
      }
      return store({});
    },
  });
  await complaints(async () => {
    assert.deepEqual(await thrown(() => stateStore.init([])), { code: "internal", message: "Error: not yet" });
  });
  assert.deepEqual(await stateStore.init([]), []);
});

test("metadata is an object without a prototype, whatever its names", async () => {
  let seen: object = {};
  const { stateStore } = adapt({
    stateStore: () =>
      store({
        init: (properties: object) => {
          seen = properties;
          return ["ETAG" as const];
        },
      }),
  });
  assert.deepEqual(
    await stateStore.init([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]),
    ["ETAG"],
  );
  assert.equal(Object.getPrototypeOf(seen), null);
  assert.deepEqual(Object.entries(seen), [
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test("a request from another realm is made of this one's classes, and its bytes are not copied", async () => {
  const seen: SetRequest[] = [];
  const { stateStore, bulkStateStore } = adapt({
    stateStore: () =>
      store({
        set: (request: SetRequest) => void seen.push(request),
        bulkGet: (requests: readonly unknown[]) => requests.map(() => undefined),
        bulkSet: (requests: readonly SetRequest[]) => assert.ok(requests instanceof Array),
        bulkDelete: () => {},
      }),
  });
  const foreign = runInNewContext("({ value: new Uint8Array([1, 2, 3]).subarray(1), list: [] })") as {
    value: Uint8Array;
    list: ReturnType<typeof set>[];
  };
  assert.equal(foreign.value instanceof Uint8Array, false);
  await stateStore.set({ ...set("k"), value: foreign.value });
  const value = seen[0]?.value;
  assert.ok(value instanceof Uint8Array);
  assert.deepEqual([...value], [2, 3]);
  assert.equal(value.buffer, foreign.value.buffer);
  await bulkStateStore.bulkSet(foreign.list);
});

test("an item is answered with what it has", async () => {
  const items: Record<string, Item> = {
    bare: { value: VALUE },
    whole: { value: VALUE, etag: "1", contentType: "text/plain", metadata: { ttlExpireTime: "t", none: undefined } },
  };
  const { stateStore } = adapt({ stateStore: () => store({ get: ({ key }: { key: string }) => items[key] }) });
  assert.equal(await stateStore.get(get("missing")), undefined);
  assert.deepEqual(await stateStore.get(get("bare")), {
    value: VALUE,
    etag: undefined,
    contentType: undefined,
    metadata: [],
  });
  assert.deepEqual(await stateStore.get(get("whole")), {
    value: VALUE,
    etag: "1",
    contentType: "text/plain",
    metadata: [["ttlExpireTime", "t"]],
  });
});

test("an item of the wrong types is an error and not the end of the instance", async () => {
  const wrong: unknown[] = [
    "text",
    { value: "text" },
    { value: [1] },
    { value: VALUE, etag: 1 },
    { value: VALUE, metadata: { a: 1 } },
  ];
  for (const item of wrong) {
    const { stateStore } = adapt({ stateStore: () => store({ get: () => item as Item }) });
    await complaints(async () => {
      const answer = (await thrown(() => stateStore.get(get("k")))) as { val: { code: string; message: string } };
      assert.equal(answer.val.code, "internal");
      assert.match(answer.val.message, /^TypeError: the item/);
    });
  }
});

test("functions may answer later", async () => {
  const { stateStore } = adapt({ stateStore: () => store({ get: async () => ({ value: VALUE }) }) });
  assert.equal((await stateStore.get(get("k")))?.value, VALUE);
});

test("a bulk get answers each item, or why there is none", async () => {
  const { bulkStateStore } = adapt({
    stateStore: () =>
      store({
        bulkGet: () => [{ value: VALUE }, undefined, new Error("why")],
        bulkSet: () => {},
        bulkDelete: () => {},
      }),
  });
  const answers = await bulkStateStore.bulkGet([get("a"), get("b"), get("c")]);
  assert.deepEqual(
    answers.map(({ tag }) => tag),
    ["ok", "ok", "err"],
  );
  assert.deepEqual(answers.slice(1), [
    { tag: "ok", val: undefined },
    { tag: "err", val: "why" },
  ]);
});

test("a transaction is a list of operations by their kinds", async () => {
  let seen: readonly Operation[] = [];
  const transactional = (maxOperations?: number) =>
    adapt({
      stateStore: () =>
        store({ maxOperations, transact: (operations: readonly Operation[]) => void (seen = operations) }),
    }).transactionalStateStore;
  await transactional().transact(
    [
      { tag: "set", val: set("a", "v") },
      { tag: "delete", val: { ...remove("b"), etag: "7" } },
    ],
    [],
  );
  assert.deepEqual(
    seen.map(({ kind, key, etag }) => [kind, key, etag]),
    [
      ["set", "a", undefined],
      ["delete", "b", "7"],
    ],
  );
  assert.equal(transactional().maxOperations(), undefined);
  assert.equal(transactional(7).maxOperations(), 7);
  const lines = await complaints(() => assert.equal(transactional(-1).maxOperations(), undefined));
  assert.equal(lines.length, 1);
});

test("a query's filter is a tree", () => {
  const eq = (path: string, value: { tag: "integer"; val: bigint }) =>
    ({ tag: "compare", val: { path, comparison: "eq", value } }) as const;
  const tree = filter([
    { tag: "all-of", val: [1, 2] },
    { tag: "any-of", val: Uint32Array.of(3) },
    { tag: "one-of", val: { path: "a.b", values: [{ tag: "null" }, { tag: "json", val: "[9007199254740993]" }] } },
    eq("c", { tag: "integer", val: 9007199254740993n }),
  ]);
  const expected: Filter = {
    kind: "all",
    of: [
      { kind: "any", of: [{ kind: "compare", path: ["c"], comparison: "eq", value: 9007199254740993n }] },
      { kind: "one-of", path: ["a", "b"], values: [null, [9007199254740993n]] },
    ],
  };
  assert.deepEqual(tree, expected);
  assert.deepEqual(filter([eq("d", { tag: "integer", val: 7n })]), {
    kind: "compare",
    path: ["d"],
    comparison: "eq",
    value: 7,
  });
  assert.equal(filter([]), undefined);
});

test("a filter that is no tree is refused", () => {
  for (const nodes of [
    [{ tag: "all-of" as const, val: [0] }],
    [{ tag: "any-of" as const, val: [1] }],
    [{ tag: "one-of" as const, val: { path: "a", values: [{ tag: "json" as const, val: "{" }] } }],
  ]) {
    assert.throws(() => filter(nodes), { code: "invalid-argument" });
  }
});

test("a query's page is answered with what it has", async () => {
  let seen: QueryRequest | undefined;
  const { queriableStateStore } = adapt({
    stateStore: () =>
      store({
        query: (request: QueryRequest) => {
          seen = request;
          return { items: [{ key: "k", value: VALUE }], token: "t" };
        },
      }),
  });
  const page = await queriableStateStore.query({
    filter: [],
    sort: [{ path: "a.b", descending: true }],
    limit: 2,
    metadata: [],
  });
  assert.deepEqual(page, {
    items: [{ key: "k", value: VALUE, etag: undefined, contentType: undefined }],
    token: "t",
    metadata: [],
  });
  assert.deepEqual(seen?.sort, [{ path: ["a", "b"], descending: true }]);
  assert.equal(seen.limit, 2);
});
