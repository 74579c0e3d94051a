/** What a caller is told when Dapr does not do what it should. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { failing, Fake, tea } from "./shared.js";

test("codes that say when to try again are the caller's", async () => {
  for (const [code, told] of [
    ["unavailable", "unavailable"],
    ["deadline-exceeded", "deadline-exceeded"],
    ["resource-exhausted", "resource-exhausted"],
    // The caller's request is not what was wrong.
    ["invalid-argument", "internal"],
    ["not-found", "internal"],
    ["unknown", "internal"],
  ] as const) {
    for (const [call, ...resource] of [
      ["secret", "secret store", "vault"],
      ["save", "state store", "orders"],
      ["publish", "broker", "pubsub"],
    ] as const) {
      const fake = new Fake();
      fake.fail(call, code);
      const failure = await failing(fake.place(tea("t-1")));
      assert.equal(failure.code, told, call);
      assert.equal(failure.reasons.at(-1), "DAPR_FAILED");
      assert.deepEqual(failure.resources.at(-1), resource);
    }
  }
});

test("a grant that is missing is named", async () => {
  const fake = new Fake();
  fake.deny("save", "state:orders");
  const { code, reasons, message } = await failing(fake.place(tea("t-1")));
  assert.deepEqual([code, reasons], ["permission-denied", ["NOT_GRANTED"]]);
  assert.match(message, /state:orders/);
});

test("an order that nobody was told of can be placed again", async () => {
  const fake = new Fake();
  fake.fail("publish", "unavailable");
  const { code, reasons, resources } = await failing(fake.place(tea()));
  assert.deepEqual([code, reasons], ["unavailable", ["ORDER_UNTOLD", "DAPR_FAILED"]]);
  // The id is one that the application has chosen.
  const [, id = assert.fail()] = resources[0] ?? assert.fail();
  await fake.place(tea(id));
  assert.deepEqual([fake.count("publish"), fake.writes(id)], [2, 1]);
});

test("an order that vanishes meanwhile is a conflict", async () => {
  const fake = new Fake();
  fake.fail("save", "aborted");
  const { code, reasons } = await failing(fake.place(tea("t-1")));
  assert.deepEqual([code, reasons], ["aborted", ["ORDER_CONTENDED"]]);
});
