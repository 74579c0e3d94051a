/** Applications, between the contract's shapes and TypeScript's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonBody, NotFound, readJson, StatusError, type Detail, type Guest, type Message } from "@plugbox/guest";
import { adapt } from "@plugbox/guest/adapt";
import { complaints, thrown } from "./shared.js";

const DATA = new TextEncoder().encode("d");

type WireEvent = Parameters<ReturnType<typeof adapt>["subscriber"]["handle"]>[0]["event"];
type App = ReturnType<NonNullable<Guest["app"]>>;

function adapted(app: App) {
  return adapt({ app: () => app });
}

/** A request as it comes from the host. */
function request(method: string) {
  return { method, data: DATA, contentType: "text/plain", headers: [["a", "b"] as [string, string]] };
}

/** An event as it comes from the host. */
function event(...extensions: WireEvent["extensions"]): WireEvent {
  return { id: "1", source: "s", kind: "order.placed", specVersion: "1.0", data: DATA, extensions };
}

function message() {
  return { event: event(), pubsub: "p", topic: "t", metadata: [["a", "b"] as [string, string]] };
}

test("an invocation brings all of it, and takes what is answered", async () => {
  let seen: unknown;
  const { invoke } = adapted({
    onInvoke: async (request) => {
      seen = request;
      return { ...jsonBody({ tea: true }), headers: [["x", "y"]] };
    },
  });
  const http = { verb: "post" as const, query: "a=b" };
  assert.deepEqual(await invoke.handle({ ...request("m"), http }), {
    data: new TextEncoder().encode('{"tea":true}'),
    contentType: "application/json",
    typeUrl: undefined,
    headers: [["x", "y"]],
  });
  assert.deepEqual(seen, { ...request("m"), http });
});

test("an answer may be nothing", async () => {
  const { invoke } = adapted({ onInvoke: () => undefined });
  assert.deepEqual(await invoke.handle(request("m")), {
    data: new Uint8Array(),
    contentType: undefined,
    typeUrl: undefined,
    headers: [],
  });
});

test("what is thrown is a status, with its details", async () => {
  const details: Detail[] = [
    { errorInfo: { reason: "R", domain: "d", metadata: { a: "b" } } },
    { badRequest: [{ field: "f", description: "why" }] },
    { resourceInfo: { kind: "state", name: "s" } },
    { other: { typeUrl: "t", value: DATA } },
  ];
  const failing = (failure: unknown) =>
    adapted({
      onInvoke: () => {
        throw failure;
      },
      onEvent: () => Promise.reject(failure),
      bindings: () => [],
      onJob: () => Promise.reject(failure),
      checkHealth: () => {
        throw failure;
      },
    });
  const wire = {
    code: "aborted",
    message: "m",
    details: [
      { tag: "error-info", val: { reason: "R", domain: "d", metadata: [["a", "b"]] } },
      { tag: "bad-request", val: [{ field: "f", description: "why" }] },
      { tag: "resource-info", val: { kind: "state", name: "s", owner: undefined, description: "" } },
      { tag: "other", val: { typeUrl: "t", value: DATA } },
    ],
  };
  const { invoke, bindingHandler, jobs, health } = failing(new StatusError("aborted", "m", details));
  assert.deepEqual(await thrown(() => invoke.handle(request("m"))), wire);
  assert.deepEqual(await thrown(() => bindingHandler.handle({ binding: "b", data: DATA, metadata: [] })), wire);
  assert.deepEqual(await thrown(() => jobs.handle({ name: "j", data: DATA })), wire);
  assert.deepEqual(await thrown(() => health.check()), wire);

  const plain = { code: "not-found", message: "gone", details: [] };
  assert.deepEqual(await thrown(() => failing(new NotFound("gone")).invoke.handle(request("m"))), plain);
});

