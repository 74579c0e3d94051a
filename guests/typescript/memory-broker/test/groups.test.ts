/** Consumer groups, their queues, and wildcards. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument, ResourceExhausted } from "@plugbox/guest";
import { readSettings } from "../src/settings.js";
import { checkTopic, TopicFilter } from "../src/topic.js";
import { Clocked, refused } from "./shared.js";

test("subscriptions of a group share its messages", () => {
  const broker = new Clocked();
  broker.listen(1, "t", "app");
  broker.listen(2, "t", "app");
  broker.send("t", "a", "b", "c", "d");
  const { deliveries } = broker.pull([
    { id: 1, messages: 2 },
    { id: 2, messages: 5 },
  ]);
  assert.deepEqual(
    deliveries.map(({ id, data }) => `${id}${new TextDecoder().decode(data)}`),
    ["1a", "2b", "1c", "2d"],
  );
});

test("each group gets each message", () => {
  const broker = new Clocked({ consumerID: "default" });
  broker.listen(1, "t", "one");
  broker.listen(2, "t", "two");
  broker.listen(3, "t");
  broker.send("t", "a");
  for (const id of [1, 2, 3]) {
    assert.deepEqual(broker.texts(id, 1), ["a"]);
  }
});

test("a new name is for the subscriptions from then on", () => {
  const broker = new Clocked({ consumerID: "one" });
  broker.listen(1, "t");
  broker.configure(readSettings({ consumerID: "two" }));
  broker.listen(2, "t");
  broker.listen(3, "t", "one");
  broker.send("t", "a");
  assert.deepEqual([broker.texts(2, 1), broker.texts(3, 1), broker.texts(1, 1)], [["a"], ["a"], []]);
});

test("a queue begins with its first subscription and outlives them", () => {
  const broker = new Clocked();
  broker.send("t", "before");
  broker.listen(1, "t");
  broker.send("t", "a");
  broker.unsubscribe(1);
  broker.send("t", "b");
  broker.listen(2, "t");
  assert.deepEqual(broker.texts(2, 5), ["a", "b"]);
});

test("a full queue refuses until something is taken", () => {
  const broker = new Clocked({ maxMessages: "2" });
  broker.listen(1, "t", "slow");
  broker.listen(2, "t", "quick");
  broker.send("t", "a", "b");
  for (const delivery of broker.take(2, 2)) {
    broker.accept(delivery);
  }
  refused(() => broker.send("t", "c"), ResourceExhausted, '"slow"', '"t"', "2");
  assert.deepEqual(broker.texts(2, 1), []);
  const [first] = broker.take(1, 2);
  refused(() => broker.send("t", "c"), ResourceExhausted);
  assert.ok(first);
  broker.accept(first);
  broker.send("t", "c");
});

test("the window is the subscription's own or the broker's", () => {
  const broker = new Clocked({ maxInFlight: "5" });
  assert.equal(broker.subscribe(1, "t", {}), 5);
  assert.equal(broker.subscribe(2, "t", { maxInFlight: "7" }), 7);
  refused(() => broker.subscribe(3, "t", { maxInFlight: "0" }), InvalidArgument, "maxInFlight");
  refused(() => broker.subscribe(2, "t", {}), InvalidArgument, "2 already");
  assert.equal(new Clocked().subscribe(1, "t", {}), 1);
});

test("wildcards stand for levels, and only whole ones", () => {
  for (const [filter, matching, other] of [
    ["a/b", ["a/b"], ["a", "a/b/c", "A/b"]],
    ["a/+", ["a/b", "a/"], ["a", "a/b/c"]],
    ["+/b", ["a/b", "/b"], ["b", "a/c"]],
    ["+", ["a"], ["a/b"]],
    ["a/#", ["a", "a/b", "a/b/c"], ["ab", "b/a"]],
    ["#", ["a", "a/b", "/"], []],
    ["+/#", ["a", "a/b"], []],
    ["a+/b#", ["a+/b#"], ["ax/b", "a+/bx"]],
  ] as const) {
    const matches = (topic: string) => new TopicFilter(filter).matches(topic);
    assert.deepEqual(matching.filter(matches), matching, filter);
    assert.deepEqual(other.filter(matches), [], filter);
  }
});

test("what can never match is refused", () => {
  for (const topic of ["", "#/a", "a/#/b", "#/#"]) {
    refused(() => new TopicFilter(topic), InvalidArgument, "topic");
  }
  for (const topic of ["", "a/+", "#", "a/#"]) {
    refused(() => checkTopic(topic), InvalidArgument, "topic");
  }
  checkTopic("a+/#b");
});

test("each queue gets a message once", () => {
  const broker = new Clocked();
  ["a/b", "a/+", "#", "a/+"].forEach((topic, id) => broker.listen(id, topic));
  broker.send("a/b", "x");
  assert.deepEqual(
    [0, 1, 2, 3].map((id) => broker.texts(id, 2).length),
    [1, 1, 1, 0],
  );
});
