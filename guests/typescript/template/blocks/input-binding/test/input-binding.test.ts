import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument } from "@plugbox/guest";
import { MyInputBinding } from "../src/input-binding.js";

test("an event comes at each interval", () => {
  let now = 0;
  const binding = new MyInputBinding(() => now);
  binding.init({ interval: "2s" });
  binding.open(1);
  for (const event of [1, 2]) {
    const { events, againAfter } = binding.pull([{ id: 1, events: 1 }]);
    assert.deepEqual([events, againAfter], [[], 2000]);
    now += 2000;
    const [due] = binding.pull([{ id: 1, events: 1 }]).events;
    assert.equal(JSON.parse(new TextDecoder().decode(due?.data)).event, event);
  }
});

test("an interval that is no time is refused", () => {
  for (const interval of ["", "0s", "soon", "5", "-1s"]) {
    assert.throws(() => new MyInputBinding().init({ interval }), InvalidArgument);
  }
});
