/** JSON without loss. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "@plugbox/guest";

test("what JSON.parse holds exactly is as JSON.parse has it", () => {
  for (const json of [
    "null",
    "true",
    "-1.5e3",
    '"a\\"\\u00e9"',
    '[1, {"a": [], "": {}}]',
    ' {"b": 9007199254740991} ',
  ]) {
    assert.deepEqual(parseJson(json), JSON.parse(json));
  }
});

test("an integer that number cannot hold is a bigint", () => {
  assert.equal(parseJson("9007199254740993"), 9007199254740993n);
  assert.equal(parseJson("-18446744073709551616"), -18446744073709551616n);
  assert.deepEqual(parseJson('{"a": [12345678901234567890, 1, 0.5, 1e400]}'), {
    a: [12345678901234567890n, 1, 0.5, Infinity],
  });
});

test("what looks like a number stays text in a text", () => {
  const texts = { 12345678901234567890: '1 "2" \\ 12345678901234567890', t: "n1", n: "t" };
  assert.deepEqual(parseJson(JSON.stringify(texts)), texts);
});

test("a field may have any name", () => {
  for (const json of ['{"__proto__": 1}', '{"__proto__": 12345678901234567890}']) {
    const value = parseJson(json);
    assert.ok(Object.hasOwn(value as object, "__proto__"));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  }
});

test("what is not JSON is a syntax error", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  for (const wrong of [
    "",
    "1234567890123456 7",
    "{12345678901234567890}",
    "01",
    bytes(0x22, 0xff, 0x22),
    bytes(0xef, 0xbb, 0xbf, 0x31),
  ]) {
    assert.throws(() => parseJson(wrong), SyntaxError);
  }
});
