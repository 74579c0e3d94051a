/** Order, acknowledgements, redelivery, and what becomes of messages when a subscription closes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Clocked, message } from "./shared.js";

test("a message comes as it was published", () => {
  const broker = new Clocked();
  broker.listen(7, "orders");
  broker.publish(message("orders", "a", { color: "blue" }));
  const { messageId, ...delivery } = broker.takeOne(7);
  assert.notEqual(messageId, "");
  assert.deepEqual(delivery, { id: 7, ...message("orders", "a", { color: "blue" }) });
});

test("messages come in order and no more than asked for", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  broker.send("t", "a", "b", "c", "d");
  assert.deepEqual(broker.texts(1, 3), ["a", "b", "c"]);
  assert.deepEqual(broker.texts(1, 3), ["d"]);
  assert.equal(broker.waitOf(1), undefined);
  broker.send("t", "e");
  assert.deepEqual(broker.texts(1, 0), []);
  assert.deepEqual(broker.texts(1, 1), ["e"]);
});

test("what is accepted is gone", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  broker.send("t", "a");
  const delivery = broker.takeOne(1);
  assert.deepEqual(broker.held, [1, 0]);
  broker.accept(delivery);
  broker.accept(delivery);
  broker.fail(delivery);
  assert.deepEqual(broker.held, [0, 0]);
  assert.equal(broker.waitOf(1), undefined);
});

test("what fails comes again after the interval and first", () => {
  const broker = new Clocked({ redeliverInterval: "250ms" });
  broker.listen(1, "t");
  broker.publish(message("t", "a", { deliveryCount: "mine" }));
  const first = broker.takeOne(1);
  assert.deepEqual(first.metadata, { deliveryCount: "mine" });
  broker.fail(first);
  assert.equal(broker.waitOf(1), 250);
  broker.send("t", "b", "c");
  // It does not hold up the next.
  assert.deepEqual(broker.texts(1, 1), ["b"]);
  broker.wait(249);
  assert.equal(broker.pull([{ id: 1, messages: 0 }]).deliveries.length, 0);
  broker.wait(1);
  const [again, next] = broker.take(1, 3);
  assert.deepEqual(
    [again, next].map((delivery) => new TextDecoder().decode(delivery?.data)),
    ["a", "c"],
  );
  assert.deepEqual(again?.metadata, { deliveryCount: "2" });
  assert.notEqual(again.messageId, first.messageId);
  // The answer to the first delivery is not the answer to the second.
  broker.accept(first);
  broker.fail(again);
  broker.wait(250);
  assert.equal(broker.takeOne(1).metadata?.["deliveryCount"], "3");
});

test("the wait is that for the earliest of those that asked", () => {
  const broker = new Clocked();
  for (const [id, topic] of [
    [1, "a"],
    [2, "b"],
  ] as const) {
    broker.listen(id, topic);
    broker.send(topic, "x");
    broker.fail(broker.takeOne(id));
    broker.wait(30);
  }
  const wait = (...ids: number[]) => broker.pull(ids.map((id) => ({ id, messages: 1 }))).againAfter;
  assert.equal(wait(2), 70);
  assert.equal(wait(1, 2), 40);
  assert.equal(wait(2, 1), 40);
  assert.equal(wait(), undefined);
});

test("deliveries end where they are bounded", (context) => {
  const complain = context.mock.method(console, "error", () => {});
  const broker = new Clocked({ maxDeliveries: "2" });
  broker.listen(1, "t");
  broker.send("t", "a");
  broker.fail(broker.takeOne(1));
  broker.wait(100);
  assert.equal(complain.mock.callCount(), 0);
  broker.fail(broker.takeOne(1));
  assert.match(String(complain.mock.calls[0]?.arguments[0]), /"t" is dropped after 2 .*: the test says so/);
  broker.wait(1000);
  assert.deepEqual(broker.texts(1, 1), []);
  assert.deepEqual(broker.held, [0, 0]);
});

test("closing gives back what was out in its order", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  broker.listen(2, "t");
  broker.send("t", "a", "b", "c");
  broker.take(1, 2);
  broker.unsubscribe(1);
  broker.unsubscribe(1);
  const deliveries = broker.take(2, 3);
  assert.deepEqual(
    deliveries.map(({ data }) => new TextDecoder().decode(data)),
    ["a", "b", "c"],
  );
  // It was no attempt.
  assert.deepEqual(deliveries[0]?.metadata, {});
  assert.deepEqual(broker.held, [3, 0]);
});

test("a stranger changes nothing", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  broker.send("t", "a");
  const delivery = broker.takeOne(1);
  broker.accept({ ...delivery, id: 2 });
  broker.accept({ ...delivery, messageId: "x" });
  broker.unsubscribe(2);
  assert.deepEqual(broker.take(2, 1), []);
  assert.deepEqual(broker.held, [1, 0]);
});
