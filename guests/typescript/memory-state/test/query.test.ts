/** Filters, sorting and pages. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgument, parseJson } from "@plugbox/guest";
import type { Comparison, Filter, JsonValue, QueryRequest, SortKey } from "@plugbox/guest";
import { matches } from "../src/filter.js";
import { query } from "../src/query.js";
import { Clocked, lasting, refused } from "./shared.js";

function is(path: string, comparison: Comparison, json: string): Filter {
  return { kind: "compare", path: path.split("."), comparison, value: parseJson(json) };
}

function by(path: string, descending = false): SortKey {
  return { path: path.split("."), descending };
}

function everything(more: Partial<QueryRequest> = {}): QueryRequest {
  return { sort: [], metadata: {}, ...more };
}

function keys(store: Clocked, more: Partial<QueryRequest> = {}): string[] {
  return query(store, everything(more)).items.map(({ key }) => key);
}

test("comparisons", () => {
  const all: Comparison[] = ["eq", "neq", "gt", "gte", "lt", "lte"];
  const below = ["neq", "lt", "lte"];
  const above = ["neq", "gt", "gte"];
  const same = ["eq", "gte", "lte"];
  const apart = ["neq"];
  for (const [field, value, expected] of [
    ["1", "2", below],
    ["2.5", "2", above],
    ["1", "1.0", same],
    ["9007199254740993", "9007199254740992", above],
    ["9007199254740993", "9007199254740992.0", above],
    ["18446744073709551615", "18446744073709551615", same],
    ['"a"', '"b"', below],
    ['"\uffff"', '"\u{10000}"', below],
    ['"ab"', '"a"', above],
    ["false", "true", below],
    ["true", "true", same],
    ["null", "null", same],
    ["[1, {}]", "[1.0, {}]", same],
    ["[1]", "[2]", apart],
    ['{"a": 1, "b": 2}', '{"b": 2, "a": 1}', same],
    ['{"a": 1}', '{"b": 1}', apart],
    ["{}", "[]", apart],
    ["1", '"1"', apart],
    ["null", "false", apart],
  ] as const) {
    const document: JsonValue = { a: parseJson(field) };
    assert.deepEqual(
      all.filter((comparison) => matches(is("a", comparison, value), document)),
      all.filter((comparison) => expected.includes(comparison)),
      `${field} to ${value}`,
    );
  }
});

test("where there is no field only neq is true", () => {
  for (const document of ["{}", "7", '["a"]', '{"a": []}', '{"a": {"c": 1}}', "null"]) {
    const true_ = (["eq", "neq", "gt", "gte", "lt", "lte"] as const).filter((comparison) =>
      matches(is("a.b", comparison, "null"), parseJson(document)),
    );
    assert.deepEqual(true_, ["neq"]);
  }
  assert.ok(!matches(is("constructor.name", "eq", '"Object"'), {}));
  assert.ok(!matches(is("__proto__", "eq", "{}"), {}));
});

test("one of, all and any", () => {
  const document = parseJson('{"a": {"b": 2}}');
  const oneOf = (...values: JsonValue[]): Filter => ({ kind: "one-of", path: ["a", "b"], values });
  assert.ok(matches(oneOf("x", 2), document));
  assert.ok(!matches(oneOf("x", "2"), document));
  assert.ok(!matches(oneOf(), document));
  const [yes, no] = [oneOf(2), oneOf(3)];
  for (const [first, second] of [
    [yes, yes],
    [yes, no],
    [no, no],
  ] as const) {
    assert.equal(matches({ kind: "all", of: [first, second] }, document), second === yes);
    assert.equal(matches({ kind: "any", of: [first, second] }, document), first === yes);
  }
});

test("finds JSON that matches", () => {
  const store = new Clocked();
  store.put("b", '{"n": 1}');
  store.put("a", "7");
  store.put("text", "no JSON");
  store.put("mortal", "{}", lasting("1"));
  store.time.now += 1000;
  assert.deepEqual(keys(store), ["a", "b"]);
  assert.deepEqual(keys(store, { filter: is("n", "eq", "1") }), ["b"]);
  const [found] = query(store, everything({ limit: 1 })).items;
  assert.equal(found?.etag, store.etag("a"));
});

test("sorts by each key in turn with missing fields last", () => {
  const store = new Clocked();
  const values = {
    a: '{"n": 2, "m": 1}',
    b: '{"n": 1, "m": 1}',
    c: "{}",
    d: '{"n": "x"}',
    e: '{"n": 10000000000000000001, "m": 2}',
    f: '{"n": null}',
    g: '{"n": true}',
    h: '{"n": {}}',
    i: '{"n": []}',
    j: '{"n": 10000000000000000000.0, "m": 2}',
  };
  for (const [key, value] of Object.entries(values)) {
    store.put(key, value);
  }
  assert.deepEqual(keys(store, { sort: [by("n")] }).join(""), "fgbajedihc");
  assert.deepEqual(keys(store, { sort: [by("n", true)] }).join(""), "hidejabgfc");
  assert.deepEqual(keys(store, { sort: [by("m", true), by("n", true)] }).join(""), "ejabhidgfc");
});

test("pages follow each other whatever is written between them", () => {
  for (const sort of [[], [by("n")], [by("n", true)], [by("x"), by("n", true)]]) {
    for (const limit of [1, 2, 3, 100]) {
      const store = new Clocked();
      const numbers = ["1", "1.5", "9007199254740993", "1e400", '"t"', '"\\ud800"', "null", "false", "{}"];
      numbers.forEach((number, place) => store.put(`k${place}`, `{"n": ${number}}`));
      store.put("missing", "{}");
      const whole = keys(store, { sort });
      assert.equal(whole.length, numbers.length + 1);
      const paged: string[] = [];
      let token: string | undefined;
      do {
        const page = query(store, everything({ sort, limit, token }));
        assert.ok(page.items.length > 0 && page.items.length <= limit);
        paged.push(...page.items.map(({ key }) => key));
        token = page.token;
        // What is gone is no place to lose the way at.
        store.remove(paged.at(-1) ?? "");
      } while (token !== undefined);
      assert.deepEqual(paged, whole);
    }
  }
});

test("the last page has no token", () => {
  const store = new Clocked();
  assert.deepEqual(query(store, everything({ limit: 1 })), { items: [], token: undefined });
  store.put("a", "1");
  store.put("b", "1");
  assert.equal(query(store, everything({ limit: 2 })).token, undefined);
  assert.notEqual(query(store, everything({ limit: 1 })).token, undefined);
});

test("a token of another make is refused", () => {
  const store = new Clocked();
  store.put("a", '{"n": 1}');
  store.put("b", '{"n": 2}');
  const token = query(store, everything({ sort: [by("n")], limit: 1 })).token ?? "";
  assert.deepEqual(keys(store, { sort: [by("n")], token }), ["b"]);
  for (const sort of [[], [by("m")], [by("n", true)], [by("n"), by("n")]]) {
    refused(() => query(store, everything({ sort, token })), InvalidArgument, "sorts otherwise");
  }
  const known = JSON.parse(token) as Record<string, unknown>;
  for (const wrong of [
    "",
    "7",
    "null",
    "x",
    JSON.stringify({ ...known, more: 1 }),
    JSON.stringify({ ...known, key: 1 }),
    JSON.stringify({ ...known, after: [] }),
    JSON.stringify({ ...known, after: [["number", "x"]] }),
    JSON.stringify({ ...known, after: [["odd", "1"]] }),
    JSON.stringify({ ...known, after: [["number", 1]] }),
  ]) {
    refused(
      () => query(store, everything({ sort: [by("n")], token: wrong })),
      InvalidArgument,
      "not one of this store",
    );
  }
});