test("a bug is an internal error, and details that are none do not hide the status", async () => {
  await complaints(async () => {
    const wrong = [{ errorInfo: { reason: 1 } }] as unknown as Detail[];
    for (const [failure, code] of [
      [new TypeError("x is not a function"), "internal"],
      [new StatusError("not-found", "m", wrong), "not-found"],
    ] as const) {
      const { invoke } = adapted({
        onInvoke: () => {
          throw failure;
        },
      });
      const status = (await thrown(() => invoke.handle(request("m")))) as { code: string; details: unknown[] };
      assert.deepEqual([status.code, status.details], [code, []]);
    }
    const { invoke } = adapted({ onInvoke: () => ({ data: "text" as unknown as Uint8Array }) });
    const status = (await thrown(() => invoke.handle(request("m")))) as { message: string };
    assert.match(status.message, /the response's data is string/);
  });
});

test("subscriptions say routes, dead letters and bulks", async () => {
  const { subscriber } = adapted({
    subscriptions: () => [
      { pubsub: "p", topic: "t" },
      {
        pubsub: "p",
        topic: "u",
        routes: [{ matches: "true", path: "/a" }],
        defaultPath: "/b",
        deadLetterTopic: "dead",
        bulk: { maxMessages: 7 },
        metadata: { rawPayload: "true" },
      },
    ],
    onMessage: () => undefined,
  });
  assert.deepEqual(subscriber.subscriptions(), [
    {
      pubsub: "p",
      topic: "t",
      routes: [],
      defaultPath: undefined,
      deadLetterTopic: undefined,
      bulk: undefined,
      metadata: [],
    },
    {
      pubsub: "p",
      topic: "u",
      routes: [{ matches: "true", path: "/a" }],
      defaultPath: "/b",
      deadLetterTopic: "dead",
      bulk: { maxMessages: 7, maxWait: undefined },
      metadata: [["rawPayload", "true"]],
    },
  ]);
});

test("an application that cannot say what it wants is none", async () => {
  const { subscriber, bindingHandler } = adapted({
    subscriptions: () => {
      throw new Error("no environment");
    },
    onMessage: () => undefined,
    bindings: () => [1 as unknown as string],
    onEvent: () => undefined,
  });
  const lines = await complaints(() => {
    assert.throws(() => subscriber.subscriptions(), /no environment/);
    assert.throws(() => bindingHandler.bindings(), TypeError);
  });
  assert.equal(lines.length, 2);
});

test("a message is a typed CloudEvent", async () => {
  let seen: Message | undefined;
  const { subscriber } = adapted({ subscriptions: () => [], onMessage: (message) => void (seen = message) });
  const told = event(
    ["yes", { tag: "boolean", val: true }],
    ["half", { tag: "number", val: 0.5 }],
    ["text", { tag: "text", val: "{}" }],
    ["json", { tag: "json", val: '{"a": [9007199254740993]}' }],
    ["odd", { tag: "json", val: "{" }],
  );
  const wire = { ...message(), event: { ...told, subject: "order", time: "2026-01-01T00:00:00Z" }, path: "/a" };
  assert.equal(await subscriber.handle(wire), "success");
  const { event: own, ...rest } = seen ?? assert.fail();
  assert.deepEqual(
    { ...rest, metadata: { ...rest.metadata } },
    { pubsub: "p", topic: "t", path: "/a", metadata: { a: "b" } },
  );
  assert.deepEqual(
    { ...own.extensions },
    { yes: true, half: 0.5, text: "{}", json: { a: [9007199254740993n] }, odd: "{" },
  );
  assert.deepEqual([own.type, own.subject, own.data], ["order.placed", "order", DATA]);
});

test("a message comes again where its handler fails", async () => {
  const outcome = (onMessage: () => unknown) =>
    adapted({ subscriptions: () => [], onMessage: onMessage as () => undefined }).subscriber.handle(message());
  for (const told of ["success", "retry", "drop"]) {
    assert.equal(await outcome(() => told), told);
    assert.equal(await outcome(async () => told), told);
  }
  const lines = await complaints(async () => {
    assert.equal(await outcome(() => Promise.reject(new Error("later"))), "retry");
    assert.equal(await outcome(() => "SUCCESS"), "retry");
    assert.equal(
      await outcome(() => {
        throw new NotFound("gone");
      }),
      "retry",
    );
  });
  assert.equal(lines.length, 3);
});

test("each of many messages has its data, whatever it is, and its outcome", async () => {
  let seen: unknown[] = [];
  const { bulkSubscriber } = adapted({
    onMessages: ({ entries }) => {
      seen = entries.map(({ entryId, data, event }) => [entryId, data, event?.type]);
      return ["drop", "success"];
    },
  });
  const entries = [
    { entryId: "1", payload: { tag: "event" as const, val: event() }, metadata: [] },
    { entryId: "2", payload: { tag: "raw" as const, val: DATA }, metadata: [] },
  ];
  const messages = { id: "i", pubsub: "p", topic: "t", entries, metadata: [] };
  assert.deepEqual(await bulkSubscriber.handleBulk(messages), ["drop", "success"]);
  assert.deepEqual(seen, [
    ["1", DATA, "order.placed"],
    ["2", DATA, undefined],
  ]);
  const failing = adapted({ onMessages: () => Promise.reject(new Error("no")) });
  await complaints(async () => assert.deepEqual(await failing.bulkSubscriber.handleBulk(messages), []));
});

test("a binding's event is answered, and forwarded", async () => {
  const handler = (answer: ReturnType<NonNullable<App["onEvent"]>>) =>
    adapted({ bindings: () => ["b"], onEvent: () => answer }).bindingHandler;
  const input = { binding: "b", data: DATA, metadata: [] };
  assert.deepEqual(handler(undefined).bindings(), ["b"]);
  assert.deepEqual(await handler(undefined).handle(input), {
    data: new Uint8Array(),
    forwardTo: [],
    inParallel: false,
  });
  assert.deepEqual(await handler({ data: DATA, forwardTo: ["mail"], inParallel: true }).handle(input), {
    data: DATA,
    forwardTo: ["mail"],
    inParallel: true,
  });
});

test("a body that is no JSON is an invalid argument", () => {
  assert.deepEqual(readJson(jsonBody({ a: [1] }).data), { a: [1] });
  assert.throws(() => readJson(DATA, "the order"), { code: "invalid-argument", message: /^the order is no JSON: / });
  assert.throws(() => jsonBody(undefined), TypeError);
});
