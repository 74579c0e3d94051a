/** Messages that expire. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument } from "@plugbox/guest";
import { Clocked, message, refused } from "./shared.js";

function mortal(text: string, ttlInSeconds: string) {
  return message("t", text, { ttlInSeconds });
}

test("what has expired is not delivered", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  broker.publish(mortal("a", "1"));
  broker.publish(mortal("b", "2"));
  broker.wait(1000);
  assert.deepEqual(broker.texts(1, 2), ["b"]);
});

test("memory comes back though nobody takes", () => {
  const broker = new Clocked();
  broker.listen(1, "t", "one");
  broker.listen(2, "#", "two");
  for (let count = 0; count < 1000; count += 1) {
    broker.wait(100);
    broker.publish(mortal("x", "1"));
    assert.ok(broker.held[0] <= 20);
  }
  assert.deepEqual(broker.held, [20, 20]);
});

test("what expires while it is out does not come again", () => {
  for (const end of [
    (broker: Clocked) => broker.unsubscribe(1),
    (broker: Clocked) => broker.ack(1, "1", { ok: false, reason: "" }),
    (broker: Clocked) => broker.ack(1, "1", { ok: true }),
  ]) {
    const broker = new Clocked();
    broker.listen(1, "t");
    broker.listen(2, "t");
    broker.publish(mortal("a", "1"));
    assert.equal(broker.takeOne(1).messageId, "1");
    broker.wait(1000);
    end(broker);
    broker.wait(1000);
    assert.deepEqual(broker.texts(2, 1), []);
    assert.deepEqual(broker.held, [0, 0]);
  }
});

test("what expires while it waits for another attempt does not come again", () => {
  const broker = new Clocked({ redeliverInterval: "2s" });
  broker.listen(1, "t");
  broker.publish(mortal("a", "1"));
  broker.fail(broker.takeOne(1));
  broker.wait(2000);
  assert.deepEqual(broker.texts(1, 1), []);
  assert.deepEqual(broker.held, [0, 0]);
});

test("what is accepted leaves nothing behind", () => {
  const broker = new Clocked();
  broker.listen(1, "t", "one");
  broker.listen(2, "t", "two");
  broker.publish(mortal("a", "10"));
  assert.deepEqual(broker.held, [2, 2]);
  broker.accept(broker.takeOne(1));
  assert.deepEqual(broker.held, [1, 1]);
  broker.accept(broker.takeOne(2));
  assert.deepEqual(broker.held, [0, 0]);
});

test("a life is an integer from one on", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  for (const wrong of ["", "0", "-1", "1.5", "x", "18446744073709551616"]) {
    refused(() => broker.publish(mortal("a", wrong)), InvalidArgument, "ttlInSeconds", JSON.stringify(wrong));
  }
  broker.publish(mortal("a", "18446744073709551615"));
  assert.deepEqual(broker.texts(1, 2), ["a"]);
});
