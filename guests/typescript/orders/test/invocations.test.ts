/** Orders that are placed and looked at by invocation, or come by a binding. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Verb } from "@plugbox/guest";
import { failing, Fake, json, request, tea } from "./shared.js";

test("an order is kept and told of", async () => {
  const fake = new Fake();
  assert.deepEqual(await fake.place(tea("t-1")), {
    id: "t-1",
    total: 1047,
    // printf 't-1 1047' | openssl dgst -sha256 -hmac oak-and-pine
    signature: "e08189e84a9189c02d2e065935d8507e183245dbcfd87cf822e028466024b064",
  });
  assert.deepEqual(await fake.find("t-1"), { order: tea("t-1"), confirmed: false, shipped: false });
  const [{ topic, message } = assert.fail(), ...more] = fake.published;
  assert.deepEqual([topic, message.data, more], ["order.placed", json({ id: "t-1" }), []]);
  assert.deepEqual(
    [message.contentType, message.metadata],
    ["application/json", { "cloudevent.type": "order.placed" }],
  );
});

test("an order without an id gets one", async () => {
  const fake = new Fake();
  const [one, other] = [await fake.place(tea()), await fake.place(tea())] as { id: string }[];
  assert.ok(one && other && one.id !== other.id);
  assert.deepEqual(fake.keys, [one.id, other.id]);
});

test("an order that comes again is the same order", async () => {
  const fake = new Fake();
  const first = await fake.place(tea("t-1"));
  const { lines, customer, id } = tea("t-1");
  assert.deepEqual(await fake.place({ lines, customer, id }), first);
  assert.equal(fake.writes("t-1"), 1);
  assert.equal(fake.count("publish"), 2, "the first message may be the one that was lost");
  fake.placed({ id: "t-1" });
  assert.deepEqual(await fake.place(tea("t-1")), first);
  assert.equal(fake.count("publish"), 2, "it is confirmed already");
});

test("an order that was written anew on its way into the store is the same order", async () => {
  const fake = new Fake();
  const { customer, id, lines } = tea("t-1");
  // As daprd does, which sorts the names.
  const sorted = lines.map(({ count, item, price }) => ({ count, item, price }));
  fake.put("t-1", json({ confirmed: false, order: { customer, id, lines: sorted }, shipped: false }));
  await fake.place(tea("t-1"));
});

test("an id is given to one order only", async () => {
  const fake = new Fake();
  await fake.place(tea("t-1"));
  const { code, reasons, resources } = await failing(fake.place({ ...tea("t-1"), customer: "bob@example.com" }));
  assert.deepEqual([code, reasons, resources], ["already-exists", ["ORDER_EXISTS"], [["order", "t-1"]]]);
  assert.deepEqual((await fake.find("t-1")).order, tea("t-1"));
});

test("an order that is not there is not found", async () => {
  for (const id of ["t-1", "", "a/b", "../x", "x".repeat(65)]) {
    const { code, resources } = await failing(new Fake().find(id));
    assert.deepEqual([code, resources], ["not-found", [["order", id]]]);
  }
});

test("what is there goes by method and by verb", async () => {
  const { app } = new Fake();
  const call = (method: string, verb?: Verb) =>
    app.onInvoke({ ...request(method, tea("t-1")), http: verb && { verb } });
  await call("place");
  await call("place", "post");
  await call("orders/t-1");
  await call("orders/t-1", "get");
  for (const [method, verb] of [
    ["place", "get"],
    ["orders/t-1", "delete"],
    ["orders"],
    ["Place"],
    ["place/now"],
    [""],
  ] as const) {
    assert.equal((await failing(call(method, verb))).code, "unimplemented", method);
  }
});

test("an event of the binding becomes an order", async () => {
  const fake = new Fake();
  const event = (binding: string, data: unknown) => fake.app.onEvent({ binding, data: json(data), metadata: {} });
  const { data } = await event("inbox", tea("t-1"));
  assert.deepEqual(data, json(await fake.place(tea("t-1"))));
  assert.equal((await failing(event("inbox", "tea"))).code, "invalid-argument");
  assert.deepEqual((await failing(event("mail", tea("t-2")))).reasons, ["BINDING_UNKNOWN"]);
  assert.deepEqual(fake.keys, ["t-1"]);
  assert.deepEqual(fake.app.bindings(), ["inbox"]);
});
