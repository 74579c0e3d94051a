/** Many messages at once. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument, type BulkEntry, type Metadata } from "@plugbox/guest";
import { bulkPublish } from "../src/bulk.js";
import { MemoryBroker } from "../src/guest.js";
import { Clocked, refused } from "./shared.js";

function entry(entryId: string, text: string, metadata: Metadata = {}): BulkEntry {
  return { entryId, data: new TextEncoder().encode(text), metadata };
}

test("good entries are published in order among bad ones", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  const entries = [
    entry("1", "a"),
    entry("", "no id"),
    entry("2", "twice"),
    entry("3", "mortal", { ttlInSeconds: "x" }),
    entry("2", "again"),
    entry("4", "b"),
  ];
  const failures = bulkPublish(broker, "t", entries, {});
  assert.deepEqual(
    failures.map(({ entryId }) => entryId),
    ["", "2", "3", "2"],
  );
  assert.match(failures[2]?.reason ?? "", /ttlInSeconds/);
  assert.deepEqual(broker.texts(1, 9), ["a", "b"]);
});

test("what the request says holds for entries that do not", () => {
  const broker = new Clocked();
  broker.listen(1, "t");
  const entries = [entry("1", "a"), entry("2", "b", { ttlInSeconds: "2" })];
  assert.deepEqual(bulkPublish(broker, "t", entries, { ttlInSeconds: "1", color: "blue" }), []);
  broker.wait(1000);
  const left = broker.takeOne(1);
  assert.deepEqual(left.metadata, { ttlInSeconds: "2", color: "blue" });
});

test("a wrong request publishes nothing", () => {
  const broker = new Clocked();
  broker.listen(1, "#");
  refused(() => bulkPublish(broker, "#", [entry("1", "a")], {}), InvalidArgument, "wildcard");
  refused(() => bulkPublish(broker, "t", [entry("1", "a")], { ttlInSeconds: "0" }), InvalidArgument, "ttlInSeconds");
  assert.deepEqual(broker.held, [0, 0]);
});

test("a queue fills up in the midst", () => {
  const broker = new Clocked({ maxMessages: "1" });
  broker.listen(1, "t");
  const failures = bulkPublish(broker, "t", [entry("1", "a"), entry("2", "b")], {});
  assert.deepEqual(
    failures.map(({ entryId }) => entryId),
    ["2"],
  );
});

test("the guest names its features, and keeps its messages when it is configured again", () => {
  const guest = new MemoryBroker();
  assert.deepEqual(guest.init({}), ["MESSAGE_TTL", "SUBSCRIBE_WILDCARDS", "BULK_SUBSCRIBE_IMMEDIATE"]);
  assert.equal(guest.subscribe(1, "t", {}), 1);
  guest.bulkPublish("t", [entry("1", "a")], {});
  guest.init({ consumerID: "other" });
  assert.equal(guest.pull([{ id: 1, messages: 1 }]).deliveries.length, 1);
});
