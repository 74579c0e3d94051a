/** Messages, one by one and many at once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Fake, json, tea } from "./shared.js";

console.error = () => {};

async function withOrders(...ids: string[]): Promise<Fake> {
  const fake = new Fake();
  for (const id of ids) {
    await fake.place(tea(id));
  }
  fake.calls = [];
  return fake;
}

const named = (...ids: string[]) => ids.map((id) => ({ id }));

test("an order that was placed is confirmed by mail", async () => {
  const fake = await withOrders("t-1");
  assert.equal(fake.placed({ id: "t-1" }), "success");
  assert.equal((await fake.find("t-1")).confirmed, true);
  assert.deepEqual(fake.mails, [
    {
      operation: "create",
      data: new TextEncoder().encode("Thank you for your order t-1:\n\n2 x Assam\n1 x Sencha\n\nTotal: 10.47\n"),
      metadata: { emailTo: "ada@example.com", subject: "Your order t-1", key: "mail-t-1" },
    },
  ]);
});

test("a message that comes again changes nothing", async () => {
  const fake = await withOrders("t-1");
  for (const _ of [1, 2]) {
    assert.equal(fake.placed({ id: "t-1" }), "success");
    assert.equal(fake.message("order.shipped", undefined, { id: "t-1", by: "post" }), "success");
  }
  assert.deepEqual([fake.mails.length, fake.writes("t-1")], [1, 3]);
  const { confirmed, shipped } = await fake.find("t-1");
  assert.ok(confirmed && shipped);
});

test("whoever was quicker keeps what he wrote, and the mail is sent once", async () => {
  const fake = await withOrders("t-1");
  fake.rivals = 3;
  assert.equal(fake.placed({ id: "t-1" }), "success");
  assert.deepEqual([fake.count("save"), fake.mails.length], [4, 1]);
  fake.rivals = Infinity;
  assert.equal(fake.message("order.shipped", undefined, { id: "t-1" }), "retry");
});

test("a message that makes no sense is dropped", async () => {
  const fake = await withOrders("t-1");
  fake.put("broken", json("no order"));
  for (const [topic, path, data] of [
    ["order.placed", "/confirm", "t-1"],
    ["order.placed", "/confirm", { name: "t-1" }],
    ["order.placed", "/confirm", { id: "unknown" }],
    ["order.placed", "/confirm", { id: "broken" }],
    ["order.placed", "/others", { id: "t-1" }],
    ["order.placed", undefined, { id: "t-1" }],
    ["order.shipped", undefined, { id: "unknown" }],
    ["order.lost", undefined, { id: "t-1" }],
  ] as const) {
    assert.equal(fake.message(topic, path, data), "drop", `${topic} ${path} ${JSON.stringify(data)}`);
  }
  assert.deepEqual([fake.writes("t-1"), fake.mails], [1, []]);
});

test("a message comes again while Dapr is away, or does not let the application", async () => {
  for (const [call, code] of [
    ["get", "unavailable"],
    ["get", "deadline-exceeded"],
    // What daprd says where a store or a binding fails, or is not there.
    ["get", "internal"],
    ["get", "invalid-argument"],
    ["get", "not-found"],
    ["save", "unavailable"],
    ["save", "unknown"],
    ["invoke", "internal"],
    ["invoke", "invalid-argument"],
    ["invoke", "denied"],
  ] as const) {
    const fake = await withOrders("t-1");
    if (code === "denied") {
      fake.deny(call, "binding:mail");
    } else {
      fake.fail(call, code);
    }
    assert.equal(fake.placed({ id: "t-1" }), "retry", `${call} ${code}`);
    assert.equal(fake.placed({ id: "t-1" }), "success", `${call} ${code}`);
  }
});

test("subscriptions name routes and bulks, and where dead letters go", () => {
  assert.deepEqual(new Fake().app.subscriptions(), [
    {
      pubsub: "pubsub",
      topic: "order.placed",
      routes: [{ matches: 'event.type == "order.placed"', path: "/confirm" }],
      defaultPath: "/others",
      deadLetterTopic: "order.dead",
    },
    {
      pubsub: "pubsub",
      topic: "order.shipped",
      deadLetterTopic: "order.dead",
      bulk: { maxMessages: 100, maxWait: 200 },
    },
  ]);
});

test("many messages are one read and one write", async () => {
  const fake = await withOrders("a", "b", "c");
  const told = named("a", "b", "a", "c");
  assert.deepEqual(fake.shipped(told), Array(4).fill("success"));
  assert.deepEqual([fake.count("bulkGet"), fake.count("get"), fake.count("save")], [1, 0, 1]);
  assert.deepEqual([fake.writes("a"), fake.writes("b"), fake.writes("c")], [2, 2, 2]);
  assert.deepEqual(fake.shipped(told), Array(4).fill("success"));
  assert.equal(fake.count("save"), 1, "all is done already");
});

test("each of many messages has an outcome of its own", async () => {
  const fake = await withOrders("a", "b");
  fake.put("broken", json("no order"));
  const told = [{ id: "a" }, "no id", ...named("unknown", "b", "broken")];
  assert.deepEqual(fake.shipped(told), ["success", "drop", "drop", "success", "drop"]);
  assert.ok((await fake.find("a")).shipped && (await fake.find("b")).shipped);
  assert.deepEqual(fake.shipped([1]), ["drop"]);
});

test("where somebody was quicker each is written by itself", async () => {
  const fake = await withOrders("a", "b", "c");
  fake.rivals = 1;
  assert.deepEqual(fake.shipped(named("a", "b", "c")), Array(3).fill("success"));
  // One for all, of which two were done; one for the other.
  assert.equal(fake.count("save"), 2);
  assert.ok((await fake.find("a")).shipped);
});

test("all come again while the store is away, and it is not asked for each", async () => {
  const fake = await withOrders("a", "b", "c");
  const told = named("a", "b", "c");
  fake.fail("bulkGet", "unavailable");
  assert.deepEqual(fake.shipped(told), Array(3).fill("retry"));
  fake.fail("save", "unavailable");
  fake.fail("get", "unavailable");
  assert.deepEqual(fake.shipped(told), Array(3).fill("retry"));
  assert.equal(fake.count("get"), 1);
  assert.deepEqual(fake.shipped(told), Array(3).fill("success"));
});

test("one that cannot be read among many is read by itself", async () => {
  const fake = await withOrders("a", "b");
  fake.fail("oneOfBulkGet", "internal");
  assert.deepEqual(fake.shipped(named("a", "b")), ["success", "success"]);
  assert.equal(fake.count("get"), 1);
  assert.ok((await fake.find("a")).shipped && (await fake.find("b")).shipped);
});

test("messages of another topic are taken one by one", async () => {
  const fake = await withOrders("a");
  const entries = named("a", "b").map((data, place) => ({ entryId: String(place), data: json(data), metadata: {} }));
  const messages = { id: "1", pubsub: "pubsub", topic: "order.placed", path: "/confirm", entries, metadata: {} };
  assert.deepEqual(fake.app.onMessages(messages), ["success", "drop"]);
  assert.equal(fake.mails.length, 1);
});
