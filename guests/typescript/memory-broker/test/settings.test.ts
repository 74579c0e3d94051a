/** What a Component resource can say, and what is refused of it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument } from "@plugbox/guest";
import { DEFAULTS, readSettings } from "../src/settings.js";
import { refused } from "./shared.js";

test("everything has a default", () => {
  assert.deepEqual(readSettings({ redisHost: "localhost" }), DEFAULTS);
});

test("everything can be said", () => {
  assert.deepEqual(
    readSettings({
      consumerID: "app",
      maxInFlight: "4294967295",
      redeliverInterval: "1m1.5s",
      maxDeliveries: "3",
      maxMessages: "7",
    }),
    { group: "app", window: 4294967295, redeliverAfter: 61_500, maxDeliveries: 3, maxMessages: 7 },
  );
  assert.equal(readSettings({ redeliverInterval: "24h" }).redeliverAfter, 86_400_000);
  assert.equal(readSettings({ redeliverInterval: "1h2m3s4ms500us" }).redeliverAfter, 3_723_004.5);
});

test("what is wrong is named", () => {
  for (const [name, value] of [
    ["maxInFlight", "0"],
    ["maxInFlight", "many"],
    ["redeliverInterval", "soon"],
    ["redeliverInterval", "-1s"],
    ["redeliverInterval", "24h1ns"],
    ["redeliverInterval", "100"],
    ["redeliverInterval", ""],
    ["maxDeliveries", "0"],
    ["maxMessages", "4294967296"],
  ] as const) {
    refused(() => readSettings({ [name]: value }), InvalidArgument, name, JSON.stringify(value));
  }
});
