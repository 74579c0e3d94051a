import assert from "node:assert/strict";
import { test } from "node:test";
import { MyPubSub } from "../src/pub-sub.js";

function publish(broker: MyPubSub, text: string): void {
  broker.publish({ topic: "orders", data: new TextEncoder().encode(text), metadata: {} });
}

function pull(broker: MyPubSub, id: number) {
  const { deliveries, againAfter } = broker.pull([{ id, messages: 2 }]);
  const texts = deliveries.map(({ data }) => new TextDecoder().decode(data));
  return { texts, messageIds: deliveries.map(({ messageId }) => messageId), againAfter };
}

test("each group gets every message, and shares it among its subscriptions", () => {
  const broker = new MyPubSub();
  broker.subscribe(1, "orders", { consumerID: "shop" });
  broker.subscribe(2, "orders", { consumerID: "shop" });
  broker.subscribe(3, "orders", { consumerID: "stock" });
  for (const text of ["a", "b", "c"]) {
    publish(broker, text);
  }
  assert.deepEqual(pull(broker, 1).texts, ["a", "b"]);
  assert.deepEqual(pull(broker, 2).texts, ["c"]);
  assert.deepEqual(pull(broker, 3).texts, ["a", "b"]);
});

test("a message that failed comes again after a while, and one that was taken does not", () => {
  let now = 0;
  const broker = new MyPubSub(() => now);
  broker.subscribe(1, "orders", {});
  publish(broker, "a");
  publish(broker, "b");
  const [a = "", b = ""] = pull(broker, 1).messageIds;
  broker.ack(1, a, { ok: false, reason: "the test says so" });
  broker.ack(1, b, { ok: true });
  const { texts, againAfter = 0 } = pull(broker, 1);
  assert.deepEqual(texts, []);
  now += againAfter;
  assert.deepEqual(pull(broker, 1).texts, ["a"]);
});

test("what was not answered when a subscription closes is for the next", () => {
  const broker = new MyPubSub();
  broker.subscribe(1, "orders", {});
  publish(broker, "a");
  assert.deepEqual(pull(broker, 1).texts, ["a"]);
  broker.unsubscribe(1);
  broker.subscribe(2, "orders", {});
  assert.deepEqual(pull(broker, 2).texts, ["a"]);
});
