/** What is no order, and what the caller is told of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings } from "../src/settings.js";
import { failing, Fake, tea } from "./shared.js";

const line = (item: string, count: number, price = 1) => ({ item, count, price });

test("every rule that is broken is named", async () => {
  for (const [change, ...expected] of [
    [{ id: "" }, "id"],
    [{ id: "a/b" }, "id"],
    [{ id: "ä" }, "id"],
    [{ id: "a\n" }, "id"],
    [{ id: "x".repeat(65) }, "id"],
    [{ id: 1 }, "id"],
    [{ customer: "" }, "customer"],
    [{ customer: "x".repeat(201) }, "customer"],
    [{ customer: "ä".repeat(101) }, "customer"],
    [{ customer: "a@b.c\nBcc: d@e.f" }, "customer"],
    [{ lines: [] }, "lines"],
    [{ lines: "tea" }, "lines"],
    [{ lines: Array(101).fill(line("tea", 1)) }, "lines"],
    [{ lines: [line("tea", 0)] }, "lines.0.count"],
    [{ lines: [line("tea", 1.5)] }, "lines.0.count"],
    [{ lines: [line("tea", 10_001)] }, "lines.0.count"],
    [{ lines: [line("tea", 1, 100_000_001)] }, "lines.0.price"],
    [{ lines: [line("tea", 1, -1)] }, "lines.0.price"],
    [{ lines: [line("tea", 1), line("", 0)] }, "lines.1.item", "lines.1.count"],
    [{ lines: [{ ...line("tea", 1), more: 1 }] }, "lines.0"],
    [{ more: 1 }, ""],
  ] as const) {
    const fake = new Fake();
    const { code, reasons, fields, message } = await failing(fake.place({ ...tea("t-1"), ...change }));
    assert.deepEqual([code, reasons, fields], ["invalid-argument", ["ORDER_INVALID"], expected]);
    assert.ok(
      expected.every((field) => message.includes(field)),
      message,
    );
    assert.deepEqual(fake.calls, [], "nothing is asked of Dapr");
  }
});

test("of many broken rules the first are named", async () => {
  const { fields, message } = await failing(new Fake().place({ ...tea(), lines: Array(100).fill(line("", 0)) }));
  assert.equal(fields.length, 10);
  assert.ok(message.length < 1000, message);
});

test("what is no JSON of an order is refused", async () => {
  const { app } = new Fake();
  const data = (text: string) => new TextEncoder().encode(text);
  for (const wrong of ["", "tea", "[]", "null", '{"id": 1}']) {
    const { code, reasons } = await failing(app.onInvoke({ method: "place", data: data(wrong), headers: [] }));
    assert.deepEqual([code, reasons], ["invalid-argument", ["ORDER_INVALID"]], wrong);
  }
});

test("the largest order has a total that is exact", async () => {
  const lines = Array(100).fill(line("tea", 10_000, 100_000_000));
  const { total } = (await new Fake().place({ ...tea(), lines })) as { total: number };
  assert.equal(total, 1e14);
});

test("without a key nothing is kept", async () => {
  for (const secret of [{}, { "receipt-key": "" }, { other: "birch" }]) {
    const fake = new Fake();
    fake.secret = secret as Record<string, string>;
    const { code, message } = await failing(fake.place(tea("t-1")));
    assert.equal(code, "failed-precondition");
    assert.match(message, /receipt-key/);
    assert.doesNotMatch(message, /birch/);
    assert.deepEqual(fake.keys, []);
  }
});

test("settings come from the environment", () => {
  const { store, mail, inbox } = readSettings({ ORDERS_STORE: "redis", ORDERS_MAIL: "" });
  assert.deepEqual([store, mail, inbox], ["redis", "mail", "inbox"]);
});
