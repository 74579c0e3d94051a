/** Message brokers, between the contract's shapes and TypeScript's. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { adapt } from "@plugbox/guest/adapt";
import type { BulkPublish, OutgoingMessage, PubSub, PulledMessages } from "@plugbox/guest";
import { complaints, thrown } from "./shared.js";

const DATA = new TextEncoder().encode("d");

function broker<T extends Partial<PubSub & BulkPublish>>(own: T) {
  const quiet: PubSub = {
    init: () => [],
    publish: () => {},
    subscribe: () => 1,
    unsubscribe: () => {},
    pull: () => ({ deliveries: [] }),
    ack: () => {},
  };
  return adapt({ pubSub: () => ({ ...quiet, ...own }) as PubSub });
}

test("a message is published with its metadata", async () => {
  let seen: OutgoingMessage | undefined;
  const { pubSub } = broker({ publish: (message) => void (seen = message) });
  await pubSub.publish({ topic: "t", data: DATA, contentType: "text/plain", metadata: [["a", "b"]] });
  assert.equal(seen?.topic, "t");
  assert.deepEqual([...seen.data], [...DATA]);
  assert.equal(seen.contentType, "text/plain");
  assert.equal(seen.metadata["a"], "b");
});

test("a subscription is named by a number", async () => {
  const seen: unknown[] = [];
  const { pubSub } = broker({
    subscribe: (id, topic, { consumerID }) => seen.push(["subscribe", id, topic, consumerID]),
    unsubscribe: (id) => void seen.push(["unsubscribe", id]),
    ack: (...words) => void seen.push(words),
  });
  assert.equal(await pubSub.subscribe(7n, "t", [["consumerID", "app"]]), 1);
  await pubSub.ack(7n, "m", { tag: "accepted" });
  await pubSub.ack(7n, "n", { tag: "failed", val: "why" });
  await pubSub.unsubscribe(7n);
  assert.deepEqual(seen, [
    ["subscribe", 7, "t", "app"],
    [7, "m", { ok: true }],
    [7, "n", { ok: false, reason: "why" }],
    ["unsubscribe", 7],
  ]);
});

test("a window that is no number of messages is an error", async () => {
  await complaints(async () => {
    for (const window of [-1, 1.5, NaN, 2 ** 32, "1" as unknown as number]) {
      const { pubSub } = broker({ subscribe: () => window });
      const error = (await thrown(() => pubSub.subscribe(1n, "t", []))) as { message: string };
      assert.match(error.message, /the window is/);
    }
  });
});

test("what is pulled comes with the time after which the broker wants to be asked again", async () => {
  const delivery = { id: 7, messageId: "m", topic: "t", data: DATA, metadata: { a: "b" } };
  const pulled = async (answer: PulledMessages) => {
    const { pubSub } = broker({ pull: (wanted) => (assert.deepEqual(wanted, [{ id: 7, messages: 2 }]), answer) });
    return pubSub.pull([{ id: 7n, messages: 2 }]);
  };
  assert.deepEqual(await pulled({ deliveries: [delivery] }), {
    deliveries: [{ ...delivery, id: 7n, contentType: undefined, metadata: [["a", "b"]] }],
    againIn: undefined,
    waits: [],
  });
  for (const [milliseconds, nanoseconds] of [
    [0, 0n],
    [0.0000001, 1n],
    [1.5, 1_500_000n],
    [1e300, 2n ** 63n],
  ] as const) {
    assert.equal((await pulled({ deliveries: [], againAfter: milliseconds })).againIn, nanoseconds);
  }
  assert.equal((await pulled({ deliveries: [], againAfter: Infinity })).againIn, undefined);
  await complaints(async () => {
    await thrown(() => pulled({ deliveries: [], againAfter: -1 }));
    await thrown(() => pulled({ deliveries: [], againAfter: NaN }));
  });
});

test("what has no way to fail does not end the instance when it fails", async () => {
  const lines = await complaints(async () => {
    const { pubSub } = broker({
      unsubscribe: () => {
        throw new Error("at once");
      },
      ack: () => Promise.reject(new Error("later")),
    });
    await pubSub.unsubscribe(1n);
    await pubSub.ack(1n, "m", { tag: "accepted" });
  });
  assert.match(lines.join("\n"), /at once[^]*later/);
});

test("a bulk publish answers the failures", async () => {
  const { bulkPublish } = broker({
    bulkPublish: (topic, entries, metadata) =>
      entries.map(({ entryId }) => ({ entryId, reason: `${topic} ${String(metadata["a"])}` })),
  });
  const entry = { entryId: "1", data: DATA, metadata: [] as [string, string][] };
  assert.deepEqual(await bulkPublish.bulkPublish("t", [entry], [["a", "b"]]), [{ entryId: "1", reason: "t b" }]);
});
